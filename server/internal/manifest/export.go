package manifest

import (
	"context"
	"slices"
	"strings"

	"hindsight/server/internal/desk"
)

// Written begins every file of an export, which is how the next export knows its own.
const Written = "# Written by hindsight export.\n"

// Export returns what is in force as files, in order of their names: one for each kind of which there is any. The same
// configuration gives the same bytes; ids and secrets are not among them.
func Export(ctx context.Context, d *desk.Desk) ([]File, error) {
	s, err := readState(ctx, d)
	if err != nil {
		return nil, err
	}
	objects, err := s.objects()
	if err != nil {
		return nil, err
	}
	byFile := map[string][]Object{}
	for _, o := range objects {
		byFile[fileOf(o.Kind)] = append(byFile[fileOf(o.Kind)], o)
	}
	var out []File
	for _, name := range ExportNames() {
		if len(byFile[name]) == 0 {
			continue
		}
		text, err := texts(byFile[name]...)
		if name == sloFile {
			text, err = sloExport(byFile[name])
		}
		if err != nil {
			return nil, err
		}
		out = append(out, File{name, Written + text})
	}
	return out, nil
}

const sloFile = "openslo.yaml"

func fileOf(name string) string {
	if k, ok := kindOf(name); ok {
		return k.plural + ".yaml"
	}
	return sloFile
}

// ExportNames returns the names of all files that an export may write, in order.
func ExportNames() []string {
	names := []string{sloFile}
	for _, k := range kinds {
		names = append(names, fileOf(k.name))
	}
	slices.Sort(names)
	return names
}

// sloExport writes the documents of OpenSLO: what is kept, then the objectives.
func sloExport(objects []Object) (string, error) {
	isNamed := func(o Object) bool { _, named := namedSLO(o); return named }
	kept, err := sloText(slices.DeleteFunc(slices.Clone(objects), isNamed), nil)
	if err != nil {
		return "", err
	}
	named, err := sloText(slices.DeleteFunc(slices.Clone(objects), func(o Object) bool { return !isNamed(o) }), describedServices(objects))
	if kept == "" || named == "" {
		return kept + named, err
	}
	return strings.TrimSuffix(kept, "\n") + "\n---\n" + named, err
}
