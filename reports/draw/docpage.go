package draw

import (
	"math"
	"net/url"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"hindsight/reports"
)

// Sides of a page of A4 and what is left free around the text, in points.
const (
	short   = 595.28
	long    = 841.89
	side    = 54
	head    = 62
	foot    = 60
	perPage = long - head - foot // room for text on an upright page
)

// tint is a colour of ink: red, green and blue.
type tint [3]int

// The inks of a page are those of the print theme, and the page's colours of what is good or bad.
var (
	black  = tint{0, 0, 0}
	soft   = tint{0x4a, 0x4a, 0x4a}
	rule   = tint{0xd4, 0xd4, 0xd4}
	accent = tint{0x1b, 0x49, 0xb9}
)

// face is how a kind of text looks: size and distance of lines in points.
type face struct {
	size, lead float64
	bold       bool
	ink        tint
}

var (
	titleFace   = face{24, 29, true, black}
	aboutFace   = face{10.5, 14, false, soft}
	summaryFace = face{10.5, 15, false, black}
	bodyFace    = face{9.5, 13.5, false, black}
	nameFace    = face{10.5, 14, true, black} // of a chart or table
	noteFace    = face{8, 11, false, black}
	sourceFace  = face{7.5, 10, false, soft}
	headFaces   = [...]face{{16, 21, true, black}, {12, 16, true, black}, {9.5, 13.5, true, black}}
)

// paper lays a document out on pages.
type paper struct {
	fonts *fonts
	doc   *fpdf.Fpdf
	d     reports.Document
	zone  *time.Location
	base  string // the address of the installation, for links
	tags  *tags
	marks []*bookmark
	wide  []bool  // by page, counted from one: it lies on its side
	y     float64 // how far the page is filled, in points from its top
	stale bool    // the font that the page has is not known
}

func (p *paper) lies() bool { return p.wide[p.doc.PageNo()] }

// width is that of the text.
func (p *paper) width() float64 {
	if p.lies() {
		return long - 2*side
	}
	return short - 2*side
}

func (p *paper) height() float64 {
	if p.lies() {
		return short
	}
	return long
}

// left is how much room the page still has.
func (p *paper) left() float64 { return p.height() - foot - p.y }

// fresh reports whether nothing is on the page yet.
func (p *paper) fresh() bool { return p.y <= head }

// next begins a page.
func (p *paper) next(wide bool) {
	way := "P"
	if wide {
		way = "L"
	}
	p.doc.AddPageFormat(way, fpdf.SizeType{Wd: short, Ht: long})
	p.wide, p.tags.pages = append(p.wide, wide), append(p.tags.pages, nil)
	p.y, p.stale = head, true
	if p.doc.PageNo() > 1 {
		p.header()
	}
}

// begin goes to a page of a kind that has h points left.
func (p *paper) begin(h float64, wide bool) {
	if wide != p.lies() {
		p.next(wide)
	}
	p.room(h)
}

// room begins a page of the same kind where less than h points are left.
func (p *paper) room(h float64) {
	if p.left() < h-0.01 && !p.fresh() {
		p.next(p.lies())
	}
}

// gap leaves room between two things of a page; it is not needed at the top.
func (p *paper) gap(h float64) {
	if !p.fresh() {
		p.y += h
	}
}

func (p *paper) header() {
	f := face{7.5, 10, false, soft}
	half := p.width()/2 - 10
	p.artifact(func() {
		p.line(side, 30, p.cut(p.d.Title, half, f), f)
		about := p.cut(p.d.About, half, f)
		p.line(side+p.width()-p.span(about, f), 30, about, f)
		p.rule(side, 43, p.width(), 0.5, rule)
	})
}

// footers writes below each page which one it is, of how many, and of which document.
func (p *paper) footers() {
	f := face{7.5, 10, false, soft}
	stamp := "Change " + reports.Format(reports.Count, float64(p.d.Stamp.AsOf))
	if digest := p.d.Stamp.Digest; digest != "" {
		stamp += " · SHA-256 " + digest[:min(12, len(digest))]
	}
	pages := p.doc.PageCount()
	for n := 1; n <= pages; n++ {
		p.doc.SetPage(n)
		p.stale = true
		// fpdf counts from the bottom of the page that was begun last, which stands upright.
		y := p.height() - 42 + long - p.height()
		text := "Page " + reports.Format(reports.Count, float64(n)) + " of " + reports.Format(reports.Count, float64(pages))
		p.artifact(func() {
			p.rule(side, y-6, p.width(), 0.5, rule)
			p.line(side, y, p.fonts.shown(printable(stamp)), f)
			p.line(side+p.width()-p.span(text, f), y, text, f)
		})
	}
}

// span is how wide a line is, without the space at its end.
func (p *paper) span(line string, f face) float64 {
	return p.fonts.width(strings.TrimSuffix(line, " "), f.size, f.bold)
}

// line writes a line of text whose top is y.
func (p *paper) line(x, y float64, text string, f face) {
	style := ""
	if f.bold {
		style = "B"
	}
	if size, _ := p.doc.GetFontSize(); p.stale || size != f.size || p.doc.GetFontStyle() != style {
		p.doc.SetFont("go", style, f.size)
		p.stale = false
	}
	p.doc.SetTextColor(f.ink[0], f.ink[1], f.ink[2])
	p.doc.Text(x, y+f.lead/2+p.fonts.middle(f.size), text)
}

// rule draws a line across.
func (p *paper) rule(x, y, w, thick float64, c tint) {
	p.doc.SetFillColor(c[0], c[1], c[2])
	p.doc.Rect(x, y-thick/2, w, thick, "F")
}

// rows breaks text into lines of a width. Each ends in the space that it was broken at, so that words stay apart for those who have them read.
func (p *paper) rows(text string, w float64, f face) []string {
	text = p.fonts.shown(printable(text))
	lines := p.fonts.wrap(text, w, f.size, f.bold, math.MaxInt-1)
	for i, line := range lines {
		text = strings.TrimPrefix(text, line)
		if rest, spaced := strings.CutPrefix(text, " "); spaced {
			lines[i], text = line+" ", rest
		}
	}
	return lines
}

// cut shortens text to one line of a width.
func (p *paper) cut(text string, w float64, f face) string {
	return strings.Join(p.fonts.wrap(p.fonts.shown(printable(text)), w, f.size, f.bold, 1), "")
}

// text writes lines of an element one below the other, over as many pages as it takes. No page ends with the first line of several, none begins
// with the last.
func (p *paper) text(e *element, x float64, rows []string, f face, to string) {
	for len(rows) > 0 {
		n := min(len(rows), int((p.left()+0.01)/f.lead))
		if n < len(rows) {
			if n == len(rows)-1 {
				n--
			}
			if n < 2 && !p.fresh() {
				p.next(p.lies())
				continue
			}
			n = max(n, 1)
		}
		p.in(e, func() {
			for i, row := range rows[:n] {
				p.line(x, p.y+float64(i)*f.lead, row, f)
			}
		})
		for i, row := range rows[:n] {
			if to != "" {
				p.leads(e, x, p.y+float64(i)*f.lead, p.span(row, f), f.lead, row, to)
			}
		}
		p.y += float64(n) * f.lead
		rows = rows[n:]
	}
}

// leads makes a rectangle of the page lead somewhere.
func (p *paper) leads(e *element, x, y, w, h float64, text, to string) {
	top := p.height() - y
	l := &link{page: p.doc.PageNo(), text: text, to: to, area: [4]float64{x, top - h, x + w, top}}
	p.tags.links = append(p.tags.links, l)
	e.kids = append(e.kids, l)
}

// address returns where a path of the installation leads; empty where it does not.
func (p *paper) address(path string) string {
	if p.base == "" || !strings.HasPrefix(path, "/") {
		return ""
	}
	u, err := url.Parse(p.base + path)
	if err != nil {
		return ""
	}
	return u.String()
}
