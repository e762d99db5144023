package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const (
	deliveryRulePath = "/admin/delivery"
	hoursPath        = "/admin/hours"
	allTeams         = "all" // instead of the id of a team
)

func (s *Server) editDeliveryRule(r *request) (answer, error) {
	rule, version, err := s.DeliveryRule(r.Request.Context())
	if err != nil {
		return answer{}, err
	}
	page, err := s.deliveryForm(r, rule, version)
	return answer{page: page}, err
}

// deliveryForm is the editor filled with a rule.
func (s *Server) deliveryForm(r *request, rule incident.DeliveryRule, version int) (frontend.PolicyPage, error) {
	page := frontend.PolicyPage{Shell: r.shell("Deployments and their incidents", frontend.NavSettings), Heading: "Deployments and their incidents", Action: deliveryRulePath, Back: deliveryPath, Version: version,
		Lede: "Which changes count as deployments, and how long after one an incident may begin to be laid to it without a person's word. It counts for the past as well.",
		Groups: []frontend.InputGroup{{Title: "Rule", Inputs: []frontend.Input{
			{Name: "cap_minutes", Label: "Longest time from a deployment to an incident, in minutes", Type: "number", Value: strconv.Itoa(rule.CapMinutes), Required: true,
				Hint: "The longer it is, the more incidents lie within it by chance alone; the page of delivery says how many. The standard is 240."},
			{Name: "environments", Label: "Environments where users are, one a line", Type: "textarea", Value: strings.Join(rule.Environments, "\n"), Required: true,
				Hint: "Deployments to other environments are left out. A change that names none counts, too."},
			{Name: "note", Label: "Why it changes", Type: "text"}}}}}
	err := s.addVersions(r.Request.Context(), &page, incident.DeliveryPolicyID)
	return page, err
}

// addVersions lists who saved what, and lets what is in force be taken back.
func (s *Server) addVersions(ctx context.Context, page *frontend.PolicyPage, id incident.ID) error {
	versions, err := s.WorkVersions(ctx, id)
	page.Versions = each(versions, func(v desk.PolicyVersion) frontend.VersionRow {
		return frontend.VersionRow{Version: v.Version, At: v.SavedAt, By: v.SavedBy, Note: v.Note, Removed: v.Removed}
	})
	if len(versions) > 0 && !versions[0].Removed {
		page.Remove = page.Action + "/remove"
	}
	return err
}

// saveDeliveryRule tries a rule, and saves it when it was tried.
func (s *Server) saveDeliveryRule(r *request) (answer, error) {
	ctx, change := r.Request.Context(), r.changeOf()
	minutes, err := strconv.Atoi(strings.TrimSpace(r.PostForm("cap_minutes")))
	if err != nil {
		err = incident.Invalidf("cap_minutes", "%q is not a number of minutes", r.PostForm("cap_minutes"))
	}
	rule := incident.DeliveryRule{CapMinutes: minutes, Environments: lines(r.PostForm("environments"))}
	if err == nil && r.PostForm("action") == "save" {
		var seq incident.Seq
		if seq, err = s.SaveDeliveryRule(ctx, rule, change.Version, change.By, change.Note); err == nil {
			s.Wait(ctx, seq)
			return goTo(deliveryPath, frontend.Flash{Kind: frontend.Done, Text: "The rule is in force."})
		}
	}
	page, formErr := s.deliveryForm(r, rule, change.Version)
	if formErr != nil {
		return answer{}, formErr
	}
	var run desk.DryRun
	if err == nil {
		run.Sentences, err = s.TryDeliveryRule(ctx, rule, r.viewer.Sight())
	}
	return tried(r, page, run, err)
}

func (s *Server) removeDeliveryRule(r *request) (answer, error) {
	return s.takeBack(r, incident.DeliveryPolicyID, incident.DeliveryPolicy, deliveryRulePath, "The standard rule is in force again.")
}

// takeBack removes a policy whose standard then holds again.
func (s *Server) takeBack(r *request, id incident.ID, kind incident.PolicyKind, path, done string) (answer, error) {
	seq, err := s.RemovePolicy(r.Request.Context(), id, kind, r.viewer.Name)
	if err != nil {
		return answer{}, err
	}
	s.Wait(r.Request.Context(), seq)
	return goTo(path, frontend.Flash{Kind: frontend.Done, Text: done})
}

// hours lists whose hours are agreed on.
func (s *Server) hours(r *request) (answer, error) {
	page := frontend.HoursPage{Shell: r.shell("Team hours", frontend.NavSettings)}
	add := func(id, name string, team incident.ID) error {
		h, from, err := s.TeamHours(team)
		page.Rows = append(page.Rows, frontend.HoursRow{Path: hoursPath + "/" + id, Name: name, Hours: hoursWords(h), From: from})
		return err
	}
	err := add(allTeams, "All teams without hours of their own", "")
	for _, t := range s.Live.Snapshot().Teams(r.viewer.Sight()) {
		err = errors.Join(err, add(string(t.ID), t.Name, t.ID))
	}
	return answer{page: page}, err
}

// hoursTeam is the team that the path names, empty for all.
func (s *Server) hoursTeam(r *request) (team incident.ID, name string, err error) {
	id := r.Param("team")
	if id == allTeams {
		return "", "all teams", nil
	}
	for _, t := range s.Live.Snapshot().Teams(r.viewer.Sight()) {
		if string(t.ID) == id {
			return t.ID, t.Name, nil
		}
	}
	return "", "", incident.ErrNotFound
}

func (s *Server) editHours(r *request) (answer, error) {
	team, name, err := s.hoursTeam(r)
	if err != nil {
		return answer{}, err
	}
	hours, _, err := s.TeamHours(team)
	if err != nil {
		return answer{}, err
	}
	hours.Team = team
	page, err := s.hoursForm(r, hours, name, 0)
	if len(page.Versions) > 0 {
		page.Version = page.Versions[0].Version
	}
	return answer{page: page}, err
}

// hoursForm is the editor filled with hours.
func (s *Server) hoursForm(r *request, h incident.TeamHours, name string, version int) (frontend.PolicyPage, error) {
	page := frontend.PolicyPage{Shell: r.shell("Hours of "+name, frontend.NavSettings, frontend.Link{Label: "Team hours", Path: hoursPath}), Heading: "Hours of " + name,
		Action: hoursPath + "/" + cmp.Or(string(h.Team), allTeams), Back: hoursPath, Version: version,
		Lede: "When the people of a team work and when they sleep; all other time is off hours. They count for the past as well."}
	business := frontend.InputGroup{Title: "Business hours", Hint: "Such as 09:00-12:00, 13:00-17:30; empty for none. Where they and sleep both hold, business goes first."}
	for _, day := range week {
		business.Inputs = append(business.Inputs, frontend.Input{Name: fmt.Sprintf("w%d", day), Label: day.String(), Type: "text", Value: hoursText(h.Business[day])})
	}
	page.Groups = []frontend.InputGroup{{Title: "Hours", Inputs: []frontend.Input{
		{Name: "zone", Label: "Time zone", Type: "text", Value: h.Zone, Required: true, Hint: "Such as Europe/Berlin."},
		{Name: "sleep", Label: "Sleep", Type: "text", Value: h.Sleep.String(), Required: true, Hint: "Of every night: 22:00-08:00."},
		{Name: "note", Label: "Why they change", Type: "text"}}}, business}
	err := s.addVersions(r.Request.Context(), &page, incident.TeamHoursID(h.Team))
	return page, err
}

// teamHoursOf reads the form; beside an error it returns what could be read.
func teamHoursOf(r *request, team incident.ID) (incident.TeamHours, error) {
	h := incident.TeamHours{Team: team, Zone: strings.TrimSpace(r.PostForm("zone"))}
	var bad error
	for _, day := range week {
		name := fmt.Sprintf("w%d", day)
		var err error
		if h.Business[day], err = hoursIn(name, r.PostForm(name)); err != nil {
			bad = errors.Join(bad, err)
		}
	}
	if err := h.Sleep.UnmarshalText([]byte(strings.TrimSpace(r.PostForm("sleep")))); err != nil {
		bad = errors.Join(bad, incident.Invalidf("sleep", "%q is not of the form 22:00-08:00", r.PostForm("sleep")))
	}
	if bad != nil {
		return h, bad
	}
	return h, h.Validate()
}

// saveHours tries hours, and saves them when they were tried.
func (s *Server) saveHours(r *request) (answer, error) {
	ctx, change := r.Request.Context(), r.changeOf()
	team, name, err := s.hoursTeam(r)
	if err != nil {
		return answer{}, err
	}
	hours, err := teamHoursOf(r, team)
	if err == nil && r.PostForm("action") == "save" {
		var seq incident.Seq
		if seq, err = s.SaveTeamHours(ctx, hours, change.Version, change.By, change.Note, r.viewer.Sight()); err == nil {
			s.Wait(ctx, seq)
			return goTo(hoursPath, frontend.Flash{Kind: frontend.Done, Text: "Hours of " + name + " are in force."})
		}
	}
	page, formErr := s.hoursForm(r, hours, name, change.Version)
	if formErr != nil {
		return answer{}, formErr
	}
	var run desk.DryRun
	if err == nil {
		run.Sentences, err = s.TryTeamHours(ctx, hours, r.viewer.Sight())
	}
	return tried(r, page, run, err)
}

func (s *Server) removeHours(r *request) (answer, error) {
	team, name, err := s.hoursTeam(r)
	if err != nil {
		return answer{}, err
	}
	return s.takeBack(r, incident.TeamHoursID(team), incident.TeamHoursPolicy, hoursPath, "Hours of "+name+" are taken back.")
}
