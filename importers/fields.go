package importers

import (
	"net/http"
	"strings"
)

// Fields are the settings of a source.
type Fields []Field

// Of returns what a connection says for a setting, without the blanks around it, or the setting's default.
func (f Fields) Of(cfg Config, name string) string {
	return strings.TrimSpace(cfg.Setting(Source{Settings: f}, name))
}

// List returns the entries of a setting that holds several with commas between them; see the function List.
func (f Fields) List(cfg Config, name string) []string { return List(f.Of(cfg, name), ",") }

// From returns Of for one setting, as API.Base and API.CA want it.
func (f Fields) From(name string) func(Config) string {
	return func(cfg Config) string { return f.Of(cfg, name) }
}

// Header returns the API.Sign of systems that take what a setting holds in a header, behind a prefix such as "Bearer ".
func (f Fields) Header(header, prefix, name string) func(Config, *http.Request) {
	return func(cfg Config, req *http.Request) { req.Header.Set(header, prefix+f.Of(cfg, name)) }
}
