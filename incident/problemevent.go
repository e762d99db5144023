package incident

import "time"

// Answer is what a person said of two incidents: that one problem is behind both, or that there is not. It binds
// every later grouping. There is one for each pair at most; NewAnswer puts the pair in order.
type Answer struct {
	A, B ID // A < B
	Same bool
	By   string
	At   time.Time
}

// NewAnswer returns the answer about two different incidents, whichever is named first.
func NewAnswer(a, b ID, same bool, by string, at time.Time) (Answer, error) {
	if a == "" || b == "" || a == b {
		return Answer{}, Invalidf("other", "name two different incidents")
	}
	return Answer{min(a, b), max(a, b), same, by, at}, nil
}

// ID names the pair that an answer is about.
func (a Answer) ID() ID { return a.A + " " + a.B }

// AnswerEvent is one step in what people said of two incidents. It stays when the answer is taken back.
type AnswerEvent struct {
	N       int64 // given by the store, ascending
	A, B    ID    // A < B
	Verdict PairVerdict
	By      string
	At      time.Time
}

// PairVerdict is what a person can say of two incidents.
type PairVerdict string

// What a person can say of two incidents.
const (
	SaySame  PairVerdict = "same"  // one problem is behind both
	SayApart PairVerdict = "apart" // there is not
	Unsay    PairVerdict = "undo"  // what was said is taken back
)

// PairVerdicts lists all of them.
var PairVerdicts = []PairVerdict{SaySame, SayApart, Unsay}

// Event is the step that giving the answer is.
func (a Answer) Event() AnswerEvent {
	verdict := SayApart
	if a.Same {
		verdict = SaySame
	}
	return AnswerEvent{A: a.A, B: a.B, Verdict: verdict, By: a.By, At: a.At}
}

// ProblemEvent is one step in the life of a problem, so that it can be told later why an incident is where it is.
type ProblemEvent struct {
	N        int64 // given by the store, ascending
	Problem  ID
	Kind     ProblemEventKind
	Incident ID      // that joined or left; empty for what concerns the whole problem
	Other    ID      // the problem on the other side: where a member came from, what was merged in, what was split off
	Score    float64 // how near, 0 to 1; 0 where a person or a source decided
	Rule     string  // which rule or action: "nearest", "repair", "answer", …
	By       string  // the person; empty: the machine
	At       time.Time
	Before   []byte // what undoing it restores, as JSON; empty: it cannot be undone
	Undoes   int64  // N of the event that this one took back
}

// ProblemEventKind is what happened to a problem.
type ProblemEventKind string

// What happens to a problem by itself, or by what people say about its members.
const (
	ProblemFound  ProblemEventKind = "found"  // it came to be
	ProblemJoined ProblemEventKind = "joined" // Incident became a member; it came from Other, if any
	ProblemLeft   ProblemEventKind = "left"   // Incident left; it went to Other, if anywhere
	ProblemMerged ProblemEventKind = "merged" // Other became part of it, and its id an alias for ever
	ProblemSplit  ProblemEventKind = "split"  // Other was split off
	ProblemGone   ProblemEventKind = "gone"   // it lost its support
	ProblemJudged ProblemEventKind = "judged" // a person decided; Rule is the action
)
