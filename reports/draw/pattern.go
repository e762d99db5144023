package draw

import (
	"image"
	"image/draw"
	"math"
)

// tile is a pattern: marks that repeat in both directions to fill a shape.
type tile struct {
	marks         []mark
	width, height float64
	place         matrix // from the tile's plane to the picture
}

// maxTiles bounds the work for one shape; a bar of a page has some thousands.
const maxTiles = 200_000

// fillTiled paints the inside of lines with a pattern, as far as it lies in clip.
func (b *bitmap) fillTiled(lines []polyline, t *tile, clip box) {
	area := b.area(bounds(lines).intersect(clip))
	if area.Empty() {
		return
	}
	sheet := &bitmap{pixels: image.NewRGBA(area), fonts: b.fonts}
	m := b.scale.then(t.place)
	all := box{float64(area.Min.X), float64(area.Min.Y), float64(area.Max.X), float64(area.Max.Y)}
	over, ok := t.cover(m, all)
	if !ok {
		return
	}
	for i := over.x0; i <= over.x1; i++ {
		for j := over.y0; j <= over.y1; j++ {
			at := m.then(matrix{a: 1, d: 1, e: i * t.width, f: j * t.height})
			for _, mark := range t.marks {
				sheet.fill(mark.shape.transform(at).flatten(), mark.fill, all)
			}
		}
	}
	mask := image.NewAlpha(image.Rect(0, 0, area.Dx(), area.Dy()))
	b.trace(lines, area)
	b.raster.DrawOp = draw.Src
	b.raster.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	b.raster.DrawOp = draw.Over
	draw.DrawMask(b.pixels, area, sheet.pixels, area.Min, mask, image.Point{}, draw.Over)
}

// cover returns the numbers of the first and last tiles that touch area; ok is false when they are none
// or too many.
func (t *tile) cover(m matrix, area box) (numbers box, ok bool) {
	det := m.a*m.d - m.b*m.c
	if det == 0 || !(t.width > 0) || !(t.height > 0) {
		return box{}, false
	}
	inverse := matrix{m.d / det, -m.b / det, -m.c / det, m.a / det, (m.c*m.f - m.d*m.e) / det, (m.b*m.e - m.a*m.f) / det}
	corners := make([]point, 4)
	for i, c := range []point{{area.x0, area.y0}, {area.x1, area.y0}, {area.x1, area.y1}, {area.x0, area.y1}} {
		corners[i] = inverse.apply(c)
	}
	in := bounds([]polyline{{points: corners}})
	numbers = box{math.Floor(in.x0 / t.width), math.Floor(in.y0 / t.height), math.Floor(in.x1 / t.width), math.Floor(in.y1 / t.height)}
	return numbers, (numbers.x1-numbers.x0+1)*(numbers.y1-numbers.y0+1) <= maxTiles
}

// keep adds a mark that lies in the tile. ECharts repeats marks beyond its edges, which SVG cuts off.
func (t *tile) keep(m mark) {
	b := bounds(m.shape.flatten())
	x, y := (b.x0+b.x1)/2, (b.y0+b.y1)/2
	if !b.empty() && m.fill.A > 0 && x >= 0 && x < t.width && y >= 0 && y < t.height {
		t.marks = append(t.marks, m)
	}
}
