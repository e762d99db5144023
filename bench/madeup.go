package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"time"
)

// columns of the file of made-up incidents; mapping says what they mean.
var columns = []string{"number", "title", "description", "status", "priority", "service", "team", "opened_at", "acknowledged_at", "resolved_at", "tags"}

const mapping = `{
  "key": ["number"],
  "fields": {
    "title": {"columns": ["title"]},
    "description": {"columns": ["description"]},
    "status": {"columns": ["status"]},
    "priority": {"columns": ["priority"]},
    "service": {"columns": ["service"]},
    "team": {"columns": ["team"]},
    "opened": {"columns": ["opened_at"], "layout": "iso"},
    "acknowledged": {"columns": ["acknowledged_at"], "layout": "iso"},
    "resolved": {"columns": ["resolved_at"], "layout": "iso"},
    "tags": {"columns": ["tags"], "separator": ","}
  }
}
`

// maker makes incidents up, always the same ones: five years of them, of 200 services with few busy and many
// quiet ones, with durations that are short as a rule and long at times.
type maker struct {
	rng    *rand.Rand
	common *rand.Zipf
	end    time.Time
}

func newMaker() *maker {
	rng := rand.New(rand.NewPCG(20251231, 1))
	return &maker{rng: rng, common: rand.NewZipf(rng, 1.3, 4, 199), end: time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)}
}

// row returns incident n in the order of columns.
func (m *maker) row(n int) []string {
	service := int(m.common.Uint64())
	component := components[service%len(components)]
	symptom, cause, remedy := pick(m.rng, symptoms), pick(m.rng, causes), pick(m.rng, remedies)
	region := pick(m.rng, regions)
	opened := m.end.Add(-time.Duration(m.rng.Int64N(int64(5 * 365 * 24 * time.Hour)))).Truncate(time.Second)
	acked := opened.Add(m.lasting(6 * time.Minute))
	resolved := acked.Add(m.lasting(70 * time.Minute))
	host := fmt.Sprintf("node-%04d", m.rng.IntN(5000))
	title := fmt.Sprintf("%s in %s: %s", upper(component), region, symptom)
	text := fmt.Sprintf("%s %s on %s, first on %s with code E%04d. The responders found %s and %s. %s. "+
		"Before that, %s showed the same for a while. Version %d.%d.%d was live. Follow-up: watch %s for %s, and ask whether %s.",
		pick(m.rng, openings), symptom, component, host, m.rng.IntN(3000), cause, remedy, upper(pick(m.rng, symptoms)),
		pick(m.rng, components), m.rng.IntN(9), m.rng.IntN(30), m.rng.IntN(90), pick(m.rng, components), pick(m.rng, symptoms), pick(m.rng, causes))
	return []string{
		fmt.Sprintf("MADE%07d", n), title, text, "resolved", fmt.Sprintf("P%d", 1+min(3, m.rng.IntN(7))),
		fmt.Sprintf("%s %d", component, service/len(components)), fmt.Sprintf("team %d", service%20),
		opened.Format(time.RFC3339), acked.Format(time.RFC3339), resolved.Format(time.RFC3339), region + "," + strings.Fields(component)[0],
	}
}

// lasting returns a lognormal duration with the given median.
func (m *maker) lasting(median time.Duration) time.Duration {
	return time.Duration(float64(median) * math.Exp(m.rng.NormFloat64())).Round(time.Second)
}

func pick(rng *rand.Rand, words []string) string { return words[rng.IntN(len(words))] }

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// writeIncidents writes n made-up incidents as a CSV file.
func writeIncidents(path string, n int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	w.Write(columns)
	m := newMaker()
	for i := range n {
		w.Write(m.row(i))
	}
	if w.Flush(); w.Error() != nil {
		f.Close()
		return w.Error()
	}
	return f.Close()
}

// eachBatch hands the rows of a file of writeIncidents to do, 500 at a time.
func eachBatch(path string, do func(rows [][]string) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	if _, err := r.Read(); err != nil {
		return err
	}
	var rows [][]string
	for {
		row, err := r.Read()
		if err != nil && err != io.EOF {
			return err
		}
		if err == nil {
			rows = append(rows, row)
		}
		if len(rows) == 500 || err == io.EOF && len(rows) > 0 {
			if err := do(rows); err != nil {
				return err
			}
			rows = nil
		}
		if err == io.EOF {
			return nil
		}
	}
}
