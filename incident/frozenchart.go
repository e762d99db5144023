package incident

import "time"

// FrozenChart is what a chart of a retrospective says, as it was when it was frozen: the Data of its [RetroFile]. Nothing that happens later
// changes it. Its numbers are those of incidents that everybody may see, whoever froze it, for its readers are others.
type FrozenChart struct {
	Chart   string         `json:"chart" doc:"of the catalogue: ttr-dots"`
	Days    int            `json:"days" doc:"how long the period is"`
	All     bool           `json:"all_services" doc:"not only of the incident's service"`
	Title   string         `json:"title" doc:"the question that it answers"`
	Answer  string         `json:"answer"`
	Service string         `json:"service" doc:"name; empty: all"`
	From    time.Time      `json:"from"`
	To      time.Time      `json:"to" doc:"the first instant that does not count"`
	N       int            `json:"incidents" doc:"that were counted"`
	AsOf    Seq            `json:"as_of" doc:"number of the newest change that it knew"`
	At      time.Time      `json:"frozen_at"`
	Columns []string       `json:"columns"`
	Rows    [][]FrozenCell `json:"rows"`
}

// FrozenCell is a value of a frozen chart.
type FrozenCell struct {
	Text   string   `json:"text" doc:"for people"`
	Number *float64 `json:"number" doc:"null when it is none; durations in seconds, shares from 0 to 1"`
}
