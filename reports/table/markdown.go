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
	for _, line := range t.Source.Words() {
		fmt.Fprintf(out, "%s  \n", literal(line))
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("table: write %s: %w", t.ID, err)
	}
	return nil
}

// literal escapes what Markdown or HTML would take for markup, and keeps the text on its line.
func literal(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\ufffd")), " ")
	return strings.NewReplacer(
		`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "#", `\#`, "~", `\~`,
		"<", "&lt;", ">", "&gt;", "&", "&amp;",
	).Replace(text)
}
