package victorops

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
)

const (
	pageSize = 100
	// Without it only resolved incidents are listed.
	phases = "triggered,acknowledged,resolved"
)

// page is what both lists of incidents answer; the live one has no total.
type page struct {
	Incidents []json.RawMessage
	Total     int
}

// head is what an incident is told apart and chosen by.
type head struct {
	Number text     `json:"incidentNumber"`
	Start  string   `json:"startTime"`
	Teams  []string `json:"pagedTeams"`
}

type text = importers.Text

// history reads a page of the incidents that started in a window. A start does not move, so offsets within a window are
// safe. "After" may or may not include the second itself: it is asked for from a second earlier.
func history(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	offset, _ := strconv.Atoi(at.Token)
	query := url.Values{"offset": {strconv.Itoa(offset)}}
	if !at.From.IsZero() {
		query.Set("startedAfter", at.From.Add(-time.Second).UTC().Format(time.RFC3339))
	}
	if !at.To.IsZero() {
		query.Set("startedBefore", at.To.UTC().Format(time.RFC3339))
	}
	p, err := report(ctx, in, query)
	if err != nil {
		return importers.Slice{}, err
	}
	s := slice(in, p)
	s.Total = int64(p.Total)
	if got := offset + len(p.Incidents); len(p.Incidents) > 0 && (got < p.Total || p.Total == 0 && len(p.Incidents) == pageSize) {
		s.Next = strconv.Itoa(got)
	}
	return s, nil
}

// follow reads the live list first, which has what is open and what was resolved recently without the history's delay,
// and then the history, for what came and went between two polls.
func follow(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	if at.Token != "" {
		return history(ctx, in, at)
	}
	p, err := live(ctx, in)
	if err != nil {
		return importers.Slice{}, err
	}
	s := slice(in, p)
	s.Next = "0"
	return s, nil
}

func report(ctx context.Context, in importers.Input, query url.Values) (p page, err error) {
	query.Set("currentPhase", phases)
	query.Set("limit", strconv.Itoa(pageSize))
	return p, in.Get(ctx, "/api-reporting/v2/incidents", query, &p)
}

func live(ctx context.Context, in importers.Input) (p page, err error) {
	return p, in.Get(ctx, "/api-public/v1/incidents", nil, &p)
}

// slice makes records of the incidents of the chosen teams.
func slice(in importers.Input, p page) importers.Slice {
	var s importers.Slice
	for _, raw := range p.Incidents {
		var h head
		if err := json.Unmarshal(raw, &h); err != nil || h.Number == "" {
			s.Reject("", "this is no incident: it has no incidentNumber", raw)
			continue
		}
		s.Held = append(s.Held, string(h.Number))
		if !wanted(in.Config, h.Teams...) {
			continue
		}
		s.Records = append(s.Records, importers.Record{ExternalID: string(h.Number), Body: raw, At: importers.ISO(h.Start)})
	}
	return s
}

// fetch returns incidents by number: those that the live list has cost one request of the generous quota, a hundred
// others one of the scarce one.
func fetch(ctx context.Context, in importers.Input, ids []string) ([]importers.Record, error) {
	p, err := live(ctx, in)
	if err != nil {
		return nil, err
	}
	var records []importers.Record
	missing := slices.Clone(ids)
	take := func(p page) {
		for _, r := range slice(in, p).Records {
			if i := slices.Index(missing, r.ExternalID); i >= 0 {
				missing = slices.Delete(missing, i, i+1)
				records = append(records, r)
			}
		}
	}
	take(p)
	for chunk := range slices.Chunk(slices.Clone(missing), pageSize) {
		p, err := report(ctx, in, url.Values{"incidentNumber": {strings.Join(chunk, ",")}})
		if err != nil {
			return nil, err
		}
		take(p)
	}
	return records, nil
}
