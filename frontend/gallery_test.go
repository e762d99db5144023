package frontend_test

import (
	"bytes"
	"compress/gzip"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"hindsight/frontend"
	"hindsight/frontend/gallery"
	"hindsight/incident"
)

// TestGallery draws every page in every state and holds the markup against what browsers and screen
// readers need of it.
func TestGallery(t *testing.T) {
	r := renderer(t)
	for _, s := range gallery.States() {
		t.Run(s.Name, func(t *testing.T) {
			text := render(t, r, s.Page)
			if strings.Contains(text, gallery.Marker) {
				t.Errorf("the page holds the text %s as markup", gallery.Marker)
			}
			p := walk(t, text)
			p.headings(t, strings.Contains(text, "<html"))
			p.uniqueIDs(t)
			p.labels(t)
			p.references(t)
			if !strings.HasPrefix(s.Name, "shared") && !strings.HasPrefix(s.Name, "report-file") { // which has a policy of its own, and stands alone
				p.noInline(t)
			}
			for _, l := range p.links {
				resolves(t, l)
			}
		})
	}
}

// TestNothingMeasured: a problem whose members lack times says so, and not from how many it is not known.
func TestNothingMeasured(t *testing.T) {
	text := render(t, renderer(t), state(t, "problems/typical"))
	if !strings.Contains(text, `from 3</span>`) || strings.Contains(text, `from 0</span>`) {
		t.Error("the list should say from how many members a sum is, and nothing of the kind where there is none")
	}
}

// TestTimesNotKnown: in a list the words say which time it is that is not known.
func TestTimesNotKnown(t *testing.T) {
	page := state(t, "overview/typical").(frontend.OverviewPage)
	dated := page.Recent[0]
	dated.Length = incident.Duration{State: incident.NotApplicable}
	undated := dated
	undated.Incident = &incident.Incident{ID: "inc_x", Title: "A notice"}
	page.Recurring, page.Recent = nil, []frontend.IncidentRow{dated, undated}
	text := render(t, renderer(t), page)
	for _, want := range []string{"<span>duration not known</span>", "<span>no date known</span>"} {
		if strings.Count(text, want) != 1 {
			t.Errorf("the list has %s %d times, want it once", want, strings.Count(text, want))
		}
	}
}

// state returns the page of a gallery state.
func state(t *testing.T, name string) frontend.Page {
	t.Helper()
	for _, s := range gallery.States() {
		if s.Name == name {
			return s.Page
		}
	}
	t.Fatalf("there is no state %s", name)
	return nil
}

// TestShellIsNotHidden: a field of a page that has the name of one of the shell would be drawn in its place by the frame.
func TestShellIsNotHidden(t *testing.T) {
	shell := reflect.TypeFor[frontend.Shell]()
	for _, s := range gallery.States() {
		page := reflect.TypeOf(s.Page)
		for i := range shell.NumField() {
			name := shell.Field(i).Name
			if f, found := page.FieldByName(name); found && len(f.Index) == 1 {
				t.Errorf("%s has a field %s of its own, which hides that of the shell", s.Name, name)
			}
		}
	}
}

// TestPageWeight holds every page to its budget: 60 kB compressed.
func TestPageWeight(t *testing.T) {
	r := renderer(t)
	for _, s := range gallery.States() {
		if n := zipped(t, []byte(render(t, r, s.Page))); n > 60_000 {
			t.Errorf("Render(%s) takes %d bytes compressed, want at most 60000", s.Name, n)
		}
	}
}

func renderer(t *testing.T) *frontend.Renderer {
	t.Helper()
	r, err := frontend.New()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func render(t *testing.T, r *frontend.Renderer, p frontend.Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Render(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zipped(t *testing.T, body []byte) int {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// link is a place that a page leads or posts to.
type link struct{ method, path string }

// element is a start tag with its attributes.
type element struct {
	tag    string
	attr   map[string]string
	within string // id or tag of an enclosing label
}

// document is what the tests need to know of a page.
type document struct {
	elements []element
	links    []link
}

// void elements have no end tag.
const void = " area base br col embed hr img input link meta source track wbr "

// walk reads the page and fails on every tag that is not closed in order.
func walk(t *testing.T, text string) document {
	t.Helper()
	var d document
	var open []string
	for z := html.NewTokenizer(strings.NewReader(text)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		tok := z.Token()
		switch kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			d.add(tok, open)
			if kind == html.StartTagToken && !strings.Contains(void, " "+tok.Data+" ") {
				open = append(open, tok.Data)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != tok.Data {
				t.Fatalf("</%s> closes nothing; open are %v", tok.Data, open)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Fatalf("not closed at the end: %v", open)
	}
	return d
}

func (d *document) add(tok html.Token, open []string) {
	e := element{tag: tok.Data, attr: map[string]string{}}
	for _, a := range tok.Attr {
		e.attr[a.Key] = a.Val
	}
	for _, tag := range open {
		if tag == "label" {
			e.within = "label"
		}
	}
	d.elements = append(d.elements, e)
	switch tok.Data {
	case "a":
		d.links = append(d.links, link{"GET", e.attr["href"]})
	case "form":
		method := strings.ToUpper(e.attr["method"])
		if method == "POST" || method == "GET" {
			d.links = append(d.links, link{method, e.attr["action"]})
		}
	}
	if get, ok := e.attr["hx-get"]; ok {
		d.links = append(d.links, link{"GET", get})
	}
}

func (d document) headings(t *testing.T, whole bool) {
	t.Helper()
	n := 0
	for _, e := range d.elements {
		if e.tag == "h1" {
			n++
		}
	}
	if whole && n != 1 || !whole && n != 0 {
		t.Errorf("the page has %d h1 elements", n)
	}
}

func (d document) uniqueIDs(t *testing.T) {
	t.Helper()
	seen := map[string]bool{}
	for _, e := range d.elements {
		id, ok := e.attr["id"]
		if ok && (id == "" || seen[id]) {
			t.Errorf("<%s> has the id %q, which is empty or taken", e.tag, id)
		}
		seen[id] = true
	}
}

// labels finds fields that nothing names.
func (d document) labels(t *testing.T) {
	t.Helper()
	named := map[string]bool{}
	for _, e := range d.elements {
		if e.tag == "label" {
			named[e.attr["for"]] = true
		}
	}
	for _, e := range d.elements {
		if e.tag != "input" && e.tag != "select" && e.tag != "textarea" || e.attr["type"] == "hidden" {
			continue
		}
		if e.attr["aria-label"] == "" && e.within == "" && !named[e.attr["id"]] {
			t.Errorf("<%s name=%q> has no label", e.tag, e.attr["name"])
		}
	}
}

// references finds ids that are referred to and do not exist.
func (d document) references(t *testing.T) {
	t.Helper()
	ids := map[string]bool{}
	for _, e := range d.elements {
		ids[e.attr["id"]] = true
	}
	for _, e := range d.elements {
		for _, key := range []string{"aria-labelledby", "aria-describedby", "aria-controls", "for", "popovertarget"} {
			for _, id := range strings.Fields(e.attr[key]) {
				if !ids[id] {
					t.Errorf("<%s %s=%q> refers to nothing", e.tag, key, e.attr[key])
				}
			}
		}
		if anchor, ok := strings.CutPrefix(e.attr["href"], "#"); ok && !ids[anchor] && e.tag == "a" {
			t.Errorf("<a href=%q> leads nowhere on this page", e.attr["href"])
		}
	}
}

// noInline finds what the content security policy would not run.
func (d document) noInline(t *testing.T) {
	t.Helper()
	for _, e := range d.elements {
		for key, value := range e.attr {
			if key == "style" || strings.HasPrefix(key, "on") || strings.HasPrefix(strings.TrimSpace(strings.ToLower(value)), "javascript:") {
				t.Errorf("<%s %s=%q> is forbidden by the content security policy", e.tag, key, value)
			}
		}
		if e.tag == "style" || e.tag == "script" && e.attr["src"] == "" && e.attr["type"] != "application/json" {
			t.Errorf("<%s> is forbidden inline", e.tag)
		}
	}
}

func resolves(t *testing.T, l link) {
	t.Helper()
	u, err := url.Parse(l.path)
	if err != nil || l.path == "" {
		t.Errorf("%s %q is no link: %v", l.method, l.path, err)
		return
	}
	if u.Path == "" && u.Fragment != "" || u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "mailto" {
		return
	}
	for _, r := range frontend.Routes() {
		if r.Method == l.method && matches(r.Path, u.Path) {
			return
		}
	}
	t.Errorf("%s %s leads to no route", l.method, l.path)
}

// matches reports whether path has the form of pattern, whose {name} stands for one segment and whose
// trailing slash stands for anything.
func matches(pattern, path string) bool {
	pattern = strings.TrimSuffix(pattern, "{$}")
	if rest, ok := strings.CutSuffix(pattern, "/"); ok && rest != "" {
		return strings.HasPrefix(path, pattern)
	}
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && (!strings.HasPrefix(want[i], "{") || got[i] == "") {
			return false
		}
	}
	return true
}
