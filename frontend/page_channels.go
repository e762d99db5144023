package frontend

import (
	"slices"

	"hindsight/incident"
)

// ChannelsPage is /admin/channels, the places outside where notices are posted. POST takes name, format, url, team (an id; empty: everybody's),
// kind (repeated), and for a git repository branch, folder, user and password, to make one; POST /admin/channels/{id} takes the same to change it, and leaves the address as it is without url; POST
// /admin/channels/{id}/test posts a message and shows what was answered; POST /admin/channels/{id}/remove takes none.
type ChannelsPage struct {
	Shell
	Channels []incident.Channel
	Teams    []incident.Team
	Places   map[incident.ID]GitPlace // of those that push to a git repository
	Key      string                   // that signs what goes to the channel just made, shown this once; empty: none
	Form     Form
	Edit     incident.ID // whose row Form is about; empty: the new channel
}

func (ChannelsPage) template() string { return "channels" }

// GitPlace is where in a git repository a channel puts files.
type GitPlace struct {
	Branch string
	Folder string // empty: at the top
}

// Fields returns the form of a channel, or of a new one: the zero Channel.
func (p ChannelsPage) Fields(c incident.Channel) ChannelFields {
	f := ChannelFields{ID: c.ID, At: "new", Teams: p.Teams}
	if c.ID != "" {
		f.At = string(c.ID)
	}
	if p.Edit == c.ID {
		f.Form = p.Form
	}
	now := func(name, is string) string { return f.Form.Value(name, is) }
	f.Name, f.Team = now("name", c.Name), now("team", string(c.Team))
	place := p.Places[c.ID]
	f.Git, f.Branch, f.Folder = now("format", string(c.Format)) == string(incident.ChannelGit), now("branch", place.Branch), now("folder", place.Folder)
	for _, x := range []Choice{{Value: string(incident.ChannelSlack), Label: "Slack, and what takes the same"}, {Value: string(incident.ChannelMattermost), Label: "Mattermost"}, {Value: string(incident.ChannelTeams), Label: "Microsoft Teams, a workflow"}, {Value: string(incident.ChannelSigned), Label: "JSON, signed (Standard Webhooks)"}, {Value: string(incident.ChannelGit), Label: "Files, to a git repository"}} {
		x.On = x.Value == now("format", string(c.Format))
		f.Formats = append(f.Formats, x)
	}
	if !slices.ContainsFunc(p.Teams, func(t incident.Team) bool { return t.ID == incident.ID(f.Team) }) && f.Team != "" {
		f.Teams = append(slices.Clip(p.Teams), incident.Team{ID: incident.ID(f.Team), Name: removedTeam}) // or everybody's would be chosen, by nobody
	}
	kinds := c.Kinds
	if c.ID == "" {
		kinds = []incident.NoticeKind{incident.NoticePublished}
	}
	for _, k := range incident.ChannelKinds {
		f.Kinds = append(f.Kinds, Choice{Value: string(k), Label: channelLabels[k], On: f.Form.Has("kind", string(k), texts(kinds)...)})
	}
	return f
}

func texts[T ~string](kinds []T) (out []string) {
	for _, k := range kinds {
		out = append(out, string(k))
	}
	return out
}

// channelLabels say what a channel is told.
var channelLabels = map[incident.NoticeKind]string{
	incident.NoticeReview:    "a review is asked for",
	incident.NoticeAnswer:    "a retrospective was reviewed",
	incident.NoticePublished: "a retrospective was published",
	incident.NoticeAction:    "an action item is given to somebody",
	incident.NoticeDue:       "something is due within three days",
	incident.NoticeOverdue:   "something is overdue",
	incident.NoticeVerify:    "it should be known whether an action item worked",
}

// Labels are what a channel is told, in words.
func (ChannelsPage) Labels(c incident.Channel) (out []string) {
	for _, k := range c.Kinds {
		out = append(out, channelLabels[k])
	}
	return out
}

// TeamName is whose incidents a channel is about; empty: everybody's.
func (p ChannelsPage) TeamName(c incident.Channel) string {
	for _, t := range p.Teams {
		if t.ID == c.Team {
			return t.Name
		}
	}
	if c.Team != "" {
		return removedTeam
	}
	return ""
}

const removedTeam = "a team that was removed"

// ChannelFields is the form of one channel.
type ChannelFields struct {
	ID      incident.ID // empty: a new one
	At      string      // makes the ids of its fields
	Form    Form
	Name    string
	Team    string
	Formats []Choice
	Kinds   []Choice
	Teams   []incident.Team
	Git     bool // it pushes to a git repository
	Branch  string
	Folder  string
}
