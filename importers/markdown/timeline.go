package markdown

import (
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/importers/postmortem"
	"hindsight/incident"
)

// entry is one event of a timeline while it is read.
type entry struct {
	at     time.Time
	mark   string // the time as written
	text   []string
	indent int  // of its list item; postmortem.UnderHeading when it has a heading of its own
	timed  bool // it names a clock time, not only a day
}

// timeline reads the entries of one section after the other. Day and last carry over, since people
// name the day once and let the clock run on.
type timeline struct {
	*mapping
	day     time.Time // midnight UTC of the day that clock times are on
	last    time.Time // of the latest entry on it
	entries []entry
	open    bool // lines belong to the last entry
	code    string
}

// mapTimeline turns the entries of the timeline, which some teams keep under "Context", into events.
func (m *mapping) mapTimeline() {
	t := timeline{mapping: m, day: m.day}
	for _, s := range m.doc.sections {
		if s.slug != slugTimeline && s.slug != "context" {
			continue
		}
		t.open = false
		for _, line := range s.lines {
			t.read(line)
		}
	}
	for _, e := range t.entries {
		text := importers.Clean(strings.Join(e.text, "\n"))
		if text == "" && !e.timed {
			continue // a heading that only names the day
		}
		m.draft.Timeline = append(m.draft.Timeline, incident.TimelineEvent{At: e.at, Kind: incident.EventNote, Text: text, RawKind: e.mark})
	}
	m.draft.SortTimeline()
}

// read begins an entry at a line that names a time, and adds any other line to the entry before it.
func (t *timeline) read(line string) {
	if fence := fencePattern.FindStringSubmatch(line); fence != nil {
		if t.code == "" {
			t.code = fence[1]
		} else if strings.HasPrefix(fence[1], t.code) {
			t.code = ""
		}
	} else if t.code == "" && t.begins(line) {
		return
	}
	if t.open {
		last := &t.entries[len(t.entries)-1]
		last.text = append(last.text, line)
	}
}

func (t *timeline) begins(line string) bool {
	if level, title := postmortem.Heading(line); level > 0 {
		at, rest, ok := postmortem.ReadTime(title)
		return ok && t.begin(at, rest, postmortem.UnderHeading)
	}
	if indent, text, ok := postmortem.Bullet(line); ok {
		at, rest, ok := postmortem.ReadTime(text)
		if ok && (at.Clock || at.Year > 0) && t.begin(at, rest, indent) {
			return true
		}
		if t.open && t.entries[len(t.entries)-1].indent >= indent {
			t.open = false // the list goes on with something that has no time
		}
		return false
	}
	if strings.HasPrefix(strings.TrimSpace(line), "|") {
		return t.beginsRow(line)
	}
	// Below a heading that is a time, a paragraph that begins with one is more likely part of its story.
	story := t.open && t.entries[len(t.entries)-1].indent == postmortem.UnderHeading || strings.HasPrefix(line, " ")
	at, rest, ok := postmortem.ReadTime(line)
	return ok && at.Clock && !story && t.begin(at, rest, 0)
}

// beginsRow reads a table row whose first cell, or first two, name a time.
func (t *timeline) beginsRow(line string) bool {
	row := postmortem.Cells(line)
	at, _, ok := postmortem.ReadTime(row[0])
	if !ok {
		return false
	}
	used := 1
	if !at.Clock && len(row) > 2 {
		if both, _, ok := postmortem.ReadTime(row[0] + " " + row[1]); ok && both.Clock {
			at, used = both, 2
		}
	}
	return t.begin(at, strings.Join(row[used:], " | "), 0)
}

// turn is how far a clock may go back before it means the next day: people also note things late.
const turn = 3 * time.Hour

// begin adds an entry; it returns false when its time is on no calendar.
func (t *timeline) begin(at postmortem.Time, rest string, indent int) bool {
	if at.Day > 0 && !at.Valid() {
		return false
	}
	if at.Day > 0 {
		t.day, t.last = at.Date(t.day), time.Time{}
	}
	zone := t.zone
	instant, err := at.On(t.day, zone)
	if err != nil {
		return false
	}
	if at.Day == 0 && instant.At.Before(t.last.Add(-turn)) {
		t.day = t.day.AddDate(0, 0, 1)
		if instant, err = at.On(t.day, zone); err != nil {
			return false
		}
	}
	if at.Clock {
		t.last = instant.At
		if at.Zone == nil {
			t.doubt(slugTimeline, t.zoneWord, postmortem.Doubt(t.zoneWord, instant.At))
		}
	}
	t.doubt(slugTimeline, at.Text, instant.Doubt)
	t.entries = append(t.entries, entry{at: instant.At, mark: at.Text, text: []string{rest}, indent: indent, timed: at.Clock})
	t.open = true
	return true
}
