package postmortem

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// columns maps the headers of an action table to the parts of an action item.
var columns = importers.Values[string]{}.With(map[string]string{
	"Action": "title", "Action item": "title", "Action items": "title", "Item": "title", "Task": "title", "Description": "title", "What": "title", "Todo": "title", "Follow-up": "title", "Title": "title", "Recommendation": "title",
	"Type": "kind", "Kind": "kind", "Category": "kind", "Owner": "owner", "Assignee": "owner", "Who": "owner", "Owner(s)": "owner", "Responsible": "owner", "Assigned to": "owner", "Team": "owner", "DRI": "owner",
	"Bug": "url", "Ticket": "url", "Issue": "url", "Link": "url", "Tracking": "url", "Jira": "url", "Tracker": "url", "Reference": "url", "PR": "url", "Ticket/Issue": "url",
	"Due": "due", "Due date": "due", "Deadline": "due", "When": "due", "Target date": "due", "ETA": "due", "By when": "due", "Target": "due",
	"Status": "state", "State": "state", "Done": "state", "Done?": "state", "Completed": "state", "Priority": "priority", "Prio": "priority",
})

// The words in such tables, and in headings above actions.
var (
	kindWords = importers.Values[string]{}.With(map[string]string{
		"prevent": "prevent", "prevention": "prevent", "preventative": "prevent", "preventive": "prevent", "detect": "detect", "detection": "detect", "monitoring": "detect", "alerting": "detect",
		"mitigate": "mitigate", "mitigation": "mitigate", "repair": "mitigate", "process": "process", "process improvements": "process", "process improvement": "process",
		"detection improvements": "detect", "mitigation improvements": "mitigate", "monitoring and alerting": "detect", "prevention improvements": "prevent",
	})
	stateWords = importers.Values[string]{}.With(map[string]string{
		"done": incident.ActionDone, "closed": incident.ActionDone, "complete": incident.ActionDone, "completed": incident.ActionDone, "yes": incident.ActionDone, "x": incident.ActionDone, "✅": incident.ActionDone, "☑": incident.ActionDone,
		"finished": incident.ActionDone, "resolved": incident.ActionDone, "merged": incident.ActionDone, "fixed": incident.ActionDone,
		"open": incident.ActionOpen, "todo": incident.ActionOpen, "to do": incident.ActionOpen, "no": incident.ActionOpen, "pending": incident.ActionOpen, "not started": incident.ActionOpen, "planned": incident.ActionOpen, "new": incident.ActionOpen,
		"in progress": incident.ActionInProgress, "wip": incident.ActionInProgress, "started": incident.ActionInProgress, "ongoing": incident.ActionInProgress, "doing": incident.ActionInProgress,
		"dropped": incident.ActionDropped, "won't do": incident.ActionDropped, "wontfix": incident.ActionDropped, "cancelled": incident.ActionDropped,
	})
	priorityWords = importers.Values[string]{}.With(map[string]string{"high": "high", "p0": "high", "p1": "high", "urgent": "high", "critical": "high", "medium": "medium", "p2": "medium", "low": "low", "p3": "low", "p4": "low"})
)

var (
	checkbox  = regexp.MustCompile(`^\[([ xX✓✔])\]\s*`)
	struck    = regexp.MustCompile(`^\s*~~.*~~\s*\W*$`)
	markDone  = regexp.MustCompile(`(?i)^\s*(?:✅|☑️?|✔️?|\[?done\]?[:\s]|\(done\))\s*|\s*(?:✅|☑️?|✔️?|\((?:done|completed|already done)\)|\[done\]|- done)\s*\.?$`)
	doneBelow = regexp.MustCompile(`(?i)^\W*(?:(?:this )?(?:has been|was|is) )?(?:already )?done\b|^\W*(?:completed|fixed|merged) in\b`)
	ownerIn   = regexp.MustCompile(`(?i)[(\[]?\b(?:owner|assignee|assigned to|responsible|dri)\s*[:=]?\s*(@?[\p{L}][\p{L}\p{N}_.'/-]*(?: [\p{Lu}][\p{L}\p{N}_.'-]*)?(?:\s+team\b)?)[)\]]?`)
	mentioned = regexp.MustCompile(`(?:^|[\s(\[])@([A-Za-z0-9][A-Za-z0-9_.-]*[A-Za-z0-9])`)
	dueIn     = regexp.MustCompile(`(?i)[(\[]?\b(?:due(?: date| by| on)?|deadline|eta|by)\s*[:=]?\s+?((?:\d{4}-\d{1,2}-\d{1,2}|(?:` + monthNames + `) \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?|\d{1,2}(?:st|nd|rd|th)? (?:` + monthNames + `)(?:,? \d{4})?))[)\]]?`)
	boldTitle = regexp.MustCompile(`^\s*\*\*([^*]{8,200}?)[.:]?\*\*\s*[:.–-]?\s*(.*)$`)
	linkOnly  = regexp.MustCompile(`(?i)[(\[]*\s*(?:!?\[(?:[^\]]*)\]\([^)]*\)|<?https?://[^\s<>)\]]+>?)\s*[)\]]*`)
	linkWords = regexp.MustCompile(`(?i)^(?:see |related to |tracked (?:in|by|as) |ticket:? |issue:? |pr:? )*(?:issue|issues|pr|pull request|ticket|bug|jira|github issue|github pr|link|card|here|done here|this issue|this pr|[#a-z/-]*#?\d+)$`)
	trailing  = regexp.MustCompile(`(?i)[\s,;–(\[-]*\b(?:see|tracked in|tracked by|tracked as|ticket|issue|related to)?[\s:,;–(\[-]*$`)
)

// longestAction is how long the title of an action item is at most, in bytes.
const longestAction = 300

// readActions proposes what stands under headings that say action items: entries of lists and rows of tables. What is indented below an entry is
// of that entry, unless it has a box of its own, or the entry only says what follows.
func (r *reader) readActions() {
	bullets := false
	for _, l := range r.lines {
		bullets = bullets || l.part == actions && (l.bullet || l.row != nil)
	}
	r.spans(func(p part) bool { return p == actions }, func(first, last int, l line) {
		r.actionTable(first, last)
		kind, _ := kindWords.Of(l.under)
		list := r.pieces(first, last)
		for _, p := range list {
			r.actionPiece(p, kind, l.under, bullets, 0)
		}
	})
	for i, l := range r.lines { // "Action item: …" anywhere
		if l.part == actions || l.code || l.level > 0 {
			continue
		}
		if g := actionAnywhere.FindStringSubmatch(l.raw[:min(len(l.raw), longestLine)]); g != nil {
			r.addAction(r.found(i, i, "a line that says that it is an action item"), g[1], nil, "")
		}
	}
}

var actionAnywhere = regexp.MustCompile(`(?i)^\s*(?:[-*+]\s+)?(?:\*\*)?(?:action item|follow-up action|AI)(?:\*\*)?:(?:\*\*)?\s+(\S.{10,})$`)

// deepest is how many lists within another are looked at for actions of their own.
const deepest = 4

func (r *reader) actionPiece(p piece, kind, under string, bullets bool, depth int) {
	text := strings.TrimSpace(p.text)
	bare := Plain(checkbox.ReplaceAllString(text, ""))
	if bare == "" || nothing.MatchString(bare) {
		return
	}
	if !p.bullet {
		switch {
		case bullets || strings.HasSuffix(bare, ":"):
			if zone, _ := StatedZone(text); zone == nil {
				r.unread("action items", "stood beside a list and was taken for an introduction or a remark", p.first)
			}
		default:
			f := r.found(p.first, p.last, "a paragraph under “"+under+"”")
			f.doubt("it is prose, and may be no single action")
			r.addAction(f, text, p.below, kind)
		}
		return
	}
	var inner []piece
	if depth < deepest {
		inner = r.pieces(p.first+1, p.last)
	}
	boxes := false
	for _, q := range inner {
		boxes = boxes || q.bullet && checkbox.MatchString(q.text)
	}
	group := strings.HasSuffix(strings.TrimRight(bare, " "), ":") && len(inner) > 0
	if own, _ := kindWords.Of(strings.TrimSuffix(bare, ":")); own != "" {
		kind = own
		group = group || len(inner) > 0
	}
	if group || boxes {
		if !group {
			f := r.found(p.first, p.first, "an entry of a list under “"+under+"”")
			r.addAction(f, text, nil, kind)
		}
		for _, q := range inner {
			if q.bullet {
				r.actionPiece(q, kind, strings.TrimSuffix(bare, ":"), true, depth+1)
			}
		}
		return
	}
	r.addAction(r.found(p.first, p.last, "an entry of a list under “"+under+"”"), text, p.below, kind)
}

// addAction reads what an entry says of an action item.
func (r *reader) addAction(f Found, text string, below []string, kind string) {
	if !r.room(len(r.out.Actions)) {
		return
	}
	a := Action{Found: f, ActionItem: incident.ActionItem{State: incident.ActionOpen, Kind: kind}}
	said := ""
	if box := checkbox.FindStringSubmatch(text); box != nil {
		text = text[len(box[0]):]
		if box[1] != " " {
			a.State = incident.ActionDone
		}
		said = box[1]
	}
	if struck.MatchString(text) {
		a.State, said = incident.ActionDone, "x"
		a.doubt("it is struck out: done, or dropped?")
	}
	if markDone.MatchString(text) {
		text = markDone.ReplaceAllString(text, "")
		a.State, said = incident.ActionDone, "x"
	}
	for _, line := range clauses(below) {
		if doneBelow.MatchString(line) && said == "" {
			a.State = incident.ActionDone
			a.doubt("a line below it says that it was done")
		}
	}
	a.URL = cmp.Or(FirstURL(text), FirstURL(strings.Join(below, "\n")))
	if g := ownerIn.FindStringSubmatch(Plain(text)); g != nil {
		a.Owner = strings.TrimPrefix(g[1], "@")
		text = ownerIn.ReplaceAllString(text, "")
	} else if all := mentioned.FindAllStringSubmatch(text, 2); len(all) == 1 {
		a.Owner = all[0][1]
		a.Doubt = cmp.Or(a.Doubt, "its owner is the only one who is mentioned")
	}
	if g := dueIn.FindStringSubmatch(text); g != nil {
		if due, ok := r.due(g[1]); ok {
			a.Due = due
			text = dueIn.ReplaceAllString(text, "")
		}
	}
	if a.Title = r.words(actionTitle(text)); a.Title == "" {
		return
	}
	if len(a.Title) > longestAction {
		a.Title = plainCut(a.Title)
		a.Doubt = cmp.Or(a.Doubt, "its title is the beginning of what the document says")
	}
	r.out.Actions = append(r.out.Actions, a)
}

// due reads a day that work is due on; a day without a year is the next one after the incident. It is due when that day ends, in UTC.
func (r *reader) due(text string) (time.Time, bool) {
	at, _, ok := ReadTime(text)
	if !ok || at.Day == 0 || !at.Valid() || at.Year == 0 && r.out.Day.IsZero() {
		return time.Time{}, false
	}
	day := at.Date(r.out.Day)
	if at.Year == 0 && day.Before(r.out.Day) {
		day = day.AddDate(1, 0, 0)
	}
	return day, true
}

// actionTitle is what is to be done: the part in bold of "**Title**: explanation", without links that only lead to the tracker.
func actionTitle(text string) string {
	if g := boldTitle.FindStringSubmatch(text); g != nil {
		text = g[1]
	}
	text = linkOnly.ReplaceAllStringFunc(text, func(link string) string {
		words := ""
		if g := linkPattern.FindStringSubmatch(link); g != nil {
			words = strings.TrimSpace(Plain(g[1]))
		}
		if words == "" || linkWords.MatchString(words) {
			return "\x00"
		}
		return link
	})
	if cut := strings.TrimRight(text, "\x00 .,;"); strings.HasSuffix(strings.TrimRight(text, " .,;"), "\x00") {
		if short := strings.TrimRight(trailing.ReplaceAllString(cut, ""), " :"); short != "" {
			text = short
		}
	}
	words := strings.ReplaceAll(Plain(strings.ReplaceAll(text, "\x00", "")), "()", "")
	return strings.Trim(strings.Join(strings.Fields(words), " "), " ,;")
}

// actionTable reads tables whose header names a column for the action; each row is one item.
func (r *reader) actionTable(first, last int) {
	var header []string
	for i := first; i <= last; i++ {
		l := r.lines[i]
		switch {
		case l.row == nil:
			header = nil
			continue
		case l.rule:
			continue
		case header == nil:
			header = l.row
			continue
		}
		a := Action{Found: r.found(i, i, "a row of a table under “"+l.under+"”"), ActionItem: incident.ActionItem{State: incident.ActionOpen}}
		for n, cell := range l.row[:min(len(l.row), len(header))] {
			if cell != "" && !importers.Unset(cell) {
				r.actionCell(&a, Plain(header[n]), cell)
			}
		}
		switch {
		case a.Title == "" && strings.Trim(strings.Join(l.row, ""), " -") != "":
			r.unread("action items", "were rows of a table without a column for the action", i)
		case a.Title != "" && r.room(len(r.out.Actions)):
			a.URL = cmp.Or(a.URL, FirstURL(l.raw))
			r.out.Actions = append(r.out.Actions, a)
		}
	}
}

func (r *reader) actionCell(a *Action, header, cell string) {
	part, _ := columns.Of(header)
	switch part {
	case "title":
		if a.Title == "" {
			a.Title, a.URL = actionTitle(cell), cmp.Or(a.URL, FirstURL(cell))
			if len(a.Title) > longestAction {
				a.Title = plainCut(a.Title)
				a.Doubt = "its title is the beginning of what the document says"
			}
		}
	case "owner":
		a.Owner = strings.TrimPrefix(Plain(cell), "@")
	case "kind":
		a.Kind, _ = kindWords.Of(Plain(cell))
	case "priority":
		a.Priority, _ = priorityWords.Of(Plain(cell))
	case "url":
		a.URL = cmp.Or(FirstURL(cell), a.URL)
	case "state":
		word := Plain(cell)
		if box := checkbox.FindStringSubmatch(word); box != nil {
			word = cmp.Or(strings.TrimSpace(box[1]), "open")
		}
		state, known := stateWords.Of(word)
		if !known {
			if strings.Contains(word, "✅") || strings.Contains(word, "☑") {
				state, known = incident.ActionDone, true
			}
		}
		if !known {
			a.doubt("the state “" + plainCut(word) + "” is not known here; it was taken for open")
		}
		a.State = cmp.Or(state, a.State)
	case "due":
		due, ok := r.due(Plain(cell))
		if !ok {
			a.doubt("the due day “" + plainCut(Plain(cell)) + "” could not be read")
		}
		a.Due = due
	}
}

// Whole reports whether an action item says all that its lines say: nothing is indented below it, and its title was not cut.
func (a Action) Whole() bool {
	for i, line := range strings.Split(a.Quote, "\n") {
		if i > 0 && (bulletPattern.MatchString(line) || fencePattern.MatchString(line) || strings.TrimSpace(line) == "") {
			return false
		}
	}
	return !strings.HasSuffix(a.Title, "…") && boldTitle.FindString(strings.TrimLeft(a.Quote, "-*+ ")) == ""
}
