package incident

import "time"

// Managed says that an object of the configuration is made from files: what people change of it elsewhere is overwritten when
// the files are applied again.
type Managed struct {
	Kind   string // as files call it: "Service"
	Name   string // as objects of the kind are told apart
	Entity ID     // the service, team, policy or connection
	Made   bool   // it was not there before the files named it
	Place  string // "services.yaml:12"
	At     time.Time
	By     string
}
