package incident_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"hindsight/incident"
)

var noon = time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)

func TestEdit(t *testing.T) {
	for _, tc := range []struct {
		name, field, value string
		want               string // the field afterwards
		err                string
	}{
		{"title", "title", " Disk full ", "Disk full", ""},
		{"no title", "title", " ", "old", "title: a title is needed"},
		{"severity", "severity", "SEV1", "1", ""},
		{"severity unset", "severity", "unset", "0", ""},
		{"severity out of range", "severity", "6", "3", `severity: "6" is not between 1, the worst, and 5`},
		{"status", "status", "closed", "closed", ""},
		{"no status", "status", "done", "resolved", `status: "done" is not a status`},
		{"kind", "kind", "drill", "drill", ""},
		{"no kind", "kind", "fake", "real", `kind: "fake" is not a kind`},
		{"team", "team", "team_1", "team_1", ""},
		{"tags", "tags", "b, a,,b", "a,b", ""},
		{"private", "private", "true", "true", ""},
		{"shared", "audience", " user:usr_2, team:tea_1,user:usr_1,user:usr_2", "team:tea_1,user:usr_1,user:usr_2", ""},
		{"shared with nobody known", "audience", "everybody", "", `audience: "everybody" is neither team:ID nor user:ID`},
		{"neither private nor not", "private", "perhaps", "false", `private: "perhaps" is neither true nor false`},
		{"reason", "exclude_reason", "a rehearsal", "a rehearsal", ""},
		{"no such field", "owner", "x", "", `field: "owner" cannot be changed; there are title, severity, status, kind, team, tags, private, audience, exclude_reason, same_as, caused_by, not_caused_by`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inc := &incident.Incident{Title: "old", Severity: incident.Sev3, Status: incident.Resolved, Kind: incident.Real}
			was, _ := inc.FieldValue(tc.field)
			err := inc.Edit(tc.field, tc.value, "ada", noon)
			if got, _ := inc.FieldValue(tc.field); got != tc.want {
				t.Errorf("FieldValue(%q) after Edit(%q) = %q, want %q", tc.field, tc.value, got, tc.want)
			}
			if tc.err != "" {
				if err == nil || err.Error() != tc.err || !errors.Is(err, incident.ErrInvalid) || len(inc.Edits) != 0 {
					t.Errorf("Edit(%q, %q) = %v with edits %v, want error %q and no edit", tc.field, tc.value, err, inc.Edits, tc.err)
				}
				return
			}
			want := []incident.Edit{{Field: tc.field, Value: tc.want, Was: was, By: "ada", At: noon}}
			if err != nil || !reflect.DeepEqual(inc.Edits, want) {
				t.Errorf("Edit(%q, %q) = %v with edits %+v, want nil and %+v", tc.field, tc.value, err, inc.Edits, want)
			}
		})
	}
}

func TestEditThatChangesNothing(t *testing.T) {
	inc := &incident.Incident{Title: "same"}
	if err := inc.Edit("title", "same", "ada", noon); err != nil || len(inc.Edits) != 0 {
		t.Errorf("Edit of a title to itself = %v with edits %v, want none", err, inc.Edits)
	}
}

func TestReimport(t *testing.T) {
	imported := incident.Milestone{Name: incident.Opened, At: noon, Basis: incident.FromField, Source: "tickets"}
	stated := incident.Milestone{Name: incident.ResolvedAt, At: noon.Add(time.Hour), Basis: incident.FromPerson, Source: "ada", StatedAt: noon}
	stored := &incident.Incident{
		ID: "inc_1", Seq: 7, Title: "edited", Severity: incident.Sev1, Tags: []string{"old"},
		Milestones: incident.Milestones{imported, stated},
		Edits: []incident.Edit{
			{Field: "title", Value: "edited", Was: "source", By: "ada", At: noon},
			{Field: "severity", Value: "2", Was: "3", By: "ada", At: noon},
			{Field: "severity", Value: "1", Was: "2", By: "bob", At: noon.Add(time.Hour)},
		},
		Factors: []incident.Factor{
			{Role: "trigger", Text: "a deploy", Category: "change"}, // confirmed here
			{Role: "contributing", Text: "no alarm"},                // stated here
			{Role: "trigger", Text: "the moon", Claimed: true},      // no longer claimed
		},
		DeletedAt: noon, DeletedReason: "gone",
	}
	later := imported
	later.At = noon.Add(time.Minute)
	draft := &incident.Incident{
		Title: "source, renamed", Severity: incident.Sev4, Tags: []string{"new"}, Milestones: incident.Milestones{later},
		Factors: []incident.Factor{{Role: "trigger", Text: "a deploy", Claimed: true}},
	}
	before := *draft
	got := incident.Reimport(stored, draft)
	want := &incident.Incident{
		ID: "inc_1", Seq: 7, Title: "edited", Severity: incident.Sev1, Tags: []string{"new"},
		Milestones: incident.Milestones{later, stated},
		Edits: []incident.Edit{
			{Field: "title", Value: "edited", Was: "source, renamed", By: "ada", At: noon},
			{Field: "severity", Value: "2", Was: "4", By: "ada", At: noon},
			{Field: "severity", Value: "1", Was: "2", By: "bob", At: noon.Add(time.Hour)},
		},
		Factors: []incident.Factor{{Role: "trigger", Text: "a deploy", Category: "change"}, {Role: "contributing", Text: "no alarm"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Reimport =\n%+v\nwant\n%+v", got, want)
	}
	if !reflect.DeepEqual(*draft, before) {
		t.Errorf("Reimport changed its draft to %+v", *draft)
	}
	if again := incident.Reimport(got, draft); !reflect.DeepEqual(again, got) {
		t.Errorf("Reimport again =\n%+v\nwant no change\n%+v", again, got)
	}
}

// People say who may see an incident; what a source says of its privacy, and when it is read again, changes nothing of that.
func TestReimportKeepsWhoMaySee(t *testing.T) {
	stored := &incident.Incident{ID: "inc_1", Title: "leak"}
	for field, value := range map[string]string{"private": "true", "audience": "team:tea_1,user:usr_1"} {
		if err := stored.Edit(field, value, "ada", noon); err != nil {
			t.Fatal(err)
		}
	}
	got := incident.Reimport(stored, &incident.Incident{Title: "leak, renamed"})
	if want := incident.NewAudience([]incident.ID{"usr_1"}, []incident.ID{"tea_1"}); !got.Private || !reflect.DeepEqual(got.Audience, want) {
		t.Errorf("after it was imported again, private = %t and the audience %+v, want true and %+v", got.Private, got.Audience, want)
	}
	if last := got.Edits[len(got.Edits)-1]; len(got.Edits) != 2 || last.By != "ada" {
		t.Errorf("edits = %+v, want both of ada", got.Edits)
	}
}

func TestMergeTimeline(t *testing.T) {
	event := func(minute int, text string) incident.TimelineEvent {
		e := incident.TimelineEvent{Incident: "inc_1", At: noon.Add(time.Duration(minute) * time.Minute), Kind: incident.EventNote, Text: text}
		e.ID = e.EventID()
		return e
	}
	own := event(2, "rolled back")
	own.ID = incident.NewID("evt")
	got := incident.MergeTimeline(
		[]incident.TimelineEvent{event(1, "was imported"), own, event(3, "is imported")},
		[]incident.TimelineEvent{event(0, "new"), event(3, "is imported")})
	want := []incident.TimelineEvent{event(0, "new"), own, event(3, "is imported")}
	if !slices.Equal(got, want) {
		t.Errorf("MergeTimeline = %+v, want %+v", got, want)
	}
}

func TestSortTags(t *testing.T) {
	for _, tc := range []struct {
		name     string
		in, want []string
	}{
		{"none", nil, nil},
		{"empty ones", []string{"", " "}, nil},
		{"order, spaces, twice", []string{"b ", "a", "b"}, []string{"a", "b"}},
	} {
		if got := incident.SortTags(tc.in); !slices.Equal(got, tc.want) {
			t.Errorf("%s: SortTags(%q) = %q, want %q", tc.name, tc.in, got, tc.want)
		}
	}
}

// TestReclassifiedStays: a person's word that a record is a service request outlives imports, and taking it back gives the source's word
// again, whatever that has become.
func TestReclassifiedStays(t *testing.T) {
	source := func(k incident.Kind) *incident.Incident {
		return &incident.Incident{ID: "inc_1", Title: "New laptop", Kind: k, Status: incident.Resolved}
	}
	stored := source(incident.Real)
	if err := stored.Edit("kind", "request", "ada", noon); err != nil {
		t.Fatal(err)
	}
	again := incident.Reimport(stored, source(incident.Test))
	if again.Kind != incident.Request || again.Uncounted() != "request" || again.Edits[0].Was != "test" {
		t.Errorf("after an import: kind %q, uncounted %q, the source says %q; want request twice, and test", again.Kind, again.Uncounted(), again.Edits[0].Was)
	}
	if err := again.Edit("kind", again.Edits[0].Was, "ada", noon); err != nil {
		t.Fatal(err)
	}
	if back := incident.Reimport(again, source(incident.Test)); back.Kind != incident.Test {
		t.Errorf("after taking it back the kind is %q, want test", back.Kind)
	}
}
