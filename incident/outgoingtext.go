package incident

import (
	"fmt"
	"strings"
	"unicode"
)

// OutgoingItem is one thing that a message tells of.
type OutgoingItem struct {
	Kind     NoticeKind `json:"kind"`
	Says     string     `json:"says"` // "Responder One published a retrospective"
	Incident ID         `json:"incident"`
	Title    string     `json:"title"`           // of the incident
	About    string     `json:"about,omitempty"` // what in it; may be empty
	Link     string     `json:"url"`
}

// OutgoingText is what a message says.
type OutgoingText struct {
	Lead  string   // above the items; may be empty
	Lines []string // sentences behind it, above the items
	Items []OutgoingItem
	More  int    // how many further ones there are, for which there is no room
	List  string // address of the page that lists those
}

// mostItems is how many things a message tells of at most: what is longer is read by nobody, and cut or refused by those who deliver it.
const mostItems = 20

// Short returns the text with at most mostItems, the first ones. list is the address of the page that lists the others.
func (t OutgoingText) Short(list string) OutgoingText {
	if n := len(t.Items) - mostItems; n > 0 {
		t.Items, t.More, t.List = t.Items[:mostItems], n, list
	}
	return t
}

// Rest says that there are further ones.
func (t OutgoingText) Rest() string {
	return fmt.Sprintf("And %d more:", t.More)
}

// String returns the text as plain text. It ends without a line break.
func (t OutgoingText) String() string {
	var b strings.Builder
	if t.Lead != "" {
		b.WriteString(OneLine(t.Lead) + "\n\n")
	}
	for _, line := range t.Lines {
		b.WriteString("- " + OneLine(line) + "\n")
	}
	if len(t.Lines) > 0 {
		b.WriteString("\n")
	}
	for _, i := range t.Items {
		b.WriteString(OneLine(i.Says) + ": " + OneLine(i.Title) + "\n")
		if i.About != "" {
			b.WriteString(OneLine(i.About) + "\n")
		}
		b.WriteString(i.Link + "\n\n")
	}
	if t.More > 0 {
		b.WriteString(t.Rest() + "\n" + t.List)
	}
	return strings.TrimSpace(b.String())
}

// OneLine makes a text one line: what would end a line, or cannot be seen, is a space.
func OneLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text))
}
