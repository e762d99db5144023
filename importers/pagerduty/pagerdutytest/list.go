package pagerdutytest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers/importertest"
)

const day = 24 * time.Hour

func (s *Server) list(w http.ResponseWriter, r *http.Request, key string, all []Object) {
	s.page(w, r, key, all, func(o Object) Object { return o })
}

// page answers a page of what lies in the period of the request; times are all written in one zone there.
func (s *Server) page(w http.ResponseWriter, r *http.Request, key string, all []Object, show func(Object) Object) {
	q := r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("limit"))
	offset, _ := strconv.Atoi(q.Get("offset"))
	switch {
	case limit < 1 || limit > 100:
		refuse(w, 400, 2001, "limit")
		return
	case q.Has("since") && !period(q.Get("since"), q.Get("until"), 184*day):
		refuse(w, 400, 2001, "Invalid date range")
		return
	case offset+limit > s.Ceiling:
		refuse(w, 400, 2002, "Offset must be less than or equal to the maximum")
		return
	}
	var fit []Object
	for _, o := range all {
		when, ok := o["created_at"].(string)
		if !ok {
			when = o["timestamp"].(string)
		}
		if q.Has("since") && (when < q.Get("since") || when > q.Get("until")) || !selected(q["service_ids[]"], o) {
			continue
		}
		fit = append(fit, o)
	}
	if key == "log_entries" { // the vendor gives the newest first
		slices.SortStableFunc(fit, func(x, y Object) int { return strings.Compare(y["created_at"].(string), x["created_at"].(string)) })
	}
	end := min(len(fit), offset+limit)
	shown := []Object{}
	for _, o := range fit[min(offset, end):end] {
		shown = append(shown, show(o))
	}
	importertest.Answer(w, 200, Object{key: shown, "limit": limit, "offset": offset, "more": end < len(fit), "total": len(fit)})
}

// period reports whether two texts are times in UTC that lie no further apart than longest.
func period(since, until string, longest time.Duration) bool {
	from, err := time.Parse(time.RFC3339, since)
	to, err2 := time.Parse(time.RFC3339, until)
	return err == nil && err2 == nil && to.Sub(from) <= longest && strings.HasSuffix(since, "Z")
}

func selected(services []string, o Object) bool {
	s, _ := o["service"].(Object)
	return len(services) == 0 || s != nil && slices.Contains(services, s["id"].(string))
}

// rendered answers all schedules with those of their entries that begin in the period, which may be three months.
func (s *Server) rendered(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if !period(q.Get("since"), q.Get("until"), 90*day) {
		refuse(w, 400, 2001, "Invalid date range")
		return
	}
	since, until := importertest.Moment(q.Get("since")), importertest.Moment(q.Get("until"))
	out := []Object{}
	for _, schedule := range s.Schedules {
		for _, part := range []string{"final_schedule", "overrides_subschedule"} {
			entries := []any{}
			for _, e := range schedule[part].([]Object) {
				if start := importertest.Moment(e["start"].(string)); !start.Before(since) && start.Before(until) {
					entries = append(entries, e)
				}
			}
			schedule = importertest.With(schedule, Object{part: Object{"rendered_schedule_entries": entries}})
		}
		out = append(out, schedule)
	}
	importertest.Answer(w, 200, Object{"schedules": out, "more": false, "total": len(out)})
}
