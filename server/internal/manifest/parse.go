package manifest

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"hindsight/incident"
)

// Limits of what is read: of one file and of all of them, in bytes.
const (
	MaxFile  = 1 << 20
	MaxFiles = 16 << 20
)

// File is a text that holds documents.
type File struct {
	Name string `json:"name" doc:"how it is called where something is wrong with it"`
	Text string `json:"text" doc:"YAML documents"`
}

// Desired is what files say.
type Desired struct {
	Objects []Object
	Notes   []string // what they say that has no effect here
}

const openSLOVersion = "openslo/v1"

// Parse reads files, all of them or, after a Faults, none. Whether what they name exists is for Prepare to say.
func Parse(files []File) (Desired, error) {
	r := &reading{seen: map[key]place{}, sloAt: map[string]place{}}
	size := 0
	for _, f := range files {
		if size += len(f.Text); len(f.Text) > MaxFile || size > MaxFiles {
			r.faults.add(place{f.Name, 0}, "the file is longer than %d bytes, or all files than %d; leave out what is no configuration", MaxFile, MaxFiles)
			break
		}
		r.file(f)
	}
	if len(r.faults) == 0 {
		r.openSLO()
	}
	return r.out, r.faults.err()
}

// reading is files being read.
type reading struct {
	out    Desired
	seen   map[key]place
	slo    bytes.Buffer     // the documents of OpenSLO, of all files
	sloAt  map[string]place // of those, by kind and name
	faults Faults
}

// header is what every document begins with.
type header struct {
	APIVersion string   `yaml:"apiVersion"`
	Kind       string   `yaml:"kind"`
	Metadata   metadata `yaml:"metadata"`
	Spec       any      `yaml:"spec,omitempty"` // read apart
}

type metadata struct {
	Name string `yaml:"name"`
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

func (r *reading) file(f File) {
	dec := yaml.NewDecoder(strings.NewReader(f.Text))
	for {
		var n yaml.Node
		err := dec.Decode(&n)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			line := 0
			if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
				line, _ = strconv.Atoi(m[1])
			}
			r.faults.add(place{f.Name, line}, "this is no YAML: %s", yamlLine.ReplaceAllString(err.Error(), ""))
			return
		}
		if n.Kind == yaml.DocumentNode && len(n.Content) == 1 && n.Content[0].Tag != "!!null" {
			r.document(f.Name, n.Content[0])
		}
	}
}

// top returns the values of the fields of a document, which decoder.object has not looked at yet.
func top(n *yaml.Node) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[n.Content[i].Value] = n.Content[i+1]
		}
	}
	return out
}

func (r *reading) document(file string, n *yaml.Node) {
	at := place{file, n.Line}
	fields := top(n)
	version := fields["apiVersion"]
	switch {
	case version == nil:
		r.faults.add(at, "the document begins with apiVersion: %s, or %s for an OpenSLO document", APIVersion, openSLOVersion)
	case version.Value == openSLOVersion:
		r.keepSLO(at, n)
	case version.Value != APIVersion:
		r.faults.add(place{file, version.Line}, "apiVersion %q is not read; write %s, or %s for an OpenSLO document", version.Value, APIVersion, openSLOVersion)
	default:
		r.own(at, n, fields)
	}
}

// own reads a document of this program.
func (r *reading) own(at place, n *yaml.Node, fields map[string]*yaml.Node) {
	o := Object{place: at, lines: map[string]int{}}
	d := &decoder{file: at.file, lines: o.lines, faults: &r.faults}
	var k kind
	if word := fields["kind"]; word != nil {
		o.Kind = word.Value
		var known bool
		if k, known = kindOf(o.Kind); !known {
			d.fault(word, "there is no kind %q; there are %s", word.Value, kindNames())
			return
		}
	}
	before := len(r.faults)
	var head header
	d.object(without(n, "spec"), reflect.ValueOf(&head).Elem(), "")
	if len(r.faults) > before {
		return
	}
	if o.Spec = d.spec(k, n, fields["spec"]); len(r.faults) > before {
		return
	}
	o.Name = strings.TrimSpace(head.Metadata.Name)
	r.add(k, o)
}

// without returns a mapping without one of its fields.
func without(n *yaml.Node, name string) *yaml.Node {
	out := *n
	out.Content = nil
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != name {
			out.Content = append(out.Content, n.Content[i], n.Content[i+1])
		}
	}
	return &out
}

// spec reads the spec of an object into a new value of the type of its kind. One that is missing is an empty one.
func (d *decoder) spec(k kind, document, node *yaml.Node) any {
	spec := reflect.New(k.spec)
	if node == nil || node.Tag == "!!null" {
		node = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: document.Line}
	}
	d.value(node, spec.Elem(), "spec")
	return spec.Interface()
}

// add takes an object whose shape is right.
func (r *reading) add(k kind, o Object) {
	at := o.at("metadata.name")
	switch first, twice := r.seen[o.key()]; {
	case o.Name == "" || len(o.Name) > 200:
		r.faults.add(at, "metadata.name: give 1 to 200 characters")
	case k.slug && incident.Slug(o.Name) == "":
		r.faults.add(at, "metadata.name: %q needs a letter or a digit", o.Name)
	case k.single && o.Name != theOne:
		r.faults.add(at, "metadata.name: there is one %s; call it %s", o.Kind, theOne)
	case twice:
		r.faults.add(at, "%s %q is there twice, first at %s; leave one of them", o.Kind, o.Name, first)
	default:
		r.seen[o.key()] = at
		r.out.Objects = append(r.out.Objects, o)
	}
}

// at returns where a field stands, or else the object.
func (o Object) at(path string) place {
	if line := o.lines[path]; line > 0 {
		return place{o.place.file, line}
	}
	return o.place
}

// reason returns what is wrong without the name of the field, which faults tell by their place.
func reason(err error) string {
	if field := new(incident.FieldError); errors.As(err, &field) {
		return field.Message
	}
	return err.Error()
}

// reasonField returns the field that an error names; "" when it names none.
func reasonField(err error) string {
	if field := new(incident.FieldError); errors.As(err, &field) {
		return field.Field
	}
	return ""
}
