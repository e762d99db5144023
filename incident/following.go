package incident

import "time"

// Health is how a connection that is read over the network fares. There is none before its first run.
type Health struct {
	Connection ID
	Cursor     []byte    // where the next poll goes on, in the runner's shape
	Through    time.Time // all before this instant has been read; zero when the source does not go by time
	// The last poll and the last reconciliation that came to their end, and the last delivery that was proven
	// to come from the source; zero: none yet.
	PolledAt, ReconciledAt, HeardAt time.Time
	Forged                          int64 // deliveries refused for their signature
	Drift                           int64 // records that the last reconciliation found new or changed: what had been missed
	// Notes say, in sentences, what the last poll could not read because the credentials do not reach it.
	Notes []string
	// PausedAt and PauseReason say since when and why it is not polled: its credentials were refused, or a person
	// paused it. Zero: it is.
	PausedAt    time.Time
	PauseReason string
}

// Push is a delivery from a source, as it was received. It is stored before it is answered.
type Push struct {
	ID         ID // derived from Connection and Key
	Connection ID
	Key        string // the delivery's own id, or the hash of its content: a repeated one has the same
	Header     map[string][]string
	Query      map[string][]string
	Body       []byte
	ReceivedAt time.Time
}

// Missing is a record that its source did not give when asked for it. Asked again later in vain, it counts as
// deleted.
type Missing struct {
	Connection ID
	Type       string
	ExternalID string
	Since      time.Time
}
