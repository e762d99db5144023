package incident

import "slices"

// DependenciesPolicy is the kind of policies whose body is Dependencies, one for each service that has any.
const DependenciesPolicy PolicyKind = "dependencies"

// Dependencies says what other services a service cannot do without.
type Dependencies struct {
	Service ID      `json:"service"`
	Needs   []Needs `json:"needs"`
}

// Needs is a group of services of which all, or any one, must work.
type Needs struct {
	Any      bool `json:"any,omitempty"` // one of them is enough; false: each is needed
	Services []ID `json:"services"`
}

// DependenciesID returns the id of the policy that holds a service's dependencies.
func DependenciesID(service ID) ID {
	return DeriveID("pol", string(DependenciesPolicy), string(service))
}

// Validate returns ErrInvalid when the groups make no sense. That no service comes to need itself is for
// CyclicDependencies to say.
func (d Dependencies) Validate() error {
	if d.Service == "" {
		return Invalidf("service", "choose the service that needs others")
	}
	if len(d.Needs) == 0 {
		return Invalidf("needs", "name at least one service that is needed")
	}
	for _, n := range d.Needs {
		switch {
		case len(n.Services) == 0:
			return Invalidf("needs", "a group names no service")
		case n.Any && len(n.Services) < 2:
			return Invalidf("needs", "a group of which any one is enough needs at least two services")
		case slices.Contains(n.Services, d.Service):
			return Invalidf("needs", "a service cannot need itself")
		}
	}
	return nil
}

// CyclicDependencies returns a service that needs itself through others, or "".
func CyclicDependencies(all []Dependencies) ID {
	needs := map[ID][]ID{}
	for _, d := range all {
		for _, n := range d.Needs {
			needs[d.Service] = append(needs[d.Service], n.Services...)
		}
	}
	const walking, walked = 1, 2
	state := map[ID]int{}
	var walk func(ID) ID
	walk = func(s ID) ID {
		if state[s] == walking {
			return s
		}
		if state[s] == walked {
			return ""
		}
		state[s] = walking
		for _, next := range needs[s] {
			if found := walk(next); found != "" {
				return found
			}
		}
		state[s] = walked
		return ""
	}
	for _, d := range all {
		if found := walk(d.Service); found != "" {
			return found
		}
	}
	return ""
}
