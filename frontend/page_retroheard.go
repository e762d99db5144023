package frontend

import (
	"time"

	"hindsight/incident"
)

// RetroHeardPage lists what points at a retrospective, at /incidents/{id}/retrospective/heard.
type RetroHeardPage struct {
	Shell
	Incident *incident.Incident
	Retro    incident.Retro
	Heard    RetroHeard
}

func (RetroHeardPage) template() string { return "retro-heard" }

// RetroHeardPath is the address of a RetroHeardPage.
func RetroHeardPath(id incident.ID) string { return IncidentPath(id) + "/retrospective/heard" }

// RetroHeard is how far a retrospective was heard.
type RetroHeard struct {
	incident.RetroReach
	Published bool
	TooNew    bool // nobody read it, and it is too soon to say so
	Path      string
	Cites     []HeardIn // other retrospectives
	Problems  []HeardIn // recurring problems
	Reusers   []HeardIn
}

// HeardIn is something that points at a retrospective.
type HeardIn struct {
	Title, Path, Label string
	At                 time.Time // when the incident began; zero: unknown, or it is none
	Private            bool
}
