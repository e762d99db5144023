package desk

import (
	"context"
	"encoding/json"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/openslo"
)

// ObjectiveBudget is an objective with how it stands now.
type ObjectiveBudget struct {
	analytics.NamedObjective
	analytics.Budget
}

// Budgets returns all objectives that the viewer may know, by name.
func (d *Desk) Budgets(s *analytics.Snapshot, sight incident.Sight) []ObjectiveBudget {
	terms, now := s.Terms(), d.Now().UTC()
	var out []ObjectiveBudget
	for _, n := range s.Objectives(sight) {
		out = append(out, ObjectiveBudget{n, s.Objective(n.Objective, terms, now, sight)})
	}
	return out
}

// Budget returns one objective, or ErrNotFound.
func (d *Desk) Budget(s *analytics.Snapshot, id incident.ID, sight incident.Sight) (ObjectiveBudget, error) {
	for _, n := range s.Objectives(sight) {
		if n.Policy.ID == id {
			return ObjectiveBudget{n, s.Objective(n.Objective, s.Terms(), d.Now().UTC(), sight)}, nil
		}
	}
	return ObjectiveBudget{}, incident.ErrNotFound
}

// ObjectiveDraft is an objective about to be saved: its service by name or id, and the version that it was made from.
type ObjectiveDraft struct {
	ID       incident.ID // empty: a new one
	Base     int         // the version that was changed; 0: whichever is the newest
	Name     string
	Service  string
	Body     incident.Objective
	Note, By string
	Sight    incident.Sight // of who saves it: names that only hidden incidents have are not known
}

// SaveObjective stores an objective as a new version. ErrConflict: somebody else changed it meanwhile.
func (d *Desk) SaveObjective(ctx context.Context, o ObjectiveDraft) (incident.Policy, incident.Seq, error) {
	if o.Service != "" {
		ids, err := names{d.Live.Snapshot(), o.Sight}.services("service", []string{o.Service})
		if err != nil {
			return incident.Policy{}, 0, err
		}
		o.Body.Service = ids[0]
	}
	if o.ID == "" {
		o.ID = incident.NewID("slo")
	} else {
		was, err := d.objective(ctx, o.ID)
		if err != nil {
			return incident.Policy{}, 0, err
		}
		o.Body.OpenSLO = was.OpenSLO
	}
	return d.saveDraft(ctx, policyDraft{ID: o.ID, Kind: incident.ObjectivePolicy, Name: o.Name, Body: o.Body, Base: o.Base, Note: o.Note, By: o.By})
}

// objective returns the newest version of an objective's body, or ErrNotFound.
func (d *Desk) objective(ctx context.Context, id incident.ID) (incident.Objective, error) {
	var body incident.Objective
	newest, err := d.newest(ctx, id, incident.ObjectivePolicy)
	if err != nil {
		return body, err
	}
	return body, json.Unmarshal(newest.Body, &body)
}

// OpenSLOImport says what an import of OpenSLO did.
type OpenSLOImport struct {
	Saved    []string `json:"saved" doc:"names of the objectives that were added or changed"`
	Same     []string `json:"same" doc:"names of those that were there already"`
	Services []string `json:"new_services" doc:"services that were not known before"`
	Kept     []string `json:"kept" doc:"documents that are kept without effect, by kind and name"`
	Notes    []string `json:"notes" doc:"what the file says that cannot be measured here"`
}

// ImportOpenSLO stores the objectives of an OpenSLO file, all of them or after an error none.
func (d *Desk) ImportOpenSLO(ctx context.Context, data []byte, by string, sight incident.Sight) (OpenSLOImport, incident.Seq, error) {
	out := OpenSLOImport{Saved: []string{}, Same: []string{}, Services: []string{}, Kept: []string{}, Notes: []string{}}
	found, err := openslo.Read(data)
	if err != nil {
		return out, 0, err
	}
	out.Notes = append(out.Notes, found.Notes...)
	var put []incident.Policy
	var added []incident.Service
	for _, n := range found.Objectives {
		ids, err := names{d.Live.Snapshot(), sight}.services("service", []string{n.Service})
		if err != nil {
			s := incident.NewService(n.Service)
			ids, added, out.Services = []incident.ID{s.ID}, append(added, s), append(out.Services, s.Name)
		}
		n.Objective.Service = ids[0]
		draft := policyDraft{ID: n.ID, Kind: incident.ObjectivePolicy, Name: n.Name, Body: n.Objective, Note: "read from OpenSLO", By: by}
		if put, err = d.unlessSame(ctx, put, draft, &out.Saved, &out.Same, n.Name); err != nil {
			return out, 0, err
		}
	}
	for _, k := range found.Kept {
		draft := policyDraft{ID: k.ID(), Kind: openslo.KeptPolicy, Name: k.Kind + " " + k.Name, Body: k, Note: "read from OpenSLO", By: by}
		if put, err = d.unlessSame(ctx, put, draft, &out.Kept, &out.Kept, k.Kind+" "+k.Name); err != nil {
			return out, 0, err
		}
	}
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		if len(added) > 0 {
			if err := tx.PutServices(added); err != nil {
				return err
			}
		}
		for _, p := range put {
			if err := tx.PutPolicy(p); err != nil {
				return err
			}
		}
		return nil
	})
	return out, seq, err
}

// unlessSame adds the next version of a policy unless the newest says the same, and notes its name where it belongs.
func (d *Desk) unlessSame(ctx context.Context, put []incident.Policy, draft policyDraft, saved, same *[]string, name string) ([]incident.Policy, error) {
	p, err := d.policyOf(ctx, draft)
	if err != nil {
		return put, err
	}
	for _, now := range d.Live.Snapshot().Policies(draft.Kind) {
		if now.ID == p.ID && now.Name == p.Name && string(now.Body) == string(p.Body) {
			*same = append(*same, name)
			return put, nil
		}
	}
	*saved = append(*saved, name)
	return append(put, p), nil
}

// ExportOpenSLO writes the objectives that the viewer may know as OpenSLO v1, with what was kept of imports.
func (d *Desk) ExportOpenSLO(s *analytics.Snapshot, sight incident.Sight) ([]byte, error) {
	var objectives []openslo.Named
	for _, n := range s.Objectives(sight) {
		objectives = append(objectives, openslo.Named{ID: n.Policy.ID, Name: n.Policy.Name, Service: s.Name(n.Objective.Service), Objective: n.Objective})
	}
	var kept []openslo.Kept
	for _, p := range s.Policies(openslo.KeptPolicy) {
		var k openslo.Kept
		if json.Unmarshal(p.Body, &k) == nil && k.Validate() == nil {
			kept = append(kept, k)
		}
	}
	return openslo.Write(objectives, kept)
}

// ObjectiveVersion is one version of an objective.
type ObjectiveVersion struct {
	Policy    incident.Policy
	Objective incident.Objective
}

// ObjectiveVersions returns all versions of an objective, the newest first, or ErrNotFound.
func (d *Desk) ObjectiveVersions(ctx context.Context, id incident.ID) ([]ObjectiveVersion, error) {
	versions, err := d.Store.PolicyVersions(ctx, id)
	if err != nil {
		return nil, err
	}
	var out []ObjectiveVersion
	for _, p := range versions {
		v := ObjectiveVersion{Policy: p}
		if p.Kind != incident.ObjectivePolicy {
			return nil, incident.ErrNotFound
		}
		if err := json.Unmarshal(p.Body, &v.Objective); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}
