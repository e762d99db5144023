package opsgenietest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers/importertest"
)

// searches are the two that are understood, the first with milliseconds since 1970.
var searches = regexp.MustCompile(`^createdAt>(\d+) AND createdAt<=(\d+)$|^status: open$`)

// list answers a page of what was created in the period of the query, oldest first.
func (s *Server) list(w http.ResponseWriter, r *http.Request, all []Object) {
	q := r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("limit"))
	offset, _ := strconv.Atoi(q.Get("offset"))
	search := searches.FindStringSubmatch(q.Get("query"))
	if limit > 100 || offset+limit > s.Ceiling || search == nil {
		Refuse(w, 422, "Request body is not processable")
		return
	}
	fit := all
	if from, err := strconv.ParseInt(search[1], 10, 64); err == nil {
		to, _ := strconv.ParseInt(search[2], 10, 64)
		fit = slices.DeleteFunc(slices.Clone(all), func(o Object) bool {
			ms := importertest.Moment(o["createdAt"].(string)).UnixMilli()
			return ms <= from || ms > to
		})
	}
	fit = slices.Clone(fit)
	slices.SortStableFunc(fit, func(x, y Object) int { return strings.Compare(x["createdAt"].(string), y["createdAt"].(string)) })
	end := min(len(fit), offset+limit)
	page := Object{"data": append([]Object{}, fit[min(offset, end):end]...)}
	if end < len(fit) { // the last page has no next, as some real answers
		page["paging"] = Object{"next": "https://api.opsgenie.com" + r.URL.Path + "?offset=" + strconv.Itoa(end)}
	}
	answer(w, page)
}

// behind answers the entries behind an offset, which is the entry's own.
func behind(w http.ResponseWriter, r *http.Request, all []Object) {
	q := r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("limit"))
	from := 1 + slices.IndexFunc(all, func(e Object) bool { return e["offset"] == q.Get("offset") })
	end := min(len(all), from+limit)
	page := Object{"data": append([]Object{}, all[from:end]...), "paging": Object{}}
	if end < len(all) {
		page["paging"] = Object{"next": "https://api.opsgenie.com/next"}
	}
	answer(w, page)
}

// entries answers twenty entries of an incident's timeline.
func (s *Server) entries(w http.ResponseWriter, r *http.Request) {
	all := s.Timeline[r.PathValue("id")]
	from, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Query().Get("offset"), "opaque-"))
	end := min(len(all), from+20)
	data := Object{"entries": all[from:end]}
	if end < len(all) {
		data["nextOffset"] = fmt.Sprint("opaque-", end)
	}
	answer(w, Object{"data": data})
}

// rendered answers those periods of the schedule that begin in the twelve weeks from the date.
func (s *Server) rendered(w http.ResponseWriter, r *http.Request) {
	from := importertest.Moment(r.URL.Query().Get("date"))
	until := from.Add(12 * 7 * 24 * time.Hour)
	periods := []any{}
	for _, p := range s.Periods {
		if start := importertest.Moment(p["startDate"].(string)); !start.Before(from) && start.Before(until) {
			periods = append(periods, p)
		}
	}
	answer(w, Object{"data": Object{"finalTimeline": Object{"rotations": []any{Object{"id": "rot-1", "name": "Weekdays", "periods": periods}}}}})
}
