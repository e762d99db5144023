package pagerduty

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
)

// object is JSON of the API's shape, made up here.
type object = map[string]any

// account is a stand-in for one PagerDuty account. It answers as the vendor documents: offsets up to a ceiling, periods of
// six months at most, UTC unless asked otherwise, and it refuses requests that the real one refuses.
type account struct {
	incidents []object
	log       map[string][]object // by incident, oldest first
	alerts    map[string][]object
	changes   []object
	schedules []object
	ceiling   int
	forbidden string         // a path that the key may not read
	asked     map[string]int // requests by path
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func ref(kind, id, summary string) object {
	return object{"id": id, "type": kind + "_reference", "summary": summary}
}

func user(n int) object {
	return ref("user", fmt.Sprintf("PUSER%d", n), "Responder "+[]string{"Zero", "One", "Two", "Three"}[n])
}

// synthetic returns an incident of the API's shape; more replaces or adds fields.
func synthetic(id string, number int, created string, more object) object {
	inc := object{
		"id": id, "type": "incident", "summary": fmt.Sprintf("[#%d] Queue grows", number), "incident_number": number, "title": "Queue grows",
		"html_url": "https://example.pagerduty.com/incidents/" + id, "created_at": created, "updated_at": created, "last_status_change_at": created,
		"status": "triggered", "incident_key": "key-" + id, "service": ref("service", "PSVC1", "Billing"), "urgency": "high", "priority": nil,
		"resolved_at": nil, "resolve_reason": nil, "assignments": []any{}, "acknowledgements": []any{}, "escalation_policy": ref("escalation_policy", "PEP1", "Default"),
		"teams": []any{ref("team", "PTEAM1", "Payments")}, "incident_type": object{"name": "incident_default"}, "alert_counts": object{"all": 1},
	}
	for k, v := range more {
		inc[k] = v
	}
	return inc
}

// logged returns a log entry.
func logged(id, kind, created string, agent object, more object) object {
	e := object{"id": id, "type": kind + "_log_entry", "summary": kind, "created_at": created, "agent": agent, "channel": object{"type": "website"}, "contexts": []any{}, "teams": []any{}}
	for k, v := range more {
		e[k] = v
	}
	return e
}

// crowd returns an account with n incidents of one afternoon, many of one second, with four entries each.
func crowd(n int) *account {
	a := &account{log: map[string][]object{}, alerts: map[string][]object{}, ceiling: ceiling, asked: map[string]int{}}
	noon := at("2023-05-04T12:00:00Z")
	for i := range n {
		id := fmt.Sprintf("PINC%04d", i)
		start := noon.Add(time.Duration(i) * 300 * time.Millisecond).Truncate(time.Second)
		when := func(minutes int) string { return start.Add(time.Duration(minutes) * time.Minute).Format(time.RFC3339) }
		a.incidents = append(a.incidents, synthetic(id, i+1, when(0), object{"status": "resolved", "updated_at": when(30), "resolved_at": when(30), "last_status_change_at": when(30)}))
		service := ref("service", "PSVC1", "Billing")
		a.log[id] = []object{
			logged("R"+id+"1", "trigger", when(0), service, nil), logged("R"+id+"2", "assign", when(0), service, object{"assignees": []any{user(1)}}),
			logged("R"+id+"3", "acknowledge", when(4), user(1), nil), logged("R"+id+"4", "resolve", when(30), user(1), nil),
		}
	}
	return a
}

// handler returns the account's server; t is told of requests that the vendor would refuse.
func (a *account) handler(t testing.TB) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /incidents", func(w http.ResponseWriter, r *http.Request) {
		a.list(w, r, "incidents", a.incidents)
	})
	mux.HandleFunc("GET /log_entries", func(w http.ResponseWriter, r *http.Request) {
		of := map[string]object{}
		var all []object
		for _, inc := range a.incidents {
			id := inc["id"].(string)
			for _, e := range slices.Backward(a.log[id]) {
				all = append(all, e)
				of[e["id"].(string)] = inc
			}
		}
		a.page(w, r, "log_entries", all, func(e object) object { return with(e, "incident", of[e["id"].(string)]) })
	})
	mux.HandleFunc("GET /incidents/{id}", func(w http.ResponseWriter, r *http.Request) {
		inc := a.find(r.PathValue("id"))
		if inc == nil {
			refuse(w, 404, 2100, "Not Found")
			return
		}
		answer(w, object{"incident": with(inc, "custom_fields", []any{
			object{"id": "PF1", "type": "field_value", "name": "region", "display_name": "Region", "value": "eu-1"},
			object{"id": "PF2", "type": "field_value", "name": "tags", "display_name": "Tiers", "value": []any{"gold", "silver"}}})})
	})
	mux.HandleFunc("GET /incidents/{id}/log_entries", func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		a.page(w, r, "log_entries", a.log[id], func(e object) object { return with(e, "incident", ref("incident", id, "")) })
	})
	mux.HandleFunc("GET /incidents/{id}/alerts", func(w http.ResponseWriter, r *http.Request) { a.list(w, r, "alerts", a.alerts[r.PathValue("id")]) })
	mux.HandleFunc("GET /change_events", func(w http.ResponseWriter, r *http.Request) { a.list(w, r, "change_events", a.changes) })
	mux.HandleFunc("GET /schedules", func(w http.ResponseWriter, r *http.Request) { a.rendered(w, r) })
	mux.HandleFunc("GET /services/{id}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") != "PSVC1" {
			refuse(w, 404, 2100, "Not Found")
			return
		}
		answer(w, object{"service": object{"id": "PSVC1", "type": "service", "name": "Billing"}})
	})
	mux.HandleFunc("GET /users/me", func(w http.ResponseWriter, r *http.Request) { refuse(w, 400, 2001, "the key belongs to no user") })
	mux.HandleFunc("GET /services", func(w http.ResponseWriter, r *http.Request) {
		answer(w, object{"services": []any{object{"id": "PSVC1", "type": "service", "summary": "Billing", "name": "Billing"}}, "more": false})
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.asked[r.URL.Path]++
		switch {
		case r.Header.Get("Authorization") != "Token token=synthetic-key":
			refuse(w, 401, 2006, "Unauthorized")
		case r.URL.Path == a.forbidden:
			refuse(w, 403, 2010, "Access Denied")
		case !strings.Contains(r.Header.Get("Accept"), "application/vnd.pagerduty+json;version=2") || r.Header.Get("Content-Type") != "application/json":
			t.Errorf("%s: headers %v are refused by the vendor", r.URL, r.Header)
			refuse(w, 400, 2001, "headers")
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

func (a *account) find(id string) object {
	for _, inc := range a.incidents {
		if inc["id"] == id {
			return inc
		}
	}
	return nil
}

func (a *account) list(w http.ResponseWriter, r *http.Request, key string, all []object) {
	a.page(w, r, key, all, func(o object) object { return o })
}

// page answers a page of what lies in the period of the request; times are all written in one zone there.
func (a *account) page(w http.ResponseWriter, r *http.Request, key string, all []object, show func(object) object) {
	q := r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("limit"))
	offset, _ := strconv.Atoi(q.Get("offset"))
	since, err := time.Parse(time.RFC3339, q.Get("since"))
	until, err2 := time.Parse(time.RFC3339, q.Get("until"))
	period := q.Has("since")
	if key == "log_entries" { // the vendor gives the newest first
		all = slices.Clone(all)
		slices.SortStableFunc(all, func(x, y object) int { return strings.Compare(y["created_at"].(string), x["created_at"].(string)) })
	}
	switch {
	case limit < 1 || limit > 100:
		refuse(w, 400, 2001, "limit")
		return
	case period && (err != nil || err2 != nil || until.Sub(since) > 184*day || !strings.HasSuffix(q.Get("since"), "Z")):
		refuse(w, 400, 2001, "Invalid date range")
		return
	case offset+limit > a.ceiling:
		refuse(w, 400, tooDeep, "Offset must be less than or equal to the maximum")
		return
	}
	var fit []object
	for _, o := range all {
		when, ok := o["created_at"].(string)
		if !ok {
			when = o["timestamp"].(string)
		}
		if period && (when < q.Get("since") || when > q.Get("until")) || !a.selected(q["service_ids[]"], o) {
			continue
		}
		fit = append(fit, o)
	}
	end := min(len(fit), offset+limit)
	shown := []object{}
	for _, o := range fit[min(offset, end):end] {
		shown = append(shown, show(o))
	}
	answer(w, object{key: shown, "limit": limit, "offset": offset, "more": end < len(fit), "total": len(fit)})
}

// rendered answers all schedules with those of their entries that begin in the period, which may be three months.
func (a *account) rendered(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	since, until := at(q.Get("since")), at(q.Get("until"))
	if until.Sub(since) > 90*day {
		refuse(w, 400, 2001, "Invalid date range")
		return
	}
	out := []object{}
	for _, s := range a.schedules {
		for _, part := range []string{"final_schedule", "overrides_subschedule"} {
			entries := []any{}
			for _, e := range s[part].([]object) {
				if start := at(e["start"].(string)); !start.Before(since) && start.Before(until) {
					entries = append(entries, e)
				}
			}
			s = with(s, part, object{"rendered_schedule_entries": entries})
		}
		out = append(out, s)
	}
	answer(w, object{"schedules": out, "more": false, "total": len(out)})
}

func (a *account) selected(services []string, o object) bool {
	s, _ := o["service"].(object)
	return len(services) == 0 || s != nil && slices.Contains(services, s["id"].(string))
}

func with(o object, key string, value any) object {
	out := object{key: value}
	for k, v := range o {
		if k != key {
			out[k] = v
		}
	}
	return out
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, status, code int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(object{"error": object{"code": code, "message": message}})
}

// config returns a connection to a server at url; more are settings beside the address and the key.
func config(url string, more ...string) importers.Config {
	cfg := importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "key": "synthetic-key"}}
	for i := 0; i < len(more); i += 2 {
		cfg.Settings[more[i]] = more[i+1]
	}
	return cfg
}

// input returns what a source reads from, for a server at url.
func input(t testing.TB, cfg importers.Config) importers.Input {
	client, clock := importertest.Client(t, Source(), cfg)
	return importers.Input{Config: cfg, Client: client, Now: clock.Now()}
}
