package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// section is one table of the report.
type section struct {
	title, note string
	header      []string
	rows        [][]string
}

func (s section) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n%s\n\n", s.title, s.note)
	line := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	line(s.header)
	fmt.Fprintf(&b, "|---|%s\n", strings.Repeat("---:|", len(s.header)-1))
	for _, row := range s.rows {
		line(row)
	}
	return b.String() + "\n"
}

// amend puts sections in the places of those with their titles in a report, or at its end, and says of each how it was
// measured.
func amend(out string, sections []section, how string) error {
	report := ""
	if out != "" {
		text, err := os.ReadFile(out)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		report = strings.TrimSpace(string(text)) + "\n\n"
	}
	for _, s := range sections {
		s.note = how + " " + s.note
		begin := strings.Index(report, "## "+s.title+"\n")
		if begin < 0 {
			report += s.markdown()
			continue
		}
		rest := report[begin+3:]
		if end := strings.Index(rest, "\n## "); end >= 0 {
			rest = rest[end+1:]
		} else {
			rest = ""
		}
		report = report[:begin] + s.markdown() + rest
	}
	return publish(out, strings.TrimSpace(report)+"\n")
}

// alone says when and where a section was measured by itself.
func alone(now time.Time, largest int, commit, before, after string) string {
	return fmt.Sprintf("Measured by itself on %s: %s, %s, commit %s, load average %s before and %s after, with %s made-up incidents.",
		now.UTC().Format(time.DateOnly), machine(), runtime.Version(), commit, before, after, count(largest))
}

// preface says where and when the figures were taken. Commit and the first load are those of the beginning.
func preface(now time.Time, largest int, commit, before, after string) string {
	return fmt.Sprintf("# Benchmarks\n\n"+
		"Written by `go run ./bench` on %s: %s, %s, commit %s. Load average %s before and %s after.\n"+
		"The %d incidents are made up: their words come from a list, no company or person is in them, and the same number always gives the same ones.\n"+
		"Everything is measured from outside, on the program as it is released. Compare the columns of one table: the ratios hold on other machines, the times do not.\n\n",
		now.UTC().Format(time.DateOnly), machine(), runtime.Version(), commit, before, after, largest)
}

// machine names the processor and how many of its threads there are.
func machine() string {
	name := runtime.GOARCH
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, ok := strings.Cut(string(text), "model name"); ok {
			line, _, _ := strings.Cut(rest, "\n")
			name = strings.TrimSpace(strings.TrimLeft(line, "\t :"))
		}
	}
	return fmt.Sprintf("%s, %d threads, %s", name, runtime.NumCPU(), runtime.GOOS)
}

// load is how many programs wanted a processor in the last minute; more than there are threads means that the
// times are longer than the machine needs.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(text), " ")
	return one
}

// commit is what was measured; a tree that differs from it says so.
func commit() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty=, with changes", "--abbrev=12", "--exclude=*").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

func count(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + " " + text[i:]
	}
	return text
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
func each(d time.Duration, n int) string {
	return fmt.Sprintf("%.0f µs", float64(d.Microseconds())/float64(n))
}
func ratio(a, b time.Duration) string { return fmt.Sprintf("%.1f", float64(a)/float64(max(b, 1))) }
func mega(bytes int64) string         { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
func kilo(bytes int) string           { return fmt.Sprintf("%.1f kB", float64(bytes)/1e3) }

// spread writes the middle and the slow end, in milliseconds.
func spread(times []time.Duration) string {
	ms := func(p float64) float64 { return float64(quantile(times, p).Microseconds()) / 1000 }
	return fmt.Sprintf("%.1f / %.1f", ms(0.5), ms(0.95))
}
