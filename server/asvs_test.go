package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestSecurityPage holds docs/security.md to what it says of itself: it answers every requirement of the two levels, once,
// and each test that it names exists.
func TestSecurityPage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, page, _ := strings.Cut(string(text), "\n## OWASP ASVS")
	answers := answered(page)
	for _, id := range requirements(t) {
		if answers[id] != 1 {
			t.Errorf("requirement %s stands %d times on the page, want once", id, answers[id])
		}
		delete(answers, id)
	}
	for id := range answers {
		t.Errorf("the page answers %s, which is no requirement of level 1 or 2", id)
	}
	tests := testsOf(t, "..")
	named := regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`).FindAllString(page, -1)
	if len(named) < 100 {
		t.Errorf("the page names %d tests, want 100 or more", len(named))
	}
	for _, name := range named {
		if !tests[name] {
			t.Errorf("the page names %s, which is no test here", name)
		}
	}
}

// requirements reads lines such as "1.2: 1 2 3".
func requirements(t *testing.T) (ids []string) {
	f, err := os.Open("testdata/asvs-5.0.0.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		section, numbers, ok := strings.Cut(lines.Text(), ":")
		if strings.HasPrefix(section, "#") || !ok {
			continue
		}
		for _, n := range strings.Fields(numbers) {
			ids = append(ids, section+"."+n)
		}
	}
	if len(ids) != 253 {
		t.Fatalf("%d requirements, want 253", len(ids))
	}
	return ids
}

// answered counts the rows of tables, and what does not apply: single numbers and ranges.
func answered(page string) map[string]int {
	out := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+\.\d+\.\d+) \|`).FindAllStringSubmatch(page, -1) {
		out[m[1]]++
	}
	for _, paragraph := range regexp.MustCompile(`(?s)Does not apply: .*?(?:\n\n|$)`).FindAllString(page, -1) {
		for _, m := range regexp.MustCompile(`(\d+\.\d+)\.(\d+)(?: to \d+\.\d+\.(\d+))?`).FindAllStringSubmatch(paragraph, -1) {
			first, _ := strconv.Atoi(m[2])
			last := first
			if m[3] != "" {
				last, _ = strconv.Atoi(m[3])
			}
			for n := first; n <= last; n++ {
				out[fmt.Sprintf("%s.%d", m[1], n)]++
			}
		}
	}
	return out
}

// testsOf returns the names of all tests below a folder.
func testsOf(t *testing.T, root string) map[string]bool {
	out := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			out[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
