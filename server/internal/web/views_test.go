package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// putSecret stores a public incident, and a private one of a service that no other has.
func putSecret(s *importSite) incident.Service {
	s.Helper()
	service := incident.NewService("Zebrafinch")
	var incs []*incident.Incident
	for _, private := range []bool{false, true} {
		inc := &incident.Incident{ID: "inc_public", Title: "Disk full", Status: incident.Resolved, Severity: 1, Kind: incident.Real}
		if private {
			inc.ID, inc.Title, inc.Private, inc.Services = "inc_private", "Bird escaped", true, []incident.ServiceUse{{Service: service.ID, Name: service.Name}}
		}
		inc.Milestones.Set(incident.Opened, time.Now().Add(-48*time.Hour), incident.ToSecond, incident.FromField, "test", "")
		incs = append(incs, inc)
	}
	seq, err := s.app.Desk.Store.Update(s.Context(), func(tx incident.Tx) error {
		if err := tx.PutServices([]incident.Service{service}); err != nil {
			return err
		}
		return tx.PutIncidents(incs)
	})
	if err != nil || !s.app.Desk.Follow.WaitFor(s.Context(), seq) {
		s.Fatalf("Update: %v; the follower must see it", err)
	}
	return service
}

// leads returns where a page leads.
func (s *importSite) leads(path string) string {
	s.Helper()
	req, err := http.NewRequest(http.MethodGet, s.server.URL+path, nil)
	if err != nil {
		s.Fatal(err)
	}
	_, location := s.do(req, http.StatusSeeOther)
	return location
}

// viewID is the id of the view called name.
func (s *importSite) viewID(name string) string {
	s.Helper()
	v, err := s.app.Desk.FindView(s.Context(), name)
	if err != nil {
		s.Fatal(err)
	}
	return string(v.ID)
}

func (s *importSite) says(page string, wanted ...string) {
	s.Helper()
	text := strings.Join(strings.Fields(said(page)), " ")
	for _, w := range wanted {
		if !strings.Contains(text, w) {
			s.Errorf("the page does not say %q:\n%s", w, text)
		}
	}
}

// TestViews: a list is saved under a name from its page, keeps a relative period, is put in order, renamed, removed and put back.
func TestViews(t *testing.T) {
	s := newImportSite(t, false)
	putSecret(s)
	s.signIn(incident.Editor)
	if body := s.get("/incidents?sev=1&range=90d", 200); !strings.Contains(body, `<input type="hidden" name="path" value="/incidents?sev=1&amp;range=90d">`) {
		t.Errorf("the page does not offer to save its address:\n%s", body)
	}
	if _, to := s.post("/views", 303, "name", " Worst lately ", "path", "/incidents?range=90d&sev=1&after=x&colour=blue", "shared", "on"); to != "/incidents?sev=1&range=90d" {
		t.Errorf("saving leads to %s, want the list with canonical parameters", to)
	}
	worst := s.viewID("Worst lately")
	if to := s.leads("/views/" + worst); to != "/incidents?sev=1&range=90d" {
		t.Errorf("the address of the view leads to %s; a relative period must stay relative", to)
	}
	s.post("/views", 303, "name", "Disks", "path", "/search?q=disk", "shared", "on")
	page := s.get("/views", 200)
	s.says(page, "Worst lately Incidents Severity: SEV1 Last 90 days shared by editor", "Disks Search Search: disk")
	body, _ := s.post("/views", 422, "name", "Disks", "path", "/problems?sort=last&after=2")
	s.says(body, `there is a view called "Disks" already; choose another name`)
	body, _ = s.post("/views", 422, "name", "Elsewhere", "path", "https://example.org/incidents")
	s.says(body, "is not the address of a list that can be saved")
	s.post("/views/"+s.viewID("Disks")+"/move", 303, "way", "up")
	if page = s.get("/", 200); strings.Index(page, ">Disks<") > strings.Index(page, ">Worst lately<") || !strings.Contains(page, ">Disks<") {
		t.Error("the navigation should list Disks first once it was moved up")
	}
	s.post("/views/"+worst, 303, "name", "The worst", "shared", "on")
	if page = s.get("/palette?q=the+wor", 200); !strings.Contains(page, "/incidents?sev=1&amp;range=90d") {
		t.Errorf("the palette does not find the renamed view:\n%s", page)
	}
	s.post("/views/"+worst+"/remove", 303)
	s.get("/views/"+worst, 404)
	s.says(s.get("/views", 200), "Removed For 30 days you can put them back. The worst Incidents removed")
	s.post("/views", 303, "name", "The worst", "path", "/causes?range=ytd")
	body, _ = s.post("/views/"+worst+"/restore", 422)
	s.says(body, `there is a view called "The worst" already`)
	s.post("/views/"+worst+"/remove", 303) // it is already
	disks := s.viewID("Disks")
	s.post("/views/"+disks+"/remove", 303)
	s.post("/views/"+disks+"/restore", 303)
	if to := s.leads("/views/" + disks); to != "/search?q=disk" {
		t.Errorf("a view that was put back leads to %s", to)
	}
}

// TestViewsOfOthers: a view that is shared by somebody who sees private incidents tells others nothing of them; one that is not
// shared is not there for others; and only its owner, or an administrator, changes it.
func TestViewsOfOthers(t *testing.T) {
	s := newImportSite(t, false)
	service := putSecret(s)
	s.signIn(incident.Admin)
	admin := s.browser
	s.post("/views", 303, "name", "Birds", "path", "/incidents?service="+string(service.ID), "shared", "on")
	s.post("/views", 303, "name", "Not for you", "path", "/problems?service="+string(service.ID)+"&sort=last")
	s.says(s.get("/views", 200), "Birds Incidents Service: Zebrafinch shared", "Not for you Recurring problems Service: Zebrafinch")
	birds := s.viewID("Birds")
	users, err := s.app.Desk.Store.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	own, err := s.app.Desk.Store.Views(t.Context(), users[0].ID)
	if err != nil || len(own) != 2 {
		t.Fatalf("Views = %v, %v", own, err)
	}

	s.signIn(incident.Viewer)
	page := s.get("/views", 200)
	s.says(page, "None yet.", "Birds Incidents Service: "+string(service.ID)+" shared by admin")
	list := s.get(s.leads("/views/"+birds), 200)
	for where, body := range map[string]string{"/views": page, "the list": list, "/palette": s.get("/palette", 200), "the API": s.get("/api/v1/views", 200)} {
		for _, secret := range []string{"Zebrafinch", "Bird escaped", "Not for you"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s tells a viewer of %q:\n%s", where, secret, said(body))
			}
		}
	}
	s.get("/views/"+string(own[1].ID), 404)
	s.post("/views/"+string(own[1].ID)+"/remove", 404)
	s.post("/views/"+birds+"/remove", 303)
	s.says(s.get("/views", 200), "Admin saved this view; who saved it, or an administrator, can change it")
	body, _ := s.post("/views", 422, "name", "For all", "path", "/incidents", "shared", "on")
	s.says(body, "your role saves views for yourself alone")
	s.post("/views", 303, "name", "For me", "path", "/incidents")
	mine := s.get("/api/v1/views", 200)
	if !strings.Contains(mine, `"For me"`) || strings.Index(mine, `"For me"`) > strings.Index(mine, `"Birds"`) {
		t.Errorf("GET /api/v1/views = %s, want one's own before those that others share", mine)
	}
	s.browser = admin
	if page := s.get("/views", 200); strings.Contains(page, "For me") {
		t.Error("an administrator sees a view that somebody keeps for themselves")
	}
}
