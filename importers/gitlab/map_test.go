package gitlab

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/gitlab/gitlabtest"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

// The issue has the members of the example in docs.gitlab.com/api/issues/, the state events those of
// docs.gitlab.com/api/resource_state_events/; values are made up.
func draft(t *testing.T, issue, states, notes, timeline string) importers.Draft {
	t.Helper()
	if timeline == "" {
		timeline = "null"
	}
	body := fmt.Sprintf(`{"issue": {"iid":7,"project_id":4,"title":"Checkout is down","created_at":"2026-03-01T10:00:00.250Z","updated_at":"2026-03-01T13:00:00.000Z","author":{"username":"responder-one","name":"Responder One"}, %s},
		"state_events": [%s], "notes": [%s], "timeline": %s}`, issue, states, notes, timeline)
	h := &importertest.Haul{Source: Source(), Config: gitlabtest.Upstream.Config("https://gitlab.com"), Records: map[string]importers.Record{"incidents/example/ops#7": {ExternalID: "example/ops#7", Body: []byte(body)}}}
	return h.Draft(t, "incidents", "example/ops#7")
}

func state(word, hhmm string) string {
	return fmt.Sprintf(`{"id":142,"user":{"username":"responder-two"},"created_at":"2026-03-01T%s:00.000Z","resource_type":"Issue","state":%q}`, hhmm, word)
}

func said(body, hhmm, by string, system bool) string {
	return fmt.Sprintf(`{"body":%q,"created_at":"2026-03-01T%s:00.000Z","system":%v,"author":{"username":%q}}`, body, hhmm, system, by)
}

func graph(escalation, events string) string {
	return fmt.Sprintf(`{"data":{"project":{"issue":{"escalationStatus":%q},"incidentManagementTimelineEvents":{"nodes":[%s]}}}}`, escalation, events)
}

func TestStatusAndHistory(t *testing.T) {
	const closed = `"state":"closed","closed_at":"2026-03-01T12:00:00.000Z","closed_by":{"username":"responder-two"}`
	for _, tc := range []struct {
		name, issue, states, notes, timeline string
		status                               incident.Status
		acked, resolved                      string
		reopened                             int
	}{
		{"just opened", `"state":"opened"`, "", "", "", incident.Triggered, "", "", 0},
		{"the escalation's status", `"state":"opened"`, "", said("changed the incident status to **Acknowledged**", "10:06", "responder-two", true), graph("ACKNOWLEDGED", ""), incident.Acknowledged, "10:06", "", 0},
		{"assigned", `"state":"opened"`, "", said("assigned to @responder-two", "10:03", "responder-one", true), "", incident.Acknowledged, "10:03", "", 0},
		{"the reporter's own comment", `"state":"opened"`, "", said("more", "10:03", "responder-one", false), "", incident.Triggered, "", "", 0},
		{"closed", closed, state("closed", "12:00"), said("closed", "12:00", "responder-two", true), graph("RESOLVED", ""), incident.Closed, "", "12:00", 0},
		{"commented after it was closed", closed, state("closed", "12:00"), said("thanks", "12:30", "responder-three", false), "", incident.Closed, "", "12:00", 0},
		{"reopened", `"state":"opened","closed_at":null`, state("closed", "11:00") + "," + state("reopened", "11:05"), "", "", incident.Investigating, "11:05", "", 1},
		{"moved", closed + `,"moved_to_id":99`, state("closed", "12:00"), "", "", incident.Merged, "", "", 0},
		{"a duplicate", closed + `,"_links":{"closed_as_duplicate_of":"https://gitlab.example.com/api/v4/projects/4/issues/3"}`, state("closed", "12:00"), "", "", incident.Merged, "", "", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inc := draft(t, tc.issue, tc.states, tc.notes, tc.timeline).Incident
			if inc.Status != tc.status || *inc.Reopened != tc.reopened {
				t.Errorf("status %s, reopened %d; want %s, %d", inc.Status, *inc.Reopened, tc.status, tc.reopened)
			}
			for name, want := range map[incident.MilestoneName]string{incident.Acked: tc.acked, incident.ResolvedAt: tc.resolved} {
				got := inc.Milestones.At(name)
				if text := got.Format("15:04"); got.IsZero() != (want == "") || want != "" && text != want {
					t.Errorf("%s at %s, want %q", name, got, want)
				}
			}
			if tc.name == "a duplicate" && inc.MergedInto != "example/ops#3" {
				t.Errorf("merged into %q", inc.MergedInto)
			}
		})
	}
}

func TestTimelineTags(t *testing.T) {
	event := func(tag, hhmm string) string {
		return fmt.Sprintf(`{"id":"gid://gitlab/IncidentManagement::TimelineEvent/1","occurredAt":"2026-03-01T%s:00Z","note":"%s noted","action":"comment","author":{"username":"a"},"timelineEventTags":{"nodes":[{"name":%q}]}}`, hhmm, tag, tag)
	}
	var events []string
	for _, e := range [][2]string{{"Start time", "09:40"}, {"Impact detected", "09:55"}, {"Response initiated", "10:02"}, {"Impact mitigated", "10:30"}, {"Impact mitigated", "11:10"}, {"End time", "11:20"}, {"End time", "11:50"}, {"Cause identified", "10:20"}} {
		events = append(events, event(e[0], e[1]))
	}
	d := draft(t, `"state":"opened"`, "", "", graph("TRIGGERED", strings.Join(events, ",")))
	for name, want := range map[incident.MilestoneName]string{incident.ImpactStarted: "09:40", incident.Detected: "09:55", incident.Acked: "10:02", incident.MitigatedAt: "10:30", incident.ImpactEnded: "11:50", incident.Opened: "10:00"} {
		if got := d.Incident.Milestones.At(name).Format("15:04"); got != want {
			t.Errorf("%s at %s, want %s", name, got, want)
		}
	}
	if len(d.Timeline) != 9 || d.Timeline[8].Text != "Cause identified noted" {
		t.Errorf("timeline %+v", d.Timeline)
	}
}

func TestFieldsAndUnknownWords(t *testing.T) {
	d := draft(t, `"state":"opened","severity":"UNKNOWN","labels":["severity::sev1","service::checkout","team::payments","drill"],"assignees":[{"username":"b"}],"milestone":{"title":"Q1"}`, "", "", "")
	inc := d.Incident
	if inc.Severity != incident.Sev1 || len(inc.Services) != 1 || d.Team != "payments" || inc.Kind != incident.Drill || !slices.Equal(inc.Tags, []string{"drill", "service::checkout", "severity::sev1", "team::payments"}) || len(d.Warnings) != 0 {
		t.Errorf("the incident is %+v, team %q, warnings %+v", inc, d.Team, d.Warnings)
	}
	d = draft(t, `"state":"hibernating","severity":"HUGE"`, "", "", "")
	if d.Incident.Status != incident.StatusUnknown || d.Incident.Severity != incident.SevUnknown || len(d.Warnings) != 2 {
		t.Errorf("unknown words became %s, %v, %+v", d.Incident.Status, d.Incident.Severity, d.Warnings)
	}
	d = draft(t, `"state":null,"severity":null,"labels":null,"assignees":null,"milestone":null,"closed_at":null,"_links":null,"description":null`, `null`, `{"created_at":"soon"}`, "")
	if len(d.Warnings) != 1 || len(d.Timeline) != 1 {
		t.Errorf("nothing but null became %+v", d)
	}
}

// The first deployment in docs.gitlab.com/api/deployments/, shortened to what is read.
const deployed = `{"id":41,"iid":1,"ref":"main","sha":"99d03678b90d914dbb1b109132516d71a4a03ea8","created_at":"2016-08-11T07:36:40.222Z","updated_at":"2016-08-11T07:38:12.414Z","status":"created",
 "user":{"name":"Administrator","username":"root"},"environment":{"id":9,"name":"production"},
 "deployable":{"created_at":"2016-08-11T07:36:27.357Z","started_at":null,"finished_at":"2016-08-11T07:36:39.851Z","commit":{"title":"Merge branch 'new-title' into 'main'\r"},
 "pipeline":{"web_url":"http://gitlab.dev/root/project/-/pipelines/12"}}}`

func TestDeployment(t *testing.T) {
	for status, want := range map[string]incident.ChangeResult{"created": incident.ChangeRunning, "blocked": incident.ChangeRunning, "success": incident.ChangeSucceeded, "failed": incident.ChangeFailed, "canceled": incident.ChangeCanceled, "odd": incident.ChangeResultUnknown} {
		body := strings.Replace(deployed, `"status":"created"`, `"status":"`+status+`"`, 1)
		h := &importertest.Haul{Source: Source(), Config: gitlabtest.Upstream.Config(""), Records: map[string]importers.Record{"deployments/7#41": {ExternalID: "7#41", Body: []byte(body)}}}
		c := h.Draft(t, "deployments", "7#41").Change
		if c.Result != want || c.ResultRaw != status {
			t.Errorf("%s became %s", status, c.Result)
		}
		if c.Title != "Merge branch 'new-title' into 'main'" || c.Environment != "production" || c.Revision[:8] != "99d03678" || len(c.Services) != 1 || c.Services[0].Name != "project" || c.Actor != "Administrator" {
			t.Errorf("the change is %+v", c)
		}
		if err := c.Validate(); err != nil || c.FinishedAt.Sub(c.StartedAt) != 12494*time.Millisecond {
			t.Errorf("it ran from %s to %s: %v", c.StartedAt, c.FinishedAt, err)
		}
	}
}

func FuzzMap(f *testing.F) {
	f.Add([]byte(`{"issue":{"iid":7,"title":"t","state":"closed","closed_at":"2026-03-01","moved_to_id":3,"labels":["a::b"],"_links":{"closed_as_duplicate_of":"/projects/0/issues/9"}},"state_events":[` + state("closed", "11:00") + `],"notes":[` + said("changed the status to **Resolved**", "11:01", "a", true) + `],"timeline":` + graph("RESOLVED", "") + `}`))
	f.Add([]byte(deployed))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, c := range []string{"incidents", "deployments"} {
			importertest.Mappable(t, Source(), c, gitlabtest.Upstream.Config(""), importers.Record{ExternalID: "example/ops#7", Body: body})
		}
	})
}
