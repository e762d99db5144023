package manifest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/openslo"
)

// identify finds the id that an object has, or will have.
func (w *writer) identify(k key) {
	o := w.wanted[k]
	if was, had := w.before(k); had {
		w.ids[k] = was.entity
		return
	}
	switch spec := o.Spec.(type) {
	case *openslo.Named:
		w.ids[k] = spec.ID
	case *openslo.Kept:
		w.ids[k] = spec.ID()
	case *TeamSpec:
		w.ids[k] = incident.NewTeam(o.Name).ID
	case *ServiceSpec:
		w.ids[k] = incident.NewService(o.Name).ID
	case *DurationSpec:
		w.ids[k] = incident.DurationPolicyID(o.Name)
	case *DeliverySpec:
		w.ids[k] = incident.DeliveryPolicyID
	case *WeightsSpec:
		w.ids[k] = incident.WeightsID
	case *CostSpec:
		w.ids[k] = incident.RateID("")
	case *HoursSpec:
		w.ids[k] = incident.TeamHoursID("")
	case *RetentionSpec:
		w.ids[k] = incident.RetentionID
	case *TaxonomySpec:
		w.ids[k] = incident.TaxonomyPolicyID
	case *RetrospectivesSpec:
		w.ids[k] = incident.RetroPolicyID
	case *CalendarSpec, *ContractSpec, *ObjectiveSpec:
		// Derived, so that what files took back and bring again goes on where it was.
		w.ids[k] = incident.DeriveID("pol", "file", o.Kind, o.Name)
		if _, taken := w.policies[w.ids[k]]; taken {
			w.ids[k] = incident.NewID("pol")
		}
	}
}

// id returns the id of the object that a resolved name means; "" for no name.
func (w *writer) id(kind, name string) incident.ID {
	if name == "" {
		return ""
	}
	k := Object{Kind: kind, Name: name}.key()
	return cmp.Or(w.ids[k], w.now[k].entity)
}

func (w *writer) serviceIDs(names []string) []incident.ID {
	var out []incident.ID
	for _, name := range names {
		out = append(out, w.id("Service", name))
	}
	return out
}

// write adds the steps that bring an object in force.
func (w *writer) write(o Object, k key) {
	id := w.ids[k]
	switch spec := o.Spec.(type) {
	case *TeamSpec:
		w.writeTeam(o, id, spec)
	case *ServiceSpec:
		w.writeService(o, id, spec)
	case *CalendarSpec:
		w.policy(o, id, incident.CalendarPolicy, o.Name, spec.calendar())
	case *ContractSpec:
		w.policy(o, id, incident.ContractPolicy, o.Name, w.contract(spec))
	case *ObjectiveSpec:
		w.policy(o, id, incident.ObjectivePolicy, o.Name, incident.Objective{Service: w.id("Service", spec.Service), Target: spec.Target, Window: incident.ObjectiveWindow(spec.Window),
			Weighted: spec.Weighted, Owner: spec.Owner, Review: spec.Review, Description: spec.Description})
	case *DurationSpec:
		if err := desk.DurationName(o.Name); err != nil {
			w.invalid(o, err)
		}
		w.policy(o, id, incident.DurationPolicy, o.Name, incident.UserDuration{From: spec.From, To: spec.To, Calendar: w.id("Calendar", spec.Calendar)})
	case *DeliverySpec:
		if minutes := spec.Cap.Seconds() / 60; minutes != float64(int(minutes)) {
			w.faults.add(o.at("spec.cap"), "spec.cap: give whole minutes")
		}
		w.policy(o, id, incident.DeliveryPolicy, desk.DeliveryName, incident.DeliveryRule{CapMinutes: int(spec.Cap.Seconds() / 60), Environments: spec.Environments})
	case *WeightsSpec:
		w.policy(o, id, incident.WeightsPolicy, desk.WeightsName, incident.ImpactWeights{Shares: spec.Shares, Sum: spec.Sum})
	case *CostSpec:
		w.policy(o, id, incident.RatePolicy, desk.RateName(""), spec.rate(""))
	case *HoursSpec:
		w.policy(o, id, incident.TeamHoursPolicy, desk.HoursName(""), spec.hours(""))
	case *RetentionSpec:
		w.policy(o, id, incident.RetentionPolicy, desk.RetentionName, incident.Retention(*spec))
	case *TaxonomySpec:
		w.policy(o, id, incident.TaxonomyPolicy, desk.TaxonomyName, spec.taxonomy())
	case *RetrospectivesSpec:
		w.policy(o, id, incident.RetroPolicy, desk.RetroName, spec.process())
	case *openslo.Named:
		objective := spec.Objective
		objective.Service = w.id("Service", w.aliases[incident.Slug(spec.Service)])
		w.policy(o, id, incident.ObjectivePolicy, spec.Name, objective)
	case *openslo.Kept:
		w.policy(o, id, openslo.KeptPolicy, spec.Kind+" "+spec.Name, *spec)
	}
}

func (w *writer) writeTeam(o Object, id incident.ID, spec *TeamSpec) {
	w.step(func(tx incident.Tx) error { return tx.PutTeams([]incident.Team{{ID: id, Name: o.Name}}) })
	w.members(id, spec.Members)
	if spec.Hours == nil {
		w.takeBack(incident.TeamHoursID(id))
		return
	}
	w.policy(o, incident.TeamHoursID(id), incident.TeamHoursPolicy, desk.HoursName(o.Name), spec.Hours.hours(id))
}

// members adds the steps that make a team's members those that are named, by the names of users.
func (w *writer) members(team incident.ID, names []string) {
	if names == nil {
		return
	}
	for _, u := range w.users {
		m := incident.Membership{Team: team, User: u.ID}
		belongs := slices.Contains(w.state.members, m)
		switch wanted := slices.Contains(names, u.Name); {
		case wanted && !belongs:
			w.step(func(tx incident.Tx) error { return tx.PutMembership(m) })
		case !wanted && belongs:
			w.step(func(tx incident.Tx) error { return tx.DeleteMembership(m) })
		}
	}
}

func (w *writer) writeService(o Object, id incident.ID, spec *ServiceSpec) {
	service := incident.Service{ID: id, Name: o.Name, Team: w.id("Team", spec.Team), Tier: spec.Tier, Alias: spec.Aliases}
	if spec.Tier < 0 {
		w.faults.add(o.at("spec.tier"), "spec.tier: give 1 for what most depends on, or 2 and up; 0 is unset")
	}
	w.step(func(tx incident.Tx) error { return tx.PutServices([]incident.Service{service}) })
	if spec.Cost == nil {
		w.takeBack(incident.RateID(id))
	} else {
		w.policy(o, incident.RateID(id), incident.RatePolicy, desk.RateName(o.Name), spec.Cost.rate(id))
	}
	if len(spec.Needs) == 0 {
		w.takeBack(incident.DependenciesID(id))
		return
	}
	w.policy(o, incident.DependenciesID(id), incident.DependenciesPolicy, desk.DependenciesName(o.Name), w.dependencies(id, spec))
}

func (w *writer) dependencies(id incident.ID, spec *ServiceSpec) incident.Dependencies {
	deps := incident.Dependencies{Service: id}
	for _, n := range spec.Needs {
		deps.Needs = append(deps.Needs, incident.Needs{Any: n.Any, Services: w.serviceIDs(n.Services)})
	}
	return deps
}

func (w *writer) contract(spec *ContractSpec) incident.Contract {
	c := incident.Contract{Customer: spec.Customer, Zone: spec.Zone, From: spec.From, Until: spec.Until, Window: incident.Window(spec.Window)}
	for _, p := range spec.Promises {
		promise := incident.SLAPromise{Name: p.Name, Span: p.Span, WithinSeconds: p.Within.Seconds(), Goal: p.Goal, Priorities: p.Priorities,
			Services: w.serviceIDs(p.Services), PauseIn: p.PauseIn, CancelOn: p.CancelOn, Reopen: p.Reopen, Calendar: w.id("Calendar", p.Calendar)}
		for _, s := range p.Severities {
			promise.Severities = append(promise.Severities, incident.Severity(s))
		}
		c.Promises = append(c.Promises, promise)
	}
	for _, x := range spec.Exclusions {
		c.Exclusions = append(c.Exclusions, incident.SLAExclusion{AppliesTo: x.AppliesTo, From: x.From, Until: x.Until, Services: w.serviceIDs(x.Services),
			Reason: x.Reason, Approver: x.Approver, ApprovedAt: x.ApprovedAt})
	}
	return c
}

// policy adds the step that puts a version of a policy in force, unless the one in force says the same.
func (w *writer) policy(o Object, id incident.ID, kind incident.PolicyKind, name string, body interface{ Validate() error }) {
	if err := body.Validate(); err != nil {
		w.invalid(o, err)
		return
	}
	text, err := json.Marshal(body)
	if err != nil {
		w.faults.add(o.place, "it cannot be kept: %v", err)
		return
	}
	if now, ok := w.policies[id]; ok && now.Name == name && string(now.Body) == string(text) {
		return
	}
	w.putPolicy(incident.Policy{ID: id, Kind: kind, Name: name, Body: text})
}

// takeBack adds the step that takes a policy back, where it is in force.
func (w *writer) takeBack(id incident.ID) {
	if p, ok := w.policies[id]; ok {
		p.Removed = true
		w.putPolicy(p)
	}
}

// putPolicy numbers a policy behind the newest version and adds the step that stores it.
func (w *writer) putPolicy(p incident.Policy) {
	version := w.policies[p.ID].Version
	if version == 0 {
		versions, err := w.desk.Store.PolicyVersions(w.ctx, p.ID)
		if err != nil && !errors.Is(err, incident.ErrNotFound) {
			w.faults.add(place{p.Name, 0}, "its versions cannot be read: %v", err)
		}
		if len(versions) > 0 {
			version = versions[0].Version
		}
	}
	p.Version, p.SavedAt, p.SavedBy, p.Note = version+1, w.desk.Now().UTC(), w.opts.By, cmp.Or(w.opts.Why, "applied from files")
	w.step(func(tx incident.Tx) error { return tx.PutPolicy(p) })
}

// invalid notes what a body says of itself, where the field stands in the file.
func (w *writer) invalid(o Object, err error) {
	field := new(incident.FieldError)
	if !errors.As(err, &field) {
		w.faults.add(o.place, "%v", err)
		return
	}
	path := o.path(field.Field)
	w.faults.add(o.at(path), "%s: %s", cmp.Or(path, o.Kind+" "+o.Name), field.Message)
}

// path finds a field by the name that a body gives it: "promises.span" is "spec.promises[0].span", the first there is.
func (o Object) path(field string) string {
	names := strings.Split(field, ".")
	best := ""
	for path := range o.lines {
		words := strings.FieldsFunc(strings.TrimPrefix(path, "spec."), func(r rune) bool { return r == '.' || r == '[' || r == ']' })
		words = slices.DeleteFunc(words, func(word string) bool { return strings.Trim(word, "0123456789") == "" })
		ends := len(words) >= len(names) && slices.Equal(words[len(words)-len(names):], names)
		if ends && (best == "" || len(path) < len(best) || len(path) == len(best) && path < best) {
			best = path
		}
	}
	return best
}

// cycles notes a service that would need itself through others.
func (w *writer) cycles() {
	var all []incident.Dependencies
	for k, o := range w.wanted {
		if spec, ok := o.Spec.(*ServiceSpec); ok {
			all = append(all, w.dependencies(w.ids[k], spec))
		}
	}
	for _, p := range w.ofKind(incident.DependenciesPolicy) {
		var d incident.Dependencies
		if json.Unmarshal(p.Body, &d) == nil && !slices.ContainsFunc(all, func(x incident.Dependencies) bool { return x.Service == d.Service }) {
			all = append(all, d)
		}
	}
	found := incident.CyclicDependencies(all)
	if found == "" {
		return
	}
	for k, o := range w.wanted {
		if w.ids[k] == found {
			w.faults.add(o.at("spec.needs"), "%s would need itself through other services; take one of them out", o.Name)
			return
		}
	}
	w.faults.add(place{"the files", 0}, "%s would need itself through other services; take one of them out", fmt.Sprint(w.serviceName(found)))
}
