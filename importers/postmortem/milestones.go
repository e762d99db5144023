package postmortem

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// milestoneWords says what the names of fields are times of.
var milestoneWords = importers.Values[incident.MilestoneName]{}.With(map[string]incident.MilestoneName{
	"Fault occurs": incident.ImpactStarted, "Impact start": incident.ImpactStarted, "Impact started": incident.ImpactStarted, "Impact began": incident.ImpactStarted,
	"Start": incident.ImpactStarted, "Started": incident.ImpactStarted, "Start time": incident.ImpactStarted, "Began": incident.ImpactStarted, "Start date": incident.ImpactStarted,
	"Started at": incident.ImpactStarted, "Incident start": incident.ImpactStarted, "Incident started": incident.ImpactStarted, "Outage start": incident.ImpactStarted, "Incident began": incident.ImpactStarted,
	"First detected": incident.Detected, "Fault detected": incident.Detected, "Detected": incident.Detected, "Incident detected": incident.Detected, "Detection time": incident.Detected,
	"Detected at": incident.Detected, "Time detected": incident.Detected, "Team aware": incident.Detected, "First alert": incident.Detected, "Discovered": incident.Detected,
	"Incident declared": incident.Opened, "Declared": incident.Opened, "Opened": incident.Opened, "Reported": incident.Opened,
	"Acknowledged": incident.Acked, "Acked": incident.Acked, "Incident acknowledged": incident.Acked, "Acknowledged at": incident.Acked,
	"Repaired": incident.MitigatedAt, "Repaired declared": incident.MitigatedAt, "Mitigated": incident.MitigatedAt, "Incident mitigated": incident.MitigatedAt, "Incident repaired": incident.MitigatedAt,
	"Mitigated at": incident.MitigatedAt, "Restored": incident.MitigatedAt, "Service restored": incident.MitigatedAt,
	"Resolved": incident.ResolvedAt, "Resolved at": incident.ResolvedAt, "Incident resolved": incident.ResolvedAt, "End": incident.ResolvedAt, "Ended": incident.ResolvedAt, "Resolution time": incident.ResolvedAt,
	"End time": incident.ResolvedAt, "Incident end": incident.ResolvedAt, "Incident ended": incident.ResolvedAt, "Outage end": incident.ResolvedAt, "End date": incident.ResolvedAt,
	"Impact end": incident.ImpactEnded, "Impact ended": incident.ImpactEnded,
})

// toldBy says by which words an entry of the timeline tells of a milestone. These are guesses, and never sure: somebody has to say that it was
// this one. The first entry that matches counts, or the last.
var toldBy = []struct {
	name  incident.MilestoneName
	words *regexp.Regexp
	last  bool
}{
	{incident.ImpactStarted, regexp.MustCompile(`(?i)\b(?:problem|outage|incident|impact|issue|errors?|failures?|downtime) (?:starts?|started|begins?|began|occurs?|occurred)\b|\bstart(?:s|ed)? (?:failing|reporting|returning|seeing|to fail)\b|\b(?:drops? to zero|goes down|went down|expired?|start of (?:the )?(?:outage|incident|impact))\b|\breach(?:es|ed) 0 ?%`), false},
	{incident.Detected, regexp.MustCompile(`(?i)\b(?:alert(?:s|ed)?|alarms?|paged|pages|pagerduty|notified|notice[sd]?|detect(?:s|ed)?|reports?|reported|reporting|ticket .{0,80}opened)\b`), false},
	{incident.Acked, regexp.MustCompile(`(?i)\b(?:acknowledge[sd]?|acked|investigations? (?:is |was )?start(?:s|ed)?|starts? (?:investigating|looking)|started (?:investigating|looking)|begins? (?:looking|investigating|investigation)|began (?:looking|investigating)|investigation launched|on-?call .{0,20}(?:joins?|joined|responds?|responded))\b`), false},
	{incident.MitigatedAt, regexp.MustCompile(`(?i)\b(?:mitigated|rolled back|rollback (?:is )?(?:performed|completed?|done|deployed)|reverted|workaround (?:is |was )?applied|repaired|fix (?:is |was )?deployed|merged (?:and|&|\+) deployed)\b`), false},
	{incident.ResolvedAt, regexp.MustCompile(`(?i)\b(?:resolved|back to normal|everything (?:is|seems) (?:fine|okay|ok|up)|fully operational|service (?:is )?(?:operational|restored)|resolution is confirmed|returns? to normal|recovered|outage to an end|issue goes away|problem was resolved|confirmed working|incident (?:closed|over))\b`), true},
}

var negated = regexp.MustCompile(`(?i)\b(?:not|isn't|wasn't|still|no longer|un)\b.{0,20}$`)

// readMilestones reads the times that the document states by name, and then those that its timeline tells of.
func (r *reader) readMilestones() {
	for i, l := range r.lines {
		if l.blank() || l.level > 0 || l.rule || l.code && i > 30 {
			continue
		}
		if l.row != nil {
			if len(l.row) == 2 {
				r.stated(i, l.row[0], l.row[1])
			}
			continue
		}
		text := l.text
		if l.label {
			text = l.under + ": " + l.text
		} else if l.part != keyEvents && l.part != timeline && !strings.Contains(text, ":") {
			continue
		}
		r.field(i, text)
	}
	stated := len(r.out.Milestones)
	for _, t := range toldBy {
		if r.states(t.name) {
			continue
		}
		best := -1
		for i, m := range r.out.Moments {
			said := m.Title
			if t.last && m.Text != "" {
				said += " " + Plain(m.Text[:min(len(m.Text), 500)])
			}
			at := t.words.FindStringIndex(said)
			if at == nil || negated.MatchString(said[:at[0]]) || m.About > 6*time.Hour {
				continue
			}
			if best < 0 || t.last {
				best = i
			}
		}
		if best >= 0 {
			m := r.out.Moments[best]
			f := m.Found
			f.Rule = "the words of an entry of the timeline"
			f.Sure = false
			f.Doubt = "the timeline tells of it; the document does not say that it was this moment"
			r.out.Milestones = append(r.out.Milestones, Milestone{Found: f, Name: t.name, At: m.At, Precision: precisionOf(m.About)})
		}
	}
	r.checkOrder(stated)
	slices.SortStableFunc(r.out.Milestones, func(a, b Milestone) int {
		return slices.Index(incident.MilestoneNames, a.Name) - slices.Index(incident.MilestoneNames, b.Name)
	})
}

func precisionOf(about time.Duration) incident.Precision {
	switch {
	case about >= 12*time.Hour:
		return incident.ToDay
	case about > 0:
		return incident.About
	}
	return incident.ToMinute
}

func (r *reader) states(name incident.MilestoneName) bool {
	return slices.ContainsFunc(r.out.Milestones, func(m Milestone) bool { return m.Name == name })
}

// field reads "First detected: 2024-04-15 12:32", with or without the colon, and "2024-04-15 12:32 - Incident resolved" where an entry says no more.
func (r *reader) field(i int, text string) {
	short := text[:min(len(text), longestTime)]
	if before, _, _, ok := FindTime(short); ok && strings.TrimSpace(Plain(before)) != "" {
		r.stated(i, before, short[len(before):])
		return
	}
	if name, value, ok := strings.Cut(short, ":"); ok && len(name) < 40 {
		if _, digit := strings.CutSuffix(name, "T"); !digit && name != "" && (name[len(name)-1] < '0' || name[len(name)-1] > '9') {
			r.stated(i, name, value)
			return
		}
	}
	if _, rest, ok := ReadTime(short); ok && r.lines[i].part != keyEvents {
		name := strings.Trim(Plain(rest), " .:")
		if meaning, known := milestoneWords.Of(name); known && len(strings.Fields(name)) > 1 {
			for _, m := range r.out.Moments {
				if m.Line == i+1 {
					r.state(i, meaning, m.At, precisionOf(m.About), "an entry of the timeline that says no more than this")
				}
			}
		}
	}
}

// stated takes a value for the time of a name that means a milestone.
func (r *reader) stated(i int, name, value string) {
	meaning, known := milestoneWords.Of(strings.Trim(Plain(bracket.ReplaceAllString(strings.TrimRight(Plain(name), ": "), "")), ": -|"))
	if !known {
		return
	}
	at, _, ok := ReadTime(strings.TrimSpace(value))
	switch {
	case importers.Unset(strings.Trim(Plain(value), " .")):
		return
	case !ok:
		if r.lines[i].part == keyEvents {
			r.unread("key events", "had no time", i)
		}
		return
	case at.Day > 0 && !at.Valid() || at.Day == 0 && r.out.Day.IsZero():
		r.unread("key events", "had a time that is on no calendar, or of no known day", i)
		return
	}
	zone := r.zone
	if named, _ := zoneIn(name); named != nil && at.Zone == nil {
		zone = named
	}
	if !at.Clock {
		zone = time.UTC
	}
	when, err := at.On(r.out.Day, zone)
	if err != nil || when.At.IsZero() {
		return
	}
	if at.Zone == nil && at.Clock && r.out.ZoneFrom == "the document names none" {
		r.note("The document names no time zone; its times were taken for " + r.out.Zone + ".")
	}
	r.state(i, meaning, when.At, when.Precision, "a field that names it")
}

func (r *reader) state(i int, name incident.MilestoneName, at time.Time, p incident.Precision, rule string) {
	f := r.found(i, i, rule)
	for n := range r.out.Milestones {
		if m := &r.out.Milestones[n]; m.Name == name {
			if m.At.Equal(at) {
				return
			}
			f.doubt("line " + itoa(m.Line) + " says " + m.At.Format("2 January 2006 15:04 MST"))
			m.doubt("line " + itoa(i+1) + " says " + at.Format("2 January 2006 15:04 MST"))
		}
	}
	if r.room(len(r.out.Milestones)) {
		r.out.Milestones = append(r.out.Milestones, Milestone{Found: f, Name: name, At: at, Precision: p})
	}
}

// checkOrder makes stated times unsure that cannot all be right.
func (r *reader) checkOrder(stated int) {
	ms := r.out.Milestones[:stated]
	at := func(names ...incident.MilestoneName) (first time.Time) {
		for _, m := range ms {
			if slices.Contains(names, m.Name) && (first.IsZero() || m.At.Before(first)) {
				first = m.At
			}
		}
		return first
	}
	start := at(incident.ImpactStarted, incident.Detected)
	for i := range ms {
		m := &ms[i]
		switch {
		case start.IsZero():
		case m.At.Before(start):
			m.doubt("it is before the start, " + start.Format("2 January 2006 15:04"))
		case m.At.Sub(start) > 30*24*time.Hour:
			m.doubt("it is more than 30 days behind the start")
		case m.Name == incident.Opened && m.At.After(at(incident.MitigatedAt, incident.ResolvedAt)) && !at(incident.MitigatedAt, incident.ResolvedAt).IsZero():
			m.doubt("it is behind the repair")
		}
	}
}
