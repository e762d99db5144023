package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/app"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/config"
	"hindsight/server/internal/pgtest"
)

// sightNow is when the installations of these tests are looked at.
var sightNow = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// hiddenWord is a word, a service, a tag and a person of two private incidents, and of nothing else.
type hiddenWord struct {
	word     string
	team     incident.ID
	audience incident.Audience
}

var (
	payments, keepers = incident.NewTeam("Payments"), incident.NewTeam("Quetzal keepers")
	hiddenWords       = []hiddenWord{
		{"zanzibar", payments.ID, incident.Audience{}},
		{"quetzal", keepers.ID, incident.Audience{}}, // nothing else names its team
		{"xylophone", incident.NewTeam("Platform").ID, incident.NewAudience([]incident.ID{"usr_named"}, nil)},
		{"okapi", "", incident.NewAudience(nil, []incident.ID{payments.ID})},
	}
)

// ids are those of its incidents, as imports derive them.
func (h hiddenWord) ids() []incident.ID {
	return []incident.ID{ledgerRef(h.word + "-1").ID(), ledgerRef(h.word + "-2").ID()}
}

func ledgerRef(name string) incident.Ref {
	return incident.Ref{Connection: "con_1", Type: "incidents", ExternalID: name}
}

func (h hiddenWord) service() incident.Service { return incident.NewService(h.word + " ledger") }

// onlookers are who looks, and the words that they know.
var onlookers = []struct {
	id    incident.ID
	role  incident.Role
	teams []incident.ID
	knows []string
}{
	{"usr_viewer", incident.Viewer, nil, nil},
	{"usr_editor", incident.Editor, nil, nil},
	{"usr_manager", incident.Manager, nil, nil},
	{"usr_member", incident.Editor, []incident.ID{payments.ID}, []string{"zanzibar", "okapi"}},
	{"usr_named", incident.Editor, nil, []string{"xylophone"}},
	{"usr_keeper", incident.Viewer, []incident.ID{keepers.ID}, []string{"quetzal"}},
	{"usr_admin", incident.Admin, nil, []string{"zanzibar", "quetzal", "xylophone", "okapi"}},
}

// TestSightEverywhere: what somebody is told, on every page and by every operation, is what they would be told had the private incidents that
// they may not see never happened: the same texts, the same counts, the same figures, the same refusals. Of those
// who know nothing one asks with every narrowing, and the others as the pages come; on PostgreSQL all but two ask so.
func TestSightEverywhere(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		sightEverywhere(t, func() string { return "" }, []incident.ID{"usr_viewer", "usr_editor"})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		sightEverywhere(t, func() string { return pgtest.URL(t) }, []incident.ID{"usr_viewer", "usr_editor", "usr_named", "usr_keeper"})
	})
}

// sightEverywhere is the test on databases that fresh gives the addresses of; those in briefly ask each page without narrowing it down.
func sightEverywhere(t *testing.T, fresh func() string, briefly []incident.ID) {
	whole := sightSite(t, fresh(), []string{"zanzibar", "quetzal", "xylophone", "okapi"})
	without := map[string]site{fmt.Sprint(onlookers[len(onlookers)-1].knows): whole}
	paths := readable(t, whole)
	for _, who := range onlookers {
		key := fmt.Sprint(who.knows)
		if _, made := without[key]; !made {
			without[key] = sightSite(t, fresh(), who.knows)
		}
		a, b := whole.as(t, who.id), without[key].as(t, who.id)
		for _, word := range who.knows { // the test would pass if nothing showed
			if got := a.get(t, "/api/v1/search?q="+word); !strings.Contains(got.body, "Ledger of "+word) {
				t.Errorf("%s does not find %s: %d %.300s", who.id, word, got.status, got.body)
			}
		}
		if len(who.knows) == len(hiddenWords) {
			continue
		}
		for _, these := range paths {
			for i, path := range these {
				got := a.get(t, path)
				sameAnswer(t, string(who.id)+" GET "+path, got, b.get(t, path))
				if i > 0 && (got.status != http.StatusOK || slices.Contains(briefly, who.id)) { // it takes no such questions
					break
				}
			}
		}
		for _, w := range writes(who.knows) {
			got, want := a.do(t, w.method, w.path, strings.NewReader(w.body), w.header()), b.do(t, w.method, w.path, strings.NewReader(w.body), w.header())
			sameAnswer(t, string(who.id)+" "+w.method+" "+w.path+" "+w.body, got, want)
			if who.role.May(incident.Write) && w.hidden && got.status != http.StatusNotFound {
				t.Errorf("%s %s %s of what may not be seen = %d, want 404", who.id, w.method, w.path, got.status)
			}
		}
	}
}

// volatile are what differs between two answers that say the same.
var volatile = regexp.MustCompile(`"as_of":[0-9]+|"event":[0-9]+|As of change [0-9]+|<dd>SQLite in [^<]+</dd>|"took_ms":[0-9.e+-]+|in [0-9.,]+ ?(ms|µs|s)\b|request <code>[0-9a-f]+</code>|"request_id":"[0-9a-f]+"|pol_[0-9a-z]{20,}|127\.0\.0\.1:[0-9]+|(?m:^(?:# |go_|process_|hindsight_follow_).*$)`)

func sameAnswer(t *testing.T, what string, got, want response) {
	t.Helper()
	a, b := volatile.ReplaceAllString(got.body, "~"), volatile.ReplaceAllString(want.body, "~")
	if got.status == want.status && a == b {
		return
	}
	at := 0
	for at < min(len(a), len(b)) && a[at] == b[at] {
		at++
	}
	from := max(0, at-150)
	t.Errorf("%s = %d, without what may not be seen %d; they differ at\n…%.400s\nand\n…%.400s", what, got.status, want.status, a[from:], b[from:])
}

// as returns the browser of a user.
func (s site) as(t *testing.T, user incident.ID) visitor {
	t.Helper()
	v, address := s.visitor(t), parsed(t, s.URL)
	v.client.Jar.SetCookies(address, []*http.Cookie{{Name: "hindsight_session", Value: "secret of " + string(user), Path: "/", Quoted: true}})
	return v
}

func parsed(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// sightSite is an installation with public incidents and those private ones that have some words; its clock stands still.
func sightSite(t *testing.T, database string, words []string) site {
	t.Helper()
	a, err := app.Open(t.Context(), app.Options{Config: config.Config{Data: t.TempDir(), DatabaseURL: database, BaseURL: "http://127.0.0.1"}, Parts: app.Found, Version: "test",
		Now: func() time.Time { return sightNow }, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, a)
	if _, err := a.Desk.Store.Update(t.Context(), func(tx incident.Tx) error { return errors.Join(putPublic(tx), putHidden(tx, words), putUsers(tx)) }); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(a.CatchUp(t.Context()), a.Desk.Similar.Weigh(t.Context()), a.Desk.MeasureRunbooks(t.Context())); err != nil {
		t.Fatal(err)
	}
	return s
}

func putUsers(tx incident.Tx) (err error) {
	for _, who := range onlookers {
		u := incident.User{ID: who.id, Name: strings.TrimPrefix(string(who.id), "usr_"), Display: "Responder " + string(who.id[4:]), Role: who.role, CreatedAt: sightNow}
		err = errors.Join(err, tx.PutUser(u), tx.PutMemberships(u.ID, who.teams),
			tx.PutSession(incident.Session{Hash: auth.Hash("secret of " + string(u.ID)), User: u.ID, CreatedAt: sightNow, SeenAt: sightNow, ExpiresAt: sightNow.AddDate(0, 0, 7)}))
	}
	return err
}

// sample is an incident about the ledger of somebody, n days ago.
func runbookOf(word string) string { return "https://wiki.example.com/" + word }

func ledgerIncident(id incident.ID, of string, n int, service incident.Service, team incident.ID) *incident.Incident {
	at := sightNow.AddDate(0, 0, -n)
	ref := ledgerRef(strings.TrimPrefix(string(id), "inc_"))
	for _, h := range hiddenWords {
		if i := slices.Index(h.ids(), id); i >= 0 {
			ref = ledgerRef(fmt.Sprint(h.word, "-", i+1))
		}
	}
	inc := &incident.Incident{ID: id, Ref: ref, Number: strings.ToUpper(ref.ExternalID), Kind: incident.Real, Status: incident.Resolved, Severity: incident.Sev2,
		Origin: incident.OriginPager, PriorityRaw: of + " first", Title: "Ledger of " + of + " lost its primary database", Description: "The failover of " + of + " did not happen, and queue consumers stopped.", Format: incident.Plain,
		Team: team, Services: []incident.ServiceUse{{Service: service.ID, Name: service.Name, Role: "affected"}, {Service: ledger.ID, Name: ledger.Name, Role: "affected"}}, Tags: []string{of + "-tag"},
		People: []incident.Participation{{Person: incident.ID("per_" + of), Name: "Person of " + of, Role: "assignee", From: at}}, Custom: []incident.CustomValue{{Name: of + " field", Value: of + " value"}},
		Factors: []incident.Factor{{Role: "contributing", Category: of + " category", Text: of + " was cold"}}, Actions: []incident.ActionItem{{Title: "Warm " + of, Owner: of + " owner", State: "open", Created: at}},
		SLA:      []incident.SLACycle{{Goal: "resolution", Name: of + " goal", Start: at, Target: time.Hour, Stop: at.Add(2 * time.Hour)}},
		Segments: []incident.Segment{{Status: incident.Triggered, StatusRaw: of + " status", From: at}}, RawID: incident.ID("raw_" + string(id)), MapVersion: 1, KnownProblem: "PRB-" + of,
		Links: []incident.Link{{Kind: "runbook", URL: runbookOf(of), Title: of + " runbook"}}}
	for i, name := range []incident.MilestoneName{incident.ImpactStarted, incident.Detected, incident.Opened, incident.Acked, incident.MitigatedAt, incident.ResolvedAt, incident.ImpactEnded} {
		inc.Milestones.Set(name, at.Add(time.Duration(i*7)*time.Minute), incident.ToMinute, incident.FromField, of+" source", string(name))
	}
	return inc
}

var ledger = incident.NewService("Ledger")

// put stores incidents with all that belongs to them.
func put(tx incident.Tx, of string, incs ...*incident.Incident) error {
	events, retros, raws := map[incident.ID][]incident.TimelineEvent{}, []incident.Retrospective{}, []incident.Raw{}
	for _, inc := range incs {
		at := inc.StartedAt()
		events[inc.ID] = []incident.TimelineEvent{{ID: incident.ID("evt_" + string(inc.ID)), Incident: inc.ID, At: at, Kind: incident.EventNote, Actor: of + " actor", Text: of + " was noted"},
			{ID: incident.ID("evt_x_" + string(inc.ID)), Incident: inc.ID, At: at.Add(time.Minute), Kind: incident.EventEscalated, Actor: of + " actor", Text: of + " was escalated"}}
		retros = append(retros, incident.Retrospective{Incident: inc.ID, Title: "Review of " + of, State: "published", Sections: []incident.Section{{Slug: "resolution", Title: "Resolution", Body: of + " was restarted"}}})
		raws = append(raws, incident.Raw{ID: inc.RawID, Connection: "con_1", Type: "incidents", ExternalID: inc.Ref.ExternalID, Hash: "h", Body: []byte(`{"of":"` + of + `"}`), ReceivedAt: at, Via: "file", Latest: true})
	}
	for _, inc := range incs {
		err := inc.EditFactor("fac_taken", incident.FactorSays{State: incident.FactorConfirmed, Role: "contributing", Text: of + " had a cold cache", From: "inc_open_0"}, of+" owner", inc.StartedAt())
		if err != nil {
			return err
		}
	}
	err := errors.Join(tx.PutIncidents(incs), tx.PutTimeline(events), tx.PutRetrospectives(retros), tx.PutRaws(raws))
	for _, inc := range incs {
		err = errors.Join(err, shareRetro(tx, of, inc))
	}
	return err
}

// shareRetro lets an incident have a retrospective that was published, which all who look on were asked to review so that none is counted as a reader, a link to it,
// and links and factors in it that point at one that everybody sees.
func shareRetro(tx incident.Tx, of string, inc *incident.Incident) error {
	at := inc.StartedAt()
	sections := []incident.RetroSection{{Incident: inc.ID, Slug: "summary", Title: "Summary", Text: of + " was restarted", ChangedAt: at}}
	var reviews []incident.RetroReview
	for _, who := range onlookers {
		reviews = append(reviews, incident.RetroReview{User: who.id, Name: string(who.id), AskedAt: at, Answer: incident.ReviewApproved, At: at})
	}
	return errors.Join(tx.PutRetro(incident.Retro{Incident: inc.ID, Version: 1, Title: "Review of " + of, Reviews: reviews, State: incident.RetroPublished, Number: 1, PublishedAt: at, CreatedAt: at, CreatedBy: of + " owner", ChangedAt: at}),
		tx.PutRetroSections(sections), tx.PutReading(incident.Retrospective{Incident: inc.ID, Title: "Review of " + of, State: "published", Sections: []incident.Section{{Slug: "summary", Title: "Summary",
			Body: of + " was restarted, as [before](/incidents/inc_open_0)"}}}, at.AddDate(1, 0, 0)), tx.PutRetroSnapshot(incident.RetroSnapshot{ID: "snap_" + inc.ID, Incident: inc.ID, Why: incident.SnapshotPublished, Number: 1, At: at, Body: incident.RetroBody{Title: "Review of " + of, Sections: sections}}),
		tx.PutRetroShare(incident.RetroShare{ID: "shr_" + inc.ID, Incident: inc.ID, Hash: auth.Hash("token-of-" + string(inc.ID)), Profile: "customers", Sections: []string{"summary"}, Number: 1, Document: incident.SharedRetro{Title: "Review of " + of},
			FrozenAt: at, CreatedByName: of + " owner", CreatedAt: at, ExpiresAt: sightNow.AddDate(0, 0, 7)}))
}

// putPublic stores what everybody may see.
func putPublic(tx incident.Tx) error {
	checkout, platform := incident.NewService("Checkout"), incident.NewTeam("Platform")
	var incs []*incident.Incident
	for n := range 14 { // three of them within minutes
		days := n * 11
		if n < 4 {
			days = 3
		}
		team := []incident.ID{payments.ID, platform.ID}[n%2]
		inc := ledgerIncident(incident.ID(fmt.Sprintf("inc_open_%d", n)), "everybody", days, checkout, team)
		inc.Title += fmt.Sprintf(" on host-%d", n)
		incs = append(incs, inc)
	}
	change := incident.ChangeEvent{ID: "chg_1", Ref: incident.Ref{Connection: "con_1", Type: "changes", ExternalID: "c"}, Kind: incident.ChangeDeploy, Title: "Release 7", Result: incident.ChangeSucceeded,
		Services: []incident.ServiceUse{{Service: ledger.ID, Name: ledger.Name}}, StartedAt: sightNow.AddDate(0, 0, -3).Add(-time.Hour), FinishedAt: sightNow.AddDate(0, 0, -3).Add(-30 * time.Minute)}
	objective := incident.Objective{Service: ledger.ID, Target: 0.999, Window: incident.ObjectiveWindow{Days: 28}}
	contract := incident.Contract{Window: incident.Window{Every: incident.Month}, Promises: []incident.SLAPromise{{Name: "Resolution", Span: "opened..resolved", WithinSeconds: 1800, Goal: 0.9}}}
	return errors.Join(tx.PutConnection(incident.Connection{ID: "con_1", Source: "table", Name: "tickets", MapVersion: 1, CreatedAt: sightNow}),
		tx.PutRun(incident.Run{ID: "run_1", Connection: "con_1", State: incident.RunOK, Via: "file", StartedAt: sightNow, FinishedAt: sightNow}),
		tx.PutServices([]incident.Service{checkout, ledger}), tx.PutTeams([]incident.Team{payments, platform}), put(tx, "everybody", incs...),
		tx.PutChangeEvents([]incident.ChangeEvent{change}), policy(tx, "slo_1", incident.ObjectivePolicy, "Ledger is up", objective), policy(tx, "pol_contract", incident.ContractPolicy, "Gold", contract))
}

func policy(tx incident.Tx, id incident.ID, kind incident.PolicyKind, name string, body any) error {
	text, err := json.Marshal(body)
	return errors.Join(err, tx.PutPolicy(incident.Policy{ID: id, Version: 1, Kind: kind, Name: name, Body: text, SavedAt: sightNow, SavedBy: "admin"}))
}

// saidTwin is a public incident of which somebody said that it is the same as each of some, and took it back.
func saidTwin(of ...incident.ID) *incident.Incident {
	inc := ledgerIncident("inc_open_20", "everybody", 200, incident.NewService("Checkout"), payments.ID)
	for _, id := range of {
		inc.Edits = append(inc.Edits, incident.Edit{Field: "same_as", Value: string(id), By: "admin", At: sightNow}, incident.Edit{Field: "same_as", Was: string(id), By: "admin", At: sightNow})
	}
	return inc
}

// putHidden stores the private incidents with some words, and a problem of which they are members beside public ones.
func putHidden(tx incident.Tx, words []string) (err error) {
	var twins []incident.ID
	shared := incident.Problem{ID: "prb_shared", Title: "Ledger lost its primary", State: incident.Confirmed, Basis: "text", By: "admin", At: sightNow, Terms: []string{"ledger"},
		Members: []incident.ProblemMember{{Incident: "inc_open_0", Score: 0.5}, {Incident: "inc_open_5", Score: 0.5}, {Incident: "inc_open_9", Score: 0.5}}}
	for _, h := range hiddenWords {
		if !slices.Contains(words, h.word) {
			continue
		}
		var incs []*incident.Incident
		own := incident.Problem{ID: incident.ID("prb_" + h.word), Title: "The " + h.word + " again", State: incident.Suggested, Basis: "text", Terms: []string{h.word}}
		for i, id := range h.ids() {
			twins = append(twins, id)
			inc := ledgerIncident(id, h.word, 3+40*i, h.service(), h.team)
			inc.Private, inc.Audience, inc.Severity = true, h.audience, incident.Sev1
			inc.Edits = []incident.Edit{{Field: "caused_by", Value: "chg_1", By: h.word, At: sightNow}}
			incs, own.Members, shared.Members = append(incs, inc), append(own.Members, incident.ProblemMember{Incident: id}), append(shared.Members, incident.ProblemMember{Incident: id})
		}
		if h.team == keepers.ID {
			err = errors.Join(err, tx.PutTeams([]incident.Team{keepers}))
		}
		err = errors.Join(err, tx.PutServices([]incident.Service{h.service()}), put(tx, h.word, incs...), tx.PutProblems([]incident.Problem{own}),
			tx.AddProblemEvents([]incident.ProblemEvent{{Problem: "prb_shared", Kind: incident.ProblemJoined, Incident: h.ids()[0], Rule: h.word, At: sightNow}}),
			policy(tx, incident.ID("slo_"+h.word), incident.ObjectivePolicy, h.word+" is up", incident.Objective{Service: h.service().ID, Target: 0.99, Window: incident.ObjectiveWindow{Days: 28}}))
	}
	return errors.Join(err, tx.PutProblems([]incident.Problem{shared}), put(tx, "everybody", saidTwin(twins...)))
}

// tried is one change that somebody tries.
type tried struct {
	method, path, body string
	hidden             bool // it is about an incident that may not be seen
}

func (w tried) header() http.Header {
	if strings.HasPrefix(w.path, "/api/") {
		return http.Header{"Content-Type": {"application/json"}}
	}
	return http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
}

// writes are changes of what may not be seen, and of what may be seen by what may not.
func writes(knows []string) (out []tried) {
	for _, h := range hiddenWords {
		if slices.Contains(knows, h.word) {
			continue
		}
		id := string(h.ids()[0])
		for _, form := range []struct{ path, body string }{{"edit", "field=title&value=x"}, {"milestones", "name=resolved&at=2026-06-01T10:00"}, {"same", "other=inc_open_1"}, {"alike", "other=inc_open_1&verdict=same"}, {"apart", ""}, {"runbooks", "runbook=https://example.com/x&verdict=helped"}, {"audience", "private=false"}} {
			out = append(out, tried{http.MethodPost, "/incidents/" + id + "/" + form.path, form.body, true})
		}
		out = append(out, tried{http.MethodPost, "/incidents/" + id + "/retrospective/share", "do=make&profile=customers&days=7", true}, tried{http.MethodPost, "/incidents/" + id + "/retrospective/share/shr_" + id + "/revoke", "", true},
			tried{http.MethodPost, "/incidents/inc_open_1/retrospective/share/shr_" + id + "/revoke", "", true})
		out = append(out, tried{http.MethodPatch, "/api/v1/incidents/" + id, `{"private":false}`, true}, tried{http.MethodPost, "/incidents/" + id + "/retrospective/timeline", "action=add&title=x&at=2026-06-01T10:00&about=0&lane=key", true}, tried{http.MethodPost, "/api/v1/incidents/" + id + "/retrospective/moments", `{"title":"x","at":"2026-06-01T10:00:00Z"}`, true},
			tried{http.MethodPost, "/api/v1/incidents/" + id + "/similar", `{"other_id":"inc_open_1","verdict":"same"}`, true},
			tried{http.MethodPost, "/incidents/inc_open_1/same", "other=" + id, false}, tried{http.MethodPost, "/incidents/inc_open_1/edit", "field=same_as&value=" + id, false}, tried{http.MethodPost, "/incidents/inc_open_1/alike", "verdict=same&other=" + id, true},
			tried{http.MethodPost, "/api/v1/incidents/inc_open_1/similar", `{"verdict":"same","other_id":"` + id + `"}`, true}, tried{http.MethodPost, "/problems/prb_" + h.word + "/verdict", "verdict=confirm", true},
			tried{http.MethodPost, "/problems/prb_shared/members/" + id + "/remove", "", true}, tried{http.MethodPost, "/slo/new", "name=x&service=" + url.QueryEscape(h.service().Name) + "&objective=99&window=days&days=28", false})
	}
	return out
}

// fillers are what stands in the place of a path's parameter, for the path up to it.
func fillers() map[string][]string {
	incidents, services, problems, objectives := []string{"inc_open_0", "inc_open_5", "inc_open_20", "nobody"}, []string{string(ledger.ID), "checkout", "nobody"}, []string{"prb_shared"}, []string{"slo_1"}
	teams, figures := []string{string(payments.ID), "all"}, []string{"learning.repeats", "learning.actions", "process.begun", "process.begun.team~none", "delivery.near", "delivery.failed", "load.interruptions." + string(payments.ID), "load.interruptions." + string(keepers.ID)}
	runbooks, tokens := []string{"nothing"}, []string{"nothing"}
	for _, h := range hiddenWords {
		runbooks = append(runbooks, string(incident.LinkedRunbookID(runbookOf(h.word))))
		for _, id := range h.ids() {
			incidents, tokens = append(incidents, string(id)), append(tokens, "token-of-"+string(id))
		}
		services = append(services, string(h.service().ID), incident.Slug(h.service().Name))
		problems, objectives = append(problems, "prb_"+h.word), append(objectives, "slo_"+h.word)
	}
	teams = append(teams, string(keepers.ID))
	out := map[string][]string{"/incidents/": incidents, "/services/": services, "/problems/": problems, "/slo/": objectives, "/cases/": figures, "/admin/hours/": teams, "/changes/": {"chg_1"}, "/contracts/": {"pol_contract"},
		"/admin/contracts/": {"pol_contract", "new"}, "/admin/calendars/": {"new"}, "/imports/": {"con_1"}, "/imports/runs/": {"run_1"}, "/imports/new/": {"table"}, "/views/": {"nothing"}, "/runbooks/": runbooks}
	for path, values := range maps.Clone(out) {
		out["/api/v1"+path] = values
	}
	for path, value := range map[string]string{"/api/v1/users/": "usr_named", "/scim/v2/Users/": "usr_named", "/scim/v2/Groups/": string(keepers.ID), "/scim/v2/ResourceTypes/": "User", "/scim/v2/Schemas/": "none", "/admin/erase/": "nothing"} {
		out[path] = []string{value}
	}
	out["/shared/"] = tokens // nobody opens one of a public incident here, for that would be counted
	out["/api/v1/imports/"], out["/api/v1/connections/"], out["/api/v1/durations/"], out["/api/v1/calendars/"], out["/api/v1/charts/"] = []string{"run_1"}, []string{"con_1"}, []string{"nothing"}, []string{"none"}, nil
	out["/reports/schedules/"], out["/reports/runs/"], out["/reports/runs/nothing/files/"] = []string{"nothing"}, []string{"nothing"}, []string{"nothing"}
	out["/reports/"], out["/api/v1/reports/"] = []string{"sla"}, []string{"sla.json", "sla.md"}
	for _, d := range reports.Catalog() {
		for _, ending := range []string{"json", "csv"} {
			out["/api/v1/charts/"] = append(out["/api/v1/charts/"], d.ID+"."+ending)
		}
	}
	return out
}

// unasked are the routes that TestSightEverywhere does not ask, and why.
var unasked = map[string]string{
	"/assets/*name":         "files of the program, the same for everybody",
	"/imports/:id/forecast": "counts records of a connection, whatever becomes of them, for those who may import: docs/operating.md says so",
	"/admin/audit":          "tells that something was done to what is hidden, without its name and values: TestAuditPage",
	"/admin/audit.csv":      "as /admin/audit",
	"/admin/audit.jsonl":    "as /admin/audit",
	"/api/v1/audit":         "as /admin/audit",
	"/api/v1/audit/head":    "the hash of the last entry, which differs between any two installations",
}

// readable lists what can be read, from the router itself: each page and operation, with whatever there is to name, and narrowed down to
// what may not be seen. Of each the first is without a question, and the second with the simplest.
func readable(t *testing.T, s site) (out [][]string) {
	t.Helper()
	narrow := []string{"?range=all"}
	for _, h := range hiddenWords {
		narrow = append(narrow, "?range=all&q="+h.word)
	}
	narrow = append(narrow, "?range=all&service=zanzibar+ledger", "?range=all&team=Quetzal+keepers", "?range=all&tag=okapi-tag&priority=xylophone+first", "?q=zanzibat", "?q=team:quet", "?q=service:zan", "?group_by=service&range=all", "?metric=count&group_by=tag&range=all", "?a=zanzibar+ledger&b=ledger", "?limit=3&sort=relevance&q=ledger")
	left := maps.Clone(unasked)
	for _, route := range s.app.Access() {
		if _, why := unasked[route.Path]; why {
			delete(left, route.Path)
			continue
		}
		if route.Method != http.MethodGet {
			continue
		}
		head, tail, has := strings.Cut(route.Path, ":")
		if !has {
			these := []string{route.Path}
			for _, q := range narrow {
				these = append(these, route.Path+q)
			}
			out = append(out, these)
			continue
		}
		values, known := fillers()[head]
		if !known {
			t.Errorf("GET %s: nothing is known to stand in its place; name it in fillers", route.Path)
		}
		_, rest, _ := strings.Cut(tail, "/")
		for _, v := range values {
			path := strings.TrimSuffix(head+v+"/"+rest, "/")
			out = append(out, []string{path, path + "?range=all"})
		}
	}
	for path := range left {
		t.Errorf("%s is left out and is no route", path)
	}
	if len(out) < 300 {
		t.Errorf("%d things to read, want 300 or more", len(out))
	}
	return out
}
