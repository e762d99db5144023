package opsgenie

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
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

// account is a stand-in for one Opsgenie account. It pages, orders and refuses as the vendor documents.
type account struct {
	incidents []object
	alerts    []object
	timeline  map[string][]object // of incidents
	linked    map[string][]string // alerts of incidents
	logs      map[string][]object // of alerts
	schedules []object
	periods   []object
	ceiling   int
	forbidden string // prefix of paths that the key may not read
	asked     map[string]int
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func with(o object, more object) object {
	out := object{}
	for k, v := range o {
		out[k] = v
	}
	for k, v := range more {
		out[k] = v
	}
	return out
}

// synthetic returns an incident or alert of the API's shape.
func synthetic(id, created string, more object) object {
	return with(object{"id": id, "tinyId": "7", "message": "Queue grows", "status": "open", "priority": "P2", "createdAt": created, "updatedAt": created,
		"tags": []any{"eu", "billing"}, "ownerTeam": "", "responders": []any{}, "extraProperties": object{}}, more)
}

func entryOf(kind, when, text string) object {
	return object{"id": kind + when, "group": "incident", "type": kind, "eventTime": when, "hidden": false, "actor": object{"name": "Responder One", "type": "user"},
		"title": object{"type": "plain_text", "content": text}}
}

// crowd returns an account with n incidents and as many alerts of one afternoon, many of one second.
func crowd(n int) *account {
	a := &account{timeline: map[string][]object{}, linked: map[string][]string{}, logs: map[string][]object{}, ceiling: ceiling, asked: map[string]int{}}
	noon := at("2023-05-04T12:00:00Z")
	for i := range n {
		start := noon.Add(time.Duration(i) * 300 * time.Millisecond)
		when := func(minutes int) string {
			return start.Add(time.Duration(minutes) * time.Minute).Format("2006-01-02T15:04:05.000Z")
		}
		id := fmt.Sprintf("inc-%04d", i)
		a.incidents = append(a.incidents, synthetic(id, when(0), object{"status": "closed", "impactedServices": []any{"svc-1"}, "ownerTeam": "team-1"}))
		a.timeline[id] = []object{entryOf("IncidentCreated", when(0), "Created"), entryOf("IncidentResolved", when(30), "Resolved"), entryOf("IncidentClosed", when(40), "Closed")}
		alert := fmt.Sprintf("alert-%04d", i)
		a.linked[id] = []string{alert}
		a.alerts = append(a.alerts, with(synthetic(alert, when(-1), nil), object{"status": "closed", "acknowledged": true, "report": object{"ackTime": 240_000, "closeTime": 1_800_000, "closedBy": "Responder One"}}))
		a.logs[alert] = []object{{"log": "Alert created", "type": "system", "owner": "System", "createdAt": when(-1), "offset": "1"}}
	}
	return a
}

func (a *account) handler(t testing.TB) http.Handler {
	official := http.NewServeMux()
	official.HandleFunc("GET /v1/incidents/{$}", func(w http.ResponseWriter, r *http.Request) { a.list(w, r, a.incidents) })
	official.HandleFunc("GET /v2/alerts", func(w http.ResponseWriter, r *http.Request) { a.list(w, r, a.alerts) })
	official.HandleFunc("GET /v1/incidents/{id}", func(w http.ResponseWriter, r *http.Request) { one(w, a.incidents, r.PathValue("id")) })
	official.HandleFunc("GET /v2/alerts/{id}", func(w http.ResponseWriter, r *http.Request) { one(w, a.alerts, r.PathValue("id")) })
	official.HandleFunc("GET /v2/alerts/{id}/logs", func(w http.ResponseWriter, r *http.Request) { behind(w, r, a.logs[r.PathValue("id")]) })
	official.HandleFunc("GET /v2/alerts/{id}/notes", func(w http.ResponseWriter, r *http.Request) {
		behind(w, r, []object{{"note": "Restarted", "owner": "responder.two@example.com", "createdAt": "2023-05-04T12:10:00Z", "offset": "1"}})
	})
	official.HandleFunc("GET /v2/schedules", func(w http.ResponseWriter, r *http.Request) {
		answer(w, object{"data": append([]object{}, a.schedules...)})
	})
	official.HandleFunc("GET /v2/schedules/{id}/timeline", a.rendered)
	official.HandleFunc("GET /v2/account", func(w http.ResponseWriter, r *http.Request) {
		answer(w, object{"data": object{"name": "example", "userCount": 3, "plan": object{"name": "Enterprise"}}})
	})
	beside := http.NewServeMux() // what the description is too old for
	beside.HandleFunc("GET /v1/incidents/{id}/associated-alert-ids", func(w http.ResponseWriter, r *http.Request) { answer(w, object{"data": a.linked[r.PathValue("id")]}) })
	beside.HandleFunc("GET /v2/incident-timelines/{id}/entries", func(w http.ResponseWriter, r *http.Request) {
		all := a.timeline[r.PathValue("id")]
		from, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Query().Get("offset"), "opaque-"))
		end := min(len(all), from+20)
		data := object{"entries": all[from:end]}
		if end < len(all) {
			data["nextOffset"] = fmt.Sprint("opaque-", end)
		}
		answer(w, object{"data": data})
	})
	beside.HandleFunc("GET /v1/services/{id}", func(w http.ResponseWriter, r *http.Request) { named(w, r, object{"svc-1": object{"name": "Billing"}}) })
	beside.HandleFunc("GET /v2/teams/{id}", func(w http.ResponseWriter, r *http.Request) {
		named(w, r, object{"team-1": object{"name": "Payments"}})
	})
	beside.HandleFunc("GET /v2/users/{id}", func(w http.ResponseWriter, r *http.Request) {
		named(w, r, object{"user-1": object{"username": "one@example.com", "fullName": "Responder One"}})
	})
	checked := importertest.Contract(t, "testdata/openapi.json", official)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.asked[strings.Split(r.URL.Path, "/")[2]]++
		_, pattern := beside.Handler(r)
		switch {
		case r.Header.Get("Authorization") != "GenieKey synthetic-key":
			refuse(w, 401, "Could not authenticate")
		case a.forbidden != "" && strings.HasPrefix(r.URL.Path, a.forbidden):
			refuse(w, 403, "You are not authorized")
		case pattern != "":
			beside.ServeHTTP(w, r)
		default:
			checked.ServeHTTP(w, r)
		}
	})
}

var span = regexp.MustCompile(`^createdAt>(\d+) AND createdAt<=(\d+)$`)

// list answers a page of what was created in the period of the query, oldest first.
func (a *account) list(w http.ResponseWriter, r *http.Request, all []object) {
	q := r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("limit"))
	offset, _ := strconv.Atoi(q.Get("offset"))
	bounds := span.FindStringSubmatch(q.Get("query"))
	if limit > 100 || offset+limit > a.ceiling || bounds == nil && q.Get("query") != "status: open" {
		refuse(w, 422, "Request body is not processable")
		return
	}
	var fit []object
	for _, o := range all {
		if bounds != nil {
			ms := at(o["createdAt"].(string)).UnixMilli()
			from, _ := strconv.ParseInt(bounds[1], 10, 64)
			to, _ := strconv.ParseInt(bounds[2], 10, 64)
			if ms <= from || ms > to {
				continue
			}
		}
		fit = append(fit, o)
	}
	slices.SortStableFunc(fit, func(x, y object) int { return strings.Compare(x["createdAt"].(string), y["createdAt"].(string)) })
	end := min(len(fit), offset+limit)
	page := object{"data": append([]object{}, fit[min(offset, end):end]...)}
	if end < len(fit) { // the last page has no next, as some real answers
		page["paging"] = object{"next": "https://api.opsgenie.com" + r.URL.Path + "?offset=" + strconv.Itoa(end)}
	}
	answer(w, page)
}

// behind answers the entries behind an offset, which is the entry's own.
func behind(w http.ResponseWriter, r *http.Request, all []object) {
	q := r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("limit"))
	from := 0
	for i, e := range all {
		if e["offset"] == q.Get("offset") {
			from = i + 1
		}
	}
	end := min(len(all), from+limit)
	page := object{"data": append([]object{}, all[from:end]...), "paging": object{}}
	if end < len(all) {
		page["paging"] = object{"next": "https://api.opsgenie.com/next"}
	}
	answer(w, page)
}

func one(w http.ResponseWriter, all []object, id string) {
	for _, o := range all {
		if o["id"] == id {
			answer(w, object{"data": o})
			return
		}
	}
	refuse(w, 404, "Not found")
}

func named(w http.ResponseWriter, r *http.Request, all object) {
	if o, ok := all[r.PathValue("id")]; ok {
		answer(w, object{"data": o})
		return
	}
	refuse(w, 404, "Not found")
}

// rendered answers those periods of the schedule that begin in the twelve weeks from the date.
func (a *account) rendered(w http.ResponseWriter, r *http.Request) {
	from := at(r.URL.Query().Get("date"))
	periods := []any{}
	for _, p := range a.periods {
		if start := at(p["startDate"].(string)); !start.Before(from) && start.Before(from.Add(12*7*day)) {
			periods = append(periods, p)
		}
	}
	answer(w, object{"data": object{"finalTimeline": object{"rotations": []any{object{"id": "rot-1", "name": "Weekdays", "periods": periods}}}}})
}

func answer(w http.ResponseWriter, body object) {
	body["took"], body["requestId"] = 0.01, "synthetic"
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-RateLimit-State", "OK")
	json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(object{"message": message, "took": 0.0, "requestId": "synthetic"})
}

// config returns a connection to a server at url; more are settings beside the address and the key.
func config(url string, more ...string) importers.Config {
	cfg := importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "key": "synthetic-key"}}
	for i := 0; i < len(more); i += 2 {
		cfg.Settings[more[i]] = more[i+1]
	}
	return cfg
}
