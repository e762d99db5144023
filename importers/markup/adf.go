package markup

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"hindsight/importers"
)

// node is a part of a document in the Atlassian Document Format.
// https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
type node struct {
	Type    string         `json:"type"`
	Text    string         `json:"text"`
	Attrs   map[string]any `json:"attrs"`
	Content []node         `json:"content"`
	Marks   []struct {
		Type  string         `json:"type"`
		Attrs map[string]any `json:"attrs"`
	} `json:"marks"`
}

// ADF returns a document of Atlassian's as Markdown, or "" when it is none. Of what is unknown the text is kept.
func ADF(raw json.RawMessage) string {
	var n node
	if json.Unmarshal(raw, &n); n.Type != "doc" {
		return ""
	}
	return importers.Clean(n.blocks("\n\n"))
}

// blocks renders the content, each part on lines of its own.
func (n node) blocks(between string) string {
	var parts []string
	for _, c := range n.Content {
		if text := strings.TrimRight(c.block(), "\n "); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, between)
}

func (n node) block() string {
	switch n.Type {
	case "heading":
		level, _ := n.Attrs["level"].(float64)
		return strings.Repeat("#", int(min(max(level, 1), 6))) + " " + importers.Line(n.inline())
	case "bulletList", "taskList", "decisionList":
		return n.list(func(int) string { return "- " })
	case "orderedList":
		return n.list(func(i int) string { return fmt.Sprintf("%d. ", i+1) })
	case "codeBlock":
		return "```" + importers.Line(n.attr("language")) + "\n" + strings.ReplaceAll(n.plain(), "```", "'''") + "\n```"
	case "blockquote", "panel":
		return prefixed(n.blocks("\n\n"), "> ", "> ")
	case "expand", "nestedExpand":
		return strings.TrimSpace(escape(n.attr("title")) + "\n\n" + n.blocks("\n\n"))
	case "rule":
		return "---"
	case "table":
		return n.table()
	case "mediaSingle", "mediaGroup", "media":
		return "[attachment]"
	case "doc", "listItem", "tableCell", "tableHeader", "layoutSection", "layoutColumn", "bodiedExtension":
		return n.blocks("\n\n")
	}
	return n.inline()
}

func (n node) list(mark func(int) string) string {
	var lines []string
	for i, item := range n.Content {
		text := item.inline()
		switch item.Type {
		case "listItem":
			text = item.blocks("\n")
		case "taskItem":
			text = map[bool]string{true: "[x] ", false: "[ ] "}[item.attr("state") == "DONE"] + text
		case "taskList":
			text = item.block()
		}
		lines = append(lines, prefixed(text, mark(i), strings.Repeat(" ", len(mark(i)))))
	}
	return strings.Join(lines, "\n")
}

// prefixed puts first before the first line of a text and rest before each other one.
func prefixed(text, first, rest string) string {
	return first + strings.ReplaceAll(text, "\n", "\n"+rest)
}

func (n node) table() string {
	var lines []string
	for i, row := range n.Content {
		var cells []string
		for _, cell := range row.Content {
			cells = append(cells, strings.ReplaceAll(importers.Line(cell.blocks(" ")), "|", `\|`))
		}
		lines = append(lines, "| "+strings.Join(cells, " | ")+" |")
		if i == 0 {
			lines = append(lines, "|"+strings.Repeat(" --- |", max(len(cells), 1)))
		}
	}
	return strings.Join(lines, "\n")
}

func (n node) inline() string {
	switch n.Type {
	case "text":
		return n.marked()
	case "hardBreak":
		return "\n"
	case "mention", "emoji", "status":
		if text := n.attr("text"); text != "" {
			return escape(text)
		}
		return escape(n.attr("shortName"))
	case "inlineCard", "blockCard", "embedCard":
		return n.attr("url")
	case "date":
		return n.day()
	}
	var b strings.Builder
	for _, c := range n.Content {
		b.WriteString(c.inline())
	}
	return b.String()
}

// marked renders text with its marks.
func (n node) marked() string {
	text, wrap, address := escape(n.Text), "", ""
	for _, m := range n.Marks {
		switch m.Type {
		case "code":
			return "`" + strings.ReplaceAll(n.Text, "`", "'") + "`"
		case "strong":
			wrap += "**"
		case "em":
			wrap += "_"
		case "strike":
			wrap += "~~"
		case "link":
			address, _ = m.Attrs["href"].(string)
		}
	}
	if core := strings.TrimSpace(text); wrap != "" && core != "" {
		at := strings.Index(text, core)
		text = text[:at] + wrap + core + reversed(wrap) + text[at+len(core):]
	}
	if to := target(address); to != "" {
		return "[" + text + "](" + to + ")"
	}
	return text
}

// reversed returns marks in the order in which they close; each consists of one character repeated.
func reversed(marks string) string {
	b := []byte(marks)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// plain returns the text alone.
func (n node) plain() string {
	text := n.Text
	for _, c := range n.Content {
		text += c.plain()
	}
	return text
}

func (n node) attr(name string) string {
	s, _ := n.Attrs[name].(string)
	return s
}

// day reads a date, which is written as milliseconds since 1970.
func (n node) day() string {
	m, err := importers.TimeFormat{Layout: importers.UnixMillis}.Parse(n.attr("timestamp"))
	if err != nil || m.At.IsZero() {
		return ""
	}
	return m.At.Format(time.DateOnly)
}
