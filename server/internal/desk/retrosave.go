package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"hindsight/incident"
)

// SaveSection gives a section another text, which was written over its version base. It is ErrConflict when the text has another
// version by now.
func (d *Desk) SaveSection(ctx context.Context, id incident.ID, slug string, base int, text string, sight incident.Sight) error {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return err
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	who := incident.ActorOf(ctx)
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		s, err := tx.RetroSection(id, slug)
		if err != nil {
			return err
		}
		if s.Version != base {
			return fmt.Errorf("desk: section %s is at version %d: %w", slug, s.Version, incident.ErrConflict)
		}
		if s.Text == text {
			return nil
		}
		changes, err := wholeText(s.Text, text)
		if err != nil {
			return err
		}
		return tx.AppendText(id, slug, text, []incident.TextChange{{Version: base + 1, Client: "server", Changes: changes, User: who.ID, By: who.Name, At: d.Now().UTC().Truncate(time.Microsecond)}})
	})
	return err
}

// wholeText is the change that replaces a text by another, as editors read it.
func wholeText(old, text string) ([]byte, error) {
	part := []any{len(utf16.Encode([]rune(old)))}
	for _, line := range strings.Split(text, "\n") {
		part = append(part, line)
	}
	return json.Marshal([]any{part})
}
