package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const retentionPath = "/admin/retention"

func (s *Server) retentionPage(r *request) (answer, error) {
	rule, _, err := s.Retention(r.Request.Context())
	if err != nil {
		return answer{}, err
	}
	values := ruleValues(rule)
	if r.Request.URL.RawQuery != "" { // rules that somebody was about to save
		values = r.Request.URL.Query()
	}
	page, err := s.retention(r, values, nil)
	return answer{page: page}, err
}

// confirmedRetention is saveRetention. Before rules come in force, who saves them proves who they are, and goes on where they were.
func (s *Server) confirmedRetention(r *request) (answer, error) {
	if r.PostForm("action") != "save" {
		return s.saveRetention(r)
	}
	back := url.Values{}
	for name, values := range r.Request.PostForm {
		if name != "action" && name != "version" && values[0] != "" {
			back[name] = values[:1]
		}
	}
	return s.confirmed(retentionPath+"?"+back.Encode(), s.saveRetention)(r)
}

// retention is the page with what is in force, and a form that holds the rules of values; wrong is what is the matter with those.
func (s *Server) retention(r *request, values url.Values, wrong error) (frontend.RetentionPage, error) {
	ctx := r.Request.Context()
	page := frontend.RetentionPage{Shell: r.shell("Retention", frontend.NavSettings), Form: formOf(values, wrong)}
	rule, saved, err := s.Retention(ctx)
	if err != nil {
		return page, err
	}
	if page.Saved = saved; saved {
		if page.Look, err = s.retentionLook(r, page.Shell, "now", rule); err != nil {
			return page, err
		}
	}
	last, err := s.LastRetention(ctx)
	if err != nil {
		return page, err
	}
	page.Last = frontend.RetentionRun{At: last.At, Facts: keptWords(last.Kept)}
	versions, err := s.WorkVersions(ctx, incident.RetentionID)
	page.Versions = each(versions, func(v desk.PolicyVersion) frontend.VersionRow {
		return frontend.VersionRow{Version: v.Version, At: v.SavedAt, By: v.SavedBy, Note: v.Note, Removed: v.Removed}
	})
	if len(versions) > 0 {
		page.Version = versions[0].Version
	}
	page.Inputs = retentionInputs(page.Form)
	return page, err
}

func retentionInputs(form frontend.Form) []frontend.Input {
	number := func(name, label, hint string) frontend.Input {
		return frontend.Input{Name: name, Label: label, Type: "number", Value: form.Value(name, ""), Error: form.Error(name), Hint: hint}
	}
	how := frontend.Input{Name: "incidents", Label: "What happens to those incidents", Value: form.Value("incidents", ""), Error: form.Error("incidents"), Options: []frontend.Choice{
		{Value: "", Label: "nothing: they are kept"}, {Value: string(incident.Strip), Label: "stripped: words and people go, figures stay"}, {Value: string(incident.Discard), Label: "deleted: figures of the past change"}}}
	for i := range how.Options {
		how.Options[i].On = how.Options[i].Value == how.Value
	}
	return []frontend.Input{
		number("raw_days", "Raw records, in days since they were received", "Of matters that are over. Without its raw record an incident cannot be mapped anew."),
		number("note_days", "Private notes in timelines, in days since they were written", ""),
		number("incident_years", "Incidents that are over, in years since they began", ""), how,
		number("audit_days", "Entries of the audit log, in days", "90 or more."),
		number("session_days", "Sessions, in days since they were last seen", ""),
		{Name: "note", Label: "Why they change", Type: "text", Value: form.Value("note", "")},
	}
}

// retentionLook says what rules are and would take away.
func (s *Server) retentionLook(r *request, shell frontend.Shell, name string, rule incident.Retention) (frontend.RetentionLook, error) {
	found, err := s.LookRetention(r.Request.Context(), rule)
	asked := ruleValues(rule)
	asked.Set("look", name)
	k := found.Said
	return frontend.RetentionLook{Shell: shell, Name: name, Done: found.Done, Began: found.Began, Asked: asked, Rows: []frontend.RetentionRow{
		retentionRow("Raw records", rule.RawDays, "those of matters that are over go %s after they were received", "day", k.Raws),
		retentionRow("Private notes in timelines", rule.NoteDays, "they go %s after they were written", "day", int64(k.Notes)),
		retentionRow("Incidents", rule.IncidentYears, map[incident.Disposal]string{incident.Strip: "those that are over lose words and people %s after they began; figures stay",
			incident.Discard: "those that are over are deleted %s after they began; figures of that time change"}[rule.Incidents], "year", int64(k.Incidents)),
		retentionRow("Entries of the audit log", rule.AuditDays, "they go after %s; the chain of those that stay still holds", "day", k.Audit),
		retentionRow("Sessions", rule.SessionDays, "they go %s after they were last seen", "day", k.Sessions),
	}}, err
}

func retentionRow(what string, n int, rule, unit string, would int64) frontend.RetentionRow {
	if n == 0 {
		return frontend.RetentionRow{What: what, Rule: "kept for ever", Kept: true}
	}
	if n != 1 {
		unit += "s"
	}
	return frontend.RetentionRow{What: what, Rule: strings.ToUpper(rule[:1]) + fmt.Sprintf(rule, fmt.Sprintf("%d %s", n, unit))[1:], Would: would}
}

// keptWords lists what went; nothing for nothing.
func keptWords(k desk.Kept) (out []frontend.Pair) {
	for _, kind := range []struct {
		one, more string
		n         int64
	}{{"raw record", "raw records", k.Raws}, {"private note", "private notes", int64(k.Notes)}, {"incident", "incidents", int64(k.Incidents)},
		{"entry of the audit log", "entries of the audit log", k.Audit}, {"session", "sessions", k.Sessions}} {
		if kind.n == 1 {
			kind.more = kind.one
		}
		if kind.n > 0 {
			out = append(out, frontend.Pair{Name: kind.more, Value: strconv.FormatInt(kind.n, 10)})
		}
	}
	return out
}

// lookRetention is the part of the page that counts, for the rules of the address.
func (s *Server) lookRetention(r *request) (answer, error) {
	rule, err := ruleOf(r.Query)
	if err != nil {
		return answer{}, err
	}
	name := "now"
	if r.Query("look") == "tried" {
		name = "tried"
	}
	found, err := s.retentionLook(r, r.shell("Retention", frontend.NavSettings), name, rule)
	return answer{page: found}, err
}

// saveRetention shows what rules would take away, or brings them in force.
func (s *Server) saveRetention(r *request) (answer, error) {
	ctx, change := r.Request.Context(), r.changeOf()
	rule, err := ruleOf(r.PostForm)
	if err == nil && r.PostForm("action") == "save" {
		var seq incident.Seq
		if seq, err = s.SaveRetention(ctx, rule, change.Version, change.By, change.Note); err == nil {
			s.Wait(ctx, seq)
			return goTo(retentionPath, frontend.Flash{Kind: frontend.Done, Text: "The rules are in force."})
		}
	}
	if err != nil && !wrongInput(err) {
		return answer{}, err
	}
	page, pageErr := s.retention(r, r.Request.PostForm, err)
	if pageErr != nil {
		return answer{}, pageErr
	}
	if errors.Is(err, incident.ErrConflict) {
		page.Form.Errors = []frontend.FieldError{{Message: "Another version was saved meanwhile, and yours was not. Compare what is in force now, above, and try again."}}
	}
	if err != nil {
		return answer{page: page, status: http.StatusUnprocessableEntity}, nil
	}
	page.Version = change.Version // whoever saves meanwhile is told of
	tried, err := s.retentionLook(r, page.Shell, "tried", rule)
	page.Tried = &tried
	return answer{page: page}, err
}

func (s *Server) removeRetention(r *request) (answer, error) {
	return s.takeBack(r, incident.RetentionID, incident.RetentionPolicy, retentionPath, "The rules are taken back. Everything is kept from now on.")
}

// ruleOf reads rules from a form or an address. ErrInvalid names the field at fault.
func ruleOf(value func(string) string) (incident.Retention, error) {
	var rule incident.Retention
	for name, into := range map[string]*int{"raw_days": &rule.RawDays, "note_days": &rule.NoteDays, "incident_years": &rule.IncidentYears, "audit_days": &rule.AuditDays, "session_days": &rule.SessionDays} {
		text := strings.TrimSpace(value(name))
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return rule, incident.Invalidf(name, "%q is not a number from 1 up; leave it empty to keep for ever", text)
		}
		*into = n
	}
	rule.Incidents = incident.Disposal(value("incidents"))
	return rule, rule.Validate()
}

// ruleValues are rules as a form has them.
func ruleValues(rule incident.Retention) url.Values {
	v := url.Values{}
	for name, n := range map[string]int{"raw_days": rule.RawDays, "note_days": rule.NoteDays, "incident_years": rule.IncidentYears, "audit_days": rule.AuditDays, "session_days": rule.SessionDays} {
		if n > 0 {
			v.Set(name, strconv.Itoa(n))
		}
	}
	if rule.Incidents != "" {
		v.Set("incidents", string(rule.Incidents))
	}
	return v
}
