package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"hindsight/importers"
)

// alike is after how many ids that fail by themselves, and none that does not, the fault is not theirs.
const alike = 3

// byID fetches records by external id. Where that fails for several at once, each is asked for by itself, so that one
// that the source refuses, or fails over, costs no other: it is a reject, and says nothing about the credentials.
// Those that are not there are left out. When nothing is given at all, the error remains.
func (p *pass) byID(ctx context.Context, c importers.Collection, in importers.Input, ids []string) ([]importers.Record, []importers.Reject, error) {
	records, err := c.Fetch(ctx, in, ids)
	switch {
	case err == nil || !refuses(err) && !fails(err):
		return records, nil, err
	case len(ids) == 1:
		return p.alone(ids[0], err)
	}
	var rejects []importers.Reject
	given := 0
	for i, id := range ids {
		one, err := c.Fetch(ctx, in, []string{id})
		switch {
		case err == nil:
			records, given = append(records, one...), given+1
		case importers.HasStatus(err, 404, 410):
			given++
		case !refuses(err) && !fails(err):
			return nil, nil, err
		default:
			rejects = append(rejects, rejectOf(id, err))
		}
		if given == 0 && (i+1 == alike || i+1 == len(ids) && fails(err)) {
			return nil, nil, err
		}
	}
	return records, rejects, nil
}

// alone says what follows from an error about one id.
func (p *pass) alone(id string, err error) ([]importers.Record, []importers.Reject, error) {
	switch {
	case importers.HasStatus(err, 404, 410):
		return nil, nil, nil
	case refuses(err):
		return nil, []importers.Reject{rejectOf(id, err)}, nil
	}
	return nil, nil, err
}

func rejectOf(id string, err error) importers.Reject {
	return importers.Reject{ExternalID: id, Place: "asked for by its id", Reason: err.Error()}
}

// refuses reports whether the source calls a request wrong, or gives what a record cannot be read from: to ask
// again mends neither.
func refuses(err error) bool {
	var shape *json.UnmarshalTypeError
	return errors.As(err, &shape) || importers.HasStatus(err, 400, 403, 404, 405, 410, 422)
}

// fails reports whether the source failed over a request, however often it was sent.
func fails(err error) bool { return importers.HasStatus(err, 500, 502, 504) }

// unanswered returns those of ids that are neither among the records nor rejected.
func unanswered(ids []string, records []importers.Record, rejects []importers.Reject) []string {
	return slices.DeleteFunc(notGiven(ids, records), func(id string) bool {
		return slices.ContainsFunc(rejects, func(r importers.Reject) bool { return r.ExternalID == id })
	})
}
