package importers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"
)

func TestNext(t *testing.T) {
	from, _ := url.Parse("https://api.example.com/v4/issues?page=1")
	for _, tc := range []struct {
		name, want string
		headers    []string
	}{
		{"none", "", nil},
		{"the last page", "", []string{`<https://api.example.com/v4/issues?page=1>; rel="first"`}},
		// RFC 8288 section 3.5
		{"among others", "http://example.com/TheBook/chapter4", []string{`<http://example.com/TheBook/chapter2>; rel="previous"; title="previous chapter", <http://example.com/TheBook/chapter4>; rel="next"; title="a, b"`}},
		{"commas and semicolons in the address", "https://api.example.com/x?labels=a,b;c&page=2", []string{`<https://api.example.com/x?labels=a,b;c&page=2>; rel="next"`}},
		{"relative", "https://api.example.com/v4/issues?page=2", []string{`<?page=2>; rel=next`}},
		{"several relations", "https://api.example.com/p2", []string{`</p2>; title="x"; rel="last next"`}},
		{"in a second header", "https://api.example.com/p3", []string{`</p1>; rel=prev`, `</p3>; REL=NEXT`}},
		{"next in a title", "", []string{`</p2>; rel="prev"; title="next"`}},
		{"damaged", "", []string{`https://api.example.com/p2; rel="next"`, `<`, `,,`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := (Answer{Header: http.Header{"Link": tc.headers}, url: from}).Next(); got != tc.want {
				t.Errorf("Next of %q = %q, want %q", tc.headers, got, tc.want)
			}
		})
	}
}

func TestLinked(t *testing.T) {
	for _, tc := range []struct{ name, last, want string }{
		{"to the end", "", "[1,2,3]"},
		{"a link back to a page that was read", `</api/notes?page=2>; rel="next"`, "[1,2,3]"},
	} {
		var slept time.Duration
		c, _ := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			switch page := r.URL.Query().Get("page"); page {
			case "":
				w.Header().Set("Link", `</api/notes?page=2>; rel="next"`)
				fmt.Fprint(w, "["+r.URL.Query().Get("first")+"]")
			case "2":
				w.Header().Set("Link", `</api/notes?page=3>; rel="next"`)
				fmt.Fprint(w, "[2]")
			case "3":
				w.Header().Set("Link", tc.last)
				fmt.Fprint(w, "[3]")
			}
		}, &slept)
		list, err := c.Linked(context.Background(), "/notes", url.Values{"first": {"1"}})
		if got, _ := json.Marshal(list); err != nil || !bytes.Equal(got, []byte(tc.want)) {
			t.Errorf("%s: %s, %v; want %s", tc.name, got, err, tc.want)
		}
	}
}
