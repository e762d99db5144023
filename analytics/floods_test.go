package analytics_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// alert is an incident that a monitor opened, so many weeks, and a while, after monday.
func alert(n, week int, later time.Duration, title string, services ...string) *incident.Incident {
	inc := failed(n, week, later, services...)
	inc.Origin, inc.Title = incident.OriginMonitor, title
	return inc
}

// burst returns n alerts of one service, a minute apart, from a while after monday on.
func burst(first, n, week int, later time.Duration, service string) []*incident.Incident {
	var out []*incident.Incident
	for i := range n {
		out = append(out, alert(first+i, week, later+time.Duration(i)*time.Minute, fmt.Sprintf("%s host %d down", service, i), service))
	}
	return out
}

// template keeps the letters of a title.
func template(title string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, title)
}

func floodsOf(t *testing.T, incs []*incident.Incident, deps ...incident.Dependencies) []string {
	t.Helper()
	live := analytics.NewLive(func() time.Time { return time.Unix(0, 0) })
	d := incident.Delta{Upto: 1, CaughtUp: true, Incidents: incs}
	for i, dep := range deps {
		body, err := json.Marshal(dep)
		if err != nil {
			t.Fatal(err)
		}
		d.Policies = append(d.Policies, incident.Policy{ID: incident.ID(fmt.Sprint("pol", i)), Kind: incident.DependenciesPolicy, Version: 1, Body: body})
	}
	if err := live.Apply(context.Background(), d); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range live.Snapshot().Floods(analytics.Query{}, template) {
		out = append(out, fmt.Sprintf("%s +%d in %v", f.Lead, len(f.Others), f.To.Sub(f.From)))
	}
	return out
}

func TestFloods(t *testing.T) {
	usual := []*incident.Incident{alert(900, 0, 0, "api slow", "api"), alert(901, 50, 0, "api slow", "api"), alert(902, 0, 0, "db slow", "db"), alert(903, 50, 0, "db slow", "db")}
	with := func(more ...[]*incident.Incident) []*incident.Incident {
		all := append([]*incident.Incident{}, usual...)
		for _, m := range more {
			all = append(all, m...)
		}
		return all
	}
	ticket := failed(800, 10, 3*time.Minute, "api")
	ticket.Origin = incident.OriginTicket
	elsewhere := failed(801, 10, 3*time.Minute, "web")
	elsewhere.Origin = incident.OriginTicket
	var tickets, busy []*incident.Incident
	for i := range 8 {
		x := failed(700+i, 10, time.Duration(i)*time.Minute, "api")
		x.Origin = incident.OriginTicket
		tickets = append(tickets, x)
	}
	for i := range 4000 { // every quarter of an hour, and one burst of six among them
		busy = append(busy, alert(2000+i, 0, time.Duration(i)*15*time.Minute, "api slow", "api"))
	}
	for _, tc := range []struct {
		name string
		incs []*incident.Incident
		deps []incident.Dependencies
		want []string
	}{
		{"of one service, behind the first", with(burst(1, 8, 10, 0, "api")), nil, []string{"inc_0001 +7 in 7m0s"}},
		{"four are none", with(burst(1, 4, 10, 0, "api")), nil, nil},
		{"behind what people opened meanwhile", with(burst(1, 8, 10, 0, "api"), []*incident.Incident{ticket, elsewhere}), nil, []string{"inc_0800 +8 in 7m0s"}},
		{"tickets of people are none", with(tickets), nil, nil},
		{"a gap parts two", with(burst(1, 8, 10, 0, "api"), burst(20, 5, 10, 7*time.Minute+analytics.FloodGap+time.Second, "api")), nil, []string{"inc_0001 +7 in 7m0s", "inc_0020 +4 in 4m0s"}},
		{"services that have nothing to do with each other", with(burst(1, 4, 10, 0, "api"), burst(20, 4, 10, 30*time.Second, "db")), nil, nil},
		{"a service and what it needs", with(burst(1, 4, 10, 0, "api"), burst(20, 4, 10, 30*time.Second, "db")), []incident.Dependencies{{Service: "api", Needs: []incident.Needs{{Services: []incident.ID{"db"}}}}}, []string{"inc_0001 +7 in 3m30s"}},
		{"one check on many services", with([]*incident.Incident{alert(1, 10, 0, "ping 1 lost", "a"), alert(2, 10, time.Minute, "ping 2 lost", "b"), alert(3, 10, 2*time.Minute, "ping 3 lost", "c"), alert(4, 10, 3*time.Minute, "ping 4 lost", "d"), alert(5, 10, 4*time.Minute, "ping 5 lost", "e")}), nil, []string{"inc_0001 +4 in 4m0s"}},
		{"an alert that joins two", with(burst(1, 3, 10, 0, "api"), burst(20, 3, 10, 10*time.Second, "db"), []*incident.Incident{alert(40, 10, 3*time.Minute, "both", "api", "db")}), nil, []string{"inc_0001 +6 in 3m0s"}},
		{"no more than usual", busy, nil, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := floodsOf(t, tc.incs, tc.deps...); strings.Join(got, "; ") != strings.Join(tc.want, "; ") {
				t.Errorf("floods %q, want %q", got, tc.want)
			}
		})
	}
}

// The floods of an hour are those of all time that touch it, and each says why it is one.
func TestFloodsOfAPeriod(t *testing.T) {
	incs := append(burst(1, 30, 10, 0, "api"), burst(100, 6, 20, 0, "api")...)
	incs[3].ExcludeReason = "a test"
	incs = append(incs, alert(900, 0, 0, "api slow", "api"), alert(901, 50, 0, "api slow", "api"))
	s := snapshot(t, incs)
	all := s.Floods(analytics.Query{}, template)
	at := monday.AddDate(0, 0, 70).Add(20 * time.Minute)
	some := s.Floods(analytics.Query{From: at, To: at.Add(time.Hour)}, template)
	if len(all) != 2 || len(some) != 1 || some[0].Lead != "inc_0001" || !some[0].From.Equal(all[0].From) || len(some[0].Others) != 29 {
		t.Fatalf("floods %+v, in the hour %+v", all, some)
	}
	if all[0].Counted != 29 || analytics.Once(all) != 28+5 {
		t.Errorf("%d count, %d less when counted once; want 29 and 33", all[0].Counted, analytics.Once(all))
	}
	// Eight others in the record of 50 weeks: in 29 and 5 minutes there are 8 · 34 / 504000 = 0.0005 of them.
	if got := all[0].Sentence(); got != "30 alerts of api within 29m, each at most 5m after the one before; usually next to none in so long a time" {
		t.Errorf("sentence %q", got)
	}
}
