package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hindsight/incident"
)

func TestMeasureRetrieval(t *testing.T) {
	queries := []query{
		{ID: "q1", Relevant: map[incident.ID]int{"a": 2, "b": 2, "c": 1}}, // found at ranks 2 and 4: (1/2 + 2/4) / 2
		{ID: "q2", Relevant: map[incident.ID]int{"a": 2}},                 // found at rank 1
		{ID: "q3", Relevant: map[incident.ID]int{"z": 2}},                 // not found
		{ID: "q4", Relevant: map[incident.ID]int{"z": 1}},                 // has no duplicate: only its gain counts
	}
	run := []ranking{{"q1", []incident.ID{"c", "a", "x", "b"}}, {"q2", []incident.ID{"a"}}, {"q3", nil}, {"q4", []incident.ID{"z"}}}
	got := answers(queries, run)
	// q1 gains 1 at rank 1, 3 at rank 2 and 3 at rank 4, of 3, 3 and 1 at best.
	gain := (1 + 3/math.Log2(3) + 3/math.Log2(5)) / (3 + 3/math.Log2(3) + .5)
	for _, tc := range []struct {
		name      string
		got, want float64
	}{
		{"queries", float64(len(withDuplicate(got))), 3}, {"HR@1", mean(got, hits(1)), 1. / 3}, {"HR@10", mean(got, hits(10)), 2. / 3}, {"R@5", mean(got, recalls(5)), 2. / 3},
		{"MAP", mean(got, precision), 1.5 / 3}, {"nDCG@10 of q1", got[0].gain, gain}, {"RHR@10 of q4", got[3].relative, 1},
	} {
		if math.Abs(tc.got-tc.want) > 1e-12 {
			t.Errorf("%s = %v, want %v", tc.name, tc.got, tc.want)
		}
	}
}

func TestMeasureGroups(t *testing.T) {
	// Truth ab|cd, predicted abc|d: of 3 predicted pairs 1 is right, of 2 true pairs 1 is found.
	truth := map[incident.ID]string{"a": "1", "b": "1", "c": "2", "d": "2"}
	got := measureGroups(truth, map[incident.ID]string{"a": "x", "b": "x", "c": "x"})
	// B-cubed: precision (2/3 + 2/3 + 1/3 + 1) / 4, recall (1 + 1 + 1/2 + 1/2) / 4.
	b3P, b3R := 2.0/3, 3.0/4
	// Information: 2 of 4 in cell (1,x), 1 in (2,x), 1 in (2,alone).
	information := .5*math.Log(.5/(.5*.75)) + .25*math.Log(.25/(.5*.75)) + .25*math.Log(.25/(.5*.25))
	nmi := information / math.Sqrt(math.Log(2)*-(.75*math.Log(.75)+.25*math.Log(.25)))
	// By chance a pair and a pair of four, or a pair and three, share k items in so many of 6 and of 4 ways: three of the four (pair, group)
	// cells are (2,3), (2,1), (2,3), (2,1). A pair has 1 of three with chance 1/2, 2 with 1/2; the one left with chance 1/2.
	chance := 2 * (.5*.25*math.Log(4*1/(2*3.)) + .5*.5*math.Log(4*2/(2*3.)) + .5*.25*math.Log(4*1/(2*1.)))
	ami := (information - chance) / ((math.Log(2)-(.75*math.Log(.75)+.25*math.Log(.25)))/2 - chance)
	for _, tc := range []struct {
		name      string
		got, want float64
	}{
		{"pair precision", got.P, 1. / 3}, {"pair recall", got.R, .5}, {"pair F1", got.F1, .4},
		{"B3 F1", got.B3, 2 * b3P * b3R / (b3P + b3R)}, {"NMI", got.NMI, nmi}, {"AMI", got.AMI, ami}, {"groups", float64(got.Groups), 2},
	} {
		if math.Abs(tc.got-tc.want) > 1e-12 {
			t.Errorf("%s = %v, want %v", tc.name, tc.got, tc.want)
		}
	}
}

// written makes a labelled set of three documents of which the first two are the same.
func written(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		var b bytes.Buffer
		b.WriteString(text)
		if strings.HasSuffix(name, ".gz") {
			b.Reset()
			zip := gzip.NewWriter(&b)
			if _, err := zip.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
			if err := zip.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const docs = `{"id":"1","title":"Edge certificate expired","created":"2024-01-01T00:00:00"}
{"id":"2","title":"Expired certificate at the edge","created":"2024-01-02T00:00:00","service":["edge"]}
{"id":"3","title":"Invoice numbers skipped","created":"2024-01-03T00:00:00"}
`

func TestRun(t *testing.T) {
	clusters := `{"id":"1","cluster":"a"}` + "\n" + `{"id":"2","cluster":"a"}` + "\n" + `{"id":"3","cluster":"b"}`
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  string // on the terminal
		out   string // in the run file
	}{
		{"retrieval knows the past only", map[string]string{"meta.json": `{"temporal":true}`, "docs.jsonl.gz": docs, "clusters.jsonl.gz": clusters,
			"queries.jsonl.gz": `{"qid":"1","relevant":{"2":2}}` + "\n" + `{"qid":"2","relevant":{"1":2}}`},
			"similar, happening again         2  0.500  0.500  0.500", `{"qid":"1","ranked":[]}` + "\n" + `{"qid":"2","ranked":["1"]}` + "\n"},
		{"grouping", map[string]string{"meta.json": `{}`, "docs.jsonl.gz": docs, "clusters.jsonl.gz": clusters},
			"same title items 3  groups 3 (true 2)", `{"id":"1","cluster":"prb_`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "run.jsonl")
			var terminal bytes.Buffer
			if err := run(context.Background(), []string{"--data", written(t, tc.files), "--out", out}, &terminal); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(terminal.String(), tc.want) {
				t.Errorf("run prints %q, want %q", terminal.String(), tc.want)
			}
			if text, err := os.ReadFile(out); err != nil || !strings.HasPrefix(string(text), tc.out) {
				t.Errorf("run writes %q, %v, want %q", text, err, tc.out)
			}
		})
	}
}

func TestRunTemplates(t *testing.T) {
	// Two events in one system: masks tell them apart, exact text does not see that two lines are one event.
	files := map[string]string{
		"lines.jsonl.gz": `{"id":"1","system":"s","text":"took 5 ms"}` + "\n" + `{"id":"2","system":"s","text":"took 7 ms"}` + "\n" +
			`{"id":"3","system":"s","text":"gave up"}`,
		"truth.jsonl.gz": `{"id":"1","system":"s","template":"A"}` + "\n" + `{"id":"2","system":"s","template":"A"}` + "\n" +
			`{"id":"3","system":"s","template":"B"}`,
	}
	out := filepath.Join(t.TempDir(), "run.jsonl")
	var terminal bytes.Buffer
	if err := run(context.Background(), []string{"--data", written(t, files), "--out", out}, &terminal); err != nil {
		t.Fatal(err)
	}
	// The miner is right about 3 of 3 lines. Exact text is right about 1 of 3, and about 1 of 3 groups where there are 2:
	// F1 of 1/3 and 1/2.
	rows := strings.Split(terminal.String(), "\n")
	if len(rows) < 3 || !strings.HasPrefix(rows[2], "mean          1.0000 1.0000  1.0000 1.0000  0.3333 0.4000") {
		t.Errorf("run prints %q, want the miner right and exact text at 0.3333 0.4000", terminal.String())
	}
	text, err := os.ReadFile(out)
	answers := strings.Split(strings.TrimSpace(string(text)), "\n")
	if err != nil || len(answers) != 3 || answers[0][8:] != answers[1][8:] || answers[0][8:] == answers[2][8:] {
		t.Errorf("run writes %q, %v, want one template for the first two lines", text, err)
	}
}

func TestRunErrors(t *testing.T) {
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"no description", nil, "read meta.json"},
		{"broken description", map[string]string{"meta.json": "{"}, "read meta.json"},
		{"no documents", map[string]string{"meta.json": "{}"}, "docs.jsonl.gz"},
		{"not compressed", map[string]string{"meta.json": "{}", "docs.jsonl": docs}, "docs.jsonl.gz"},
		{"broken line", map[string]string{"meta.json": "{}", "docs.jsonl.gz": docs + "{"}, "docs.jsonl.gz line 4"},
		{"no time", map[string]string{"meta.json": "{}", "docs.jsonl.gz": `{"id":"1","created":"today"}`}, "docs.jsonl.gz line 1: created"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := run(context.Background(), []string{"--data", written(t, tc.files)}, &bytes.Buffer{})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("run = %v, want an error with %q", err, tc.want)
			}
		})
	}
	if err := run(context.Background(), nil, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "--data is missing") {
		t.Errorf("run without --data = %v, want a hint", err)
	}
}
