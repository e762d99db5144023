package openslo

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"
)

// plain turns what the YAML library gives into what JSON has. Times become the text that OpenSLO has for them, without zone.
func plain(v any) any {
	switch x := v.(type) {
	case map[string]any:
		for k := range x {
			x[k] = plain(x[k])
		}
	case map[any]any:
		d := document{}
		for k := range x {
			d[fmt.Sprint(k)] = plain(x[k])
		}
		return d
	case []any:
		for i := range x {
			x[i] = plain(x[i])
		}
	case time.Time:
		return x.UTC().Format(time.DateTime)
	}
	return v
}

var secret = regexp.MustCompile(`(?i)secret|password|passwd|token|credential|access_?-?key|api_?-?key|private_?-?key`)

// censor takes out what may be a credential: everybody who may see objectives may see what is kept.
func (f *Found) censor(d document) {
	if spec, ok := d["spec"].(document); ok && d["kind"] == "DataSource" && spec["connectionDetails"] != nil {
		delete(spec, "connectionDetails")
		f.Notes = append(f.Notes, sentence(d, "has connection details, which are not kept, for they may be credentials."))
	}
	for _, key := range censored(d["spec"]) {
		f.Notes = append(f.Notes, sentence(d, "has a field %q, which is not kept, for it may be a credential.", key))
	}
}

// censored removes the fields that may be credentials, and returns their names.
func censored(v any) []string {
	var out []string
	switch x := v.(type) {
	case document:
		for _, key := range slices.Sorted(maps.Keys(x)) {
			if secret.MatchString(key) {
				delete(x, key)
				out = append(out, key)
				continue
			}
			out = append(out, censored(x[key])...)
		}
	case []any:
		for _, item := range x {
			out = append(out, censored(item)...)
		}
	}
	return out
}
