package oncall

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"hindsight/importers"
)

const (
	perPage = "100"
	naive   = "2006-01-02T15:04:05" // of started_at: in UTC, and refused with a zone
)

// answer is what every list answers. Its link to the next page is of the server's own idea of its address, which may
// not be ours: pages are asked for by number.
type answer struct {
	Results []json.RawMessage
	Next    string
	Count   int
	Pages   int `json:"total_pages"`
}

func get(ctx context.Context, in importers.Input, path string, query url.Values, number int) (a answer, err error) {
	query.Set("page", strconv.Itoa(number))
	query.Set("perpage", perPage)
	return a, in.Get(ctx, path, query, &a)
}

// group is what an alert group is told apart and chosen by, and what it refers to.
type group struct {
	ID          string
	CreatedAt   string `json:"created_at"`
	Integration string `json:"integration_id"`
	Team        string `json:"team_id"`
	AckedBy     string `json:"acknowledged_by"`
	ResolvedBy  string `json:"resolved_by"`
}

// record is the body of a raw record: the group and its notes as the API gave them, and what the ids in them stand for.
type record struct {
	Group json.RawMessage   `json:"group"`
	Notes []json.RawMessage `json:"notes,omitempty"`
	Names map[string]string `json:"names,omitempty"`
}

// page reads the groups that began in a window. The beginning does not move, so pages by number lose none.
func page(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	number, _ := strconv.Atoi(at.Token)
	number = max(number, 1)
	a, err := get(ctx, in, "/api/v1/alert_groups/", url.Values{"started_at": {at.From.UTC().Format(naive) + "_" + at.To.UTC().Format(naive)}}, number)
	if err != nil {
		return importers.Slice{}, err
	}
	var s importers.Slice
	var chosen []json.RawMessage
	for _, raw := range a.Results {
		var g group
		if err := json.Unmarshal(raw, &g); err != nil || g.ID == "" {
			s.Reject("", "this is no alert group: it has no id", raw)
			continue
		}
		s.Held = append(s.Held, g.ID)
		if wanted(in.Config, g.Team) {
			chosen = append(chosen, raw)
		}
	}
	if s.Records, err = complete(ctx, in, chosen); err != nil {
		return s, err
	}
	if a.Next != "" && len(a.Results) > 0 {
		s.Next = strconv.Itoa(number + 1)
	}
	return s, nil
}

// wanted reports whether the connection reads a team.
func wanted(cfg importers.Config, team string) bool {
	allowed := settings.List(cfg, "teams")
	return len(allowed) == 0 || slices.Contains(allowed, team)
}

// fetch reads groups by id.
func fetch(ctx context.Context, in importers.Input, ids []string) ([]importers.Record, error) {
	var found []json.RawMessage
	for _, id := range ids {
		a, err := in.Client.Get(ctx, "/api/v1/alert_groups/"+url.PathEscape(id)+"/", nil)
		if importers.HasStatus(err, http.StatusNotFound, http.StatusGone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		var g group
		if err := a.JSON(&g); err != nil {
			return nil, err
		}
		if g.ID == id && wanted(in.Config, g.Team) {
			found = append(found, a.Body)
		}
	}
	return complete(ctx, in, found)
}

// complete makes records of groups, with their notes and with names for ids.
func complete(ctx context.Context, in importers.Input, raws []json.RawMessage) ([]importers.Record, error) {
	if len(raws) == 0 {
		return nil, nil
	}
	heads := make([]group, len(raws))
	for i, raw := range raws {
		if err := json.Unmarshal(raw, &heads[i]); err != nil {
			return nil, fmt.Errorf("oncall: read alert group: %w", err)
		}
	}
	notes, err := notesOf(ctx, in, heads)
	if err != nil {
		return nil, err
	}
	names, err := allNames(ctx, in)
	if err != nil {
		return nil, err
	}
	var records []importers.Record
	for i, g := range heads {
		r := record{Group: raws[i], Notes: notes[g.ID], Names: map[string]string{}}
		ids := []string{g.Integration, g.Team, g.AckedBy, g.ResolvedBy}
		for _, n := range r.Notes {
			var note struct{ Author string }
			json.Unmarshal(n, &note) // what it says is Map's business
			ids = append(ids, note.Author)
		}
		for _, id := range ids {
			if names[id] != "" {
				r.Names[id] = names[id]
			}
		}
		body, err := json.Marshal(r)
		if err != nil {
			return nil, fmt.Errorf("oncall: write record %s: %w", g.ID, err)
		}
		records = append(records, importers.Record{ExternalID: g.ID, Body: body, At: importers.ISO(g.CreatedAt)})
	}
	return records, nil
}

// notesOf returns the resolution notes of groups. All notes that there are come a hundred at a time; where they fill
// more pages than there are groups, each group is asked for its own.
func notesOf(ctx context.Context, in importers.Input, of []group) (map[string][]json.RawMessage, error) {
	notes := map[string][]json.RawMessage{}
	if settings.Of(in.Config, "notes") == "no" {
		return notes, nil
	}
	add := func(a answer) error {
		for _, raw := range a.Results {
			var n struct {
				Group string `json:"alert_group_id"`
			}
			if err := json.Unmarshal(raw, &n); err != nil {
				return fmt.Errorf("oncall: read resolution note: %w", err)
			}
			notes[n.Group] = append(notes[n.Group], raw)
		}
		return nil
	}
	const path = "/api/v1/resolution_notes/"
	for number, pages := 1, 1; number <= pages; number++ {
		a, err := get(ctx, in, path, url.Values{}, number)
		if err != nil {
			return nil, err
		}
		if pages = max(a.Pages, 1); pages > len(of) {
			clear(notes)
			break
		}
		if err := add(a); err != nil || number == pages {
			return notes, err
		}
	}
	for _, g := range of {
		a, err := get(ctx, in, path, url.Values{"alert_group_id": {g.ID}}, 1)
		if err == nil {
			err = add(a)
		}
		if err != nil {
			return nil, err
		}
	}
	return notes, nil
}

// allNames returns what ids of users, integrations and teams stand for. A key that may not read one of those lists
// leaves the ids as they are.
func allNames(ctx context.Context, in importers.Input) (map[string]string, error) {
	names := map[string]string{}
	for _, path := range []string{"/api/v1/users/", "/api/v1/integrations/", "/api/v1/teams/"} {
		some, err := namesOf(ctx, in, path)
		if err != nil && !importers.HasStatus(err, http.StatusForbidden, http.StatusNotFound) {
			return nil, err
		}
		maps.Copy(names, some)
	}
	return names, nil
}

func namesOf(ctx context.Context, in importers.Input, path string) (map[string]string, error) {
	names := map[string]string{}
	for number := 1; ; number++ {
		a, err := get(ctx, in, path, url.Values{}, number)
		if err != nil {
			return nil, err
		}
		before := len(names)
		for _, raw := range a.Results {
			var o struct{ ID, Name, Username string }
			if json.Unmarshal(raw, &o) == nil && o.ID != "" {
				names[o.ID] = importers.Line(o.Name + o.Username)
			}
		}
		if a.Next == "" || len(names) == before {
			return names, nil
		}
	}
}
