package gallery

import (
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

// connecting returns what setting a source up looks like where it is not finished or does not work.
func (w world) connecting() []State {
	problem := &frontend.Problem{Text: "Who am I: GET /rest/api/3/myself answered 401 Unauthorized", Advice: "The credentials are wrong or have expired. Enter them again in the settings."}
	test := w.test()
	test.Problem, test.Identity, test.Reach, test.Notes = problem, "", nil, nil
	words := w.words()
	words.Read, words.Problem, words.Groups = 0, problem, words.Groups[1:]
	unread := frontend.PreviewPage{Shell: w.connectOn("Preview", "preview"), Connection: w.liveConnection(), Source: w.live(), Steps: w.setupSteps(3), Problem: problem}
	overNetwork := w.preview()
	overNetwork.Upload, overNetwork.Source, overNetwork.Steps, overNetwork.Coverage = "", w.live(), w.setupSteps(3), w.connection().Coverage
	unfinished, paused := w.following(), w.following()
	unfinished.Continue, unfinished.Fare, unfinished.Runs, unfinished.Versions = "/imports/con_0003/test", &frontend.Fare{Network: true, Hook: true, Every: 5 * time.Minute}, nil, nil
	unfinished.Row.Last = nil
	paused.Fare.PausedAt, paused.Fare.PauseReason = w.shell.Now.Add(-time.Hour), "the source refuses the credentials: GET /myself answered 401"
	still := frontend.ForecastPage{Shell: w.connectOn("What would change", "forecast"), Connection: w.liveConnection(), Source: w.live(), Read: 1942, Version: 2}
	calendar := w.words()
	calendar.Read, calendar.Groups, calendar.Fields, calendar.Source.Title = 12, nil, nil, "iCalendar"
	estimated := w.begin()
	estimated.Estimate = &frontend.Estimate{Summary: "About 12,400 records: about 130 requests, 3 to 8 minutes",
		Reasons: []string{w.say("The source says that there are 12,400 records from this day on."), "It gives 100 of them at once, and is asked no more than half as often as its vendor allows."}}
	return []State{
		{"words/calendar", calendar},
		{"begin/estimate", estimated},
		{"preview/others", w.otherRecords()},
		{"test/failed", test},
		{"words/failed", words},
		{"preview/failed", unread},
		{"preview/network", overNetwork},
		{"following/unfinished", unfinished},
		{"following/paused", paused},
		{"forecast/nothing", still},
	}
}

// otherRecords is a preview of records that are no incidents: change events, and who is on call.
func (w world) otherRecords() frontend.PreviewPage {
	p := w.preview()
	p.Upload, p.Source, p.Steps, p.Rejects, p.Warnings = "", w.live(), w.setupSteps(3), nil, nil
	began := w.shell.Now.Add(-26 * time.Hour)
	shift := incident.Shift{PersonName: w.say("Responder One"), ScheduleName: w.say("Primary"), From: began, To: began.Add(24 * time.Hour)}
	open := incident.Shift{PersonName: w.say("Responder Two"), ScheduleName: w.say("Primary"), From: began.Add(24 * time.Hour)}
	p.Rows = []frontend.PreviewRow{
		{Place: "change event", Services: []string{w.say("checkout")}, Change: &incident.ChangeEvent{Kind: incident.ChangeDeploy, Title: w.say("Deploy checkout 4.2"), Number: "#418",
			Environment: w.say("production"), Result: incident.ChangeSucceeded, StartedAt: began, FinishedAt: began.Add(7 * time.Minute)}},
		{Place: "change event", Change: &incident.ChangeEvent{Kind: incident.ChangeConfig, Result: incident.ChangeResultUnknown}, Warnings: []incident.Warning{{Field: "title", Message: w.say("the record has no title")}}},
		{Place: "schedule", Roster: &incident.Roster{Shifts: []incident.Shift{shift, open}}},
		{Place: "schedule", Roster: &incident.Roster{}},
	}
	for i := range p.Rows {
		p.Rows[i].Before = []frontend.Pair{{Name: "id", Value: w.say("P1ABCDE")}}
	}
	return p
}
