package hook

import (
	"fmt"
	"strings"

	"hindsight/incident"
)

// run is a part of a line: text, or a link when it has an address. Nothing in it is markup.
type run struct {
	text, link string
	subtle     bool
}

// lines returns what a message says, line by line.
func lines(m Message) (out [][]run) {
	if m.Lead != "" {
		out = append(out, []run{{text: incident.OneLine(m.Lead)}})
	}
	for _, line := range m.Lines {
		out = append(out, []run{{text: "• " + incident.OneLine(line)}})
	}
	for _, i := range m.Items {
		line := []run{{text: incident.OneLine(i.Says) + ": "}, {text: incident.OneLine(i.Title), link: i.Link}}
		if i.About != "" {
			line = append(line, run{text: " (" + incident.OneLine(i.About) + ")", subtle: true})
		}
		out = append(out, line)
	}
	if m.More > 0 {
		out = append(out, []run{{text: m.Rest() + " "}, {text: "see all", link: m.List}})
	}
	return out
}

// joined writes lines one below the other, each run by f.
func joined(lines [][]run, f func(run) string) string {
	var out []string
	for _, line := range lines {
		text := ""
		for _, r := range line {
			text += f(r)
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

// slackEscapes are the characters that Slack's texts have for links and mentions, and what stands for them:
// https://docs.slack.dev/messaging/formatting-message-text
var slackEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// slack returns a message as a block of rich text, in whose runs Slack reads no markup, and no mentions:
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
// The text beside it is what notifications say, and what systems show that take the same and know no blocks.
func slack(m Message) object {
	all := lines(m)
	elements := []object{}
	for i, line := range all {
		if i > 0 {
			elements = append(elements, object{"type": "text", "text": "\n"})
		}
		for _, r := range line {
			if r.link != "" {
				elements = append(elements, object{"type": "link", "url": r.link, "text": r.text})
			} else {
				elements = append(elements, object{"type": "text", "text": r.text})
			}
		}
	}
	text := joined(all, func(r run) string {
		if r.link == "" {
			return slackEscapes.Replace(r.text)
		}
		return "<" + slackEscapes.Replace(r.link) + "|" + strings.ReplaceAll(slackEscapes.Replace(r.text), "|", "¦") + ">"
	})
	return object{"text": text, "blocks": []object{{"type": "rich_text", "elements": []object{{"type": "rich_text_section", "elements": elements}}}}}
}

// mattermost returns a message as Markdown: Mattermost reads every text as that, and each @all in it as a mention, and cannot be told not to:
// https://developers.mattermost.com/integrate/slash-commands/slack
// It keeps references to characters as HTML has them, which begin no markup. Of a mention it joins them to the sign itself, so a space without width
// parts that from the name.
func mattermost(m Message) string {
	return joined(lines(m), func(r run) string {
		text := characters(r.text)
		if r.link == "" {
			return text
		}
		return "[" + text + "](" + r.link + ")"
	})
}

// characters writes each character that begins markup, a mention, an address or a picture as a reference to it.
func characters(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("&<>@*_~`[]()#|\\:!$\"", r) {
			fmt.Fprintf(&b, "&#%d;", r)
			if r == '@' {
				b.WriteString("&#8203;")
			}
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// teams returns a message with an adaptive card: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
// Texts are runs of text, in which no Markdown is read: https://learn.microsoft.com/adaptive-cards/schema-explorer/text-run
func teams(m Message) object {
	var body []object
	for _, line := range lines(m) {
		var runs []object
		for _, r := range line {
			o := object{"type": "TextRun", "text": r.text}
			if r.link != "" {
				o["selectAction"] = object{"type": "Action.OpenUrl", "url": r.link}
			}
			if r.subtle {
				o["isSubtle"] = true
			}
			runs = append(runs, o)
		}
		body = append(body, object{"type": "RichTextBlock", "inlines": runs})
	}
	card := object{"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.2", "body": body}
	return object{"type": "message", "attachments": []object{{"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil, "content": card}}}
}
