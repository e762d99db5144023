package manifest

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// decoder reads the nodes of a document into Go values, strictly, and notes where each stands.
type decoder struct {
	file   string
	lines  map[string]int
	faults *Faults
}

func (d *decoder) fault(n *yaml.Node, format string, args ...any) {
	d.faults.add(place{d.file, n.Line}, format, args...)
}

// value reads a node into v, which can be set. path is where it stands below the document.
func (d *decoder) value(n *yaml.Node, v reflect.Value, path string) {
	d.lines[path] = n.Line
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		d.fault(n, "anchors and aliases are not read; write out what is meant")
		return
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		d.text(n, text, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), path)
	case reflect.Struct:
		d.object(n, v, path)
	case reflect.Slice:
		d.list(n, v, path)
	case reflect.Map:
		d.entries(n, v, path)
	case reflect.Interface:
		if free := d.free(n); free != nil {
			v.Set(reflect.ValueOf(free))
		}
	default:
		d.scalar(n, v, path)
	}
}

// isText reports whether a node is a word, and says so when it is not.
func (d *decoder) isText(n *yaml.Node, path string) bool {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" || n.Tag == "!!binary" {
		d.fault(n, "%s: write one value here", path)
		return false
	}
	return true
}

func (d *decoder) text(n *yaml.Node, into encoding.TextUnmarshaler, path string) {
	if !d.isText(n, path) {
		return
	}
	err := into.UnmarshalText([]byte(n.Value))
	at, isTime := into.(*time.Time)
	switch {
	case isTime && err != nil:
		d.fault(n, "%s: %q is no instant; write one such as 2026-01-31T08:00:00Z", path, n.Value)
	case err != nil:
		d.fault(n, "%s: %s", path, reason(err))
	case isTime:
		*at = at.UTC().Truncate(time.Microsecond)
	}
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, path string) {
	if !d.isText(n, path) {
		return
	}
	var err error
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.Value)
	case reflect.Bool:
		if n.Value != "true" && n.Value != "false" {
			d.fault(n, "%s: %q is neither true nor false", path, n.Value)
			return
		}
		v.SetBool(n.Value == "true")
	case reflect.Int:
		var i int64
		if i, err = strconv.ParseInt(n.Value, 10, 32); err != nil {
			d.fault(n, "%s: %q is not a whole number", path, n.Value)
		}
		v.SetInt(i)
	case reflect.Float64:
		var f float64
		if f, err = strconv.ParseFloat(n.Value, 64); err != nil {
			d.fault(n, "%s: %q is not a number", path, n.Value)
		}
		v.SetFloat(f)
	default:
		panic("manifest: a field has a type that cannot be read: " + v.Type().String())
	}
}

// pairs calls f for each key of a mapping that is there once.
func (d *decoder) pairs(n *yaml.Node, path string, f func(name string, key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.fault(n, "%s: write fields here, each as name: value", path)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.Kind != yaml.ScalarNode || key.Tag == "!!merge":
			d.fault(key, "%s: the name of a field is a word", path)
		case seen[key.Value]:
			d.fault(key, "%s: %q is there twice; leave one of them", path, key.Value)
		default:
			seen[key.Value] = true
			f(key.Value, key, n.Content[i+1])
		}
	}
}

func (d *decoder) object(n *yaml.Node, v reflect.Value, path string) {
	fields := map[string]reflect.Value{}
	var names, missing []string
	for i := range v.NumField() {
		name, must := fieldName(v.Type().Field(i))
		fields[name], names = v.Field(i), append(names, name)
		if must {
			missing = append(missing, name)
		}
	}
	if n.Kind != yaml.MappingNode {
		d.fault(n, "%s: write fields here; there are %s", called(path), strings.Join(names, ", "))
		return
	}
	given := map[string]bool{}
	d.pairs(n, path, func(name string, key, value *yaml.Node) {
		field, known := fields[name]
		if !known {
			d.fault(key, "%s has no field %q; there are %s", called(path), name, strings.Join(names, ", "))
			return
		}
		given[name] = true
		d.value(value, field, below(path, name))
	})
	for _, name := range missing {
		if !given[name] {
			d.fault(n, "%s lacks %s", called(path), name)
		}
	}
}

// fieldName returns what a field is called in files, and whether it must be given.
func fieldName(f reflect.StructField) (name string, must bool) {
	name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name, !strings.Contains(options, "omitempty")
}

// called is path in words.
func called(path string) string {
	if path == "" {
		return "the document"
	}
	return path
}

// below is the path of a field; the document itself has an empty one.
func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.SequenceNode {
		d.fault(n, "%s: write a list here, as in [one, two]", path)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		d.value(item, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
}

func (d *decoder) entries(n *yaml.Node, v reflect.Value, path string) {
	v.Set(reflect.MakeMap(v.Type()))
	d.pairs(n, path, func(name string, _, value *yaml.Node) {
		entry := reflect.New(v.Type().Elem()).Elem()
		d.value(value, entry, below(path, name))
		v.SetMapIndex(reflect.ValueOf(name), entry)
	})
}

// free reads what may have any shape, into what JSON has.
func (d *decoder) free(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		d.pairs(n, "mapping", func(name string, _, value *yaml.Node) { out[name] = d.free(value) })
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, item := range n.Content {
			out = append(out, d.free(item))
		}
		return out
	case yaml.ScalarNode:
		return d.word(n)
	}
	d.fault(n, "anchors and aliases are not read; write out what is meant")
	return nil
}

// word reads a scalar as JSON would have it: numbers and truth values as such, dates and all else as texts.
func (d *decoder) word(n *yaml.Node) any {
	var out any
	switch n.Tag {
	case "!!int", "!!float", "!!bool", "!!null":
		if n.Decode(&out) != nil {
			return n.Value
		}
		switch x := out.(type) {
		case uint64:
			return n.Value
		case float64:
			if x != x || x > 1e300 || x < -1e300 {
				d.fault(n, "%q cannot be kept", n.Value)
			}
		}
		return out
	case "!!binary":
		d.fault(n, "binary values are not read")
	}
	return n.Value
}
