package analytics_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"hindsight/analytics"
	"hindsight/incident"
)

// TestMetricsAreDocumented compares the definitions in the code with those in docs/metrics.md, which UPDATE_GOLDEN=1
// writes anew.
func TestMetricsAreDocumented(t *testing.T) {
	const file, begin, end = "../docs/metrics.md", "<!-- definitions: written from the code -->\n", "<!-- end of definitions -->"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(data), begin)
	got, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no section between %q and %q", file, begin, end)
	}
	want := definitions()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(file, []byte(head+begin+want+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("%s says other definitions than analytics.Metrics; run the test with UPDATE_GOLDEN=1 and read the difference", file)
	}
}

// TestMetricsAreComplete: a figure that does not say what it does with open and missing records is not defined.
func TestMetricsAreComplete(t *testing.T) {
	for _, m := range analytics.Metrics() {
		for name, text := range map[string]string{"definition": m.Definition, "unit": string(m.Unit), "population": m.Population, "open or missing": m.Missing, "source": m.Source} {
			if text == "" {
				t.Errorf("metric %s has no %s", m.ID, name)
			}
		}
	}
}

func definitions() string {
	var b strings.Builder
	for _, m := range analytics.Metrics() {
		fmt.Fprintf(&b, "\n### %s\n\n%s (`%s`, %s): %s.\n\n", m.ID, m.Title, m.ID, m.Unit, m.Definition)
		if len(m.Span.From) > 0 {
			fmt.Fprintf(&b, "- Span: `%s`\n", m.Span)
		}
		better := "more is better"
		if m.FewerIsBetter {
			better = "less is better"
		}
		fmt.Fprintf(&b, "- Population: %s\n", m.Population)
		if m.Method != "" {
			fmt.Fprintf(&b, "- Method: %s\n", m.Method)
		}
		fmt.Fprintf(&b, "- Open or missing: %s\n- Source: %s\n- Reading: %s\n", m.Missing, m.Source, better)
	}
	return b.String() + "\n"
}

func TestFindMetric(t *testing.T) {
	for _, tc := range []struct{ id, span, title string }{
		{"time_to_restore", "impact_started|detected..impact_ended|resolved", "Time to restore"},
		{"count", "..", "Incidents"},
		{"detected..mitigated", "detected..mitigated", "Time detected..mitigated"},
	} {
		m, err := analytics.FindMetric(tc.id)
		if err != nil || m.Span.String() != tc.span || m.Title != tc.title || m.ID != tc.id {
			t.Errorf("FindMetric(%q) = %q %q %q, %v, want span %q, title %q", tc.id, m.ID, m.Span, m.Title, err, tc.span, tc.title)
		}
	}
	for _, id := range []string{"", "mttr", "opened..", "opened..nowhere"} {
		if m, err := analytics.FindMetric(id); !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("FindMetric(%q) = %+v, %v, want ErrInvalid", id, m, err)
		}
	}
}

func FuzzFindMetric(f *testing.F) {
	for _, m := range analytics.Metrics() {
		f.Add(m.ID)
		f.Add(m.Span.String())
	}
	f.Fuzz(func(t *testing.T, id string) {
		m, err := analytics.FindMetric(id)
		if err != nil && !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("FindMetric(%q): %v is not ErrInvalid", id, err)
		}
		if err == nil && m.ID != id {
			t.Errorf("FindMetric(%q) has id %q", id, m.ID)
		}
	})
}
