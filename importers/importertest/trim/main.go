// Command trim keeps of an API's description only named operations and what they reach, so that it is small
// enough to lie beside a source's tests:
//
//	go run ./importers/importertest/trim spec.json "GET /v2/incidents" "GET /v2/incidents/{id}" > openapi.json
//
// It reads OpenAPI 3 or Swagger 2 in JSON. Of each operation it keeps parameters, the body, and the answers below 400; it
// drops descriptions, examples and the like, which nothing is checked against. What is left is not edited.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "trim:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) < 2 {
		return fmt.Errorf(`usage: trim spec.json "GET /path", with further operations behind it`)
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	kept, err := trim(strip(doc, "").(map[string]any), args[1:])
	if err != nil {
		return err
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	return enc.Encode(kept)
}

// whole is what is kept of the top of a document.
var whole = []string{"openapi", "swagger", "info", "servers", "host", "basePath", "schemes", "consumes", "produces", "security", "securityDefinitions"}

// trim returns a document with the given operations ("GET /path") and everything that they refer to.
func trim(doc map[string]any, operations []string) (map[string]any, error) {
	out := map[string]any{}
	for _, key := range whole {
		if v, ok := doc[key]; ok {
			out[key] = v
		}
	}
	if schemes, ok := at(doc, "components", "securitySchemes"); ok {
		put(out, schemes, "components", "securitySchemes")
	}
	for _, op := range operations {
		method, path, _ := strings.Cut(op, " ")
		method = strings.ToLower(method)
		v, ok := at(doc, "paths", path, method)
		if !ok {
			return nil, fmt.Errorf("the document has no operation %q", op)
		}
		operation, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("the operation %q is no object", op)
		}
		put(out, answers(operation), "paths", path, method)
		if shared, ok := at(doc, "paths", path, "parameters"); ok {
			put(out, shared, "paths", path, "parameters")
		}
	}
	if err := reach(doc, out, out["paths"], map[string]bool{}); err != nil {
		return nil, err
	}
	return out, nil
}

// answers returns an operation without its refusals.
func answers(op map[string]any) map[string]any {
	out := map[string]any{}
	for key, v := range op {
		out[key] = v
	}
	if all, ok := op["responses"].(map[string]any); ok {
		some := map[string]any{}
		for status, v := range all {
			if status < "4" || status == "default" && len(all) == 1 {
				some[status] = v
			}
		}
		out["responses"] = some
	}
	return out
}

// reach copies everything that v refers to, and what that refers to.
func reach(doc, out map[string]any, v any, seen map[string]bool) error {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			if err := reach(doc, out, x, seen); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, x := range v {
			if err := reach(doc, out, x, seen); err != nil {
				return err
			}
		}
	case string: // of "$ref", or of a discriminator's mapping
		if seen[v] || !strings.HasPrefix(v, "#/") {
			return nil
		}
		seen[v] = true
		keys := pointer(v)
		found, ok := at(doc, keys...)
		if !ok {
			return fmt.Errorf("%s leads nowhere", v)
		}
		put(out, found, keys...)
		return reach(doc, out, found, seen)
	}
	return nil
}

// pointer returns the keys of a reference such as "#/components/schemas/a~1b" (RFC 6901).
func pointer(ref string) []string {
	keys := strings.Split(strings.TrimPrefix(ref, "#/"), "/")
	for i := range keys {
		keys[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(keys[i])
	}
	return keys
}

func at(v any, keys ...string) (any, bool) {
	for _, key := range keys {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = m[key]; !ok {
			return nil, false
		}
	}
	return v, true
}

func put(m map[string]any, v any, keys ...string) {
	for _, key := range keys[:len(keys)-1] {
		next, ok := m[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			m[key] = next
		}
		m = next
	}
	m[keys[len(keys)-1]] = v
}

// dropped is what nothing is checked against.
var dropped = []string{"description", "summary", "example", "examples", "externalDocs", "tags", "operationId", "links", "callbacks"}

// named hold members whose keys are names, not words of OpenAPI.
var named = []string{"properties", "patternProperties", "paths", "responses", "schemas", "definitions", "headers", "parameters", "requestBodies",
	"content", "mapping", "securitySchemes", "securityDefinitions", "variables"}

// strip returns v, which stands under key, without what is dropped. Answers keep an empty description, which OpenAPI
// requires, and OAuth an empty list of scopes.
func strip(v any, key string) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = strip(x, "")
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			switch {
			case slices.Contains(named, key):
				out[k] = strip(x, "a name in "+key)
			case k == "scopes":
				out[k] = map[string]any{}
			case slices.Contains([]string{"enum", "default", "const", "security", "required"}, k):
				out[k] = x
			case slices.Contains(dropped, k) || strings.HasPrefix(k, "x-"):
			default:
				out[k] = strip(x, k)
			}
		}
		if _, ref := v["$ref"]; key == "a name in responses" && !ref {
			out["description"] = ""
		}
		return out
	}
	return v
}
