package web_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

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
