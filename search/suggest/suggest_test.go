package suggest

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/search/similar"
)

// made is a made-up incident of one of two sorts: what fills up is the storage team's, what expires the edge team's, with one in ten the other way round.
func made(i int, random *rand.Rand) *incident.Incident {
	inc := &incident.Incident{ID: incident.ID(fmt.Sprintf("i%03d", i)), Kind: incident.Real, Status: incident.Resolved, Severity: incident.Severity(1 + random.IntN(4))}
	inc.Milestones.Set(incident.Opened, time.Date(2025, 1, 1, i, 0, 0, 0, time.UTC), incident.ToDay, incident.FromField, "made", "")
	disk := i%2 == 0
	if disk {
		inc.Title, inc.Description = fmt.Sprintf("Disk full on host %d", i), "Rotation kept too many files and the volume filled up."
	} else {
		inc.Title, inc.Description = fmt.Sprintf("Certificate expired on edge %d", i), "Renewal was not watched and clients refused the certificate."
	}
	if inc.Team = "edge"; disk != (i%10 == 0) {
		inc.Team = "storage"
	}
	return inc
}

// TestSuggest: what the words tell is suggested with how often that was right; what they do not tell, as a severity by chance, is not; and nothing is before enough
// is known.
func TestSuggest(t *testing.T) {
	for _, tc := range []struct {
		incidents int
		want      string
	}{{40, ""}, {400, "team"}} {
		engine, err := similar.NewEngine(slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(1, 2))
		var incs []*incident.Incident
		for i := range tc.incidents {
			incs = append(incs, made(i, random))
		}
		open := &incident.Incident{ID: "new", Title: "Volume full", Description: "Files were not rotated and filled the disk.", Kind: incident.Real}
		if err := engine.Apply(context.Background(), incident.Delta{Upto: 1, CaughtUp: true, Incidents: append(incs, open)}); err != nil {
			t.Fatal(err)
		}
		s := New(engine, incident.Taxonomy{}.Name)
		if err := s.Learn(context.Background()); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, x := range s.Suggest("new") {
			got += string(x.Kind)
			// Of the 80 youngest nine in ten are as their words say: 72; the more frequent team has about half.
			if x.Value != "storage" || x.Rate.N != 80 || x.Rate.Right != 72 || x.Frequent.Right > 48 {
				t.Errorf("suggestion = %+v, want storage, right for 72 of 80", x)
			}
		}
		if got != tc.want {
			t.Errorf("with %d incidents %q is suggested, want %q", tc.incidents, got, tc.want)
		}
		if got := s.Suggest("nobody"); got != nil {
			t.Errorf("of an unknown incident %+v is suggested", got)
		}
	}
}

// TestKeepsUp: with as many incidents as are learnt from, what comes later is still learnt.
func TestKeepsUp(t *testing.T) {
	engine, err := similar.NewEngine(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	add := func(from, to int, change func(*incident.Incident)) {
		var incs []*incident.Incident
		for i := from; i < to; i++ {
			inc := made(i, random)
			inc.Severity = incident.SevUnknown
			change(inc)
			incs = append(incs, inc)
		}
		if err := engine.Apply(context.Background(), incident.Delta{Upto: incident.Seq(to), CaughtUp: true, Incidents: incs}); err != nil {
			t.Fatal(err)
		}
	}
	s := New(engine, incident.Taxonomy{}.Name)
	learn := func() {
		t.Helper()
		if err := s.Learn(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	add(0, learntFrom, func(*incident.Incident) {})
	learn()
	add(learntFrom, learntFrom+2000, func(inc *incident.Incident) {
		inc.Title, inc.Description, inc.Team = "Queue backlog of consumers", "Messages piled up behind a stuck consumer.", "messaging"
	})
	learn()
	add(learntFrom+2000, learntFrom+2001, func(inc *incident.Incident) {
		inc.ID, inc.Title, inc.Description, inc.Team = "new", "Consumer stuck", "Messages pile up in the queue.", ""
	})
	if got := s.Suggest("new"); len(got) != 1 || got[0].Value != "messaging" {
		t.Errorf("suggestions = %+v, want the team that came later", got)
	}
}
