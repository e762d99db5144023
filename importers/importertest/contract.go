package importertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// Contract wraps a stand-in for an upstream and holds both sides to the vendor's own description of its API: an OpenAPI
// 3 or Swagger 2 document, JSON or YAML, in the testdata of the source's package.
//
// The test fails when a request is not as described: an operation that is not in the document, a parameter that the
// operation does not know (the vendor would ignore it silently), a required one that is missing, a value or a
// body of the wrong type, or no credential. It also fails when the stand-in answers what contradicts the
// document: a status below 400 that the operation does not have, a field of another type, a word that is not in an
// enumeration. Fields that are required but absent are no fault of an answer: a stand-in gives what the source reads, and
// real servers leave out more than their documents say. For the same reason oneOf counts as anyOf in answers.
//
// What a document lacks although the vendor has it is named by its paths, which are then not held to it; testdata/SOURCES.md
// says where they are described.
//
// Documents are kept small by the program in importertest/trim, which keeps named operations and what they reach:
//
//	go run ./importers/importertest/trim spec.json "GET /v2/incidents" "GET /v2/incidents/{id}" > importers/NAME/testdata/openapi.json
//
// testdata/SOURCES.md beside it names origin, version, licence and the operations that were kept. A document whose
// licence does not allow passing it on stays out of the repository.
func Contract(t testing.TB, specPath string, handler http.Handler, lacking ...string) http.Handler {
	t.Helper()
	c, err := contractOf(specPath)
	if err != nil {
		t.Fatalf("contract %s: %v", specPath, err)
	}
	said := &sync.Map{} // each breach is told once
	fail := func(r *http.Request, side string, err error) {
		text := fmt.Sprintf("%s %s: %s: %s (%s)", r.Method, r.URL.RequestURI(), side, brief(err), specPath)
		if _, told := said.LoadOrStore(text, true); !told {
			t.Error(text)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slices.Contains(lacking, r.URL.Path) {
			handler.ServeHTTP(w, r)
			return
		}
		in, err := c.request(r)
		if err != nil {
			fail(r, "the request", err)
		}
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, r)
		if err == nil {
			if err := c.response(in, rec); err != nil {
				fail(r, "the stand-in's answer", err)
			}
		}
		maps.Copy(w.Header(), rec.Header())
		w.WriteHeader(rec.Code)
		w.Write(rec.Body.Bytes())
	})
}

// contract is a document, once as it is and once as answers are held to it.
type contract struct {
	asked, answered routers.Router
}

// request checks a request; the body can be read again afterwards.
func (c contract) request(r *http.Request) (*openapi3filter.RequestValidationInput, error) {
	route, params, err := c.asked.FindRoute(r)
	if err != nil {
		return nil, fmt.Errorf("there is no such operation in the document: %w", err)
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: &openapi3filter.Options{
		MultiError: true, SkipSettingDefaults: true, RejectWhenRequestBodyNotSpecified: true, AuthenticationFunc: credential,
	}}
	return in, errors.Join(openapi3filter.ValidateRequest(r.Context(), in), unknownQuery(route, r))
}

// credential asks for the header or parameter that a security scheme names, whatever it holds.
func credential(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	r, s := in.RequestValidationInput.Request, in.SecurityScheme
	switch {
	case s.Type == "apiKey" && s.In == "header" && r.Header.Get(s.Name) != "",
		s.Type == "apiKey" && s.In == "query" && r.URL.Query().Has(s.Name),
		s.Type != "apiKey" && r.Header.Get("Authorization") != "":
		return nil
	}
	return fmt.Errorf("it has no credential of the scheme %s", in.SecuritySchemeName)
}

// unknownQuery refuses parameters that the operation does not declare.
func unknownQuery(route *routers.Route, r *http.Request) error {
	var known []string
	for _, list := range []openapi3.Parameters{route.PathItem.Parameters, route.Operation.Parameters} {
		for _, p := range list {
			if p.Value != nil && p.Value.In == "query" {
				known = append(known, p.Value.Name)
			}
		}
	}
	if route.Spec.Components != nil {
		for _, s := range route.Spec.Components.SecuritySchemes {
			if s.Value != nil && s.Value.In == "query" {
				known = append(known, s.Value.Name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.URL.Query())) {
		base, _, _ := strings.Cut(name, "[") // of deepObject parameters and of lists such as ids[]
		if !slices.Contains(known, name) && !slices.Contains(known, base) {
			return fmt.Errorf("the operation has no parameter %q; it has %q", name, known)
		}
	}
	return nil
}

// response checks an answer. Refusals are as real servers give them, mostly other than described.
func (c contract) response(in *openapi3filter.RequestValidationInput, rec *httptest.ResponseRecorder) error {
	if rec.Code >= http.StatusBadRequest {
		return nil
	}
	route, params, err := c.answered.FindRoute(in.Request)
	if err != nil {
		return err
	}
	relaxed := *in
	relaxed.Route, relaxed.PathParams = route, params
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: &relaxed, Status: rec.Code, Header: rec.Header(),
		Options: &openapi3filter.Options{MultiError: true, IncludeResponseStatus: true}}
	return openapi3filter.ValidateResponse(in.Request.Context(), out.SetBodyBytes(rec.Body.Bytes()))
}

// brief returns the reasons of a breach with the place of each in the body, without the schema and the whole value.
func brief(err error) string {
	var reasons []string
	gather(err, &reasons)
	if len(reasons) > 5 {
		reasons = append(reasons[:5], fmt.Sprintf("and %d more", len(reasons)-5))
	}
	return strings.Join(reasons, "; ")
}

func gather(err error, reasons *[]string) {
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			gather(one, reasons)
		}
	case openapi3.MultiError:
		for _, one := range e {
			gather(one, reasons)
		}
	case *openapi3filter.RequestError:
		if e.Parameter != nil {
			*reasons = append(*reasons, fmt.Sprintf("%s parameter %q", e.Parameter.In, e.Parameter.Name))
		}
		gatherCause(e.Reason, e.Err, reasons)
	case *openapi3filter.ResponseError:
		gatherCause(e.Reason, e.Err, reasons)
	case *openapi3.SchemaError:
		value, _ := json.Marshal(e.Value)
		*reasons = append(*reasons, fmt.Sprintf("/%s: %s, not %.80s", strings.Join(e.JSONPointer(), "/"), e.Reason, value))
	default:
		*reasons = append(*reasons, err.Error())
	}
}

func gatherCause(reason string, cause error, reasons *[]string) {
	if cause == nil {
		*reasons = append(*reasons, reason)
		return
	}
	gather(cause, reasons)
}
