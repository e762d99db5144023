package table

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"hindsight/reports"
)

// Markdown writes t as GitHub's dialect has it: the title, the table with numbers to the right, as
// people write them, the notes behind missing values, and what the numbers were made from.
func Markdown(w io.Writer, t reports.Table) error {
	out := bufio.NewWriter(w)
	if err := markdown(out, t); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("table: write %s: %w", t.ID, err)
	}
	return nil
}

// markdown leaves errors of out in it.
func markdown(out *bufio.Writer, t reports.Table) error {
	if t.Title != "" {
		fmt.Fprintf(out, "**%s**\n\n", literal(t.Title))
	}
	for _, c := range t.Columns {
		fmt.Fprintf(out, "| %s ", literal(c.Title))
	}
	out.WriteString("|\n")
	for _, c := range t.Columns {
		if c.Unit == reports.Text {
			out.WriteString("| --- ")
		} else {
			out.WriteString("| ---: ")
		}
	}
	out.WriteString("|\n")
	for n, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return fmt.Errorf("table: %s row %d: %d cells for %d columns", t.ID, n+1, len(row), len(t.Columns))
		}
		for i, cell := range row {
			text := reports.FormatCell(t.Columns[i].Unit, cell, t.Source.Location())
			if cell.Note != "" {
				text += " (" + cell.Note + ")"
			}
			fmt.Fprintf(out, "| %s ", literal(text))
		}
		out.WriteString("|\n")
	}
	out.WriteString("\n")
	if t.Note != "" {
		fmt.Fprintf(out, "%s  \n", literal(t.Note))
	}
	source(out, t.Source)
	return nil
}

func source(out *bufio.Writer, s reports.Source) {
	for _, line := range s.Words() {
		fmt.Fprintf(out, "%s  \n", literal(line))
	}
}

// literal escapes what Markdown or HTML would take for markup, and keeps the text on its line.
func literal(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\ufffd")), " ")
	return strings.NewReplacer(
		`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "#", `\#`, "~", `\~`,
		"<", "&lt;", ">", "&gt;", "&", "&amp;",
	).Replace(text)
}
