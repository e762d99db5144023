package incident

import "time"

// User is somebody who may sign in, or a service account.
type User struct {
	ID           ID
	Name         string // unique, lower case
	Display      string
	Email        string // lower case, not unique; empty: unknown
	Role         Role
	PasswordHash string // argon2id, PHC string format; empty for users who cannot sign in by password
	Disabled     bool
	Service      bool // a service account: tokens act for it, and nobody can sign in as it
	CreatedAt    time.Time
	SeenAt       time.Time
}

// Role is a set of abilities; see Role.Abilities. Each role may do all that the ones before it may.
type Role string

const (
	Viewer  Role = "viewer"  // sees
	Editor  Role = "editor"  // also writes and imports
	Manager Role = "manager" // also agrees on terms, and reads the audit log
	Admin   Role = "admin"   // also manages users, tokens and settings, and sees all that is private
)

// Roles lists the roles from the least to the most able.
var Roles = []Role{Viewer, Editor, Manager, Admin}
