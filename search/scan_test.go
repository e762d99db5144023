package search

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// condition of a scan: what one clause says of an incident, worked out from the incident itself.
type said struct {
	text  string
	holds func(*incident.Incident) bool
}

// corpus is made-up incidents that share few values, so that every condition selects some.
type corpus struct {
	rng  *rand.Rand
	docs map[incident.ID]*incident.Incident
	seq  incident.Seq
}

var (
	scanTitles   = []string{"disk", "cache", "queue", "router"} // each is its own stem
	scanTags     = []string{"red", "green", "blue"}
	scanPriority = []string{"", "P1", "P2", "2 - High"}
	scanUsers    = []incident.ID{"", "", "usr_1", "usr_2"}
	scanTeams    = []incident.ID{"", "", "team_2", "team_3"}
)

func (c *corpus) pick(n int) int { return c.rng.IntN(n) }

func (c *corpus) incident(id incident.ID) *incident.Incident {
	c.seq++
	inc := &incident.Incident{ID: id, Seq: c.seq, Title: scanTitles[c.pick(4)] + " " + scanTitles[c.pick(4)], Severity: incident.Severity(c.pick(6)),
		Status: incident.Statuses[c.pick(len(incident.Statuses))], Kind: incident.Kinds[c.pick(len(incident.Kinds))], Origin: incident.Origins[c.pick(len(incident.Origins))],
		Team: incident.ID([]string{"", "team_1", "team_2"}[c.pick(3)]), PriorityRaw: scanPriority[c.pick(4)], Private: c.pick(5) == 0,
		Ref: incident.Ref{Connection: incident.ID([]string{"con_1", "con_2"}[c.pick(2)])}}
	if c.pick(3) == 0 {
		inc.Audience = incident.NewAudience([]incident.ID{scanUsers[c.pick(4)]}, []incident.ID{scanTeams[c.pick(4)]})
	}
	for range c.pick(3) {
		n := c.pick(3)
		inc.Services = append(inc.Services, incident.ServiceUse{Service: incident.ID(fmt.Sprint("svc_", n)), Name: "unit" + fmt.Sprint(n)})
		inc.Tags = append(inc.Tags, scanTags[n])
	}
	if c.pick(6) > 0 {
		day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, c.pick(700))
		inc.Milestones.Set(incident.Opened, day, incident.ToSecond, incident.FromField, "made", "")
	}
	return inc
}

// delta changes, adds and removes some.
func (c *corpus) delta() incident.Delta {
	d := incident.Delta{Timelines: map[incident.ID][]incident.TimelineEvent{}}
	touched := map[incident.ID]bool{}
	for range 60 {
		id := incident.ID(fmt.Sprintf("inc%03d", c.pick(150)))
		if touched[id] {
			continue
		}
		touched[id] = true
		if c.pick(6) == 0 {
			delete(c.docs, id)
			d.Gone = append(d.Gone, id)
			continue
		}
		c.docs[id] = c.incident(id)
		d.Incidents = append(d.Incidents, c.docs[id])
	}
	d.Upto = c.seq
	return d
}

func opened2024(from, to string) func(*incident.Incident) bool {
	return func(inc *incident.Incident) bool {
		at := inc.Milestones.At(incident.Opened)
		return !at.IsZero() && !at.Before(day(from)) && at.Before(day(to))
	}
}

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

// clause makes one up.
func (c *corpus) clause() said {
	word, tag, n := scanTitles[c.pick(4)], scanTags[c.pick(3)], c.pick(6)
	status := incident.Statuses[c.pick(len(incident.Statuses))]
	all := []said{
		{"title:" + word, func(inc *incident.Incident) bool { return slices.Contains(strings.Fields(inc.Title), word) }},
		{word, func(inc *incident.Incident) bool { return slices.Contains(strings.Fields(inc.Title), word) }},
		{"title:" + word[:3] + "*", func(inc *incident.Incident) bool { return slices.Contains(strings.Fields(inc.Title), word) }},
		{`title:"` + word + ` disk"`, func(inc *incident.Incident) bool { return inc.Title == word+" disk" }},
		{"tag:" + tag, func(inc *incident.Incident) bool { return slices.Contains(inc.Tags, tag) }},
		{"sev:" + strings.Replace(strconv.Itoa(n), "0", "unset", 1), func(inc *incident.Incident) bool { return int(inc.Severity) == n }},
		{"sev:1|2", func(inc *incident.Incident) bool { return inc.Severity == 1 || inc.Severity == 2 }},
		{"status:" + string(status), func(inc *incident.Incident) bool { return inc.Status == status }},
		{"status:open", func(inc *incident.Incident) bool { return !inc.Status.Over() }},
		{"service:unit1", func(inc *incident.Incident) bool {
			return slices.ContainsFunc(inc.Services, func(s incident.ServiceUse) bool { return s.Name == "unit1" })
		}},
		{"team:reliability", func(inc *incident.Incident) bool { return inc.Team == "team_1" }},
		{"priority:p1", func(inc *incident.Incident) bool { return inc.PriorityRaw == "P1" }},
		{"priority:high", func(inc *incident.Incident) bool { return inc.PriorityRaw == "2 - High" }},
		{"source:other", func(inc *incident.Incident) bool { return inc.Ref.Connection == "con_2" }},
		{"kind:drill", func(inc *incident.Incident) bool { return inc.Kind == incident.Drill }},
		{"opened:2024-Q2", opened2024("2024-04-01", "2024-07-01")},
		{"started:>=2025", opened2024("2025-01-01", "9999-01-01")},
		{"started:..2024-06", opened2024("0001-01-01", "2024-07-01")},
	}
	chosen := all[c.pick(len(all))]
	if c.pick(4) == 0 {
		return said{"-" + chosen.text, func(inc *incident.Incident) bool { return !chosen.holds(inc) }}
	}
	return chosen
}

// sight makes up who looks.
func (c *corpus) sight() incident.Sight {
	return []incident.Sight{{}, {All: true}, {User: "usr_1"}, {User: "usr_2", Teams: []incident.ID{"team_1"}}, {User: "usr_3", Teams: []incident.ID{"team_2", "team_3"}},
		{User: "usr_4", Teams: []incident.ID{"team_3"}}, {Teams: []incident.ID{"team_none"}}}[c.pick(7)]
}

// filter makes a filter up, and says what it means by facet; "" for the rest.
func (c *corpus) filter() (incident.Filter, map[string]func(*incident.Incident) bool) {
	f := incident.Filter{Sight: c.sight(), Sort: []incident.Sort{"", incident.NewestFirst, incident.OldestFirst, incident.WorstFirst, incident.RecentlyMoved}[c.pick(5)], Limit: 1 + c.pick(30)}
	means := map[string]func(*incident.Incident) bool{}
	if c.pick(3) == 0 {
		f.Severities = []incident.Severity{1, 3}
		means["severity"] = func(inc *incident.Incident) bool { return inc.Severity == 1 || inc.Severity == 3 }
	}
	if c.pick(3) == 0 {
		f.Services = []incident.ID{"svc_0", "svc_2"}
		means["service"] = func(inc *incident.Incident) bool {
			return slices.ContainsFunc(inc.Services, func(s incident.ServiceUse) bool { return s.Service == "svc_0" || s.Service == "svc_2" })
		}
	}
	if c.pick(4) == 0 {
		f.Tags = []string{"green"}
		means["tag"] = func(inc *incident.Incident) bool { return slices.Contains(inc.Tags, "green") }
	}
	var rest []func(*incident.Incident) bool
	if c.pick(4) == 0 {
		f.Counted = true
		rest = append(rest, func(inc *incident.Incident) bool { return inc.Uncounted() == "" })
	}
	if c.pick(4) == 0 {
		f.NotServices = []incident.ID{"svc_1"}
		rest = append(rest, func(inc *incident.Incident) bool {
			return !slices.ContainsFunc(inc.Services, func(s incident.ServiceUse) bool { return s.Service == "svc_1" })
		})
	}
	if c.pick(4) == 0 {
		f.From, f.To = day("2024-03-01"), day("2025-03-01")
		rest = append(rest, opened2024("2024-03-01", "2025-03-01"))
	}
	if c.pick(6) == 0 {
		f.IDs = []incident.ID{"inc001", "inc002", "inc100", "inc999", "inc003"}
		rest = append(rest, func(inc *incident.Incident) bool { return slices.Contains(f.IDs, inc.ID) })
	}
	means[""] = func(inc *incident.Incident) bool {
		return inc.SeenBy(f.Sight) && !slices.ContainsFunc(rest, func(holds func(*incident.Incident) bool) bool { return !holds(inc) })
	}
	return f, means
}

// scan returns what clauses and filter select, in the order of the filter, without one facet's condition.
func (c *corpus) scan(clauses []said, means map[string]func(*incident.Incident) bool, sort incident.Sort, without string) []*incident.Incident {
	var out []*incident.Incident
	for _, inc := range c.docs {
		ok := true
		for _, cl := range clauses {
			ok = ok && cl.holds(inc)
		}
		for facet, holds := range means {
			ok = ok && (facet == without && facet != "" || holds(inc))
		}
		if ok {
			out = append(out, inc)
		}
	}
	start := func(inc *incident.Incident) int64 { return inc.StartedAt().Unix() }
	rank := func(inc *incident.Incident) int { return (int(inc.Severity) + 5) % 6 }
	slices.SortFunc(out, func(a, b *incident.Incident) int {
		by := 0
		switch sort {
		case incident.OldestFirst:
			by = cmp.Compare(start(a), start(b))
		case incident.WorstFirst:
			by = cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(start(b), start(a)))
		case incident.RecentlyMoved:
			by = cmp.Compare(b.Seq, a.Seq)
		default:
			by = cmp.Compare(start(b), start(a))
		}
		return cmp.Or(by, cmp.Compare(a.ID, b.ID))
	})
	return out
}

// valuesOf returns an incident's values of a facet.
func valuesOf(inc *incident.Incident, facet string) map[string]bool {
	out := map[string]bool{}
	switch facet {
	case "severity":
		out[strconv.Itoa(int(inc.Severity))] = true
	case "status":
		out[string(inc.Status)] = true
	case "team":
		out[string(inc.Team)] = true
	case "priority":
		out[inc.PriorityRaw] = true
	case "connection":
		out[string(inc.Ref.Connection)] = true
	case "kind":
		out[string(inc.Kind)] = true
	case "origin":
		out[string(inc.Origin)] = true
	case "service":
		for _, s := range inc.Services {
			out[string(s.Service)] = true
		}
	case "tag":
		for _, t := range inc.Tags {
			out[t] = true
		}
	}
	delete(out, "")
	return out
}

// TestColumnsAgainstScan: what columns and index answer is what looking at every incident gives, through changes, deletions and a restart.
func TestColumnsAgainstScan(t *testing.T) {
	for seed := range uint64(6) {
		dir := t.TempDir()
		x, err := Open(dir, silent)
		if err != nil {
			t.Fatal(err)
		}
		c := &corpus{rng: rand.New(rand.NewPCG(seed, 5)), docs: map[incident.ID]*incident.Incident{}}
		for round := range 6 {
			d := c.delta()
			if round == 0 {
				d.Teams = []incident.Team{{ID: "team_1", Name: "Site Reliability"}, {ID: "team_2", Name: "Payments"}}
			}
			if err := x.Apply(context.Background(), d); err != nil {
				t.Fatal(err)
			}
			if round == 4 {
				if err := x.Close(); err != nil {
					t.Fatal(err)
				}
				if x, err = Open(dir, silent); err != nil {
					t.Fatal(err)
				}
			}
			for range 60 {
				c.check(t, x)
			}
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// check asks one made-up question of both.
func (c *corpus) check(t *testing.T, x *Index) {
	t.Helper()
	var clauses []said
	var parts []string
	for range c.pick(4) {
		clauses = append(clauses, c.clause())
		parts = append(parts, clauses[len(clauses)-1].text)
	}
	f, means := c.filter()
	query := strings.Join(parts, " ")
	want := c.scan(clauses, means, f.Sort, "")
	got := found(t, x, query, f)
	if got.Total != len(want) {
		t.Fatalf("Search(%q, %+v): total %d, want %d", query, f, got.Total, len(want))
	}
	if q, _ := Parse(query); f.Sort != "" || !q.Words() { // the best match first is not for a scan to say
		var first []string
		for _, inc := range want[:min(len(want), f.Limit)] {
			first = append(first, string(inc.ID))
		}
		if ids(got) != strings.Join(first, " ") {
			t.Fatalf("Search(%q, %+v) = %s, want %s", query, f, ids(got), strings.Join(first, " "))
		}
	}
	for _, facet := range FacetNames {
		counts := map[string]int{}
		for _, inc := range c.scan(clauses, means, "", facet) {
			for v := range valuesOf(inc, facet) {
				counts[v]++
			}
		}
		have := map[string]int{}
		for _, b := range got.Facets[facet] {
			have[b.Value] = b.Count
		}
		if !maps.Equal(have, counts) {
			t.Fatalf("Search(%q, %+v): %s counts %v, want %v", query, f, facet, have, counts)
		}
	}
}
