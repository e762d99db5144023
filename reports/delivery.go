package reports

import (
	"net/url"
	"strings"

	"hindsight/analytics"
	"hindsight/incident"
)

// Delivery returns the figures of delivery of some groups, a row each. What stands in the first column is called noun; keys
// of services lead to the figures of the service alone.
func Delivery(id, title, noun string, groups []analytics.DeliveryGroup) Table {
	t := Table{ID: id, Title: title, Columns: []Column{{Key: incident.Slug(noun), Title: noun, Unit: Text}, {Key: "deployments", Title: "Deployments", Unit: Count}}}
	t.Columns = append(t.Columns, estimateColumns("per_day", "Per day", Count)...)
	t.Columns = append(t.Columns, Column{Key: "failed", Title: "Failed", Unit: Count})
	t.Columns = append(t.Columns, estimateColumns("fail_rate", "Change fail rate", Share)...)
	t.Columns = append(t.Columns, Column{Key: "fail_rate_by_chance_share", Title: "By chance alone", Unit: Share},
		Column{Key: "failed_by_word", Title: "Failed by somebody's word", Unit: Count},
		Column{Key: "recovery_median_seconds", Title: "Recovery, median", Unit: Seconds}, Column{Key: "recovery_open", Title: "Not recovered", Unit: Count})
	for _, g := range groups {
		name := Str(g.Label)
		if g.Key != "" && g.From.Equal(groups[0].From) && len(groups) > 0 && noun == "Service" {
			name.Link = "/delivery?service=" + url.QueryEscape(g.Key)
		}
		row := append([]Cell{name, whole(g.Deployments)}, EstimateCells(g.PerDay)...)
		row = append(append(row, whole(g.Failed)), EstimateCells(g.FailRate)...)
		row = append(row, orNone(g.FailChance, "no deployment"), whole(g.Said), cell(g.Recovery), whole(g.Open))
		t.Rows = append(t.Rows, row)
	}
	return t
}

// orNone returns a number, or why there is none.
func orNone(x *float64, why string) Cell {
	if x == nil {
		return Missing(why)
	}
	return Num(*x)
}

// basisWords say why a deployment counts as failed, or an incident is laid to it.
var basisWords = map[analytics.AttributionBasis]string{
	analytics.SaidByPerson: "confirmed by a person", analytics.SaidBySource: "its source says that it failed", analytics.NearInTime: "suspected: near in time",
	analytics.Denied: "a person says that no change brought it about", analytics.Unattributed: "unattributed",
}

// BasisWords returns a basis in words for people.
func BasisWords(b analytics.AttributionBasis) string { return basisWords[b] }

// Failures lists failed deployments, newest first, each with the incidents that are laid to it. Those that a viewer may not
// see are not among them, for the report was not asked for them.
func Failures(failed []analytics.FailedDeployment) Table {
	t := Table{ID: "failed-deployments", Title: "Failed deployments", Columns: []Column{
		{Key: "deployment", Title: "Deployment", Unit: Text}, {Key: "services", Title: "Services", Unit: Text}, {Key: "made_at", Title: "Made", Unit: Instant},
		{Key: "why", Title: "Why it counts as failed", Unit: Text}, {Key: "incident", Title: "Incident", Unit: Text},
		{Key: "after_seconds", Title: "Began after", Unit: Seconds}, {Key: "recovery_seconds", Title: "Recovered in", Unit: Seconds}}}
	for _, f := range failed {
		head := []Cell{Str(orWord(f.Change.Title, "Untitled change")), Str(serviceNames(f.Change)), {Time: f.Change.At()}}
		if len(f.Incidents) == 0 {
			t.Rows = append(t.Rows, append(head, Str(basisWords[f.Basis]), Missing("no incident"), Missing("no incident"), recovery(f)))
		}
		for _, a := range f.Incidents {
			name := Str(orWord(a.Title, orWord(a.Number, string(a.ID))))
			name.Link = "/incidents/" + string(a.ID)
			t.Rows = append(t.Rows, append(head[:3:3], Str(basisWords[a.Basis]), name, Num(a.After.Seconds()), recovery(f)))
		}
	}
	return t
}

func recovery(f analytics.FailedDeployment) Cell {
	switch {
	case f.Unknown:
		return Missing("its end is not known")
	case f.Recovered.IsZero():
		return Missing("not yet")
	}
	return Num(f.Recovered.Sub(f.Change.At()).Seconds())
}

func orWord(text, word string) string {
	if text == "" {
		return word
	}
	return text
}

func serviceNames(c incident.ChangeEvent) string {
	var names []string
	for _, u := range c.Services {
		names = append(names, u.Name)
	}
	return strings.Join(names, ", ")
}
