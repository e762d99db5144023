package gallery

import (
	"time"

	"hindsight/frontend"
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
	return []State{
		{"test/failed", test},
		{"words/failed", words},
		{"preview/failed", unread},
		{"preview/network", overNetwork},
		{"following/unfinished", unfinished},
		{"following/paused", paused},
		{"forecast/nothing", still},
	}
}
