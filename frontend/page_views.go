package frontend

import "hindsight/incident"

// SavedViews is what every page knows of saved views.
type SavedViews struct {
	Links    []Link // the first ones: the viewer's own, then those that others share
	MaySave  bool
	MayShare bool
}

// ViewsPage is the list at /views.
type ViewsPage struct {
	Shell
	Form    Form      // of a new view that could not be saved
	Own     []ViewRow // in the viewer's order
	Others  []ViewRow // that others share, by name
	Removed []ViewRow // the viewer's, which can be put back
	Kept    int       // days that a removed one can be put back
}

func (ViewsPage) template() string { return "views" }

// ViewRow is a saved view.
type ViewRow struct {
	View      incident.View
	Page      string   // the list that it is of: "Incidents"
	Words     []string // its filters; empty: all of that list
	MayChange bool
	Up, Down  bool // it can change places with the one before, or behind
	Form      Form // of a change that could not be made
}
