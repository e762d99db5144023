package store

import (
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"hindsight/incident"
)

// FuzzFacts: a piece that is cut or changed is no piece, or one of other facts; it is never more than that.
func FuzzFacts(f *testing.F) {
	const digest = "00112233445566778899aabbccddeeff"
	inc := &incident.Incident{Number: "INC1", Title: "Checkout fails", Kind: incident.Real, Tags: []string{"a", "b", "a"}}
	inc.Milestones.Set(incident.Opened, time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), incident.ToSecond, incident.FromField, "made up", "opened_at")
	inc.Milestones.Set(incident.ResolvedAt, time.Unix(0, 0), incident.ToSecond, incident.FromField, "made up", "closed_at")
	whole := writeFacts(inc, digest)
	f.Add(whole)
	for n := range whole {
		f.Add(whole[:n])
	}
	f.Add(binary.AppendUvarint(slices.Clone(whole[:17]), 1<<63)) // a text of 8 EB
	f.Fuzz(func(t *testing.T, bytes []byte) {
		var p piece
		var got, again incident.Incident
		if !p.read(bytes, []byte(digest), &got) {
			return
		}
		if !p.read(writeFacts(&got, digest), []byte(digest), &again) {
			t.Fatalf("what was read of %x cannot be written and read again", bytes)
		}
		if len(again.Milestones) != len(got.Milestones) || len(again.Tags) != len(got.Tags) || again.Title != got.Title {
			t.Fatalf("read %+v, then %+v", got, again)
		}
	})
}
