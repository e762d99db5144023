package incident

import (
	"strings"
	"time"
)

// Notice tells one user, or a channel, of something that concerns them. It holds no words of the incident but the title of the part that it is about;
// what the incident is called is looked up for whoever reads it, and shown to those alone who see the incident then.
type Notice struct {
	ID       ID // follows from what it tells of, where that must not be told twice
	User     ID // or a channel
	Kind     NoticeKind
	Incident ID
	Place    string // behind the incident's address: "/retrospective#com_1"; may be empty
	About    string // the title of a section or an action item; may be empty
	By       string // who caused it; empty: nobody, it became due
	At       time.Time
	ReadAt   time.Time // zero while it is unread
}

// Path is where a notice leads to.
func (n Notice) Path() string { return "/incidents/" + string(n.Incident) + n.Place }

// Says returns what happened, as the beginning of a sentence: "Responder One mentions you", "Overdue".
func (n Notice) Says() string { return n.sentence(noticeWords[n.Kind][0]) }

// SaysOutside is Says for those whom it does not concern themselves: "Responder One asks for a review".
func (n Notice) SaysOutside() string { return n.sentence(noticeWords[n.Kind][1]) }

func (n Notice) sentence(words string) string {
	if n.By != "" {
		return n.By + " " + words
	}
	return strings.ToUpper(words[:min(1, len(words))]) + words[min(1, len(words)):]
}

// NoticeKind says why somebody is told.
type NoticeKind string

const (
	NoticeMention   NoticeKind = "mention"   // somebody wrote @ and their name
	NoticeReply     NoticeKind = "reply"     // a thread that they wrote in was answered
	NoticeReview    NoticeKind = "review"    // their review was asked for
	NoticeAnswer    NoticeKind = "answer"    // their retrospective was approved, or changes were asked for
	NoticePublished NoticeKind = "published" // their retrospective was published
	NoticeAction    NoticeKind = "action"    // an action item was given to them
	NoticeDue       NoticeKind = "due"       // their action item or retrospective is due soon
	NoticeOverdue   NoticeKind = "overdue"   // their action item or retrospective should have been done
	NoticeVerify    NoticeKind = "verify"    // it should be known by now whether their action item worked
)

// noticeWords say of each kind what happened, to whom it concerns and to others, and the reason that a reader is given.
var noticeWords = map[NoticeKind][3]string{
	NoticeMention:   {"mentions you", "mentions somebody", "you are mentioned"},
	NoticeReply:     {"answers in a thread", "answers in a thread", "you wrote in this thread"},
	NoticeReview:    {"asks for your review", "asks for a review", "your review is asked for"},
	NoticeAnswer:    {"reviewed your retrospective", "reviewed a retrospective", "you own the retrospective"},
	NoticePublished: {"published your retrospective", "published a retrospective", "you own the retrospective"},
	NoticeAction:    {"gives you an action item", "gives out an action item", "the action item is yours"},
	NoticeDue:       {"due within three days", "due within three days", "it is yours"},
	NoticeOverdue:   {"overdue", "overdue", "it is yours"},
	NoticeVerify:    {"say whether it worked", "it should be known whether this worked", "the action item is yours"},
}

// Says returns what somebody did, "mentions you", or, where nobody did anything, what it is time for: "overdue".
func (k NoticeKind) Says() string { return noticeWords[k][0] }

// Why returns the reason that a reader is given, behind "because": "you are mentioned".
func (k NoticeKind) Why() string { return noticeWords[k][2] }
