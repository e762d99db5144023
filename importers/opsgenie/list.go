package opsgenie

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"hindsight/importers"
)

const (
	pageSize = 100
	ceiling  = 20_000 // of offset + limit, for alerts and for incidents
)

// answer is what lists answer; paging.next may be absent on the last page, and is there on others.
type listed struct {
	Data   []json.RawMessage `json:"data"`
	Paging struct {
		Next string `json:"next"`
	} `json:"paging"`
}

// listOf returns the page function of a list that goes by creation, the only time that both can be asked by. It gives
// ids to fetch: what the lists carry lacks the history. Where the connection counts something else, it is empty.
func listOf(path, counts string) func(context.Context, importers.Input, importers.At) (importers.Slice, error) {
	return func(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
		if settings.Of(in.Config, "count") != counts {
			return importers.Slice{}, nil
		}
		offset, _ := strconv.Atoi(at.Token)
		if offset+pageSize > ceiling {
			return importers.Slice{TooMany: true}, nil
		}
		query := url.Values{"query": {between(at)}, "sort": {"createdAt"}, "order": {"asc"}, "limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)}}
		var page listed
		if err := in.Get(ctx, path, query, &page); err != nil {
			return importers.Slice{}, fmt.Errorf("opsgenie: list %s from %d: %w", path, offset, err)
		}
		var s importers.Slice
		for _, raw := range page.Data {
			var key struct{ ID string }
			if json.Unmarshal(raw, &key) != nil || key.ID == "" {
				s.Reject(path, "the record has no id", raw)
				continue
			}
			s.Touched, s.Held = append(s.Touched, key.ID), append(s.Held, key.ID)
		}
		if page.Paging.Next != "" && len(page.Data) > 0 {
			s.Next = strconv.Itoa(offset + len(page.Data))
		}
		return s, nil
	}
}

// between asks for what was created in [at.From, at.To), in the query language's milliseconds. It knows > and <=.
func between(at importers.At) string {
	return fmt.Sprintf("createdAt>%d AND createdAt<=%d", at.From.UnixMilli()-1, at.To.UnixMilli()-1)
}
