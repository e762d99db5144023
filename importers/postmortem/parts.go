package postmortem

import (
	"regexp"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// part is what a piece of a document is about.
type part string

const (
	summary    part = "summary"
	impact     part = "impact"
	timeline   part = "timeline"
	background part = "background" // often holds the timeline
	keyEvents  part = "key events"
	detection  part = "detection"
	response   part = "response"
	causes     part = "causes"
	trigger    part = "trigger"
	wentWell   part = "what went well"
	wentWrong  part = "what went wrong"
	lucky      part = "luck"
	lessons    part = "lessons"
	actions    part = "action items"
	evidence   part = "evidence"
	external   part = "what customers were told"
	details    part = "details"
	other      part = ""
)

// headingWords says what people call the parts of a document.
var headingWords = map[part]string{
	summary:    "Summary|Overview|Executive summary|TL;DR|Issue summary|Incident summary|What happened|What happened?|Abstract|Synopsis|Description|Problem|Problem statement",
	impact:     "Impact|Customer impact|User impact|Business impact|Impact assessment|Users affected|Who was affected|Effect|Scope|Symptoms|User-facing impact|Blast radius",
	timeline:   "Timeline|Incident timeline|Timeline of events|Chronology|Event log|Sequence of events|Detailed timeline|Incident log|Time line|Course of events",
	background: "Context|Background",
	keyEvents:  "Key events|Key times|Incident details|Metadata|At a glance|Key facts",
	detection:  "Detection|Identified|How was it detected|How was the incident detected|How we found out|Monitoring",
	response: "Response|Resolution|Recovery|Mitigation|Fix|Remediation|How we fixed it|How it was resolved|How was it resolved|Resolution and recovery|Recovery and resolution|Mitigation and resolution|" +
		"Solution|The fix|Incident response|Response and recovery|Corrective actions taken|Actions taken",
	causes: "Root cause|Root causes|Root cause(s)|Cause|Causes|Contributing factors|Contributing factor|Contributing factor(s)|Contributing causes|Root cause analysis|Underlying cause|What caused it|" +
		"What caused the incident|Root cause and contributing factors|Root causes and contributing factors|What made it possible|Causes and contributing factors|Why did it happen|Why it happened",
	trigger: "Trigger|Triggers|Triggering event|Proximate cause",
	wentWell: "What went well|What went right|Went well|Things that went well|What worked|What worked well|Positives|What we did well|Good|" +
		"What helped|The good",
	wentWrong: "What went wrong|What went badly|What went poorly|Went poorly|Went wrong|Things that went wrong|What didn't go well|What did not go well|What could have gone better|What could be improved|" +
		"What didn't work|What was hard|Bad|The bad|What could be better|Areas for improvement|What could have been better|What we could have done better|Things that went poorly|What made it worse",
	lucky:   "Where we got lucky|Where we were lucky|Luck|What was lucky|Lucky|Things that were lucky|We got lucky",
	lessons: "Lessons learned|Lessons learnt|Lessons|Lessons learned and improvements|Conclusion|Conclusions|Learnings|Key learnings|What we learned|What we learnt|Takeaways|Key takeaways|What surprised us|Reflections|Analysis",
	actions: "Action items|Actions|Review actions|Actions following review|Action item|Follow-up|Follow-ups|Follow ups|Follow-up improvements|Follow-up actions|Follow-up items|Follow-up tasks|Next steps|" +
		"Preventive measures|Preventative measures|Preventive actions|Remediation items|Remediations|Corrective actions|Corrective measures|Corrective and preventative measures|Corrective and preventive actions|" +
		"To do|TODO|TODOs|Improvements|Planned improvements|What we are doing|What we will do|What are we doing to prevent this|Prevention|Future work|Tasks|Repair items|Recommendations|" +
		"Action plan|Action points|Mitigation actions|Resolution and prevention items|What we change|What we're doing about it|Post-incident actions|Outstanding actions",
	evidence: "Evidence|References|Links|Related|Related links|Related issues|Related Issues / PRs|Supporting information|Attachments|Appendix|Further reading|Resources|See also|Stats|Attendees|Participants|Glossary|Responders",
	external: "External message|Customer communication|Communication|Communications|Status page|Public statement",
	details:  "Technical details|Details|Technical analysis|Investigation|Diagnosis|Technical background|In detail|Deep dive",
}

// headings is headingWords by what they fold to.
var headings = func() importers.Values[part] {
	out := importers.Values[part]{}
	for p, all := range headingWords {
		for word := range strings.SplitSeq(all, "|") {
			out[importers.Fold(word)] = p
		}
	}
	return out
}()

// within finds parts in headings that say more than a heading has to. The first that matches counts.
var within = []struct {
	words *regexp.Regexp
	part  part
}{
	{regexp.MustCompile(`(?i)\btime ?line\b|\bchronolog`), timeline},
	{regexp.MustCompile(`(?i)\baction (?:item|point|plan)s?\b|\bfollow[- ]?ups?\b|\b(?:preventati?ve|corrective) (?:measures|actions)\b`), actions},
	{regexp.MustCompile(`(?i)\bgot lucky\b|\bwere lucky\b`), lucky},
	{regexp.MustCompile(`(?i)\bwent (?:well|right)\b|\bworked well\b`), wentWell},
	{regexp.MustCompile(`(?i)\bwent (?:wrong|badly|poorly)\b|\bn[o']t go (?:so )?well\b|\bgone better\b|\bdone better\b`), wentWrong},
	{regexp.MustCompile(`(?i)\broot[- ]causes?\b|\bcontributing (?:factor|cause)s?\b`), causes},
	{regexp.MustCompile(`(?i)\blessons? learn|\bwhat (?:we|did we) learn`), lessons},
	{regexp.MustCompile(`(?i)^(?:user |customer |business )?impact\b`), impact},
}

var (
	numbered = regexp.MustCompile(`^(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[IVX]{1,4}[.)])\s+`)
	bracket  = regexp.MustCompile(`\s*[(\[][^)\]]*[)\]]\s*$`)
)

// partOf returns what a heading means. Only a heading of that very name is one, or, loosely, a short one that contains it.
func partOf(title string, loosely bool) (part, bool) {
	title = strings.TrimRight(Plain(title), ":.! ")
	title = strings.TrimLeftFunc(numbered.ReplaceAllString(title, ""), func(r rune) bool { return r > 0x2000 || strings.ContainsRune(" _*", r) }) // pictures
	for _, t := range []string{title, bracket.ReplaceAllString(title, "")} {
		if p, ok := headings.Of(t); ok && t != "" {
			return p, true
		}
	}
	if loosely && len(title) <= 80 {
		for _, w := range within {
			if w.words.MatchString(title) {
				return w.part, true
			}
		}
	}
	return other, false
}

// labelPattern finds "- **Impact**: text", "**Impact:** text" and the like at any depth.
var labelPattern = regexp.MustCompile(`^\s*(?:[-*+–]\s+)?(?:\*\*|__)([^*_]{1,60}?):?(?:\*\*|__)\s*:?\s*(.*)$`)

// labelLevel is below all headings.
const labelLevel = 7

// markParts says of each line which part of the document it is of. A heading below one of a known part is of that part unless it names
// another; below action items, and below a timeline, headings group.
func (r *reader) markParts() {
	type open struct {
		level, indent int
		part          part
		title         string
	}
	var stack []open
	top := func() open {
		if len(stack) == 0 {
			return open{}
		}
		return stack[len(stack)-1]
	}
	first := true
	for i := range r.lines {
		l := &r.lines[i]
		if l.code {
			l.part, l.under = top().part, top().title
			continue
		}
		switch {
		case l.level > 0:
			p, known := partOf(l.text, !first || l.level > 1)
			at, _, timed := ReadTime(l.text)
			before := top().part
			switch {
			case first && !known:
				r.out.Title = Plain(l.text)
			case timed && !known && (before == timeline || at.Clock && before == background):
				l.part, l.under = before, top().title
				continue // an entry of the timeline, however deep
			}
			first = false
			for len(stack) > 0 && top().level >= l.level {
				stack = stack[:len(stack)-1]
			}
			up := top().part
			if !known || up == actions && p != timeline {
				p = up
			}
			stack = append(stack, open{level: l.level, part: p, title: Plain(l.text)})
		case r.isLabel(i, top().level == labelLevel, top().part):
			g := labelPattern.FindStringSubmatch(l.raw[:min(len(l.raw), longestLine)])
			title, rest := strings.TrimSpace(l.text), ""
			if g != nil {
				title, rest = g[1], g[2]
			}
			p, _ := partOf(title, false)
			for len(stack) > 0 && top().level >= labelLevel {
				stack = stack[:len(stack)-1]
			}
			stack = append(stack, open{level: labelLevel, indent: l.indent, part: p, title: strings.TrimRight(Plain(title), ": ")})
			l.label, l.bullet, l.text = true, false, rest
		}
		l.part, l.under = top().part, top().title
	}
}

// isLabel reports whether a line names the part that follows: by a label that means a part, by any label at the depth of such ones, or by
// standing alone.
func (r *reader) isLabel(i int, labelled bool, now part) bool {
	l := r.lines[i]
	if l.blank() || l.row != nil || len(l.raw) > longestLine {
		return false
	}
	if g := labelPattern.FindStringSubmatch(l.raw); g != nil {
		if _, known := partOf(g[1], false); known {
			return labelled || now != actions && now != timeline || !l.bullet && g[2] == ""
		}
		return labelled && l.indent == 0 && now != actions && now != timeline
	}
	if l.bullet || len(l.raw) > 60 || i > 0 && !r.lines[i-1].blank() {
		return false
	}
	_, known := partOf(l.text, false)
	return known && (now != actions || strings.HasSuffix(strings.TrimSpace(l.raw), ":"))
}

// slugs says which section here a part belongs to; a part without one is of a section of its own.
var slugs = map[part]string{summary: "summary", impact: "impact", timeline: "timeline", detection: "detection", response: "response", causes: "factors", trigger: "factors", wentWell: "response",
	wentWrong: "surprises", lucky: "surprises", lessons: "surprises", actions: "actions", evidence: "evidence", external: "external"}

// readSections cuts the document at its headings. What is below a heading's own level belongs to it, and so do headings of a timeline.
func (r *reader) readSections() {
	begin, level, title := 0, 0, ""
	var p part
	flush := func(end int) {
		from := begin
		for from < end && r.lines[from].blank() {
			from++
		}
		if from >= end {
			return
		}
		f := r.found(from, end-1, "the text under a heading")
		s := Section{Found: f, Title: title, Slug: slugs[p], Known: slugs[p] != ""}
		text := f.Quote
		if r.lines[from].label && from == begin {
			text = strings.TrimSpace(r.lines[from].text + r.text[r.lines[from].to:f.To])
		}
		s.Text = undent(importers.Clean(text))
		if title == "" {
			s.Title, s.Rule = "Introduction", "the text before the first heading"
			if !r.has(summary) {
				s.Slug, s.Known = "summary", true
			}
		}
		if s.Slug == "" {
			s.Slug = incident.Slug(s.Title)
		}
		if s.Text != "" && s.Slug != "" && r.room(len(r.out.Sections)) {
			r.out.Sections = append(r.out.Sections, s)
		}
	}
	for i, l := range r.lines {
		switch {
		case l.code && (i == 0 || begin == i): // the front matter
			begin = i + 1
		case l.level > 0 && (level == 0 || l.level <= level || level == 1) && !r.entry(i):
			flush(i)
			begin, level, title, p = i+1, l.level, Plain(l.text), l.part
			if l.level == 1 && title == r.out.Title {
				title, p = "", other
			}
		case l.label && (level == 0 || level == labelLevel || level == 1):
			flush(i)
			begin, level, title, p = i, labelLevel, l.under, l.part
		}
	}
	flush(len(r.lines))
}

func (r *reader) has(p part) bool {
	for _, l := range r.lines {
		if l.part == p {
			return true
		}
	}
	return false
}

// entry reports whether a heading is an entry of a timeline.
func (r *reader) entry(i int) bool {
	if p := r.lines[i].part; p != timeline && p != background {
		return false
	}
	_, _, timed := ReadTime(r.lines[i].text)
	return timed
}

// undent takes away the indentation that all lines but the first have in common.
func undent(text string) string {
	lines := strings.Split(text, "\n")
	common := -1
	for _, l := range lines[1:] {
		if strings.TrimSpace(l) == "" {
			continue
		}
		if n := len(l) - len(strings.TrimLeft(l, " ")); common < 0 || n < common {
			common = n
		}
	}
	for i, l := range lines[1:] {
		lines[i+1] = l[min(len(l)-len(strings.TrimLeft(l, " ")), max(0, common)):]
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
