// Command serve shows every page in every state, for looking: go run ./frontend/gallery/serve, then open
// http://127.0.0.1:8099/gallery. It needs no database. Forms lead nowhere.
package main

import (
	"flag"
	"fmt"
	"html"
	"log"
	"net/http"
	"strings"

	"hindsight/frontend"
	"hindsight/frontend/gallery"
)

// policy is the one that the server sends, so that what breaks it breaks here first.
const policy = "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

func main() {
	addr := flag.String("addr", "127.0.0.1:8099", "address to listen on")
	flag.Parse()
	r, err := frontend.New()
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(frontend.AssetPrefix, r.Assets())
	mux.HandleFunc("/palette", func(w http.ResponseWriter, _ *http.Request) { show(w, r, "palette/typical") })
	mux.HandleFunc("/gallery/", func(w http.ResponseWriter, req *http.Request) {
		show(w, r, strings.TrimPrefix(req.URL.Path, "/gallery/"))
	})
	log.Fatal(http.ListenAndServe(*addr, mux))
}

func show(w http.ResponseWriter, r *frontend.Renderer, name string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy)
	for _, s := range gallery.States() {
		if s.Name == name {
			if err := r.Render(w, s.Page); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
			return
		}
	}
	fmt.Fprint(w, "<!doctype html><title>Gallery</title><h1>Gallery</h1><ul>")
	for _, s := range gallery.States() {
		fmt.Fprintf(w, `<li><a href="/gallery/%s">%s</a>`, s.Name, html.EscapeString(s.Name))
	}
}
