package incident

import (
	"encoding/json"
	"time"
)

// Provisioned is what an identity provider says through SCIM (RFC 7643) of a user or team, beyond what that has itself.
type Provisioned struct {
	ID         ID              // of the user or team
	Kind       string          // the resource type of RFC 7643: "User" or "Group"
	ExternalID string          // the provider's own id; may be empty
	Attributes json.RawMessage // names and addresses as they were sent
	CreatedAt  time.Time
	ChangedAt  time.Time // when the provider last changed it
	DeletedAt  time.Time // zero: the provider has not deleted it
}
