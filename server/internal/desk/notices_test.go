package desk

import (
	"context"
	"slices"
	"testing"
	"time"

	"hindsight/incident"
)

// acting returns a context for what a user does.
func acting(t *testing.T, id incident.ID, name string) context.Context {
	return incident.Acting(t.Context(), incident.Actor{Kind: incident.ActorUser, ID: id, Name: name})
}

// kindsTold returns the kinds of what a user was told, sorted.
func kindsTold(t *testing.T, d *Desk, user incident.ID) []incident.NoticeKind {
	t.Helper()
	ns, err := d.Store.Notices(t.Context(), user, whole, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	var out []incident.NoticeKind
	for _, n := range ns {
		out = append(out, n.Kind)
	}
	slices.Sort(out)
	return out
}

// TestNoticesOfWriting: who is mentioned or answered is told once, nobody of their own act, and nobody who does not see the incident.
func TestNoticesOfWriting(t *testing.T) {
	d, id := summarised(t)
	now := d.Now().UTC()
	d.Now = func() time.Time { return now }
	inc, err := d.Store.Incident(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	inc.Private, inc.Audience = true, incident.Audience{Users: []incident.ID{"usr_1", "usr_2"}}
	_, err = d.Store.Update(t.Context(), func(tx incident.Tx) error {
		for i, name := range []string{"one", "two", "three"} {
			u := incident.User{ID: incident.ID("usr_" + string('1'+rune(i))), Name: name, Role: incident.Editor}
			if err := tx.PutUser(u); err != nil {
				return err
			}
		}
		return tx.PutIncidents([]*incident.Incident{inc})
	})
	if err != nil {
		t.Fatal(err)
	}
	one, two := acting(t, "usr_1", "one"), acting(t, "usr_2", "two")
	first, err := d.AddComment(one, incident.RetroComment{Incident: id, Text: "@two, @three and @one: why?"}, whole)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.AddComment(two, incident.RetroComment{Incident: id, Answers: first.ID, Text: "Because."}, whole); err != nil {
		t.Fatal(err)
	}
	for version, text := range []string{"It broke, says @two.", "It broke, says @two, and @two again."} {
		if _, _, err := d.WriteText(one, id, "summary", TextWrite{Version: version, Text: text}, whole); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
		for range 2 { // replicas
			if err := d.TendRetros(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	for user, want := range map[incident.ID][]incident.NoticeKind{
		"usr_1": {incident.NoticeReply}, "usr_2": {incident.NoticeMention, incident.NoticeMention}, "usr_3": nil} {
		if got := kindsTold(t, d, user); !slices.Equal(got, want) {
			t.Errorf("%s was told %v, want %v", user, got, want)
		}
	}
	if n, err := d.Store.UnreadNotices(t.Context(), "usr_2", incident.Sight{}); err != nil || n != 0 {
		t.Errorf("unread notices of somebody who does not see the incident any more = %d, %v; want 0", n, err)
	}
}

// TestNoticesOfReviews: who is asked is told, and the owner of what became of it.
func TestNoticesOfReviews(t *testing.T) {
	d, id := summarised(t)
	_, err := d.Store.Update(t.Context(), func(tx incident.Tx) error {
		r, err := tx.RetroByID(id)
		if err != nil {
			return err
		}
		r.Version, r.Owner = r.Version+1, "usr_1"
		if err := tx.PutUser(incident.User{ID: "usr_1", Name: "one", Role: incident.Editor}); err != nil {
			return err
		}
		if err := tx.PutUser(incident.User{ID: "usr_2", Name: "two", Role: incident.Editor}); err != nil {
			return err
		}
		return tx.PutRetro(*r)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.AskReview(acting(t, "usr_1", "one"), id, []string{"two"}, whole); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.AnswerReview(acting(t, "usr_2", "two"), id, 0, incident.ReviewChanges, "Say when.", whole); err != nil {
		t.Fatal(err)
	}
	for user, want := range map[incident.ID][]incident.NoticeKind{"usr_1": {incident.NoticeAnswer}, "usr_2": {incident.NoticeReview}} {
		if got := kindsTold(t, d, user); !slices.Equal(got, want) {
			t.Errorf("%s was told %v, want %v", user, got, want)
		}
	}
}
