// Command teach makes the profiles that search/language embeds: the most frequent trigrams of each language's words. It reads a folder
// with one text per language, NAME.txt; a name that begins with "-" is a language that is only there to be told from the
// others. The result does not depend on anything else.
//
//	go run ./search/language/teach FOLDER > search/language/profiles.txt
package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hindsight/search/language"
)

// kept is how many trigrams of a language are kept.
const kept = 500

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "teach: name the folder with one NAME.txt per language")
		os.Exit(1)
	}
	if err := teach(os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func teach(dir string, w io.Writer) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("teach: no texts in %s: %w", dir, cmp.Or(err, os.ErrNotExist))
	}
	out := bufio.NewWriter(w)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("teach: %w", err)
		}
		fmt.Fprintln(out, line(strings.TrimSuffix(filepath.Base(file), ".txt"), string(text)))
	}
	return out.Flush()
}

// line writes a language's name, its number of trigrams, and the most frequent ones with their counts, ties in order of the
// alphabet.
func line(name, text string) string {
	counts, all := map[string]int{}, 0
	for t := range language.Trigrams(text) {
		counts[t]++
		all++
	}
	order := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	fields := []string{name, fmt.Sprint(all)}
	for _, t := range order[:min(kept, len(order))] {
		fields = append(fields, strings.ReplaceAll(t, " ", "_")+fmt.Sprint(counts[t]))
	}
	return strings.Join(fields, " ")
}
