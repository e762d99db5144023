package draw

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/echarts"
)

const maxScale = 4

// PNG returns the picture of SVG as a bitmap with scale pixels to a CSS pixel, 1 to 4; 2 is sharp on most
// screens and in print at half size.
func (e *Engine) PNG(ctx context.Context, c reports.Chart, size Size, scale float64, theme echarts.Theme) ([]byte, error) {
	if !(scale >= 1 && scale <= maxScale) {
		return nil, incident.Invalidf("scale", "%g is not between 1 and %d", scale, maxScale)
	}
	svg, err := e.SVG(ctx, c, size, theme)
	if err != nil {
		return nil, err
	}
	marks, size, err := e.fonts.parseMarks(svg)
	if err != nil {
		return nil, fmt.Errorf("draw: chart %s: %w", c.ID, err)
	}
	img := newBitmap(size, scale, e.fonts)
	for _, m := range marks {
		img.paint(m)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img.pixels); err != nil {
		return nil, fmt.Errorf("draw: chart %s: %w", c.ID, err)
	}
	return out.Bytes(), nil
}

// bitmap paints marks onto pixels.
type bitmap struct {
	pixels *image.RGBA
	scale  matrix
	fonts  *fonts
	raster vector.Rasterizer
}

func newBitmap(size Size, scale float64, f *fonts) *bitmap {
	w, h := int(math.Ceil(float64(size.Width)*scale)), int(math.Ceil(float64(size.Height)*scale))
	return &bitmap{pixels: image.NewRGBA(image.Rect(0, 0, w, h)), scale: matrix{a: scale, d: scale}, fonts: f}
}

// paint paints one mark. The stroke of a shape lies over its fill, that of text, a halo, below it.
func (b *bitmap) paint(m mark) {
	o := m.shape
	if m.text != "" {
		o = b.fonts.outline(m.text, m.size, m.bold).transform(m.place)
	}
	lines := o.transform(b.scale).flatten()
	clip := b.scaled(m.clip)
	fill := func() {
		if m.tile != nil {
			b.fillTiled(lines, m.tile, clip)
			return
		}
		b.fill(lines, m.fill, clip)
	}
	stroke := func() {
		if m.stroke.A == 0 {
			return
		}
		pen := lines
		if len(m.dash) > 0 {
			pen = dashed(lines, scaledBy(m.dash, b.scale.a))
		}
		b.fill(strokeOf(pen, m.width*b.scale.a), m.stroke, clip)
	}
	if m.text != "" {
		stroke()
		fill()
		return
	}
	fill()
	stroke()
}

func (b *bitmap) scaled(c box) box {
	k := b.scale.a
	return box{c.x0 * k, c.y0 * k, c.x1 * k, c.y1 * k}
}

func scaledBy(lengths []float64, k float64) []float64 {
	out := make([]float64, len(lengths))
	for i, x := range lengths {
		out[i] = x * k
	}
	return out
}

// fill paints the inside of lines, as far as it lies in clip. Only the pixels around them are visited.
func (b *bitmap) fill(lines []polyline, c color.NRGBA, clip box) {
	if c.A == 0 {
		return
	}
	if area := b.area(bounds(lines).intersect(clip)); !area.Empty() {
		b.trace(lines, area)
		b.raster.Draw(b.pixels, area, image.NewUniform(c), image.Point{})
	}
}

// area returns the pixels that a box touches.
func (b *bitmap) area(around box) image.Rectangle {
	if around.empty() {
		return image.Rectangle{}
	}
	around = around.intersect(box{-1, -1, 1e6, 1e6})
	return image.Rect(int(math.Floor(around.x0)), int(math.Floor(around.y0)),
		int(math.Ceil(around.x1)), int(math.Ceil(around.y1))).Intersect(b.pixels.Bounds())
}

// trace hands lines to the rasterizer, for the pixels of area.
func (b *bitmap) trace(lines []polyline, area image.Rectangle) {
	b.raster.Reset(area.Dx(), area.Dy())
	for _, l := range lines {
		for i, p := range l.points {
			x, y := float32(p.x-float64(area.Min.X)), float32(p.y-float64(area.Min.Y))
			if i == 0 {
				b.raster.MoveTo(x, y)
			} else {
				b.raster.LineTo(x, y)
			}
		}
		b.raster.ClosePath()
	}
}

// outline returns the shapes of the letters of one line of text, its baseline beginning at the origin.
func (f *fonts) outline(text string, size float64, bold bool) outline {
	const em = 1000 // letters are read large and scaled down, as width measures them
	fnt := f.pick(bold)
	var buf sfnt.Buffer
	var out outline
	x := 0.0
	for _, r := range text {
		glyph, ok := glyphOf(fnt, &buf, r)
		if !ok {
			continue
		}
		m := matrix{a: size / em, d: size / em, e: x}
		if segments, err := fnt.LoadGlyph(&buf, glyph, fixed.I(em), nil); err == nil {
			out = append(out, letter(segments).transform(m)...)
		}
		if advance, err := fnt.GlyphAdvance(&buf, glyph, fixed.I(em), font.HintingNone); err == nil {
			x += float64(advance) / 64 * size / em
		}
	}
	return out
}

// letter converts a glyph's outline; quadratic curves become cubic ones.
func letter(segments sfnt.Segments) outline {
	var p pathParser
	at := func(q fixed.Point26_6) point { return point{float64(q.X) / 64, float64(q.Y) / 64} }
	for _, s := range segments {
		switch a := s.Args; s.Op {
		case sfnt.SegmentOpMoveTo:
			p.move(at(a[0]))
		case sfnt.SegmentOpLineTo:
			p.line(at(a[0]))
		case sfnt.SegmentOpQuadTo:
			p.curve(between(p.at, at(a[0]), 2.0/3), between(at(a[1]), at(a[0]), 2.0/3), at(a[1]))
		case sfnt.SegmentOpCubeTo:
			p.curve(at(a[0]), at(a[1]), at(a[2]))
		}
	}
	return p.out
}
