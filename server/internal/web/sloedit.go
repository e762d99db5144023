package web

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/openslo"
)

func (s *Server) newSLO(r *request) (answer, error) {
	return show(s.sloForm(r, frontend.Form{}, "", map[string]string{"window": "days", "days": "30", "service": r.Query("service")}))
}

// sloForm is the page that makes or changes an objective; id is empty for a new one.
func (s *Server) sloForm(r *request, form frontend.Form, id string, now map[string]string) frontend.SLOEditPage {
	title, crumbs := "Add an objective", []frontend.Link{{Label: "Objectives", Path: sloPath}}
	if id != "" {
		title = "Change the objective"
	}
	page := frontend.SLOEditPage{Shell: r.shell(title, frontend.NavSLO, crumbs...), Form: form, ID: id, Values: now}
	page.Services = s.serviceChoices(r, form.Value("service", now["service"]))
	return page
}

// serviceChoices are all services, the chosen one On.
func (s *Server) serviceChoices(r *request, chosen string) []frontend.Choice {
	return each(s.Live.Snapshot().Services(r.viewer.Sight()), func(x incident.Service) frontend.Choice {
		return frontend.Choice{Value: string(x.ID), Label: x.Name, On: string(x.ID) == chosen, Count: -1}
	})
}

func (s *Server) editSLO(r *request) (answer, error) {
	b, err := s.Budget(s.Live.Snapshot(), incident.ID(r.Param("id")), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	o := b.NamedObjective.Objective
	now := map[string]string{"base": strconv.Itoa(b.Policy.Version), "name": b.Policy.Name, "service": string(o.Service), "objective": percentOf(o.Target),
		"window": o.Window.Calendar, "zone": o.Window.Zone, "owner": o.Owner, "review": o.Review, "description": o.Description}
	if o.Window.Calendar == "" {
		now["window"], now["days"] = "days", strconv.Itoa(o.Window.Days)
	}
	if o.Weighted {
		now["weighted"] = "on"
	}
	return show(s.sloForm(r, frontend.Form{}, string(b.Policy.ID), now))
}

// percentOf writes a share in per cent with all its digits: "99.95".
func percentOf(share float64) string { return strconv.FormatFloat(share*100, 'g', 12, 64) }

func (s *Server) saveSLO(r *request) (answer, error) {
	ctx := r.Request.Context()
	draft, err := sloDraft(r)
	var p incident.Policy
	var seq incident.Seq
	if err == nil {
		p, seq, err = s.SaveObjective(ctx, draft)
	}
	if errors.Is(err, incident.ErrInvalid) || errors.Is(err, incident.ErrConflict) {
		form := formOf(r.Request.PostForm, err)
		if errors.Is(err, incident.ErrConflict) {
			form.Errors = []frontend.FieldError{{Message: "Somebody else changed this objective meanwhile. Look at its versions, then save again from there."}}
		}
		return again(s.sloForm(r, form, r.PostForm("id"), map[string]string{"base": r.PostForm("base"), "window": "days"}))
	}
	if err != nil {
		return answer{}, err
	}
	s.Wait(ctx, seq)
	return goTo(sloPath+"/"+string(p.ID), frontend.Flash{Kind: frontend.Done, Text: p.Name + " is saved."})
}

// sloDraft reads the form of an objective.
func sloDraft(r *request) (desk.ObjectiveDraft, error) {
	d := desk.ObjectiveDraft{ID: incident.ID(r.PostForm("id")), Name: r.PostForm("name"), Service: r.PostForm("service"), Note: r.PostForm("note"), By: r.viewer.Name, Sight: r.viewer.Sight()}
	d.Base, _ = strconv.Atoi(r.PostForm("base")) // ours; without it the newest is changed
	d.Body = incident.Objective{Weighted: r.PostForm("weighted") == "on", Owner: strings.TrimSpace(r.PostForm("owner")), Review: r.PostForm("review"), Description: strings.TrimSpace(r.PostForm("description"))}
	percent, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(r.PostForm("objective")), "%")), 64)
	if err != nil || !(percent > 0 && percent < 100) {
		return d, incident.Invalidf("objective", "give a percentage above 0 and below 100, such as 99.9; at 100 there is no budget")
	}
	// Rounded where floating point ends, so that 99.9 % is 0.999.
	if d.Body.Target, err = strconv.ParseFloat(strconv.FormatFloat(percent/100, 'g', 14, 64), 64); err != nil {
		return d, incident.Invalidf("objective", "%q is not a percentage", r.PostForm("objective"))
	}
	if window := r.PostForm("window"); window != "days" {
		d.Body.Window = incident.ObjectiveWindow{Calendar: window, Zone: strings.TrimSpace(r.PostForm("zone"))}
		return d, nil
	}
	if d.Body.Window.Days, err = strconv.Atoi(strings.TrimSpace(r.PostForm("days"))); err != nil {
		return d, incident.Invalidf("days", "give a whole number of days, 1 to 366")
	}
	return d, nil
}

func (s *Server) deleteSLO(r *request) (answer, error) {
	seq, err := s.RemovePolicy(r.Request.Context(), incident.ID(r.Param("id")), incident.ObjectivePolicy, r.viewer.Name)
	if err != nil {
		return answer{}, err
	}
	s.Wait(r.Request.Context(), seq)
	return goTo(sloPath, frontend.Flash{Kind: frontend.Done, Text: "The objective is removed. Its versions stay."})
}

// readOpenSLO takes in a file of objectives and says what it held.
func (s *Server) readOpenSLO(r *request) (answer, error) {
	ctx := r.Request.Context()
	data, err := uploaded(r)
	var out desk.OpenSLOImport
	var seq incident.Seq
	if err == nil {
		out, seq, err = s.ImportOpenSLO(ctx, data, r.viewer.Name, r.viewer.Sight())
	}
	if errors.Is(err, incident.ErrInvalid) {
		page := s.sloPage(r)
		page.Form = formOf(nil, err)
		return again(page)
	}
	if err != nil {
		return answer{}, err
	}
	s.Wait(ctx, seq)
	page := s.sloPage(r)
	page.Imported = &frontend.SLOImport{Saved: out.Saved, Same: out.Same, Services: out.Services, Kept: out.Kept, Notes: out.Notes}
	return show(page)
}

// uploaded returns the file of a form.
func uploaded(r *request) ([]byte, error) {
	var large *http.MaxBytesError
	f, _, err := r.Request.FormFile("file")
	if errors.As(err, &large) {
		return nil, incident.Invalidf("file", "the file is longer than %d bytes", openslo.MaxSize)
	}
	if err != nil {
		return nil, incident.Invalidf("file", "choose a file")
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, openslo.MaxSize+1))
}
