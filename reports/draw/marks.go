package draw

import (
	"encoding/xml"
	"errors"
	"fmt"
	"image/color"
	"io"
	"strconv"
	"strings"
)

// mark is one thing to paint, in CSS pixels of the picture. An SVG of ours comes down to a list of them, so
// that what paints them (onto pixels, onto a page) need not know SVG.
type mark struct {
	shape  outline     // nil for text
	fill   color.NRGBA // alpha 0: none
	tile   *tile       // a pattern instead of fill; nil: none
	stroke color.NRGBA
	width  float64   // of the stroke
	dash   []float64 // lengths of strokes and gaps; nil: solid
	text   string
	size   float64 // font size
	bold   bool
	place  matrix // of text: where its baseline begins
	clip   box
}

// parseMarks reads the subset of SVG that SVG writes: groups, rectangles, paths, lines, circles, text,
// clip paths and flat patterns. Anything else is an error rather than a gap in the picture.
func (f *fonts) parseMarks(svg []byte) ([]mark, Size, error) {
	p := &svgParser{fonts: f, clips: map[string]box{}, tiles: map[string]*tile{}}
	if err := p.collect(svg); err != nil {
		return nil, Size{}, err
	}
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return p.marks, p.size, nil
		}
		if err == nil {
			err = p.token(token)
		}
		if err != nil {
			return nil, Size{}, fmt.Errorf("svg at byte %d: %w", d.InputOffset(), err)
		}
	}
}

// state is what an element hands down to its children.
type state struct {
	element string
	attrs   map[string]string // inherited ones included
	place   matrix
	clip    box
	hidden  bool // inside defs, title and the like: not painted
}

type svgParser struct {
	fonts *fonts
	stack []state
	marks []mark
	size  Size
	clips map[string]box   // by id
	tiles map[string]*tile // by id
}

func (p *svgParser) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return p.open(t)
	case xml.EndElement:
		p.stack = p.stack[:len(p.stack)-1]
	case xml.CharData:
		if s := p.top(); s.element == "text" && !s.hidden {
			return p.addText(s, string(t))
		}
	}
	return nil
}

func (p *svgParser) top() state {
	if len(p.stack) == 0 {
		return state{place: identity(), attrs: map[string]string{}}
	}
	return p.stack[len(p.stack)-1]
}

func (p *svgParser) open(t xml.StartElement) error {
	s, err := p.enter(t)
	if err != nil {
		return err
	}
	p.stack = append(p.stack, s)
	if s.hidden {
		return nil
	}
	switch s.element {
	case "svg":
		w, _ := strconv.Atoi(s.attrs["width"])
		h, _ := strconv.Atoi(s.attrs["height"])
		p.size = Size{w, h}
		p.stack[len(p.stack)-1].clip = box{0, 0, float64(w), float64(h)}
	case "g", "text":
	case "rect", "path", "polyline", "polygon", "circle", "ellipse", "line":
		return p.addShape(s)
	default:
		return fmt.Errorf("element %s is not among those that charts use", s.element)
	}
	return nil
}

// enter works out what holds inside an element.
func (p *svgParser) enter(t xml.StartElement) (state, error) {
	up := p.top()
	s := state{element: t.Name.Local, attrs: map[string]string{}, place: up.place, clip: up.clip, hidden: up.hidden}
	switch s.element {
	case "defs", "title", "desc", "metadata", "clipPath", "pattern", "linearGradient":
		s.hidden = true
	}
	for _, name := range []string{"fill", "stroke", "stroke-width", "font-size", "font-weight", "fill-opacity", "stroke-opacity"} {
		if v, ok := up.attrs[name]; ok {
			s.attrs[name] = v
		}
	}
	for _, a := range t.Attr {
		s.attrs[a.Name.Local] = a.Value
	}
	if s.attrs["transform"] != "" {
		m, err := parseTransform(s.attrs["transform"])
		if err != nil {
			return s, err
		}
		s.place = s.place.then(m)
	}
	if id := reference(s.attrs["clip-path"]); id != "" {
		clip, ok := p.clips[id]
		if !ok {
			return s, fmt.Errorf("clip path %q is not defined", id)
		}
		corners := []point{s.place.apply(point{clip.x0, clip.y0}), s.place.apply(point{clip.x1, clip.y1})}
		s.clip = s.clip.intersect(bounds([]polyline{{points: corners}}))
	}
	return s, nil
}

// reference returns the id in "url(#id)".
func reference(text string) string {
	id, ok := strings.CutPrefix(text, "url(#")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(id, ")")
}

func (p *svgParser) addShape(s state) error {
	o, err := shapeOutline(s)
	if err != nil {
		return err
	}
	m := mark{shape: o.transform(s.place), clip: s.clip}
	if err := p.style(s, &m); err != nil {
		return err
	}
	if m.fill.A > 0 || m.stroke.A > 0 || m.tile != nil {
		p.marks = append(p.marks, m)
	}
	return nil
}

func (p *svgParser) addText(s state, text string) error {
	m := mark{text: text, clip: s.clip, bold: s.attrs["font-weight"] == "bold"}
	if err := p.style(s, &m); err != nil {
		return err
	}
	size, err := length(s.attrs, "font-size", 12)
	if err != nil {
		return err
	}
	x, err := length(s.attrs, "x", 0)
	if err != nil {
		return err
	}
	y, err := length(s.attrs, "y", 0)
	if err != nil {
		return err
	}
	switch w := p.fonts.width(text, size, m.bold); s.attrs["text-anchor"] {
	case "middle":
		x -= w / 2
	case "end":
		x -= w
	}
	if s.attrs["dominant-baseline"] == "central" {
		y += p.fonts.middle(size)
	}
	m.size = size
	m.place = s.place.then(matrix{a: 1, d: 1, e: x, f: y})
	p.marks = append(p.marks, m)
	return nil
}

// style reads fill and stroke. Text without a fill is black, as everywhere in SVG.
func (p *svgParser) style(s state, m *mark) error {
	var err error
	if t := p.tiles[reference(s.attrs["fill"])]; t != nil {
		placed := *t
		placed.place = s.place.then(t.place)
		m.tile = &placed
	} else if m.fill, err = p.paint(s, "fill", "#000000"); err != nil {
		return err
	}
	if m.stroke, err = p.paint(s, "stroke", "none"); err != nil {
		return err
	}
	if m.width, err = length(s.attrs, "stroke-width", 1); err != nil {
		return err
	}
	if m.width *= s.place.scale(); m.width == 0 {
		m.stroke.A = 0
	}
	for _, word := range strings.FieldsFunc(s.attrs["stroke-dasharray"], func(r rune) bool { return r == ',' || r == ' ' }) {
		x, err := strconv.ParseFloat(strings.TrimSuffix(word, "px"), 64)
		if err != nil || x < 0 {
			return fmt.Errorf("stroke-dasharray %q is not a list of lengths", s.attrs["stroke-dasharray"])
		}
		m.dash = append(m.dash, x*s.place.scale())
	}
	return nil
}

func length(attrs map[string]string, name string, missing float64) (float64, error) {
	text, ok := attrs[name]
	if !ok {
		return missing, nil
	}
	x, err := strconv.ParseFloat(strings.TrimSuffix(text, "px"), 64)
	if err != nil {
		return 0, fmt.Errorf("%s %q is not a length", name, text)
	}
	return x, nil
}
