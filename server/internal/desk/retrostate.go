package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// Gate is something that is asked for before a retrospective is published.
type Gate struct {
	ID    string // of incident.RetroGates, or approvals, questions, comments, empty
	Words string // what is asked for
	Met   bool
	Hard  bool   // it cannot be published without; others are told only
	Lacks string // what is missing, as a sentence; empty when it is met
}

// Gates says what is asked for of a retrospective, by the rule for its incident. open is how many comments are open.
func (w *Writing) Gates(open int) []Gate {
	var out []Gate
	for _, id := range w.Rule.Gates {
		lacks := w.lacks(id)
		out = append(out, Gate{ID: id, Words: incident.RetroGates[id], Met: lacks == "", Hard: true, Lacks: lacks})
	}
	if n := w.Rule.Approvals; n > 0 {
		g := Gate{ID: "approvals", Words: fmt.Sprintf("%d approvals", n), Hard: true}
		if n == 1 {
			g.Words = "one approval"
		}
		have := w.approvals()
		if g.Met = have >= n; !g.Met {
			g.Lacks = fmt.Sprintf("%d of %d have approved.", have, n)
		}
		out = append(out, g)
	}
	questions := 0
	for _, m := range w.Moments {
		if m.Question {
			questions++
		}
	}
	out = append(out, soft("questions", "no open question in the timeline", questions, "open question"), soft("comments", "no open comment", open, "open comment"))
	empty := 0
	for _, s := range w.Sections {
		if strings.TrimSpace(s.Text) == "" && !slices.Contains([]string{"timeline", "factors", "actions"}, s.Slug) {
			empty++
		}
	}
	return append(out, soft("empty", "no empty section", empty, "empty section"))
}

func soft(id, words string, n int, of string) Gate {
	g := Gate{ID: id, Words: words, Met: n == 0}
	switch {
	case n == 1:
		g.Lacks = "There is one " + of + "."
	case n > 1:
		g.Lacks = fmt.Sprintf("There are %d %ss.", n, of)
	}
	return g
}

// lacks says what is missing for a hard gate; empty when it is met.
func (w *Writing) lacks(gate string) string {
	switch gate {
	case "window":
		if w.Incident.Milestones.At(incident.ImpactStarted).IsZero() {
			return "Nobody has said when the impact began."
		}
		if w.Incident.Milestones.Earliest(incident.ImpactEnded, incident.MitigatedAt, incident.ResolvedAt).IsZero() {
			return "Nobody has said when the impact ended."
		}
	case "summary":
		if s, ok := w.Section("summary"); !ok || strings.TrimSpace(s.Text) == "" {
			return "The summary is empty."
		}
	case "factor":
		if !slices.ContainsFunc(w.Incident.Factors, func(f incident.Factor) bool { return !f.Claimed }) {
			return "No contributing factor is confirmed."
		}
	case "actions":
		for _, a := range w.Incident.Actions {
			if a.State == "open" && (a.Owner == "" || a.Due.IsZero()) {
				return "“" + a.Title + "” has no owner or no due date."
			}
		}
	case "moments":
		if len(w.Moments) < 2 {
			return "The timeline has fewer than two moments."
		}
	}
	return ""
}

// approvals counts those who approved since the latest change was asked for.
func (w *Writing) approvals() (n int) {
	for _, r := range w.Reviews {
		if r.Answer == incident.ReviewApproved {
			n++
		}
	}
	return n
}

// MoveRetro lets a retrospective enter another state, which has to follow the one that it is in, and keeps a snapshot of it. words
// are the reason why none is required, else empty. Publishing is refused, with ErrInvalid, while a hard gate is not met.
func (d *Desk) MoveRetro(ctx context.Context, id incident.ID, base int, to incident.RetroState, words string, sight incident.Sight) (incident.Retro, incident.Seq, error) {
	w, err := d.signed(ctx, id, sight)
	if err != nil {
		return incident.Retro{}, 0, err
	}
	if to == incident.RetroPublished {
		for _, g := range w.Gates(0) {
			if g.Hard && !g.Met {
				return w.Retro, 0, incident.Invalidf("state", "it cannot be published yet: %s", g.Lacks)
			}
		}
	}
	return d.changeRetro(ctx, id, cmp.Or(base, w.Version), sight, func(tx incident.Tx, r *incident.Retro) error {
		return d.enter(ctx, tx, w, r, to, words)
	})
}

// enter changes the state of r and keeps what stood then.
func (d *Desk) enter(ctx context.Context, tx incident.Tx, w *Writing, r *incident.Retro, to incident.RetroState, words string) error {
	if !slices.Contains(r.State.Next(), to) {
		return incident.Invalidf("state", "from %s it cannot become %s", r.State.Words(), to.Words())
	}
	now := d.Now().UTC().Truncate(time.Microsecond)
	r.State, r.Reason = to, ""
	why, number := incident.SnapshotState, 0
	switch to {
	case incident.RetroNotRequired:
		r.Reason = strings.TrimSpace(words)
	case incident.RetroPublished:
		r.Number, r.PublishedAt = r.Number+1, now
		why, number = incident.SnapshotPublished, r.Number
	case incident.RetroInReview:
		r.Reviews = slices.DeleteFunc(slices.Clone(r.Reviews), func(x incident.RetroReview) bool { return x.Answer != "" }) // they answered about another text
	}
	w.Retro = *r
	for i, s := range w.Sections { // somebody may have written since w was read; nobody does from here to the commit
		now, err := tx.RetroSection(s.Incident, s.Slug)
		if err != nil {
			return err
		}
		w.Sections[i] = *now
	}
	body := w.Body()
	if err := tx.PutRetroSnapshot(incident.RetroSnapshot{ID: incident.NewID("snap"), Incident: r.Incident, Why: why, Number: number, Name: to.Words(),
		By: incident.ActorOf(ctx).Name, At: now, Body: body}); err != nil {
		return err
	}
	told, err := d.mentionNotices(ctx, w)
	return cmp.Or(err, told.add(tx), tx.PutReading(w.reading(), now))
}

// AskReview asks users, by their sign-in names, to look at a retrospective, and lets it be in review.
func (d *Desk) AskReview(ctx context.Context, id incident.ID, names []string, sight incident.Sight) (incident.Retro, incident.Seq, error) {
	w, err := d.signed(ctx, id, sight)
	if err != nil {
		return incident.Retro{}, 0, err
	}
	var asked []incident.RetroReview
	for _, name := range names {
		u, err := d.userNamed(ctx, name)
		if err != nil {
			return w.Retro, 0, err
		}
		asked = append(asked, incident.RetroReview{User: u.ID, Name: cmp.Or(u.Display, u.Name), AskedBy: incident.ActorOf(ctx).Name, AskedAt: d.Now().UTC().Truncate(time.Microsecond)})
	}
	return d.changeRetro(ctx, id, 0, sight, func(tx incident.Tx, r *incident.Retro) error {
		if r.State != incident.RetroInReview {
			if err := d.enter(ctx, tx, w, r, incident.RetroInReview, ""); err != nil {
				return err
			}
		}
		for _, a := range asked {
			if !slices.ContainsFunc(r.Reviews, func(x incident.RetroReview) bool { return x.User == a.User && x.Answer == "" }) {
				r.Reviews = append(r.Reviews, a)
			}
		}
		return nil
	})
}

// AnswerReview keeps what the actor, a user, says of a retrospective that is in review. It is approved once as many have approved as
// the rule asks for, at least one; asking for changes makes it a draft again.
func (d *Desk) AnswerReview(ctx context.Context, id incident.ID, base int, what incident.ReviewAnswer, words string, sight incident.Sight) (incident.Retro, incident.Seq, error) {
	w, err := d.signed(ctx, id, sight)
	if err != nil {
		return incident.Retro{}, 0, err
	}
	who := incident.ActorOf(ctx)
	if what != incident.ReviewApproved && what != incident.ReviewChanges {
		return w.Retro, 0, incident.Invalidf("answer", "%q is not approved or changes", what)
	}
	if what == incident.ReviewChanges && strings.TrimSpace(words) == "" {
		return w.Retro, 0, incident.Invalidf("words", "say which changes you ask for")
	}
	return d.changeRetro(ctx, id, base, sight, func(tx incident.Tx, r *incident.Retro) error {
		if r.State != incident.RetroInReview {
			return incident.Invalidf("state", "it is not in review but %s", r.State.Words())
		}
		now := d.Now().UTC().Truncate(time.Microsecond)
		review := incident.RetroReview{User: who.ID, Name: who.Name, AskedAt: now}
		i := slices.IndexFunc(r.Reviews, func(x incident.RetroReview) bool { return x.User == who.ID })
		if i < 0 {
			i, r.Reviews = len(r.Reviews), append(r.Reviews, review)
		}
		r.Reviews[i].Answer, r.Reviews[i].Words, r.Reviews[i].At = what, strings.TrimSpace(words), now
		w.Retro = *r
		switch {
		case what == incident.ReviewChanges:
			return d.enter(ctx, tx, w, r, incident.RetroDraft, "")
		case w.approvals() >= max(1, w.Rule.Approvals):
			return d.enter(ctx, tx, w, r, incident.RetroApproved, "")
		}
		return nil
	})
}
