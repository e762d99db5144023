// Command build bundles frontend/src and the vendored libraries into frontend/dist. It needs the packages
// of package-lock.json below node_modules (npm ci), but neither node nor npm itself. Run it from the
// top of the repository: go run ./frontend/build
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
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for name, body := range files {
		fmt.Printf("%7d  %s\n", len(body), name)
	}
}
