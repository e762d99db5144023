package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is the table of one run.
type report struct {
	incidents, runs, groups int
	before, after           string // load averages
	results                 []result
}

func (r *report) title() string {
	return fmt.Sprintf("Columns, %s incidents", count(r.incidents))
}

func (r *report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n", r.title())
	fmt.Fprintf(&b, "Written by `cd bench/columns && CGO_ENABLED=1 go run . -incidents %d` on %s: %s, %s, commit %s, load average %s before and %s after. ",
		r.incidents, time.Now().UTC().Format(time.DateOnly), machine(), runtime.Version(), commit(), r.before, r.after)
	fmt.Fprintf(&b, "The same made-up incidents in each engine are asked for the number, mean, median, 90th percentile and share within %.0f hours by service and week: %s groups of %d services. "+
		"All quantiles are linear (type 7), and all engines gave the same answer. They were asked in turn, %d times after a first; medians. "+
		"\"Worked out\" leaves the answer in the engine, summed up to one row; \"handed over\" makes a Go map of it. The ratio is of the former. Peers hold the duration as a column, and each is asked in the way that was fastest. "+
		"More load than processors makes all times longer than the machine needs.\n\n", target.Hours(), count(r.groups), services, r.runs)
	b.WriteString("| engine | asked by | worked out | ratio | handed over | load | bytes per incident |\n|---|---|---:|---:|---:|---:|---:|\n")
	for _, x := range r.results {
		fmt.Fprintf(&b, "| %s | %s | %s | %.2f | %s | %s | %s |\n", x.name, x.variant, milliseconds(median(x.computed)),
			float64(median(x.computed))/float64(median(r.results[0].computed)), milliseconds(median(x.answered)), unless0("%.1f s", x.load.Seconds()), unless0("%.0f", float64(x.bytes)/float64(r.incidents)))
	}
	return b.String() + "\n"
}

// publish prints the table and puts it in the place of the section with its title in a file, or at its end.
func (r *report) publish(out string) error {
	section := r.markdown()
	fmt.Print(section)
	if out == "" {
		return nil
	}
	text, err := os.ReadFile(out)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	report := strings.TrimSpace(string(text)) + "\n\n"
	before, rest, found := strings.Cut(report, "## "+r.title()+"\n")
	if found {
		_, rest, _ = strings.Cut(rest, "\n## ")
		if rest != "" {
			rest = "## " + rest
		}
	}
	return os.WriteFile(out, []byte(strings.TrimSpace(before+section+rest)+"\n"), 0o644)
}

// unless0 leaves out what was not measured.
func unless0(format string, x float64) string {
	if x == 0 {
		return ""
	}
	return fmt.Sprintf(format, x)
}

func median(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
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

// load is how many programs wanted a processor in the last minute.
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
