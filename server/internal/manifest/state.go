package manifest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/openslo"
)

// watched are the kinds of changes after which what was read to compare files with is not in force any more.
var watched = []incident.EntityKind{incident.EntityService, incident.EntityTeam, incident.EntityPolicy}

// state is the configuration in force.
type state struct {
	desk        *desk.Desk
	asOf        incident.Seq // the newest change of what is watched
	services    []incident.Service
	teams       []incident.Team
	policies    map[incident.ID]incident.Policy
	connections []incident.Connection // without bundled ones
	users       []incident.User
	members     []incident.Membership
	managed     map[key]incident.Managed
}

func readState(ctx context.Context, d *desk.Desk) (*state, error) {
	store := d.Store
	s := &state{desk: d, policies: map[incident.ID]incident.Policy{}, managed: map[key]incident.Managed{}}
	var errs [8]error
	var policies []incident.Policy
	var managed []incident.Managed
	s.asOf, errs[0] = store.Newest(ctx, watched...)
	s.services, errs[1] = store.Services(ctx)
	s.teams, errs[2] = store.Teams(ctx)
	policies, errs[3] = store.Policies(ctx)
	s.connections, errs[4] = store.Connections(ctx)
	s.users, errs[5] = store.Users(ctx)
	managed, errs[6] = store.Managed(ctx)
	s.members, errs[7] = store.Memberships(ctx)
	for _, p := range policies {
		s.policies[p.ID] = p
	}
	for _, m := range managed {
		s.managed[key{m.Kind, m.Name}] = m
	}
	s.connections = slices.DeleteFunc(s.connections, func(c incident.Connection) bool { return c.Sample })
	return s, errors.Join(errs[:]...)
}

// ofKind returns the policies of a kind, by name, then by id.
func (s *state) ofKind(kind incident.PolicyKind) []incident.Policy {
	var out []incident.Policy
	for _, p := range s.policies {
		if p.Kind == kind {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b incident.Policy) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// objects returns what is in force as files would say it, by kind, then by name. Two objects of one kind and name are an error, for files
// could not tell them apart.
func (s *state) objects() ([]Object, error) {
	var out []Object
	var errs []error
	add := func(kind, name string, spec any, entity incident.ID) {
		out = append(out, Object{Kind: kind, Name: name, Spec: spec, entity: entity})
	}
	for _, t := range s.teams {
		spec, err := s.teamSpec(t)
		errs = append(errs, err)
		add("Team", t.Name, &spec, t.ID)
	}
	for _, v := range s.services {
		spec, err := s.serviceSpec(v)
		errs = append(errs, err)
		add("Service", v.Name, &spec, v.ID)
	}
	for _, c := range s.connections {
		spec, err := s.connectionSpec(c)
		errs = append(errs, err)
		add("Connection", c.Name, &spec, c.ID)
		mapping, err := mappingSpec(c)
		if errs = append(errs, err); len(mapping) > 0 {
			add("Mapping", c.Name, &mapping, c.ID)
		}
	}
	terms, err := s.terms()
	out, errs = append(out, terms...), append(errs, err)
	slices.SortStableFunc(out, func(a, b Object) int {
		return cmp.Or(rank(a.Kind)-rank(b.Kind), strings.Compare(a.key().name, b.key().name))
	})
	for i := 1; i < len(out); i++ {
		if out[i].key() == out[i-1].key() {
			errs = append(errs, incident.Invalidf("name", "there are two %s called %q, which files could not tell apart; give one of them another name on its page", plural(out[i].Kind), out[i].Name))
		}
	}
	return out, errors.Join(errs...)
}

// rank orders kinds as they are listed; OpenSLO comes last.
func rank(name string) int {
	for i, k := range kinds {
		if k.name == name {
			return i
		}
	}
	return len(kinds)
}

func plural(name string) string {
	k, _ := kindOf(name)
	return cmp.Or(k.plural, "OpenSLO documents")
}

// terms returns the policies that are objects by themselves.
func (s *state) terms() ([]Object, error) {
	var out []Object
	var errs []error
	for _, t := range termKinds {
		for _, p := range s.ofKind(t.policy) {
			o, ok, err := t.read(s, p)
			if err != nil {
				errs = append(errs, fmt.Errorf("manifest: read %s %q: %w", t.policy, p.Name, err))
			}
			if ok && err == nil {
				o.entity = p.ID
				out = append(out, o)
			}
		}
	}
	return out, errors.Join(errs...)
}

// termKind is a sort of policies that are objects by themselves, or part of other objects; then read is false for those.
type termKind struct {
	policy incident.PolicyKind
	read   func(s *state, p incident.Policy) (Object, bool, error)
}

// termKinds lists every kind of policy that there is; a test holds it against the packages that declare them.
var termKinds = []termKind{
	{incident.CalendarPolicy, plain("Calendar", func(_ *state, c incident.Calendar) CalendarSpec { return calendarSpec(c) })},
	{incident.ContractPolicy, plain("Contract", (*state).contractSpec)},
	{incident.ObjectivePolicy, readObjective},
	{incident.DurationPolicy, plain("Duration", func(s *state, d incident.UserDuration) DurationSpec {
		return DurationSpec{d.From, d.To, s.policyName(d.Calendar)}
	})},
	{incident.DeliveryPolicy, only("DeliveryRule", incident.DeliveryPolicyID, func(r incident.DeliveryRule) DeliverySpec {
		return DeliverySpec{Length(r.Cap()), r.Environments}
	})},
	{incident.WeightsPolicy, only("ImpactWeights", incident.WeightsID, func(w incident.ImpactWeights) WeightsSpec { return WeightsSpec{w.Shares, w.Sum} })},
	{incident.RatePolicy, only("CostRate", incident.RateID(""), costSpec)},
	{incident.TeamHoursPolicy, only("WorkingHours", incident.TeamHoursID(""), hoursSpec)},
	{incident.RetentionPolicy, only("Retention", incident.RetentionID, func(r incident.Retention) RetentionSpec { return RetentionSpec(r) })},
	{incident.TaxonomyPolicy, only("Taxonomy", incident.TaxonomyPolicyID, taxonomySpec)},
	{incident.RetroPolicy, only("Retrospectives", incident.RetroPolicyID, retrospectivesSpec)},
	{incident.DependenciesPolicy, func(*state, incident.Policy) (Object, bool, error) { return Object{}, false, nil }}, // part of services
	{openslo.KeptPolicy, func(_ *state, p incident.Policy) (Object, bool, error) {
		k, err := keptSLO(p)
		return Object{Kind: openSLOKind, Name: k.Kind + " " + k.Name, Spec: &k}, true, err
	}},
}

// plain reads policies whose name is that of their object.
func plain[B, S any](kind string, spec func(*state, B) S) func(*state, incident.Policy) (Object, bool, error) {
	return func(s *state, p incident.Policy) (Object, bool, error) {
		var body B
		err := json.Unmarshal(p.Body, &body)
		out := spec(s, body)
		return Object{Kind: kind, Name: p.Name, Spec: &out}, true, err
	}
}

// only reads the policy of which there is one, under an id. Others of the kind are part of services or teams.
func only[B, S any](kind string, id incident.ID, spec func(B) S) func(*state, incident.Policy) (Object, bool, error) {
	return func(_ *state, p incident.Policy) (Object, bool, error) {
		var body B
		err := json.Unmarshal(p.Body, &body)
		out := spec(body)
		return Object{Kind: kind, Name: theOne, Spec: &out}, p.ID == id, err
	}
}

func readObjective(s *state, p incident.Policy) (Object, bool, error) {
	var body incident.Objective
	err := json.Unmarshal(p.Body, &body)
	if body.OpenSLO != "" {
		return Object{Kind: openSLOKind, Name: "SLO " + p.Name, Spec: &openslo.Named{ID: p.ID, Name: p.Name, Service: s.serviceName(body.Service), Objective: body}}, true, err
	}
	spec := objectiveSpec(body, s.serviceName(body.Service))
	return Object{Kind: "Objective", Name: p.Name, Spec: &spec}, true, err
}

// serviceName returns the name of a service, or its id where there is no such service any more.
func (s *state) serviceName(id incident.ID) string {
	for _, v := range s.services {
		if v.ID == id {
			return v.Name
		}
	}
	return string(id)
}

func (s *state) serviceNames(ids []incident.ID) []string {
	var out []string
	for _, id := range ids {
		out = append(out, s.serviceName(id))
	}
	return out
}

// policyName returns the name of a policy in force, or its id.
func (s *state) policyName(id incident.ID) string {
	if p, ok := s.policies[id]; ok {
		return p.Name
	}
	return string(id)
}

// PolicyKinds lists the kinds of policies that files can say.
func PolicyKinds() []incident.PolicyKind {
	var out []incident.PolicyKind
	for _, t := range termKinds {
		out = append(out, t.policy)
	}
	return out
}
