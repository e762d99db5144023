package incident

import "time"

// TeamHoursPolicy is the kind of policies whose body is a TeamHours; see TeamHoursID for their ids.
const TeamHoursPolicy PolicyKind = "team_hours"

// TeamHoursID returns the id of the policy about a team's hours; about those of every team that has none, for an empty id.
func TeamHoursID(team ID) ID {
	if team == "" {
		return "pol_hours"
	}
	return "pol_hours_" + team
}

// TeamHours says when the people of a team work and when they sleep. All other time is off hours.
type TeamHours struct {
	Team     ID        `json:"team,omitempty"` // empty: of every team that has no hours of its own
	Zone     string    `json:"zone"`           // IANA name
	Business [7][]Hour `json:"business"`       // by time.Weekday: Sunday first; they go before Sleep where both hold
	Sleep    Hour      `json:"sleep"`          // of every night
}

// StandardHours are those of teams about which nobody has said anything: from Monday to Friday 08:00 to 18:00 for work,
// 22:00 to 08:00 for sleep, in UTC. Paging products count interruptions by the same hours.
func StandardHours() TeamHours {
	h := TeamHours{Zone: "UTC", Sleep: Hour{22 * 60, 8 * 60}}
	for day := time.Monday; day <= time.Friday; day++ {
		h.Business[day] = []Hour{{8 * 60, 18 * 60}}
	}
	return h
}

// Work returns the business hours as a calendar, and Night those of sleep.
func (h TeamHours) Work() Calendar { return Calendar{Zone: h.Zone, Weekly: h.Business} }

// Night returns the hours of sleep as a calendar.
func (h TeamHours) Night() Calendar {
	c := Calendar{Zone: h.Zone}
	for day := range c.Weekly {
		c.Weekly[day] = []Hour{h.Sleep}
	}
	return c
}

// Validate returns ErrInvalid for an unknown zone, or when there are no hours of business.
func (h TeamHours) Validate() error {
	if err := h.Work().Validate(); err != nil {
		return err
	}
	return h.Night().Validate()
}
