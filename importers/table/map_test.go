package table

import (
	"bufio"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

func bufReader(s string) *bufio.Reader { return bufio.NewReaderSize(strings.NewReader(s), sample) }

// mapPages maps all records twice; both times must give the same.
func mapPages(t *testing.T, cfg importers.Config, pages []importers.Page) {
	t.Helper()
	for _, p := range pages {
		for _, r := range p.Records {
			if !json.Valid(r.Body) || r.ExternalID == "" {
				t.Errorf("record %q has body %q", r.ExternalID, r.Body)
			}
			raw := incident.Raw{Type: collection, ExternalID: r.ExternalID, Body: r.Body, Origin: r.Place}
			one, err1 := mapRow(raw, cfg)
			two, err2 := mapRow(raw, cfg)
			if !reflect.DeepEqual(one, two) || !reflect.DeepEqual(err1, err2) {
				t.Errorf("Map(%q) = %+v, %v, then %+v, %v", r.Body, one, err1, two, err2)
			}
		}
	}
}

// mapCells maps one row.
func mapCells(t *testing.T, m Mapping, zone string, cells map[string]string) (importers.Draft, error) {
	t.Helper()
	body, err := json.Marshal(cells)
	if err != nil {
		t.Fatal(err)
	}
	raw := incident.Raw{Type: collection, ExternalID: "7", Body: body, Origin: "a.csv, row 2"}
	return mapRow(raw, config(m, map[string]string{"zone": zone}))
}

func TestMapValues(t *testing.T) {
	m := Mapping{Key: []string{"id"}, Fields: map[Target]Field{
		Title:                   {Columns: []string{"a", "b"}},
		Status:                  {Columns: []string{"s"}, Values: map[string]string{"Erledigt": "resolved"}},
		Priority:                {Columns: []string{"p"}, Values: map[string]string{"dringend": "SEV1", "egal": "0"}},
		Kind:                    {Columns: []string{"k"}, Default: "test"},
		Service:                 {Columns: []string{"x", "y"}, Separator: "+"},
		SLAMet:                  {Columns: []string{"sla"}},
		Target(incident.Opened): {Columns: []string{"o"}, Layout: importers.DayFirst, Zone: "Asia/Tokyo"},
		Target(incident.Acked):  {Columns: []string{"ack"}},
	}}
	d, err := mapCells(t, m, "Europe/Berlin", map[string]string{
		"id": "7", "a": "Disk", "b": "full", "s": "erledigt", "p": "Dringend", "x": "db + web", "y": "DB", "sla": "no",
		"o": "3/4/2026 09:00", "ack": "2026-04-03 03:00",
	})
	if err != nil {
		t.Fatal(err)
	}
	inc := d.Incident
	// Tokyo is nine hours ahead of UTC all year, Berlin two in April.
	opened, acked := time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 3, 1, 0, 0, 0, time.UTC)
	switch {
	case inc.Title != "Disk full", inc.Number != "7", inc.Status != incident.Resolved, inc.StatusRaw != "erledigt":
		t.Errorf("title, number, status = %q, %q, %q (%q)", inc.Title, inc.Number, inc.Status, inc.StatusRaw)
	case inc.Severity != incident.Sev1, inc.PriorityRaw != "Dringend", inc.SeverityRaw != "", inc.Kind != incident.Test:
		t.Errorf("severity, priority, kind = %v, %q, %q", inc.Severity, inc.PriorityRaw, inc.Kind)
	case !reflect.DeepEqual(inc.Services, []incident.ServiceUse{{Name: "db", Role: "affected"}, {Name: "web", Role: "affected"}}):
		t.Errorf("services = %+v", inc.Services)
	case !inc.Milestones.At(incident.Opened).Equal(opened), !inc.Milestones.At(incident.Acked).Equal(acked):
		t.Errorf("opened, acknowledged = %v, %v; want %v, %v", inc.Milestones.At(incident.Opened), inc.Milestones.At(incident.Acked), opened, acked)
	case len(inc.SLA) != 1 || inc.SLA[0].Breached == nil || !*inc.SLA[0].Breached || !inc.SLA[0].Start.Equal(opened):
		t.Errorf("SLA = %+v", inc.SLA)
	case len(d.Warnings) != 0:
		t.Errorf("warnings = %+v", d.Warnings)
	}
}

func TestMapErrors(t *testing.T) {
	m := Mapping{Key: []string{"id"}, Fields: map[Target]Field{Target(incident.Opened): {Columns: []string{"o"}}}}
	for _, tc := range []struct {
		name, zone, opened, field string
	}{
		{"time that cannot be read", "", "soon", "o"},
		{"zone that does not exist", "Mars/Olympus", "2026-01-01", "zone"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := mapCells(t, m, tc.zone, map[string]string{"id": "7", "o": tc.opened})
			var wrong *importers.MapError
			if !errors.As(err, &wrong) || wrong.Field != tc.field {
				t.Errorf("Map = %v, want a MapError about %s", err, tc.field)
			}
		})
	}
	if _, err := mapRow(incident.Raw{Body: []byte(`[1]`)}, importers.Config{}); err == nil {
		t.Error("Map of a body that is no object gave no error")
	}
}

// A row that ends before it begins keeps both times; its duration is invalid, and a warning names the place.
func TestMapEndBeforeStart(t *testing.T) {
	m := Mapping{Key: []string{"id"}, Fields: map[Target]Field{
		Title: {Columns: []string{"id"}}, Target(incident.Opened): {Columns: []string{"o"}}, Target(incident.ResolvedAt): {Columns: []string{"r"}},
	}}
	d, err := mapCells(t, m, "", map[string]string{"id": "7", "o": "2026-01-02", "r": "2026-01-01"})
	if err != nil {
		t.Fatal(err)
	}
	span := incident.Span{From: []incident.MilestoneName{incident.Opened}, To: []incident.MilestoneName{incident.ResolvedAt}}
	if got := d.Incident.Milestones.Between(span, true, time.Time{}); got.State != incident.Invalid {
		t.Errorf("duration = %+v, want invalid", got)
	}
	if len(d.Warnings) != 1 || d.Warnings[0].Field != "r" || !strings.HasPrefix(d.Warnings[0].Message, "a.csv, row 2: ") {
		t.Errorf("warnings = %+v, want one about column r that names the row", d.Warnings)
	}
}

func TestMappingJSON(t *testing.T) {
	got, err := ParseMapping(cloud.JSON())
	if err != nil || !reflect.DeepEqual(got, cloud) {
		t.Errorf("ParseMapping(JSON()) = %+v, %v; want the same mapping", got, err)
	}
	for name, text := range map[string]string{
		"not JSON":         `{`,
		"text behind":      `{} {}`,
		"unknown member":   `{"colour":"red"}`,
		"unknown target":   `{"fields":{"colour":{}}}`,
		"unknown layout":   `{"fields":{"opened":{"layout":"%Y"}}}`,
		"unknown zone":     `{"fields":{"opened":{"zone":"Local"}}}`,
		"unknown status":   `{"fields":{"status":{"values":{"x":"fine"}}}}`,
		"severity 6":       `{"fields":{"priority":{"values":{"x":"6"}}}}`,
		"unknown kind":     `{"fields":{"kind":{"values":{"x":"fine"}}}}`,
		"verdict":          `{"fields":{"sla_met":{"values":{"x":"perhaps"}}}}`,
		"values for title": `{"fields":{"title":{"values":{"x":"y"}}}}`,
	} {
		if _, err := ParseMapping([]byte(text)); !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("%s: ParseMapping(%s) = %v, want ErrInvalid", name, text, err)
		}
	}
}

func TestKey(t *testing.T) {
	cells := []cell{{"a", "1"}, {"b", "2"}, {"c", strings.Repeat("x", 300)}, {"d", "?"}}
	hash := func(m Mapping, cells ...cell) string {
		key, err := m.key(cells)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	if got := hash(Mapping{Key: []string{"a", "b"}}, cells...); got != "1/2" {
		t.Errorf("key of two columns = %q, want 1/2", got)
	}
	if got := hash(Mapping{Key: []string{"c"}}, cells...); len(got) > 40 {
		t.Errorf("a long key stays %d bytes long", len(got))
	}
	if _, err := (Mapping{Key: []string{"d"}}).key(cells); err == nil {
		t.Error("an unset key gave no error")
	}
	all, reversed := hash(Mapping{}, cells...), slices.Clone(cells)
	slices.Reverse(reversed)
	if all != hash(Mapping{}, reversed...) {
		t.Error("the hash depends on the order of the columns")
	}
	if chosen := hash(Mapping{Hash: []string{"a"}}, cells...); chosen != hash(Mapping{Hash: []string{"a"}}, cells[0]) || chosen == all {
		t.Error("the hash of column a depends on other columns, or is that of all")
	}
}

func FuzzMap(f *testing.F) {
	f.Add(`{"id":"1","title":"x","opened":"2024-01-02","":"note"}`, string(cloud.JSON()), "UTC")
	f.Add(`{"slug":"a","down_at":"1/2/24"}`, string(downtimes.JSON()), "Europe/Berlin")
	f.Add(`{"a":null}`, `{"fields":{"kind":{"columns":["a"],"values":{"":"real"}}}}`, "")
	f.Fuzz(func(t *testing.T, body, mapping, zone string) {
		cfg := importers.Config{Mapping: json.RawMessage(mapping), Settings: map[string]string{"zone": zone}}
		raw := incident.Raw{Type: collection, ExternalID: "1", Body: []byte(body)}
		d, err := mapRow(raw, cfg)
		if err == nil && (d.Incident.Title == "" || !d.Incident.Severity.Valid() || !slices.Contains(incident.Statuses, d.Incident.Status)) {
			t.Errorf("Map(%q) with %q = %+v: an incident that must not be", body, mapping, d)
		}
	})
}
