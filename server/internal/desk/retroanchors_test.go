package desk

import (
	"errors"
	"testing"
	"time"

	"hindsight/incident"
)

// stands returns the words that the one comment on the summary is about now; "" when they are gone.
func stands(t *testing.T, d *Desk, id incident.ID) string {
	t.Helper()
	sections, err := d.Store.RetroSections(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	comments, err := d.Comments(t.Context(), id, whole)
	if err != nil || len(comments) != 1 {
		t.Fatalf("Comments = %v, %v, want one", comments, err)
	}
	places, err := d.CommentPlaces(t.Context(), sections, comments)
	if err != nil {
		t.Fatal(err)
	}
	p := places[comments[0].ID]
	if p.Gone {
		return ""
	}
	for _, s := range sections {
		if s.Slug == "summary" {
			return s.Text[p.From:p.To] // the test's texts are ASCII
		}
	}
	return ""
}

// TestCommentPlaces follows the words of a comment through changes, through a text that came as a whole, and without the log of changes.
func TestCommentPlaces(t *testing.T) {
	d, id := summarised(t)
	rewrite(t, d, id, 0, "It broke at noon, on every host.")
	said := incident.RetroComment{Incident: id, Slug: "summary", Text: "Which?", From: 21, To: 31, TextVersion: 1}
	c, err := d.AddComment(t.Context(), said, whole)
	if err != nil || c.Quote != "every host" || c.Before != "It broke at noon, on " || c.After != "." {
		t.Fatalf("AddComment = %+v, %v, want the words and what is around them", c, err)
	}
	for _, step := range []struct {
		name, text string
		forget     bool // the log of changes
		want       string
	}{
		{"written before", "On Monday it broke at noon, on every host.", false, "every host"},
		{"written within", "On Monday it broke at noon, on every single host.", false, "every single host"},
		{"rewritten around", "Nobody knew. At noon, on every host, it broke.", false, "every host"},
		{"without the log", "Nobody knew. At noon, on every host, it broke.", true, "every host"},
		{"without the log, and moved", "First. Nobody knew. At noon, on every host, it broke.", true, "every host"},
		{"gone", "First. Nobody knew.", false, ""},
		{"put back", "Nobody knew it, on every host.", false, "every host"},
	} {
		t.Run(step.name, func(t *testing.T) {
			text, err := d.SectionText(t.Context(), id, "summary", whole)
			if err != nil {
				t.Fatal(err)
			}
			if text.Text != step.text {
				rewrite(t, d, id, text.Version, step.text)
			}
			if step.forget {
				if _, err := d.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.SweepTextChanges(d.Now().Add(time.Hour)) }); err != nil {
					t.Fatal(err)
				}
			}
			if got := stands(t, d, id); got != step.want {
				t.Errorf("the comment is about %q, want %q", got, step.want)
			}
		})
	}
	said.From, said.To, said.TextVersion = 18, 30, 0
	if _, err := d.AddComment(t.Context(), said, whole); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("AddComment at a version that is not kept = %v, want ErrInvalid", err)
	}
}
