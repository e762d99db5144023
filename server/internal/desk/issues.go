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
	for _, t := range trackers {
		if err := d.lookThrough(ctx, t, groups[0].Items); err != nil {
			return err
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

// lookThrough looks at those issues that are a connection's.
func (d *Desk) lookThrough(ctx context.Context, t tracker, items []FoundAction) error {
	before, err := d.issuesSeen(ctx, t.ID)
	if err != nil {
		return err
	}
	of := map[string][]FoundAction{}
	seen, asked := map[string]seenIssue{}, []importers.IssueAsked{}
	for _, x := range items {
		id, ours := t.Issue(t.config(), x.URL)
		if !ours {
			continue
		}
		if of[id] == nil {
			asked = append(asked, importers.IssueAsked{ID: id, Tag: before[id].Tag})
		}
		if old, known := before[id]; known {
			seen[id] = old
		}
		if says, known := x.Incident.IssueOf(x.Key); !known || says.State == "" || says.Trouble != "" {
			asked[slices.IndexFunc(asked, func(a importers.IssueAsked) bool { return a.ID == id })].Tag = "" // it has to be read again
		}
		of[id] = append(of[id], x)
	}
	if len(asked) == 0 {
		return nil
	}
	if err := d.lookAt(ctx, t, asked, of, seen); err != nil {
		return err
	}
	text, err := json.Marshal(seen)
	if err != nil {
		return fmt.Errorf("desk: note when issues were seen: %w", err)
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutSetting(incident.IssuesSeen(t.ID), string(text)) })
	return err
}

// lookAt asks for issues, as many at a time as the tracker gives, lets the items of each hear of it, and notes in seen when that was.
func (d *Desk) lookAt(ctx context.Context, t tracker, asked []importers.IssueAsked, of map[string][]FoundAction, seen map[string]seenIssue) error {
	open, err := d.Unseal(t.Connection)
	if err != nil {
		d.Log.Warn("desk: issues cannot be looked at", "connection", t.ID, "err", err)
		return nil
	}
	look, err := d.Runner.IssueLooker(open)
	if err != nil {
		d.Log.Warn("desk: issues cannot be looked at", "connection", t.ID, "err", err)
		return nil
	}
	failed := 0
	for some := range slices.Chunk(asked, t.Together) {
		got, err := look(ctx, some)
		for id, one := range got {
			seen[id] = seenIssue{d.Now().UTC(), one.Tag}
			if one.Same {
				continue
			}
			for _, x := range of[id] {
				says := one.IssueSays
				says.URL = x.URL
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
