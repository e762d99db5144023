package search

import (
	"strconv"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/search/plain"
)

// document is an incident as the index sees it; the tags are the field names of newMapping.
type document struct {
	Title         string `json:"title"`
	Description   string `json:"description"`
	Timeline      string `json:"timeline"`
	Private       string `json:"private_timeline"`
	Retrospective string `json:"retrospective"`
	Factors       string `json:"factors"`
	Actions       string `json:"actions"`
	Services      string `json:"services"`
	Tags          string `json:"tags"`
	PriorityWords string `json:"priority_words"`
	Spelling      string `json:"spelling"` // whole words to suggest; not the long texts, to stay small

	Number     []string `json:"number"` // lower case: the number and the source's id
	ServiceID  []string `json:"service_id"`
	Tag        []string `json:"tag"`
	Team       string   `json:"team"`
	Status     string   `json:"status"`
	Severity   string   `json:"severity"`
	Priority   string   `json:"priority"`
	Connection string   `json:"connection"`
	Kind       string   `json:"kind"`
	Origin     string   `json:"origin"`
	Visibility string   `json:"visibility"` // "public" or "private"
	Counted    string   `json:"counted"`    // "yes" or "no": whether it enters reliability numbers

	Started *float64 `json:"started"` // Unix seconds; absent when unknown
	Opened  *float64 `json:"opened"`
	Order   float64  `json:"order"` // Started, or a time before all others
	Seq     float64  `json:"seq"`
	Rank    float64  `json:"rank"` // severity, unknown last
}

// longAgo sorts incidents without any time behind all others.
const longAgo = -1 << 40

func newDocument(inc *incident.Incident, events []incident.TimelineEvent, retro incident.Retrospective) document {
	d := document{
		Title:         inc.Title,
		Description:   plain.Text(inc.Description, inc.Format),
		Retrospective: retroText(retro),
		Tags:          strings.Join(inc.Tags, "\n"),
		PriorityWords: inc.PriorityRaw,
		Tag:           inc.Tags,
		Team:          string(inc.Team),
		Status:        string(inc.Status),
		Severity:      strconv.Itoa(int(inc.Severity)),
		Priority:      inc.PriorityRaw,
		Connection:    string(inc.Ref.Connection),
		Kind:          string(inc.Kind),
		Origin:        string(inc.Origin),
		Visibility:    visibility(inc.Private),
		Counted:       yesNo(inc.Uncounted() == ""),
		Started:       seconds(inc.StartedAt()),
		Opened:        seconds(inc.Milestones.At(incident.Opened)),
		Order:         longAgo,
		Seq:           float64(inc.Seq),
		Rank:          float64(inc.Severity),
	}
	if d.Started != nil {
		d.Order = *d.Started
	}
	if inc.Severity == incident.SevUnknown {
		d.Rank = float64(incident.Sev5) + 1
	}
	d.addNames(inc)
	d.addNotes(inc, events)
	d.Spelling = strings.Join([]string{d.Title, d.Services, d.Tags, d.Factors}, "\n")
	return d
}

func visibility(private bool) string {
	if private {
		return "private"
	}
	return "public"
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func seconds(at time.Time) *float64 {
	if at.IsZero() {
		return nil
	}
	s := float64(at.Unix())
	return &s
}

func (d *document) addNames(inc *incident.Incident) {
	for _, number := range []string{inc.Number, inc.Ref.ExternalID} {
		if number != "" {
			d.Number = append(d.Number, strings.ToLower(number))
		}
	}
	var services lines
	for _, s := range inc.Services {
		services.add(s.Name)
		if s.Service != "" {
			d.ServiceID = append(d.ServiceID, string(s.Service))
		}
	}
	d.Services = services.String()
}

func (d *document) addNotes(inc *incident.Incident, events []incident.TimelineEvent) {
	var open, closed, factors, actions lines
	for _, e := range events {
		if e.Private {
			closed.add(e.Text)
			continue
		}
		open.add(e.Text)
	}
	for _, f := range inc.Factors {
		factors.add(f.Text)
	}
	for _, a := range inc.Actions {
		actions.add(a.Title)
	}
	d.Timeline, d.Private, d.Factors, d.Actions = open.String(), closed.String(), factors.String(), actions.String()
}

func retroText(r incident.Retrospective) string {
	var out lines
	out.add(r.Title)
	for _, s := range r.Sections {
		out.add(s.Title)
		out.add(plain.Text(s.Body, incident.Markdown))
	}
	return out.String()
}

// lines joins texts, each on a line of its own.
type lines []string

func (l *lines) add(text string) {
	if text != "" {
		*l = append(*l, text)
	}
}

func (l lines) String() string { return strings.Join(l, "\n") }
