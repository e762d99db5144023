package statuspage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

func TestSource(t *testing.T) {
	importertest.Run(t, Source(),
		importertest.Case{Name: "api", Files: []string{"api/incidents.json"}},
		importertest.Case{Name: "aws", Files: []string{"few/aws.json"}},
		importertest.Case{Name: "bad", Files: []string{"bad/lines.jsonl"}},
	)
}

// summary is how the reference states a set of durations, in minutes.
type summary struct {
	N           int     `json:"n"`
	Mean        float64 `json:"mean"`
	Median      float64 `json:"median"`
	P90         float64 `json:"p90_linear"`
	NearestRank float64 `json:"p90_nearest_rank"`
	Sum         float64 `json:"sum"`
}

func summarize(minutes []float64) summary {
	slices.Sort(minutes)
	s := summary{N: len(minutes)}
	for _, m := range minutes {
		s.Sum += m
	}
	s.Mean = math.Round(s.Sum/float64(s.N)*1e3) / 1e3
	linear := func(q float64) float64 {
		at := q * float64(s.N-1)
		i := min(int(at), s.N-2)
		return math.Round((minutes[i]+(at-float64(i))*(minutes[i+1]-minutes[i]))*1e3) / 1e3
	}
	if s.N == 1 {
		s.Median, s.P90, s.NearestRank = minutes[0], minutes[0], minutes[0]
		return s
	}
	s.Median, s.P90 = linear(0.5), linear(0.9)
	s.NearestRank = minutes[int(math.Ceil(0.9*float64(s.N)))-1]
	return s
}

func minutes(drafts []importers.Draft, from, to incident.MilestoneName, keep func(*incident.Incident) bool) []float64 {
	span := incident.Span{From: []incident.MilestoneName{from}, To: []incident.MilestoneName{to}}
	var out []float64
	for i := range drafts {
		inc := &drafts[i].Incident
		if d := inc.Milestones.Between(span, inc.Status.Over(), time.Time{}); d.State == incident.Recorded && inc.Kind != incident.AfterTheFact && keep(inc) {
			out = append(out, d.Value.Minutes())
		}
	}
	return out
}

type reference struct {
	OpenAI struct {
		Incidents  int                `json:"incidents"`
		ZeroLength int                `json:"zero_length"`
		Resolve    summary            `json:"time_to_resolve_minutes"`
		ByImpact   map[string]summary `json:"time_to_resolve_minutes_by_impact_level"`
		Monitoring summary            `json:"monitoring_to_resolved_minutes"`
		Impacts    map[string]int     `json:"impact_levels"`
		Postmortem int                `json:"with_postmortem"`
		Components map[string]struct {
			Incidents int     `json:"incidents"`
			Resolve   summary `json:"time_to_resolve_minutes"`
		} `json:"components"`
	} `json:"openai"`
	AWS struct {
		Events int       `json:"events"`
		First  time.Time `json:"first"`
		Last   time.Time `json:"last"`
		Top    [][2]any  `json:"top_services"`
	} `json:"aws"`
}

func load(t *testing.T, file string) (want reference, drafts []importers.Draft) {
	t.Helper()
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for page, err := range read(context.Background(), importers.Input{Files: importertest.Files(t, "testdata", file)}, nil) {
		if err != nil || len(page.Rejects) > 0 {
			t.Fatalf("read %s: %v, rejects %+v", file, err, page.Rejects)
		}
		for _, r := range page.Records {
			d, err := mapRecord(incident.Raw{ExternalID: r.ExternalID, Body: r.Body}, importers.Config{})
			if err != nil {
				t.Fatalf("map %s: %v", r.ExternalID, err)
			}
			drafts = append(drafts, d)
		}
	}
	return want, drafts
}

func TestOpenAI(t *testing.T) {
	want, drafts := load(t, "openai.jsonl")
	all := func(*incident.Incident) bool { return true }
	equal(t, "incidents", len(drafts), want.OpenAI.Incidents)
	equal(t, "time to resolve", summarize(minutes(drafts, incident.Opened, incident.ResolvedAt, all)), want.OpenAI.Resolve)
	equal(t, "monitoring to resolved", summarize(minutes(drafts, incident.MitigatedAt, incident.ResolvedAt, all)), want.OpenAI.Monitoring)
	for i, impact := range []string{"none", "minor", "major", "critical", "maintenance"} {
		level := string(rune('0' + i))
		of := func(inc *incident.Incident) bool { return inc.SeverityRaw == impact }
		equal(t, "time to resolve, impact "+impact, summarize(minutes(drafts, incident.Opened, incident.ResolvedAt, of)), want.OpenAI.ByImpact[level])
		equal(t, "incidents of impact "+impact, count(drafts, func(d importers.Draft) bool { return of(&d.Incident) }), want.OpenAI.Impacts[level])
	}
	for name, w := range want.OpenAI.Components {
		of := func(inc *incident.Incident) bool {
			return slices.ContainsFunc(inc.Services, func(s incident.ServiceUse) bool { return s.Name == name })
		}
		equal(t, "incidents of "+name, count(drafts, func(d importers.Draft) bool { return of(&d.Incident) }), w.Incidents)
		equal(t, "time to resolve, "+name, summarize(minutes(drafts, incident.Opened, incident.ResolvedAt, of)), w.Resolve)
	}
	equal(t, "written after the fact", count(drafts, func(d importers.Draft) bool { return d.Incident.Kind == incident.AfterTheFact }), want.OpenAI.ZeroLength)
	equal(t, "with a postmortem", count(drafts, func(d importers.Draft) bool { return d.Retrospective != nil }), want.OpenAI.Postmortem)
}

func TestAWS(t *testing.T) {
	want, drafts := load(t, "aws_events.json")
	equal(t, "events", len(drafts), want.AWS.Events)
	slices.SortFunc(drafts, func(a, b importers.Draft) int {
		return a.Incident.Milestones.At(incident.Opened).Compare(b.Incident.Milestones.At(incident.Opened))
	})
	equal(t, "first", drafts[0].Incident.Milestones.At(incident.Opened), want.AWS.First)
	equal(t, "last", drafts[len(drafts)-1].Incident.Milestones.At(incident.Opened), want.AWS.Last)
	for _, top := range want.AWS.Top {
		n := count(drafts, func(d importers.Draft) bool { return d.Incident.Services[0].Name == top[0] })
		equal(t, "events of "+top[0].(string), float64(n), top[1].(float64))
	}
	for _, d := range drafts {
		if len(d.Timeline) == 0 || d.Incident.Milestones.At(incident.ResolvedAt).IsZero() || len(d.Warnings) > 0 {
			t.Errorf("%s has %d posts, milestones %+v and warnings %+v; want posts and a resolution", d.Incident.Ref.ExternalID, len(d.Timeline), d.Incident.Milestones, d.Warnings)
		}
	}
}

func count(drafts []importers.Draft, keep func(importers.Draft) bool) (n int) {
	for _, d := range drafts {
		if keep(d) {
			n++
		}
	}
	return n
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s = %+v, want %+v", what, got, want)
	}
}

func TestUnreadableFiles(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"truncated", `{"incidents":[{"id":"a"`, "statuspage: read f.json: no JSON document of a status page: unexpected end of JSON input"},
		{"index of a history", `{"months":[]}`, "statuspage: read f.json: this is the index of a page's history; save /incidents/CODE.json for each code in it"},
		{"incidents are no list", `{"incidents":7}`, "statuspage: read f.json: incidents: found a JSON number, expected an incident or a list of them"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := "no error"
			for _, err := range read(context.Background(), importers.Input{Files: []importers.File{inMemory("f.json", []byte(tc.text))}}, nil) {
				if err != nil {
					got = err.Error()
				}
			}
			equal(t, "error", got, tc.want)
		})
	}
}

func inMemory(name string, text []byte) importers.File {
	return importers.File{Name: name, Size: int64(len(text)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}
}

func FuzzFile(f *testing.F) {
	for _, file := range []string{"testdata/api/incidents.json", "testdata/few/aws.json"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, name := range []string{"f.json", "f.jsonl"} {
			for page, err := range read(context.Background(), importers.Input{Files: []importers.File{inMemory(name, text)}}, nil) {
				if err != nil {
					break
				}
				for _, r := range page.Records {
					fuzzMap(t, r.ExternalID, r.Body)
				}
			}
		}
	})
}

func FuzzMap(f *testing.F) {
	f.Add([]byte(`{"id":"a","name":"n","started_at":"2024-01-01T10:00:00Z","components":["API",{"name":"x"}],"updates":[{"status":"resolved","at":"2024-01-01T10:00:00Z"}]}`))
	f.Add([]byte(`{"service_name":"EC2","date":"1624992057","description":"<div><span>11:40 AM PDT</span>&nbsp;x</div>","service":"ec2"}`))
	f.Fuzz(func(t *testing.T, body []byte) { fuzzMap(t, "id", body) })
}

func fuzzMap(t *testing.T, id string, body []byte) {
	t.Helper()
	_, err := mapRecord(incident.Raw{ExternalID: id, Body: body}, importers.Config{})
	var wrong *importers.MapError
	if err != nil && !errors.As(err, &wrong) {
		t.Fatalf("map: %v, want a *MapError", err)
	}
}
