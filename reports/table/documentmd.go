package table

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"hindsight/reports"
)

// DocumentMarkdown writes d as GitHub's dialect has it. A chart is its question, its answer and its table. base is the address of the installation,
// "https://hindsight.example.com", for links; without it there are none.
func DocumentMarkdown(w io.Writer, d reports.Document, base string) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# %s\n\n%s\n\n", literal(d.Title), literal(d.About))
	items(out, d.Summary, "- ", base)
	for _, p := range d.Parts {
		if err := markdownPart(out, p, base); err != nil {
			return fmt.Errorf("table: document %s: %w", d.ID, err)
		}
	}
	if methods := d.Methods(); len(methods) > 0 {
		out.WriteString("## How these numbers are worked out\n\n")
		for _, m := range methods {
			fmt.Fprintf(out, "**%s.** %s\n\n", literal(m.Title), literal(m.Text))
		}
	}
	out.WriteString("---\n\n")
	for _, line := range d.Stamp.Words(d.Zone()) {
		fmt.Fprintf(out, "%s  \n", literal(line))
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("table: write %s: %w", d.ID, err)
	}
	return nil
}

func markdownPart(out *bufio.Writer, p reports.Part, base string) error {
	switch p := p.(type) {
	case reports.Heading:
		fmt.Fprintf(out, "%s %s\n\n", strings.Repeat("#", p.Level+1), literal(p.Text))
	case reports.Prose:
		fmt.Fprintf(out, "%s\n\n", literal(string(p)))
	case reports.List:
		mark := "- "
		if p.Boxes {
			mark = "- [ ] "
		}
		items(out, p.Items, mark, base)
	case reports.Figures:
		for _, f := range p {
			fmt.Fprintf(out, "- **%s**: %s\n", literal(f.Name), literal(f.Sentence()))
		}
		out.WriteString("\n")
	case reports.Chart:
		fmt.Fprintf(out, "**%s**\n\n", literal(p.Title))
		if words := p.Answer + p.Empty; words != "" {
			fmt.Fprintf(out, "%s\n\n", literal(words))
		}
		if p.Empty != "" {
			source(out, p.Source)
		} else {
			t := p.Table.Folded()
			t.Title = ""
			if err := markdown(out, t); err != nil {
				return err
			}
		}
		out.WriteString("\n")
	case reports.Table:
		if err := markdown(out, p.Folded()); err != nil {
			return err
		}
		out.WriteString("\n")
	default:
		return fmt.Errorf("%T is no part of a document", p)
	}
	return nil
}

func items(out *bufio.Writer, all []reports.Item, mark, base string) {
	for _, x := range all {
		text := literal(x.Text)
		if x.Link != "" && base != "" {
			text = "[" + text + "](" + base + x.Link + ")"
		}
		fmt.Fprintf(out, "%s%s\n", mark, text)
	}
	if len(all) > 0 {
		out.WriteString("\n")
	}
}
