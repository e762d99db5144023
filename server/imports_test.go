package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "hindsight"

// rule says what the packages that match its pattern may import, beside the standard library. A pattern
// that ends in "/..." matches everything below, "/...test" what ends so, and the first rule that matches decides.
type rule struct {
	packages string
	ours     []string // packages of this module
	others   []string // modules; "*" allows any
}

// rules is the house: dependencies run one way. docs/architecture.md draws it.
var rules = []rule{
	{"incident", nil, nil},
	{"incident/incidenttest", []string{"incident"}, nil},
	{"migrations", nil, nil},
	{"importers", []string{"incident"}, []string{"golang.org/x/text"}},
	{"importers/all", []string{"importers", "importers/..."}, nil},
	{"importers/all/alltest", []string{"importers/importertest", "importers/..."}, nil},
	{"importers/importertest/live", nil, nil}, // real upstream servers, for tests
	{"importers/importertest", []string{"incident", "importers", "incident/incidenttest"}, []string{"github.com/getkin/kin-openapi", "gopkg.in/yaml.v3"}},
	{"importers/importertest/trim", nil, nil},
	{"importers/table", []string{"incident", "importers"}, []string{"github.com/xuri/excelize/v2", "golang.org/x/text"}},
	{"importers/postmortem", []string{"incident", "importers"}, nil},
	{"importers/markdown", []string{"incident", "importers", "importers/postmortem"}, []string{"gopkg.in/yaml.v3", "github.com/BurntSushi/toml"}},
	{"importers/markup", []string{"importers"}, []string{"golang.org/x/net"}},
	{"importers/ical", []string{"importers"}, nil},
	{"importers/dump", nil, []string{"golang.org/x/text"}},
	{"importers/...test", []string{"incident", "importers", "importers/importertest"}, nil}, // made-up upstreams
	{"importers/...", []string{"incident", "importers", "importers/markup", "importers/dump", "importers/ical"}, []string{"golang.org/x/net", "golang.org/x/text"}},
	{"analytics/stats", nil, []string{"gonum.org/v1/gonum"}},
	{"analytics/calendar", []string{"incident", "analytics/stats"}, nil},
	{"analytics", []string{"incident", "analytics/stats", "analytics/calendar"}, nil},
	{"search", []string{"incident", "search/plain", "search/language"}, []string{"github.com/blevesearch/bleve/v2", "github.com/blevesearch/bleve_index_api", "github.com/blevesearch/scorch_segment_api/v2", "github.com/blevesearch/vellum/levenshtein", "github.com/RoaringBitmap/roaring/v2", "go.etcd.io/bbolt"}},
	{"search/plain", []string{"incident", "search/template"}, nil},
	{"search/template", []string{"incident"}, nil},
	{"search/vectors", nil, []string{"gonum.org/v1/gonum"}},
	{"search/taught", nil, []string{"gonum.org/v1/gonum"}},
	{"search/evaluate", []string{"incident", "search", "search/..."}, []string{"github.com/blevesearch/bleve/v2", "github.com/blevesearch/bleve_index_api"}},
	{"search/...", []string{"incident", "search", "search/..."}, []string{"github.com/blevesearch/snowballstem", "github.com/blevesearch/bleve/v2/analysis"}},
	{"reports", []string{"incident", "analytics", "analytics/stats"}, nil},
	{"reports/echarts", []string{"reports"}, []string{"github.com/go-echarts/go-echarts/v2"}},
	{"reports/draw", []string{"incident", "reports", "reports/echarts"}, []string{"modernc.org/quickjs", "golang.org/x/image", "codeberg.org/go-pdf/fpdf"}},
	{"reports/sheet", []string{"reports"}, []string{"github.com/xuri/excelize/v2"}},
	{"reports/reportstest", []string{"incident", "incident/incidenttest", "analytics", "reports"}, nil},
	{"reports/...", []string{"reports"}, nil},
	{"frontend/build", []string{"frontend", "frontend/..."}, []string{"github.com/evanw/esbuild"}},
	{"frontend/...", []string{"incident", "reports", "reports/...", "frontend", "frontend/..."}, []string{"github.com/evanw/esbuild"}},
	{"frontend", []string{"incident", "reports", "reports/echarts"}, []string{"github.com/yuin/goldmark", "github.com/microcosm-cc/bluemonday"}},
	{"server/internal/pgtest", []string{"incident"}, []string{"github.com/jackc/pgx/v5"}},
	{"server/internal/store", []string{"incident", "migrations"}, []string{"gorm.io/...", "modernc.org/sqlite", "github.com/jackc/pgx/v5", "github.com/pressly/goose/v3", "github.com/riverqueue/..."}},
	{"server/internal/store/...", []string{"incident", "server/internal/store"}, nil},
	{"server/internal/backup", []string{"incident", "server/internal/store", "server/internal/seal"}, nil},
	{"server/internal/follow", []string{"incident"}, nil},
	{"server/internal/openslo", []string{"incident"}, []string{"gopkg.in/yaml.v3"}},
	{"server/internal/limit", nil, nil},
	{"server/internal/coedit", nil, nil},
	{"server/internal/redact", []string{"incident"}, []string{"golang.org/x/text"}},
	{"server/internal/retrodoc", []string{"incident"}, nil},
	{"server/internal/picture", nil, []string{"golang.org/x/image"}},
	{"server/internal/seal", nil, nil},
	{"server/internal/scim", []string{"incident", "server/internal/auth"}, nil},
	{"server/internal/config", []string{"incident", "server/internal/seal", "server/internal/auth", "server/internal/oidc", "server/internal/mail"}, nil},
	{"server/internal/hook", []string{"incident"}, nil},
	{"server/internal/gitfolder", nil, []string{"github.com/go-git/go-git"}},
	{"server/internal/mail/mailtest", nil, []string{"github.com/emersion/go-smtp", "github.com/emersion/go-sasl"}}, // a mail server
	{"server/internal/mail", []string{"incident"}, []string{"github.com/wneessen/go-mail"}},
	{"server/internal/oidc", []string{"incident"}, []string{"github.com/coreos/go-oidc/v3", "golang.org/x/oauth2"}},
	{"server/internal/auth", []string{"incident", "server/internal/seal"}, []string{"golang.org/x/crypto", "rsc.io/qr"}},
	{"server/...", []string{"*"}, []string{"*"}},
	{"server", []string{"*"}, []string{"*"}},
	{"bench", []string{"*"}, []string{"*"}},
}

// alone may be imported by one package only, however wide its importer's rule is.
var alone = map[string][]string{
	"gorm.io/...":                   {"server/internal/store"},
	"modernc.org/sqlite":            {"server/internal/store", "bench"}, // bench looks into what peers store
	"github.com/jackc/pgx/v5":       {"server/internal/store", "server/internal/pgtest", "bench"},
	"github.com/blevesearch/...":    {"search", "search/..."},
	"github.com/gin-gonic/gin":      {"server/internal/web", "server/internal/api", "server/internal/app"},
	"github.com/riverqueue/...":     {"server/internal/jobs", "server/internal/store"},
	"modernc.org/quickjs":           {"reports/draw"},
	"codeberg.org/go-pdf/fpdf":      {"reports/draw"},
	"github.com/go-echarts/...":     {"reports/echarts"},
	"github.com/evanw/esbuild":      {"frontend/..."},
	"github.com/xuri/excelize/v2":   {"importers/table", "reports/sheet"},
	"github.com/coreos/go-oidc/v3":  {"server/internal/oidc"},
	"golang.org/x/oauth2":           {"server/internal/oidc"},
	"github.com/chromedp/chromedp":  nil, // tests only
	"github.com/getkin/kin-openapi": {"importers/importertest"},
	"github.com/pressly/goose/v3":   {"server/internal/store"},
	"github.com/mattn/go-sqlite3":   nil,
	"github.com/glebarez/go-sqlite": nil,
	"rsc.io/qr":                     {"server/internal/auth"},
	"github.com/coder/websocket":    {"server/internal/writers", "bench"},
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func TestImportRules(t *testing.T) {
	for _, p := range packages(t) {
		path := strings.TrimPrefix(p.ImportPath, module+"/")
		r, ok := ruleOf(path)
		if !ok {
			t.Errorf("%s has no rule: add one here and to docs/architecture.md", path)
			continue
		}
		for _, imp := range p.Imports {
			switch own, isOwn := strings.CutPrefix(imp, module+"/"); {
			case isOwn && !matchesAny(r.ours, own):
				t.Errorf("%s imports %s; it may import %v", path, own, r.ours)
			case !isOwn && external(imp) && !matchesAny(r.others, imp):
				t.Errorf("%s imports %s; it may import %v", path, imp, r.others)
			}
			for library, users := range alone {
				if matches(library, imp) && !matchesAny(users, path) {
					t.Errorf("%s imports %s, which belongs to %v", path, imp, users)
				}
			}
		}
	}
}

func TestNobodyImportsTheServer(t *testing.T) {
	for _, p := range packages(t) {
		path := strings.TrimPrefix(p.ImportPath, module+"/")
		if matches("server/...", path) || path == "server" || path == "bench" {
			continue
		}
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, module+"/server") {
				t.Errorf("%s imports %s", path, imp)
			}
		}
	}
}

func ruleOf(path string) (rule, bool) {
	i := slices.IndexFunc(rules, func(r rule) bool { return matches(r.packages, path) })
	if i < 0 {
		return rule{}, false
	}
	return rules[i], true
}

func matchesAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return p == "*" || matches(p, path) })
}

// matches reports whether path is the pattern, or lies below it when the pattern has "/...", with the ending that follows.
func matches(pattern, path string) bool {
	if prefix, ending, below := strings.Cut(pattern, "/..."); below {
		return strings.HasPrefix(path, prefix+"/") && strings.HasSuffix(path, ending)
	}
	return pattern == path || external(path) && strings.HasPrefix(path, pattern+"/")
}

// external reports whether an import path belongs to another module: its first element has a dot.
func external(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".")
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); err == io.EOF {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}
