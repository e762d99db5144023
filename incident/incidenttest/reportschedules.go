package incidenttest

import (
	"bytes"
	"errors"
	"sync"
	"testing"
	"time"

	"hindsight/incident"
)

// ReportSchedule is a schedule that is due at Epoch.
func ReportSchedule() incident.ReportSchedule {
	return incident.ReportSchedule{ID: "rps_1", Version: 1, Name: "Levels, monthly", Kind: "sla", Question: "service=checkout", Formats: []string{"pdf", "xlsx"}, Zone: "Europe/Berlin",
		Every: incident.EveryMonth, On: 31, Minute: 480, OnlyChanged: true, To: []string{"managers@example.com"}, Channels: []incident.ID{"chl_1"}, Owner: "usr_1", SavedAt: Epoch(), SavedBy: "ada", NextAt: Epoch()}
}

// testReportSchedules: a schedule is kept as it was put, by versions; it is claimed when it is due, once until the claim runs out, and settled unless it was
// changed meanwhile.
func testReportSchedules(t *testing.T, s incident.Store) {
	ctx := t.Context()
	one := ReportSchedule()
	update(t, s, func(tx incident.Tx) error { return tx.PutReportSchedule(one) })
	equal(t, "ReportSchedules", check(s.ReportSchedules(ctx))(t, "ReportSchedules"), []incident.ReportSchedule{one})
	_, err := s.Update(ctx, func(tx incident.Tx) error { return tx.PutReportSchedule(one) })
	fails(t, "PutReportSchedule of the same version", err, incident.ErrConflict)
	claim := func(after time.Duration) (out *incident.ReportSchedule) {
		t.Helper()
		update(t, s, func(tx incident.Tx) (err error) {
			out, err = tx.ClaimReportSchedule(Epoch().Add(after), Epoch().Add(after+time.Hour))
			return err
		})
		return out
	}
	equal(t, "ClaimReportSchedule before its time", claim(-time.Second), (*incident.ReportSchedule)(nil))
	tried := func(s incident.ReportSchedule, tries int) *incident.ReportSchedule {
		s.Tries = tries
		return &s
	}
	equal(t, "ClaimReportSchedule", claim(0), tried(one, 1))
	equal(t, "ClaimReportSchedule of what is claimed", claim(time.Minute), (*incident.ReportSchedule)(nil))
	equal(t, "ClaimReportSchedule when the claim has run out", claim(time.Hour), tried(one, 2))

	next := one
	next.NextAt, next.Digest = Epoch().Add(24*time.Hour), "d1"
	update(t, s, func(tx incident.Tx) error { return tx.SettleReportSchedule(next, one.NextAt) })
	equal(t, "ReportSchedule", check(s.ReportSchedule(ctx, one.ID))(t, "ReportSchedule"), &next)
	_, err = s.Update(ctx, func(tx incident.Tx) error { return tx.SettleReportSchedule(next, one.NextAt) })
	fails(t, "SettleReportSchedule of who was too slow", err, incident.ErrConflict)
	claim(24 * time.Hour)
	edited := next
	edited.Version, edited.Name = 2, "Levels"
	update(t, s, func(tx incident.Tx) error { return tx.PutReportSchedule(edited) })
	_, err = s.Update(ctx, func(tx incident.Tx) error { return tx.SettleReportSchedule(next, next.NextAt) })
	fails(t, "SettleReportSchedule of what was changed meanwhile", err, incident.ErrConflict)
	equal(t, "ClaimReportSchedule of what was changed", claim(24*time.Hour), tried(edited, 1))
	edited.Paused, edited.Stopped = true, "the account is closed"
	update(t, s, func(tx incident.Tx) error { return tx.SettleReportSchedule(edited, edited.NextAt) })
	equal(t, "ClaimReportSchedule of one that has stopped", claim(48*time.Hour), (*incident.ReportSchedule)(nil))
	update(t, s, func(tx incident.Tx) error { return tx.DeleteReportSchedule(one.ID) })
	_, err = s.Update(ctx, func(tx incident.Tx) error { return tx.DeleteReportSchedule(one.ID) })
	fails(t, "DeleteReportSchedule of one that is gone", err, incident.ErrNotFound)
}

// testReportRuns: a run is kept once, with its files byte for byte, for those who may read it, until it is swept.
func testReportRuns(t *testing.T, s incident.Store) {
	ctx := t.Context()
	body := bytes.Repeat([]byte{0, 1, 255}, 200000) // in several pieces
	run := incident.ReportRun{ID: "rpr_1", Schedule: "rps_1", Kind: "sla", DueAt: Epoch(), From: Epoch().Add(-48 * time.Hour), To: Epoch().Add(-24 * time.Hour), At: Epoch(), AsOf: 7, Digest: "d",
		Outcome: incident.ReportSent, Private: true, Owner: "usr_1", Sight: incident.Sight{User: "usr_1"}.Key(), Title: "Service levels", About: "October", Summary: []string{"All were kept."},
		Files: []incident.ReportFile{{Name: "sla.pdf", Type: "application/pdf", Body: body}, {Name: "sla.csv", Type: "text/csv"}}}
	failed := incident.ReportRun{ID: "rpr_2", Schedule: "rps_1", Kind: "sla", From: Epoch(), To: Epoch(), At: Epoch().Add(time.Hour), Outcome: incident.ReportFailed, Reason: "no such team"}
	update(t, s, func(tx incident.Tx) error {
		return errors.Join(tx.PutReportSchedule(ReportSchedule()), tx.PutReportRun(run), tx.PutReportRun(failed))
	})
	_, err := s.Update(ctx, func(tx incident.Tx) error { return tx.PutReportRun(run) })
	fails(t, "PutReportRun twice", err, incident.ErrConflict)
	listed := run
	listed.Files = []incident.ReportFile{{Name: "sla.csv", Type: "text/csv"}, {Name: "sla.pdf", Type: "application/pdf", Size: 600000}}
	owner, other := incident.Sight{User: "usr_1"}, incident.Sight{User: "usr_2"}
	equal(t, "ReportRuns of the owner", check(s.ReportRuns(ctx, "rps_1", owner, 0, 9))(t, "ReportRuns"), []incident.ReportRun{failed, listed})
	equal(t, "ReportRuns behind the first", check(s.ReportRuns(ctx, "", owner, 1, 9))(t, "ReportRuns"), []incident.ReportRun{listed})
	equal(t, "ReportRuns of somebody else", check(s.ReportRuns(ctx, "", other, 0, 9))(t, "ReportRuns"), []incident.ReportRun{failed})
	equal(t, "ReportRun of who sees all", check(s.ReportRun(ctx, run.ID, incident.Sight{All: true}))(t, "ReportRun"), &listed)
	_, err = s.ReportRun(ctx, run.ID, other)
	fails(t, "ReportRun of somebody else", err, incident.ErrNotFound)
	_, err = s.ReportRun(ctx, run.ID, incident.Sight{User: "usr_1", Teams: []incident.ID{"team_1"}})
	fails(t, "ReportRun of the owner, who sees something else now", err, incident.ErrNotFound)
	_, err = s.ReportFile(ctx, run.ID, "sla.pdf", incident.Sight{})
	fails(t, "ReportFile of somebody else", err, incident.ErrNotFound)
	_, err = s.ReportFile(ctx, run.ID, "other.pdf", owner)
	fails(t, "ReportFile that is not there", err, incident.ErrNotFound)
	file := check(s.ReportFile(ctx, run.ID, "sla.pdf", owner))(t, "ReportFile")
	if !bytes.Equal(file.Body, body) || file.Type != "application/pdf" || file.Size != 600000 {
		t.Errorf("ReportFile = %d bytes of %s, want the %d that were put", len(file.Body), file.Type, len(body))
	}
	update(t, s, func(tx incident.Tx) error { return tx.SweepReportRuns(Epoch(), Epoch().Add(-48*time.Hour)) })
	equal(t, "ReportRuns that are not old", len(check(s.ReportRuns(ctx, "", owner, 0, 9))(t, "ReportRuns")), 2)
	update(t, s, func(tx incident.Tx) error { return tx.SweepReportRuns(Epoch(), Epoch().Add(-47*time.Hour)) })
	equal(t, "ReportRuns after a sweep of what they cover", check(s.ReportRuns(ctx, "", owner, 0, 9))(t, "ReportRuns"), []incident.ReportRun{failed})
	update(t, s, func(tx incident.Tx) error { return tx.DeleteReportSchedule("rps_1") })
	equal(t, "ReportRuns of a schedule that is gone", check(s.ReportRuns(ctx, "", owner, 0, 9))(t, "ReportRuns"), []incident.ReportRun(nil))
}

// testReportRunsHidden: when an incident becomes private, what was reported since it began is read by those alone who see all; when nobody knows when it
// began, all of it.
func testReportRunsHidden(t *testing.T, s incident.Store) {
	ctx := t.Context()
	began, unknown := Incident(1), Incident(2, func(i *incident.Incident) { i.Milestones, i.ExternalCreatedAt = nil, time.Time{} })
	start := began.StartedAt()
	put := func(incs ...*incident.Incident) {
		t.Helper()
		update(t, s, func(tx incident.Tx) error { return tx.PutIncidents(incs) })
	}
	put(began, unknown)
	update(t, s, func(tx incident.Tx) error {
		return errors.Join(tx.PutReportSchedule(ReportSchedule()),
			tx.PutReportRun(incident.ReportRun{ID: "rpr_before", Schedule: "rps_1", From: start, To: start, At: start.Add(-time.Hour), Outcome: incident.ReportSent}),
			tx.PutReportRun(incident.ReportRun{ID: "rpr_since", Schedule: "rps_1", From: start, To: start, At: start.Add(time.Hour), Outcome: incident.ReportSent, Owner: "usr_1", Sight: incident.Sight{User: "usr_1"}.Key()}))
	})
	reads := func(sight incident.Sight) (ids []incident.ID) {
		t.Helper()
		for _, r := range check(s.ReportRuns(ctx, "", sight, 0, 9))(t, "ReportRuns") {
			ids = append(ids, r.ID)
		}
		return ids
	}
	owner := incident.Sight{User: "usr_1"}
	began.Title = "It is another one now"
	put(began)
	equal(t, "ReportRuns after a change", reads(owner), []incident.ID{"rpr_since", "rpr_before"})
	began.Private = true
	put(began)
	equal(t, "ReportRuns when the incident has become private", reads(owner), []incident.ID{"rpr_before"})
	equal(t, "ReportRuns of everybody", reads(incident.Sight{}), []incident.ID{"rpr_before"})
	equal(t, "ReportRuns of who sees all", reads(incident.Sight{All: true}), []incident.ID{"rpr_since", "rpr_before"})
	unknown.Private = true
	put(unknown)
	equal(t, "ReportRuns when one whose start nobody knows has become private", reads(owner), []incident.ID(nil))
}

// testReportClaims: of several who claim at once, each schedule goes to one.
func testReportClaims(t *testing.T, replicas [2]incident.Store) {
	update(t, replicas[0], func(tx incident.Tx) error {
		for _, id := range []incident.ID{"rps_1", "rps_2", "rps_3"} {
			s := ReportSchedule()
			s.ID = id
			if err := tx.PutReportSchedule(s); err != nil {
				return err
			}
		}
		return nil
	})
	var mu sync.Mutex
	got := map[incident.ID]int{}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			var mine *incident.ReportSchedule
			_, err := replicas[i%2].Update(t.Context(), func(tx incident.Tx) (err error) {
				mine, err = tx.ClaimReportSchedule(Epoch(), Epoch().Add(time.Hour))
				return err
			})
			if err != nil {
				t.Errorf("ClaimReportSchedule: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			if mine != nil {
				got[mine.ID]++
			}
		})
	}
	group.Wait()
	equal(t, "how often each was handed out", got, map[incident.ID]int{"rps_1": 1, "rps_2": 1, "rps_3": 1})
}
