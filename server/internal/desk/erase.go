package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/jobs"
)

// sweeper goes through everything that is stored; the store does.
type sweeper interface {
	Erase(ctx context.Context, e *incident.Eraser, write bool, progress func(incident.ErasureReport)) (incident.ErasureReport, error)
	NamedInAudit(ctx context.Context, actors []incident.ID, names []string) (int64, error)
	Expired(ctx context.Context, raws, sessions, audit time.Time) (rawsGone, sessionsGone, auditGone int64, err error)
	Compact(ctx context.Context) error
}

// TryErase says what an erasure would rewrite, and rewrites nothing. progress is told again and again what was found so far.
func (d *Desk) TryErase(ctx context.Context, s Subject, progress func(incident.ErasureReport)) (incident.ErasureReport, error) {
	names, _ := s.erased("dry run", "preview", "")
	r, err := d.sweeper().Erase(ctx, incident.NewEraser("dry run", names), false, progress)
	if err != nil {
		return r, err
	}
	r.Accounts, r.Notes = len(s.Users), append(r.Notes, s.Notes...)
	r.Audit, err = d.sweeper().NamedInAudit(ctx, s.actors(), s.Names)
	return r, err
}

func (d *Desk) sweeper() sweeper { return d.Store.(sweeper) }

// LookErase is TryErase in the background.
func (d *Desk) LookErase(ctx context.Context, s Subject) (Look[incident.ErasureReport], error) {
	return look(ctx, d.Looks, "erase "+s.Digest(), func(ctx context.Context, soFar func(incident.ErasureReport)) (incident.ErasureReport, error) {
		return d.TryErase(ctx, s, soFar)
	})
}

// BeginErase keeps the hashes of somebody's names, so that nothing that is imported from now on brings them back, closes their
// accounts and erases them from the audit log. Sweep does the rest: with behind, a job of a server that runs. by is the id of a user,
// or "command line". Nobody erases themselves: that is ErrInvalid.
func (d *Desk) BeginErase(ctx context.Context, s Subject, by string, behind bool) (incident.Erasure, error) {
	salt, err := d.Store.Setting(ctx, incident.ErasureSalt)
	fresh := errors.Is(err, incident.ErrNotFound)
	if fresh {
		salt, err = rand.Text(), nil
	}
	if err != nil {
		return incident.Erasure{}, err
	}
	code := strings.TrimPrefix(string(incident.NewID("e")), "e_")[:8]
	e := incident.Erasure{ID: incident.NewID("era"), State: incident.ErasureRunning, BegunAt: d.Now().UTC(), By: by}
	names, pseudonym := s.erased(salt, code, e.ID)
	e.Pseudonym, e.Report = pseudonym, incident.ErasureReport{Pseudonym: pseudonym, Places: map[string]int{}, Accounts: len(s.Users), Notes: s.Notes}
	if s.Is(incident.ID(by)) {
		return e, incident.Invalidf("person", "you cannot erase yourself; another administrator can")
	}
	tokens, err := d.Store.Tokens(ctx)
	if err != nil {
		return e, err
	}
	var identities []incident.Identity
	for _, u := range s.Users {
		some, err := d.Store.Identities(ctx, u.ID)
		if err != nil {
			return e, err
		}
		identities = append(identities, some...)
	}
	problems, err := d.Store.Problems(ctx)
	if err != nil {
		return e, err
	}
	readers, err := d.readersOf(ctx, s.Users)
	if err != nil {
		return e, err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		if err := dropTerms(tx, problems, s.words()); err != nil {
			return err
		}
		for _, i := range identities {
			if err := tx.DeleteIdentity(i.Issuer, i.Subject); err != nil {
				return err
			}
		}
		if fresh {
			if err := tx.PutSetting(incident.ErasureSalt, salt); err != nil {
				return err
			}
		}
		if err := errors.Join(tx.PutErased(names), tx.FoldRetroReaders(time.Time{}, readers...), closeAccounts(tx, s.Users, tokens, code, pseudonym)); err != nil {
			return err
		}
		e.Report.Audit = 0
		for _, actor := range s.actors() {
			n, err := tx.EraseFromAudit(actor, s.Names, pseudonym)
			if err != nil {
				return err
			}
			e.Report.Audit += n
		}
		tx.Note(incident.AuditNote{Action: incident.AuditErased, Object: incident.AuditObject{Kind: "erasure", ID: e.ID, Name: pseudonym},
			Facts: map[string]any{"accounts": len(s.Users), "audit_entries": e.Report.Audit}})
		if behind {
			return errors.Join(tx.PutErasure(e), tx.Enqueue(incident.Job{Kind: jobs.KindErase, ID: e.ID}))
		}
		return tx.PutErasure(e)
	})
	return e, err
}

// dropTerms takes words of names out of what the members of problems share: there they stand alone, so that the pass over all texts,
// which knows names as a whole, would not find them. Problems are grouped anew when it is over.
func dropTerms(tx incident.Tx, problems []incident.Problem, words []string) error {
	of := func(term string) bool {
		return slices.ContainsFunc(strings.Split(incident.Slug(term), "-"), func(word string) bool { return slices.Contains(words, word) })
	}
	var ids []incident.ID
	for _, p := range problems {
		if slices.ContainsFunc(p.Terms, of) {
			ids = append(ids, p.ID)
		}
	}
	now, err := tx.ProblemsByID(ids)
	if err != nil {
		return err
	}
	var put []incident.Problem
	for _, p := range now {
		p.Terms = slices.DeleteFunc(slices.Clone(p.Terms), of)
		put = append(put, p)
	}
	return tx.PutProblems(put)
}

// closeAccounts disables and renames users, and takes away what they sign in and act with.
func closeAccounts(tx incident.Tx, users []incident.User, tokens []incident.Token, code, pseudonym string) error {
	for i, u := range users {
		u.Name, u.Display, u.Disabled, u.PasswordHash, u.Email = fmt.Sprintf("erased-%s-%d", code, i+1), pseudonym, true, "", ""
		if err := errors.Join(tx.PutUser(u), tx.DeleteSessions(u.ID, ""), tx.PutMemberships(u.ID, nil), tx.DeleteSecondFactor(u.ID), tx.ForgetNotices(u.ID), tx.ForgetIntakes(u.ID)); err != nil {
			return err
		}
		for _, t := range tokens {
			if t.CreatedBy == u.ID || t.Owner == u.ID {
				if err := tx.DeleteToken(t.ID); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// SweepAgain has a job go through everything again for all who were erased, as when an old backup was restored or an erasure was
// interrupted. What that finds is added to the report of the erasure.
func (d *Desk) SweepAgain(ctx context.Context, id incident.ID) error {
	e, err := d.Erasure(ctx, id)
	if err != nil {
		return err
	}
	e.State, e.EndedAt = incident.ErasureRunning, time.Time{}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		tx.Note(incident.AuditNote{Action: incident.AuditStarted, Object: incident.AuditObject{Kind: "erasure", ID: e.ID, Name: e.Pseudonym}})
		return errors.Join(tx.PutErasure(e), tx.Enqueue(incident.Job{Kind: jobs.KindErase, ID: id}))
	})
	return err
}

// Erasure returns one; ErrNotFound when there is none of that id.
func (d *Desk) Erasure(ctx context.Context, id incident.ID) (incident.Erasure, error) {
	all, err := d.Store.Erasures(ctx)
	if err != nil {
		return incident.Erasure{}, err
	}
	i := slices.IndexFunc(all, func(e incident.Erasure) bool { return e.ID == id })
	if i < 0 {
		return incident.Erasure{}, incident.ErrNotFound
	}
	return all[i], nil
}

// SweepBehind is the work of jobs.KindErase. An erasure that has ended meanwhile stays as it is.
func (d *Desk) SweepBehind(ctx context.Context, id incident.ID) error {
	e, err := d.Erasure(ctx, id)
	if errors.Is(err, incident.ErrNotFound) || err == nil && e.State == incident.ErasureDone {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = d.Sweep(ctx, e, func(incident.ErasureReport) {})
	return err
}

// Sweep puts pseudonyms in the place of everybody who was erased so far, wherever they are named, and ends the erasure e. It may be
// run again, as after an interruption, or when an old backup was restored: what it finds is added to the report. progress is told
// again and again what was found so far.
func (d *Desk) Sweep(ctx context.Context, e incident.Erasure, progress func(incident.ErasureReport)) (incident.Erasure, error) {
	ctx = incident.Acting(ctx, incident.Actor{Kind: incident.ActorSystem, ID: "erase"})
	eraser, err := jobs.EraserOf(ctx, d.Store)
	if err != nil {
		return e, err
	}
	defer d.Looks.forgetAll()
	before := e.Report
	r, err := d.sweeper().Erase(ctx, eraser, true, func(r incident.ErasureReport) {
		progress(r)
		d.stepped(ctx, &e, before, r)
	})
	if err != nil {
		return e, err
	}
	e.Report = found(before, r)
	if e.Report.Change, err = d.Store.Head(ctx); err != nil {
		return e, err
	}
	e.Report.Note("the search index is built anew at the next start of each server; until then its files may hold what no search finds any more")
	if err := d.sweeper().Compact(ctx); err != nil {
		e.Report.Note("the files of the database may still hold copies of what was overwritten, for they could not be compacted: run VACUUM")
	}
	e.Report.Note("backups that were made before still hold the person: delete them, or run hindsight erase --again after restoring one")
	e.State, e.EndedAt = incident.ErasureDone, d.Now().UTC()
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		tx.Note(incident.AuditNote{Action: incident.AuditFinished, Object: incident.AuditObject{Kind: "erasure", ID: e.ID, Name: e.Pseudonym},
			Facts: map[string]any{"rows": e.Report.Rows(), "looked_at": e.Report.Looked}})
		return errors.Join(tx.PutErasure(e), tx.Enqueue(incident.Job{Kind: jobs.KindGroup, ID: "all"}))
	})
	return e, err
}

// tellEvery is how often an erasure that goes on says how far it is.
const tellEvery = 2 * time.Second

// stepped stores how far an erasure is, when that was not done just now.
func (d *Desk) stepped(ctx context.Context, e *incident.Erasure, before, r incident.ErasureReport) {
	if last := e.Report.Step; last != nil && r.Step.At.Sub(last.At) < tellEvery {
		return
	}
	e.Report = found(before, r)
	e.Report.Step = r.Step
	if _, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutErasure(*e) }); err != nil {
		d.Log.Warn("how far an erasure is cannot be stored", "erasure", e.ID, "err", err)
	}
}

// found adds what a pass has found to a report of earlier ones.
func found(before, r incident.ErasureReport) incident.ErasureReport {
	out := before
	out.Step, out.Places, out.Looked, out.Notes = nil, maps.Clone(before.Places), r.Looked, slices.Clone(before.Notes)
	if out.Places == nil {
		out.Places = map[string]int{}
	}
	for place, n := range r.Places {
		out.Places[place] += n
	}
	for _, note := range r.Notes {
		out.Note(note)
	}
	return out
}
