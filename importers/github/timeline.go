package github

import (
	"regexp"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// entry is one event of an issue's timeline.
// https://docs.github.com/en/rest/using-the-rest-api/issue-event-types
type entry struct {
	Event       string
	CreatedAt   string `json:"created_at"`
	SubmittedAt string `json:"submitted_at"` // of reviews
	Actor       user
	User        user // of comments, where older servers name no actor
	Body        string
	Assignee    user
	Label       label
	Milestone   struct{ Title string }
	Rename      struct{ From, To string }
	StateReason string `json:"state_reason"`
	CommitID    string `json:"commit_id"`
	Source      struct {
		Issue struct {
			Title       string
			HTMLURL     string                `json:"html_url"`
			PullRequest *struct{ URL string } `json:"pull_request"`
		}
	}
}

func (e entry) actor() user {
	if e.Actor.Login != "" {
		return e.Actor
	}
	return e.User
}

// story turns a timeline into events and a history of statuses.
type story struct {
	draft *importers.Draft
	repo  string
	cfg   importers.Config
	words importers.Words
}

// tell adds the events. Somebody who is not a bot and is assigned, or answers another's report, has acknowledged it.
func (s story) tell(r record) {
	d, opened := s.draft, s.draft.Incident.Milestones.At(incident.Opened)
	s.draft.Happened(incident.TimelineEvent{At: opened, Kind: incident.EventCreated, Actor: r.Issue.User.name(), Text: "Issue opened", RawKind: "opened"})
	var turns []importers.Turn
	acked, closing := false, -1
	for _, e := range r.Timeline {
		ev, ok := s.event(e)
		if !ok {
			continue
		}
		s.draft.Happened(ev)
		t := importers.Turn{At: ev.At, Raw: e.Event, By: ev.Actor, Field: "timeline/" + e.Event}
		switch status, turned := s.turn(e); {
		case turned:
			t.Status, acked = status, acked || status != incident.Triggered
			if e.Event == "closed" {
				closing = len(turns)
			}
			turns = append(turns, t)
		case !acked && acknowledges(e, r.Issue.User):
			t.Status, acked = incident.Acknowledged, true
			d.AddPerson(s.acker(e), "acknowledger")
			turns = append(turns, t)
		}
	}
	if st := d.Incident.Status; closing >= 0 && r.Issue.State == "closed" && st != incident.StatusUnknown {
		turns[closing].Status = st // older closings do not give their reason, the issue does
	}
	d.SetHistory("github", opened, incident.Triggered, turns)
	if n := len(d.Incident.Segments); n > 0 && r.Issue.State == "open" && !d.Incident.Segments[n-1].Status.Over() {
		d.Incident.Status = d.Incident.Segments[n-1].Status
	}
	s.relate(r)
}

// turn returns the status that an event leads to.
func (s story) turn(e entry) (incident.Status, bool) {
	switch e.Event {
	case "closed", "reopened":
		word := map[string]string{"closed": "closed", "reopened": "open reopened"}[e.Event]
		if e.Event == "closed" && e.StateReason != "" {
			word += " " + e.StateReason
		}
		return s.words.Status.Of(word)
	case "labeled":
		name, value := e.Label.split()
		if name == "" && bareStatus.MatchString(value) || name != "" && importers.Fold(name) == importers.Fold(s.words.Fields["status"]) {
			return s.words.Status.Of(value)
		}
	}
	return "", false
}

func acknowledges(e entry, reporter user) bool {
	switch e.Event {
	case "assigned":
		return e.Assignee.Login != "" && e.Assignee.Type != "Bot"
	case "commented":
		by := e.actor()
		return by.Login != "" && by.Type != "Bot" && by.Login != reporter.Login
	}
	return false
}

func (s story) acker(e entry) string {
	if e.Event == "assigned" {
		return e.Assignee.name()
	}
	return e.actor().name()
}

// event turns an entry into a timeline event; it is left out when it has no time, as commits have none.
func (s story) event(e entry) (incident.TimelineEvent, bool) {
	text := e.CreatedAt
	if text == "" {
		text = e.SubmittedAt
	}
	m, err := importers.TimeFormat{Layout: importers.ISOTime}.Parse(text)
	if err != nil {
		s.draft.Warn("timeline/created_at", importers.Line(text), "this event was left out: "+err.Error())
	}
	if err != nil || m.At.IsZero() || e.Event == "" {
		return incident.TimelineEvent{}, false
	}
	kind, words := s.say(e)
	return incident.TimelineEvent{At: m.At, Kind: kind, Actor: e.actor().name(), Text: words, RawKind: e.Event}, true
}

// say returns an event's kind and what it says.
func (s story) say(e entry) (incident.EventKind, string) {
	switch e.Event {
	case "commented", "reviewed", "line-commented", "commit-commented":
		return incident.EventNote, e.Body
	case "assigned":
		return incident.EventAssigned, "Assigned to " + e.Assignee.name()
	case "unassigned":
		return incident.EventAssigned, "No longer assigned to " + e.Assignee.name()
	case "closed":
		if status, _ := s.turn(e); status != incident.Closed && status != incident.Resolved {
			return incident.EventStatus, "Closed: " + strings.ReplaceAll(e.StateReason, "_", " ")
		}
		return incident.EventResolved, "Closed"
	case "reopened":
		return incident.EventReopened, "Reopened"
	case "labeled", "unlabeled":
		return s.ofLabel(e)
	case "renamed":
		return incident.EventOther, "Renamed from " + e.Rename.From + " to " + e.Rename.To
	case "referenced":
		return incident.EventChange, "Referenced by commit " + e.CommitID
	case "cross-referenced":
		return incident.EventOther, "Referenced by " + e.Source.Issue.Title + " " + e.Source.Issue.HTMLURL
	case "milestoned", "demilestoned":
		return incident.EventOther, strings.ToUpper(e.Event[:1]) + e.Event[1:] + ": " + e.Milestone.Title
	}
	return incident.EventOther, strings.ReplaceAll(e.Event, "_", " ")
}

func (s story) ofLabel(e entry) (incident.EventKind, string) {
	text := "Label added: " + e.Label.Name
	if e.Event == "unlabeled" {
		text = "Label removed: " + e.Label.Name
	}
	name, value := e.Label.split()
	fold := importers.Fold(name)
	switch _, turned := s.turn(e); {
	case turned:
		return incident.EventStatus, text
	case name == "" && bareSeverity.MatchString(value), fold == "sev", name != "" && fold == importers.Fold(s.words.Fields["severity"]):
		return incident.EventSeverity, text
	}
	return incident.EventOther, text
}

// duplicate is how people mark duplicates in a comment.
// https://docs.github.com/en/issues/tracking-your-work-with-issues/administering-issues/marking-issues-or-pull-requests-as-a-duplicate
var duplicate = regexp.MustCompile(`(?i)^duplicate of (?:https?://[^/\s]+/)?([\w.-]+/[\w.-]+)?(?:#|/issues/)(\d+)\b`)

// relate sets what the issue belongs to: the one that it duplicates, its parent, and pull requests that name it.
func (s story) relate(r record) {
	inc := &s.draft.Incident
	for _, e := range r.Timeline {
		if m := duplicate.FindStringSubmatch(strings.TrimSpace(e.Body)); m != nil && e.Event == "commented" {
			into := incident.ID(s.known(m[1]) + "#" + m[2])
			inc.MergedInto, inc.DuplicateOf = "", into
			if inc.Status == incident.Merged {
				inc.MergedInto, inc.DuplicateOf = into, ""
			}
		}
		if from := e.Source.Issue; e.Event == "cross-referenced" && from.PullRequest != nil {
			s.draft.AddLink("change", "timeline/source", from.HTMLURL, from.Title)
		}
	}
	if repo, number, ok := strings.Cut(r.Issue.ParentURL, "/issues/"); ok && strings.Trim(number, "0123456789") == "" {
		if repo = ours(s.cfg, repo); repo != "" {
			inc.Parent = incident.ID(repo + "#" + number)
		}
	}
}

// known returns the connection's name for a repository; none is this one.
func (s story) known(repo string) string {
	if repo == "" {
		return s.repo
	}
	if name := ours(s.cfg, repo); name != "" {
		return name
	}
	return repo
}
