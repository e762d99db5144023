package openslo_test

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"hindsight/incident"
	"hindsight/server/internal/openslo"
)

func read(t *testing.T, text []byte) openslo.Found {
	t.Helper()
	f, err := openslo.Read(text)
	if err != nil {
		t.Fatalf("Read: %v\n%s", err, text)
	}
	return f
}

// TestRead: what can be measured becomes objectives, all else is kept, and nothing goes without a word.
func TestRead(t *testing.T) {
	text, err := os.ReadFile("testdata/synthetic_slo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f := read(t, text)
	month := incident.ObjectiveWindow{Calendar: incident.CalendarMonth, Zone: "Europe/Berlin"}
	want := []struct {
		name, service string
		target        float64
		window        incident.ObjectiveWindow
	}{
		{"Shop answers", "Web Shop", 0.9995, incident.ObjectiveWindow{Days: 28}},
		{"shop-speed (fast)", "checkout", 0.9, month}, {"shop-speed (bearable)", "checkout", 0.99, month},
	}
	if len(f.Objectives) != len(want) {
		t.Fatalf("Read: %d objectives, want %d; notes %q", len(f.Objectives), len(want), f.Notes)
	}
	for i, w := range want {
		n := f.Objectives[i]
		if n.Name != w.name || n.Service != w.service || n.Objective.Target != w.target || n.Objective.Window != w.window || n.Objective.OpenSLO == "" {
			t.Errorf("objective %d = %+v, want %+v and its document", i, n, w)
		}
	}
	kept := []string{}
	for _, k := range f.Kept {
		kept = append(kept, k.Kind+" "+k.Name)
		if strings.Contains(k.Document, "not-a-") {
			t.Errorf("%s keeps a credential: %s", k.Name, k.Document)
		}
	}
	if got := strings.Join(kept, ", "); got != "Service shop, DataSource metrics, SLO shop-hourly" {
		t.Errorf("kept %s", got)
	}
	notes := strings.Join(f.Notes, "\n")
	for _, said := range []string{`ratioMetric is read from a metric store`, `indicator "latency"`, "counts events", "counts time slices", "alert policies", "2 objectives",
		`a rolling window of "12h"`, "connection details", `"api_key"`, `DataSource "metrics" is kept`} {
		if !strings.Contains(notes, said) {
			t.Errorf("no note says %s:\n%s", said, notes)
		}
	}
}

// TestRoundTrip: what is written is read as it was, and written again it is the same text.
func TestRoundTrip(t *testing.T) {
	text, err := os.ReadFile("testdata/synthetic_slo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f := read(t, text)
	own := openslo.Named{ID: "slo_0123456789abcdefghjk", Name: "Ours & theirs: 99 %", Service: "Web Shop", Objective: incident.Objective{Target: 0.99,
		Window: incident.ObjectiveWindow{Calendar: incident.CalendarQuarter, Zone: "America/New_York"}, Weighted: true, Owner: "Storefront", Review: "2027-03-31", Description: "why: \"because\"\n- two lines"}}
	first, err := openslo.Write(append(f.Objectives[:1:1], own), f.Kept)
	if err != nil {
		t.Fatal(err)
	}
	again := read(t, first)
	if len(again.Objectives) != 2 || !reflect.DeepEqual(again.Objectives[1], own) {
		t.Fatalf("read again: %+v, want %+v\n%s", again.Objectives, own, first)
	}
	if got, want := again.Objectives[0], f.Objectives[0]; got.ID != want.ID || got.Name != want.Name || got.Service != want.Service || got.Objective.Target != want.Objective.Target || got.Objective.Window != want.Objective.Window {
		t.Errorf("read again: %+v, want %+v", got, want)
	}
	second, err := openslo.Write(again.Objectives, again.Kept)
	if err != nil || string(second) != string(first) {
		t.Errorf("written again: %v\n%s\nwant\n%s", err, second, first)
	}
	for _, kept := range []string{"sum(good)", "targetPercent: 99.95", "alertPolicyRef: shop-pages", "duration: 4w", "storefront", "kind: DataSource", "12h"} {
		if !strings.Contains(string(first), kept) {
			t.Errorf("%s is gone:\n%s", kept, first)
		}
	}
	changed := f.Objectives[0]
	changed.Objective.Target, changed.Objective.Window = 0.999, incident.ObjectiveWindow{Days: 30}
	third, err := openslo.Write([]openslo.Named{changed}, nil)
	if err != nil || !strings.Contains(string(third), "target: 0.999") || strings.Contains(string(third), "targetPercent") || !strings.Contains(string(third), "duration: 30d") {
		t.Errorf("a change made here is not written: %v\n%s", err, third)
	}
}

func TestRefuse(t *testing.T) {
	for name, text := range map[string]string{"nothing": "", "no YAML": "a: [", "another version": "apiVersion: openslo/v1alpha\nkind: SLO\nmetadata: {name: a}",
		"no name": "apiVersion: openslo/v1\nkind: SLO", "a list": "- 1", "twice": "apiVersion: openslo/v1\nkind: SLI\nmetadata: {name: a}\n---\napiVersion: openslo/v1\nkind: SLI\nmetadata: {name: a}"} {
		if _, err := openslo.Read([]byte(text)); !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("Read(%s) = %v, want ErrInvalid", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	text, err := os.ReadFile("testdata/synthetic_slo.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		found, err := openslo.Read(text)
		if err != nil {
			if !errors.Is(err, incident.ErrInvalid) {
				t.Errorf("Read: %v is not ErrInvalid", err)
			}
			return
		}
		if _, err := openslo.Write(found.Objectives, found.Kept); err != nil {
			t.Errorf("Write: %v", err)
		}
	})
}
