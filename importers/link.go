package importers

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
)

// Next returns the address of the next page as the answer's Link headers state it (RFC 8288, rel="next"), whole and
// resolved against the request's own address; empty when there is none. Get refuses it if it leads to another host.
func (a Answer) Next() string {
	for _, header := range a.Header.Values("Link") {
		for header != "" {
			var link string
			link, header = cutLink(header)
			target, params, ok := strings.Cut(link, ">")
			start := strings.IndexByte(target, '<')
			if !ok || start < 0 || !relNext(params) {
				continue
			}
			u, err := url.Parse(strings.TrimSpace(target[start+1:]))
			if err != nil || a.url == nil {
				return ""
			}
			return a.url.ResolveReference(u).String()
		}
	}
	return ""
}

// Linked reads a list whose pages are JSON arrays to its end, by the answers' links to the next page. It is for short lists, such
// as the comments of one record. A link to a page that was read already ends it.
func (c *Client) Linked(ctx context.Context, path string, query url.Values) ([]json.RawMessage, error) {
	list := []json.RawMessage{}
	for seen := map[string]bool{}; path != "" && !seen[path]; query = nil {
		seen[path] = true
		a, err := c.Get(ctx, path, query)
		if err != nil {
			return nil, err
		}
		var page []json.RawMessage
		if err := a.JSON(&page); err != nil {
			return nil, err
		}
		list, path = append(list, page...), a.Next()
	}
	return list, nil
}

// cutLink cuts the first link off a header; commas within an address or a quoted text do not end it.
func cutLink(header string) (link, rest string) {
	var within byte
	for i := range len(header) {
		switch c := header[i]; {
		case within != 0:
			if c == within {
				within = 0
			}
		case c == '<':
			within = '>'
		case c == '"':
			within = '"'
		case c == ',':
			return header[:i], header[i+1:]
		}
	}
	return header, ""
}

// relNext reports whether the parameters behind an address have next among the relations.
func relNext(params string) bool {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		if strings.EqualFold(strings.TrimSpace(name), "rel") {
			for rel := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"`)) {
				if strings.EqualFold(rel, "next") {
					return true
				}
			}
		}
	}
	return false
}
