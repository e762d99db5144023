package importers

import (
	"slices"
	"strings"

	"hindsight/incident"
)

// AddEvent adds to the timeline what has a time and says something, its texts as Clean and Line make them.
func (d *Draft) AddEvent(e incident.TimelineEvent) {
	e.Actor, e.RawKind = Line(e.Actor), Line(e.RawKind)
	if e.Text = Clean(e.Text); e.At.IsZero() || e.Text == "" {
		return
	}
	d.Timeline = append(d.Timeline, e)
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
	a.State = state
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
