// Package markup turns the texts of other systems, in the markup that each has, into Markdown for people to read. What it
// returns is as hostile as what it was given: whoever shows it escapes it.
//
// Start with [ADF], [Wiki], [HTML] and [Bare]. What a search finds in a text is the business of search/plain.
package markup

import (
	"strings"

	"hindsight/importers"
)

// escape keeps characters that Markdown would take for markup.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "`", "\\`", "[", `\[`, "<", `\<`).Replace(text)
}

// target returns an address as a link of Markdown has it; empty when it is no web address.
func target(address string) string {
	return strings.NewReplacer("(", "%28", ")", "%29").Replace(importers.WebURL(address))
}
