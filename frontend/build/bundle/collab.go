package bundle

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// CollabFile is where what Collab makes belongs, from the top of the repository.
const CollabFile = "server/internal/coedit/testdata/codemirror.js"

// Collab returns the editor's code for writing together as one script, which a JavaScript engine can run without a browser: the object codemirror with
// what the packages @codemirror/state and @codemirror/collab export. Their code is as published, below their licence.
// Tests hold the server against it.
func Collab(folder string) ([]byte, error) {
	var note strings.Builder
	fmt.Fprint(&note, "/*\nThe packages below as published on npm in the versions of frontend/package-lock.json, joined by frontend/build.\n\n")
	for _, name := range []string{"@codemirror/state", "@codemirror/collab", "@marijn/find-cluster-break"} {
		licence, err := os.ReadFile(filepath.Join(folder, "node_modules", name, "LICENSE"))
		if err != nil {
			return nil, fmt.Errorf("bundle: licence of %s: %w", name, err)
		}
		fmt.Fprintf(&note, "%s\n\n%s\n\n", name, licence)
	}
	note.WriteString("*/")
	top, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("bundle: codemirror: %w", err)
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: top, // paths in the comments do not depend on where this runs
		Stdin:         &api.StdinOptions{Contents: `export * from "@codemirror/state"; export * from "@codemirror/collab"`, ResolveDir: top},
		Bundle:        true, Write: false, Format: api.FormatIIFE, GlobalName: "codemirror", Target: api.ES2022,
		Banner: map[string]string{"js": note.String()}, Charset: api.CharsetUTF8, LogLevel: api.LogLevelSilent,
	})
	if len(result.Errors) > 0 {
		return nil, fmt.Errorf("bundle: codemirror: %s", result.Errors[0].Text)
	}
	return result.OutputFiles[0].Contents, nil
}
