package importers

import (
	"net/http"
	"net/url"
	"testing"
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
