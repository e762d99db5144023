package reports

import (
	"fmt"
	"strings"

	"hindsight/analytics"
)

// Process returns how each step of the company's own rules was kept, a row for each group and step.
func Process(groups []analytics.ProcessGroup) Table {
	t := Table{ID: "process", Title: "How the rules were kept", Columns: []Column{{Key: "by", Title: "By", Unit: Text}, {Key: "group", Title: "Group", Unit: Text}, {Key: "step", Title: "Step", Unit: Text}}}
	t.Columns = append(t.Columns, estimateColumns("kept", "Kept", Share)...)
	for _, c := range [][2]string{{"kept", "Kept by"}, {"of", "Of"}, {"missed", "Too late"}, {"late", "Late now"}, {"waiting", "Still in time"}, {"unsaid", "Not known"}} {
		t.Columns = append(t.Columns, Column{Key: c[0], Title: c[1], Unit: Count})
	}
	for _, g := range groups {
		for _, c := range g.Steps {
			row := append([]Cell{Str(string(g.By)), Str(g.Name), Str(c.Words)}, EstimateCells(c.Share)...)
			t.Rows = append(t.Rows, append(row, whole(c.Kept), whole(c.Judged()), whole(c.Missed), whole(c.Late), whole(c.Waiting), whole(c.Unsaid)))
			t.Source.N += c.Judged()
		}
	}
	return t
}

// ProcessAcross sets groups against the steps that were asked of any of them; each cell says share, interval and count, and leads to the incidents.
func ProcessAcross(id, noun string, groups []analytics.ProcessGroup, link func(step string, g analytics.ProcessGroup) string) Table {
	t := Table{ID: id, Title: "By " + strings.ToLower(noun), Columns: []Column{{Key: "group", Title: noun, Unit: Text}, {Key: "incidents", Title: "Incidents", Unit: Count}}}
	var asked []analytics.ProcessStep
	for _, step := range analytics.ProcessSteps {
		for _, g := range groups {
			if _, is := g.Step(step.Name); is {
				asked = append(asked, step)
				t.Columns = append(t.Columns, Column{Key: step.Name, Title: strings.ToUpper(step.Words[:1]) + step.Words[1:], Unit: Text})
				break
			}
		}
	}
	for _, g := range groups {
		row := []Cell{Str(g.Name), whole(g.Incidents)}
		for _, step := range asked {
			c, is := g.Step(step.Name)
			cell := Missing("not asked for")
			if is {
				cell = Str(KeptWords(c))
				cell.Link = link(step.Name, g)
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// KeptWords says how a step was kept: "80.0 % (49.0 % to 94.3 %), 8 of 10"; from few incidents the count alone.
func KeptWords(c analytics.ProcessCount) string {
	n := fmt.Sprintf("%s of %s", Format(Count, float64(c.Kept)), Format(Count, float64(c.Judged())))
	switch {
	case c.Share.Known() && c.Share.Low != nil && c.Share.High != nil:
		return fmt.Sprintf("%s (%s to %s), %s", Format(Share, *c.Share.Value), Format(Share, *c.Share.Low), Format(Share, *c.Share.High), n)
	case c.Judged() > 0:
		return n + ", too few to tell"
	case c.Waiting > 0:
		return "all still in time"
	}
	return "not known"
}

// ProcessLate lists what is late, by team and step; teams are in the order of their names.
func ProcessLate(groups []analytics.ProcessGroup, link func(step string, g analytics.ProcessGroup) string) Table {
	t := Table{ID: "late", Title: "Late now", Columns: []Column{{Key: "team", Title: "Team", Unit: Text}, {Key: "step", Title: "Step", Unit: Text}, {Key: "late", Title: "Incidents", Unit: Count}, {Key: "since", Title: "The oldest was due", Unit: Instant}}}
	for _, g := range groups {
		for _, c := range g.Steps {
			if c.Late == 0 {
				continue
			}
			n, since := whole(c.Late), Missing("the rule gives no date")
			n.Link = link(c.Name, g)
			if !c.OldestDue.IsZero() {
				since = Cell{Time: c.OldestDue}
			}
			t.Rows = append(t.Rows, []Cell{Str(g.Name), Str(c.Words), n, since})
		}
	}
	return t
}
