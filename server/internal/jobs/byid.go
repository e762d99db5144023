package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"hindsight/importers"
)

// alike is after how many ids that fail by themselves, and none that does not, the fault is not theirs.
const alike = 3

// byID fetches records by external id. Where that fails for several at once, each is asked for by itself, so that one
// that the source refuses, or fails over, or does not answer about in time, costs no other: it is a reject, and says
// nothing about the credentials. Those that are not there are left out. When one after the other fails and
// nothing is given at all, the error remains.
func (p *pass) byID(ctx context.Context, c importers.Collection, in importers.Input, ids []string) ([]importers.Record, []importers.Reject, error) {
	records, err := c.Fetch(ctx, in, ids)
	if err == nil || beyond(ctx, err) {
		return records, nil, err
	}
	records = nil
	var failed failures
	given := len(ids) == 1 // then nobody tells whose fault it is
	for i, id := range ids {
		var one []importers.Record
		if len(ids) > 1 {
			one, err = c.Fetch(ctx, in, []string{id})
		}
		switch {
		case err == nil, importers.HasStatus(err, 404, 410):
			records, given = append(records, one...), true
		case beyond(ctx, err):
			return nil, nil, err
		default:
			failed.add(id, err)
		}
		if !given && i+1 == alike {
			return nil, nil, err
		}
	}
	return records, failed.rejects, p.askLater(ctx, c, failed.later)
}

// beyond reports whether an error about ids is not about them alone: the credentials are refused, or nobody is to be
// asked any more.
func beyond(ctx context.Context, err error) bool {
	return halts(ctx, err) || importers.HasStatus(err, http.StatusUnauthorized)
}

// failures are ids that a source does not give.
type failures struct {
	rejects []importers.Reject
	later   []string // those that it may give another time
}

func (f *failures) add(id string, err error) {
	f.rejects = append(f.rejects, rejectOf(id, err))
	if !refuses(err) {
		f.later = append(f.later, id)
	}
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

// unanswered returns those of ids that are neither among the records nor rejected.
func unanswered(ids []string, records []importers.Record, rejects []importers.Reject) []string {
	return slices.DeleteFunc(notGiven(ids, records), func(id string) bool {
		return slices.ContainsFunc(rejects, func(r importers.Reject) bool { return r.ExternalID == id })
	})
}
