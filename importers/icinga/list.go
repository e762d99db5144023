package icinga

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
)

// checkable are the attributes that are asked of hosts and services.
var checkable = []string{"name", "display_name", "host_name", "groups", "vars", "notes_url", "action_url", "state", "state_type", "last_hard_state", "last_hard_state_change",
	"last_state_ok", "last_state_up", "acknowledgement", "acknowledgement_last_change", "downtime_depth", "last_check_result"}

// page reads all problems that there are: hard states other than OK and UP. Icinga has no pages.
func page(ctx context.Context, in importers.Input, _ importers.At) (importers.Slice, error) {
	var s importers.Slice
	for _, kind := range []string{"hosts", "services"} {
		object := strings.TrimSuffix(kind, "s")
		filter := object + ".state != 0 && " + object + ".state_type == 1"
		if own := settings.Of(in.Config, kind); own != "" {
			filter += " && (" + own + ")"
		}
		found, err := query(ctx, in, kind, filter, nil, attrs(kind))
		if err != nil {
			return s, err
		}
		for _, r := range found {
			rec, err := seen(r)
			if err != nil {
				s.Rejects = append(s.Rejects, importers.Reject{ExternalID: r.Name, Place: "/v1/objects/" + kind, Reason: err.Error(), Body: string(r.Attrs)})
				continue
			}
			s.Records = append(s.Records, rec)
		}
	}
	return s, comment(ctx, in, s.Records)
}

// attrs returns what is asked of a kind; Icinga refuses attributes that a kind has not.
func attrs(kind string) []string {
	var out []string
	for _, a := range checkable {
		if kind == "hosts" && (a == "host_name" || a == "last_state_ok") || kind == "services" && a == "last_state_up" {
			continue
		}
		out = append(out, a)
	}
	return out
}

// idOf names a problem: its object, and when that was last well. This does not move while the problem lasts, unlike
// the time of the last change, which a warning that becomes critical moves.
func idOf(object string, well epoch) string {
	return object + "@" + strconv.FormatInt(well.time().UnixMilli(), 10)
}

// partsOf returns what an id names.
func partsOf(id string) (object string, well int64, ok bool) {
	i := strings.LastIndexByte(id, '@')
	if i < 0 {
		return "", 0, false
	}
	well, err := strconv.ParseInt(id[i+1:], 10, 64)
	return id[:i], well, err == nil
}

// seen makes a record of an object that has a problem.
func seen(r result) (importers.Record, error) {
	var o observation
	if err := json.Unmarshal(r.Attrs, &o); err != nil {
		return importers.Record{}, err
	}
	o.settle()
	body, err := json.Marshal(record{Object: r.Name, Observed: []observation{o}})
	return importers.Record{ExternalID: idOf(r.Name, o.well()), Body: body, At: o.Changed.time()}, err
}

// fetch says what became of problems that are held as open. A host or service that is not there any more has no
// problem any more; what is known of it is kept.
func fetch(ctx context.Context, in importers.Input, ids []string) ([]importers.Record, error) {
	names := map[string][]string{}
	for _, id := range ids {
		object, _, ok := partsOf(id)
		kind := "hosts"
		if strings.Contains(object, "!") {
			kind = "services"
		}
		if ok {
			names[kind] = append(names[kind], object)
		}
	}
	there := map[string]result{}
	for kind, objects := range names {
		object := strings.TrimSuffix(kind, "s")
		found, err := query(ctx, in, kind, object+".__name in names", map[string]any{"names": objects}, attrs(kind))
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			there[r.Name] = r
		}
	}
	now, err := clock(ctx, in)
	if err != nil {
		return nil, err
	}
	var records []importers.Record
	for _, id := range ids {
		object, well, ok := partsOf(id)
		if !ok {
			continue
		}
		rec, err := became(id, object, well, there, now)
		if err != nil {
			return nil, fmt.Errorf("icinga: %s: %w", object, err)
		}
		records = append(records, rec)
	}
	return records, comment(ctx, in, records)
}

// clock asks for the server's time, and proves that the server still gives objects at all: one that has lost its
// permissions or its configuration would seem to have no problems.
func clock(ctx context.Context, in importers.Input) (time.Time, error) {
	found, err := query(ctx, in, "hosts", "", nil, []string{"name"})
	if err == nil && len(found) == 0 {
		err = errors.New("icinga: the API user sees no host any more; check its permissions")
	}
	return in.Client.Now().Truncate(time.Second), err
}

// became makes a record of how the problem id goes on.
func became(id, object string, well int64, there map[string]result, now time.Time) (importers.Record, error) {
	r, found := there[object]
	part := record{Object: object}
	if !found {
		part.Removed = now
	} else {
		var o observation
		if err := json.Unmarshal(r.Attrs, &o); err != nil {
			return importers.Record{}, err
		}
		o.settle()
		if o.State != 0 && o.well().time().UnixMilli() != well { // it was well meanwhile, and has another problem now
			part.Recovered = &recovery{At: o.well(), Late: true}
		} else if o.State == 0 {
			part.Recovered = &recovery{At: o.Changed}
		} else {
			part.Observed = []observation{o}
		}
	}
	body, err := json.Marshal(part)
	return importers.Record{ExternalID: id, Body: body}, err
}

// comment adds to each record the comments on its object. Icinga removes that of an acknowledgement with the problem.
func comment(ctx context.Context, in importers.Input, records []importers.Record) error {
	if len(records) == 0 {
		return nil
	}
	found, err := query(ctx, in, "comments", "", nil, []string{"host_name", "service_name", "author", "text", "entry_time", "entry_type"})
	if importers.HasStatus(err, http.StatusForbidden) {
		return nil // comments are not for this user
	}
	if err != nil {
		return err
	}
	on := map[string][]note{}
	for _, r := range found {
		var n note
		if err := json.Unmarshal(r.Attrs, &n); err != nil {
			return fmt.Errorf("icinga: comment %s: %w", r.Name, err)
		}
		object := n.Host
		if n.Service != "" {
			object += "!" + n.Service
		}
		n.Host, n.Service = "", ""
		on[object] = append(on[object], n)
	}
	for i, rec := range records {
		object, well, _ := partsOf(rec.ExternalID)
		var part record
		if err := json.Unmarshal(rec.Body, &part); err != nil {
			return err
		}
		for _, n := range on[object] {
			if n.At.time().UnixMilli() >= well {
				part.Comments = append(part.Comments, n)
			}
		}
		part.sort()
		if records[i].Body, err = json.Marshal(part); err != nil {
			return err
		}
	}
	return nil
}
