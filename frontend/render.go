package frontend

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strings"
)

//go:embed templates
var templateFiles embed.FS

//go:embed dist
var distFiles embed.FS

// Renderer draws pages. It is safe for use by many goroutines.
type Renderer struct {
	pages  map[string]*template.Template
	assets *Assets
}

// New parses every template. A template that does not parse is an error at start, not at a page view.
func New() (*Renderer, error) {
	dist, err := fs.Sub(distFiles, "dist")
	if err != nil {
		return nil, fmt.Errorf("frontend: open dist: %w", err)
	}
	assets, err := newAssets(dist)
	if err != nil {
		return nil, err
	}
	pages, err := parse(templateFiles, assets)
	if err != nil {
		return nil, err
	}
	return &Renderer{pages: pages, assets: assets}, nil
}

// Assets returns the style sheet, scripts and fonts.
func (r *Renderer) Assets() *Assets { return r.assets }

// Render writes page as HTML. Nothing is written when it cannot be drawn as a whole.
func (r *Renderer) Render(w io.Writer, page Page) error {
	name := page.template()
	t, ok := r.pages[name]
	if !ok {
		return fmt.Errorf("frontend: render %s: there is no such template", name)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, page); err != nil {
		return fmt.Errorf("frontend: render %s: %w", name, err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("frontend: write %s: %w", name, err)
	}
	return nil
}

// parse returns one template per page: the layout and the partials, which all share, and the page's
// own file, which fills in the blocks.
func parse(files fs.FS, assets *Assets) (map[string]*template.Template, error) {
	shared, err := template.New("layout.html").Funcs(funcs(assets)).
		ParseFS(files, "templates/*.html", "templates/partials/*.html")
	if err != nil {
		return nil, fmt.Errorf("frontend: parse layout: %w", err)
	}
	names, err := fs.Glob(files, "templates/pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("frontend: list pages: %w", err)
	}
	pages := map[string]*template.Template{}
	for _, file := range names {
		t, err := template.Must(shared.Clone()).ParseFS(files, file)
		if err != nil {
			return nil, fmt.Errorf("frontend: parse %s: %w", file, err)
		}
		name := strings.TrimSuffix(path.Base(file), ".html")
		// A fragment is the answer to a script's question and has no frame.
		if t.Lookup("fragment") != nil {
			t = t.Lookup("fragment")
		} else {
			t = t.Lookup("layout.html")
		}
		pages[name] = t
	}
	return pages, nil
}
