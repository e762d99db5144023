// Command build bundles frontend/src and the vendored libraries into frontend/dist, and the editor's code that
// tests of the server run. It needs the packages of package-lock.json below node_modules (npm ci), but neither node
// nor npm itself. Run it from the top of the repository: go run ./frontend/build
package main

import (
	"fmt"
	"os"

	"hindsight/frontend/build/bundle"
)

func main() {
	files, err := bundle.Make("frontend")
	if err == nil {
		err = bundle.Write("frontend/dist", files)
	}
	if err == nil {
		err = writeCollab()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for name, body := range files {
		fmt.Printf("%7d  %s\n", len(body), name)
	}
}

// writeCollab writes the editor's code that the server's tests run.
func writeCollab() error {
	script, err := bundle.Collab("frontend")
	if err != nil {
		return err
	}
	return os.WriteFile(bundle.CollabFile, script, 0o644)
}
