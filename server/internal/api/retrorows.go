package api

import (
	"context"
	"time"

	"hindsight/importers"
	"hindsight/importers/postmortem"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// RowsText is a document that rows are to be read out of.
type RowsText struct {
	Text string `json:"text,omitempty" doc:"Markdown or HTML; without it the texts of the retrospective, or else the imported document"`
	Zone string `json:"zone,omitempty" doc:"IANA name of the time zone of times that name none, where the document does not say; UTC without it"`
}

// ProposedRows are the rows that a document seems to tell. None of them is written.
type ProposedRows struct {
	Zone       string              `json:"zone" doc:"of times that name none"`
	Begun      bool                `json:"begun" doc:"a retrospective is written here; else taking rows begins one"`
	Sections   []ProposedSection   `json:"sections"`
	Milestones []ProposedMilestone `json:"milestones"`
	Moments    []ProposedMoment    `json:"moments"`
	Factors    []ProposedFactor    `json:"factors"`
	Actions    []ProposedAction    `json:"action_items"`
	Impacts    []ProposedImpact    `json:"impact"`
	Unread     []UnreadLines       `json:"unread" doc:"what is of a kind that is read, and could not be"`
	Notes      []string            `json:"notes" doc:"doubts about the whole document"`
}

// RowSource says where a proposal is from.
type RowSource struct {
	Line     int    `json:"line" doc:"from 1"`
	LastLine int    `json:"last_line"`
	From     int    `json:"from" doc:"first byte of the text"`
	To       int    `json:"to" doc:"behind the last byte"`
	Quote    string `json:"quote" doc:"the text from there to there"`
	Rule     string `json:"rule" doc:"that found it"`
	Sure     bool   `json:"sure" doc:"nothing about it was guessed"`
	Doubt    string `json:"doubt,omitempty"`
	There    string `json:"there,omitempty" doc:"what of it is there: already there, similar to something, was removed here, or what stands here instead; left out for a new row"`
}

// ProposedSection is a text under a heading.
type ProposedSection struct {
	Source RowSource `json:"source"`
	Slug   string    `json:"slug" doc:"of the section that it belongs to"`
	Title  string    `json:"title"`
	Text   string    `json:"text" doc:"Markdown"`
}

// ProposedMilestone is when something happened that figures are made of.
type ProposedMilestone struct {
	Source    RowSource `json:"source"`
	Name      string    `json:"name"`
	At        time.Time `json:"at"`
	Precision string    `json:"precision"`
}

// ProposedMoment is an entry of the timeline.
type ProposedMoment struct {
	Source RowSource     `json:"source"`
	At     time.Time     `json:"at"`
	About  int           `json:"about_minutes"`
	Until  *time.Time    `json:"until" doc:"where the document tells a range"`
	Lane   string        `json:"lane"`
	Title  string        `json:"title"`
	Text   string        `json:"text,omitempty"`
	Events []incident.ID `json:"event_ids" doc:"imported events that tell of it"`
}

// ProposedFactor is what made the incident possible, or kept it from being worse.
type ProposedFactor struct {
	Source   RowSource `json:"source"`
	Role     string    `json:"role"`
	Category string    `json:"category,omitempty" doc:"where the text names exactly one"`
	Text     string    `json:"text"`
}

// ProposedAction is promised work.
type ProposedAction struct {
	Source   RowSource `json:"source"`
	Title    string    `json:"title"`
	Owner    string    `json:"owner,omitempty"`
	State    string    `json:"state"`
	Kind     string    `json:"kind,omitempty"`
	Priority string    `json:"priority,omitempty"`
	URL      string    `json:"url,omitempty"`
	Due      string    `json:"due_at,omitempty" doc:"a date"`
}

// ProposedImpact is a passage that says how long, or for how many.
type ProposedImpact struct {
	Source RowSource `json:"source"`
	Kind   string    `json:"kind" doc:"duration or extent"`
	Text   string    `json:"text"`
}

// UnreadLines are lines that look like rows and could not be read.
type UnreadLines struct {
	Part  string `json:"part"`
	Why   string `json:"why"`
	Lines []int  `json:"lines"`
}

// RowsTake are rows to write into a retrospective. Send those of a preview, changed as you like.
type RowsTake struct {
	Template   string          `json:"template,omitempty" doc:"of a retrospective that is begun by this; without it the rules choose"`
	Sections   []TakeSection   `json:"sections,omitempty" doc:"texts, each added behind what the section says; one that stands in any section already is not added once more"`
	Milestones []TakeMilestone `json:"milestones,omitempty"`
	Moments    []TakeMoment    `json:"moments,omitempty"`
	Factors    []TakeFactor    `json:"factors,omitempty"`
	Actions    []TakeAction    `json:"action_items,omitempty"`
	Impacts    []string        `json:"impact,omitempty" doc:"lines for the section about the impact"`
}

// TakeSection is a text for a section.
type TakeSection struct {
	Slug  string `json:"slug" doc:"a section that there is not is made"`
	Title string `json:"title,omitempty"`
	Text  string `json:"text"`
}

// TakeMilestone states when something happened.
type TakeMilestone struct {
	Name      string    `json:"name"`
	At        time.Time `json:"at"`
	Precision string    `json:"precision,omitempty"`
	Reason    string    `json:"reason,omitempty" doc:"such as the words of the document"`
}

// TakeMoment is a moment of the timeline.
type TakeMoment struct {
	MomentBody
	AccountOf incident.ID `json:"account_of,omitempty" doc:"the moment here that it is another account of"`
}

// TakeFactor is a factor in words.
type TakeFactor struct {
	Role     string `json:"role"`
	Category string `json:"category,omitempty"`
	Text     string `json:"text"`
}

// TakeAction is promised work.
type TakeAction struct {
	Title    string `json:"title"`
	Owner    string `json:"owner,omitempty"`
	State    string `json:"state,omitempty" doc:"without it: open"`
	Kind     string `json:"kind,omitempty"`
	Priority string `json:"priority,omitempty"`
	URL      string `json:"url,omitempty"`
	Due      string `json:"due_at,omitempty" doc:"RFC 3339, or a date"`
}

// RowsTaken counts what was written.
type RowsTaken struct {
	Sections   int `json:"sections"`
	Milestones int `json:"milestones"`
	Moments    int `json:"moments"`
	Factors    int `json:"factors"`
	Actions    int `json:"action_items"`
	Impacts    int `json:"impact"`
}

func rowSource(f postmortem.Found, there string) RowSource {
	return RowSource{f.Line, f.LastLine, f.From, f.To, f.Quote, f.Rule, f.Sure, f.Doubt, there}
}

// proposeRows reads a document, and writes nothing.
func (s *Server) proposeRows(ctx context.Context, v Viewer, p IDParams, b RowsText) (ProposedRows, error) {
	id := incident.ID(p.ID)
	out := ProposedRows{Sections: []ProposedSection{}, Milestones: []ProposedMilestone{}, Moments: []ProposedMoment{}, Factors: []ProposedFactor{}, Actions: []ProposedAction{}, Impacts: []ProposedImpact{}, Unread: []UnreadLines{}, Notes: []string{}}
	zone, err := importers.Zone(b.Zone)
	if err != nil {
		return out, incident.Invalidf("zone", "%v", err)
	}
	text := b.Text
	if text == "" {
		_, text, err = s.desk.OwnDocument(ctx, id, v.Sight())
	} else {
		text, err = desk.DocumentText("", []byte(text))
	}
	if err != nil {
		return out, err
	}
	r, err := s.desk.ProposeRows(ctx, id, text, zone, v.Sight())
	out.Zone, out.Begun, out.Notes = r.Zone, r.Begun, append(out.Notes, r.Notes...)
	for i, x := range r.Sections {
		out.Sections = append(out.Sections, ProposedSection{rowSource(x.Found, r.There.Sections[i]), x.Slug, x.Title, x.Text})
	}
	for i, x := range r.Milestones {
		out.Milestones = append(out.Milestones, ProposedMilestone{rowSource(x.Found, r.There.Milestones[i]), string(x.Name), x.At, string(x.Precision)})
	}
	for i, x := range r.Moments {
		out.Moments = append(out.Moments, ProposedMoment{rowSource(x.Found, r.There.Moments[i]), x.At, int(x.About.Minutes()), when(x.Until), string(x.Lane), x.Title, x.Text, append([]incident.ID{}, r.Rests[i]...)})
	}
	for i, x := range r.Factors {
		out.Factors = append(out.Factors, ProposedFactor{rowSource(x.Found, r.There.Factors[i]), x.Role, x.Category, x.Text})
	}
	for i, x := range r.Actions {
		due := ""
		if !x.Due.IsZero() {
			due = x.Due.Format(time.DateOnly)
		}
		out.Actions = append(out.Actions, ProposedAction{rowSource(x.Found, r.There.Actions[i]), x.Title, x.Owner, x.State, x.Kind, x.Priority, x.URL, due})
	}
	for i, x := range r.Impacts {
		out.Impacts = append(out.Impacts, ProposedImpact{rowSource(x.Found, r.There.Impacts[i]), x.Kind, x.Text})
	}
	for _, u := range r.Unread {
		out.Unread = append(out.Unread, UnreadLines{u.Part, u.Why, u.Lines})
	}
	return out, err
}

// takeRows writes rows, all of them or none.
func (s *Server) takeRows(ctx context.Context, v Viewer, p IDParams, b RowsTake) (RowsTaken, error) {
	out := RowsTaken{len(b.Sections), len(b.Milestones), len(b.Moments), len(b.Factors), len(b.Actions), len(b.Impacts)}
	rows := desk.RowsToTake{Template: b.Template, Impacts: b.Impacts}
	for _, x := range b.Sections {
		rows.Sections = append(rows.Sections, incident.RetroSection{Slug: x.Slug, Title: x.Title, Text: x.Text})
	}
	for _, x := range b.Milestones {
		rows.Milestones = append(rows.Milestones, desk.MilestonePatch{Name: x.Name, At: x.At, Precision: x.Precision, Reason: x.Reason})
	}
	for _, x := range b.Moments {
		patch := x.patch()
		patch.AccountOf = x.AccountOf
		rows.Moments = append(rows.Moments, patch)
	}
	for _, x := range b.Factors {
		rows.Factors = append(rows.Factors, desk.FactorVerdict{Action: "add", Role: x.Role, Category: x.Category, Text: x.Text})
	}
	for _, x := range b.Actions {
		set := map[string]string{"title": x.Title, "owner": x.Owner, "kind": x.Kind, "priority": x.Priority, "url": x.URL, "due": endOfDay("due", x.Due)}
		if x.State != "" {
			set["state"] = x.State
		}
		rows.Actions = append(rows.Actions, set)
	}
	if rows.None() {
		return out, incident.Invalidf("rows", "send at least one row")
	}
	seq, err := s.desk.TakeRows(ctx, incident.ID(p.ID), rows, v.Sight())
	if err == nil {
		s.desk.Wait(ctx, seq)
	}
	return out, err
}
