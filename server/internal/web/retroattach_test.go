package web_test

import (
	"archive/zip"
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// attach sends a file with a form.
func (s *importSite) attach(status int, file, content string, pairs ...string) string {
	s.Helper()
	form, kind := formWithFile(s.T, file, content, pairs...)
	req, err := http.NewRequest(http.MethodPost, s.server.URL+"/incidents/inc_1/retrospective/files", bytes.NewReader(form))
	if err != nil {
		s.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	body, _ := s.do(req, status)
	return body
}

// fetched asks for an address as the browser that is signed in.
func (s *importSite) fetched(path string) (*http.Response, string) {
	s.Helper()
	res, err := s.browser.Get(s.server.URL + path)
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	return res, string(body)
}

// TestPicturesAndFiles: a picture and a file are added with forms alone, shown, handed out without harm, kept in what was published, and taken away.
func TestPicturesAndFiles(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	checkout := incident.NewService("checkout")
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{checkout}), tx.PutIncidents([]*incident.Incident{outage(s, checkout)})}
	})
	const at = "/incidents/inc_1/retrospective"
	s.post(at+"/begin", http.StatusSeeOther, "template", "Note")
	w, err := s.app.Desk.Writing(t.Context(), "inc_1", incident.Sight{All: true})
	if err != nil {
		t.Fatal(err)
	}
	slug := w.Sections[0].Slug

	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	picture := b.String()
	if body := s.attach(http.StatusUnprocessableEntity, "graph.png", picture, "section", slug); !strings.Contains(body, "say what the picture shows") {
		t.Error("a picture without a description is not asked for one")
	}
	s.attach(http.StatusSeeOther, "graph.png", picture+"GPS 48.8584", "section", slug, "alt", "Queue [rises]")
	s.attach(http.StatusSeeOther, `C:\logs\page.html`, "<script>alert(1)</script>", "section", slug, "alt", "The page")
	s.attach(http.StatusUnprocessableEntity, "half.png", picture[:40], "section", slug, "alt", "Half")

	page := s.get(at, http.StatusOK)
	files, err := s.app.Desk.RetroFiles(t.Context(), "inc_1", incident.Sight{All: true})
	if err != nil || len(files) != 2 {
		t.Fatalf("RetroFiles = %v, %v; want 2", files, err)
	}
	shown, log := files[0], files[1]
	if shown.Kind != incident.RetroImage {
		shown, log = log, shown
	}
	for _, want := range []string{`alt="Queue [rises]" width="30" height="20"`, `src="` + at + "/files/" + shown.ID + `"`, "Pictures and files: 2", `>The page</a>`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	res, body := s.fetched(at + "/files/" + shown.ID)
	if res.Header.Get("Content-Type") != "image/png" || strings.Contains(body, "GPS") || res.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(res.Header.Get("Cache-Control"), "private") {
		t.Errorf("the picture comes as %v", res.Header)
	}
	res, body = s.fetched(at + "/files/" + log.ID)
	if got := res.Header.Get("Content-Disposition"); got != "attachment; filename=page.html" || res.Header.Get("Content-Type") != "application/octet-stream" || !strings.Contains(res.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the file comes as %q, %v; want it to be downloaded only", got, res.Header)
	}
	if body != "<script>alert(1)</script>" {
		t.Errorf("the file holds %q", body)
	}
	s.get(strings.Replace(at, "inc_1", "inc_2", 1)+"/files/"+shown.ID, http.StatusNotFound)

	// It leaves the house with its picture, and comes back word for word.
	_, html := s.fetched(at + "/export/retrospective.html")
	if !strings.Contains(html, `<img class="picture" src="data:image/png;base64,`) || strings.Contains(html, `src="/`) {
		t.Error("the page that stands alone does not hold the picture")
	}
	if _, pack := s.fetched(at + "/export/retrospective.json"); !strings.Contains(pack, `"name": "graph.png"`) || !strings.Contains(pack, `"base64": "`) {
		t.Error("the JSON does not hold the picture")
	}
	_, archive := s.fetched(at + "/export/retrospective.zip")
	form, kind := formWithFile(t, "retrospective.zip", archive)
	req, err := http.NewRequest(http.MethodPost, s.server.URL+at+"/import", bytes.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	if body, _ := s.do(req, http.StatusOK); !strings.Contains(body, "Nothing would change") {
		t.Errorf("what was exported and comes back is another text: %.2000s", said(body))
	}
	s.unpacks(picture)

	s.post(at+"/history", http.StatusSeeOther, "name", "before")
	s.post(at+"/files/"+shown.ID+"/remove", http.StatusSeeOther)
	s.get(at+"/files/"+shown.ID, http.StatusNotFound)
	if page := s.get(at, http.StatusOK); !strings.Contains(page, "A picture that admin took away: Queue [rises]") {
		t.Error("the page does not say what became of the picture")
	}

	// Somebody who may not see the incident gets neither.
	s.put(func(tx incident.Tx) []error {
		inc, err := s.app.Desk.Store.Incident(t.Context(), "inc_1")
		inc.Private = true
		return []error{err, tx.PutIncidents([]*incident.Incident{inc})}
	})
	s.browser = s.newBrowser()
	s.signIn(incident.Editor)
	s.get(at+"/files/"+log.ID, http.StatusNotFound)
	s.attach(http.StatusNotFound, "graph.png", picture, "section", slug, "alt", "x")
}

// unpacks: of an archive of another tool, the pictures beside the text are taken, and those elsewhere stay links.
func (s *importSite) unpacks(picture string) {
	s.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range map[string]string{"doc/review.md": "## Summary\n\n![Graph](img/a.png) ![Other](https://graphs.example.org/b.png) ![Up](../../etc/passwd)\n", "doc/img/a.png": picture, "doc/img/unused.png": picture + "x"} {
		f, err := z.Create(name)
		if err != nil {
			s.Fatal(err)
		}
		if _, err := f.Write([]byte(body)); err != nil {
			s.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		s.Fatal(err)
	}
	text, err := s.app.Desk.UnpackRetro(incident.Acting(s.Context(), incident.Actor{Kind: incident.ActorUser, Name: "test"}), "inc_1", b.Bytes(), incident.Sight{All: true})
	if err != nil || !regexp.MustCompile(`!\[Graph\]\(files/[0-9a-f]{32}\.png\) !\[Other\]\(https://graphs\.example\.org/b\.png\) !\[Up\]\(\.\./\.\./etc/passwd\)`).MatchString(text) {
		s.Errorf("UnpackRetro = %q, %v", text, err)
	}
}

// TestFrozenChart: a chart keeps its numbers when what it counts is changed later, knows nothing of private incidents, and can be compared with those of now.
func TestFrozenChart(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	checkout := incident.NewService("checkout")
	base := outage(s, checkout)
	at := func(id incident.ID, private bool, minutes int) *incident.Incident {
		inc := outage(s, checkout)
		inc.ID, inc.Number, inc.Private = id, string(id), private
		opened := base.Milestones.Earliest(incident.Opened)
		inc.Milestones = incident.Milestones{}
		inc.Milestones.Set(incident.Opened, opened, incident.ToSecond, incident.FromField, "test", "opened")
		inc.Milestones.Set(incident.ResolvedAt, opened.Add(time.Duration(minutes)*time.Minute), incident.ToSecond, incident.FromField, "test", "resolved")
		return inc
	}
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{checkout}), tx.PutIncidents([]*incident.Incident{base, at("inc_2", false, 30), at("inc_3", true, 500)})}
	})
	const path = "/incidents/inc_1/retrospective"
	s.post(path+"/begin", http.StatusSeeOther, "template", "Note")
	w, err := s.app.Desk.Writing(t.Context(), "inc_1", incident.Sight{All: true})
	if err != nil {
		t.Fatal(err)
	}
	slug := w.Sections[0].Slug
	if body, _ := s.post(path+"/charts", http.StatusUnprocessableEntity, "section", slug, "chart", "none", "days", "90"); !strings.Contains(body, "is no chart") {
		t.Error("a chart that there is not is not refused in words")
	}
	s.post(path+"/charts", http.StatusSeeOther, "section", slug, "chart", "incidents-per-month", "days", "90")
	page := s.get(path, http.StatusOK)
	for _, want := range []string{`<figure class="frozen">`, "How often do incidents happen? checkout", "2 incidents; as it was on", "as of change", "<summary>The numbers"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	figure := regexp.MustCompile(`(?s)<figure class="frozen">.*?</figure>`)
	before := figure.FindString(page)
	id := regexp.MustCompile(`files/([0-9a-f]{32}\.chart\.svg)`).FindStringSubmatch(before)[1]
	_, drawn := s.fetched(path + "/files/" + id)

	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutIncidents([]*incident.Incident{at("inc_4", false, 60), at("inc_5", false, 70)})}
	})
	if after := figure.FindString(s.get(path, http.StatusOK)); after != before || after == "" {
		t.Errorf("the chart has changed with the store:\n%s\nwas\n%s", after, before)
	}
	if res, now := s.fetched(path + "/files/" + id); now != drawn || !strings.HasPrefix(now, "<svg") || res.Header.Get("Content-Type") != "image/svg+xml" {
		t.Error("the drawing has changed with the store, or is none")
	}
	s.post(path+"/charts", http.StatusSeeOther, "section", slug, "chart", "incidents-per-month", "days", "90")
	if page := s.get(path, http.StatusOK); !strings.Contains(page, "4 incidents; as it was on") || !strings.Contains(page, "2 incidents; as it was on") {
		t.Error("a second chart does not have the numbers of now, beside those of then")
	}
}
