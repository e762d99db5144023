package frontend

import (
	"time"

	"hindsight/incident"
)

// SharedPage is what people outside read at /shared/{token}. It stands alone and knows nothing of who looks.
type SharedPage struct {
	Shell
	Document incident.SharedRetro
	Until    time.Time
	Address  string // path of the page, for its downloads; empty in one
}

func (SharedPage) template() string { return "shared" }

// SharedGonePage is what every link shows that opens nothing.
type SharedGonePage struct{ Shell }

func (SharedGonePage) template() string { return "shared-gone" }

// SharePage makes links to a published retrospective, and lists those that there are, at /incidents/{id}/retrospective/share. POST takes
// do (preview, make, or refresh with link), profile, section and keep (repeated), words (one a line), days or date, digest;
// POST {path}/{id}/revoke ends a link.
type SharePage struct {
	Shell
	Incident *incident.Incident
	Retro    incident.Retro
	Links    []ShareRow
	Why      string // why it cannot be shared; empty: it can
	Profiles []Choice
	Sections []ShareSection
	Maskings []ShareMasking
	Preview  SharedPage
	Number   int    // of the version that is shown
	Digest   string // of what is shown
	Refresh  *ShareRow
	Address  string // of the link just made, shown this once; empty: none
	Form     Form
	MayEdit  bool
}

func (SharePage) template() string { return "retro-share" }

// Lives are how long a link may open, in days.
func (SharePage) Lives() []Choice {
	return []Choice{{Value: "1", Label: "1 day"}, {Value: "7", Label: "7 days"}, {Value: "30", Label: "30 days"}, {Value: "90", Label: "90 days"}, {Value: "date", Label: "until the end of a day"}}
}

// ShareSection is a section that can go along.
type ShareSection struct {
	Slug, Title string
	On, Never   bool
}

// ShareMasking is something that was masked, or would be.
type ShareMasking struct {
	Key, What, Instead, Why string
	Count                   int
	Kept                    bool
}

// ShareRow is a link.
type ShareRow struct {
	Share    incident.RetroShare
	State    incident.ShareState
	Profile  string // in words
	Behind   bool   // a newer version is published
	Incident *incident.Incident
	Title    string
}

// SharesPage lists every link at /admin/links.
type SharesPage struct {
	Shell
	Links []ShareRow
}

func (SharesPage) template() string { return "shares" }
