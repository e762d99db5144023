package desk

import (
	"context"
	"slices"
	"strings"

	"hindsight/incident"
)

// Sharing names who may see a private incident beside its team and those who see all: users and teams, by name or id.
type Sharing struct{ Users, Teams []string }

// mostNamed is how many users and teams one incident may be shared with.
const mostNamed = 100

// audience finds the users and teams that are meant, of teams those that the viewer may know. An unknown one is ErrInvalid.
func (d *Desk) audience(ctx context.Context, s Sharing, sight incident.Sight) (incident.Audience, error) {
	if len(s.Users)+len(s.Teams) > mostNamed {
		return incident.Audience{}, incident.Invalidf("audience", "name at most %d people and teams; a team stands for all of its members", mostNamed)
	}
	all, err := d.Store.Users(ctx)
	if err != nil {
		return incident.Audience{}, err
	}
	var users []incident.ID
	for _, name := range s.Users {
		i := slices.IndexFunc(all, func(u incident.User) bool {
			return string(u.ID) == name || strings.EqualFold(u.Name, name) || strings.EqualFold(u.Display, name)
		})
		if i < 0 {
			return incident.Audience{}, incident.Invalidf("users", "there is no user called %q", name)
		}
		users = append(users, all[i].ID)
	}
	teams, err := names{d.Live.Snapshot(), sight}.teams(s.Teams)
	return incident.NewAudience(users, teams), err
}

// Audience names who an incident is shared with, people by the names that they are shown by; one that is gone by its id.
func (d *Desk) Audience(ctx context.Context, a incident.Audience) (Sharing, error) {
	var out Sharing
	for _, id := range a.Teams {
		out.Teams = append(out.Teams, d.Live.Snapshot().Name(id))
	}
	if len(a.Users) == 0 {
		return out, nil
	}
	all, err := d.Store.Users(ctx)
	for _, id := range a.Users {
		name := string(id)
		if i := slices.IndexFunc(all, func(u incident.User) bool { return u.ID == id }); i >= 0 {
			name = all[i].Display
			if name == "" {
				name = all[i].Name
			}
		}
		out.Users = append(out.Users, name)
	}
	return out, err
}

// WhoSees says who sees an incident: "its team Payments, Responder One, the team Support and administrators".
func (d *Desk) WhoSees(ctx context.Context, inc *incident.Incident) (string, error) {
	if !inc.Private {
		return "everybody who may sign in", nil
	}
	shared, err := d.Audience(ctx, inc.Audience)
	var out []string
	if inc.Team != "" {
		out = append(out, "its team "+d.Live.Snapshot().Name(inc.Team))
	}
	out = append(out, shared.Users...)
	for _, name := range shared.Teams {
		out = append(out, "the team "+name)
	}
	if len(out) == 0 {
		return "administrators alone", err
	}
	return strings.Join(out, ", ") + " and administrators", err
}

// share resolves whom a patch shares the incident with.
func (d *Desk) share(ctx context.Context, p *Patch, sight incident.Sight) error {
	if p.Share == nil {
		return nil
	}
	audience, err := d.audience(ctx, *p.Share, sight)
	if err != nil {
		return err
	}
	fields := map[string]string{"audience": audience.String()}
	for name, value := range p.Fields {
		fields[name] = value
	}
	p.Fields = fields
	return nil
}

// shutOut refuses a change after which whoever makes it would not see the incident any more, unless they said that they know.
func (p Patch) shutOut(inc *incident.Incident, sight incident.Sight) error {
	if p.ShutOut || inc.SeenBy(sight) {
		return nil
	}
	return incident.Invalidf("shut_out", "you would not see this incident any more, for you are neither in its team nor named; name yourself or one of your teams, or say that this is what you want")
}
