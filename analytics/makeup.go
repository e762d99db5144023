package analytics

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"hindsight/incident"
)

// fewestMembers is of how few incidents no share is told.
const fewestMembers = 5

// Makeup is what the incidents of a problem have in common in one respect: its purity.
type Makeup struct {
	By      string // "service", "team", "factor" or "helper"
	Of      int    // incidents that say anything of it
	Silent  int    // incidents that do not
	Parts   []Portion
	Missing string // why Parts have no shares: "too few: 4 incidents"; else empty
}

// Portion is how many of the incidents have one value. An incident may have several.
type Portion struct {
	Key   string // id of a service or team; the factor or the name itself
	N     int
	Share Estimate // of Of, with Wilson's interval
}

// Makeups says what incidents have in common by service, team and factor, and who worked on them, the commonest values first. All of them count, also those
// that are in no other number.
func Makeups(incs []*incident.Incident) []Makeup {
	out := make([]Makeup, len(makeups))
	for i, m := range makeups {
		counts := map[string]int{}
		x := Makeup{By: m.by}
		for _, inc := range incs {
			values := distinct(m.of(inc))
			if len(values) == 0 {
				x.Silent++
				continue
			}
			x.Of++
			for _, v := range values {
				counts[v]++
			}
		}
		if x.Of < fewestMembers {
			x.Missing = "too few: " + incidents(x.Of)
		}
		for _, key := range slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) }) {
			p := Portion{Key: key, N: counts[key], Share: share(counts[key], x.Of)}
			if x.Missing != "" {
				p.Share = unknown(p.Share.Method, x.Of, x.Missing)
			}
			x.Parts = append(x.Parts, p)
		}
		out[i] = x
	}
	return out
}

// makeups are the respects in which incidents are compared, and what an incident says in each.
var makeups = []struct {
	by string
	of func(*incident.Incident) []string
}{
	{"service", func(inc *incident.Incident) []string {
		var out []string
		for _, u := range inc.Services {
			out = append(out, string(u.Service))
		}
		return out
	}},
	{"team", func(inc *incident.Incident) []string { return []string{string(inc.Team)} }},
	{"factor", func(inc *incident.Incident) []string {
		names, _, _ := contributing(inc.Factors)
		return names
	}},
	{"helper", func(inc *incident.Incident) []string {
		var out []string
		for _, p := range inc.People {
			if slices.Contains([]string{"resolver", "commander", "responder", "assignee"}, p.Role) {
				out = append(out, p.Name)
			}
		}
		return out
	}},
}

func distinct(values []string) []string {
	out := slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	slices.Sort(out)
	return slices.Compact(out)
}

// MembersHaving lists the incidents behind a Portion: those that have a value, those that have another, and those that do not say.
func MembersHaving(incs []*incident.Incident, by, key string) []Member {
	m := Members{}
	for _, x := range makeups {
		if x.by != by {
			continue
		}
		for _, inc := range incs {
			values := distinct(x.of(inc))
			switch {
			case len(values) == 0:
				m.add(by, inc, NotIn, "names no "+by)
			default:
				m.split(by, inc, slices.Contains(values, key), "")
			}
		}
	}
	return m[by]
}

// MembersSpent lists the incidents behind the figures of a Recurrence: figure is "interval", "rate", "incidents", "lasted", "lost",
// "returned" or "open". What does not count is left out with the reason, as are in "interval" and "rate" all alerts of one of floods but
// the first. since is when the problem was resolved.
func MembersSpent(incs []*incident.Incident, figure string, now, since time.Time, floods []Flood) []Member {
	m := Members{}
	behind := map[incident.ID]string{}
	if figure == "interval" || figure == "rate" {
		behind = behindFirst(incs, floods)
	}
	for _, inc := range incs {
		if why := inc.Uncounted(); why != "" {
			m.add(figure, inc, NotIn, why)
			continue
		}
		if why := behind[inc.ID]; why != "" {
			m.add(figure, inc, NotIn, why)
			continue
		}
		part, why := standing(inc, figure, now, since)
		m.add(figure, inc, part, why)
	}
	return m[figure]
}

// behindFirst says of the incidents that count, belong to a flood and are not the first of it that the flood counts once.
func behindFirst(incs []*incident.Incident, floods []Flood) map[incident.ID]string {
	of, first, out := floodsOf(floods), map[int]*incident.Incident{}, map[incident.ID]string{}
	inside := func(inc *incident.Incident) (int, bool) {
		f, is := of[inc.ID]
		return f, is && inc.Uncounted() == "" && !inc.StartedAt().IsZero()
	}
	for _, inc := range incs {
		if f, is := inside(inc); is && (first[f] == nil || inc.StartedAt().Before(first[f].StartedAt())) {
			first[f] = inc
		}
	}
	for _, inc := range incs {
		if f, is := inside(inc); is && first[f] != inc {
			out[inc.ID] = "of one flood of alerts with “" + first[f].Label() + "”, which counts for it"
		}
	}
	return out
}

// standing says how an incident that counts stands in a figure.
func standing(inc *incident.Incident, figure string, now, since time.Time) (Part, string) {
	at, year := inc.StartedAt(), now.AddDate(-1, 0, 0)
	either := func(yes bool, counted, beside string) (Part, string) {
		if yes {
			return Counted, counted
		}
		return Beside, beside
	}
	if figure == "open" {
		return either(!inc.Status.Over(), "goes on", "is over")
	}
	if at.IsZero() {
		return NotIn, "nobody knows when it began"
	}
	impact := inc.Milestones.Between(impactSpan(), inc.Status.Over(), now)
	switch figure {
	case "incidents":
		if at.Before(year) {
			return NotIn, "began before the last 12 months"
		}
		return Counted, ""
	case "rate":
		if at.Before(now.AddDate(-2, 0, 0)) {
			return NotIn, "began more than two years ago"
		}
		return either(!at.Before(year), "in the last 12 months", "in the 12 months before")
	case "returned":
		return either(at.After(since), "after it was resolved", "before it was resolved")
	case "lasted", "lost":
		return lasted(inc, impact, figure == "lost", now, year)
	}
	return Counted, ""
}

// lasted says whether the time that an incident took is in a sum over the last 12 months.
func lasted(inc *incident.Incident, impact incident.Duration, lost bool, now, year time.Time) (Part, string) {
	took := impact
	if !lost && impact.State == incident.NotApplicable {
		took = inc.Milestones.Between(incident.Span{From: []incident.MilestoneName{incident.Opened}, To: []incident.MilestoneName{incident.ResolvedAt}}, inc.Status.Over(), now)
	}
	ended := inc.StartedAt().Add(took.Value)
	switch {
	case !lost && inc.StartedAt().Before(year), lost && (took.State == incident.Recorded && !ended.After(year)):
		return NotIn, "before the last 12 months"
	case lost && took.State == incident.Recorded && took.Value == 0:
		return NotIn, "its impact begins and ends at one instant"
	case took.State == incident.Recorded, lost && took.State == incident.Pending:
		return Counted, incident.FormatDuration(took.Value)
	case took.State == incident.Pending:
		return NotIn, "still open"
	case took.State == incident.Invalid:
		return NotIn, "ends before it begins"
	}
	return NotIn, "nobody knows how long"
}
