package importertest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"gopkg.in/yaml.v3"
)

// contracts keeps each document, since a test asks for the same one for every server that it starts.
var contracts sync.Map // of func() (contract, error), by path

func contractOf(path string) (contract, error) {
	once, _ := contracts.LoadOrStore(path, sync.OnceValues(func() (contract, error) { return readContract(path) }))
	return once.(func() (contract, error))()
}

func readContract(path string) (c contract, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return c, err
	}
	var parsed any
	if err := yaml.Unmarshal(text, &parsed); err != nil { // JSON is YAML
		return c, err
	}
	if text, err = json.Marshal(named(parsed)); err != nil {
		return c, err
	}
	doc, err := document(text)
	if err != nil {
		return c, err
	}
	if c.asked, err = gorillamux.NewRouter(doc); err != nil {
		return c, err
	}
	if text, err = doc.MarshalJSON(); err != nil {
		return c, err
	}
	var tree map[string]any
	if err = json.Unmarshal(text, &tree); err != nil {
		return c, err
	}
	relax(tree)
	if text, err = json.Marshal(tree); err != nil {
		return c, err
	}
	if doc, err = document(text); err != nil {
		return c, err
	}
	c.answered, err = gorillamux.NewRouter(doc)
	return c, err
}

// named makes the keys of YAML texts, as JSON wants them: statuses are written as numbers there.
func named(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = named(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = named(v[key])
		}
	case map[any]any:
		out := map[string]any{}
		for key, x := range v {
			out[fmt.Sprint(key)] = named(x)
		}
		return out
	}
	return v
}

// document reads OpenAPI 3 or Swagger 2, and leaves of its servers only the path, since a stand-in is at another host.
func document(text []byte) (doc *openapi3.T, err error) {
	var kind struct{ Swagger string }
	if err := json.Unmarshal(text, &kind); err != nil {
		return nil, err
	}
	if kind.Swagger != "" {
		var old openapi2.T
		if err := json.Unmarshal(text, &old); err != nil {
			return nil, err
		}
		doc, err = openapi2conv.ToV3(&old)
	} else {
		doc, err = openapi3.NewLoader().LoadFromData(text)
	}
	if err != nil {
		return nil, err
	}
	if doc.Paths.Len() == 0 {
		return nil, fmt.Errorf("the document describes no paths")
	}
	base := ""
	if len(doc.Servers) > 0 {
		if u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(doc.Servers[0].URL)); err == nil {
			base = strings.TrimRight(u.Path, "/")
		}
	}
	doc.Servers = openapi3.Servers{{URL: base + "/"}}
	for _, item := range doc.Paths.Map() {
		item.Servers = nil
	}
	return doc, nil
}

// relax takes from a document what real answers do not keep to: fields that must be there, and one of several
// shapes where, without those, more than one fits or none says which it is. Properties that bear such names are left alone.
func relax(v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			relax(x)
		}
	case map[string]any:
		if _, list := v["required"].([]any); list {
			delete(v, "required")
		}
		if _, ok := v["discriminator"].(map[string]any); ok {
			delete(v, "discriminator")
		}
		if one, ok := v["oneOf"].([]any); ok {
			delete(v, "oneOf")
			v["anyOf"] = one
		}
		if ref, ok := v["$ref"].(string); ok {
			v["$ref"] = strings.ReplaceAll(ref, "/oneOf/", "/anyOf/")
		}
		for key, x := range v {
			if key != "enum" && key != "example" && key != "examples" && key != "default" {
				relax(x)
			}
		}
	}
}
