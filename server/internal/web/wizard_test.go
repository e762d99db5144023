package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// broken is a table of three incidents, one of which has no time in its column "resolved".
const broken = `number,title,opened,resolved,service
INC-1,Checkout slow,2024-03-01 09:00,2024-03-01 10:00,Checkout
INC-2,Search down,2024-03-02 09:00,soon,Search
INC-3,Login fails,2024-03-03 09:00,2024-03-03 09:30,Login
`

// uploadBroken goes through the wizard as far as the preview and returns its path.
func (s *importSite) uploadBroken(name string) string {
	s.Helper()
	_, mapping := s.upload("table", http.StatusSeeOther, "incidents.csv", broken, "name", name)
	s.holds(s.get(mapping, http.StatusOK), "the mapping page", "resolved", "Checkout slow", "name no time zone")
	u, err := url.Parse(mapping)
	if err != nil {
		s.Fatalf("Parse(%q): %v", mapping, err)
	}
	_, preview := s.post(u.Path, http.StatusSeeOther, "upload", u.Query().Get("upload"), "col.3", "resolved", "zone", "Europe/Berlin", "dates", "ymd")
	return preview
}

func (s *importSite) importBroken(name string) (conn string, run incident.Run) {
	s.Helper()
	preview, err := url.Parse(s.uploadBroken(name))
	if err != nil {
		s.Fatalf("Parse: %v", err)
	}
	conn = strings.TrimSuffix(preview.Path, "/preview")
	_, to := s.post(conn+"/runs", http.StatusSeeOther, "upload", preview.Query().Get("upload"))
	return conn, s.await(to)
}

func TestWizard(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	preview := s.uploadBroken("Tickets")
	s.holds(s.get(preview, http.StatusOK), "the preview", "3 records looked at", "Checkout slow", "Login fails", "incidents.csv, row 3", `"soon" is not a time`)
	if n := s.total(incident.Filter{}); n != 0 {
		t.Fatalf("after the preview there are %d incidents, want 0", n)
	}
	u, err := url.Parse(preview)
	if err != nil {
		t.Fatalf("Parse(%q): %v", preview, err)
	}
	conn, upload := strings.TrimSuffix(u.Path, "/preview"), u.Query().Get("upload")
	_, to := s.post(conn+"/runs", http.StatusSeeOther, "upload", upload)
	if _, again := s.post(conn+"/runs", http.StatusSeeOther, "upload", upload); again != to {
		t.Errorf("a second click leads to %q, want the same run, %q", again, to)
	}
	run := s.await(to)
	if run.State != incident.RunPartial || run.New != 2 || run.Dead != 1 {
		t.Errorf("run = %s with %d new and %d dead, want partial, 2, 1", run.State, run.New, run.Dead)
	}
	inc, err := s.app.Desk.Store.FindIncident(t.Context(), "Tickets", "INC-1")
	if err != nil {
		t.Fatalf("FindIncident: %v", err)
	}
	if got, want := inc.Milestones.At(incident.Opened), time.Date(2024, 3, 1, 8, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("opened %s, want %s: the zone of the form counts", got, want)
	}
	s.holds(s.get(to, http.StatusOK), "the run", "3 read", "2 new", "1 rejected", "soon")
	s.holds(s.get(to+"/progress", http.StatusOK), "the progress", "2 new")
	s.holds(s.get(conn, http.StatusOK), "the connection", "Tickets", "Resolved", "2 of 2", "incidents.csv, row 3", "version 2")
	s.holds(s.get("/imports", http.StatusOK), "the imports", "Tickets", "1 record could not be imported")
}

func TestUploadRefused(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	for _, tc := range []struct {
		name, source, file, content string
		pairs                       []string
		want                        string
	}{
		{"no file", "table", "", "", nil, "choose a file"},
		{"another kind of file", "table", "photo.png", "x", nil, "photo.png is not of a kind"},
		{"not text", "table", "a.csv", "a,b\n\x00\x01", nil, "a.csv is not a table"},
		{"empty", "table", "a.csv", "", nil, "it is empty"},
		{"broken archive", "markdown", "a.zip", "PK no archive", nil, "no zip archive"},
		{"impossible setting", "table", "a.csv", "a,b\n1,2\n", []string{"set.delimiter", "pipe"}, `"pipe" is not one of`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s.T = t
			pairs := append([]string{"name", "What I typed", "exclude", "practice"}, tc.pairs...)
			body, _ := s.upload(tc.source, http.StatusUnprocessableEntity, tc.file, tc.content, pairs...)
			s.holds(body, "the form", tc.want)
			for _, kept := range []string{`value="What I typed"`, `value="practice"`} {
				if !strings.Contains(body, kept) {
					t.Errorf("the form lost %s", kept)
				}
			}
		})
	}
	s.T = t
	form, kind := formWithFile(t, "a.csv", broken, "name", "Torn")
	body, _ := s.send("table", http.StatusUnprocessableEntity, kind, form[:len(form)-len(kind)])
	s.holds(body, "a torn upload", "the upload broke off")
	if left, err := os.ReadDir(s.data + "/uploads"); err != nil || len(left) > 0 {
		t.Errorf("uploads left behind: %v, %v", left, err)
	}
	if all, err := s.app.Desk.Store.Connections(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("connections left behind: %v, %v", all, err)
	}
	s.get("/imports/new/nothing", http.StatusNotFound)
}

func TestUnfinishedImport(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	preview, err := url.Parse(s.uploadBroken("Tickets"))
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	conn, upload := strings.TrimSuffix(preview.Path, "/preview"), incident.ID(preview.Query().Get("upload"))
	if err := s.app.Desk.Uploads.Remove(t.Context(), upload); err != nil {
		t.Fatalf("Remove: %v", err)
	}
	for _, path := range []string{"/preview?upload=" + string(upload), "/preview", "/preview?upload=../../etc", "/map?upload=" + string(upload)} {
		s.holds(s.get(conn+path, http.StatusUnprocessableEntity), path, "not here any more")
	}
	body, _ := s.post(conn+"/runs", http.StatusUnprocessableEntity, "upload", string(upload))
	s.holds(body, "the start of a run", "not here any more")
	s.holds(s.get(conn+"/map", http.StatusUnprocessableEntity), "the columns of nothing", "no record of")
}

func TestColumnsOfStoredRecords(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	conn, _ := s.importBroken("Tickets")
	s.holds(s.get(conn+"/map", http.StatusOK), "the mapping page", "Checkout slow", "soon")
	// Columns of stored records are in order of their names: number, opened, resolved, service, title.
	body, _ := s.post(conn+"/map", http.StatusUnprocessableEntity, "col.2", "no meaning", "zone", "UTC", "dates", "ymd")
	s.holds(body, "the form", `"no meaning" is not a meaning`)
	body, _ = s.post(conn+"/map", http.StatusUnprocessableEntity, "zone", "Mars/Olympus", "dates", "ymd")
	s.holds(body, "the form", "not the IANA name")
	body, _ = s.post(conn+"/map", http.StatusOK, "col.2", "", "zone", "Europe/Berlin", "dates", "ymd")
	s.holds(body, "what would change", "2 incidents would change, 1 incident would be new", "Nothing is written yet")
	if n := s.total(incident.Filter{}); n != 2 {
		t.Errorf("before the change is made there are %d incidents, want 2", n)
	}
	_, to := s.post(conn+"/remap", http.StatusSeeOther, s.hidden(body, "mapping", "zone")...)
	if run := s.await(to); run.State != incident.RunOK || run.Via != "remap" || run.New != 1 {
		t.Errorf("run = %s via %s with %d new, want ok, remap, 1", run.State, run.Via, run.New)
	}
	if n := s.total(incident.Filter{}); n != 3 {
		t.Errorf("there are %d incidents, want 3", n)
	}
	inc, err := s.app.Desk.Store.FindIncident(t.Context(), "Tickets", "INC-1")
	if err != nil {
		t.Fatalf("FindIncident: %v", err)
	}
	if !inc.Milestones.At(incident.ResolvedAt).IsZero() {
		t.Errorf("the column has no meaning any more, but the incident is resolved at %s", inc.Milestones.At(incident.ResolvedAt))
	}
}

// TestLargePreview stops after the beginning of a file.
func TestLargePreview(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	var b strings.Builder
	b.WriteString("number,title,opened\n")
	for i := range 12_000 {
		fmt.Fprintf(&b, "INC-%d,Checkout slow,2024-03-01 09:00\n", i)
	}
	_, mapping := s.upload("table", http.StatusSeeOther, "incidents.csv", b.String(), "name", "Large")
	preview := strings.Replace(mapping, "/map?", "/preview?", 1)
	s.holds(s.get(preview, http.StatusOK), "the preview", "5,000 records looked at", "the first 20 that can be imported are below", "Only the beginning was looked at")
}
