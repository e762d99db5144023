package main

import (
	"encoding/json"
	"reflect"
	"testing"
)

const synthetic = `{"openapi": "3.0.3", "info": {"title": "Made up", "version": "1", "description": "long"}, "tags": [{"name": "x"}],
 "paths": {"/things": {
   "parameters": [{"$ref": "#/components/parameters/page"}],
   "get": {"operationId": "list", "summary": "s", "x-internal": true, "responses": {
     "200": {"description": "d", "content": {"application/json": {"example": {"a": 1}, "schema": {"$ref": "#/components/schemas/Thing"}}}},
     "404": {"description": "d", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}}},
   "delete": {"responses": {"204": {"description": "d"}}}},
  "/others": {"get": {"responses": {"200": {"description": "d"}}}}},
 "components": {"parameters": {"page": {"name": "page", "in": "query", "description": "d", "schema": {"type": "integer"}}, "unused": {"name": "u", "in": "query"}},
  "schemas": {"Thing": {"type": "object", "description": "d", "required": ["description"], "properties": {
     "description": {"type": "string", "description": "d"}, "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}}}},
   "Tag": {"type": "string", "enum": ["description"]}, "Problem": {"type": "object"}}}}`

const want = `{"openapi": "3.0.3", "info": {"title": "Made up", "version": "1"},
 "paths": {"/things": {
   "parameters": [{"$ref": "#/components/parameters/page"}],
   "get": {"responses": {"200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}}}},
 "components": {"parameters": {"page": {"name": "page", "in": "query", "schema": {"type": "integer"}}},
  "schemas": {"Thing": {"type": "object", "required": ["description"], "properties": {
     "description": {"type": "string"}, "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}}}},
   "Tag": {"type": "string", "enum": ["description"]}}}}`

func TestTrimKeepsWhatOperationsReach(t *testing.T) {
	got, err := trim(strip(decode(t, synthetic), "").(map[string]any), []string{"GET /things"})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, decode(t, want)) {
		text, _ := json.MarshalIndent(got, "", " ")
		t.Errorf("trim = %s, want %s", text, want)
	}
}

func TestTrimRefusesOperationsThatAreNotThere(t *testing.T) {
	if _, err := trim(decode(t, synthetic), []string{"POST /things"}); err == nil {
		t.Error("trim kept an operation that the document does not have")
	}
}

func decode(t *testing.T, text string) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	return m
}
