package markup

import (
	"regexp"
	"strings"

	"hindsight/importers"
)

// The pieces of wiki markup that have a like in Markdown.
// https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
var (
	fence     = regexp.MustCompile(`^\s*\{(code|noformat)(?::([^}]*))?\}(.*)$`)
	headline  = regexp.MustCompile(`^\s*h([1-6])\.\s+`)
	bullet    = regexp.MustCompile(`^\s*([*#-]+)\s+`)
	frame     = regexp.MustCompile(`\{(?:panel|color|quote|anchor)(?::[^}]*)?\}`)
	mono      = regexp.MustCompile(`\{\{(.+?)\}\}`)
	named     = regexp.MustCompile(`\[([^\]|\n]+)\|((?:https?|mailto):[^\]|\s]+)(?:\|[^\]\n]*)?\]`)
	bare      = regexp.MustCompile(`\[(https?:[^\]|\s]+)\]`)
	mention   = regexp.MustCompile(`\[~(?:accountid:)?([^\]\n]+)\]`)
	picture   = regexp.MustCompile(`!([^!|\s]+)(?:\|[^!\n]*)?!`)
	bold      = regexp.MustCompile(`(^|[\s(])\*(\S|\S[^*\n]*\S)\*($|[\s).,:;!?])`)
	struck    = regexp.MustCompile(`(^|[\s(])-(\S|\S[^-\n]*\S)-($|[\s).,:;!?])`)
	headCells = regexp.MustCompile(`^\s*\|\|(.*?)\|\|\s*$`)
)

// Wiki returns the wiki markup of Jira and Confluence as Markdown. What has no like there stays as it is.
func Wiki(text string) string {
	var out []string
	code := "" // the macro that is open
	for line := range strings.SplitSeq(importers.Clean(text), "\n") {
		if code != "" {
			before, _, closes := strings.Cut(line, "{"+code+"}")
			if before != "" || !closes {
				out = append(out, strings.ReplaceAll(before, "```", "'''"))
			}
			if closes {
				out, code = append(out, "```"), ""
			}
			continue
		}
		g := fence.FindStringSubmatch(line)
		if g == nil {
			out = append(out, wikiLine(line))
			continue
		}
		language, _, _ := strings.Cut(g[2], "|")
		if strings.Contains(language, "=") {
			language = ""
		}
		out, code = append(out, "```"+language), g[1]
		if before, _, closes := strings.Cut(g[3], "{"+code+"}"); g[3] != "" {
			out = append(out, before)
			if closes {
				out, code = append(out, "```"), ""
			}
		}
	}
	if code != "" {
		out = append(out, "```")
	}
	return importers.Clean(strings.Join(out, "\n"))
}

func wikiLine(line string) string {
	if g := headCells.FindStringSubmatch(line); g != nil {
		cells := strings.Split(g[1], "||")
		return "| " + strings.Join(cells, " | ") + " |\n|" + strings.Repeat(" --- |", len(cells))
	}
	lead := ""
	if g := headline.FindStringSubmatch(line); g != nil {
		lead, line = strings.Repeat("#", int(g[1][0]-'0'))+" ", headline.ReplaceAllString(line, "")
	} else if g := bullet.FindStringSubmatch(line); g != nil && !strings.HasPrefix(strings.TrimSpace(line), "--") {
		mark := "- "
		if strings.HasSuffix(g[1], "#") {
			mark = "1. "
		}
		lead, line = strings.Repeat("   ", len(g[1])-1)+mark, bullet.ReplaceAllString(line, "")
	} else if quote, ok := strings.CutPrefix(strings.TrimSpace(line), "bq. "); ok {
		lead, line = "> ", quote
	}
	line = frame.ReplaceAllString(line, "")
	line = mono.ReplaceAllString(line, "`$1`")
	line = mention.ReplaceAllString(line, "@$1")
	line = named.ReplaceAllString(line, "[$1]($2)")
	line = bare.ReplaceAllString(line, "<$1>")
	line = picture.ReplaceAllString(line, "[attachment $1]")
	line = struck.ReplaceAllString(line, "$1~~$2~~$3")
	return lead + bold.ReplaceAllString(line, "$1**$2**$3")
}
