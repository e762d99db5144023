package web

import (
	"context"
	"errors"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// fillTwins shows the other records of an incident, as far as the viewer may see them.
func (s *Server) fillTwins(ctx context.Context, r *request, page *frontend.IncidentPage) error {
	inc := page.Incident
	for _, m := range inc.Milestones {
		if m.Basis == incident.FromTwin {
			page.Twins.Taken = append(page.Twins.Taken, strings.ReplaceAll(string(m.Name), "_", " ")+" from "+m.Field)
		}
	}
	var ids []incident.ID
	if inc.SameAs != "" {
		ids = []incident.ID{inc.SameAs}
	} else {
		for other, err := range s.Store.Incidents(ctx, incident.Filter{SameAs: []incident.ID{inc.ID}, Sight: r.viewer.Sight()}) {
			if err != nil {
				return err
			}
			ids = append(ids, other.ID)
		}
	}
	rows, err := s.rows(ctx, r, ids)
	if inc.SameAs == "" {
		page.Twins.Also = rows
	} else if len(rows) > 0 {
		page.Twins.Counts = &rows[0]
	}
	return err
}

// sameIncident says that a record is another one of an incident, which is named by id, number or address.
func (s *Server) sameIncident(r *request) (answer, error) {
	other, err := s.named(r.Request.Context(), strings.TrimSpace(r.PostForm("other")), incident.ID(r.Param("id")), r.viewer.Sight())
	if errors.Is(err, incident.ErrInvalid) {
		return s.patchFailed(r, err)
	}
	if err != nil {
		return answer{}, err
	}
	return s.patch(r, desk.Patch{Fields: map[string]string{"same_as": string(other.ID)}}, "The two count as one incident now. Unlink undoes it.")
}

// named finds the incident that people mean and may see, other than the one that they are at.
func (s *Server) named(ctx context.Context, text string, but incident.ID, sight incident.Sight) (*incident.Incident, error) {
	if i := strings.LastIndex(text, "/incidents/"); i >= 0 {
		text = text[i+len("/incidents/"):]
	}
	var found []*incident.Incident
	if inc, err := s.Incident(ctx, incident.ID(text), sight); err == nil {
		found = append(found, inc)
	} else if !errors.Is(err, incident.ErrNotFound) {
		return nil, err
	} else if text != "" {
		for inc, err := range s.Store.Incidents(ctx, incident.Filter{Numbers: []string{text}, Sight: sight}) {
			if err != nil {
				return nil, err
			}
			found = append(found, inc)
		}
	}
	switch {
	case len(found) == 0:
		return nil, incident.Invalidf("other", "there is no incident with the number or address %q", text)
	case len(found) > 1:
		return nil, incident.Invalidf("other", "%d incidents have the number %q; open the one you mean and give its address", len(found), text)
	case found[0].ID == but:
		return nil, incident.Invalidf("other", "this is the record itself; name the other one")
	}
	return found[0], nil
}

// otherIncident says that a record is of an incident of its own.
func (s *Server) otherIncident(r *request) (answer, error) {
	a, err := s.patch(r, desk.Patch{Fields: map[string]string{"same_as": ""}}, "It counts as an incident of its own now.")
	if back := r.PostForm("back"); err == nil && a.to != "" && localPath(back) {
		a.to = back
	}
	return a, err
}
