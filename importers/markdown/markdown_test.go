package markdown

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/postmortem"
	"hindsight/incident"
)

const samples = "../../server/internal/demo/data/"

var london = importers.Config{Settings: map[string]string{"zone": "Europe/London", "service": "Cloud Platform"}}

func TestSource(t *testing.T) {
	importertest.Run(t, Source(),
		importertest.Case{Name: "odd", Root: "testdata/odd"},
		importertest.Case{Name: "moj", Root: samples + "moj-incidents", Config: london, Files: []string{
			"2020-04-15-nginx-tls.md", "2021-06-09-unable-to-create-new-ingress-rules.md", "2024-04-15-prometheus.md",
		}},
		importertest.Case{Name: "mybinder", Root: samples, Files: []string{
			"mybinder/2018-03-26-no-space-left.md", "2i2c/2025-05-12-earthscope-resource-provisioning-issue.md",
		}},
	)
}

// drafts reads and maps documents below a folder, all of them without names, by path.
func drafts(t *testing.T, root string, cfg importers.Config, names ...string) map[string]importers.Draft {
	t.Helper()
	out := map[string]importers.Draft{}
	for page, err := range read(context.Background(), importers.Input{Files: importertest.Files(t, root, names...)}, nil) {
		if err != nil || len(page.Rejects) > 0 {
			t.Fatalf("read %s: %v, rejects %+v", root, err, page.Rejects)
		}
		for _, r := range page.Records {
			d, err := mapRecord(incident.Raw{ExternalID: r.ExternalID, Body: r.Body}, cfg)
			if err != nil {
				t.Fatalf("map %s: %v", r.ExternalID, err)
			}
			out[r.ExternalID] = d
		}
	}
	return out
}

type mojReference struct {
	Quarters []struct {
		Quarter   string
		Incidents int
		Repair    float64 `json:"mean_of_published_repair_minutes"`
		Resolve   float64 `json:"mean_of_published_resolve_minutes"`
	}
	Anomalies [][3]string
	Incidents []struct {
		Slug       string
		Quarter    string
		Events     map[string]string
		ToRepaired *int `json:"calendar_minutes_start_to_repaired"`
		ToResolved *int `json:"calendar_minutes_start_to_resolved"`
		Repair     int  `json:"published_repair_minutes"`
		Resolve    int  `json:"published_resolve_minutes"`
		Timeline   int  `json:"n_timeline"`
		Actions    int  `json:"n_review_actions"`
	} `json:"per_incident"`
}

func TestMinistryOfJustice(t *testing.T) {
	var want mojReference
	load(t, "testdata/moj_reference.json", &want)
	got := drafts(t, samples+"moj-incidents", london)
	equal(t, "documents", len(got), len(want.Incidents))
	repair, resolve := map[string]int{}, map[string]int{}
	for _, w := range want.Incidents {
		d, ok := got[w.Slug+".md"]
		if !ok {
			t.Errorf("%s was not read", w.Slug)
			continue
		}
		equal(t, w.Slug+": minutes to repair", minutes(d, incident.MitigatedAt), w.ToRepaired)
		equal(t, w.Slug+": minutes to resolve", minutes(d, incident.ResolvedAt), w.ToResolved)
		equal(t, w.Slug+": printed minutes to repair", custom(d, "published_time_to_repair_minutes"), w.Repair)
		equal(t, w.Slug+": printed minutes to resolve", custom(d, "published_time_to_resolve_minutes"), w.Resolve)
		equal(t, w.Slug+": timeline", len(d.Timeline), w.Timeline)
		// The reference counts only what stands under "Review actions".
		if w.Actions > 0 {
			equal(t, w.Slug+": action items", len(d.Incident.Actions), w.Actions)
		}
		repair[w.Quarter] += custom(d, "published_time_to_repair_minutes")
		resolve[w.Quarter] += custom(d, "published_time_to_resolve_minutes")
	}
	for _, q := range want.Quarters {
		equal(t, q.Quarter+": mean printed time to repair", mean(repair[q.Quarter], q.Incidents), q.Repair)
		equal(t, q.Quarter+": mean printed time to resolve", mean(resolve[q.Quarter], q.Incidents), q.Resolve)
	}
	for _, a := range want.Anomalies {
		if d := got[a[0]+".md"]; len(d.Warnings) == 0 {
			t.Errorf("%s: no warning, want one of %q (%s)", a[0], a[1], a[2])
		}
	}
}

// minutes is the time from impact or detection to an end, whether or not it can be right; nil when an end is missing.
func minutes(d importers.Draft, to incident.MilestoneName) *int {
	ms := d.Incident.Milestones
	from, end := ms.Earliest(incident.ImpactStarted, incident.Detected), ms.At(to)
	if from.IsZero() || end.IsZero() {
		return nil
	}
	n := int(end.Sub(from).Minutes())
	return &n
}

func custom(d importers.Draft, name string) int {
	for _, c := range d.Incident.Custom {
		if c.Name == name {
			n, _ := strconv.Atoi(c.Value)
			return n
		}
	}
	return -1
}

// mean rounds to two decimals, as the reference does.
func mean(sum, n int) float64 {
	x, _ := strconv.ParseFloat(strconv.FormatFloat(float64(sum)/float64(n), 'f', 2, 64), 64)
	return x
}

type facts struct {
	File, Date, Title string
	Headings          []string
	Timeline          int `json:"timeline_entries"`
	Done              int `json:"action_items_done"`
	Open              int `json:"action_items_open"`
	Bullets           int `json:"action_item_bullets"`
}

func TestFacts(t *testing.T) {
	text, err := os.ReadFile("testdata/facts.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var wants []facts
	var names []string
	for line := range strings.Lines(string(text)) {
		var want facts
		if err := json.Unmarshal([]byte(line), &want); err != nil {
			t.Fatal(err)
		}
		wants, names = append(wants, want), append(names, want.File)
	}
	got := drafts(t, samples, importers.Config{}, names...)
	for _, want := range wants {
		d, ok := got[want.File]
		if !ok {
			t.Errorf("%s was not read", want.File)
			continue
		}
		equal(t, want.File+": date", d.Incident.Milestones.At(incident.Opened).Format("2006-01-02"), want.Date)
		equal(t, want.File+": title", d.Incident.Title, want.Title)
		equal(t, want.File+": action items done", state(d, "done"), want.Done)
		equal(t, want.File+": action items open", state(d, "open"), want.Open)
		for _, heading := range want.Headings[1:] {
			equal(t, want.File+": heading "+heading+" is kept", holds(d, heading), true)
		}
		if n, differs := otherCounts[want.File]; differs {
			want.Timeline, want.Bullets = n[0], n[1]
		}
		equal(t, want.File+": timeline", len(d.Timeline), want.Timeline)
		equal(t, want.File+": action items", len(d.Incident.Actions), want.Bullets)
	}
}

// otherCounts are timeline entries and action items counted by hand where the facts' regular expressions
// count otherwise: days as headings of their own, lists below an item, another heading than "Action items".
var otherCounts = map[string][2]int{
	"2i2c/2025-05-12-earthscope-resource-provisioning-issue.md": {25, 2},
	"2i2c/2023-02-01-daskhub-induced-evictions.md":              {1, 5},
	"mybinder/2018-01-18-ssl-outdated.md":                       {4, 3}, // the fourth is a remark below the second
}

func state(d importers.Draft, want string) (n int) {
	for _, a := range d.Incident.Actions {
		if a.State == want {
			n++
		}
	}
	return n
}

// holds reports whether a heading is a section's or still stands in a section's text.
func holds(d importers.Draft, heading string) bool {
	for _, s := range d.Retrospective.Sections {
		if s.Title == postmortem.Plain(heading) || strings.Contains(s.Body, "# "+heading) {
			return true
		}
	}
	return false
}

func TestZip(t *testing.T) {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for _, name := range []string{"docs/2024-01-02-b.md", "docs/a.txt", "__MACOSX/docs/._a.md", "../../2024-01-01-a.md"} {
		entry, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(entry, "# Title of "+name)
	}
	w.Close()
	var got []string
	files := []importers.File{inMemory("all.zip", packed.String()), inMemory("2024-01-03-c.md", "# c")}
	for page, err := range read(context.Background(), importers.Input{Files: files}, nil) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			got = append(got, r.ExternalID)
		}
	}
	equal(t, "documents", strings.Join(got, " "), "../../2024-01-01-a.md 2024-01-03-c.md docs/2024-01-02-b.md")
}

func TestSamePath(t *testing.T) {
	files := []importers.File{inMemory("2024-01-03-c.md", "# first"), inMemory("2024-01-03-c.md", "# second")}
	for page, err := range read(context.Background(), importers.Input{Files: files}, nil) {
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "records", len(page.Records), 1)
		equal(t, "reason", page.Rejects[0].Reason, "another file has the same path")
	}
}

func TestLimits(t *testing.T) {
	files := []importers.File{inMemory("long.md", strings.Repeat("x", maxText+1)), inMemory("2024-01-01-cell.md", "| 10:00 | "+strings.Repeat("x", 1<<20)+" |")}
	for page, err := range read(context.Background(), importers.Input{Files: files}, nil) {
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "records", len(page.Records), 1)
		equal(t, "rejects", len(page.Rejects), 1)
		equal(t, "place", page.Rejects[0].Place, "long.md")
		equal(t, "reason", page.Rejects[0].Reason, "the file has more than 4194304 bytes")
	}
	for _, err := range read(context.Background(), importers.Input{Files: []importers.File{inMemory("no.zip", "no zip")}}, nil) {
		equal(t, "error of a zip file that is none", err.Error(), "markdown: read no.zip: zip: not a valid zip file")
	}
}

func FuzzMap(f *testing.F) {
	for _, file := range importertest.Files(&testing.T{}, "testdata/odd") {
		body, err := os.ReadFile("testdata/odd/" + file.Name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file.Name, body)
	}
	f.Fuzz(func(t *testing.T, path string, body []byte) {
		_, err := mapRecord(incident.Raw{ExternalID: path, Body: body}, london)
		var wrong *importers.MapError
		if err != nil && !errors.As(err, &wrong) {
			t.Fatalf("map: %v, want a *MapError", err)
		}
	})
}

func inMemory(name, text string) importers.File {
	return importers.File{Name: name, Size: int64(len(text)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

func load(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if show(got) != show(want) {
		t.Errorf("%s = %s, want %s", what, show(got), show(want))
	}
}

// show looks through pointers, so that two of them are compared by what they point to.
func show(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

func TestMilestonePrecision(t *testing.T) {
	d, err := mapRecord(incident.Raw{ExternalID: "2024-07-25-x.md", Body: []byte("# x")}, london)
	if err != nil {
		t.Fatal(err)
	}
	// Midnight of that day in London would be the day before in UTC.
	got, _ := d.Incident.Milestones.Current(incident.Opened)
	if want := time.Date(2024, 7, 25, 0, 0, 0, 0, time.UTC); !got.At.Equal(want) || got.Precision != incident.ToDay {
		t.Errorf("opened = %v to the %s, want %v to the day", got.At, got.Precision, want)
	}
}
