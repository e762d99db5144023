package retrodoc

import (
	"fmt"
	"regexp"
	"strings"

	"hindsight/incident"
)

// How a day and a time of day are written for people outside, in UTC.
const (
	sharedDay  = "2 Jan 2006"
	sharedWhen = "2 Jan 2006, 15:04 UTC"
)

// Shared returns what people outside read, as one Markdown file for people alone: Read does not take it back.
func Shared(d incident.SharedRetro) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\nRetrospective, published %s. All times are in UTC.\n", plain(d.Title), d.PublishedAt.UTC().Format(sharedDay))
	list(&b, sharedFacts(d))
	for _, s := range d.Sections {
		fmt.Fprintf(&b, "\n## %s\n", plain(s.Title))
		var moments, factors, actions []string
		for _, m := range s.Moments {
			moments = append(moments, sharedMoment(m))
		}
		for _, f := range s.Factors {
			factors = append(factors, fmt.Sprintf("%s (%s)", plain(f.Text), unjoined(f.Role)))
		}
		for _, a := range s.Actions {
			due := ""
			if !a.Due.IsZero() {
				due = ", due " + a.Due.UTC().Format(sharedDay)
			}
			actions = append(actions, fmt.Sprintf("%s (%s%s)", plain(a.Title), unjoined(a.State), due))
		}
		list(&b, moments)
		list(&b, factors)
		list(&b, actions)
		if s.Text != "" {
			b.WriteString("\n" + closed(s.Text) + "\n")
		}
	}
	return []byte(b.String())
}

func sharedFacts(d incident.SharedRetro) (out []string) {
	if d.Began.IsZero() {
		return nil
	}
	out = append(out, "Began: "+d.Began.UTC().Format(sharedWhen))
	if !d.Over.IsZero() {
		out = append(out, "Over: "+d.Over.UTC().Format(sharedWhen))
	}
	if lasted := d.Lasted(); lasted != "" {
		out = append(out, "Lasted: "+lasted)
	}
	return out
}

func sharedMoment(m incident.SharedMoment) string {
	about := ""
	if m.About > 0 {
		about = "about "
	}
	row := fmt.Sprintf("**%s%s** %s", about, m.At.UTC().Format(sharedWhen), plain(m.Title))
	if m.Text != "" {
		row += "\n\n" + closed(m.Text)
	}
	return row
}

// closed closes a fence of code that is open at the end of a text, or it would swallow what comes next.
func closed(text string) string {
	if fence := incident.OpenFence(text); fence != "" {
		return strings.TrimRight(text, "\n") + "\n" + fence
	}
	return text
}

// list writes items, with what belongs to each below it.
func list(b *strings.Builder, items []string) {
	for i, item := range items {
		if i == 0 {
			b.WriteString("\n")
		}
		b.WriteString("- " + strings.ReplaceAll(strings.ReplaceAll(item, "\n", "\n  "), "\n  \n", "\n\n") + "\n")
	}
}

// unjoined is a word of the domain as people read it: "keeps_it_small" as three words.
func unjoined(word string) string { return plain(strings.ReplaceAll(word, "_", " ")) }

// CommonMark 0.31: what means something within a line, and what does at the beginning of one.
var (
	inLine  = regexp.MustCompile("[\\\\#`*_\\[\\]<>&|~]")
	atBegin = regexp.MustCompile(`^(?:[+=-]|\d+[.)])`)
)

// plain is a text as it is written, on one line of Markdown.
func plain(text string) string {
	text = inLine.ReplaceAllString(oneLine(text), `\$0`)
	return atBegin.ReplaceAllStringFunc(text, func(mark string) string { return mark[:len(mark)-1] + `\` + mark[len(mark)-1:] })
}
