package web

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

// fold puts the rows of each alert flood behind the one that leads it, or where that is not among the rows behind the oldest. It
// returns the rows that are left and how many were folded.
func (s *Server) fold(r *request, rows []frontend.IncidentRow) ([]frontend.IncidentRow, int) {
	behind, lead := map[incident.ID]incident.ID{}, map[incident.ID]analytics.Flood{} // by the row that stays
	for _, near := range crowded(rows) {
		for _, f := range s.Floods(near.From, near.To, r.viewer.Sight()) {
			stays := staying(f, rows)
			if stays == "" {
				continue
			}
			lead[stays] = f
			for _, id := range append(slices.Clone(f.Others), f.Lead) {
				if id != stays {
					behind[id] = stays
				}
			}
		}
	}
	folded := map[incident.ID][]frontend.Link{}
	var out []frontend.IncidentRow
	for _, row := range rows {
		if to, is := behind[row.Incident.ID]; is {
			folded[to] = append(folded[to], frontend.Link{Label: cmp.Or(row.Incident.Title, row.Incident.Label()), Path: frontend.IncidentPath(row.Incident.ID)})
			continue
		}
		out = append(out, row)
	}
	for i := range out {
		if here := folded[out[i].Incident.ID]; len(here) > 0 {
			out[i].Folded = foldedRow(lead[out[i].Incident.ID], here, r.zone())
		}
	}
	return out, len(rows) - len(out)
}

func foldedRow(f analytics.Flood, here []frontend.Link, zone *time.Location) *frontend.FoldedAlerts {
	out := &frontend.FoldedAlerts{Label: fmt.Sprintf("+ %s within %s", number(len(f.Others), "alert"), incident.FormatDuration(f.Length())), Why: capital(f.Sentence()) + ".", Here: here}
	if f.Opened {
		out.Why += " People opened this one meanwhile."
	}
	if len(here) < len(f.Others) {
		out.All = timeOf(f, zone)
	}
	return out
}

// staying returns which of the rows stands for a flood; empty: fewer than two of it are among them.
func staying(f analytics.Flood, rows []frontend.IncidentRow) incident.ID {
	var oldest *incident.Incident
	n, led := 0, false
	for _, row := range rows {
		id := row.Incident.ID
		if id != f.Lead && !slices.Contains(f.Others, id) {
			continue
		}
		n++
		led = led || id == f.Lead
		if oldest == nil || row.Incident.StartedAt().Before(oldest.StartedAt()) {
			oldest = row.Incident
		}
	}
	switch {
	case n < 2:
		return ""
	case led:
		return f.Lead
	}
	return oldest.ID
}

// apart is how long after one row another one is looked for by itself: floods are shorter, and a list may reach over years.
const apart = 6 * time.Hour

// crowded returns the stretches of time in which there are several rows that machines opened.
func crowded(rows []frontend.IncidentRow) []analytics.Window {
	var times []time.Time
	for _, row := range rows {
		if o := row.Incident.Origin; o == incident.OriginPager || o == incident.OriginMonitor {
			times = append(times, row.Incident.StartedAt())
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	var out []analytics.Window
	for i := 1; i < len(times); i++ {
		switch last := len(out) - 1; {
		case times[i-1].IsZero() || times[i].Sub(times[i-1]) > apart:
		case last >= 0 && out[last].To.After(times[i-1]):
			out[last].To = times[i].Add(time.Microsecond)
		default:
			out = append(out, analytics.Window{From: times[i-1], To: times[i].Add(time.Microsecond)})
		}
	}
	return out
}

// floodsShown is how many floods the page across services lists.
const floodsShown = 20

// floodList lists the floods of the page across services.
func (s *Server) floodList(c desk.Causes, sight incident.Sight) frontend.FloodList {
	out := frontend.FloodList{Total: len(c.Floods), None: frontend.NoNumbers{Title: "No flood of alerts", Text: "No five alerts of a pager or a monitor came within minutes of each other that are related and ten times as many as usual. What people open, and what is read from files, is never taken for one."}}
	if !c.FloodsFrom.IsZero() {
		out.Note = "Looked for since " + c.FloodsFrom.Format("2 Jan 2006") + " only, for there are many incidents; a shorter period is looked through as a whole."
	}
	if out.Total == 0 {
		return out
	}
	alerts := 0
	var leads []incident.ID
	for _, f := range c.Floods {
		alerts += f.Alerts()
		leads = append(leads, f.Lead)
	}
	incidents := c.Factors.Incidents
	out.Lede = fmt.Sprintf("%s in %s. Lists fold them; figures count each: %s incidents count in this period, and would be %s if each flood counted once.",
		number(alerts, "alert"), number(out.Total, "flood"), written(incidents), written(incidents-analytics.Once(c.Floods)))
	newest := c.Floods[max(0, out.Total-floodsShown):]
	rows := s.Live.Snapshot().CasesByID(analytics.Query{Sight: sight, Now: s.Now().UTC()}, leads[max(0, out.Total-floodsShown):])
	for i := len(newest) - 1; i >= 0; i-- {
		f := newest[i]
		if c, known := rows[f.Lead]; known {
			out.Rows = append(out.Rows, frontend.FloodRow{CaseRow: caseRow(c), Sentence: capital(f.Sentence()) + ".", All: timeOf(f, nil)})
		}
	}
	return out
}

// timeOf leads to all incidents of the time of a flood.
func timeOf(f analytics.Flood, zone *time.Location) string {
	return pathOf(incidentsPath, query.Query{Range: "custom", From: f.From.Truncate(time.Second), To: f.To.Truncate(time.Second).Add(time.Second), Zone: zone})
}

// foldSimilar takes from the similar incidents those of the same flood as the incident itself, which are no repetition, and of
// every other flood all but one. The page says which flood the incident is part of.
func (s *Server) foldSimilar(r *request, page *frontend.IncidentPage) {
	inc := page.Incident
	same := map[incident.ID]bool{}
	if at := inc.StartedAt(); !at.IsZero() {
		for _, f := range s.Floods(at, at.Add(time.Microsecond), r.viewer.Sight()) {
			if all := append(slices.Clone(f.Others), f.Lead); slices.Contains(all, inc.ID) {
				for _, id := range all {
					same[id] = true
				}
				page.Flood = s.partOf(r, f, inc.ID)
			}
		}
	}
	for _, rows := range []*[]frontend.SimilarRow{&page.Similar, &page.SimilarBefore} {
		left := slices.DeleteFunc(slices.Clone(*rows), func(x frontend.SimilarRow) bool { return same[x.Incident.ID] && !x.Said })
		kept, _ := s.fold(r, each(left, func(x frontend.SimilarRow) frontend.IncidentRow { return x.IncidentRow }))
		*rows = slices.DeleteFunc(left, func(x frontend.SimilarRow) bool {
			return !x.Said && !slices.ContainsFunc(kept, func(k frontend.IncidentRow) bool { return k.Incident.ID == x.Incident.ID })
		})
	}
}

// partOf says which flood an incident is part of.
func (s *Server) partOf(r *request, f analytics.Flood, id incident.ID) *frontend.FloodRow {
	lead, known := s.Live.Snapshot().CasesByID(analytics.Query{Sight: r.viewer.Sight(), Now: s.Now().UTC()}, []incident.ID{f.Lead})[f.Lead]
	if !known {
		return nil
	}
	out := &frontend.FloodRow{CaseRow: caseRow(lead), Sentence: capital(f.Sentence()) + ".", All: timeOf(f, r.zone())}
	if f.Lead == id {
		out.Path = ""
	}
	return out
}
