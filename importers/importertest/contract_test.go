package importertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// complaints takes what a test would be failed with.
type complaints struct {
	testing.TB
	said []string
}

func (c *complaints) Helper()           {}
func (c *complaints) Error(args ...any) { c.said = append(c.said, fmt.Sprint(args...)) }

func TestContract(t *testing.T) {
	for _, tc := range []struct {
		name, method, target, body string
		header                     map[string]string
		status                     int
		answer                     string
		want                       string // part of the complaint; empty: there is none
	}{
		{name: "as described", target: "/v1/incidents?limit=50&ids[]=a", answer: `{"incidents": [{"id": "x", "state": "open", "at": null}]}`},
		{name: "required fields may be absent in answers", target: "/v1/incidents", answer: `{"incidents": [{}]}`},
		{name: "refusals are free", target: "/v1/incidents", status: 429, answer: `slow down`},
		{name: "no such path", target: "/v1/incident", want: "no such operation"},
		{name: "no such method", method: "DELETE", target: "/v1/incidents", want: "no such operation"},
		{name: "a filter that the vendor would ignore", target: "/v1/incidents?since=1", want: `no parameter "since"`},
		{name: "a value out of range", target: "/v1/incidents?limit=500", want: `query parameter "limit"`},
		{name: "no credential", target: "/v1/incidents", header: map[string]string{"Authorization": ""}, want: "no credential"},
		{name: "a body of the wrong type", method: "POST", target: "/v1/search", body: `{"query": 1}`, want: "/query"},
		{name: "a body without what is required", method: "POST", target: "/v1/search", body: `{}`, want: "query"},
		{name: "an answer of the wrong type", target: "/v1/incidents", answer: `{"incidents": [{"id": 7}]}`, want: "/incidents/0/id"},
		{name: "an answer with an unknown word", target: "/v1/incidents", answer: `{"incidents": [{"state": "opne"}]}`, want: "/incidents/0/state"},
		{name: "a status that is not described", target: "/v1/incidents", status: 201, answer: `{}`, want: "stand-in's answer"},
	} {
		for _, spec := range []string{"testdata/synthetic_openapi3.json", "testdata/synthetic_swagger2.yaml"} {
			t.Run(tc.name+" in "+spec, func(t *testing.T) {
				c := &complaints{TB: t}
				h := Contract(c, spec, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "application/json")
					if tc.status != 0 {
						w.WriteHeader(tc.status)
					}
					fmt.Fprint(w, tc.answer)
				}))
				if tc.method == "" {
					tc.method = http.MethodGet
				}
				if tc.answer == "" {
					tc.answer = `{}`
				}
				r := httptest.NewRequest(tc.method, tc.target, strings.NewReader(tc.body))
				r.Header.Set("Authorization", "Bearer x")
				r.Header.Set("Content-Type", "application/json")
				for name, value := range tc.header {
					r.Header.Set(name, value)
				}
				rec := httptest.NewRecorder()
				h.ServeHTTP(rec, r)
				if got := strings.Join(c.said, "\n"); (tc.want == "") != (got == "") || !strings.Contains(got, tc.want) {
					t.Errorf("the contract said %q, want %q", got, tc.want)
				}
				if rec.Body.String() != tc.answer {
					t.Errorf("the answer became %q, want %q", rec.Body, tc.answer)
				}
			})
		}
	}
}
