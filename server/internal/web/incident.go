package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const (
	similarShown = 5
	rawShown     = 64 << 10 // bytes of a record that the page shows; all of it can be downloaded
)

func (s *Server) incident(r *request) (answer, error) {
	inc, err := s.Incident(r.Request.Context(), incident.ID(r.Param("id")), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page, err := s.incidentPage(r, inc, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) incidentPage(r *request, inc *incident.Incident, form frontend.Form) (frontend.IncidentPage, error) {
	ctx := r.Request.Context()
	page := frontend.IncidentPage{Shell: r.shell(inc.Title, frontend.NavIncidents, frontend.Link{Label: "Incidents", Path: incidentsPath}),
		Incident: inc, Form: form, MayEdit: r.viewer.MayChange(incident.Write), Uncounted: inc.Uncounted(),
		Durations: s.durations(inc), Clocks: s.clocksOf(inc), Related: s.related(inc, r.viewer.Sight()),
		Exports: []frontend.Link{{Label: "JSON", Path: "/api/v1/incidents/" + string(inc.ID)}}}
	for _, u := range inc.Services {
		page.Services = append(page.Services, frontend.Link{Label: u.Name, Path: frontend.ServicePath(u.Service)})
	}
	if inc.Team != "" {
		name := s.Live.Snapshot().Name(inc.Team)
		page.Team = frontend.Link{Label: name, Path: incidentsPath + "?team=" + queryEscape(string(inc.Team))}
	}
	for _, fill := range []func(context.Context, *request, *frontend.IncidentPage) error{s.fillSeen, s.fillTwins, s.fillEvents, s.fillRetro, s.fillFactors, s.fillActions, s.fillSimilar, s.fillRunbooks, s.fillSuggested, s.fillProblems, s.fillRaw, s.fillChanges, s.fillOnCall} {
		if err := fill(ctx, r, &page); err != nil {
			return page, err
		}
	}
	return page, nil
}

// durations are the metrics that are spans, and what they are for this incident.
func (s *Server) durations(inc *incident.Incident) []frontend.DurationLine {
	var out []frontend.DurationLine
	for _, m := range analytics.Metrics() {
		if len(m.Span.From) == 0 {
			continue
		}
		line := frontend.DurationLine{Label: m.Title, Span: m.Span, Metric: m.ID, Value: inc.Milestones.Between(m.Span, inc.Status.Over(), s.Now().UTC())}
		line.Why = whyNot(inc, m.Span, line.Value)
		out = append(out, line)
	}
	return out
}

func whyNot(inc *incident.Incident, span incident.Span, d incident.Duration) string {
	switch d.State {
	case incident.NotApplicable:
		if inc.Milestones.Earliest(span.From...).IsZero() {
			return "no time is recorded for " + milestoneWords(span.From)
		}
		return "no time is recorded for " + milestoneWords(span.To)
	case incident.Invalid:
		return "it ends before it begins: one of the times is wrong, so it counts nowhere until somebody corrects it"
	case incident.Pending:
		return "so far"
	}
	return ""
}

func milestoneWords(names []incident.MilestoneName) string {
	return strings.Join(each(names, func(n incident.MilestoneName) string { return strings.ReplaceAll(string(n), "_", " ") }), " or ")
}

// clocksOf are the clocks of the source, and of the contracts that cover the incident.
func (s *Server) clocksOf(inc *incident.Incident) []frontend.ClockRow {
	return each(analytics.ClocksOf(inc, s.Live.Snapshot().Agreements(), s.Now().UTC()), clockRow)
}

// related leads to the incidents that this one is a part of, as far as the viewer may know them.
func (s *Server) related(inc *incident.Incident, sight incident.Sight) []frontend.Link {
	snapshot := s.Live.Snapshot()
	var out []frontend.Link
	for _, x := range []struct {
		label string
		id    incident.ID
	}{{"Part of", inc.Parent}, {"Merged into", inc.MergedInto}, {"Duplicate of", inc.DuplicateOf}} {
		if x.id != "" && !snapshot.Hides(x.id, sight) {
			out = append(out, frontend.Link{Label: x.label, Path: frontend.IncidentPath(x.id)})
		}
	}
	return out
}

func (s *Server) fillEvents(ctx context.Context, r *request, page *frontend.IncidentPage) error {
	events, err := s.Store.Timeline(ctx, page.Incident.ID)
	reads := r.viewer.Sight().Sees(page.Incident.Team, page.Incident.Audience)
	for _, e := range events {
		if !e.Private || reads {
			page.Events = append(page.Events, e)
		}
	}
	return err
}

func (s *Server) fillRetro(ctx context.Context, _ *request, page *frontend.IncidentPage) error {
	retro, err := s.Store.Retrospective(ctx, page.Incident.ID)
	if errors.Is(err, incident.ErrNotFound) {
		return nil
	}
	page.Retro = retro
	if err == nil {
		page.RetroFiles, err = s.retroFiles(ctx, page.Incident.ID)
	}
	return err
}

func (s *Server) fillProblems(ctx context.Context, r *request, page *frontend.IncidentPage) error {
	known, err := s.KnownProblems(ctx, []incident.ID{page.Incident.ID}, r.viewer.Sight())
	page.Problems = each(known[page.Incident.ID], knownProblem)
	return err
}

// fillRaw shows the record that the incident was made of. It may hold private notes, so not everybody
// sees more than where it came from.
func (s *Server) fillRaw(ctx context.Context, r *request, page *frontend.IncidentPage) error {
	inc := page.Incident
	if inc.Ref.Connection != "" {
		conn, err := s.Store.Connection(ctx, inc.Ref.Connection)
		if errors.Is(err, incident.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		page.Connection = frontend.Link{Label: conn.Name, Path: frontend.ConnectionPath(conn.ID)}
	}
	if may, err := s.MayReadRaw(ctx, inc, r.viewer.Sight()); err != nil || !may || inc.RawID == "" || !r.viewer.May(incident.Import) {
		return err
	}
	raw, err := s.Store.Raw(ctx, inc.RawID)
	if errors.Is(err, incident.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	body, cut := readable(raw.Body)
	page.Raw = &frontend.RawView{ID: raw.ID, Type: raw.Type, ExternalID: raw.ExternalID, ReceivedAt: raw.ReceivedAt, Origin: raw.Origin,
		Hash: raw.Hash, Body: body, Cut: cut, Download: frontend.IncidentPath(inc.ID) + "/raw", MapVersion: inc.MapVersion}
	return nil
}

// readable indents JSON and cuts what is too long for a page.
func readable(body []byte) (text string, cut bool) {
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") == nil {
		body = b.Bytes()
	}
	if len(body) > rawShown {
		body, cut = body[:rawShown], true
	}
	return strings.ToValidUTF8(string(body), "�"), cut
}

func (s *Server) editIncident(r *request) (answer, error) {
	return s.patch(r, desk.Patch{Fields: map[string]string{r.PostForm("field"): r.PostForm("value")}}, "Saved. What the source says is kept beside it.")
}

// shareIncident says whether an incident is private, and who sees it then beside its team.
func (s *Server) shareIncident(r *request) (answer, error) {
	listed := func(name string) (out []string) {
		for word := range strings.FieldsFuncSeq(r.PostForm(name), func(c rune) bool { return c == ',' || c == '\n' }) {
			if word = strings.TrimSpace(word); word != "" {
				out = append(out, word)
			}
		}
		return out
	}
	return s.patch(r, desk.Patch{Fields: map[string]string{"private": r.PostForm("private")}, ShutOut: r.PostForm("shut_out") == "on",
		Share: &desk.Sharing{Users: listed("users"), Teams: listed("teams")}}, "Saved. Below it says who sees the incident now.")
}

// fillSeen says who sees the incident.
func (s *Server) fillSeen(ctx context.Context, r *request, page *frontend.IncidentPage) error {
	var err error
	if page.Seen.Words, err = s.WhoSees(ctx, page.Incident); err != nil {
		return err
	}
	shared, err := s.Audience(ctx, page.Incident.Audience)
	if err != nil {
		return err
	}
	page.Seen.Users, page.Seen.Teams = strings.Join(shared.Users, ", "), strings.Join(shared.Teams, ", ")
	page.Seen.Names = map[incident.ID]string{}
	for i, id := range page.Incident.Audience.Users {
		page.Seen.Names[id] = shared.Users[i]
	}
	for _, t := range s.Live.Snapshot().Teams(r.viewer.Sight()) {
		page.Seen.Names[t.ID] = t.Name
	}
	return nil
}

func (s *Server) stateMilestone(r *request) (answer, error) {
	at, err := localTime(r.PostForm("at"), r.zone())
	if err != nil {
		return s.patchFailed(r, err)
	}
	a, err := s.patch(r, desk.Patch{Milestones: []desk.MilestonePatch{{Name: r.PostForm("name"), At: at, Reason: strings.TrimSpace(r.PostForm("reason"))}}},
		"Saved. The imported time is kept beside yours.")
	if back := r.PostForm("back"); err == nil && a.to != "" && localPath(back) {
		a.to = back
	}
	return a, err
}

// localTime reads what a browser's date-time field sends, in the viewer's zone.
func localTime(text string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(text), zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, incident.Invalidf("at", "%q is not a time such as 2026-11-20 14:05", text)
}

func (s *Server) patch(r *request, p desk.Patch, done string) (answer, error) {
	ctx := r.Request.Context()
	id := incident.ID(r.Param("id"))
	if _, err := s.Incident(ctx, id, r.viewer.Sight()); err != nil {
		return answer{}, err
	}
	changed, seq, err := s.Edit(ctx, id, p, r.viewer.Name, r.viewer.Sight())
	if errors.Is(err, incident.ErrInvalid) {
		return s.patchFailed(r, err)
	}
	if err != nil {
		return answer{}, err
	}
	s.Wait(ctx, seq)
	if !changed.SeenBy(r.viewer.Sight()) {
		return goTo(incidentsPath, frontend.Flash{Kind: frontend.Done, Text: "Saved. You do not see this incident any more."})
	}
	return goTo(frontend.IncidentPath(id), frontend.Flash{Kind: frontend.Done, Text: done})
}

// patchFailed shows the page again, with what was typed and what is wrong with it.
func (s *Server) patchFailed(r *request, cause error) (answer, error) {
	inc, err := s.Incident(r.Request.Context(), incident.ID(r.Param("id")), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page, err := s.incidentPage(r, inc, formOf(r.Request.PostForm, cause))
	return answer{page: page, status: http.StatusUnprocessableEntity}, err
}
