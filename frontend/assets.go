package frontend

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// AssetPrefix is where Assets must be mounted.
const AssetPrefix = "/assets/"

// Assets serves the files of dist. Their names hold a hash of their content, so that browsers may
// keep them for ever.
type Assets struct {
	manifest map[string]string // "app.js" to "app.3f2a91c0.js"
	files    map[string]asset  // by hashed name
}

// asset is one file, and its compressed form where that is smaller.
type asset struct{ body, zipped []byte }

func newAssets(dist fs.FS) (*Assets, error) {
	text, err := fs.ReadFile(dist, "manifest.json")
	if err != nil {
		return nil, fmt.Errorf("frontend: read manifest: %w", err)
	}
	a := &Assets{files: map[string]asset{}}
	if err := json.Unmarshal(text, &a.manifest); err != nil {
		return nil, fmt.Errorf("frontend: read manifest: %w", err)
	}
	for _, name := range a.manifest {
		body, err := fs.ReadFile(dist, name)
		if err != nil {
			return nil, fmt.Errorf("frontend: read asset: %w", err)
		}
		a.files[name] = asset{body: body, zipped: zip(name, body)}
	}
	return a, nil
}

// zip compresses body once, at start. Fonts are compressed already.
func zip(name string, body []byte) []byte {
	if path.Ext(name) == ".woff2" {
		return nil
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(body) // a buffer takes everything
	w.Close()
	return b.Bytes()
}

// URL returns the path of a file of dist by its plain name, "app.js".
// It is an error to ask for a file that the build did not make.
func (a *Assets) URL(name string) (string, error) {
	hashed, ok := a.manifest[name]
	if !ok {
		return "", fmt.Errorf("frontend: no asset %q; rebuild with go run ./frontend/build", name)
	}
	return AssetPrefix + hashed, nil
}

// ServeHTTP answers GET /assets/NAME, compressed when the browser takes it.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, AssetPrefix)
	file, ok := a.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	body := file.body
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Add("Vary", "Accept-Encoding")
	if file.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = file.zipped
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body) // the reader went away: nothing to do about it
	}
}

// contentType knows the few endings of dist by itself, so that it does not depend on the machine's tables.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".svg":
		return "image/svg+xml"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}
