package frontend

import (
	"bytes"
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// ReadText is Markdown as it reads: its letters without markup and spaces, each with where it comes from.
type ReadText struct {
	source string
	units  []uint16
	spans  [][2]int // of each unit, in bytes of the source
}

// ReadMarkdown returns what somebody sees who reads a text.
func ReadMarkdown(markdown string) ReadText {
	r := ReadText{source: markdown}
	source := []byte(markdown)
	at := 0 // how far the text was read
	doc := githubMarkdown().Parser().Parse(text.NewReader(source))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker itself never fails
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Image:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			r.take(n.Segment.Start, n.Segment.Stop, n.IsRaw())
			at = n.Segment.Stop
		case *ast.AutoLink:
			label := n.Label(source)
			if i := bytes.Index(source[at:], label); i >= 0 {
				r.take(at+i, at+i+len(label), true)
				at += i + len(label)
			}
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			for i := range n.Lines().Len() {
				line := n.Lines().At(i)
				r.take(line.Start, line.Stop, true)
				at = line.Stop
			}
		}
		return ast.WalkContinue, nil
	})
	return r
}

// take reads a stretch of the source; in raw ones nothing is escaped.
func (r *ReadText) take(from, to int, raw bool) {
	for at := from; at < to; {
		char, size := utf8.DecodeRuneInString(r.source[at:to])
		words := string(char)
		if !raw && char == '\\' && at+1 < to && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", r.source[at+1]) >= 0 {
			words, size = r.source[at+1:at+2], 2
		} else if e := entity.FindStringIndex(r.source[at:to]); !raw && char == '&' && e != nil && e[0] == 0 {
			words, size = html.UnescapeString(r.source[at:at+e[1]]), e[1]
		}
		for _, unit := range tight(words) {
			r.units, r.spans = append(r.units, unit), append(r.spans, [2]int{at, at + size})
		}
		at += size
	}
}

// tight returns the units of a text without spaces.
func tight(s string) []uint16 {
	return utf16.Encode([]rune(strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || c == '\ufeff' {
			return -1
		}
		return c
	}, s)))
}

// Find returns where words that somebody read stand in the Markdown, in UTF-16 units. before is how many units without spaces stand before
// them; of several places it is the nearest one to that. Spaces do not matter. ok is false when the words are not there.
func (r ReadText) Find(words string, before int) (from, to int, ok bool) {
	sought := tight(words)
	best := -1
	for at := 0; len(sought) > 0 && at+len(sought) <= len(r.units); at++ {
		if slices.Equal(r.units[at:at+len(sought)], sought) && (best < 0 || max(at-before, before-at) < max(best-before, before-best)) {
			best = at
		}
	}
	if best < 0 {
		return 0, 0, false
	}
	return unitsIn(r.source[:r.spans[best][0]]), unitsIn(r.source[:r.spans[best+len(sought)-1][1]]), true
}

func unitsIn(s string) int { return len(utf16.Encode([]rune(s))) }
