package gallery

import (
	"net/url"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

// moment is the i-th line of what people tell of an incident.
func (w world) moment(i int, inc *incident.Incident) frontend.MomentRow {
	m := incident.Moment{ID: number("mom", i), Incident: inc.ID, Version: 2, At: inc.Milestones.At(incident.Opened).Add(time.Duration(7*i) * time.Minute), Lane: incident.MomentLanes[i%len(incident.MomentLanes)],
		Title: w.say("The retry rate was seen to be six times the usual"), ChangedBy: w.say("Responder One"), ChangedAt: w.shell.Now.Add(-time.Hour), Events: []incident.ID{number("evt", i)}}
	if i%3 == 1 {
		m.About, m.Question, m.Text, m.KnownThen = 10*time.Minute, true, w.say("The dashboard showed *three* zones."), w.say("That the queue grew; not that it was retries.")
	}
	return frontend.MomentRow{Moment: m, Evidence: []frontend.EventRow{w.event(i, inc)}, Gone: i % 2}
}

func (w world) event(i int, inc *incident.Incident) frontend.EventRow {
	kinds := []incident.EventKind{incident.EventCreated, incident.EventAcknowledged, incident.EventNote, incident.EventStatus}
	e := frontend.EventRow{TimelineEvent: incident.TimelineEvent{ID: number("evt", i), Incident: inc.ID, At: inc.Milestones.At(incident.Opened).Add(time.Duration(6*i) * time.Minute), Kind: kinds[i%len(kinds)],
		Actor: w.say("Responder One"), Text: w.say("Error rate above 5 % in zone b")}, Source: w.say("PagerDuty"), Narrow: i%5 == 4, Heading: i == 0}
	if i%4 == 3 {
		e.Of = frontend.Link{Label: w.say("INC02039"), Path: "/incidents/inc_0001"}
	}
	if i%3 == 0 {
		e.Told = []frontend.Link{{Label: w.say("Retries were seen"), Path: "#"}}
	}
	return e
}

// timeline is the builder with all that it can show.
func (w world) timeline() frontend.TimelinePage {
	inc := w.inc(0)
	home := frontend.RetroTimelinePath(inc.ID)
	page := frontend.TimelinePage{Shell: w.on("Timeline", frontend.NavIncidents, home, frontend.Link{Label: "Incidents", Path: "/incidents"}), Incident: inc, Begun: true, MayEdit: true,
		Linked: []frontend.Link{{Label: w.say("INC02039"), Path: "/incidents/inc_0001"}}, Total: 2 * w.rows, Matching: w.rows, Query: w.say("zone"),
		Sources: []frontend.Choice{{Value: w.say("PagerDuty"), Label: w.say("PagerDuty"), Count: 5, On: true}, {Value: "Slack", Label: "Slack", Count: 3}},
		Persons: []frontend.Choice{{Value: w.say("Responder One"), Label: w.say("Responder One"), Count: 5}},
		Chips:   []frontend.Chip{{Label: w.say("Source: PagerDuty"), Remove: home}}, BarsFrom: inc.Milestones.At(incident.Opened), BarsTo: inc.Milestones.At(incident.Opened).Add(time.Hour),
		Older: home + "?page=1", New: frontend.MomentForm{Moment: incident.Moment{Lane: "diagnosis"}},
		Suggested: []frontend.SuggestedMoment{{Key: "sug_1", Moment: w.moment(0, inc).Moment, Reason: w.say("it is the first alert or record of any of the linked incidents")}, {Key: "sug_2", Moment: w.moment(1, inc).Moment, Reason: "it was escalated"}}}
	for i := range 24 {
		page.Bars = append(page.Bars, frontend.Bar{Label: page.BarsFrom.Add(time.Duration(i) * 150 * time.Second).Format("2 Jan, 15:04:05"), Count: i * 7 % 5, Path: home + "?from=x"})
	}
	lanes := map[incident.MomentLane][]frontend.MomentRow{}
	for i := range w.rows {
		page.Events = append(page.Events, w.event(i, inc))
		m := w.moment(i, inc)
		m.Form = frontend.MomentForm{ID: m.ID, Version: m.Version, Moment: m.Moment, Evidence: m.Evidence, Bases: []frontend.Hidden{{Name: "base_title", Value: "x"}}}
		lanes[m.Lane] = append(lanes[m.Lane], m)
		page.Told.Rows = append(page.Told.Rows, frontend.NarrativeRow{At: m.At, Heading: i == 0, Moment: &m})
	}
	other := w.moment(w.rows, inc)
	other.AccountOf, other.Form = lanes["detection"][0].ID, frontend.MomentForm{ID: other.ID, Version: 1, Moment: other.Moment}
	lanes["detection"][0].Accounts = []frontend.MomentRow{other}
	page.Told.Rows[0].Moment.Accounts = []frontend.MomentRow{other}
	for _, lane := range incident.MomentLanes {
		page.Lanes = append(page.Lanes, frontend.MomentLaneRows{Lane: lane, Rows: lanes[lane]})
	}
	for _, line := range (frontend.IncidentPage{Incident: inc}).Milestones() {
		page.Milestones = append(page.Milestones, frontend.MilestoneRow{MilestoneLine: line, Feeds: "time to resolve"})
	}
	gap := incident.Gap{From: page.BarsFrom, To: page.BarsFrom.Add(22 * time.Minute)}
	page.Gaps = []frontend.GapRow{{Gap: gap, Tell: home + "?about=x"}}
	page.Told.Rows = append(page.Told.Rows, frontend.NarrativeRow{At: gap.From, Gap: &gap}, frontend.NarrativeRow{At: gap.To, Milestone: &inc.Milestones[0]})
	removed := w.moment(w.rows+1, inc)
	removed.RemovedAt = w.shell.Now
	page.Removed = []frontend.MomentRow{removed}
	return page
}

// timelineStates are what else the builder can be like.
func timelineStates(w world) []State {
	fresh, reader, moving, wrong, meanwhile, none := w.timeline(), w.timeline(), w.timeline(), w.timeline(), w.timeline(), w.timeline()
	fresh.Begun, fresh.Suggested, fresh.Removed, fresh.Gaps = false, nil, nil, nil
	for i := range fresh.Lanes {
		fresh.Lanes[i].Rows = nil
	}
	reader.MayEdit = false
	moving.Preview = &frontend.MilestonePreview{Name: incident.MitigatedAt, Was: moving.Incident.Milestones[0], Known: true, At: w.shell.Now, Input: "2026-11-12T14:05", Reason: "The graph shows it",
		Rows: []frontend.DurationMove{{Title: "Time to mitigate", Metric: "ttm", Before: incident.Duration{State: incident.Recorded, Value: time.Hour}, After: incident.Duration{State: incident.Recorded, Value: 40 * time.Minute}},
			{Title: "Time to resolve", Metric: "ttr", Before: incident.Duration{State: incident.NotApplicable}, After: incident.Duration{State: incident.Invalid}}}}
	wrong.Preview = &frontend.MilestonePreview{Name: "resolved", Error: "Resolved needs a time that is not in the future."}
	wrong.Form = frontend.Form{Values: url.Values{"at": {"2026-11-12T14:05:00"}, "title": {""}}, Errors: []frontend.FieldError{{Field: "title", Message: "say what happened"}}}
	wrong.New.Form, wrong.New.Open = wrong.Form, true
	edited := &meanwhile.Lanes[1].Rows[0]
	meanwhile.Edit = edited.ID
	edited.Form.Open, edited.Form.Meanwhile = true, []incident.FieldChange{{Field: "title", After: "Retries were seen by two"}}
	none.Events, none.Matching = nil, 0
	return []State{{"timeline/not-begun", fresh}, {"timeline/reader", reader}, {"timeline/moving", moving}, {"timeline/wrong", wrong}, {"timeline/meanwhile", meanwhile}, {"timeline/nothing-matches", none}}
}
