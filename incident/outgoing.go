package incident

import "time"

// Outgoing is a message that leaves the product. It waits in the outbox until somebody claims and sends it, and stays as the log of what became
// of it. What it says is made when it is sent, of what its recipient may see then.
type Outgoing struct {
	ID       ID // follows from what it tells of, to whom and which way, so that nothing is sent twice
	Kind     OutgoingKind
	Way      OutgoingWay
	To       ID // a user or a channel; of a report sent by e-mail the address
	Notice   ID // that it tells of, or the run of a report; empty when it tells of several or of none
	Incident ID // of Notice; empty without
	At       time.Time
	DueAt    time.Time // not sent earlier; a digest tells of the day before
	State    OutgoingState
	Tries    int
	NextAt   time.Time // when it may be claimed next, while it is waiting
	EndedAt  time.Time // when it was sent or given up; zero while it is waiting

	// What was last tried: to which address, and what it said; empty before, and after a time. Error says why it did not go.
	Address, Subject, Text, Error string
}

// OutgoingKind says how a message is made.
type OutgoingKind string

const (
	OutgoingNotice OutgoingKind = "notice" // tells of one notice
	OutgoingDigest OutgoingKind = "digest" // tells of what came together in a day
	OutgoingReport OutgoingKind = "report" // is a scheduled report
)

// OutgoingWay is how a message leaves.
type OutgoingWay string

const (
	OutgoingMail OutgoingWay = "mail" // e-mail
	OutgoingHook OutgoingWay = "hook" // a webhook of a channel
)

// OutgoingState is what became of a message.
type OutgoingState string

const (
	OutgoingWaiting OutgoingState = "waiting" // for its time, or for the next try
	OutgoingSent    OutgoingState = "sent"    // whoever delivers it has taken it
	OutgoingFailed  OutgoingState = "failed"  // set aside after the last try, until somebody sends it again
	OutgoingDropped OutgoingState = "dropped" // not sent, for there was nothing to tell any more; Error says why
)

// OutgoingStates lists the states.
var OutgoingStates = []OutgoingState{OutgoingWaiting, OutgoingSent, OutgoingFailed, OutgoingDropped}

// outgoingWaits are the pauses behind each try that failed; behind the last try a message is set aside, about half a day after the first.
var outgoingWaits = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 10 * time.Hour}

// Failed returns the message after a try that failed at a time: it waits for the next one, or is set aside when it was the last or when
// trying again cannot help.
func (o Outgoing) Failed(at time.Time, reason string, final bool) Outgoing {
	o.Error = reason
	if final || o.Tries > len(outgoingWaits) {
		o.State, o.EndedAt = OutgoingFailed, at
		return o
	}
	o.NextAt = at.Add(outgoingWaits[max(o.Tries, 1)-1])
	return o
}

// OutgoingFilter narrows the log of deliveries down.
type OutgoingFilter struct {
	State OutgoingState // empty: any
	Way   OutgoingWay   // empty: any
	Tried bool          // those alone that were tried, and not dropped
	Skip  int
	Limit int
}
