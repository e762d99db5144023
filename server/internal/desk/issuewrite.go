package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	// askTime is how long a tracker may take to find and make an issue, or to close one, while somebody waits; its limits included.
	askTime = 25 * time.Second
	// lookTime is how long it may take to say what has become of it.
	lookTime = 10 * time.Second
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
// not answered is looked for first, where it was sent, so that there is never a second issue. What the tracker refuses is ErrInvalid with its words.
func (d *Desk) CreateIssue(ctx context.Context, id incident.ID, key string, n NewIssue, by string, sight incident.Sight) (address string, err error) {
	draft, err := d.IssueDraft(ctx, id, key, sight)
	if err != nil {
		return "", err
	}
	o := ordering{d, id, key, by, sight}
	switch {
	case draft.Item.URL != "":
		return "", o.has(draft.Item.URL)
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
	order, waited, err := o.begin(ctx, place)
	if err != nil {
		return "", err
	}
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTime) // whoever asked may leave; the answer is kept
	defer cancel()
	ctx = context.WithoutCancel(ctx)
	if waited {
		if address, err = o.find(asking, ctx, order); err != nil {
			return "", err
		}
		if address == "" && order.Place+string(order.Connection) != place.Name+string(place.Connection) {
			order.Outcome = "did not make it"
			if err := o.end(ctx, order, ""); err != nil {
				return "", err
			}
			if order, _, err = o.begin(ctx, place); err != nil {
				return "", err
			}
		}
	}
	if address == "" {
		n.Title = strings.TrimSpace(n.Title)
		n.Text = strings.TrimSpace(strings.ReplaceAll(n.Text, "\r\n", "\n")) + "\n\nMade from an action item in Hindsight (" + order.Marker + ")."
		address, err = t.Write.Create(asking, in, place.Name, n.NewIssue)
	}
	if err == nil && address == "" {
		err = fmt.Errorf("desk: %s gave the new issue no address", order.Name)
	}
	if err != nil && !importers.Undone(err) {
		d.Log.Warn("desk: whether an issue was made is not known", "connection", order.Connection, "err", err)
		return "", incident.Invalidf("place", "%s did not answer, so the issue may be there or not. Send it again in a minute: then it is looked for first, and made only if it is not there", order.Name)
	}
	order.Outcome = "refused to make an issue"
	if address != "" {
		order.Outcome = "made " + address
	}
	if kept := o.end(ctx, order, address); kept != nil {
		return "", kept
	}
	if err != nil {
		return "", vendorSays(order.Name, t.Write.Permission, err)
	}
	return address, d.rememberIssue(ctx, id, key, draft.Incident.Team, order, address)
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

// trackerOf returns the tracker of a connection, and what its functions ask with; ErrNotFound when there is none that could write.
func (d *Desk) trackerOf(ctx context.Context, connection incident.ID) (tracker, importers.Input, error) {
	trackers, err := d.trackers(ctx)
	if err != nil {
		return tracker{}, importers.Input{}, err
	}
	at := slices.IndexFunc(trackers, func(t tracker) bool { return t.ID == connection && t.Write != nil })
	if at < 0 {
		return tracker{}, importers.Input{}, incident.ErrNotFound
	}
	in, err := d.askingWith(trackers[at])
	return trackers[at], in, err
}

// writingTo is trackerOf for one whose operator allows to write; ErrInvalid for others.
func (d *Desk) writingTo(ctx context.Context, connection incident.ID) (tracker, importers.Input, error) {
	t, in, err := d.trackerOf(ctx, connection)
	if errors.Is(err, incident.ErrNotFound) || err == nil && !t.writes() {
		err = incident.Invalidf("place", "the connection is not there, or does not allow to make and close issues")
	}
	return t, in, err
}

// ordering is somebody's making of an issue of an action item.
type ordering struct {
	*Desk
	incident incident.ID
	key      string
	by       string
	sight    incident.Sight
}

func (ordering) has(address string) error {
	return incident.Invalidf("place", "the item has an issue: %s", address)
}

// begin writes down that an issue is asked for. An order that waits is never written over: it comes back as it is, with waited, to be looked for.
func (o ordering) begin(ctx context.Context, place IssuePlace) (order incident.IssueOrder, waited bool, err error) {
	random := make([]byte, 8)
	rand.Read(random) // never fails
	_, err = o.Store.Update(ctx, func(tx incident.Tx) error {
		inc, err := seenIn(tx, o.incident, o.sight)
		if err != nil {
			return err
		}
		x, err := inc.ActionStatement(o.key)
		if err != nil {
			return err
		}
		if x.URL != "" {
			return o.has(x.URL)
		}
		now := o.Now().UTC()
		if order, waited = inc.IssueOrdered(o.key); !waited {
			order = incident.IssueOrder{IssueSays: incident.IssueSays{Name: place.Tracker + ", " + place.Name, Outcome: "asked to make an issue"},
				Connection: place.Connection, Place: place.Name, Marker: "hindsight-" + hex.EncodeToString(random), First: now}
		} else if now.Sub(order.Last) < orderTime {
			return incident.Invalidf("place", "it was sent less than a minute ago, and has no answer yet: try again in a minute")
		}
		order.Last = now
		if err := inc.OrderIssue(o.key, order, o.by, now); err != nil {
			return err
		}
		return tx.PutIncidents([]*incident.Incident{inc})
	})
	return order, waited, err
}

// find looks for an issue that was asked for and may be there, by asking within its time; empty: it is not. Where nobody can be asked any more, the order is
// given back with the reason.
func (o ordering) find(asking, ctx context.Context, order incident.IssueOrder) (address string, err error) {
	t, in, err := o.trackerOf(ctx, order.Connection)
	gone := errors.Is(err, incident.ErrNotFound)
	if err == nil {
		address, err = t.Write.Find(asking, in, order.Place, order.Marker, order.First.Add(-10*time.Minute))
		gone = importers.HasStatus(err, http.StatusNotFound, http.StatusGone)
	}
	switch {
	case gone:
		order.Outcome = "cannot be asked any more whether it made it"
		if err := o.end(ctx, order, ""); err != nil {
			return "", err
		}
		return "", incident.Invalidf("place", "%s was asked for this issue and did not answer, and cannot be asked any more: look whether the issue is there, and give the item its address. If it is not, send this again: then it is made", order.Name)
	case err != nil && t.Write == nil:
		return "", err
	case err != nil:
		return "", vendorSays(order.Name, t.Write.Permission, err)
	}
	return address, nil
}

// end writes down what became of an order: an issue, to which the item is linked, or nothing.
func (o ordering) end(ctx context.Context, order incident.IssueOrder, address string) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	var has string
	_, err := o.Store.Update(ctx, func(tx incident.Tx) error {
		inc, err := seenIn(tx, o.incident, incident.Sight{All: true})
		if err != nil {
			return err
		}
		now := o.Now().UTC()
		order.Over = true
		if err := inc.OrderIssue(o.key, order, o.by, now); err != nil {
			return err
		}
		x, err := inc.ActionStatement(o.key)
		if err != nil {
			return err
		}
		if has = x.URL; address != "" && has == "" {
			if err := inc.EditAction(o.key, incident.ActionChange{Set: map[string]string{"url": address}}, o.by, now); err != nil {
				return err
			}
		}
		return tx.PutIncidents([]*incident.Incident{inc})
	})
	if err == nil && address != "" && has != "" && has != address {
		err = incident.Invalidf("place", "the issue is made, %s, but meanwhile somebody linked the item to %s: say which of them it is", address, has)
	}
	return err
}

// rememberIssue keeps the place for the team's next issue, and looks at the new one.
func (d *Desk) rememberIssue(ctx context.Context, id incident.ID, key string, team incident.ID, o incident.IssueOrder, address string) error {
	choice := IssuePlace{Connection: o.Connection, Name: o.Place}.Choice()
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutSetting(lastIssuePlace(team), choice) })
	d.lookAtOne(ctx, id, key)
	return err
}

// lookAtOne looks at the issue of one item now. A tracker that does not answer is left for the next look.
func (d *Desk) lookAtOne(ctx context.Context, id incident.ID, key string) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	err := func() error {
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
		return d.lookTogether(ctx, trackers, []FoundAction{{ActionStatement: x, Incident: inc}}, true)
	}()
	if err != nil {
		d.Log.Warn("desk: an issue was not looked at", "incident", id, "err", err)
	}
}

// CloseIssue closes the issue of an action item that was verified or dropped, with a comment, as by asks. Once it is closed, an error says so.
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
	comment = strings.TrimSpace(comment)
	switch {
	case x.State != incident.ActionVerified && x.State != incident.ActionDropped:
		return incident.Invalidf("issue", "an issue is closed once its item is verified, or decided against")
	case !known || says.State == "" || says.Trouble != "":
		return incident.Invalidf("issue", "the issue cannot be seen, so it is not closed")
	case says.State != incident.ActionOpen:
		return incident.Invalidf("issue", "the issue is closed: %s", says.Outcome)
	case comment == "" || len(comment) > 4000:
		return incident.Invalidf("comment", "say why it is closed, in at most 4,000 characters")
	}
	ctx = context.WithoutCancel(ctx)
	asking, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	t, in, issue, err := d.closable(asking, x.URL)
	if err != nil {
		return err
	}
	defer d.lookAtOne(ctx, id, key)
	if err := t.Write.Close(asking, in, issue, x.State == incident.ActionDropped); err != nil {
		return vendorSays(says.Name, t.Write.Permission, err)
	}
	uncommented := t.Write.Comment(asking, in, issue, comment)
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		inc, err := seenIn(tx, id, incident.Sight{All: true})
		if err != nil {
			return err
		}
		if err := inc.NoteClosing(key, says, uncommented == nil, by, d.Now().UTC()); err != nil {
			return err
		}
		return tx.PutIncidents([]*incident.Incident{inc})
	})
	if uncommented != nil {
		return incident.Invalidf("comment", "the issue is closed, but its comment is missing (%v): write it there", vendorSays(says.Name, t.Write.Permission, uncommented))
	}
	return err
}

// closable returns the tracker in which an issue can be closed: one that sees it, and sees it open.
func (d *Desk) closable(ctx context.Context, address string) (tracker, importers.Input, string, error) {
	trackers, err := d.trackers(ctx)
	if err != nil {
		return tracker{}, importers.Input{}, "", err
	}
	why := "no connection allows to close it"
	for _, t := range trackers {
		issue, ours := t.Issue(t.config(), address)
		if !ours || !t.writes() {
			continue
		}
		in, err := d.askingWith(t)
		if err != nil {
			return tracker{}, importers.Input{}, "", err
		}
		got, err := t.Look(ctx, in, []importers.IssueAsked{{ID: issue}})
		switch one, seen := got[issue]; {
		case !seen:
			why = fmt.Sprintf("%s did not answer: %v", t.Name, err)
		case one.Trouble != "":
			why = t.Name + ": " + one.Trouble
		case one.State != incident.ActionOpen:
			return t, in, issue, incident.Invalidf("issue", "the issue is closed: %s", one.Outcome)
		default:
			return t, in, issue, nil
		}
	}
	return tracker{}, importers.Input{}, "", incident.Invalidf("issue", "%s", why)
}
