package importers

import (
	"bytes"
	"encoding/json"
)

const maxParts = 1000 // pages of what belongs to one record: more is a server that goes round in circles

// AllParts reads to its end a list that belongs to one record, such as its updates. page reads the page at a token, which is
// empty for the first one, and returns the token of the next; empty: there is none. A list that leads back to where it was,
// whose next page begins as the one before did, or that does not end within 1000 pages, is ErrStuck.
func AllParts(page func(token string) (items []json.RawMessage, next string, err error)) (all []json.RawMessage, err error) {
	token := ""
	var first json.RawMessage
	for range maxParts {
		items, next, err := page(token)
		if err != nil {
			return nil, err
		}
		if len(items) > 0 {
			if bytes.Equal(items[0], first) {
				break
			}
			first = items[0]
		}
		if all = append(all, items...); next == "" {
			return all, nil
		}
		if next == token {
			break
		}
		token = next
	}
	return nil, ErrStuck
}
