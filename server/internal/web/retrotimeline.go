package web

import (
	"cmp"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const (
	eventsShown = 200 // on one page of the timeline builder
	eventBars   = 48
)

// retroTimeline is the timeline builder.
func (s *Server) retroTimeline(r *request) (answer, error) {
	page, err := s.timelinePage(r, frontend.Form{}, "")
	return answer{page: page}, err
}

func (s *Server) timelinePage(r *request, form frontend.Form, edit incident.ID) (frontend.TimelinePage, error) {
	ctx, id := r.Request.Context(), incident.ID(r.Param("id"))
	story, err := s.Story(ctx, id, r.viewer.Sight())
	if err != nil {
		return frontend.TimelinePage{}, err
	}
	inc := story.Incident
	page := frontend.TimelinePage{Shell: r.shell("Timeline", frontend.NavIncidents, retroCrumbs(inc)...),
		Incident: inc, Begun: story.Begun, MayEdit: r.viewer.MayChange(incident.Write), Form: form, Edit: edit, Told: narrative(story)}
	page.Path, _, _ = strings.Cut(page.Path, "#")
	if r.Request.Method != "GET" {
		page.Path = frontend.RetroTimelinePath(id)
	}
	for _, l := range story.Linked {
		page.Linked = append(page.Linked, frontend.Link{Label: l.Label(), Path: frontend.IncidentPath(l.ID)})
	}
	suggested, err := s.SuggestMoments(ctx, story, r.viewer.Sight())
	if err != nil {
		return page, err
	}
	if story.Begun {
		for _, x := range suggested {
			page.Suggested = append(page.Suggested, frontend.SuggestedMoment{Key: x.Key, Moment: x.Moment, Reason: x.Reason})
		}
	}
	s.fillRecord(r, story, &page)
	fillLanes(r, story, &page)
	page.Milestones = milestoneRows(inc)
	for _, g := range story.Gaps {
		row := frontend.GapRow{Gap: g}
		if page.MayEdit && page.Begun {
			row.Tell = frontend.RetroTimelinePath(id) + "?about=" + queryEscape(g.From.Format(time.RFC3339))
		}
		page.Gaps = append(page.Gaps, row)
	}
	page.Preview = s.movePreview(r, inc)
	return page, nil
}

// fillRecord narrows the events down to what the address asks for.
func (s *Server) fillRecord(r *request, story *desk.Story, page *frontend.TimelinePage) {
	asked := url.Values{}
	if r.Request.Method == "GET" {
		asked = r.Request.URL.Query()
	}
	home := frontend.RetroTimelinePath(story.Incident.ID)
	told := map[incident.ID][]frontend.Link{}
	for _, m := range story.Told() {
		for _, e := range m.Events {
			told[e] = append(told[e], frontend.Link{Label: m.Title, Path: home + "#m-" + string(m.ID)})
		}
	}
	page.Total, page.Query = len(story.Events), asked.Get("q")
	page.Sources = recordChoices(story.Events, func(e desk.StoryEvent) string { return e.Source }, asked.Get("source"))
	page.Persons = recordChoices(story.Events, func(e desk.StoryEvent) string { return e.Actor }, asked.Get("person"))
	page.Kinds = recordChoices(story.Events, func(e desk.StoryEvent) string { return string(e.Kind) }, asked.Get("kind"))
	page.Chips = recordChips(home, asked, r.zone())
	matching := slices.DeleteFunc(slices.Clone(story.Events), func(e desk.StoryEvent) bool { return !fits(e, asked) })
	page.Matching = len(matching)
	page.Bars, page.BarsFrom, page.BarsTo = eventDensity(matching, home, asked, r.zone())
	at, _ := strconv.Atoi(asked.Get("page"))
	at = max(0, min(at, (len(matching)-1)/eventsShown))
	if at > 0 {
		page.Newer = recordPath(home, asked, "page", strconv.Itoa(at-1))
	}
	if (at+1)*eventsShown < len(matching) {
		page.Older = recordPath(home, asked, "page", strconv.Itoa(at+1))
	}
	if len(matching) > 0 {
		matching = matching[at*eventsShown : min(len(matching), (at+1)*eventsShown)]
	}
	day := ""
	for _, e := range matching {
		row := eventRow(story, e)
		row.Told = told[e.ID]
		if d := e.At.In(r.zone()).Format(time.DateOnly); d != day {
			row.Heading, day = true, d
		}
		page.Events = append(page.Events, row)
	}
}

func eventRow(story *desk.Story, e desk.StoryEvent) frontend.EventRow {
	row := frontend.EventRow{TimelineEvent: e.TimelineEvent, Source: e.Source, Narrow: e.Narrow}
	if e.Of != story.Incident {
		row.Of = frontend.Link{Label: e.Of.Label(), Path: frontend.IncidentPath(e.Of.ID)}
	}
	return row
}

// fits reports whether an event is one of those that an address asks for.
func fits(e desk.StoryEvent, asked url.Values) bool {
	is := func(name, value string) bool { return asked.Get(name) == "" || asked.Get(name) == value }
	within := func(name string, ok func(time.Time) bool) bool {
		at, err := time.Parse(time.RFC3339, asked.Get(name))
		return err != nil || ok(at)
	}
	words := strings.ToLower(e.Text + " " + e.Actor + " " + e.RawKind)
	return is("source", e.Source) && is("person", e.Actor) && is("kind", string(e.Kind)) && strings.Contains(words, strings.ToLower(strings.TrimSpace(asked.Get("q")))) &&
		within("from", func(at time.Time) bool { return !e.At.Before(at) }) && within("to", func(at time.Time) bool { return e.At.Before(at) })
}

// mostNarrowing is how many values of one property are offered; the most frequent ones.
const mostNarrowing = 40

// recordChoices counts the values of a property; one value alone is no choice.
func recordChoices(events []desk.StoryEvent, of func(desk.StoryEvent) string, chosen string) []frontend.Choice {
	counts := map[string]int{}
	for _, e := range events {
		if v := of(e); v != "" {
			counts[v]++
		}
	}
	if len(counts) < 2 && chosen == "" {
		return nil
	}
	if chosen != "" && counts[chosen] == 0 {
		counts[chosen] = 0
	}
	values := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	var out []frontend.Choice
	for i, v := range values {
		if i < mostNarrowing || v == chosen {
			out = append(out, frontend.Choice{Value: v, Label: strings.ReplaceAll(v, "_", " "), Count: counts[v], On: v == chosen})
		}
	}
	return out
}

// recordPath is an address with one parameter set anew, or taken away when it is empty; the page begins anew with it.
func recordPath(home string, asked url.Values, name, value string) string {
	next := url.Values{}
	for _, keep := range []string{"q", "source", "person", "kind", "from", "to"} {
		if v := asked.Get(keep); v != "" {
			next.Set(keep, v)
		}
	}
	if next.Set(name, value); value == "" {
		next.Del(name)
	}
	if len(next) == 0 {
		return home
	}
	return home + "?" + next.Encode()
}

func recordChips(home string, asked url.Values, zone *time.Location) []frontend.Chip {
	var out []frontend.Chip
	for _, f := range []struct{ name, label string }{{"q", "Words"}, {"source", "Source"}, {"person", "Person"}, {"kind", "Kind"}, {"from", "From"}, {"to", "Until"}} {
		v := asked.Get(f.name)
		if v == "" {
			continue
		}
		if at, err := time.Parse(time.RFC3339, v); err == nil && (f.name == "from" || f.name == "to") {
			v = at.In(zone).Format("2 Jan 2006, 15:04")
		}
		out = append(out, frontend.Chip{Label: f.label + ": " + strings.ReplaceAll(v, "_", " "), Remove: recordPath(home, asked, f.name, "")})
	}
	return out
}

// eventDensity counts events in stretches of one length between the first and the last; none when they are of one time.
func eventDensity(events []desk.StoryEvent, home string, asked url.Values, zone *time.Location) ([]frontend.Bar, time.Time, time.Time) {
	timed := slices.DeleteFunc(slices.Clone(events), func(e desk.StoryEvent) bool { return e.At.IsZero() })
	if len(timed) < 3 {
		return nil, time.Time{}, time.Time{}
	}
	from, to := timed[0].At, timed[len(timed)-1].At
	step := to.Sub(from)/eventBars + time.Second
	if !from.Before(to) {
		return nil, time.Time{}, time.Time{}
	}
	bars := make([]frontend.Bar, eventBars)
	for i := range bars {
		begin := from.Add(time.Duration(i) * step).Truncate(time.Second)
		narrowed := url.Values{}
		maps.Copy(narrowed, asked)
		narrowed.Set("from", begin.UTC().Format(time.RFC3339))
		bars[i].Label = begin.In(zone).Format("2 Jan, 15:04:05")
		bars[i].Path = recordPath(home, narrowed, "to", begin.Add(step+time.Second).Truncate(time.Second).UTC().Format(time.RFC3339))
	}
	for _, e := range timed {
		bars[min(eventBars-1, int(e.At.Sub(from)/step))].Count++
	}
	return bars, from, to
}

// momentRow shows a moment with the events that it rests on, as far as the viewer may read them.
func momentRow(story *desk.Story, m incident.Moment) frontend.MomentRow {
	row := frontend.MomentRow{Moment: m, Gone: story.Gone[m.ID]}
	for _, id := range m.Events {
		if e := story.Event(id); e != nil {
			row.Evidence = append(row.Evidence, eventRow(story, *e))
		}
	}
	return row
}

// momentRows are the moments that are told, each with the other accounts of it. An account of what is not told any more stands alone.
func momentRows(story *desk.Story) []frontend.MomentRow {
	told := story.Told()
	first := func(m incident.Moment) bool {
		return m.AccountOf == "" || !slices.ContainsFunc(told, func(o incident.Moment) bool { return o.ID == m.AccountOf })
	}
	var out []frontend.MomentRow
	for _, m := range told {
		if !first(m) {
			continue
		}
		row := momentRow(story, m)
		for _, o := range told {
			if o.AccountOf == m.ID && o.ID != m.ID {
				row.Accounts = append(row.Accounts, momentRow(story, o))
			}
		}
		out = append(out, row)
	}
	return out
}

// fillLanes sorts the moments into lanes, each with its form.
func fillLanes(r *request, story *desk.Story, page *frontend.TimelinePage) {
	for _, lane := range incident.MomentLanes {
		rows := frontend.MomentLaneRows{Lane: lane}
		for _, m := range momentRows(story) {
			if m.Lane != lane {
				continue
			}
			m.Form = momentForm(r, m, page)
			for i := range m.Accounts {
				m.Accounts[i].Form = momentForm(r, m.Accounts[i], page)
			}
			rows.Rows = append(rows.Rows, m)
		}
		page.Lanes = append(page.Lanes, rows)
	}
	for _, m := range story.Moments {
		if !m.RemovedAt.IsZero() {
			page.Removed = append(page.Removed, momentRow(story, m))
		}
	}
	page.New = newMoment(r, story, page)
}

func momentForm(r *request, m frontend.MomentRow, page *frontend.TimelinePage) frontend.MomentForm {
	f := frontend.MomentForm{ID: m.ID, Version: m.Version, Moment: m.Moment, Evidence: m.Evidence}
	said := momentInputs(f, r.zone())
	for _, name := range incident.MomentFields {
		f.Bases = append(f.Bases, frontend.Hidden{Name: "base_" + name, Value: baseOf(said, name)})
	}
	if page.Edit == m.ID {
		f.Form, f.Open = page.Form, true
	}
	return f
}

// newMoment is the form of a new moment, as an address begins it.
func newMoment(r *request, story *desk.Story, page *frontend.TimelinePage) frontend.MomentForm {
	f := frontend.MomentForm{Moment: incident.Moment{Lane: "diagnosis"}}
	if r.Request.Method == "GET" {
		if at, err := time.Parse(time.RFC3339, r.Query("about")); err == nil {
			f.Moment.At, f.Open = at.UTC(), true
		}
	}
	account := cmp.Or(r.Query("account"), r.PostForm("account_of"))
	for _, m := range story.Told() {
		if string(m.ID) == account {
			f.Moment.At, f.Moment.About, f.Moment.Lane, f.Open = m.At, m.About, m.Lane, true
			f.AccountOf = frontend.Link{Label: m.Title, Path: string(m.ID)}
			f.Evidence = momentRow(story, m).Evidence
		}
	}
	if page.Edit == "" && page.Form.Values != nil && page.Form.Values.Has("at") {
		f.Form, f.Open = page.Form, true
	}
	return f
}

// milestoneRows are the times that figures are made from, with the durations that each is an end of.
func milestoneRows(inc *incident.Incident) []frontend.MilestoneRow {
	var out []frontend.MilestoneRow
	for _, line := range (frontend.IncidentPage{Incident: inc}).Milestones() {
		row := frontend.MilestoneRow{MilestoneLine: line}
		var feeds []string
		for _, m := range analytics.Metrics() {
			if slices.Contains(m.Span.From, line.Name) || slices.Contains(m.Span.To, line.Name) {
				feeds = append(feeds, strings.ToLower(m.Title[:1])+m.Title[1:])
			}
		}
		row.Feeds = strings.Join(feeds, ", ")
		out = append(out, row)
	}
	return out
}

// movePreview says what stating a milestone would change; nil when nobody asks.
func (s *Server) movePreview(r *request, inc *incident.Incident) *frontend.MilestonePreview {
	name := r.Query("move")
	if name == "" || r.Request.Method != "GET" {
		return nil
	}
	p := &frontend.MilestonePreview{Name: incident.MilestoneName(name), Input: r.Query("at"), Reason: strings.TrimSpace(r.Query("reason"))}
	p.Was, p.Known = inc.Milestones.Current(p.Name)
	at, err := localTime(p.Input, r.zone())
	var changes []desk.DurationChange
	if err == nil {
		p.At = at
		changes, err = s.PreviewMilestone(inc, desk.MilestonePatch{Name: name, At: at, Reason: p.Reason}, r.viewer.Name)
	}
	if err == nil && p.Reason == "" {
		err = errors.New("say why you change it")
	}
	if err != nil {
		p.Error = capital(message(err)) + "."
		return p
	}
	for _, c := range changes {
		p.Rows = append(p.Rows, frontend.DurationMove{Title: c.Title, Metric: c.Metric, Before: c.Before, After: c.After})
	}
	return p
}

// narrative is what people tell of an incident, with milestones and gaps, in time order.
func narrative(story *desk.Story) frontend.Narrative {
	out := frontend.Narrative{Incident: story.Incident.ID}
	rows := momentRows(story)
	for i := range rows {
		out.Rows = append(out.Rows, frontend.NarrativeRow{At: rows[i].At, Moment: &rows[i]})
	}
	if len(rows) == 0 {
		return out
	}
	for _, m := range story.Untold() {
		out.Rows = append(out.Rows, frontend.NarrativeRow{At: m.At, Milestone: &m})
	}
	for _, g := range story.Gaps {
		out.Rows = append(out.Rows, frontend.NarrativeRow{At: g.From.Add(time.Microsecond), Gap: &g})
	}
	slices.SortStableFunc(out.Rows, func(a, b frontend.NarrativeRow) int { return a.At.Compare(b.At) })
	return out
}
