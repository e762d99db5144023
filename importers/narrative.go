package importers

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// Happened adds to the timeline what has a time, its texts as Clean and Line make them, behind what was added before. Its
// kind may be all that it says.
func (d *Draft) Happened(e incident.TimelineEvent) {
	if e.At.IsZero() {
		return
	}
	e.Actor, e.Text, e.RawKind, e.Pos = Line(e.Actor), Clean(e.Text), Line(e.RawKind), len(d.Timeline)
	d.Timeline = append(d.Timeline, e)
}

// AddEvent is Happened for what counts only if there are words about it, such as a note.
func (d *Draft) AddEvent(e incident.TimelineEvent) {
	if Clean(e.Text) != "" {
		d.Happened(e)
	}
}

// SortTimeline brings the timeline in the order of time, and numbers it. Events of one instant keep the order in which
// they were added.
func (d *Draft) SortTimeline() {
	slices.SortStableFunc(d.Timeline, func(a, b incident.TimelineEvent) int { return a.At.Compare(b.At) })
	for n := range d.Timeline {
		d.Timeline[n].Pos = n
	}
}

// AddAction adds an action item, if it has a title. Its state is what the source's word means, by states; a word that is
// not in there makes it unknown, with a warning.
func (d *Draft) AddAction(field, word string, states map[string]string, a incident.ActionItem) {
	if a.Title = Line(a.Title); a.Title == "" {
		return
	}
	state, known := states[word]
	if !known {
		state = "unknown"
		d.Warn(field, Line(word), "this state of an action item is not known")
	}
	if a.State = state; state != "done" {
		a.Done = time.Time{}
	}
	d.Incident.Actions = append(d.Incident.Actions, a)
}

// SetKind sets what a word says of the kind of record. The incident is a real one where there is no word, or one that is
// in no map, of which there is a warning.
func (d *Draft) SetKind(field, word string, words Values[incident.Kind]) {
	kind, known := words.Of(word)
	if !known {
		kind = incident.Real
		if !Unset(word) {
			d.Warn(field, Line(word), "this kind is in no map; the incident counts as a real one until the mapping says what it is")
		}
	}
	d.Incident.Kind = kind
}

// SetRetrospective keeps what was written about the incident afterwards, if any of its parts has a text; the others are left
// out. The state is one of incident.Retrospective; an empty title is the incident's own.
func (d *Draft) SetRetrospective(title, state string, parts ...incident.Section) {
	r := incident.Retrospective{Title: cmp.Or(Line(title), d.Incident.Title), State: state}
	for _, part := range parts {
		if part.Body = Clean(part.Body); part.Body != "" {
			r.Sections = append(r.Sections, part)
		}
	}
	if len(r.Sections) > 0 {
		d.Retrospective = &r
	}
}

// Sections divides a retrospective in Markdown at its headings of the second level. What stands before the first is
// its summary; a section without text is left out.
func Sections(markdown string) (sections []incident.Section) {
	part := incident.Section{Slug: "summary", Title: "Summary"}
	for line := range strings.SplitSeq(markdown+"\n## ", "\n") {
		title, heading := strings.CutPrefix(line, "## ")
		if !heading {
			part.Body += line + "\n"
			continue
		}
		if part.Body = strings.TrimSpace(part.Body); part.Body != "" {
			sections = append(sections, part)
		}
		part = incident.Section{Slug: incident.Slug(title), Title: Line(title)}
	}
	return sections
}
