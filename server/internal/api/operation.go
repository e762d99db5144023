package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hindsight/incident"
)

// operation is one method of one path: what it takes, gives and needs. The route, the checks of the
// request and the OpenAPI document are all made from it, so they cannot disagree.
type operation struct {
	method, path string // path in OpenAPI form: /incidents/{id}
	summary      string
	needs        incident.Ability
	params       reflect.Type // struct with path, query, header and doc tags
	body         reflect.Type // nil: takes none
	result       reflect.Type
	form         bool // takes files too, as an Upload
	yaml         bool // takes documents too
	bytes        bool // takes a file as its body
	status       int
	serve        func(*gin.Context) (any, error)
}

// none is the params of an operation that has none.
type none struct{}

// get declares a reading operation.
func get[P, R any](path, summary string, f func(context.Context, Viewer, P) (R, error)) operation {
	return operation{method: http.MethodGet, path: path, summary: summary, needs: incident.Read, status: http.StatusOK,
		params: reflect.TypeFor[P](), result: reflect.TypeFor[R](),
		serve: func(c *gin.Context) (any, error) {
			var p P
			if err := bind(c, &p); err != nil {
				return nil, err
			}
			return f(c.Request.Context(), viewer(c), p)
		}}
}

// write declares an operation that changes something and takes a JSON body.
func write[P, B, R any](method, path, summary string, needs incident.Ability, status int, f func(context.Context, Viewer, P, B) (R, error)) operation {
	return operation{method: method, path: path, summary: summary, needs: needs, status: status,
		params: reflect.TypeFor[P](), body: reflect.TypeFor[B](), result: reflect.TypeFor[R](),
		serve: func(c *gin.Context) (any, error) {
			var p P
			if err := bind(c, &p); err != nil {
				return nil, err
			}
			var body B
			if err := decode(c, &body); err != nil {
				return nil, err
			}
			return f(c.Request.Context(), viewer(c), p, body)
		}}
}

const maxBody = 1 << 20

// decode reads a JSON body strictly: an unknown field is a mistake that the sender wants to know of.
func decode(c *gin.Context, into any) error {
	if kind, _, _ := mime.ParseMediaType(c.GetHeader("Content-Type")); kind != "application/json" && kind != "application/merge-patch+json" {
		return &requestError{http.StatusUnsupportedMediaType, "send the body as application/json"}
	}
	dec := json.NewDecoder(http.MaxBytesReader(c.Writer, c.Request.Body, maxBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			return &requestError{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is longer than %d bytes", maxBody)}
		}
		return &requestError{http.StatusBadRequest, "the body is not what is expected: " + strings.TrimPrefix(err.Error(), "json: ")}
	}
	if _, err := dec.Token(); err != io.EOF {
		return &requestError{http.StatusBadRequest, "there is more behind the end of the JSON body"}
	}
	return nil
}

// bind fills a params struct from path, headers and query. Unknown and repeated single parameters are refused, so that a
// misspelt filter cannot pass for an unfiltered answer.
func bind(c *gin.Context, into any) error {
	v := reflect.ValueOf(into).Elem()
	query := c.Request.URL.Query()
	known := []string{}
	for _, f := range reflect.VisibleFields(v.Type()) {
		if f.Anonymous {
			continue
		}
		if name := f.Tag.Get("path"); name != "" {
			v.FieldByIndex(f.Index).SetString(c.Param(name))
			continue
		}
		if name := f.Tag.Get("header"); name != "" {
			v.FieldByIndex(f.Index).SetString(c.GetHeader(name))
			continue
		}
		name := f.Tag.Get("query")
		known = append(known, name)
		if err := set(v.FieldByIndex(f.Index), name, f.Tag.Get("default"), query[name]); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !slices.Contains(known, name) {
			slices.Sort(known)
			return incident.Invalidf(name, "there is no such parameter; there are %s", strings.Join(known, ", "))
		}
	}
	return nil
}

func set(field reflect.Value, name, fallback string, values []string) error {
	if field.Kind() == reflect.Slice {
		field.Set(reflect.ValueOf(values))
		return nil
	}
	if len(values) > 1 {
		return incident.Invalidf(name, "give this parameter once")
	}
	text := fallback
	if len(values) == 1 && values[0] != "" {
		text = values[0]
	}
	if text == "" {
		return nil
	}
	switch field.Interface().(type) {
	case string:
		field.SetString(text)
	case int:
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return incident.Invalidf(name, "%q is not a number from 0 up", text)
		}
		field.SetInt(int64(n))
	case bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return incident.Invalidf(name, "%q is not true or false", text)
		}
		field.SetBool(b)
	default:
		panic("api: parameter " + name + " has a type that cannot be read: " + field.Type().String())
	}
	return nil
}

// values returns the query parameters of a params struct, for packages that read url.Values.
func values(params any) url.Values {
	out := url.Values{}
	v := reflect.ValueOf(params)
	for _, f := range reflect.VisibleFields(v.Type()) {
		name := f.Tag.Get("query")
		if name == "" {
			continue
		}
		switch x := v.FieldByIndex(f.Index).Interface().(type) {
		case string:
			if x != "" {
				out.Set(name, x)
			}
		case []string:
			out[name] = x
		case int:
			if x != 0 {
				out.Set(name, strconv.Itoa(x))
			}
		}
	}
	return out
}

// when returns a time for JSON: nil when it is not known.
func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// remove declares an operation that deletes and takes no body.
func remove[P, R any](path, summary string, needs incident.Ability, f func(context.Context, Viewer, P) (R, error)) operation {
	op := get(path, summary, f)
	op.method, op.needs = http.MethodDelete, needs
	return op
}

// act declares an operation that changes something and takes no body.
func act[P, R any](path, summary string, needs incident.Ability, f func(context.Context, Viewer, P) (R, error)) operation {
	op := get(path, summary, f)
	op.method, op.needs = http.MethodPost, needs
	return op
}
