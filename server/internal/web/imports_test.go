package web_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/app"
	"hindsight/server/internal/config"
	"hindsight/server/internal/jobs"
)

const password = "correct horse battery"

// importSite is the whole program behind a test server, with a browser.
type importSite struct {
	*testing.T
	app     *app.App
	data    string
	server  *httptest.Server
	browser *http.Client
	ended   chan string // ids of runs that have ended
}

// endings tells when the runner says that a run has ended, by then it is stored.
type endings struct {
	slog.Handler
	ended chan string
}

func (e endings) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }
func (e endings) WithAttrs([]slog.Attr) slog.Handler           { return e }
func (e endings) WithGroup(string) slog.Handler                { return e }
func (e endings) Handle(_ context.Context, r slog.Record) error {
	if r.Message == "import run ended" {
		run, dry := "", false
		r.Attrs(func(a slog.Attr) bool {
			switch a.Key {
			case "run":
				run = a.Value.String()
			case "dry":
				dry = a.Value.Bool()
			}
			return true
		})
		if !dry {
			e.ended <- run
		}
	}
	return nil
}

func newImportSite(t *testing.T, demo bool) *importSite {
	t.Helper()
	data, ended := t.TempDir(), make(chan string, 100)
	a, err := app.Open(t.Context(), app.Options{Config: config.Config{Data: data, BaseURL: "http://hindsight.test"}, Parts: app.Found,
		Version: "test", Demo: demo, Now: time.Now, Log: slog.New(endings{slog.DiscardHandler, ended})})
	if err != nil {
		t.Fatalf("app.Open: %v", err)
	}
	if err := a.Work(t.Context()); err != nil {
		t.Fatalf("Work: %v", err)
	}
	handler, err := a.Handler()
	if err != nil {
		t.Fatalf("Handler: %v", err)
	}
	s := &importSite{T: t, app: a, data: data, server: httptest.NewServer(handler), ended: ended}
	s.browser = s.newBrowser()
	t.Cleanup(func() {
		s.server.Close()
		if err := a.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func (s *importSite) newBrowser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.Fatalf("cookiejar.New: %v", err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// signIn makes a user of a role and signs the browser in.
func (s *importSite) signIn(role incident.Role) {
	s.Helper()
	if _, err := s.app.Desk.Auth.CreateUser(context.Background(), string(role), "", password, role); err != nil {
		s.Fatalf("CreateUser(%s): %v", role, err)
	}
	s.browser = s.newBrowser()
	s.post("/login", http.StatusSeeOther, "name", string(role), "password", password)
}

// do sends a request and returns the body, and where the answer leads.
func (s *importSite) do(req *http.Request, status int) (body, location string) {
	s.Helper()
	res, err := s.browser.Do(req)
	if err != nil {
		s.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != status {
		s.Fatalf("%s %s = %d, %v, want %d; to %q\n%s", req.Method, req.URL.Path, res.StatusCode, err, status, res.Header.Get("Location"), said(string(text)))
	}
	return string(text), res.Header.Get("Location")
}

var tags = regexp.MustCompile(`(?s)<(script|style|svg).*?</(script|style|svg)>|<[^>]*>|\s+`)

// said is what a page says to people.
func said(page string) string {
	if i := strings.Index(page, "<main"); i >= 0 {
		page = page[i:]
	}
	return html.UnescapeString(tags.ReplaceAllString(page, " "))
}

func (s *importSite) get(path string, status int) string {
	s.Helper()
	req, err := http.NewRequest(http.MethodGet, s.server.URL+path, nil)
	if err != nil {
		s.Fatalf("GET %s: %v", path, err)
	}
	body, _ := s.do(req, status)
	return body
}

func (s *importSite) post(path string, status int, pairs ...string) (body, location string) {
	s.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequest(http.MethodPost, s.server.URL+path, strings.NewReader(v.Encode()))
	if err != nil {
		s.Fatalf("POST %s: %v", path, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(req, status)
}

// upload sends the form of a source; a file named "" is none.
func (s *importSite) upload(source string, status int, file, content string, pairs ...string) (body, location string) {
	s.Helper()
	form, kind := formWithFile(s.T, file, content, pairs...)
	return s.send(source, status, kind, form)
}

func (s *importSite) send(source string, status int, kind string, form []byte) (body, location string) {
	s.Helper()
	req, err := http.NewRequest(http.MethodPost, s.server.URL+"/imports/new/"+source, bytes.NewReader(form))
	if err != nil {
		s.Fatalf("POST: %v", err)
	}
	req.Header.Set("Content-Type", kind)
	return s.do(req, status)
}

func formWithFile(t *testing.T, file, content string, pairs ...string) (form []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			t.Fatalf("WriteField: %v", err)
		}
	}
	if file != "" {
		part, err := w.CreateFormFile("file", file)
		if err == nil {
			_, err = io.WriteString(part, content)
		}
		if err != nil {
			t.Fatalf("CreateFormFile: %v", err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	return b.Bytes(), w.FormDataContentType()
}

// await waits for the run on whose page an answer leads, and returns it.
func (s *importSite) await(location string) incident.Run {
	s.Helper()
	id := strings.TrimPrefix(location, "/imports/runs/")
	deadline := time.After(60 * time.Second)
	for {
		select {
		case ended := <-s.ended:
			if ended != id {
				continue
			}
			run, err := s.app.Desk.Store.Run(context.Background(), incident.ID(id))
			if err != nil {
				s.Fatalf("Run(%s): %v", id, err)
			}
			if err := s.app.CatchUp(context.Background()); err != nil {
				s.Fatalf("CatchUp: %v", err)
			}
			return *run
		case <-deadline:
			s.Fatalf("run %s did not end within a minute", id)
		}
	}
}

func (s *importSite) total(f incident.Filter) int {
	s.Helper()
	f.Private = true
	_, n, _, err := s.app.Desk.Store.Page(context.Background(), f)
	if err != nil {
		s.Fatalf("Page: %v", err)
	}
	return n
}

// holds checks that a page says all of words.
func (s *importSite) holds(page, what string, words ...string) {
	s.Helper()
	text := said(page)
	for _, word := range words {
		if !strings.Contains(text, word) {
			s.Errorf("%s does not say %q:\n%s", what, word, text)
		}
	}
}

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
	s.holds(s.get(preview, http.StatusOK), "the preview", "3 records looked at", "Checkout slow", "Login fails", "incidents.csv, row 3", `(it is "soon")`)
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
	_, to := s.post(conn+"/map", http.StatusSeeOther, "col.2", "", "zone", "Europe/Berlin", "dates", "ymd")
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

func TestLetters(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	_, run := s.importBroken("=2+5")
	letters, err := s.app.Desk.Store.DeadLetters(t.Context(), "", 0)
	if err != nil || len(letters) != 1 {
		t.Fatalf("DeadLetters = %v, %v, want one", letters, err)
	}
	letter := letters[0]
	path := "/imports/letters/" + string(letter.ID)
	s.holds(s.get("/imports/letters", http.StatusOK), "the list", "1 record waiting", "incidents.csv, row 3")
	s.holds(s.get("/imports/letters?stage=read", http.StatusOK), "the list of a stage", "No record waits at this stage")
	if csv := s.get("/imports/letters.csv", http.StatusOK); !strings.Contains(csv, "'=2+5") || !strings.Contains(csv, "Search down") {
		t.Errorf("letters.csv = %q, want the record, and the name as no formula", csv)
	}

	body, _ := s.post(path+"/retry", http.StatusUnprocessableEntity, "back", "/imports/letters")
	s.holds(body, "a retry of the same text", "It still cannot be imported", "soon")
	later := strings.Replace(letter.Body, "soon", "later", 1)
	body, _ = s.post(path+"/retry", http.StatusUnprocessableEntity, "body", later, "back", "/imports/letters")
	s.holds(body, "a wrong repair", "It still cannot be imported", "later")
	if n := s.total(incident.Filter{}); n != 2 {
		t.Errorf("after a wrong repair there are %d incidents, want 2", n)
	}

	fixed := strings.Replace(letter.Body, "soon", "2024-03-02 11:00", 1)
	_, to := s.post(path+"/retry", http.StatusSeeOther, "body", fixed, "back", "/imports/runs/"+string(run.ID))
	if want := "/imports/runs/" + string(run.ID); to != want {
		t.Errorf("a repair leads to %q, want %q", to, want)
	}
	inc, err := s.app.Desk.Store.FindIncident(t.Context(), "table", "INC-2")
	if err != nil {
		t.Fatalf("FindIncident: %v", err)
	}
	if got, want := inc.Milestones.At(incident.ResolvedAt), time.Date(2024, 3, 2, 10, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("resolved %s, want %s", got, want)
	}
	if raw, err := s.app.Desk.Store.Raw(t.Context(), letter.RawID); err != nil || string(raw.Body) != letter.Body {
		t.Errorf("the record as received = %v, %v, want it kept", raw, err)
	}
	s.holds(s.get("/imports/letters", http.StatusOK), "the list", "None waiting")
}

// TestUnreadableLetters repairs a line that was no record: it has more cells than there are columns.
func TestUnreadableLetters(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	import2 := func(content string) {
		_, mapping := s.upload("table", http.StatusSeeOther, "incidents.csv", content, "name", "Tickets")
		u, err := url.Parse(mapping)
		if err != nil {
			t.Fatalf("Parse(%q): %v", mapping, err)
		}
		conn := strings.TrimSuffix(u.Path, "/map")
		s.post(u.Path, http.StatusSeeOther, "upload", u.Query().Get("upload"), "zone", "UTC", "dates", "ymd")
		_, to := s.post(conn+"/runs", http.StatusSeeOther, "upload", u.Query().Get("upload"))
		s.await(to)
	}
	import2("number,title,opened\nINC-1,Checkout slow,2024-03-01 09:00\nINC-2,Search, and more, down,2024-03-02 09:00\nINC-3,a,b,c,d,e\n")
	letters, err := s.app.Desk.Store.DeadLetters(t.Context(), "", 0)
	if err != nil || len(letters) != 2 {
		t.Fatalf("DeadLetters = %v, %v, want two", letters, err)
	}
	var two, three incident.DeadLetter
	for _, l := range letters {
		if strings.Contains(l.Body, "INC-2") {
			two = l
		} else {
			three = l
		}
	}
	body, _ := s.post("/imports/letters/"+string(two.ID)+"/retry", http.StatusUnprocessableEntity, "body", `INC-2,"Search, and more, down",2024-03-02 09:00`)
	s.holds(body, "a line alone", "the line with the names of the columns")
	s.post("/imports/letters/"+string(two.ID)+"/retry", http.StatusSeeOther, "body", "number,title,opened\r\nINC-2,\"Search, and more, down\",2024-03-02 09:00\r\n")
	if n := s.total(incident.Filter{}); n != 2 {
		t.Errorf("after the repair there are %d incidents, want 2", n)
	}
	s.post("/imports/letters/"+string(three.ID)+"/discard", http.StatusSeeOther)
	s.holds(s.get("/imports/letters", http.StatusOK), "the list", "None waiting")
	s.post("/imports/letters/dead_unknown/discard", http.StatusNotFound)
}

func TestSamples(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	s.holds(s.get("/setup/start", http.StatusOK), "the start", "Outages of eight internal services", "71 incidents", "ODbL-1.0", "Load")
	_, to := s.post("/setup/sample", http.StatusSeeOther, "sample", "upptime")
	if run := s.await(to); run.State != incident.RunOK || run.New != 71 {
		t.Errorf("run = %s with %d new, want ok and 71", run.State, run.New)
	}
	s.holds(s.get("/imports", http.StatusOK), "the imports", "Outages of eight internal services", "Remove")
	s.post("/setup/sample", http.StatusUnprocessableEntity, "sample", "no such set")
	_, to = s.post("/setup/sample/remove", http.StatusSeeOther, "sample", "upptime")
	s.holds(s.get(to, http.StatusOK), "the imports", "The sample data is removed", "Nothing is connected yet")
	if n := s.total(incident.Filter{}); n != 0 {
		t.Errorf("after the removal there are %d incidents, want 0", n)
	}
	_, to = s.post("/setup/sample", http.StatusSeeOther, "sample", "upptime")
	s.await(to)
	if n := s.total(incident.Filter{}); n != 71 {
		t.Errorf("loaded again there are %d incidents, want 71", n)
	}
}

func TestRemoveConnection(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	conn, _ := s.importBroken("Tickets")
	s.post(conn+"/remove", http.StatusForbidden, "confirm", "Tickets")
	s.signIn(incident.Admin)
	body, _ := s.post(conn+"/remove", http.StatusUnprocessableEntity, "confirm", "tickets")
	s.holds(body, "the page", "nothing was removed")
	if !strings.Contains(body, `value="tickets"`) {
		t.Errorf("the form lost what was typed")
	}
	s.post(conn+"/remove", http.StatusSeeOther, "confirm", "Tickets")
	if n := s.total(incident.Filter{}); n != 0 {
		t.Errorf("there are %d incidents, want 0", n)
	}
	s.get(conn, http.StatusNotFound)
}

func TestRunsAgainAndCanceled(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	conn, run := s.importBroken("Tickets")
	_, to := s.post(conn+"/retry", http.StatusSeeOther)
	if again := s.await(to); again.Via != "retry" || again.Dead != 1 {
		t.Errorf("run via %s with %d dead, want retry and 1", again.Via, again.Dead)
	}
	_, to = s.post(conn+"/remap", http.StatusSeeOther)
	if again := s.await(to); again.Via != "remap" || again.Unchanged != 2 {
		t.Errorf("run via %s with %d unchanged, want remap and 2", again.Via, again.Unchanged)
	}
	_, to = s.post("/imports/runs/"+string(run.ID)+"/cancel", http.StatusSeeOther)
	s.holds(s.get(to, http.StatusOK), "the run", "had ended already")

	// A run that waits is canceled together with its files.
	waits := incident.Run{ID: "run_00000000000000000000", Connection: run.Connection, State: incident.RunQueued, Via: "file", Upload: "a.csv", StartedAt: time.Now()}
	if err := s.app.Desk.AddFile(t.Context(), waits.ID, "a.csv", strings.NewReader(broken)); err != nil {
		t.Fatalf("AddFile: %v", err)
	}
	if _, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.PutRun(waits) }); err != nil {
		t.Fatalf("PutRun: %v", err)
	}
	s.post("/imports/runs/"+string(waits.ID)+"/cancel", http.StatusSeeOther)
	if stored, err := s.app.Desk.Store.Run(t.Context(), waits.ID); err != nil || stored.State != incident.RunCanceled {
		t.Errorf("Run = %v, %v, want it canceled", stored, err)
	}
	if _, err := os.Stat(jobs.UploadDir(s.data, waits.ID)); !os.IsNotExist(err) {
		t.Errorf("Stat of its files = %v, want none", err)
	}
}

func TestWhoMayImport(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	conn, run := s.importBroken("Tickets")
	s.signIn(incident.Viewer)
	paths := []string{"/imports", conn, "/imports/runs/" + string(run.ID), "/imports/runs/" + string(run.ID) + "/progress", "/setup/start"}
	for _, path := range paths {
		if page := s.get(path, http.StatusOK); strings.Contains(page, "soon") {
			t.Errorf("a viewer sees raw text at %s", path)
		}
	}
	for _, path := range []string{"/imports/letters", "/imports/letters.csv", "/imports/new", "/imports/new/table", conn + "/map", conn + "/preview"} {
		s.get(path, http.StatusForbidden)
	}
	for _, path := range []string{"/setup/sample", "/setup/sample/remove", "/imports/new/table", conn + "/map", conn + "/runs", conn + "/remap", conn + "/retry",
		conn + "/remove", "/imports/runs/" + string(run.ID) + "/cancel", "/imports/letters/x/retry", "/imports/letters/x/discard"} {
		s.post(path, http.StatusForbidden)
	}
}

func TestDemoChangesNothing(t *testing.T) {
	s := newImportSite(t, true)
	s.post("/login/demo", http.StatusSeeOther, "role", "admin")
	for _, path := range []string{"/imports", "/imports/new", "/imports/new/table", "/imports/letters", "/setup/start"} {
		s.get(path, http.StatusOK)
	}
	for _, path := range []string{"/setup/sample", "/imports/new/table", "/imports/letters/x/retry"} {
		body, _ := s.post(path, http.StatusForbidden)
		s.holds(body, path, "read-only")
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
	s.holds(s.get(preview, http.StatusOK), "the preview", "5,000 records looked at", "the first 20 are below", "Only the beginning was looked at")
}
