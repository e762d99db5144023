// Command serve shows every page in every state, for looking: go run ./frontend/gallery/serve, then open
// http://127.0.0.1:8099/gallery/. It needs no database. Forms lead nowhere.
package main

import (
	"flag"
	"log"
	"net/http"

	"hindsight/frontend"
	"hindsight/frontend/gallery"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8099", "address to listen on")
	flag.Parse()
	r, err := frontend.New()
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(*addr, gallery.Handler(r)))
}
