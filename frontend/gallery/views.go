package gallery

import (
	"net/url"

	"hindsight/frontend"
	"hindsight/incident"
)

// viewRow is a saved view of the gallery's user, or of another one.
func (w world) viewRow(i int, own bool) frontend.ViewRow {
	v := incident.View{ID: number("view", i), Owner: "usr_1", By: "admin", Name: w.say("The worst of this quarter"), Path: "/incidents?sev=1&range=qtd", Place: i, Shared: i%2 == 0}
	if !own {
		v.Owner, v.By, v.Shared = "usr_2", w.say("responder-one"), true
	}
	words := [][]string{{"Severity: SEV1", w.say("Service: checkout"), "This quarter"}, {"Search: " + w.say(`"cold cache" -drill`)}, nil}
	return frontend.ViewRow{View: v, Page: []string{"Incidents", "Search", "Recurring problems"}[i%3], Words: words[i%3], MayChange: own}
}

// views is the list of saved views; in the hostile world two could not be saved as asked.
func (w world) views() frontend.ViewsPage {
	p := frontend.ViewsPage{Shell: w.on("Saved views", frontend.NavViews, "/views"), Kept: 30}
	for i := range w.rows {
		row := w.viewRow(i, true)
		row.Up, row.Down = i > 0, i < w.rows-1
		p.Own, p.Others = append(p.Own, row), append(p.Others, w.viewRow(1000+i, false))
	}
	gone := w.viewRow(5000, true)
	gone.View.RemovedAt = w.shell.Now.AddDate(0, 0, -3)
	p.Removed = append(p.Removed, gone)
	if !w.times {
		taken := frontend.FieldError{Field: "name", Message: "there is a view called that already; choose another name"}
		p.Form = frontend.Form{Values: url.Values{"name": {w.say("The worst")}, "path": {"/incidents?sev=1"}, "shared": {"on"}}, Errors: []frontend.FieldError{taken}}
		p.Own[0].Form = frontend.Form{Values: url.Values{"name": {w.say("Late")}}, Errors: []frontend.FieldError{{Message: taken.Message}}}
	}
	return p
}
