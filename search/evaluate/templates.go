package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"hindsight/search/template"
)

// logLine is a line of lines.jsonl.gz; the lines of one system belong together, in order.
type logLine struct {
	ID     string `json:"id"`
	System string `json:"system"`
	Text   string `json:"text"`
}

// labelled is a line of truth.jsonl.gz and of a template run file.
type labelled struct {
	ID       string `json:"id"`
	System   string `json:"system,omitempty"`
	Template string `json:"template"`
}

// grouper returns the template of each line, given all lines of one system.
type grouper struct {
	name  string
	group func(lines []logLine) []string
}

// groupers are the product's miner and what it is compared with, all with one configuration for every system.
var groupers = []grouper{
	{"miner", mine},
	{"masks", each(template.Mask)},
	{"exact text", each(func(s string) string { return s })},
	{"digits masked", each(func(s string) string { return digits.ReplaceAllString(s, "0") })},
	{"drain", func(lines []logLine) []string { return drainAll(lines, func(s string) string { return s }) }},
	{"masks + drain", func(lines []logLine) []string { return drainAll(lines, template.Mask) }},
}

var digits = regexp.MustCompile(`\d+`)

func each(key func(string) string) func([]logLine) []string {
	return func(lines []logLine) []string {
		out := make([]string, len(lines))
		for i, l := range lines {
			out[i] = key(l.Text)
		}
		return out
	}
}

// mine runs the lines through the product's miner, and asks at the end where the ids lead.
func mine(lines []logLine) []string {
	m := template.NewMiner(template.DefaultLimit)
	ids := make([]template.ID, len(lines))
	for i, l := range lines {
		ids[i] = m.Add(l.Text)
	}
	out := make([]string, len(lines))
	for i, id := range ids {
		out[i] = m.Resolve(id).String()
	}
	return out
}

func hasTemplates(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "lines.jsonl.gz"))
	return err == nil
}

// evaluateTemplates prints grouping accuracy and its F1 over groups, per system and in the mean, and writes what the
// miner answered.
func evaluateTemplates(dir, out string, w io.Writer) error {
	all, err := lines[logLine](filepath.Join(dir, "lines.jsonl.gz"))
	if err != nil {
		return err
	}
	labels, err := lines[labelled](filepath.Join(dir, "truth.jsonl.gz"))
	if err != nil {
		return err
	}
	truth := map[string]string{}
	for _, l := range labels {
		truth[l.ID] = l.Template
	}
	bySystem := map[string][]logLine{}
	for _, l := range all {
		bySystem[l.System] = append(bySystem[l.System], l)
	}
	answers := printTemplates(w, bySystem, truth)
	if out == "" {
		return nil
	}
	return writeLines(out, answers)
}

// printTemplates prints a row for each system and returns the answers of the first grouper.
func printTemplates(w io.Writer, bySystem map[string][]logLine, truth map[string]string) []labelled {
	fmt.Fprintf(w, "%-12s", "GA / FGA")
	for _, g := range groupers {
		fmt.Fprintf(w, "  %-13s", g.name)
	}
	fmt.Fprintln(w)
	var answers []labelled
	sums := make([]accuracy, len(groupers))
	for _, system := range slices.Sorted(maps.Keys(bySystem)) {
		fmt.Fprintf(w, "%-12s", system)
		for i, g := range groupers {
			guesses := g.group(bySystem[system])
			a := measureTemplates(bySystem[system], truth, guesses)
			sums[i].ga += a.ga / float64(len(bySystem))
			sums[i].fga += a.fga / float64(len(bySystem))
			fmt.Fprintf(w, "  %s", a)
			for j := 0; i == 0 && j < len(guesses); j++ {
				answers = append(answers, labelled{ID: bySystem[system][j].ID, Template: guesses[j]})
			}
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%-12s", "mean")
	for _, a := range sums {
		fmt.Fprintf(w, "  %s", a)
	}
	fmt.Fprintln(w)
	return answers
}

// accuracy is the share of lines whose group is exactly the true one (GA), and the F1 over groups (FGA), as Zhu et al.
// (ICSE-SEIP 2019) and Jiang et al. (ISSTA 2024) define them.
type accuracy struct{ ga, fga float64 }

func (a accuracy) String() string { return fmt.Sprintf("%.4f %.4f", a.ga, a.fga) }

func measureTemplates(lines []logLine, truth map[string]string, guesses []string) accuracy {
	type cell struct{ truth, guess string }
	t, g, both := map[string]int{}, map[string]int{}, map[cell]int{}
	for i, l := range lines {
		t[truth[l.ID]]++
		g[guesses[i]]++
		both[cell{truth[l.ID], guesses[i]}]++
	}
	right, groups := 0, 0
	for c, n := range both {
		if n == t[c.truth] && n == g[c.guess] {
			right += n
			groups++
		}
	}
	return accuracy{float64(right) / float64(max(len(lines), 1)),
		harmonic(float64(groups)/float64(max(len(g), 1)), float64(groups)/float64(max(len(t), 1)))}
}
