package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// outage is a made-up severe incident that is over, with what rules and templates look at.
func outage(s *importSite, service incident.Service) *incident.Incident {
	began := s.app.Desk.Now().UTC().Add(-72 * time.Hour).Truncate(time.Minute)
	inc := &incident.Incident{ID: "inc_1", Number: "INC0001", Title: "Checkout <b>fails</b> after a rollout (made up)", Status: incident.Resolved, Severity: incident.Sev1, Kind: incident.Real, Origin: incident.OriginManual,
		Services: []incident.ServiceUse{{Service: service.ID, Name: service.Name, Role: "affected"}}, URL: "https://tickets.example.com/1",
		Links:  []incident.Link{{Kind: "chat", URL: "https://chat.example.com/room?a=1&b=<2>", Title: "War room [1]"}},
		People: []incident.Participation{{Name: "Responder One", Role: "commander"}}}
	inc.Milestones.Set(incident.Opened, began, incident.ToSecond, incident.FromField, "test", "opened")
	inc.Milestones.Set(incident.ResolvedAt, began.Add(90*time.Minute), incident.ToSecond, incident.FromField, "test", "resolved")
	return inc
}

// TestRetrospective goes from an incident to a published retrospective and its next revision, with forms alone.
func TestRetrospective(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	checkout := incident.NewService("checkout")
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{checkout}), tx.PutIncidents([]*incident.Incident{outage(s, checkout)})}
	})
	const at = "/incidents/inc_1/retrospective"
	s.lists("/retrospectives", []string{"0 of 1 incidents of the last 90 days that need a retrospective have one", "None is written yet", "Waiting to be begun", "Checkout <b>fails</b> after a rollout"}, nil)
	s.lists(at, []string{"Begin it", "By the rules here (“Severe”) a retrospective is needed, within 5 days.", "Full", "Note"}, nil)
	s.get("/incidents/inc_none/retrospective", http.StatusNotFound)
	s.get(at+"/history", http.StatusNotFound)

	s.post(at+"/begin", http.StatusSeeOther, "template", "Full")
	s.post(at+"/begin", http.StatusSeeOther, "template", "Note") // it is begun already
	s.lists(at, []string{"draft", "admin sees to it", "Services", "checkout", "Summary", "Impact", "Over:", "Timeline", "Response", "Responder One (commander)", "Contributing factors", "What surprised us", "Action items",
		"Evidence", "chat: War room [1]", "ticket: INC0001", "✕ needed When the impact began and ended", "Nobody has said when the impact began.", "✕ needed One approval"}, nil)
	if page := s.get(at, http.StatusOK); !strings.Contains(page, `href="https://chat.example.com/room?a=1&amp;b=%3C2%3E"`) || strings.Contains(page, "<b>fails</b>") {
		t.Error("links of the incident do not lead where they should, or its title is not escaped")
	}

	// A text is saved over the version that was seen; who saw an older one loses nothing.
	s.post(at+"/sections/summary", http.StatusSeeOther, "version", "0", "text", "The rollout went *everywhere* at once.\r\n\r\n<script>alert(1)</script>")
	body, _ := s.post(at+"/sections/summary", http.StatusConflict, "version", "0", "text", "What I wrote meanwhile.")
	for _, want := range []string{"Somebody changed the same words", "What I wrote meanwhile.</textarea>", "<em>everywhere</em>"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page after a conflict does not have %q", want)
		}
	}
	if strings.Contains(body, "<script>alert") {
		t.Error("a script in a section is not taken out")
	}

	s.post(at+"/sections/impact", http.StatusSeeOther, "version", "0", "text", "Orders failed. Searches worked.", "base", "")
	s.post(at+"/sections/impact", http.StatusSeeOther, "version", "1", "base", "Orders failed. Searches worked.", "text", "Orders failed. Searches worked well.")
	s.post(at+"/sections/impact", http.StatusSeeOther, "version", "1", "base", "Orders failed. Searches worked.", "text", "All orders failed. Searches worked.")
	s.lists(at, []string{"Saved, together with what others wrote meanwhile.", "All orders failed. Searches worked well."}, nil)

	// Sections come, go and move; comments are made, answered and resolved.
	s.post(at+"/sections", http.StatusSeeOther, "action", "add", "title", "Cost")
	s.post(at+"/sections", http.StatusSeeOther, "action", "up", "section", "cost")
	s.post(at+"/sections", http.StatusSeeOther, "action", "remove", "section", "external")
	s.lists(at, []string{"Decided not to do", "Cost", "Evidence", "Removed", "What we tell customers"}, nil)
	s.post(at+"/comments", http.StatusSeeOther, "section", "summary", "quote", "at once", "text", "How many hosts?")
	s.lists(at, []string{"Open comments: 1", "The rollout went", "at once", "How many hosts?", "Answer", "Impact", "Comments"}, nil)
	s.post(at+"/comments", http.StatusUnprocessableEntity, "text", " ")
	comments, err := s.app.Desk.Comments(t.Context(), "inc_1", incident.Sight{All: true})
	if err != nil || len(comments) != 1 {
		t.Fatalf("Comments = %v, %v", comments, err)
	}
	s.post(at+"/comments", http.StatusSeeOther, "answers", string(comments[0].ID), "text", "All of them.")
	s.post(at+"/comments/"+string(comments[0].ID), http.StatusSeeOther, "action", "resolve")
	s.lists(at, []string{"1 resolved comment", "resolved by admin", "How many hosts?", "All of them.", "Impact", "Comments"}, []string{"Open comments: 1"})
	s.commentsOnWords(at)

	s.post(at+"/comments", http.StatusSeeOther, "section", "impact", "text", "In which regions?")
	s.lists(at, []string{"resolved by admin", "How many hosts?", "Impact", "In which regions?", "Comments"}, nil) // each below its section

	// It is published when what the rules ask for is there, and not before.
	body, _ = s.post(at+"/state", http.StatusUnprocessableEntity, "state", "published")
	if !strings.Contains(said(body), "it cannot be published yet: Nobody has said when the impact began.") {
		t.Errorf("publishing too early says %s", said(body))
	}
	began := s.app.Desk.Now().UTC().Add(-73 * time.Hour).Format("2006-01-02T15:04")
	s.post("/incidents/inc_1/milestones", http.StatusSeeOther, "name", "impact_started", "at", began, "reason", "first failed order")
	s.post("/incidents/inc_1/factors", http.StatusSeeOther, "action", "add", "role", "contributing", "text", "The rollout had no canary")
	s.post(at+"/review", http.StatusUnprocessableEntity, "reviewers", "nobody-here")
	s.post(at+"/review", http.StatusSeeOther, "reviewers", "admin")
	s.lists(at, []string{"in review", "✓ there When the impact began and ended", "✓ there A summary", "✓ there At least one contributing factor", "0 of 1 have approved.", "◌ asked admin", "Approve"}, nil)
	s.post(at+"/answer", http.StatusUnprocessableEntity, "answer", "changes")
	s.post(at+"/answer", http.StatusSeeOther, "answer", "changes", "words", "Say how many orders failed.")
	s.lists(at, []string{"draft", "asks for changes", "Say how many orders failed."}, nil)
	s.post(at+"/review", http.StatusSeeOther, "reviewers", "admin")
	s.post(at+"/answer", http.StatusSeeOther, "answer", "approved")
	s.lists(at, []string{"approved", "Publish"}, nil)
	s.post(at+"/state", http.StatusSeeOther, "state", "published")
	s.lists(at, []string{"published", "version 1 published", "Severity", "SEV1", "Impact began", "as admin stated", "Contents", "Summary", "Action items", "Add an action item", "Revise it", "version 1, published", "SHA-256 of the Markdown export"}, []string{"What surprised us Nothing", "Before it is published"})
	s.lists("/retrospectives?state=published", []string{"1 of 1 incidents of the last 90 days", "Checkout <b>fails</b>", "published"}, nil)
	s.lists("/incidents/inc_1", []string{"Retrospective published", "The rollout went everywhere at once."}, nil)

	// What was published stays; what is different now is shown, and can be taken back.
	s.post(at+"/state", http.StatusSeeOther, "state", "revised")
	s.post(at+"/sections/summary", http.StatusSeeOther, "version", "1", "text", "The rollout went to half of all hosts at once.")
	s.post(at+"/history", http.StatusSeeOther, "name", "after the numbers came")
	s.lists(at+"/history", []string{"named after the numbers came", "Revised", "✓ version 1 Published", "Approved", "In review"}, nil)
	snaps, err := s.app.Desk.RetroSnapshots(t.Context(), "inc_1", incident.Sight{All: true})
	if err != nil {
		t.Fatal(err)
	}
	var published incident.RetroSnapshot
	for _, x := range snaps {
		if x.Why == incident.SnapshotPublished {
			published = x
		}
	}
	page := s.get(at+"/history/"+string(published.ID), http.StatusOK)
	for _, want := range []string{"<del>", "*everywhere*", "<ins>", "half of all hosts"} {
		if !strings.Contains(page, want) {
			t.Errorf("the published version does not show %q against the present", want)
		}
	}
	s.post(at+"/history/"+string(published.ID)+"/restore", http.StatusSeeOther, "section", "summary")
	s.lists(at, []string{"The rollout went everywhere at once."}, []string{"half of all hosts"})
	s.lists(at+"/history", []string{"before “Summary” was put back"}, nil)

	// A meeting goes through it, and notes are kept.
	s.lists(at+"/meeting?section=summary", []string{"1 of 12", "Summary", "Impact →", "A note"}, nil)
	s.post(at+"/meeting", http.StatusSeeOther, "section", "impact", "note", "Ask finance for the *cost*")
	s.lists(at+"/meeting?section=impact", []string{"2 of 12", ", admin: Ask finance for the cost"}, nil)

	// It leaves as Markdown, and what was changed in the file comes back after it was looked at.
	md := s.get(at+"/export/retrospective.md", http.StatusOK)
	for _, want := range []string{"title: \"Checkout <b>fails</b> after a rollout (made up)\"\n", "## Summary {#summary}\n\nThe rollout went *everywhere* at once.", "```factors\n{\"role\":\"contributing\",\"text\":\"The rollout had no canary\"}\n```"} {
		if !strings.Contains(md, want) {
			t.Errorf("the Markdown file does not have %q:\n%s", want, md)
		}
	}
	if page := s.get(at+"/export/retrospective.html", http.StatusOK); strings.Contains(page, "<script") || !strings.Contains(page, "Checkout &lt;b&gt;fails") || !strings.Contains(page, "<em>everywhere</em>") {
		t.Error("the page that stands alone is not what it should be")
	}
	s.get(at+"/export/retrospective.exe", http.StatusNotFound)
	changed := strings.Replace(md, "The rollout went *everywhere* at once.", "The rollout went to all hosts.", 1)
	body, _ = s.post(at+"/import", http.StatusOK, "text", changed)
	if text, _, _ := strings.Cut(said(body), "incident: "); !strings.Contains(text, "Nothing is changed yet") || !strings.Contains(text, "Summary") || strings.Contains(text, "Impact") {
		t.Errorf("the preview of a file says %s", text)
	}
	s.lists(at, []string{"The rollout went everywhere at once."}, nil)
	s.post(at+"/import", http.StatusSeeOther, "text", changed, "confirm", "yes")
	s.lists(at, []string{"The rollout went to all hosts."}, []string{"everywhere at once"})
	if again := s.get(at+"/export/retrospective.md", http.StatusOK); again != changed {
		t.Errorf("the file that was taken over leaves as\n%s\nwant\n%s", again, changed)
	}
	s.post(at+"/import", http.StatusUnprocessableEntity, "text", "no heading")

	s.signIn(incident.Viewer)
	s.lists(at, []string{"revised"}, []string{"Write", "Publish"})
	s.post(at+"/sections/summary", http.StatusForbidden, "version", "3", "text", "x")
}

// TestRetrospectiveNotRequired: that none is needed is decided with a reason, and can be taken back.
func TestRetrospectiveNotRequired(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutIncidents([]*incident.Incident{outage(s, incident.NewService("checkout"))})}
	})
	const at = "/incidents/inc_1/retrospective"
	s.post(at+"/begin", http.StatusUnprocessableEntity, "not", "required", "reason", " ")
	if got := s.get(at, http.StatusOK); !strings.Contains(got, "Begin the retrospective") {
		t.Errorf("a refused decision has begun the retrospective:\n%.3000s", got)
	}
	s.post(at+"/begin", http.StatusSeeOther, "not", "required", "reason", "A copy of INC0000")
	s.lists(at, []string{"not required", "No retrospective is needed:", "A copy of INC0000", "Decided by editor", "Back to draft"}, nil)
	s.post(at+"/state", http.StatusSeeOther, "state", "draft")
	s.lists(at, []string{"draft"}, []string{"A copy of INC0000"})
	s.post(at+"/review", http.StatusSeeOther, "reviewers", "editor")
	s.lists(at, []string{"Review", "What you say of it", "Approve", "Ask for changes"}, nil)
	s.signIn(incident.Viewer)
	s.lists(at, []string{"Review", "asked editor"}, []string{"What you say of it", "Approve"}) // it would be refused
}

// TestPrivateRetrospective: who may not see an incident finds nothing of its retrospective.
func TestPrivateRetrospective(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	inc := outage(s, incident.NewService("checkout"))
	inc.Private = true
	s.put(func(tx incident.Tx) []error { return []error{tx.PutIncidents([]*incident.Incident{inc})} })
	const at = "/incidents/inc_1/retrospective"
	s.post(at+"/begin", http.StatusSeeOther, "template", "Note")
	s.lists("/retrospectives", []string{"Checkout"}, nil)
	s.signIn(incident.Editor)
	s.lists("/retrospectives", []string{"None is written yet"}, []string{"Checkout", "Waiting"})
	for _, path := range []string{at, at + "/history", at + "/meeting"} {
		s.get(path, http.StatusNotFound)
	}
	for path, form := range map[string][]string{"/begin": nil, "/details": {"title", "x"}, "/state": {"state", "in_review"}, "/sections": {"action", "add", "title", "x"}, "/sections/summary": {"text", "x"},
		"/comments": {"text", "x"}, "/history": {"name", "x"}, "/meeting": {"section", "summary", "note", "x"}, "/review": {"reviewers", "editor"}, "/answer": {"answer", "approved"}} {
		s.post(at+path, http.StatusNotFound, form...)
	}
}

// TestRetrospectiveRules: another school can be chosen and rules be changed; rules that cannot be are refused with a reason.
func TestRetrospectiveRules(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Manager)
	const path = "/admin/retrospectives"
	s.lists(path, []string{"The standard is in force", "Severe", "is needed", "when the impact began and ended", "Full", "ITIL"}, nil)
	s.post(path, http.StatusSeeOther, "flavour", "ITIL")
	s.lists(path, []string{"Version 1, saved by manager", "Major incident report", "Executive summary"}, nil)
	body, _ := s.post(path, http.StatusUnprocessableEntity, "version", "1", "process", `{"rules":[{"name":"x","template":"None such"}],"templates":[{"name":"A","sections":[{"slug":"a","title":"A"}]}]}`)
	if !strings.Contains(said(body), `there is no template called "None such"`) {
		t.Errorf("a rule with an unknown template: %s", said(body))
	}
	s.post(path, http.StatusSeeOther, "version", "1", "process", `{"rules":[{"name":"Everything","template":"A","required":true}],"templates":[{"name":"A","sections":[{"slug":"a","title":"A part"}]}]}`)
	s.lists(path, []string{"Version 2", "Everything", "A part"}, []string{"Executive summary"})
	s.post(path, http.StatusUnprocessableEntity, "version", "1", "flavour", "SRE")
}

// commentsOnWords: words are quoted as they are read, marked where they are read, and followed; a row is commented on by its link.
func (s *importSite) commentsOnWords(at string) {
	s.Helper()
	s.post(at+"/comments", http.StatusSeeOther, "section", "summary", "quote", "went everywhere at once", "text", "By which tool?")
	page := s.get(at, http.StatusOK)
	if !strings.Contains(page, `<mark data-said="com_`) || !strings.Contains(page, "<em><mark") || !strings.Contains(page, ", comment by admin</span></a>") {
		s.Error("what the comment is about is not marked where the text is read")
	}
	if part := s.get(at+"/sections/summary", http.StatusOK); !strings.Contains(part, `<mark data-said="com_`) {
		s.Error("what scripts fetch is not marked")
	}
	if threads := s.get(at+"/comments", http.StatusOK); !strings.Contains(threads, `data-section="summary" data-from="12" data-to="37"`) {
		s.Errorf("the threads do not say where the words stand: %s", threads)
	}
	s.post(at+"/actions", http.StatusNotFound) // only incidents have those
	s.post("/incidents/inc_1/actions", http.StatusSeeOther, "title", "Add a canary", "owner", "Responder One", "due", "2099-01-01", "do", "save")
	row := between(s.get(at, http.StatusOK), `data-comment-row="action:`, `"`)
	s.lists(at+"?row=action:"+row+"#comment", []string{"Comment on Add a canary", "About Add a canary"}, nil)
	s.post(at+"/comments", http.StatusSeeOther, "row", "action:"+row, "text", "For which services?")
	s.lists(at, []string{"1 open comment on Add a canary", "About Add a canary", "For which services?"}, nil)
	s.post(at+"/comments", http.StatusUnprocessableEntity, "row", "nothing:1", "text", "x")
	comments, err := s.app.Desk.Comments(s.Context(), "inc_1", incident.Sight{All: true})
	if err != nil {
		s.Fatal(err)
	}
	for _, c := range comments {
		if c.Answers == "" && c.ResolvedAt.IsZero() {
			s.post(at+"/comments/"+string(c.ID), http.StatusSeeOther, "action", "resolve")
		}
	}
}

// TestPrecedentsAreForAllReaders: who sees private incidents writes none of them into a text that others read.
func TestPrecedentsAreForAllReaders(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	checkout, mail := incident.NewService("checkout"), incident.NewService("mail")
	earlier := func(n int, title string, service incident.Service, private bool) *incident.Incident {
		inc := outage(s, service)
		inc.ID, inc.Number, inc.Title, inc.Private = incident.ID(fmt.Sprint("inc_", n)), fmt.Sprint("INC000", n), title, private
		inc.Milestones = incident.Milestones{}
		inc.Milestones.Set(incident.Opened, s.app.Desk.Now().UTC().AddDate(0, 0, -3-n).Truncate(time.Minute), incident.ToSecond, incident.FromField, "test", "opened")
		return inc
	}
	here := outage(s, checkout)
	all := []*incident.Incident{here, earlier(2, here.Title, checkout, false), earlier(3, here.Title, checkout, true)}
	for i, title := range []string{"Letters are late", "Search finds nothing", "Certificate ran out", "A disk is full", "Login is slow", "Prices are old"} {
		all = append(all, earlier(4+i, title, mail, false))
	}
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{checkout, mail}), tx.PutIncidents(all)}
	})
	if err := s.app.CatchUp(t.Context()); err != nil {
		t.Fatalf("CatchUp: %v", err)
	}
	s.post("/incidents/inc_1/retrospective/begin", http.StatusSeeOther, "template", "Full")
	text := s.get("/incidents/inc_1/retrospective/export/retrospective.md", http.StatusOK)
	if !strings.Contains(text, "INC0002") || strings.Contains(text, "INC0003") {
		t.Errorf("what is known before anybody wrote is\n%s\nwant INC0002 as a similar incident, and no word of INC0003, which is private", text)
	}
}
