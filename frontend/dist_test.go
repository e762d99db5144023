package frontend_test

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"hindsight/frontend/build/bundle"
)

// TestBudgets holds what every visitor downloads to its size, compressed as it is sent.
func TestBudgets(t *testing.T) {
	assets := renderer(t).Assets()
	for name, limit := range map[string]int{"app.js": 30_000, "app.css": 16_000, "charts.js": 260_000, "writing.js": 10_000, "editor.js": 120_000, "inter.woff2": 50_000} {
		t.Run(name, func(t *testing.T) {
			path, err := assets.URL(name)
			if err != nil {
				t.Fatal(err)
			}
			req := httptest.NewRequest("GET", path, nil)
			req.Header.Set("Accept-Encoding", "gzip")
			w := httptest.NewRecorder()
			assets.ServeHTTP(w, req)
			if w.Code != http.StatusOK || w.Body.Len() == 0 || w.Body.Len() > limit {
				t.Errorf("GET %s = %d with %d bytes, want 200 with at most %d", path, w.Code, w.Body.Len(), limit)
			}
		})
	}
}

// TestAssetsAlone holds that nothing but the files of the manifest is served.
func TestAssetsAlone(t *testing.T) {
	assets := renderer(t).Assets()
	for _, path := range []string{"/assets/", "/assets/manifest.json", "/assets/../assets.go", "/assets/%2e%2e/go.mod", "/assets/app.js"} {
		w := httptest.NewRecorder()
		assets.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("GET %s = %d, want 404", path, w.Code)
		}
	}
}

// TestSourcesUnchanged holds that dist was built from the sources of this repository. It needs no npm.
func TestSourcesUnchanged(t *testing.T) {
	want, err := bundle.Sources(".")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("dist/" + bundle.SumFile)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("dist was built from other sources (%v); run go run ./frontend/build\nbuilt from:\n%s\nthere are:\n%s", err, got, want)
	}
}

// TestDistFresh builds everything again in memory, where the packages of npm are installed, and holds
// the committed files against it.
func TestDistFresh(t *testing.T) {
	if _, err := os.Stat("node_modules"); err != nil {
		t.Log("only the sources were checked: npm ci in frontend installs what a rebuild needs")
		return
	}
	want, err := bundle.Make(".")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir("dist")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := slices.Sorted(maps.Keys(want)); !slices.Equal(names, got) {
		t.Fatalf("dist holds %v, the sources give %v; run go run ./frontend/build", names, got)
	}
	for name, body := range want {
		got, err := os.ReadFile(filepath.Join("dist", name))
		if err != nil || !bytes.Equal(got, body) {
			t.Errorf("dist/%s is not what the sources give (%v); run go run ./frontend/build", name, err)
		}
	}
	script, err := bundle.Collab(".")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join("..", bundle.CollabFile)); err != nil || !bytes.Equal(got, script) {
		t.Errorf("%s is not what the packages give (%v); run go run ./frontend/build", bundle.CollabFile, err)
	}
}
