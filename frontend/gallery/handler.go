package gallery

import (
	"fmt"
	"html"
	"net/http"
	"strings"

	"hindsight/frontend"
)

// policy is as strict as the server's, so that what breaks it breaks here first.
const policy = "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// Handler serves every state at /gallery/<name>, a list of them at /gallery/, and the assets. The list of
// incidents is also at /incidents and the palette at /palette, because scripts ask for them.
func Handler(r *frontend.Renderer) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(frontend.AssetPrefix, r.Assets())
	show := func(w http.ResponseWriter, name string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		for _, s := range States() {
			if s.Name == name {
				switch {
				case strings.HasPrefix(name, "shared"):
					w.Header().Set("Content-Security-Policy", frontend.PaperPolicy())
				case strings.HasPrefix(name, "report-file"): // which says its own
					w.Header().Del("Content-Security-Policy")
				}
				if err := r.Render(w, s.Page); err != nil {
					http.Error(w, err.Error(), http.StatusInternalServerError)
				}
				return
			}
		}
		list(w)
	}
	mux.HandleFunc("/palette", func(w http.ResponseWriter, _ *http.Request) { show(w, "palette/typical") })
	mux.HandleFunc("/incidents", func(w http.ResponseWriter, _ *http.Request) { show(w, "incidents/typical") })
	mux.HandleFunc("/gallery/", func(w http.ResponseWriter, req *http.Request) {
		show(w, strings.TrimPrefix(req.URL.Path, "/gallery/"))
	})
	return mux
}

func list(w http.ResponseWriter) {
	fmt.Fprint(w, `<!doctype html><html lang="en"><title>Gallery</title><main><h1>Gallery</h1><ul>`)
	for _, s := range States() {
		fmt.Fprintf(w, `<li><a href="/gallery/%s">%s</a></li>`, s.Name, html.EscapeString(s.Name))
	}
	fmt.Fprint(w, `</ul></main></html>`)
}
