package api

import (
	"encoding"
	"encoding/json"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object of the OpenAPI document.
type object = map[string]any

var pathParam = regexp.MustCompile(`\{(\w+)\}`)

// document describes the operations as OpenAPI 3.1 does.
func document(ops []operation, version string) ([]byte, error) {
	schemas := object{}
	paths := object{}
	for _, op := range ops {
		path, _ := paths[prefix+op.path].(object)
		if path == nil {
			path = object{}
			paths[prefix+op.path] = path
		}
		path[strings.ToLower(op.method)] = describe(op, schemas)
	}
	return json.MarshalIndent(object{
		"openapi": "3.1.0",
		"info": object{"title": "Hindsight", "version": version,
			"description": "Times are RFC 3339 in UTC; durations are seconds, with the unit in the name; a missing value is null, never zero. Errors are application/problem+json (RFC 9457). Lists are paged by cursor: repeat the request with after= set to next."},
		"paths": paths,
		"components": object{
			"schemas":         schemas,
			"securitySchemes": object{"token": object{"type": "http", "scheme": "bearer"}, "session": object{"type": "apiKey", "in": "cookie", "name": "hindsight_session"}},
		},
		"security": []object{{"token": []string{}}, {"session": []string{}}},
	}, "", "  ")
}

func describe(op operation, schemas object) object {
	out := object{
		"operationId": operationID(op),
		"summary":     op.summary,
		"description": "Needs the ability " + string(op.needs) + ": " + op.needs.Says() + ".",
		"parameters":  parameters(op.params, schemas),
		"responses": object{
			strconv.Itoa(op.status): object{"description": "OK", "content": object{"application/json": object{"schema": schema(op.result, schemas)}}},
			"default":               object{"description": "An error", "content": object{"application/problem+json": object{"schema": schema(reflect.TypeFor[Problem](), schemas)}}},
		},
	}
	if op.bytes {
		out["requestBody"] = object{"required": true, "content": object{"application/octet-stream": object{"schema": object{"type": "string", "format": "binary"}}}}
	}
	if op.body != nil {
		content := object{"application/json": object{"schema": schema(op.body, schemas)}}
		if op.form {
			content["multipart/form-data"] = object{"schema": schema(reflect.TypeFor[Upload](), schemas)}
		}
		if op.yaml {
			content["application/yaml"] = object{"schema": object{"type": "string", "description": "documents, with --- between them"}}
		}
		out["requestBody"] = object{"required": true, "content": content}
	}
	return out
}

// operationID turns GET /incidents/{id}/similar into get_incidents_id_similar.
func operationID(op operation) string {
	path := pathParam.ReplaceAllString(op.path, "$1")
	return strings.ToLower(op.method) + strings.NewReplacer("/", "_", "-", "_").Replace(path)
}

func parameters(t reflect.Type, schemas object) []object {
	out := []object{}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue
		}
		p := object{"schema": schema(f.Type, schemas)}
		if name := f.Tag.Get("path"); name != "" {
			p["name"], p["in"], p["required"] = name, "path", true
		} else if name := f.Tag.Get("header"); name != "" {
			p["name"], p["in"] = name, "header"
		} else {
			p["name"], p["in"] = f.Tag.Get("query"), "query"
		}
		if doc := f.Tag.Get("doc"); doc != "" {
			p["description"] = doc
		}
		if d := f.Tag.Get("default"); d != "" {
			p["schema"].(object)["default"] = d
		}
		out = append(out, p)
	}
	return out
}

// schema describes a type. Named structs become components; a pointer may be null.
func schema(t reflect.Type, schemas object) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[json.RawMessage]():
		return object{}
	case t.Kind() == reflect.Struct && t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		s := schema(t.Elem(), schemas)
		if kind, ok := s["type"].(string); ok {
			s["type"] = []string{kind, "null"}
			return s
		}
		return object{"anyOf": []object{s, {"type": "null"}}}
	case reflect.Slice, reflect.Array:
		return object{"type": "array", "items": schema(t.Elem(), schemas)}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": schema(t.Elem(), schemas)}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Struct:
		return structSchema(t, schemas)
	case reflect.Interface:
		return object{}
	}
	return object{"type": "string"}
}

func structSchema(t reflect.Type, schemas object) object {
	name := t.Name()
	name = strings.ToUpper(name[:1]) + name[1:]
	ref := object{"$ref": "#/components/schemas/" + name}
	if _, done := schemas[name]; done {
		return ref
	}
	properties := object{}
	required := []string{}
	schemas[name] = object{"type": "object", "properties": properties}
	for _, f := range reflect.VisibleFields(t) {
		tag := f.Tag.Get("json")
		field, options, _ := strings.Cut(tag, ",")
		if f.Anonymous || field == "" || field == "-" {
			continue
		}
		s := schema(f.Type, schemas)
		if doc := f.Tag.Get("doc"); doc != "" {
			s["description"] = doc
		}
		properties[field] = s
		if !strings.Contains(options, "omitempty") {
			required = append(required, field)
		}
	}
	if len(required) > 0 {
		schemas[name].(object)["required"] = required
	}
	return ref
}
