package postmortem

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hindsight/importers"
	"hindsight/incident"
)

// findZone takes the document's own statement about its times, "All times in CET", "Timeline (UTC)" or the header of a table, over the setting.
func (r *reader) findZone() {
	r.zone, r.out.Zone = r.Options.Zone, "UTC"
	if r.zone == nil {
		r.zone = time.UTC
	}
	r.out.Zone, r.out.ZoneFrom = r.zone.String(), "the document names none"
	for i, l := range r.lines {
		if l.code || l.blank() {
			continue
		}
		zone, word := StatedZone(l.raw[:min(len(l.raw), longestLine)])
		if zone == nil && l.part == timeline && (l.level > 0 || l.label || l.row != nil && i+1 < len(r.lines) && r.lines[i+1].rule) {
			zone, word = zoneIn(l.raw)
		}
		if zone != nil {
			r.zone, r.out.Zone, r.out.ZoneFrom = zone, cmp.Or(word, zone.String()), "line "+itoa(i+1)
			return
		}
	}
}

// zoneIn finds the one zone that a heading or the header of a table names.
func zoneIn(text string) (*time.Location, string) {
	if g := offsetPattern.FindStringSubmatch(text); g != nil {
		return offset(g[1]), ""
	}
	for _, word := range wordPattern.FindAllString(text, -1) {
		if _, ok := zones[word]; ok {
			return fixed(word), word
		}
	}
	return nil, ""
}

// dayLabel finds lines that say on which day it was.
var dayLabel = regexp.MustCompile(`(?i)^\W*(?:date(?: of (?:the )?incident)?|incident date|day|when|occurred(?: on)?|start(?:ed)?(?: time| at)?)\W*:\W*`)

// findDay finds the day that clock times without a date begin on: that of the first milestone the document states, of a line that says so, of its
// heading, or the incident's.
func (r *reader) findDay() {
	take := func(day time.Time, from string) { r.out.Day, r.out.DayFrom = day, from }
	for i, l := range r.lines {
		if l.code && i > 30 || l.blank() || !r.out.Day.IsZero() {
			continue
		}
		short := l.raw[:min(len(l.raw), longestTime)]
		if l.level == 0 && l.part != keyEvents && !dayLabel.MatchString(short) {
			continue
		}
		if l.level > 0 && l.part != other {
			continue
		}
		if _, at, _, ok := FindTime(short); ok && at.Year > 0 && at.Valid() {
			take(at.Date(time.Time{}), "line "+itoa(i+1))
		}
	}
	known := r.Options.Day
	switch {
	case r.out.Day.IsZero() && !known.IsZero():
		take(known, "the incident")
	case !known.IsZero() && r.out.Day.Sub(known).Abs() > 31*24*time.Hour:
		r.note("The document is about " + r.out.Day.Format("2 January 2006") + ", and the incident is of " + known.Format("2 January 2006") + ": is it the right one?")
	}
	if !r.out.Day.IsZero() {
		return
	}
	for _, l := range r.lines { // the first day that a timeline names
		if l.part != timeline && l.part != background || l.blank() {
			continue
		}
		if _, at, _, ok := FindTime(l.raw[:min(len(l.raw), longestTime)]); ok && at.Year > 0 && at.Valid() {
			take(at.Date(time.Time{}), "the timeline")
			return
		}
	}
}

// entry is one event of a timeline while it is read.
type entry struct {
	Moment
	first, last int // its lines
	indent      int // of its list item; UnderHeading when it has a heading of its own
	at          Time
	text        []string
}

// UnderHeading stands for the indentation of a list item where an entry has a heading of its own.
const UnderHeading = -1

// timelineReader reads the entries of a document in order. Day and last carry over, since people name the day once and let the clock run on.
type timelineReader struct {
	*reader
	day     time.Time // midnight UTC of the day that clock times are on
	last    time.Time // of the latest entry on it
	latest  time.Time // of all entries that are read
	open    *entry
	assumed bool // the zone was taken for granted
}

// readTimeline turns the entries of the timeline, which some teams keep under "Context", into moments.
func (r *reader) readTimeline() {
	t := timelineReader{reader: r, day: r.out.Day}
	var before part
	for i, l := range r.lines {
		if l.part != timeline && l.part != background {
			t.close()
			before = l.part
			continue
		}
		if l.part != before {
			t.close()
		}
		before = l.part
		t.read(i, l)
	}
	t.close()
	if t.assumed && r.out.ZoneFrom == "the document names none" {
		r.note("The document names no time zone; its times were taken for " + r.out.Zone + ".")
	}
}

func (t *timelineReader) read(i int, l line) {
	switch {
	case l.code || l.blank() && !l.label:
		t.goOn(i)
	case l.level > 0:
		t.heading(i, l)
	case l.row != nil:
		t.row(i, l)
	case l.bullet:
		t.bullet(i, l)
	default:
		t.paragraph(i, l)
	}
}

func (t *timelineReader) heading(i int, l line) {
	at, rest, ok := ReadTime(l.text)
	if !ok || !t.begin(i, at, rest, UnderHeading, "a heading that is a time") {
		t.close()
	}
}

func (t *timelineReader) bullet(i int, l line) {
	at, rest, ok := ReadTime(sayingWhen.ReplaceAllString(l.text, ""))
	if ok && (at.Clock || at.Year > 0 || at.Day > 0 && rest == "") && t.begin(i, at, rest, l.indent, "an entry of a list that begins with a time") {
		return
	}
	if t.open != nil && (t.open.indent < l.indent || t.open.indent == UnderHeading) {
		t.goOn(i)
		return
	}
	t.close()
	if t.within(i, l.text, l.indent) {
		return
	}
	t.miss(i, l)
}

// sayingWhen are words before a time at the beginning of an entry.
var sayingWhen = regexp.MustCompile(`^(?i:at|on|from|since|by)\s+`)

func (t *timelineReader) paragraph(i int, l line) {
	at, rest, ok := ReadTime(l.text)
	// Below a heading that is a time, a paragraph that begins with one is more likely part of its story; so is what is indented.
	story := t.open != nil && (t.open.indent == UnderHeading || l.indent > t.open.indent && l.indent > 0)
	prose := t.open != nil && !t.lines[i-1].blank()
	switch {
	case ok && at.Clock && !story && t.begin(i, at, rest, 0, "a line that begins with a time"):
	case ok && !at.Clock && rest == "" && (at.Year > 0 || at.Day > 0) && !story && t.begin(i, at, "", 0, "a line that is a day"):
	case story || prose:
		t.goOn(i)
	case t.statement(l):
	default:
		t.close()
		if !t.within(i, l.text, 0) {
			t.miss(i, l)
		}
	}
}

// statement reports whether a line speaks of the times rather than telling one.
func (t *timelineReader) statement(l line) bool {
	zone, _ := StatedZone(l.raw[:min(len(l.raw), longestLine)])
	text := strings.Trim(Plain(l.text), " .:_*-")
	return zone != nil || text == ""
}

// miss lists a line of a timeline that has no time. Where others keep the timeline under another name, only times are looked for.
func (t *timelineReader) miss(i int, l line) {
	if l.part != timeline || t.statement(l) {
		return
	}
	why := "had no time"
	if _, _, clock := ReadTime(sayingWhen.ReplaceAllString(l.text, "")); clock && t.day.IsZero() {
		why = "had a time, but nothing says on which day"
	}
	if slashed.MatchString(l.raw) {
		why = "had a date that can be read in two ways"
	}
	t.unread("timeline", why, i)
}

var slashed = regexp.MustCompile(`\b\d{1,2}/\d{1,2}/\d{2,4}\b`)

// clockInText finds clock times in the middle of a sentence.
var clockInText = regexp.MustCompile(`\b([01]?\d|2[0-3]):[0-5]\d\b`)

// within reads an entry that names its one time in the middle or at its end. It is never sure.
func (t *timelineReader) within(i int, text string, indent int) bool {
	short := text[:min(len(text), longestLine)]
	at := clockInText.FindAllStringIndex(short, 2)
	if len(at) != 1 || t.lines[i].part != timeline {
		return false
	}
	from := at[0][0]
	if day := dateInText.FindStringIndex(short); day != nil && day[0] < from && from-day[1] <= 4 {
		from = day[0]
	}
	when, _, ok := ReadTime(short[from:])
	if !ok || !t.begin(i, when, text, indent, "an entry with one time in it") {
		return false
	}
	t.open.doubt("the time stands in the middle of the text")
	return true
}

// row reads a row of a table: the first cell that is a time, or the first two, say when, and the others what.
func (t *timelineReader) row(i int, l line) {
	header := i+1 < len(t.lines) && t.lines[i+1].rule
	if header || l.rule {
		t.close()
		return
	}
	for at := range min(len(l.row), 4) {
		when, rest, ok := ReadTime(l.row[at])
		if !ok {
			continue
		}
		used := at + 1
		if !when.Clock && len(l.row) > at+2 {
			if both, more, ok := ReadTime(l.row[at] + " " + l.row[at+1]); ok && both.Clock {
				when, rest, used = both, more, at+2
			}
		}
		// What stands behind the time in its own cell is told, too, unless it only says that there is no clock time.
		said := append([]string{strings.Trim(rest, "-: ")}, l.row[used:]...)
		said = slices.DeleteFunc(said, func(c string) bool { return importers.Unset(c) })
		if len(said) == 0 {
			said = slices.DeleteFunc(slices.Clone(l.row[:at]), func(c string) bool { return importers.Unset(c) })
		}
		if t.begin(i, when, strings.Join(said, " | "), 0, "a row of a table") {
			t.close() // a row is one line
			return
		}
	}
	t.close()
	if strings.Trim(strings.Join(l.row, ""), " -") != "" {
		t.miss(i, l)
	}
}

// goOn adds a line to the entry at work.
func (t *timelineReader) goOn(i int) {
	if t.open != nil {
		t.open.last = i
		t.open.text = append(t.open.text, strings.TrimSuffix(t.lines[i].raw, "\r"))
	}
}

// turn is how far a clock may go back before it means the next day: people also note things late.
const turn = 3 * time.Hour

// begin begins an entry; it returns false when its time is on no calendar, or nobody knows the day.
func (t *timelineReader) begin(i int, at Time, rest string, indent int, rule string) bool {
	if at.Day > 0 && !at.Valid() || at.Day == 0 && t.day.IsZero() || at.Day > 0 && at.Year == 0 && t.day.IsZero() {
		return false
	}
	e := entry{Moment: Moment{Found: t.found(i, i, rule)}, first: i, last: i, indent: indent, at: at, text: []string{rest}}
	if under := t.lines[i].under; under != "" && t.lines[i].level == 0 {
		e.Rule += " under “" + under + "”"
	}
	if at.Day > 0 {
		t.day, t.last = at.Date(t.day), time.Time{}
	}
	when, err := at.On(t.day, t.zone)
	if err != nil || when.At.IsZero() { // the year 9999 is how sources write no time
		return false
	}
	if at.Day == 0 && !t.last.IsZero() && when.At.Before(t.last) {
		back := t.last.Sub(when.At)
		switch {
		case back > turn:
			t.day = t.day.AddDate(0, 0, 1)
			if when, err = at.On(t.day, t.zone); err != nil || when.At.IsZero() {
				return false
			}
			e.Doubt = "taken for " + t.day.Format("2 January") + ", since the clock goes back"
			e.Sure = back >= 12*time.Hour
		case back > time.Hour:
			e.doubt("it is earlier than the line before it")
		}
	}
	if at.Day > 0 && t.latest.Sub(when.At) > 24*time.Hour {
		e.doubt("it is before the line above it")
	}
	if at.Clock {
		t.last, t.latest = when.At, when.At
		t.assumed = t.assumed || at.Zone == nil
		if at.Zone == nil {
			if d := Doubt(t.out.Zone, when.At); d != "" {
				t.note(upper(d) + ".")
			}
		}
	}
	e.At = when.At
	if when.Doubt != "" {
		e.Doubt = cmp.Or(e.Doubt, when.Doubt)
	}
	switch {
	case !at.Clock:
		e.At, e.About = when.At.Add(12*time.Hour), 12*time.Hour
		e.Doubt = cmp.Or(e.Doubt, "only the day is known")
	case at.About:
		e.About = aboutMinutes * time.Minute
		e.Doubt = cmp.Or(e.Doubt, "the document says about; 15 minutes either way are ours")
	}
	if at.Until > 0 {
		end := at
		end.Hour, end.Minute = at.Until/60%24, at.Until%60
		if until, err := end.On(t.day, t.zone); err == nil && !until.At.IsZero() {
			if until.At.Before(when.At) {
				until.At = until.At.AddDate(0, 0, 1)
			}
			e.Until = until.At
		}
	}
	t.close()
	t.open = &e
	return true
}

// aboutMinutes is how far off a time is taken to be of which a text says "about".
const aboutMinutes = 15

func upper(text string) string {
	c, n := utf8.DecodeRuneInString(text)
	return strings.ToUpper(string(c)) + text[n:]
}

// longestTitle is how long the title of a moment is at most, in bytes.
const longestTitle = 280

// close ends the entry at work. A heading or an entry that only names the day is none.
func (t *timelineReader) close() {
	e := t.open
	t.open = nil
	if e == nil {
		return
	}
	text := strings.TrimSpace(e.text[0] + "\n" + undent("\n"+strings.Join(e.text[1:], "\n")))
	text = importers.Clean(text)
	if text == "" {
		if e.at.Clock {
			t.unread("timeline", "had a time and nothing else", e.first)
		}
		return
	}
	if !t.room(len(t.out.Moments)) {
		return
	}
	f := t.found(e.first, e.last, e.Rule)
	f.Sure, f.Doubt = e.Sure, e.Doubt
	e.Found = f
	e.Title, e.Text = titled(text)
	if said := t.words(e.Title); said != e.Title && said != "" {
		if e.Title = said; e.Text == "" {
			e.Text = text // with the way to what it links to
		}
	}
	e.Lane = laneOf(e.Title)
	t.out.Moments = append(t.out.Moments, e.Moment)
}

// titled makes a title of the first paragraph of a text, or of its first sentence, and keeps as text what the title leaves out.
func titled(text string) (title, rest string) {
	first, more, _ := strings.Cut(text, "\n\n")
	for more != "" && linkOnly.ReplaceAllString(strings.TrimSpace(first), "") == "" && len(strings.Fields(linkPattern.ReplaceAllString(first, "$1"))) < 3 { // no title: an address, a picture
		first, more, _ = strings.Cut(more, "\n\n")
		if more == "" {
			break
		}
	}
	if !strings.HasPrefix(text, first) {
		more = text
	}
	if i := listInside.FindStringIndex(first); i != nil {
		first, more = first[:i[0]], text
	}
	title = Plain(first)
	if g := bulletPattern.FindStringSubmatch(title); g != nil {
		title, more = g[2], text
	}
	switch {
	case title == "":
		return plainCut(Plain(text)), text
	case len(title) > longestTitle:
		return plainCut(title), text
	case linkPattern.MatchString(first) || more == text:
		return title, text
	}
	return title, strings.TrimSpace(more)
}

var listInside = regexp.MustCompile(`\n\s*(?:[-*+]|\d{1,3}[.)])\s`)

// sentence finds where a sentence ends.
var sentence = regexp.MustCompile(`[.!?](?:\s|$)`)

// plainCut shortens a text to its first sentence, or to as many words as a title has room for.
func plainCut(text string) string {
	for _, at := range sentence.FindAllStringIndex(text[:min(len(text), longestTitle)], -1) {
		if at[0] >= 20 {
			return text[:at[0]+1]
		}
	}
	if len(text) <= longestTitle {
		return text
	}
	cut := strings.LastIndexByte(text[:longestTitle-4], ' ')
	if cut < 40 {
		cut = longestTitle - 4
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
	}
	return text[:cut] + " …"
}

// lanes says by its words which part of an incident a moment belongs to; one that no rule knows is of no lane in particular.
var lanes = []struct {
	words *regexp.Regexp
	lane  incident.MomentLane
}{
	{regexp.MustCompile(`(?i)\b(?:resolved|back to normal|fully operational|recovered|service (?:is )?restored|all systems)\b`), "recovery"},
	{regexp.MustCompile(`(?i)\b(?:rolled? back|roll(?:ing)? back|revert(?:s|ed|ing)?|mitigat\w+|restart(?:s|ed|ing)?|hotfix|failed over|scal(?:ed|ing) (?:up|down|out))\b`), "mitigation"},
	{regexp.MustCompile(`(?i)\b(?:investigat\w+|identif(?:y|ies|ied)|root cause|discover(?:s|ed)?|found (?:out|that)|suspect\w*|diagnos\w+)\b`), "diagnosis"},
	{regexp.MustCompile(`(?i)\b(?:alert(?:s|ed)?|paged?|pagerduty|report(?:s|ed)?|notice[sd]?|detect(?:s|ed)?|alarm)\b`), "detection"},
}

func laneOf(title string) incident.MomentLane {
	for _, l := range lanes {
		if l.words.MatchString(title) {
			return l.lane
		}
	}
	return "key"
}
