// Package bundle makes the files that browsers load. The same sources give the same files, so that a test
// can tell whether the committed ones are fresh. Start with [Make].
package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Make returns the files of dist by name, made from the sources below folder (the path of frontend).
// Every name but manifest.json holds a hash of its content; the manifest leads from plain names to them.
func Make(folder string) (map[string][]byte, error) {
	files, manifest := map[string][]byte{}, map[string]string{}
	add := func(name string, body []byte) string {
		ext := filepath.Ext(name)
		sum := sha256.Sum256(body)
		hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext
		files[hashed], manifest[name] = body, hashed
		return hashed
	}
	for plain, source := range map[string]string{
		"inter.woff2": "node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
		"icon.svg":    "src/icon.svg",
	} {
		body, err := os.ReadFile(filepath.Join(folder, source))
		if err != nil {
			return nil, fmt.Errorf("bundle: read %s: %w", plain, err)
		}
		add(plain, body)
	}
	for _, entry := range []string{"src/css/app.css", "src/app.ts", "src/charts.ts", "src/writing.ts", "src/editor.ts"} {
		body, err := compile(filepath.Join(folder, entry), manifest)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(filepath.Base(entry), ".ts")
		if name != filepath.Base(entry) {
			name += ".js"
		}
		add(name, body)
	}
	if err := notices(folder, add); err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("bundle: write manifest: %w", err)
	}
	files["manifest.json"] = append(text, '\n')
	files[SumFile], err = Sources(folder)
	return files, err
}

// SumFile is the file of dist that says what it was built from.
const SumFile = "sources.sum"

// Sources returns a line with the hash of each source file of this repository that goes into dist; the
// lock file stands for everything from npm.
func Sources(folder string) ([]byte, error) {
	paths := []string{filepath.Join(folder, "package-lock.json"), filepath.Join(folder, "../reports/echarts/chartkit.js")}
	err := filepath.WalkDir(filepath.Join(folder, "src"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("bundle: list sources: %w", err)
	}
	var b bytes.Buffer
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("bundle: read source: %w", err)
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return nil, fmt.Errorf("bundle: name source: %w", err)
		}
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(body), filepath.ToSlash(name))
	}
	return b.Bytes(), nil
}

// compile bundles one entry point. Fonts become the hashed files that manifest already names.
func compile(entry string, manifest map[string]string) ([]byte, error) {
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{entry}, Bundle: true, Write: false, Outdir: "out",
		MinifySyntax: true, MinifyWhitespace: true, MinifyIdentifiers: true,
		Format: api.FormatESModule, Target: api.ES2022, LegalComments: api.LegalCommentsNone,
		Charset: api.CharsetUTF8, LogLevel: api.LogLevelSilent,
		Plugins: []api.Plugin{fonts(manifest)},
	})
	if len(result.Errors) > 0 {
		e, place := result.Errors[0], entry
		if e.Location != nil {
			place = fmt.Sprintf("%s:%d:%d", e.Location.File, e.Location.Line, e.Location.Column)
		}
		return nil, fmt.Errorf("bundle: %s: %s", place, e.Text)
	}
	if len(result.OutputFiles) != 1 {
		return nil, fmt.Errorf("bundle: %s gave %d files, want 1", entry, len(result.OutputFiles))
	}
	return result.OutputFiles[0].Contents, nil
}

// fonts leaves the address of a font as it will be served, beside the style sheet.
func fonts(manifest map[string]string) api.Plugin {
	return api.Plugin{Name: "fonts", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `\.woff2$`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: "./" + manifest["inter.woff2"], External: true}, nil
		})
	}}
}

// notices adds the licences of everything that was bundled, as they ask for.
func notices(folder string, add func(string, []byte) string) error {
	var text strings.Builder
	for _, f := range []string{"htmx.org/LICENSE", "echarts/LICENSE", "echarts/NOTICE", "zrender/LICENSE", "tslib/LICENSE.txt", "@fontsource-variable/inter/LICENSE",
		"@codemirror/collab/LICENSE", "@codemirror/commands/LICENSE", "@codemirror/language/LICENSE", "@codemirror/state/LICENSE", "@codemirror/view/LICENSE",
		"@lezer/common/LICENSE", "@lezer/highlight/LICENSE", "@lezer/markdown/LICENSE", "@marijn/find-cluster-break/LICENSE", "crelt/LICENSE", "style-mod/LICENSE", "w3c-keyname/LICENSE"} {
		body, err := os.ReadFile(filepath.Join(folder, "node_modules", f))
		if err != nil {
			return fmt.Errorf("bundle: licence %s: %w", f, err)
		}
		fmt.Fprintf(&text, "%s\n\n%s\n\n", f, body)
	}
	fmt.Fprint(&text, "The drawings of frontend/icon.go are from Lucide, https://lucide.dev, ISC License, Copyright (c) Lucide Contributors.\n")
	add("licences.txt", []byte(text.String()))
	return nil
}

// Write replaces the content of the folder dist by files.
func Write(dist string, files map[string][]byte) error {
	if err := os.RemoveAll(dist); err != nil {
		return fmt.Errorf("bundle: clear %s: %w", dist, err)
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return fmt.Errorf("bundle: make %s: %w", dist, err)
	}
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dist, name), body, 0o644); err != nil {
			return fmt.Errorf("bundle: write %s: %w", name, err)
		}
	}
	return nil
}
