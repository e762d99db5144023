package tableapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/servicenow/tableapi/tableapitest"
	"hindsight/incident"
)

func TestAPI(t *testing.T) {
	h := importertest.RunAPI(t, Source(), importertest.Fake{
		Handler: tableapitest.Upstream.New,
		Config:  tableapitest.Upstream.Config,
		Want:    260 + 1, // a change without a time is none yet
	})
	d := h.Draft(t, incidents, tableapitest.ID("a", 0))
	inc := d.Incident
	if inc.Status != incident.Resolved || inc.StatusRaw != "Gelöst" || inc.Severity != incident.Sev2 {
		t.Errorf("status %q (%q), severity %v, want resolved by its value although its label is translated", inc.Status, inc.StatusRaw, inc.Severity)
	}
	if got, want := inc.Milestones.At(incident.Opened), tableapitest.Start.Add(-500*time.Minute); !got.Equal(want) {
		t.Errorf("opened at %v, want %v: the value is UTC, what the user is shown is not", got, want)
	}
	if got, want := inc.Milestones.At(incident.Acked), tableapitest.Start.Add(-490*time.Minute); !got.Equal(want) {
		t.Errorf("acknowledged at %v, want %v", got, want)
	}
	if len(inc.SLA) != 1 || inc.SLA[0].Goal != "resolution" || inc.SLA[0].Target != 4*time.Hour || !*inc.SLA[0].Breached {
		t.Errorf("service levels are %+v, want one for resolution of four hours that was breached", inc.SLA)
	}
	if c := h.Draft(t, changes, tableapitest.ID("9", 1)).Change; c == nil || c.Result != incident.ChangeSucceeded || c.Kind != incident.ChangeInfra || !c.StartedAt.Equal(tableapitest.Start.Add(-10*time.Hour)) {
		t.Errorf("the change became %+v", c)
	}
}

func collect(t *testing.T, f *tableapitest.Server, change func(importers.Config)) *importertest.Haul {
	t.Helper()
	cfg := tableapitest.Upstream.Config(importertest.Served(t, f))
	if change != nil {
		change(cfg)
	}
	h, err := importertest.Collect(context.Background(), t, Source(), cfg, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestRequests counts what 260 incidents cost. Pages of the list: sixty and forty of the second that holds 150; a
// hundred of that second; its other fifty; and the rest. To each belong three requests for other tables. Then one for the
// change.
func TestRequests(t *testing.T) {
	f := tableapitest.New()
	h := collect(t, f, nil)
	lists := 0
	for _, q := range f.Asked {
		if strings.HasPrefix(q, incidents+"?") {
			lists++
		}
	}
	if lists != 4 || h.Requests != 4+4*3+1 {
		t.Errorf("260 incidents took %d pages and %d requests: %q", lists, h.Requests, f.Asked)
	}
}

// TestHiddenRows lets access rules take whole pages away: neither a short nor an empty page is the end.
func TestHiddenRows(t *testing.T) {
	for _, noCount := range []bool{false, true} {
		f := tableapitest.New()
		f.NoCount = noCount
		for _, r := range f.Tables[incidents][:140] {
			f.Hidden[r["sys_id"]] = true
		}
		for n, r := range f.Tables[incidents][140:] {
			f.Hidden[r["sys_id"]] = n%3 == 0
		}
		if h := collect(t, f, nil); len(h.Records) != 80+1 {
			t.Errorf("read %d records, want 81 of which access rules leave (no count %v)", len(h.Records), noCount)
		}
	}
}

// TestQuota lets the instance give up on pages of more than thirty rows.
func TestQuota(t *testing.T) {
	for _, cut := range []bool{false, true} {
		f := tableapitest.New()
		f.Most, f.Cut = 30, cut
		for _, table := range []string{"task_sla", "sys_journal_field", "sys_audit"} {
			f.Tables[table] = nil
		}
		for _, r := range f.Tables[incidents][:25] {
			f.Hidden[r["sys_id"]] = true
		}
		if h := collect(t, f, nil); len(h.Records) != 235+1 {
			t.Errorf("read %d records, want 236 (cut off %v)", len(h.Records), cut)
		}
	}
}

// TestChangesMeanwhile changes an incident with each answer: none is lost, and the walk ends.
func TestChangesMeanwhile(t *testing.T) {
	f := tableapitest.New()
	n := 0
	f.Change = func() {
		f.Tables[incidents][n%260]["sys_updated_on"] = time.Now().UTC().Format(time.DateTime)
		n++
	}
	if h := collect(t, f, nil); len(h.Records) != 261 {
		t.Errorf("read %d records, want 261", len(h.Records))
	}
}

// TestForbiddenTables reads on where some tables may not be read.
func TestForbiddenTables(t *testing.T) {
	f := tableapitest.New()
	f.Forbidden = []string{"sys_audit", "task_sla", "problem"}
	f.Tables[incidents][0]["reopen_count"] = "2"
	f.Tables[incidents][0]["problem_id"] = tableapitest.ID("5", 1)
	h := collect(t, f, nil)
	inc := h.Draft(t, incidents, tableapitest.ID("a", 0)).Incident
	if inc.Reopened == nil || *inc.Reopened != 2 || len(inc.Segments) != 0 || inc.SLA != nil {
		t.Errorf("without the audit the incident was reopened %v times and has segments %v, want the count of the column alone", inc.Reopened, inc.Segments)
	}
}

// TestPrivateNotes reads work notes only where the connection asks for them.
func TestPrivateNotes(t *testing.T) {
	for _, private := range []string{"no", "yes"} {
		h := collect(t, tableapitest.New(), func(cfg importers.Config) { cfg.Settings["private_notes"] = private })
		if strings.Contains(string(h.Records[incidents+"/"+tableapitest.ID("a", 0)].Body), "For the team") != (private == "yes") {
			t.Errorf("private notes %q: the record says %s", private, h.Records[incidents+"/"+tableapitest.ID("a", 0)].Body)
		}
		var notes []string
		for _, e := range h.Draft(t, incidents, tableapitest.ID("a", 0)).Timeline {
			if e.Kind == incident.EventNote {
				notes = append(notes, e.Text)
				if e.Private != (e.Text == "For the team") {
					t.Errorf("the note %q is private: %v", e.Text, e.Private)
				}
			}
		}
		if len(notes) != map[string]int{"no": 1, "yes": 2}[private] {
			t.Errorf("private notes %q: the timeline has %q", private, notes)
		}
	}
}

func TestFetch(t *testing.T) {
	f := tableapitest.New()
	in := importertest.Input(t, Source(), tableapitest.Upstream.Config(importertest.Served(t, f)))
	in.Settings["query"] = "priority=2^ORpriority=1"
	f.Tables[incidents][1]["priority"] = "4"
	ids := []string{tableapitest.ID("a", 0), f.Tables[incidents][1]["sys_id"], tableapitest.ID("a", 4000)}
	records, err := fetchIncidents(context.Background(), in, ids)
	if err != nil || len(records) != 1 || records[0].ExternalID != tableapitest.ID("a", 0) {
		t.Errorf("fetched %v, %v, want the one that the connection is about", records, err)
	}
	if records, err := fetchChanges(context.Background(), in, []string{tableapitest.ID("9", 1), tableapitest.ID("9", 2)}); err != nil || len(records) != 1 {
		t.Errorf("fetched the changes %v, %v, want the one that has a time", records, err)
	}
}

func TestProbe(t *testing.T) {
	f := tableapitest.New()
	f.Forbidden = []string{"sys_audit"}
	s, err := probe(context.Background(), importertest.Input(t, Source(), tableapitest.Upstream.Config(importertest.Served(t, f))))
	if err != nil || s.Identity != "reader" || !slices.Contains(s.Reach, incidents) || len(s.Notes) != 2 || !strings.Contains(s.Notes[0], "sys_audit may not") || !strings.Contains(s.Notes[1], "problem shows no row") {
		t.Errorf("probe = %+v, %v", s, err)
	}
	// An instance that reads queries in its user's zone does not find a row by the time that it gave.
	shifted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Query().Get("sysparm_query"), "sys_updated_on=") {
			w.Header().Set("Content-Type", "application/json")
			w.Write([]byte(`{"result":[]}`))
			return
		}
		f.ServeHTTP(w, r)
	})
	if s, _ := probe(context.Background(), importertest.Input(t, Source(), tableapitest.Upstream.Config(importertest.Served(t, shifted)))); !strings.Contains(strings.Join(s.Notes, " "), "GMT") {
		t.Errorf("probe notes %q, want that the user's zone must be GMT", s.Notes)
	}
}

func TestHook(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		want       []importers.News
	}{
		{"updated", `{"table":"incident","sys_id":"a1","operation":"update"}`, []importers.News{{Collection: incidents, ID: "a1"}}},
		{"deleted", `{"table":"incident","sys_id":"a1","operation":"delete"}`, []importers.News{{Collection: incidents, ID: "a1", Gone: true}}},
		{"change", `{"table":"change_request","sys_id":"c1","operation":"insert"}`, []importers.News{{Collection: changes, ID: "c1"}}},
		{"of another table", `{"table":"kb_knowledge","sys_id":"k1","operation":"insert"}`, nil},
	} {
		d := importers.Delivery{Header: http.Header{secretHeader: {"s3cret"}}, Body: []byte(tc.body)}
		if _, err := Source().Hook.Verify(d, []string{"s3cret"}); err != nil {
			t.Errorf("%s: verify: %v", tc.name, err)
		}
		if _, err := Source().Hook.Verify(d, []string{"other"}); err == nil {
			t.Errorf("%s: a wrong secret is taken", tc.name)
		}
		if news, err := Source().Hook.Read(d, tableapitest.Upstream.Config("https://example.service-now.com")); err != nil || !slices.Equal(news, tc.want) {
			t.Errorf("%s: news %v, %v, want %v", tc.name, news, err, tc.want)
		}
	}
}
