package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hindsight/server/internal/demo"
)

// TestThirdParty holds THIRD_PARTY.md and the texts that go with it against what the program is really made of;
// UPDATE_GOLDEN=1 writes them anew. A module without a licence that is known here is an error: somebody has to
// read it first.
func TestThirdParty(t *testing.T) {
	modules := bundled(t)
	var list, texts strings.Builder
	list.WriteString("# What is bundled, and under which licences\n\n" +
		"Hindsight itself is under the Apache License 2.0, see [LICENSE](LICENSE). Its program contains the work of others listed\n" +
		"here. This page is written by a test from the program's own dependencies.\n\n")
	writeModules(&list, modules)
	writeFrontend(t, &list)
	writeData(&list)
	writeTexts(&texts, modules)
	upToDate(t, "../THIRD_PARTY.md", list.String())
	upToDate(t, "../docs/third-party-texts.md", strings.ReplaceAll(texts.String(), "\r", ""))
}

func upToDate(t *testing.T, path, want string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s is not what the program is made of (%v): run UPDATE_GOLDEN=1 go test ./server -run TestThirdParty", path, err)
	}
}

// dependency is a Go module in the program, with the texts that must go with it.
type dependency struct {
	Path, Version, Dir string
	Main               bool
	Replace            *dependency

	licence string
	text    string // of the licence, without the lines of copyright
	rights  []string
	notices []string // what else must go with it, each below the name of its file
}

// bundled lists the modules in the binary for Linux, the standard library first.
func bundled(t *testing.T) []dependency {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=Module", ".")
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list -deps: %v", err)
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatalf("go env GOROOT: %v", err)
	}
	mods := []dependency{{Path: "Go standard library", Dir: strings.TrimSpace(string(goroot))}}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg struct{ Module *dependency }
		if err := dec.Decode(&pkg); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		m := pkg.Module
		ours := m == nil || m.Main || m.Replace != nil && m.Replace.Version == ""
		if !ours && !slices.ContainsFunc(mods, func(x dependency) bool { return x.Path == m.Path }) {
			mods = append(mods, *m)
		}
	}
	slices.SortFunc(mods[1:], func(a, b dependency) int { return strings.Compare(a.Path, b.Path) })
	for i := range mods {
		mods[i].read(t)
	}
	return mods
}

var (
	licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying)(\.(txt|md))?$`)
	noticeFile  = regexp.MustCompile(`(?i)^(notice(\.(txt|md))?|licen[cs]e-[a-z3].*|third-party-notices)$`)
	copyright   = regexp.MustCompile(`(?i)^\s*(copyright\s+(\(c\)|©|\d|20|the )|©).*`)
)

func (m *dependency) read(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(m.Dir, "*"))
	further, furtherErr := filepath.Glob(filepath.Join(m.Dir, "THIRD_PARTY_LICENSES", "*"))
	if err != nil || furtherErr != nil {
		t.Fatalf("list the files of module %s: %v, %v", m.Path, err, furtherErr)
	}
	for _, file := range append(files, further...) {
		name := filepath.Base(file)
		isNotice := noticeFile.MatchString(name) || slices.Contains(further, file)
		if !licenceFile.MatchString(name) && !isNotice {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if isNotice {
			m.notices = append(m.notices, name+"\n\n"+strings.TrimSpace(string(text)))
			continue
		}
		m.licence = licenceOf(string(text))
		var rest []string
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimRight(line, " \t\r\n"); copyright.MatchString(line) && m.licence != "Apache-2.0" {
				m.rights = append(m.rights, strings.TrimSpace(line))
				continue
			}
			rest = append(rest, line)
		}
		m.text = strings.TrimSpace(strings.Join(rest, "\n"))
	}
	if m.licence == "" {
		t.Errorf("module %s in %s has no licence that is known here", m.Path, m.Dir)
	}
}

// licenceOf knows a licence by its words.
func licenceOf(text string) string {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, l := range []struct{ name, words string }{
		{"Apache-2.0", "apache license version 2.0"},
		{"MPL-2.0", "mozilla public license"},
		{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy"},
		{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose with or without fee"},
		{"ISC", "permission to use, copy, modify, and distribute this software for any purpose with or without fee"},
		{"BSD-3-Clause", "may be used to endorse or promote products derived from"},
		{"BSD-2-Clause", "redistributions in binary form must reproduce the above copyright notice"},
	} {
		if strings.Contains(text, l.words) {
			return l.name
		}
	}
	return ""
}

func writeModules(b *strings.Builder, mods []dependency) {
	b.WriteString("## Go modules\n\nUnchanged, as published under their paths; the source of each is at https://proxy.golang.org under its path and version.\n" +
		"Texts and copyright notices are in [docs/third-party-texts.md](docs/third-party-texts.md).\n\n| module | version | licence |\n|---|---|---|\n")
	for _, m := range mods {
		fmt.Fprintf(b, "| %s | %s | %s |\n", m.Path, m.Version, m.licence)
	}
}

// bundle is the heading that the frontend's build gives each licence text: the package's name and file.
var bundle = regexp.MustCompile(`(?m)^(\S+)/(?:LICENSE|LICENCE|NOTICE)(?:\.\w+)?$`)

func writeFrontend(t *testing.T, b *strings.Builder) {
	t.Helper()
	files, err := filepath.Glob("../frontend/dist/licences.*.txt")
	if err != nil || len(files) != 1 {
		t.Fatalf("frontend/dist has %d files of licences (%v), want one", len(files), err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct{ Version, License string }
	}
	data, err := os.ReadFile("../frontend/package-lock.json")
	if err == nil {
		err = json.Unmarshal(data, &lock)
	}
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(b, "\n## In the browser\n\nBundled in `frontend/dist`; the texts are in [%s](%s). Apache ECharts also draws\ncharts on the server. "+
		"The drawings of buttons are from [Lucide](https://lucide.dev), ISC.\n\n| package | version | licence |\n|---|---|---|\n",
		filepath.Base(files[0]), strings.TrimPrefix(filepath.ToSlash(files[0]), "../"))
	var names []string
	for _, m := range bundle.FindAllStringSubmatch(string(text), -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		p, ok := lock.Packages["node_modules/"+name]
		if !ok {
			t.Errorf("%s is bundled, but not in package-lock.json", name)
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", name, p.Version, p.License)
	}
}

func writeData(b *strings.Builder) {
	b.WriteString("\n## Sample data\n\nPublic incident records of others, each under its own licence; notices and changes are in\n" +
		"[server/internal/demo/data/LICENCES.md](server/internal/demo/data/LICENCES.md).\n\n| set | licence | credit | from |\n|---|---|---|---|\n")
	for _, s := range demo.Sets() {
		fmt.Fprintf(b, "| %s | %s | %s | <%s> |\n", s.Title, s.Licence, s.Credit, s.URL)
	}
	b.WriteString("\n## List of common passwords\n\nFrom zxcvbn, under the MIT licence: Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.; the licence and what was taken are in\n" +
		"[server/internal/auth/common/SOURCES.md](server/internal/auth/common/SOURCES.md).\n")
}

// writeTexts writes each licence text once, with whom it is from.
func writeTexts(b *strings.Builder, mods []dependency) {
	b.WriteString("# Licences and notices of the Go modules in the program\n\n[THIRD_PARTY.md](../THIRD_PARTY.md) is the list.\n")
	done := map[string]bool{}
	for _, m := range mods {
		key := same(m.text)
		if done[key] {
			continue
		}
		done[key] = true
		fmt.Fprintf(b, "\n## %s\n\n", m.licence)
		for _, x := range mods {
			if same(x.text) == key {
				fmt.Fprintf(b, "- %s%s\n", x.Path, strings.Join(append([]string{""}, x.rights...), "; "))
			}
		}
		fmt.Fprintf(b, "\n````text\n%s\n````\n", m.text)
	}
	for _, m := range mods {
		for _, notice := range m.notices {
			fmt.Fprintf(b, "\n## %s, further\n\n````text\n%s\n````\n", m.Path, notice)
		}
	}
}

// same makes texts equal that differ only in how their lines are broken.
func same(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }
