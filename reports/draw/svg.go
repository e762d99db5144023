package draw

import (
	"context"
	"fmt"
	"html"
	"regexp"
	"strings"

	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/echarts"
)

// Size is the size of a whole picture, title and source included, in CSS pixels.
type Size struct{ Width, Height int }

const (
	minSide = 200
	maxSide = 4000
	minPlot = 220 // pixels: a picture grows beyond its height rather than squeeze its marks
	rowRoom = 26  // pixels that each row of a flat chart needs
	margin  = 16
)

func (s Size) check() error {
	if s.Width < minSide || s.Width > maxSide || s.Height < minSide || s.Height > maxSide {
		return incident.Invalidf("size", "%d x %d is not between %d and %d pixels", s.Width, s.Height, minSide, maxSide)
	}
	return nil
}

// SVG returns c as an SVG file: title, answer, the plot, and what it was made from. It holds neither script nor
// style nor references to anything outside. A size beyond 200 to 4000 pixels is incident.ErrInvalid;
// a picture becomes higher than asked where title or rows need it.
func (e *Engine) SVG(ctx context.Context, c reports.Chart, size Size, theme echarts.Theme) ([]byte, error) {
	if err := size.check(); err != nil {
		return nil, err
	}
	f := e.frame(c, size, theme)
	if err := e.fill(ctx, f, c, theme); err != nil {
		return nil, err
	}
	return f.assemble(c, theme), nil
}

// fill draws the plot of a frame; an empty chart has none.
func (e *Engine) fill(ctx context.Context, f *frame, c reports.Chart, theme echarts.Theme) (err error) {
	f.marks, err = e.marks(ctx, c, f.plot, theme, "")
	return err
}

// marks returns what is drawn of a chart, as the inside of an svg element; nothing of an empty one.
func (e *Engine) marks(ctx context.Context, c reports.Chart, size Size, theme echarts.Theme, ids string) (string, error) {
	if c.Empty != "" {
		return "", nil
	}
	option, err := echarts.Option(c, theme)
	plot := ""
	if err == nil {
		plot, err = e.plot(ctx, option, size)
	}
	if err != nil {
		return "", fmt.Errorf("draw: chart %s: %w", c.ID, err)
	}
	return strip(plot, ids), nil
}

// Plot returns the plot of c alone, as an svg element for a page that writes title, answer and source itself; empty where there is nothing to draw. It
// holds what SVG may hold. ids is put before each id in it, so that several can stand in one page. Colours may be custom properties of the page. A size
// beyond 200 to 4000 pixels is incident.ErrInvalid; a chart that lies on its side is as high as its rows need.
func (e *Engine) Plot(ctx context.Context, c reports.Chart, size Size, theme echarts.Theme, ids string) ([]byte, error) {
	if err := size.check(); err != nil || c.Empty != "" {
		return nil, err
	}
	if c.Flat() { // few rows need no more than their room
		size.Height = flatRoom(c)
	}
	plot, err := e.marks(ctx, c, size, theme, ids)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img" aria-label="%[3]s">%[4]s</svg>`,
		size.Width, size.Height, escape(c.Title+" "+c.Answer), plot), nil
}

// line is one line of text in the frame around the plot.
type line struct {
	text  string
	y     float64 // of the baseline
	size  float64
	bold  bool
	color string
}

// frame is everything around the plot and where the plot goes.
type frame struct {
	size  Size
	lines []line
	top   int // of the plot
	plot  Size
	marks string // SVG of the plot
}

func (e *Engine) frame(c reports.Chart, size Size, theme echarts.Theme) *frame {
	f := &frame{size: size}
	width := float64(size.Width - 2*margin)
	y := float64(margin)
	write := func(text string, size float64, bold bool, color string, limit int) {
		for _, row := range e.fonts.wrap(printable(text), width, size, bold, limit) {
			y += size * 1.35
			f.lines = append(f.lines, line{row, y - size*0.3, size, bold, color})
		}
	}
	write(c.Title, 16, true, theme.Ink, 3)
	write(c.Answer, 13, false, theme.Soft, 5)
	y += 8
	if c.Empty != "" {
		y += 16
		write(c.Empty, 13, false, theme.Ink, 12)
		y += 16
	}
	f.top = int(y)
	head := len(f.lines)
	y = 0
	for _, row := range c.Source.Words() {
		write(row, 11, false, theme.Soft, 4)
	}
	f.fit(c, int(y))
	for i := range f.lines[head:] {
		f.lines[head+i].y += float64(f.top + f.plot.Height + 8)
	}
	return f
}

// fit gives the plot the room that head and foot leave, or what it needs at least.
func (f *frame) fit(c reports.Chart, foot int) {
	around := f.top + 8 + foot + margin
	if c.Empty != "" { // the text says it all
		f.size.Height = around
		return
	}
	f.plot = Size{f.size.Width - 2*margin, max(least(c), f.size.Height-around)}
	f.size.Height = around + f.plot.Height
}

// least is the height that the plot of a chart needs, in pixels.
func least(c reports.Chart) int {
	if c.Flat() {
		return max(minPlot, flatRoom(c))
	}
	return minPlot
}

// flatRoom is how high the plot of a flat chart is, in pixels.
func flatRoom(c reports.Chart) int { return 90 + rowRoom*len(c.Y.Categories) }

func (f *frame) assemble(c reports.Chart, theme echarts.Theme) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img">`, f.size.Width, f.size.Height)
	fmt.Fprintf(&b, "\n<title>%s</title>\n<desc>%s</desc>\n", escape(c.Title), escape(c.Answer+c.Empty))
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="%s"/>`+"\n", f.size.Width, f.size.Height, escape(theme.Surface))
	for _, l := range f.lines {
		weight := ""
		if l.bold {
			weight = ` font-weight="bold"`
		}
		fmt.Fprintf(&b, `<text x="%d" y="%.1f" font-family="%s" font-size="%g"%s fill="%s">%s</text>`+"\n",
			margin, l.y, escape(theme.Font), l.size, weight, escape(l.color), escape(l.text))
	}
	if f.marks != "" {
		fmt.Fprintf(&b, `<g transform="translate(%d %d)">`+"\n%s</g>\n", margin, f.top, f.marks)
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// strip takes off what only a browser's ECharts needs: the root element, styles, classes and hints for
// events. Font styles become attributes, which no content security policy forbids. Ids are numbered from
// zero, behind ids: the engine's count up as long as it lives.
func strip(svg, ids string) string {
	svg = regexp.MustCompile(`(?s)<style.*?</style>`).ReplaceAllString(svg, "")
	if _, inner, ok := strings.Cut(svg, ">"); ok {
		svg = strings.TrimSuffix(strings.TrimSpace(inner), "</svg>")
	}
	svg = regexp.MustCompile(` (class="zr\d+-cls-\d+"|ecmeta_\w+="[^"]*"|pointer-events="\w+"|xml:space="preserve")`).ReplaceAllString(svg, "")
	svg = regexp.MustCompile(` style="([^"]*)"`).ReplaceAllStringFunc(svg, styleAttributes)
	seen := map[string]string{}
	return regexp.MustCompile(`(id="|url\(#)zr\d+-`).ReplaceAllStringFunc(svg, func(found string) string {
		before, id, _ := strings.Cut(found, "zr")
		if seen[id] == "" {
			seen[id] = fmt.Sprintf("%sp%d-", ids, len(seen))
		}
		return before + seen[id]
	})
}

// styleAttributes turns ` style="font-size:12px;…"` into attributes of the same names.
func styleAttributes(style string) string {
	var b strings.Builder
	style = strings.TrimSuffix(strings.TrimPrefix(style, ` style="`), `"`)
	for _, part := range strings.Split(style, ";") {
		if name, value, ok := strings.Cut(part, ":"); ok && strings.HasPrefix(name, "font-") {
			fmt.Fprintf(&b, ` %s="%s"`, name, value)
		}
	}
	return b.String()
}

// printable keeps to one line of characters that XML may hold.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfffe || r == 0xffff {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
	return strings.Join(strings.Fields(text), " ")
}

func escape(text string) string { return html.EscapeString(printable(text)) }
