package incidenttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

func testConnections(t *testing.T, s incident.Store) {
	ctx := t.Context()
	desk := incident.Connection{ID: "con_1", Source: "servicenow", Name: "Service desk", Settings: map[string]string{"url": "https://desk.example.com"},
		Secret: []byte{0, 1, 255}, Mapping: json.RawMessage(`{"b": 1,  "a": 2}`), MapVersion: 3, Sample: true, Exclude: "sample data", Follow: true, CreatedAt: Epoch()}
	files := incident.Connection{ID: "con_2", Source: "table", Name: "files"}
	write := func(c incident.Connection) error {
		_, err := s.Update(ctx, func(tx incident.Tx) error { return tx.PutConnection(c) })
		return err
	}
	for _, c := range []incident.Connection{desk, files} {
		if err := write(c); err != nil {
			t.Fatalf("PutConnection(%s): %v", c.Name, err)
		}
	}
	equal(t, "Connections by name", check(s.Connections(ctx))(t, "Connections"), []incident.Connection{files, desk})
	desk.Settings["url"], desk.MapVersion, desk.Sample = "https://other.example.com", 4, false
	if err := write(desk); err != nil {
		t.Fatalf("PutConnection again: %v", err)
	}
	equal(t, "Connection", check(s.Connection(ctx, desk.ID))(t, "Connection"), &desk)
	fails(t, "PutConnection with a name that is taken", write(incident.Connection{ID: "con_3", Name: "files"}), incident.ErrConflict)
}

// testMappings: what a mapping was stays, and goes with its connection.
func testMappings(t *testing.T, s incident.Store) {
	ctx := t.Context()
	first := incident.MappingVersion{Connection: "con_1", Version: 1, Mapping: json.RawMessage(`{}`)}
	second := incident.MappingVersion{Connection: "con_1", Version: 3, Mapping: json.RawMessage(`{"b": 1,  "a": 2}`), SavedAt: Epoch(), By: "admin"}
	changed := second
	changed.By = "somebody else"
	update(t, s, func(tx incident.Tx) error {
		if err := tx.PutConnection(incident.Connection{ID: "con_1", Name: "desk"}); err != nil {
			return err
		}
		return tx.PutMappings([]incident.MappingVersion{second, first})
	})
	update(t, s, func(tx incident.Tx) error { return tx.PutMappings([]incident.MappingVersion{changed}) })
	equal(t, "Mappings, newest first", check(s.Mappings(ctx, "con_1"))(t, "Mappings"), []incident.MappingVersion{second, first})
	equal(t, "Mappings of another connection", len(check(s.Mappings(ctx, "con_2"))(t, "Mappings")), 0)
	update(t, s, func(tx incident.Tx) error { return tx.DeleteConnection("con_1", "removed") })
	equal(t, "Mappings of a connection that is gone", len(check(s.Mappings(ctx, "con_1"))(t, "Mappings")), 0)
}

func testDeleteConnection(t *testing.T, s incident.Store) {
	ctx := t.Context()
	stated := incident.Milestone{Name: incident.ImpactEnded, At: Epoch(), Basis: incident.FromPerson, Source: "operator", StatedAt: Epoch()}
	mine := Incident(1, func(i *incident.Incident) { i.Private, i.Milestones = true, append(i.Milestones, stated) })
	other := Incident(2, func(i *incident.Incident) { i.Ref.Connection = "con_other" })
	update(t, s, func(tx incident.Tx) error {
		if err := tx.PutConnection(incident.Connection{ID: "con_sample", Name: "sample", Sample: true}); err != nil {
			return err
		}
		if err := tx.PutIncidents([]*incident.Incident{mine, other}); err != nil {
			return err
		}
		if err := tx.PutTimeline(map[incident.ID][]incident.TimelineEvent{mine.ID: Timeline(mine), other.ID: Timeline(other)}); err != nil {
			return err
		}
		if err := tx.PutRun(incident.Run{ID: "run_1", Connection: "con_sample"}); err != nil {
			return err
		}
		if err := tx.PutRaws([]incident.Raw{raw("con_sample", "1", "a", 0), raw("con_other", "1", "a", 0)}); err != nil {
			return err
		}
		if err := tx.PutSetting(incident.RunLock("con_sample"), "run_1"); err != nil {
			return err
		}
		return tx.PutDeadLetters([]incident.DeadLetter{{ID: "dead_1", Connection: "con_sample"}, {ID: "dead_2", Connection: "con_other"}})
	})
	seq := update(t, s, func(tx incident.Tx) error { return tx.DeleteConnection("con_sample", "connection removed") })

	equal(t, "Changes", check(s.Changes(ctx, seq-1, 10))(t, "Changes"),
		[]incident.Change{{Seq: seq, Kind: incident.EntityIncident, ID: mine.ID, Gone: true}})
	got := get(t, s, mine.ID)
	equal(t, "reason", got.DeletedReason, "connection removed")
	equal(t, "what keeps it hidden and named", []any{got.Deleted(), got.Private, got.Number, got.Ref}, []any{true, true, mine.Number, mine.Ref})
	equal(t, "what its source said", []any{got.Description, got.Custom, len(check(s.Timeline(ctx, mine.ID))(t, "Timeline"))}, []any{"", []incident.CustomValue(nil), 0})
	equal(t, "what people said", got.Milestones, incident.Milestones{stated})
	equal(t, "runs", len(check(s.Runs(ctx, "", 0))(t, "Runs")), 0)
	equal(t, "dead letters", len(check(s.DeadLetters(ctx, "", 0))(t, "DeadLetters")), 1)
	_, err := s.Raw(ctx, raw("con_sample", "1", "a", 0).ID)
	fails(t, "Raw of it", err, incident.ErrNotFound)
	_, err = s.Setting(ctx, incident.RunLock("con_sample"))
	fails(t, "its lock", err, incident.ErrNotFound)
	_, err = s.Connection(ctx, "con_sample")
	fails(t, "Connection", err, incident.ErrNotFound)
	equal(t, "incidents of others", list(t, s, incident.Filter{Sight: incident.Sight{All: true}}), []incident.ID{other.ID})

	_, err = s.Update(ctx, func(tx incident.Tx) error { return tx.DeleteConnection("con_sample", "again") })
	fails(t, "DeleteConnection again", err, incident.ErrNotFound)
}

func testRuns(t *testing.T, s incident.Store) {
	ctx := t.Context()
	old := incident.Run{ID: "run_1", Connection: "con_1", State: incident.RunPartial, Via: "poll", DryRun: true, StartedAt: Epoch(),
		Heartbeat: Epoch().Add(time.Second), FinishedAt: Epoch().Add(time.Minute), Total: -1, Read: 10, New: 4, Changed: 3, Unchanged: 2, Dead: 1,
		Cursor: []byte{0, 255}, Warnings: []incident.Warning{{Field: "priority", Value: "P9", Message: "unknown", Count: 2}},
		Message: "done", By: "operator", Upload: "a.csv",
		Since: Epoch().Add(-time.Hour), Until: Epoch(), ResumesAt: Epoch().Add(2 * time.Minute), Requests: 7}
	recent := incident.Run{ID: "run_2", Connection: "con_1", State: incident.RunQueued, StartedAt: Epoch().Add(time.Hour)}
	other := incident.Run{ID: "run_3", Connection: "con_2", State: incident.RunRunning, StartedAt: Epoch().Add(2 * time.Hour)}
	update(t, s, func(tx incident.Tx) error {
		for _, r := range []incident.Run{old, recent, other} {
			if err := tx.PutRun(r); err != nil {
				return err
			}
		}
		return nil
	})
	equal(t, "Run", check(s.Run(ctx, old.ID))(t, "Run"), &old)
	equal(t, "Runs of one connection", check(s.Runs(ctx, "con_1", 10))(t, "Runs"), []incident.Run{recent, old})
	equal(t, "newest two Runs", check(s.Runs(ctx, "", 2))(t, "Runs"), []incident.Run{other, recent})
	recent.State, recent.Read = incident.RunRunning, 500
	update(t, s, func(tx incident.Tx) error { return tx.PutRun(recent) })
	equal(t, "Run after an update", check(s.Run(ctx, recent.ID))(t, "Run"), &recent)
}

// raw returns a version of a record, received some minutes after Epoch.
func raw(connection incident.ID, externalID, body string, minute int) incident.Raw {
	return incident.Raw{ID: incident.DeriveID("raw", string(connection), "incidents", externalID, body), Connection: connection, Type: "incidents",
		ExternalID: externalID, Hash: "hash of " + body, Body: []byte(body), ReceivedAt: Epoch().Add(time.Duration(minute) * time.Minute), Via: "file", Origin: "a.csv:1"}
}

func testRaws(t *testing.T, s incident.Store) {
	ctx := t.Context()
	write := func(rs ...incident.Raw) { update(t, s, func(tx incident.Tx) error { return tx.PutRaws(rs) }) }
	latest := func() string {
		return check(s.RawHashes(ctx, "con_1", "incidents", []string{"1", "none"}))(t, "RawHashes")["1"]
	}
	a, b, c := raw("con_1", "1", "a", 1), raw("con_1", "1", "b", 2), raw("con_1", "1", "c", 3)
	big := raw("con_1", "2", strings.Repeat(`{"text":"\u0000\xff"}`, 10_000), 1)
	write(a, big, raw("con_2", "1", "z", 9))
	equal(t, "hash of the first version", latest(), a.Hash)
	write(b)
	equal(t, "hash of the second version", latest(), b.Hash)
	equal(t, "first version, no longer the newest", check(s.Raw(ctx, a.ID))(t, "Raw"), &a)

	again := b
	again.Via, again.ReceivedAt = "poll", Epoch().Add(time.Hour)
	write(again)
	b.Latest = true
	equal(t, "a known version is left as it is", check(s.Raw(ctx, b.ID))(t, "Raw"), &b)

	write(raw("con_1", "1", "old", 0))
	equal(t, "hash after a version that was received earlier came late", latest(), b.Hash)
	write(c, raw("con_1", "1", "d", 4), c)
	equal(t, "hash after two versions in one batch", latest(), "hash of d")
	a.ReceivedAt = Epoch().Add(time.Hour)
	write(a)
	equal(t, "hash after the first version came back", latest(), a.Hash)

	got := check(s.Raw(ctx, big.ID))(t, "Raw")
	if !bytes.Equal(got.Body, big.Body) {
		t.Errorf("body of %d bytes came back as %d other bytes", len(big.Body), len(got.Body))
	}
	hashes := check(s.RawHashes(ctx, "con_1", "incidents", []string{"1", "2", "none"}))(t, "RawHashes")
	equal(t, "RawHashes", hashes, map[string]string{"1": a.Hash, "2": big.Hash})
}

func testRawStream(t *testing.T, s incident.Store) {
	const n = 1101 // more than two batches
	var rs []incident.Raw
	for i := range n {
		rs = append(rs, raw("con_1", fmt.Sprintf("%05d", n-i), "body", i))
	}
	extra := raw("con_1", "00001", "an earlier version", -5)
	problem := raw("con_1", "00001", "of another type", 0)
	problem.Type = "problems"
	update(t, s, func(tx incident.Tx) error { return tx.PutRaws(append(rs, extra, problem)) })
	count := 0
	for r, err := range s.LatestRaws(t.Context(), "con_1") {
		if err != nil {
			t.Fatalf("LatestRaws: %v", err)
		}
		count++
		want := fmt.Sprintf("incidents %05d body", count)
		if count > n {
			want = "problems 00001 of another type"
		}
		if got := r.Type + " " + r.ExternalID + " " + string(r.Body); got != want || !r.Latest {
			t.Fatalf("LatestRaws: record %d is %q, latest %v, want %q", count, got, r.Latest, want)
		}
	}
	equal(t, "records in LatestRaws", count, n+1)
}

func testDeadLetters(t *testing.T, s incident.Store) {
	ctx := t.Context()
	first := incident.DeadLetter{ID: "dead_1", Connection: "con_1", Run: "run_1", Type: "incidents", ExternalID: "7", RawID: "raw_1", Stage: "map",
		Place: "a.csv, row 17, column opened_at", Reason: "\"soon\" is no time", Body: "7,soon\x00", FirstSeen: Epoch(), Count: 1}
	second := incident.DeadLetter{ID: "dead_2", Connection: "con_2", Stage: "read", Reason: "no record", FirstSeen: Epoch().Add(time.Hour), Count: 1}
	write := func(ds ...incident.DeadLetter) {
		update(t, s, func(tx incident.Tx) error { return tx.PutDeadLetters(ds) })
	}
	waiting := func(connection incident.ID) []incident.DeadLetter {
		return check(s.DeadLetters(ctx, connection, 10))(t, "DeadLetters")
	}
	write(first, second)
	first.Body = "7,soon"
	equal(t, "DeadLetters, newest first", waiting(""), []incident.DeadLetter{second, first})
	equal(t, "DeadLetters of one connection", waiting("con_1"), []incident.DeadLetter{first})
	equal(t, "one DeadLetter", check(s.DeadLetters(ctx, "", 1))(t, "DeadLetters"), []incident.DeadLetter{second})

	equal(t, "DeadLetter", *check(s.DeadLetter(ctx, "dead_1"))(t, "DeadLetter"), first)
	_, err := s.DeadLetter(ctx, "dead_9")
	fails(t, "DeadLetter that there is not", err, incident.ErrNotFound)
	update(t, s, func(tx incident.Tx) error {
		return tx.PutRaws([]incident.Raw{raw("con_1", "7", "a", 0), raw("con_1", "7", "b", 1), raw("con_1", "8", "a", 0)})
	})
	equal(t, "Tallies", check(s.Tallies(ctx))(t, "Tallies"), map[incident.ID]incident.Tally{"con_1": {Records: 2, Waiting: 1}, "con_2": {Waiting: 1}})
	putChanges(t, s, ChangeEvent(1), ChangeEvent(2), ChangeEvent(3, func(c *incident.ChangeEvent) { c.DeletedAt = Epoch() }))
	putRosters(t, s, Roster(0), Roster(1))
	equal(t, "Tallies of changes and shifts", check(s.Tallies(ctx))(t, "Tallies")["con_sample"], incident.Tally{Changes: 2, Shifts: 6})
	update(t, s, func(tx incident.Tx) error { return tx.SettleDeadLetter("dead_2", Epoch().Add(time.Hour)) })
	equal(t, "DeadLetters after one of no known record was settled", waiting(""), []incident.DeadLetter{first})

	resolve := func(connection incident.ID, typ string) {
		update(t, s, func(tx incident.Tx) error {
			return tx.ResolveDeadLetters(connection, typ, []string{"7", "8"}, Epoch().Add(time.Hour))
		})
	}
	resolve("con_1", "problems")
	equal(t, "waiting letters after others were resolved", len(waiting("con_1")), 1)
	resolve("con_1", "incidents")
	equal(t, "waiting letters after it was resolved", len(waiting("con_1")), 0)

	again := first
	again.FirstSeen, again.Reason, again.Run = Epoch().Add(5*time.Hour), "still no time", "run_2"
	write(again, again)
	first.Reason, first.Run, first.Count = again.Reason, again.Run, 3
	equal(t, "a known letter, seen twice more", waiting("con_1"), []incident.DeadLetter{first})
}
