package desk

import (
	"context"
	"errors"
	"strings"

	"hindsight/incident"
	"hindsight/server/internal/coedit"
)

// TextWrite is a whole text that takes the place of a section's.
type TextWrite struct {
	Version int     // of the text that it was made of
	Text    string  // line breaks of any kind
	Base    *string // the text that it was made of; nil: nobody knows it any more
}

// MergeError says that two people changed the same words: nothing was written. It is an ErrConflict.
type MergeError struct {
	Version int
	Text    string // as it stands
	Merged  coedit.Merged
}

func (e *MergeError) Error() string { return "somebody else has changed the same words meanwhile" }

// Is makes errors.Is(err, incident.ErrConflict) true.
func (e *MergeError) Is(target error) bool { return target == incident.ErrConflict }

// ErrTextChanged says that a whole text was made of an old version, and that nobody can tell what it changed there.
var ErrTextChanged = errors.New("the text has changed meanwhile; send as base the text that yours was made of, so that the two can be merged")

// serverClient is the client of changes that the server makes of whole texts. No editor can have it, for it has no dot.
const serverClient = "server"

// WriteText makes a whole text the section's. What others wrote meanwhile is kept: it is merged by words, which merged tells. Errors:
// *MergeError, ErrTextChanged, ErrInvalid, ErrNotFound.
func (d *Desk) WriteText(ctx context.Context, id incident.ID, slug string, w TextWrite, sight incident.Sight) (now SectionText, merged bool, err error) {
	w.Text = plainBreaks(w.Text)
	if err := incident.ValidSectionText(w.Text); err != nil {
		return SectionText{}, false, err
	}
	if err := d.mayWriteAbout(ctx, id, sight); err != nil {
		return SectionText{}, false, err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		s, err := openSection(tx, id, slug)
		if err != nil {
			return err
		}
		text, err := w.over(*s)
		if err != nil {
			return err
		}
		now, merged = SectionText{s.Slug, s.Title, text, s.Version}, s.Version != w.Version
		if text == s.Text {
			return nil
		}
		now.Version++
		_, err = d.accept(ctx, tx, *s, TextPush{s.Version, serverClient, []coedit.Changes{coedit.Between(s.Text, text)}})
		return err
	})
	return now, merged, err
}

// over returns what becomes of a section's text.
func (w TextWrite) over(s incident.RetroSection) (string, error) {
	if s.Version == w.Version {
		return w.Text, nil
	}
	if w.Base == nil {
		return "", ErrTextChanged
	}
	m := coedit.Merge(plainBreaks(*w.Base), w.Text, s.Text)
	if len(m.Hunks) > 0 {
		return "", &MergeError{s.Version, s.Text, m}
	}
	return m.Text, nil
}

// plainBreaks makes the line breaks of forms, which are \r\n, those of texts.
func plainBreaks(s string) string { return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s) }
