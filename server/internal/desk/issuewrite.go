package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	// writeTime is how long a tracker may take to make an issue, its limits included.
	writeTime = 45 * time.Second
	// orderTime is how long after an order another one may follow: the first has been answered by then, or never will be, and trackers list what they made.
	orderTime = time.Minute
)

// IssuePlace is where an issue can be made.
type IssuePlace struct {
	Connection incident.ID
	Tracker    string // "GitHub", with the connection's name where there are several
	Name       string // of repository or project
}

// Choice is the place as forms send it.
func (p IssuePlace) Choice() string { return string(p.Connection) + " " + p.Name }

// IssueDraft is an issue that could be made of an action item.
type IssueDraft struct {
	Incident *incident.Incident
	Item     incident.ActionStatement
	Places   []IssuePlace // the one that the team chose last is the first
	importers.NewIssue
	Ordered *incident.IssueOrder // nil: nobody waits for an answer
}

// IssueDraft returns what an issue of an action item would say, and where it can be made.
func (d *Desk) IssueDraft(ctx context.Context, id incident.ID, key string, sight incident.Sight) (IssueDraft, error) {
	out := IssueDraft{}
	inc, err := d.Incident(ctx, id, sight)
	if err != nil {
		return out, err
	}
	if out.Item, err = inc.ActionStatement(key); err != nil {
		return out, err
	}
	out.Incident = inc
	out.NewIssue = importers.NewIssue{Title: out.Item.Title, Text: d.issueText(inc, out.Item)}
	if o, waits := inc.IssueOrdered(key); waits {
		out.Ordered = &o
	}
	out.Places, err = d.issuePlaces(ctx, inc.Team)
	return out, err
}

// issueText is what an issue says of its action item. Of a private incident it does not say what happened.
func (d *Desk) issueText(inc *incident.Incident, x incident.ActionStatement) string {
	var parts []string
	if x.Proof != "" {
		parts = append(parts, "What would prove that it worked: "+x.Proof)
	}
	if !x.VerifyBy.IsZero() {
		parts = append(parts, "To be verified by "+x.VerifyBy.UTC().Format(time.DateOnly)+".")
	}
	if !inc.Private {
		parts = append(parts, "An action item after the incident "+strings.TrimSpace(inc.Number+" "+inc.Title)+".")
	}
	if d.reachable() {
		parts = append(parts, "Its retrospective: "+d.BaseURL+"/incidents/"+url.PathEscape(string(inc.ID))+"/retrospective")
	}
	return strings.Join(parts, "\n\n")
}

// reachable reports whether others can open what the server links to: an operator said how browsers reach it.
func (d *Desk) reachable() bool {
	u, err := url.Parse(d.BaseURL)
	if err != nil || u.Hostname() == "" || u.Hostname() == "localhost" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return ip == nil || !ip.IsLoopback() && !ip.IsUnspecified()
}

// writes reports whether an operator allows to write with a connection.
func (t tracker) writes() bool {
	return t.Write != nil && t.Settings[importers.WriteIssues.Name] == "yes"
}

// issuePlaces lists where issues can be made, beginning with where the team's last one was.
func (d *Desk) issuePlaces(ctx context.Context, team incident.ID) ([]IssuePlace, error) {
	trackers, err := d.trackers(ctx)
	if err != nil {
		return nil, err
	}
	last, err := d.Store.Setting(ctx, lastIssuePlace(team))
	if err != nil && !errors.Is(err, incident.ErrNotFound) {
		return nil, err
	}
	var out []IssuePlace
	for _, t := range trackers {
		if !t.writes() {
			continue
		}
		source, err := d.Source(t.Source)
		if err != nil {
			return nil, err
		}
		for _, name := range t.Write.Places(t.config()) {
			out = append(out, IssuePlace{t.ID, source.Title + ", " + t.Name, name})
		}
	}
	slices.SortStableFunc(out, func(a, b IssuePlace) int {
		first := func(p IssuePlace) int { return map[bool]int{true: 0, false: 1}[p.Choice() == last] }
		return cmp.Or(first(a)-first(b), strings.Compare(a.Tracker, b.Tracker), strings.Compare(a.Name, b.Name))
	})
	return out, nil
}

// MakesIssues reports whether there is a place in which issues can be made.
func (d *Desk) MakesIssues(ctx context.Context) (bool, error) {
	trackers, err := d.trackers(ctx)
	return slices.ContainsFunc(trackers, func(t tracker) bool { return t.writes() && len(t.Write.Places(t.config())) > 0 }), err
}

// lastIssuePlace is the setting that holds where a team's last issue was made.
func lastIssuePlace(team incident.ID) string { return "issues.last." + cmp.Or(string(team), "none") }

// NewIssue is what a person sends to a tracker.
type NewIssue struct {
	Choice string // of IssuePlace
	importers.NewIssue
	Private bool // it is said that an item of a private incident may be told to the tracker's readers
}

// CreateIssue makes an issue of an action item in a tracker, in the name of by, and links the item to it. An order is written down before; one that was
// not answered is looked for first, so that there is never a second issue. What the tracker refuses is ErrInvalid with its words.
func (d *Desk) CreateIssue(ctx context.Context, id incident.ID, key string, n NewIssue, by string, sight incident.Sight) (address string, err error) {
	draft, err := d.IssueDraft(ctx, id, key, sight)
	if err != nil {
		return "", err
	}
	switch {
	case draft.Item.URL != "":
		return "", incident.Invalidf("place", "the item has an issue: %s", draft.Item.URL)
	case draft.Incident.Private && !n.Private:
		return "", incident.Invalidf("private", "the incident is private, and who reads that tracker will read this: say that they may")
	case strings.TrimSpace(n.Title) == "" || len(n.Title) > 300:
		return "", incident.Invalidf("title", "say what is to be done, in at most 300 characters")
	case len(n.Text) > 20000:
		return "", incident.Invalidf("text", "give at most 20,000 characters")
	}
	at := slices.IndexFunc(draft.Places, func(p IssuePlace) bool { return p.Choice() == n.Choice })
	if at < 0 {
		return "", incident.Invalidf("place", "choose where the issue is to be made")
	}
	place := draft.Places[at]
	t, in, err := d.writingTo(ctx, place.Connection)
	if err != nil {
		return "", err
	}
	order, before, err := d.orderIssue(ctx, id, key, place, by, sight)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime) // whoever asked may leave; the answer is kept
	defer cancel()
	if before != nil {
		if address, err = d.findIssue(ctx, *before); err != nil {
			return "", vendorSays(place.Tracker, t.Write.Permission, err)
		}
	}
	if address == "" {
		n.Title = strings.TrimSpace(n.Title)
		n.Text = strings.TrimSpace(strings.ReplaceAll(n.Text, "\r\n", "\n")) + "\n\nMade from an action item in Hindsight (" + order.Marker + ")."
		address, err = t.Write.Create(ctx, in, place.Name, n.NewIssue)
	}
	if err == nil && address == "" {
		err = fmt.Errorf("desk: %s gave the new issue no address", place.Tracker)
	}
	if err != nil && !importers.Undone(err) {
		d.Log.Warn("desk: whether an issue was made is not known", "connection", place.Connection, "err", err)
		return "", incident.Invalidf("place", "%s did not answer, so the issue may be there or not. Send it again in a minute: then it is looked for first, and made only if it is not there", place.Tracker)
	}
	if kept := d.issueMade(ctx, id, key, order, address, by); kept != nil {
		return "", kept
	}
	if err != nil {
		return "", vendorSays(place.Tracker, t.Write.Permission, err)
	}
	return address, d.rememberIssue(ctx, id, key, draft.Incident.Team, place, address)
}

// vendorSays makes of what a tracker refuses an error for people.
func vendorSays(tracker, permission string, err error) error {
	var e *importers.StatusError
	if errors.As(err, &e) {
		return incident.Invalidf("place", "%s refused it (%d: %s). The connection's credential needs: %s", tracker, e.Status, e.Body, permission)
	}
	if errors.Is(err, incident.ErrInvalid) {
		return err
	}
	return incident.Invalidf("place", "%s did not answer: %v", tracker, err)
}

// writingTo returns a tracker that may be written to, and what its functions ask with.
func (d *Desk) writingTo(ctx context.Context, connection incident.ID) (tracker, importers.Input, error) {
	trackers, err := d.trackers(ctx)
	if err != nil {
		return tracker{}, importers.Input{}, err
	}
	at := slices.IndexFunc(trackers, func(t tracker) bool { return t.ID == connection })
	if at < 0 || !trackers[at].writes() {
		return tracker{}, importers.Input{}, incident.Invalidf("place", "the connection is not there, or does not allow to make and close issues")
	}
	open, err := d.Unseal(trackers[at].Connection)
	if err != nil {
		return tracker{}, importers.Input{}, err
	}
	in, err := d.Runner.TrackerInput(open)
	return trackers[at], in, err
}

// orderIssue writes down that an issue is asked for. before is an order that was never answered.
func (d *Desk) orderIssue(ctx context.Context, id incident.ID, key string, place IssuePlace, by string, sight incident.Sight) (order incident.IssueOrder, before *incident.IssueOrder, err error) {
	random := make([]byte, 8)
	rand.Read(random) // never fails
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		inc, err := seenIn(tx, id, sight)
		if err != nil {
			return err
		}
		now := d.Now().UTC()
		order = incident.IssueOrder{IssueSays: incident.IssueSays{Name: place.Tracker + ", " + place.Name, Outcome: "asked to make an issue"},
			Connection: place.Connection, Place: place.Name, Marker: "hindsight-" + hex.EncodeToString(random), First: now, Last: now}
		if old, waits := inc.IssueOrdered(key); waits {
			if now.Sub(old.Last) < orderTime {
				return incident.Invalidf("place", "it was sent less than a minute ago, and has no answer yet: try again in a minute")
			}
			before, order.Marker, order.First = &old, old.Marker, old.First
		}
		if err := inc.OrderIssue(key, order, by, now); err != nil {
			return err
		}
		return tx.PutIncidents([]*incident.Incident{inc})
	})
	return order, before, err
}

// findIssue looks for an issue that was asked for and may be there.
func (d *Desk) findIssue(ctx context.Context, o incident.IssueOrder) (string, error) {
	t, in, err := d.writingTo(ctx, o.Connection)
	if errors.Is(err, incident.ErrInvalid) {
		return "", incident.Invalidf("place", "%s was asked for this issue and did not answer, and cannot be asked now: look whether the issue is there, and give its address", o.Name)
	}
	if err != nil {
		return "", err
	}
	return t.Write.Find(ctx, in, o.Place, o.Marker, o.First.Add(-10*time.Minute))
}

// issueMade writes down what became of an order: an issue, to which the item is linked, or nothing.
func (d *Desk) issueMade(ctx context.Context, id incident.ID, key string, o incident.IssueOrder, address, by string) error {
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		inc, err := seenIn(tx, id, incident.Sight{All: true})
		if err != nil {
			return err
		}
		now := d.Now().UTC()
		o.Over, o.Outcome = true, "made "+address
		if address == "" {
			o.Outcome = "refused to make an issue"
		}
		if err := inc.OrderIssue(key, o, by, now); err != nil {
			return err
		}
		if address != "" {
			if err := inc.EditAction(key, incident.ActionChange{Set: map[string]string{"url": address}}, by, now); err != nil {
				return err
			}
		}
		return tx.PutIncidents([]*incident.Incident{inc})
	})
	return err
}

// rememberIssue keeps the place for the team's next issue, and looks at the new one.
func (d *Desk) rememberIssue(ctx context.Context, id incident.ID, key string, team incident.ID, place IssuePlace, address string) error {
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutSetting(lastIssuePlace(team), place.Choice()) })
	if err != nil {
		return err
	}
	return d.lookAtOne(ctx, id, key)
}

// lookAtOne looks at the issue of one item now. A tracker that does not answer is left for the next look.
func (d *Desk) lookAtOne(ctx context.Context, id incident.ID, key string) error {
	inc, err := d.Incident(ctx, id, incident.Sight{All: true})
	if err != nil {
		return err
	}
	x, err := inc.ActionStatement(key)
	if err != nil {
		return err
	}
	trackers, err := d.trackers(ctx)
	if err != nil {
		return err
	}
	for _, t := range trackers {
		issue, ours := t.Issue(t.config(), x.URL)
		if !ours {
			continue
		}
		seen, err := d.issuesSeen(ctx, t.ID)
		if err != nil {
			return err
		}
		if err := d.lookAt(ctx, t, []importers.IssueAsked{{ID: issue}}, map[string][]FoundAction{issue: {{ActionStatement: x, Incident: inc}}}, seen); err != nil {
			return err
		}
		seen[issue] = seenIssue{At: seen[issue].At} // other items may link to it, which have not heard of it
		text, err := json.Marshal(seen)
		if err != nil {
			return fmt.Errorf("desk: note when an issue was seen: %w", err)
		}
		_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutSetting(incident.IssuesSeen(t.ID), string(text)) })
		return err
	}
	return nil
}

// CloseIssue closes the issue of an action item that was verified or dropped, with a comment, as by asks.
func (d *Desk) CloseIssue(ctx context.Context, id incident.ID, key, comment, by string, sight incident.Sight) error {
	inc, err := d.Incident(ctx, id, sight)
	if err != nil {
		return err
	}
	x, err := inc.ActionStatement(key)
	if err != nil {
		return err
	}
	says, known := inc.IssueOf(key)
	switch {
	case x.State != incident.ActionVerified && x.State != incident.ActionDropped:
		return incident.Invalidf("issue", "an issue is closed once its item is verified, or decided against")
	case !known || says.State == "" || says.Trouble != "":
		return incident.Invalidf("issue", "the issue cannot be seen, so it is not closed")
	case says.State != incident.ActionOpen:
		return incident.Invalidf("issue", "the issue is closed: %s", says.Outcome)
	case strings.TrimSpace(comment) == "" || len(comment) > 4000:
		return incident.Invalidf("comment", "say why it is closed, in at most 4,000 characters")
	}
	t, in, issue, err := d.closable(ctx, x.URL)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	err = t.Write.Close(ctx, in, issue, x.State == incident.ActionDropped, strings.TrimSpace(comment))
	if looked := d.lookAtOne(ctx, id, key); err == nil {
		err = looked
	} else {
		err = vendorSays(says.Name, t.Write.Permission, err)
	}
	return err
}

// closable returns the tracker in which an issue can be closed.
func (d *Desk) closable(ctx context.Context, address string) (tracker, importers.Input, string, error) {
	trackers, err := d.trackers(ctx)
	if err != nil {
		return tracker{}, importers.Input{}, "", err
	}
	for _, t := range trackers {
		if issue, ours := t.Issue(t.config(), address); ours && t.writes() {
			t, in, err := d.writingTo(ctx, t.ID)
			return t, in, issue, err
		}
	}
	return tracker{}, importers.Input{}, "", incident.Invalidf("issue", "no connection allows to close it")
}
