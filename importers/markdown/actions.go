package markdown

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/importers/postmortem"
	"hindsight/incident"
)

// item is an entry of a list: its own text and that of the list below it.
type item struct {
	text, below string
}

// items returns the outermost entries of the lists in lines; text between the lists is left out.
func items(lines []string) []item {
	var out []item
	indent, inItem, nested := -1, false, false
	for _, line := range lines {
		level, _ := postmortem.Heading(line)
		in, text, bullet := postmortem.Bullet(line)
		switch {
		case level > 0:
			indent, inItem = -1, false
		case bullet && (indent < 0 || in <= indent || !inItem):
			indent, inItem, nested = in, true, false
			out = append(out, item{text: text})
		case !inItem:
		case strings.TrimSpace(line) == "":
			nested = true // a later paragraph of the entry
		case !bullet && nested && !strings.HasPrefix(line, " "):
			inItem = false // text that follows the list
		default:
			nested = nested || bullet
			last := &out[len(out)-1]
			if nested {
				last.below += "\n" + line
			} else {
				last.text += " " + strings.TrimSpace(line)
			}
		}
	}
	return out
}

var checkbox = regexp.MustCompile(`^\[([ xX])\]\s*`)

// mapActions reads action items from lists, with or without boxes to tick, and from tables.
func (m *mapping) mapActions() {
	for _, s := range m.doc.sections {
		if s.slug != slugActions {
			continue
		}
		m.draft.Incident.Actions = append(m.draft.Incident.Actions, m.actionTable(s.lines)...)
		for _, it := range items(s.lines) {
			a := incident.ActionItem{State: "unknown"}
			if box := checkbox.FindStringSubmatch(it.text); box != nil {
				it.text = it.text[len(box[0]):]
				a.State = "done"
				if box[1] == " " {
					a.State = "open"
				}
			}
			a.URL = cmp.Or(postmortem.FirstURL(it.text), postmortem.FirstURL(it.below))
			if a.Title = postmortem.Plain(it.text); a.Title != "" {
				m.draft.Incident.Actions = append(m.draft.Incident.Actions, a)
			}
		}
	}
}

// columns maps the headers of an action table to the parts of an action item.
var columns = importers.Values[string]{}.With(map[string]string{
	"Action": "title", "Action item": "title", "Item": "title", "Task": "title", "Description": "title",
	"Type": "kind", "Kind": "kind", "Owner": "owner", "Assignee": "owner", "Who": "owner",
	"Bug": "url", "Ticket": "url", "Issue": "url", "Link": "url", "Tracking": "url",
	"Due": "due", "Due date": "due", "Deadline": "due", "Status": "state", "State": "state", "Done": "state",
})

// kinds and states map the words in such tables.
var (
	kinds = importers.Values[string]{}.With(map[string]string{
		"prevent": "prevent", "prevention": "prevent", "detect": "detect", "detection": "detect",
		"mitigate": "mitigate", "mitigation": "mitigate", "repair": "mitigate", "process": "process",
	})
	states = importers.Values[string]{}.With(map[string]string{
		"done": "done", "closed": "done", "complete": "done", "completed": "done", "yes": "done", "x": "done",
		"open": "open", "todo": "open", "to do": "open", "in progress": "open", "no": "open", "pending": "open",
	})
)

// actionTable reads tables whose header names a column for the action; each row is one item.
func (m *mapping) actionTable(lines []string) (actions []incident.ActionItem) {
	var header []string
	for _, line := range lines {
		if !strings.HasPrefix(strings.TrimSpace(line), "|") {
			header = nil
			continue
		}
		row := postmortem.Cells(line)
		if header == nil {
			header = row
			continue
		}
		if strings.Trim(strings.Join(row, ""), "-: ") == "" {
			continue // the line below the header
		}
		a := incident.ActionItem{State: "unknown"}
		for i, cell := range row[:min(len(row), len(header))] {
			m.actionCell(&a, header[i], cell)
		}
		if a.Title != "" {
			actions = append(actions, a)
		}
	}
	return actions
}

func (m *mapping) actionCell(a *incident.ActionItem, header, cell string) {
	part, _ := columns.Of(header)
	switch part {
	case "title":
		a.Title, a.URL = postmortem.Plain(cell), cmp.Or(a.URL, postmortem.FirstURL(cell))
	case "owner":
		a.Owner = postmortem.Plain(cell)
	case "kind":
		a.Kind, _ = kinds.Of(cell)
	case "url":
		a.URL = cmp.Or(postmortem.FirstURL(cell), a.URL)
	case "state":
		state, _ := states.Of(postmortem.Plain(cell))
		a.State = cmp.Or(state, "unknown")
	case "due":
		due, err := importers.TimeFormat{Zone: time.UTC}.Parse(cell)
		if err != nil {
			m.draft.Warn(header, postmortem.Plain(cell), err.Error())
		}
		a.Due = due.At
	}
}

// mapFactors keeps what the document calls causes, one factor per list entry or one for the whole text.
func (m *mapping) mapFactors() {
	for _, s := range m.doc.sections {
		if s.slug != slugFactors {
			continue
		}
		role := "contributing"
		if importers.Fold(s.title) == "trigger" {
			role = "trigger"
		}
		list := items(s.lines)
		if len(list) == 0 {
			list = []item{{text: s.body()}}
		}
		for _, it := range list {
			if cause := importers.Clean(it.text + it.below); cause != "" {
				m.draft.Incident.Factors = append(m.draft.Incident.Factors, incident.Factor{Role: role, Text: cause, Claimed: true})
			}
		}
	}
}
