package web

import (
	"context"
	"errors"
	"slices"
	"time"

	"hindsight/frontend"
	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/jobs"
)

// askingTime is how long a page waits for a source to answer.
const askingTime = 20 * time.Second

// joint is a connection with all that its pages need to know.
type joint struct {
	conn    incident.Connection
	source  importers.Source
	health  incident.Health
	secrets desk.SecretNames
	runs    []incident.Run // newest first
}

// joint returns the connection that the address names.
func (s *Server) joint(r *request) (joint, error) {
	ctx := r.Request.Context()
	conn, err := s.Store.Connection(ctx, incident.ID(r.Param("id")))
	if err != nil {
		return joint{}, err
	}
	j := joint{conn: *conn}
	if j.source, err = s.Source(conn.Source); err != nil {
		return j, err
	}
	if j.health, err = s.Store.Health(ctx, conn.ID); err != nil {
		return j, err
	}
	if j.runs, err = s.Store.Runs(ctx, conn.ID, runsShown); err != nil {
		return j, err
	}
	j.secrets, _ = s.SecretNames(*conn) // what cannot be opened is said by whoever needs it
	return j, nil
}

// remote is joint for pages that a source has that is read over the network or pushes.
func (s *Server) remote(r *request) (joint, error) {
	j, err := s.joint(r)
	if err == nil && !remote(j.source) {
		err = incident.ErrNotFound
	}
	return j, err
}

// ready reports whether the connection is set up: it was read to its end once, by whatever way, or it can be pushed to.
func (j joint) ready() bool {
	switch {
	case j.source.API == nil:
		return !remote(j.source) || j.secrets.Webhook > 0 || len(j.runs) > 0
	case !j.health.PolledAt.IsZero():
		return true
	}
	return slices.ContainsFunc(j.runs, func(run incident.Run) bool { return run.Via == "file" && run.State.Done() })
}

// goesOn is where setting up goes on, or empty.
func (j joint) goesOn() string {
	path := frontend.ConnectionPath(j.conn.ID)
	switch {
	case j.ready():
		return ""
	case j.source.API == nil:
		return path + "/webhook"
	}
	for _, run := range j.runs {
		if run.Via == "poll" && !run.State.Done() {
			return frontend.RunPath(run.ID)
		}
	}
	if len(j.conn.Mapping) > 0 {
		return path + "/preview"
	}
	return path + "/test"
}

// steps are those of setting up, with the one called now current; none once that is done.
func (j joint) steps(now string) []frontend.SetupStep {
	if j.ready() {
		return nil
	}
	return stepsOf(j.source, j.conn.ID, now)
}

// stepsOf are the steps of connecting a source; without a connection none can be gone to.
func stepsOf(source importers.Source, conn incident.ID, now string) []frontend.SetupStep {
	names := []struct{ name, label string }{{"settings", "Connect"}, {"test", "Test"}, {"words", "Map"}, {"preview", "Preview"}, {"begin", "Import"}}
	if source.API == nil {
		names = append(names[:1:1], struct{ name, label string }{"webhook", "Pushes"})
	}
	steps := make([]frontend.SetupStep, len(names))
	passed := true
	for i, n := range names {
		steps[i] = frontend.SetupStep{Label: n.label, Now: n.name == now}
		passed = passed && !steps[i].Now
		steps[i].Done = passed
		if conn != "" {
			steps[i].Path = frontend.ConnectionPath(conn) + "/" + n.name
		}
	}
	return steps
}

// card describes the source with what the connection sets.
func (j joint) card() frontend.SourceCard {
	card := sourceCard(j.source)
	for i, f := range card.Fields {
		card.Fields[i].Value = j.conn.Settings[f.Name]
		card.Fields[i].Kept = slices.Contains(j.secrets.Settings, f.Name)
	}
	return card
}

func (j joint) crumbs() []frontend.Link {
	return []frontend.Link{importsCrumb, {Label: j.conn.Name, Path: frontend.ConnectionPath(j.conn.ID)}}
}

func (s *Server) settingsForm(r *request) (answer, error) {
	j, err := s.joint(r)
	if err != nil {
		return answer{}, err
	}
	return show(s.settingsPage(r, j, frontend.Form{}))
}

func (s *Server) settingsPage(r *request, j joint, form frontend.Form) frontend.SettingsPage {
	return frontend.SettingsPage{Shell: r.shell("Settings", frontend.NavImports, j.crumbs()...), Connection: j.conn, Source: j.card(), Steps: j.steps("settings"), Form: form}
}

// saveSettings changes the settings of a connection. What a secret says is kept unless another is sent.
func (s *Server) saveSettings(r *request) (answer, error) {
	j, err := s.joint(r)
	if err != nil {
		return answer{}, err
	}
	plan := desk.Plan{Settings: map[string]string{}, Forget: r.PostFormArray("forget"), By: r.viewer.Name}
	for _, f := range j.source.Settings {
		if value, sent := r.GetPostForm("set." + f.Name); sent {
			plan.Settings[f.Name] = value
		}
	}
	_, err = s.Amend(r.Request.Context(), j.conn.ID, plan)
	if errors.Is(err, incident.ErrInvalid) {
		form := formOf(r.Request.PostForm, err)
		for _, f := range j.source.Settings {
			if f.Secret {
				form.Values.Del("set." + f.Name)
			}
		}
		return again(s.settingsPage(r, j, settingErrors(j.source, form)))
	}
	if err != nil {
		return answer{}, err
	}
	path := frontend.ConnectionPath(j.conn.ID)
	if j.source.API != nil {
		path += "/test"
	}
	return goTo(path, frontend.Flash{Kind: frontend.Done, Text: "The settings are saved."})
}

// test asks the source who we are. It does so at every view, for what was true an hour ago helps nobody.
func (s *Server) test(r *request) (answer, error) {
	j, err := s.remote(r)
	if err != nil {
		return answer{}, err
	}
	page := frontend.TestPage{Shell: r.shell("Test", frontend.NavImports, j.crumbs()...), Connection: j.conn, Source: j.card(), Steps: j.steps("test")}
	ctx, cancel := context.WithTimeout(r.Request.Context(), askingTime)
	defer cancel()
	scope, err := s.Probe(ctx, j.conn)
	if r.Request.Context().Err() != nil {
		return answer{}, r.Request.Context().Err()
	}
	page.Identity, page.Reach, page.Notes = scope.Identity, scope.Reach, scope.Notes
	if err != nil {
		page.Problem = problemOf(err, j)
	}
	return show(page)
}

// fare is how a connection fares that is not read from files alone.
func (j joint) fare() *frontend.Fare {
	if !remote(j.source) {
		return nil
	}
	return &frontend.Fare{Health: j.health, Network: j.source.API != nil, Follow: j.conn.Follow, Hook: j.source.Hook != nil, Secrets: j.secrets.Webhook,
		Every: jobs.PollEvery, Daily: jobs.ReconcileEvery}
}
