package draw

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// fonts are the two that pictures are measured and painted with. They cover Latin, Greek and Cyrillic;
// what they lack is painted as the replacement character (an SVG is drawn with the reader's own fonts).
type fonts struct{ regular, bold *sfnt.Font }

func loadFonts() (*fonts, error) {
	regular, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return nil, err
	}
	bold, err := sfnt.Parse(gobold.TTF)
	if err != nil {
		return nil, err
	}
	return &fonts{regular, bold}, nil
}

func (f *fonts) pick(bold bool) *sfnt.Font {
	if bold {
		return f.bold
	}
	return f.regular
}

// shown returns what is painted of text on a page: what the fonts lack becomes the replacement character, and what has no shape nothing. fpdf knows the
// Basic Multilingual Plane alone, and panics beyond.
func (f *fonts) shown(text string) string {
	var buf sfnt.Buffer
	return strings.Map(func(r rune) rune {
		if r = shape(r); r < 0 {
			return r
		}
		if glyph, err := f.regular.GlyphIndex(&buf, r); r > 0xffff || err != nil || glyph == 0 {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
}

// shape returns the character that r is shown as; below zero: direction marks and the like have no shape.
func shape(r rune) rune {
	switch {
	case unicode.Is(unicode.Cf, r):
		return -1
	case r == '\u2011': // the hyphen that no line is broken at
		return '-'
	}
	return r
}

// glyphOf returns what is painted of a character, that of the replacement character where the font lacks it; ok is false where there is nothing.
func glyphOf(fnt *sfnt.Font, buf *sfnt.Buffer, r rune) (glyph sfnt.GlyphIndex, ok bool) {
	if r = shape(r); r < 0 {
		return 0, false
	}
	glyph, err := fnt.GlyphIndex(buf, r)
	if err == nil && glyph == 0 {
		glyph, err = fnt.GlyphIndex(buf, unicode.ReplacementChar)
	}
	return glyph, err == nil
}

// measure returns the width in pixels of text in a CSS font such as "bold 12px Inter".
func (f *fonts) measure(text, css string) float64 {
	size, bold := 12.0, false
	for _, word := range strings.Fields(css) {
		if number, ok := strings.CutSuffix(word, "px"); ok {
			if x, err := strconv.ParseFloat(number, 64); err == nil {
				size = x
			}
			break
		}
		bold = bold || word == "bold" || word == "600" || word == "700"
	}
	return f.width(text, size, bold)
}

// width returns the advance of one line of text in pixels.
func (f *fonts) width(text string, size float64, bold bool) float64 {
	fnt := f.pick(bold)
	var buf sfnt.Buffer
	var total fixed.Int26_6
	for _, r := range text {
		glyph, ok := glyphOf(fnt, &buf, r)
		if !ok {
			continue
		}
		// Measured large and scaled down, so that sizes round alike.
		advance, err := fnt.GlyphAdvance(&buf, glyph, fixed.I(1000), font.HintingNone)
		if err == nil {
			total += advance
		}
	}
	return float64(total) / 64 * size / 1000
}

// wrap breaks text into at most limit lines that fit into width; where more is left the last one ends in
// dots. A word wider than a line is broken.
func (f *fonts) wrap(text string, width, size float64, bold bool, limit int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if joined := strings.TrimSpace(line + " " + word); f.width(joined, size, bold) <= width {
			line = joined
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; line != "" && f.width(line, size, bold) > width && len(lines) <= limit; {
			head, tail := f.split(line, width, size, bold)
			lines, line = append(lines, head), tail
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	if len(lines) > limit {
		lines = lines[:limit]
		lines[limit-1] = f.dotted(lines[limit-1], width, size, bold)
	}
	return lines
}

// split cuts a word where the line is full, behind one letter at least.
func (f *fonts) split(word string, width, size float64, bold bool) (head, tail string) {
	runes := []rune(word)
	n := 1
	for n < len(runes)-1 && f.width(string(runes[:n+1]), size, bold) <= width {
		n++
	}
	return string(runes[:n]), string(runes[n:])
}

func (f *fonts) dotted(line string, width, size float64, bold bool) string {
	runes := []rune(line)
	for len(runes) > 0 && f.width(string(runes)+"…", size, bold) > width {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimSpace(string(runes)) + "…"
}

// middle returns how far the baseline lies below the middle of a line of text, in pixels.
func (f *fonts) middle(size float64) float64 {
	var buf sfnt.Buffer
	m, err := f.regular.Metrics(&buf, fixed.I(1000), font.HintingNone)
	if err != nil {
		return size * 0.35
	}
	return float64(m.Ascent-m.Descent) / 64 / 2 * size / 1000
}
