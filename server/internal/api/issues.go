package api

import (
	"context"
	"net/http"
	"time"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// IssueLinks are the issues that an action item links to, one at the most, and where one can be made of it.
type IssueLinks struct {
	Items  []IssueLink  `json:"items"`
	Places []IssuePlace `json:"places" doc:"where an issue can be made; the team's last choice first"`
	Draft  IssueDraft   `json:"draft" doc:"what an issue would say"`
}

// IssueLink is an issue that an action item links to, as its tracker told of it last.
type IssueLink struct {
	URL       string     `json:"url"`
	Name      string     `json:"name,omitempty" doc:"of tracker and issue; left out: it was never looked at"`
	Title     string     `json:"title,omitempty"`
	State     string     `json:"state,omitempty" doc:"open, done or dropped"`
	Outcome   string     `json:"outcome,omitempty" doc:"in the tracker's words"`
	Assignee  string     `json:"assignee,omitempty"`
	ClosedAt  *time.Time `json:"closed_at"`
	DueAt     *time.Time `json:"due_at"`
	SeenAt    *time.Time `json:"seen_at" doc:"null: not known"`
	Connected bool       `json:"connected" doc:"false: no connection asks for it (any more), and nothing but url is given"`
	Trouble   string     `json:"trouble,omitempty" doc:"why it could not be seen when it was looked at last"`
	Clash     []string   `json:"changed_on_both_sides" doc:"fields of which a person has to say who is right"`
}

// IssuePlace is a repository or project of a connection.
type IssuePlace struct {
	Connection incident.ID `json:"connection_id"`
	Tracker    string      `json:"tracker"`
	Name       string      `json:"name"`
}

// IssueDraft is title and text of an issue.
type IssueDraft struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// IssueAddress is what an action item is linked to.
type IssueAddress struct {
	URL string `json:"url" doc:"address of the issue, or its key in a tracker such as OPS-17"`
}

// NewIssue is an issue that is to be made of an action item.
type NewIssue struct {
	Connection incident.ID `json:"connection_id"`
	Place      string      `json:"place" doc:"name of a place"`
	Title      string      `json:"title,omitempty" doc:"left out: that of the draft"`
	Text       string      `json:"text,omitempty" doc:"left out: that of the draft"`
	Private    bool        `json:"tell_of_private_incident,omitempty" doc:"has to be true for an item of a private incident: who reads the tracker will read this"`
}

// IssueClosing closes an issue.
type IssueClosing struct {
	Comment string `json:"comment"`
}

// ActionParams name one action item.
type ActionParams struct {
	ID  string `path:"id"`
	Key string `path:"key"`
}

func (s *Server) issueLinks(ctx context.Context, v Viewer, p ActionParams) (IssueLinks, error) {
	d, err := s.desk.IssueDraft(ctx, incident.ID(p.ID), p.Key, v.Sight())
	if err != nil {
		return IssueLinks{}, err
	}
	out := IssueLinks{Items: []IssueLink{}, Draft: IssueDraft{d.Title, d.Text}}
	out.Places = each(d.Places, func(x desk.IssuePlace) IssuePlace { return IssuePlace{x.Connection, x.Tracker, x.Name} })
	if d.Item.URL == "" {
		return out, nil
	}
	sights, err := s.desk.IssueSights(ctx, []string{d.Item.URL})
	link := IssueLink{URL: d.Item.URL, Clash: []string{}, Connected: sights[d.Item.URL].Connected}
	if says, known := d.Incident.IssueOf(p.Key); known && link.Connected {
		link.Name, link.Title, link.State, link.Outcome, link.Assignee, link.Trouble = says.Name, says.Title, says.State, says.Outcome, says.Assignee, says.Trouble
		link.ClosedAt, link.DueAt, link.SeenAt, link.Clash = when(says.Closed), when(says.Due), when(sights[d.Item.URL].Seen), append(link.Clash, says.Clash...)
	}
	out.Items = append(out.Items, link)
	return out, err
}

func (s *Server) linkTo(ctx context.Context, v Viewer, p ActionParams, address string) (IssueLinks, error) {
	_, seq, err := s.desk.EditAction(ctx, incident.ID(p.ID), desk.ActionEdit{Key: p.Key, ActionChange: incident.ActionChange{Set: map[string]string{"url": address}}}, v.Name, v.Sight())
	if err != nil {
		return IssueLinks{}, err
	}
	s.desk.Wait(ctx, seq)
	return s.issueLinks(ctx, v, p)
}

func (s *Server) linkIssue(ctx context.Context, v Viewer, p ActionParams, b IssueAddress) (IssueLinks, error) {
	if b.URL == "" {
		return IssueLinks{}, incident.Invalidf("url", "give the address of an issue; DELETE takes the link away")
	}
	return s.linkTo(ctx, v, p, b.URL)
}

func (s *Server) unlinkIssue(ctx context.Context, v Viewer, p ActionParams) (IssueLinks, error) {
	return s.linkTo(ctx, v, p, "")
}

func (s *Server) createIssue(ctx context.Context, v Viewer, p ActionParams, b NewIssue) (IssueLinks, error) {
	d, err := s.desk.IssueDraft(ctx, incident.ID(p.ID), p.Key, v.Sight())
	if err != nil {
		return IssueLinks{}, err
	}
	n := desk.NewIssue{Choice: desk.IssuePlace{Connection: b.Connection, Name: b.Place}.Choice(), Private: b.Private, NewIssue: importers.NewIssue{Title: b.Title, Text: b.Text}}
	if n.Title == "" {
		n.Title = d.Title
	}
	if n.Text == "" {
		n.Text = d.Text
	}
	if _, err := s.desk.CreateIssue(ctx, incident.ID(p.ID), p.Key, n, v.Name, v.Sight()); err != nil {
		return IssueLinks{}, err
	}
	return s.issueLinks(ctx, v, p)
}

func (s *Server) closeIssue(ctx context.Context, v Viewer, p ActionParams, b IssueClosing) (IssueLinks, error) {
	if err := s.desk.CloseIssue(ctx, incident.ID(p.ID), p.Key, b.Comment, v.Name, v.Sight()); err != nil {
		return IssueLinks{}, err
	}
	return s.issueLinks(ctx, v, p)
}

// issueOps are the operations about issues of action items in trackers.
func (s *Server) issueOps() []operation {
	const path = "/incidents/{id}/actions/{key}/issues"
	read := get(path, "The issue that an action item links to, and where one can be made", s.issueLinks)
	read.needs = incident.Write // the places tell of connections
	return []operation{
		read,
		write(http.MethodPut, path, "Link an action item to an issue, which it follows", incident.Write, http.StatusOK, s.linkIssue),
		remove(path, "Take the link to an issue away; the issue stays", incident.Write, s.unlinkIssue),
		write(http.MethodPost, path, "Make an issue of an action item; sent again after a lost answer, it finds the first one", incident.Write, http.StatusCreated, s.createIssue),
		write(http.MethodPost, path+"/close", "Close the issue of an action item that is verified or dropped", incident.Write, http.StatusOK, s.closeIssue),
	}
}
