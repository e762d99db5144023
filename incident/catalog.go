package incident

import (
	"strings"
	"unicode"
)

// Service is something that users depend on and that can fail.
type Service struct {
	ID    ID
	Name  string
	Team  ID // may be empty
	Tier  int
	Alias []string // other names that sources use for it
}

// Team owns services and incidents, and has members.
type Team struct {
	ID      ID
	Name    string
	Renamed bool `json:",omitzero"` // a person gave it this name; what sources call it leaves it so
}

// Person is somebody named by a source. The same human in two sources is two persons until
// someone says otherwise.
type Person struct {
	ID         ID
	Connection ID
	ExternalID string
	Name       string
	Email      string // lower case; may be empty
}

// NewService returns the service that a source's name stands for. Names that differ only in case,
// spaces or punctuation mean the same service.
func NewService(name string) Service {
	return Service{ID: nameID("svc", name), Name: strings.TrimSpace(name)}
}

// NewTeam returns the team that a source's name stands for, as NewService does.
func NewTeam(name string) Team {
	return Team{ID: nameID("team", name), Name: strings.TrimSpace(name)}
}

func nameID(prefix, name string) ID { return DeriveID(prefix, Slug(name)) }

// Slug returns name in lower case with every run of other characters than letters and digits as one
// hyphen: "Amazon EC2 (Ohio)" becomes "amazon-ec2-ohio".
func Slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}
