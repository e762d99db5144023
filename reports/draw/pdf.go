package draw

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"hindsight/reports"
	"hindsight/reports/echarts"
)

// perPixel is how many points of a page a CSS pixel has (CSS Values 4, 6.2: 96 pixels and 72 points to an inch).
const perPixel = 0.75

// PDF returns the picture of SVG as a page of its size: lines stay lines, and text is text that can be searched and copied, in fonts that the file
// carries. Its dates are the end of the period that the chart is about, so that the same chart gives the same bytes.
func (e *Engine) PDF(ctx context.Context, c reports.Chart, size Size, theme echarts.Theme) ([]byte, error) {
	svg, err := e.SVG(ctx, c, size, theme)
	if err != nil {
		return nil, err
	}
	marks, size, err := e.fonts.parseMarks(svg)
	if err != nil {
		return nil, fmt.Errorf("draw: chart %s: %w", c.ID, err)
	}
	p := newPage(size, e.fonts)
	p.doc.SetTitle(c.Title, true)
	p.doc.SetSubject(c.Answer, true)
	made := c.Source.To.UTC()
	if made.IsZero() {
		made = time.Unix(0, 0).UTC()
	}
	p.doc.SetCreationDate(made)
	p.doc.SetModificationDate(made)
	for _, m := range marks {
		p.paint(m)
	}
	var out bytes.Buffer
	if err := p.doc.Output(&out); err != nil {
		return nil, fmt.Errorf("draw: chart %s: %w", c.ID, err)
	}
	return out.Bytes(), nil
}

// page paints marks into a rectangle of a page of a PDF.
type page struct {
	doc    *fpdf.Fpdf
	fonts  *fonts
	height float64 // of the page, in points
	at     point   // the rectangle's upper left corner, in points from the page's
	scale  float64 // points to a pixel of the picture
	whole  box     // the picture, in pixels
}

func newPage(size Size, f *fonts) *page {
	w, h := float64(size.Width)*perPixel, float64(size.Height)*perPixel
	doc := newPDF(w, h)
	doc.AddPage()
	return &page{doc, f, h, point{}, perPixel, box{0, 0, float64(size.Width), float64(size.Height)}}
}

// newPDF returns a file of pages of a size in points, still without any, in which the fonts are "go" and, with the style "B", its bold one.
func newPDF(w, h float64) *fpdf.Fpdf {
	doc := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: w, Ht: h}})
	doc.SetCatalogSort(true)
	doc.SetLang("en")
	doc.SetCreator("Hindsight", true)
	doc.SetMargins(0, 0, 0)
	doc.SetAutoPageBreak(false, 0)
	doc.AddUTF8FontFromBytes("go", "", goregular.TTF)
	doc.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	return doc
}

// paint paints one mark, as bitmap.paint does.
func (p *page) paint(m mark) {
	if m.clip.empty() {
		return
	}
	if c := m.clip.intersect(p.whole); c != p.whole {
		p.doc.ClipRect(p.at.x+c.x0*p.scale, p.at.y+c.y0*p.scale, (c.x1-c.x0)*p.scale, (c.y1-c.y0)*p.scale, false)
		defer p.doc.ClipEnd()
	}
	if m.text != "" {
		p.write(m)
		return
	}
	if m.tile != nil {
		p.fillTiled(m)
	} else {
		p.fill(m.shape, m.fill)
	}
	if m.stroke.A > 0 && m.width > 0 {
		p.stroke(m)
		p.trace(m.shape)
		p.doc.DrawPath("D")
	}
}

func (p *page) fill(o outline, c color.NRGBA) {
	if c.A == 0 {
		return
	}
	p.doc.SetFillColor(int(c.R), int(c.G), int(c.B))
	p.doc.SetAlpha(float64(c.A)/255, "Normal")
	p.trace(o)
	p.doc.DrawPath("F")
}

// stroke sets the pen of a mark.
func (p *page) stroke(m mark) {
	p.doc.SetDrawColor(int(m.stroke.R), int(m.stroke.G), int(m.stroke.B))
	p.doc.SetAlpha(float64(m.stroke.A)/255, "Normal")
	p.doc.SetLineWidth(m.width * p.scale)
	p.doc.SetDashPattern(scaledBy(m.dash, p.scale), 0)
}

// trace makes an outline the path that is drawn next.
func (p *page) trace(o outline) {
	for _, s := range o {
		q := s.p
		for i := range q {
			q[i] = point{p.at.x + q[i].x*p.scale, p.at.y + q[i].y*p.scale}
		}
		switch s.op {
		case 'M':
			p.doc.MoveTo(q[0].x, q[0].y)
		case 'L':
			p.doc.LineTo(q[0].x, q[0].y)
		case 'C':
			p.doc.CurveBezierCubicTo(q[0].x, q[0].y, q[1].x, q[1].y, q[2].x, q[2].y)
		case 'Z':
			p.doc.ClosePath()
		}
	}
}

// fillTiled fills a shape with its pattern.
func (p *page) fillTiled(m mark) {
	t := m.tile
	area := bounds(m.shape.flatten()).intersect(m.clip).intersect(p.whole)
	over, ok := t.cover(t.place, area)
	if area.empty() || !ok {
		return
	}
	p.doc.RawWriteStr("q\n")
	p.trace(m.shape)
	p.doc.RawWriteStr("W n\n")
	for i := over.x0; i <= over.x1; i++ {
		for j := over.y0; j <= over.y1; j++ {
			at := t.place.then(matrix{a: 1, d: 1, e: i * t.width, f: j * t.height})
			for _, x := range t.marks {
				p.fill(x.shape.transform(at), x.fill)
			}
		}
	}
	p.doc.RawWriteStr("Q\n")
}

// write writes text where its baseline begins, its halo below it.
func (p *page) write(m mark) {
	text := p.fonts.shown(m.text)
	style := ""
	if m.bold {
		style = "B"
	}
	p.doc.SetFont("go", style, m.size*p.scale)
	p.doc.TransformBegin()
	defer p.doc.TransformEnd()
	a := m.place // of a plane whose y grows downwards; that of a PDF grows upwards
	p.doc.Transform(fpdf.TransformMatrix{A: a.a, B: -a.b, C: -a.c, D: a.d, E: p.at.x + a.e*p.scale, F: p.height - p.at.y - a.f*p.scale})
	if m.stroke.A > 0 && m.width > 0 {
		p.stroke(m)
		p.doc.SetTextRenderingMode(1)
		p.doc.Text(0, p.height, text)
		p.doc.SetTextRenderingMode(0)
	}
	if m.fill.A > 0 {
		p.doc.SetTextColor(int(m.fill.R), int(m.fill.G), int(m.fill.B))
		p.doc.SetAlpha(float64(m.fill.A)/255, "Normal")
		p.doc.Text(0, p.height, text)
	}
}
