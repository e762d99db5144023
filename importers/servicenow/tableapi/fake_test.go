package tableapi

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

// fake is a synthetic instance: there is no official description of the Table API in a form that a test could hold it to.
// It does what the vendor documents of encoded queries, limits, offsets, counts and display values, cuts rows by access
// rules after the page was made, and gives up on pages that are too large within an answer of status 200.
type fake struct {
	tables    map[string][]map[string]string
	shown     map[string]string // display values by value
	hidden    map[string]bool   // sys_ids that access rules hide
	forbidden []string          // tables that may not be read
	most      int               // rows of a page before the quota is used up; 0: no quota
	cut       bool              // answers beyond the quota are cut off instead
	noCount   bool              // no X-Total-Count, a Link instead
	asked     []string
	change    func() // before each answer
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if user, password, _ := r.BasicAuth(); user != "reader" || password != "key" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if f.change != nil {
		f.change()
	}
	table, q := strings.TrimPrefix(r.URL.Path, "/api/now/table/"), r.URL.Query()
	f.asked = append(f.asked, table+"?"+q.Get("sysparm_query"))
	w.Header().Set("Content-Type", "application/json")
	if slices.Contains(f.forbidden, table) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error":{"message":"User Not Authorized","detail":"Failed API level ACL Validation"},"status":"failure"}`)
		return
	}
	found, err := find(f.tables[table], q.Get("sysparm_query"))
	if err != nil || q.Get("sysparm_display_value") != "all" {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":{"message":%q},"status":"failure"}`, fmt.Sprint(err))
		return
	}
	limit, _ := strconv.Atoi(q.Get("sysparm_limit"))
	offset, _ := strconv.Atoi(q.Get("sysparm_offset"))
	page := found[min(offset, len(found)):min(offset+limit, len(found))]
	if f.noCount {
		if offset+limit < len(found) {
			w.Header().Set("Link", fmt.Sprintf(`<https://example.service-now.com/%s?sysparm_offset=%d>;rel="next"`, r.URL.Path, offset+limit))
		}
	} else {
		w.Header().Set("X-Total-Count", strconv.Itoa(len(found)))
	}
	f.write(w, page, q.Get("sysparm_fields"))
}

func (f *fake) write(w http.ResponseWriter, page []map[string]string, fields string) {
	result := []any{}
	for _, r := range page {
		if f.hidden[r["sys_id"]] {
			continue
		}
		out := map[string]any{}
		for column, value := range r {
			if fields == "" || slices.Contains(strings.Split(fields, ","), column) {
				out[column] = map[string]any{"value": value, "display_value": f.display(value)}
			}
		}
		result = append(result, out)
	}
	text, _ := json.Marshal(map[string]any{"result": result})
	if f.most > 0 && len(page) > f.most {
		if f.cut {
			w.Write(text[:len(text)/2])
			return
		}
		text, _ = json.Marshal(map[string]any{"result": result[:1], "status": "failure", "error": map[string]any{"message": "Transaction cancelled: maximum execution time exceeded"}})
	}
	w.Write(text)
}

// display shows times in the reading user's zone and format, which must not be read.
func (f *fake) display(value string) string {
	if at, err := time.Parse(time.DateTime, value); err == nil && at.Year() > 1990 {
		return at.Add(9 * time.Hour).Format("02/01/2006 03:04:05 PM")
	}
	if text, ok := f.shown[value]; ok {
		return text
	}
	return value
}

// find does what an encoded query means; ^OR binds to the condition before it. Without an order the rows come in none.
func find(rows []map[string]string, query string) ([]map[string]string, error) {
	var all [][]string
	var order []string
	for part := range strings.SplitSeq(query, "^") {
		switch {
		case strings.HasPrefix(part, "ORDERBYDESC"):
			order = append(order, "-"+strings.TrimPrefix(part, "ORDERBYDESC"))
		case strings.HasPrefix(part, "ORDERBY"):
			order = append(order, strings.TrimPrefix(part, "ORDERBY"))
		case strings.HasPrefix(part, "OR"):
			all[len(all)-1] = append(all[len(all)-1], strings.TrimPrefix(part, "OR"))
		default:
			all = append(all, []string{part})
		}
	}
	out := slices.Clone(rows)
	for _, any := range all {
		var tests []func(map[string]string) bool
		for _, c := range any {
			test, err := compile(c)
			if err != nil {
				return nil, err
			}
			tests = append(tests, test)
		}
		out = slices.DeleteFunc(out, func(r map[string]string) bool {
			return !slices.ContainsFunc(tests, func(test func(map[string]string) bool) bool { return test(r) })
		})
	}
	slices.SortStableFunc(out, func(a, b map[string]string) int {
		for _, column := range order {
			name, down := strings.CutPrefix(column, "-")
			if c := strings.Compare(a[name], b[name]); c != 0 {
				if down {
					return -c
				}
				return c
			}
		}
		return 0
	})
	return out, nil
}

// compile returns what a condition means.
func compile(condition string) (func(map[string]string) bool, error) {
	if column, ok := strings.CutSuffix(condition, "ISNOTEMPTY"); ok {
		return func(r map[string]string) bool { return r[column] != "" }, nil
	}
	for _, op := range []string{">=", "<=", ">", "<", "=", "IN"} {
		column, value, ok := strings.Cut(condition, op)
		if !ok {
			continue
		}
		list := map[string]bool{}
		for v := range strings.SplitSeq(value, ",") {
			list[v] = true
		}
		return func(r map[string]string) bool {
			switch c := strings.Compare(r[column], value); op {
			case ">=":
				return c >= 0
			case "<=":
				return c <= 0
			case ">":
				return c > 0
			case "<":
				return c < 0
			case "=":
				return c == 0
			}
			return list[r[column]]
		}, nil
	}
	return nil, fmt.Errorf("condition %q is not understood", condition)
}

func id(kind string, n int) string { return fmt.Sprintf("%s%031x", kind, n) }

var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func at(minutes int) string {
	return start.Add(time.Duration(minutes) * time.Minute).Format(time.DateTime)
}

// newFake makes 260 incidents, 150 of which were last changed in one second, as by a scheduled job. The first twenty have a
// service level, a comment, a work note and two changes of state each.
func newFake() *fake {
	f := &fake{tables: map[string][]map[string]string{}, hidden: map[string]bool{}, shown: map[string]string{
		"1": "Neu", "2": "In Bearbeitung", "6": "Gelöst", "7": "Geschlossen", "p1": "Responder One"}}
	add := func(table string, r map[string]string) { f.tables[table] = append(f.tables[table], r) }
	for n := range 260 {
		key, updated := id("a", n*7919%260), at(n)
		if n >= 60 && n < 210 {
			updated = at(60)
		}
		add(incidents, map[string]string{"sys_id": key, "number": fmt.Sprintf("INC%07d", n), "short_description": fmt.Sprintf("Synthetic incident %d", n), "state": "6", "priority": "2",
			"opened_at": at(n - 500), "sys_created_on": at(n - 500), "sys_updated_on": updated, "resolved_at": at(n - 400), "assigned_to": "p1", "work_notes": ""})
		if n >= 20 {
			continue
		}
		add("task_sla", map[string]string{"sys_id": id("b", n), "task": key, "sla": "P2 resolution", "sla.target": "resolution", "sla.duration": "1970-01-01 04:00:00",
			"stage": "completed", "has_breached": "true", "start_time": at(n - 500), "end_time": at(n - 400)})
		add("sys_journal_field", map[string]string{"sys_id": id("c", n), "name": "incident", "element": "comments", "element_id": key, "value": "Seen by the caller", "sys_created_on": at(n - 480), "sys_created_by": "responder.one"})
		add("sys_journal_field", map[string]string{"sys_id": id("d", n), "name": "incident", "element": "work_notes", "element_id": key, "value": "For the team", "sys_created_on": at(n - 470), "sys_created_by": "responder.one"})
		add("sys_audit", map[string]string{"sys_id": id("e", n), "tablename": "incident", "documentkey": key, "fieldname": "state", "oldvalue": "1", "newvalue": "2", "user": "responder.one", "sys_created_on": at(n - 490)})
		add("sys_audit", map[string]string{"sys_id": id("f", n), "tablename": "incident", "documentkey": key, "fieldname": "state", "oldvalue": "2", "newvalue": "6", "user": "responder.one", "sys_created_on": at(n - 400)})
	}
	add(changes, map[string]string{"sys_id": id("9", 1), "number": "CHG0000001", "short_description": "Synthetic change", "state": "3", "close_code": "successful", "category": "Network",
		"work_start": at(-600), "work_end": at(-590), "sys_updated_on": at(-500), "business_service": "checkout"})
	add(changes, map[string]string{"sys_id": id("9", 2), "number": "CHG0000002", "short_description": "Nobody knows when", "state": "-5", "sys_updated_on": at(-500)})
	return f
}

func config(url string) importers.Config {
	return importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "user": "reader", "password": "key"}}
}

func input(t *testing.T, url string) importers.Input {
	cfg := config(url)
	client, clock := importertest.Client(t, Source(), cfg)
	return importers.Input{Config: cfg, Client: client, Now: clock.Now()}
}
