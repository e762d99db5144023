package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// lookEvery is how long after a look at the issues of action items the next one follows.
const lookEvery = 10 * time.Minute

// issuesLooked is the setting that says when the last look began, as RFC 3339.
const issuesLooked = "issues.looked"

// lookedAt returns when the issues of action items were looked at last; zero: never.
func (d *Desk) lookedAt(ctx context.Context) (time.Time, error) {
	text, err := d.Store.Setting(ctx, issuesLooked)
	if errors.Is(err, incident.ErrNotFound) {
		return time.Time{}, nil
	}
	at, _ := time.Parse(time.RFC3339, text) // nobody else writes it
	return at, err
}

// LookDue reports whether it is time to look at the issues of action items.
func (d *Desk) LookDue(ctx context.Context) (bool, error) {
	at, err := d.lookedAt(ctx)
	if err != nil || d.Now().Sub(at) < lookEvery {
		return false, err
	}
	trackers, err := d.trackers(ctx)
	return len(trackers) > 0, err
}

// tracker is a connection to a system whose issues can be looked at.
type tracker struct {
	incident.Connection
	importers.Tracker
}

// config is what the tracker needs to know of the connection to tell addresses; secrets in it are sealed.
func (t tracker) config() importers.Config {
	return importers.Config{Connection: t.ID, Settings: t.Settings}
}

func (d *Desk) trackers(ctx context.Context) ([]tracker, error) {
	conns, err := d.Store.Connections(ctx)
	var out []tracker
	for _, c := range conns {
		if s, err := d.Source(c.Source); err == nil && s.Tracker != nil {
			out = append(out, tracker{c, *s.Tracker})
		}
	}
	return out, err
}

// issueAddress returns the address of an issue that a person named, by its address or as its tracker does, such as OPS-17. What no connection knows
// comes back as it is; what two know, in two places, is ErrInvalid.
func (d *Desk) issueAddress(ctx context.Context, word string) (string, error) {
	if word == "" || strings.Contains(word, "/") {
		return word, nil
	}
	trackers, err := d.trackers(ctx)
	var found []string
	for _, t := range trackers {
		if t.Address == nil {
			continue
		}
		if at := t.Address(t.config(), word); at != "" && !slices.Contains(found, at) {
			found = append(found, at)
		}
	}
	if len(found) > 1 {
		return "", incident.Invalidf("url", "%s is in several trackers: give one of the addresses %s", word, strings.Join(found, ", "))
	}
	return append(found, word)[0], err
}

// LookAtIssues looks at the issues of action items that are open or done and not judged, and lets the items follow them. A connection that cannot be
// asked is left for the next look; what was seen before stays.
func (d *Desk) LookAtIssues(ctx context.Context) error {
	trackers, err := d.trackers(ctx)
	if err != nil {
		return err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		return tx.PutSetting(issuesLooked, d.Now().UTC().Format(time.RFC3339))
	})
	if err != nil {
		return err
	}
	q := ActionQuery{States: []string{incident.ActionOpen, incident.ActionInProgress, incident.ActionDone}}
	groups, _, err := d.AllActions(ctx, q, incident.Sight{All: true})
	if err != nil {
		return err
	}
	return d.lookTogether(ctx, trackers, groups[0].Items, false)
}

// lookRound is one look at issues by several connections. What one of them cannot see another may, so each issue is heard of from the first that sees it.
type lookRound struct {
	heard   map[string]bool               // addresses of which something was heard
	silent  map[string]bool               // those that a connection did not answer about
	trouble map[string]incident.IssueSays // why those cannot be seen, by address
}

// lookTogether lets action items hear of their issues: afresh also of what has not changed as far as its tracker tells.
func (d *Desk) lookTogether(ctx context.Context, trackers []tracker, items []FoundAction, afresh bool) error {
	l := lookRound{map[string]bool{}, map[string]bool{}, map[string]incident.IssueSays{}}
	for _, t := range trackers {
		if err := d.lookThrough(ctx, t, items, afresh, l); err != nil {
			return err
		}
	}
	for _, x := range items {
		if says, is := l.trouble[x.URL]; is && !l.heard[x.URL] && !l.silent[x.URL] {
			if err := d.hearIssue(ctx, x, says); err != nil {
				return err
			}
		}
	}
	return nil
}

// failedLooks is after how many failures in a row a system is left alone until the next look: one that does not answer would cost each issue minutes.
const failedLooks = 3

// seenIssue is when an issue was seen last, and what its tracker tells a change by.
type seenIssue struct {
	At  time.Time `json:"at"`
	Tag string    `json:"tag,omitempty"`
}

// issuesSeen returns when the issues that a connection looks at were seen last, by the connection's ids of issues.
func (d *Desk) issuesSeen(ctx context.Context, connection incident.ID) (map[string]seenIssue, error) {
	out := map[string]seenIssue{}
	text, err := d.Store.Setting(ctx, incident.IssuesSeen(connection))
	if errors.Is(err, incident.ErrNotFound) {
		return out, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &out)
	}
	if err != nil {
		return nil, fmt.Errorf("desk: when the issues of connection %s were seen: %w", connection, err)
	}
	return out, nil
}

// saveSeen keeps when the issues that a connection looks at were seen.
func (d *Desk) saveSeen(ctx context.Context, connection incident.ID, seen map[string]seenIssue) error {
	text, err := json.Marshal(seen)
	if err != nil {
		return fmt.Errorf("desk: note when the issues of connection %s were seen: %w", connection, err)
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutSetting(incident.IssuesSeen(connection), string(text)) })
	return err
}

// lookThrough looks at those issues that are a connection's and that nothing was heard of. Afresh, the others that it has seen stay noted, and the next
// look asks for these in any case: other items may link to them, which have not heard of it.
func (d *Desk) lookThrough(ctx context.Context, t tracker, items []FoundAction, afresh bool, l lookRound) error {
	before, err := d.issuesSeen(ctx, t.ID)
	if err != nil {
		return err
	}
	of := map[string][]FoundAction{}
	seen, asked := map[string]seenIssue{}, []importers.IssueAsked{}
	if afresh {
		seen = before
	}
	for _, x := range items {
		id, ours := t.Issue(t.config(), x.URL)
		if !ours || l.heard[x.URL] {
			continue
		}
		if of[id] == nil {
			asked = append(asked, importers.IssueAsked{ID: id, Tag: before[id].Tag})
		}
		if old, known := before[id]; known {
			seen[id] = old
		}
		if says, known := x.Incident.IssueOf(x.Key); afresh || !known || says.State == "" || says.Trouble != "" {
			asked[slices.IndexFunc(asked, func(a importers.IssueAsked) bool { return a.ID == id })].Tag = "" // it has to be read again
		}
		of[id] = append(of[id], x)
	}
	if len(asked) == 0 {
		return nil
	}
	if err := d.lookAt(ctx, t, asked, of, seen, l); err != nil {
		return err
	}
	for id := range of {
		if afresh {
			seen[id] = seenIssue{At: seen[id].At}
		}
	}
	return d.saveSeen(ctx, t.ID, seen)
}

// lookAt asks for issues, as many at a time as the tracker gives, lets the items of each hear of it, and notes in seen when that was.
func (d *Desk) lookAt(ctx context.Context, t tracker, asked []importers.IssueAsked, of map[string][]FoundAction, seen map[string]seenIssue, l lookRound) error {
	for _, a := range asked {
		for _, x := range of[a.ID] {
			l.silent[x.URL] = true // until it answers
		}
	}
	in, err := d.askingWith(t)
	if err != nil {
		d.Log.Warn("desk: issues cannot be looked at", "connection", t.ID, "err", err)
		return nil
	}
	failed := 0
	for some := range slices.Chunk(asked, t.Together) {
		got, err := t.Look(ctx, in, some)
		for id, one := range got {
			seen[id] = seenIssue{d.Now().UTC(), one.Tag}
			for _, x := range of[id] {
				delete(l.silent, x.URL)
				says := one.IssueSays
				says.URL = x.URL
				if says.Trouble != "" {
					l.trouble[x.URL] = says
					continue
				}
				l.heard[x.URL] = true
				if one.Same {
					continue
				}
				if err := d.hearIssue(ctx, x, says); err != nil {
					return err
				}
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			failed = 0
			continue
		}
		d.Log.Warn("desk: issues could not be looked at", "connection", t.ID, "err", err) // they are asked for again at the next look
		if failed++; failed == failedLooks {
			return nil
		}
	}
	return nil
}

// askingWith returns what the functions of a tracker ask with.
func (d *Desk) askingWith(t tracker) (importers.Input, error) {
	open, err := d.Unseal(t.Connection)
	if err != nil {
		return importers.Input{}, err
	}
	return d.Runner.TrackerInput(open)
}

// IssueSight is how fresh what is known of an issue is.
type IssueSight struct {
	Seen      time.Time // zero: not known
	Connected bool      // a connection still asks for it
	Closable  bool      // it can be closed from here
}

// IssueSights returns how fresh what is known of issues is, by their addresses.
func (d *Desk) IssueSights(ctx context.Context, addresses []string) (map[string]IssueSight, error) {
	out := map[string]IssueSight{}
	if len(addresses) == 0 {
		return out, nil
	}
	trackers, err := d.trackers(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range trackers {
		var seen map[string]seenIssue
		for _, address := range addresses {
			id, ours := t.Issue(t.config(), address)
			if !ours {
				continue
			}
			if seen == nil {
				if seen, err = d.issuesSeen(ctx, t.ID); err != nil {
					return nil, err
				}
			}
			at := out[address].Seen
			if seen[id].At.After(at) {
				at = seen[id].At
			}
			out[address] = IssueSight{at, true, out[address].Closable || t.writes()}
		}
	}
	return out, nil
}

// hearIssue lets an action item follow what its issue says, in one transaction with what is stored by then.
func (d *Desk) hearIssue(ctx context.Context, x FoundAction, says incident.IssueSays) error {
	inc := *x.Incident
	if changed, err := inc.HearIssue(x.Key, says, d.Now()); err != nil || !changed {
		return err
	}
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		now, err := tx.IncidentsByID([]incident.ID{x.Incident.ID})
		if err != nil || now[x.Incident.ID] == nil || now[x.Incident.ID].Deleted() {
			return err
		}
		inc := now[x.Incident.ID]
		changed, err := inc.HearIssue(x.Key, says, d.Now())
		if errors.Is(err, incident.ErrNotFound) || err == nil && !changed {
			return nil
		}
		if err != nil {
			return fmt.Errorf("desk: hear of the issue of action item %s: %w", x.Key, err)
		}
		return tx.PutIncidents([]*incident.Incident{inc})
	})
	return err
}
