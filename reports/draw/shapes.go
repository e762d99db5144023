package draw

import (
	"encoding/xml"
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"strconv"
	"strings"
)

// shapeOutline returns the outline of a shape element in its own coordinates.
func shapeOutline(s state) (outline, error) {
	switch s.element {
	case "path":
		return parsePath(s.attrs["d"])
	case "polyline":
		return parsePath("M" + s.attrs["points"])
	case "polygon":
		return parsePath("M" + s.attrs["points"] + "Z")
	}
	v := map[string]float64{}
	for _, name := range []string{"x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2", "y2"} {
		x, err := length(s.attrs, name, 0)
		if err != nil {
			return nil, err
		}
		v[name] = x
	}
	switch s.element {
	case "rect":
		return rectangle(box{v["x"], v["y"], v["x"] + v["width"], v["y"] + v["height"]}), nil
	case "line":
		return outline{{'M', [3]point{{v["x1"], v["y1"]}}}, {'L', [3]point{{v["x2"], v["y2"]}}}}, nil
	case "circle":
		v["rx"], v["ry"] = v["r"], v["r"]
	}
	p := &pathParser{}
	p.move(point{v["cx"] + v["rx"], v["cy"]})
	p.turn(matrix{a: v["rx"], d: v["ry"], e: v["cx"], f: v["cy"]}, 0, 2*math.Pi)
	return append(p.out, segment{op: 'Z'}), nil
}

func rectangle(b box) outline {
	return outline{
		{'M', [3]point{{b.x0, b.y0}}}, {'L', [3]point{{b.x1, b.y0}}},
		{'L', [3]point{{b.x1, b.y1}}}, {'L', [3]point{{b.x0, b.y1}}}, {op: 'Z'},
	}
}

// collect reads clip paths and patterns, which may stand behind their use. Of clip paths only the bounding
// boxes count: charts clip to rectangles.
func (p *svgParser) collect(svg []byte) error {
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	clip := ""
	var pattern *tile
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("svg at byte %d: %w", d.InputOffset(), err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			s := state{element: t.Name.Local, attrs: map[string]string{}, place: identity()}
			for _, a := range t.Attr {
				s.attrs[a.Name.Local] = a.Value
			}
			switch {
			case s.element == "clipPath":
				clip = s.attrs["id"]
			case s.element == "pattern":
				pattern, err = p.addTile(s)
			case s.element == "g":
			case clip != "":
				var o outline
				o, err = shapeOutline(s)
				p.clips[clip] = bounds(o.flatten())
			case pattern != nil:
				m := mark{}
				m.shape, err = shapeOutline(s)
				err = errors.Join(err, p.style(s, &m))
				pattern.keep(m)
			}
			if err != nil {
				return err
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "clipPath":
				clip = ""
			case "pattern":
				pattern = nil
			}
		}
	}
}

// addTile registers a pattern, still without marks.
func (p *svgParser) addTile(s state) (*tile, error) {
	width, err := length(s.attrs, "width", 0)
	if err != nil {
		return nil, err
	}
	height, err := length(s.attrs, "height", 0)
	if err != nil {
		return nil, err
	}
	place, err := parseTransform(s.attrs["patternTransform"])
	t := &tile{width: width, height: height, place: place}
	p.tiles[s.attrs["id"]] = t
	return t, err
}

// paint reads a colour with its opacities.
func (p *svgParser) paint(s state, name, missing string) (color.NRGBA, error) {
	text, ok := s.attrs[name]
	if !ok {
		text = missing
	}
	if text == "none" || text == "transparent" {
		return color.NRGBA{}, nil
	}
	c, err := parseColor(text)
	if err != nil {
		return c, fmt.Errorf("%s: %w", name, err)
	}
	alpha := float64(c.A)
	for _, attr := range []string{"opacity", name + "-opacity"} {
		x, err := length(s.attrs, attr, 1)
		if err != nil {
			return c, err
		}
		alpha *= max(0, min(1, x))
	}
	c.A = uint8(alpha + 0.5)
	return c, nil
}

// parseColor reads "#rrggbb", "#rgb", "rgb(r,g,b)" and "rgba(r,g,b,a)".
func parseColor(text string) (color.NRGBA, error) {
	if hex, ok := strings.CutPrefix(text, "#"); ok {
		if len(hex) == 3 {
			hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
		}
		if n, err := strconv.ParseUint(hex, 16, 32); err == nil && len(hex) == 6 {
			return color.NRGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 255}, nil
		}
	}
	if _, list, ok := strings.Cut(strings.TrimSuffix(text, ")"), "("); ok && strings.HasPrefix(text, "rgb") {
		c := color.NRGBA{A: 255}
		parts := strings.Split(list, ",")
		for i, part := range parts {
			x, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
			if err != nil || i > 3 || x < 0 || x > 255 {
				return c, fmt.Errorf("%q is not a colour", text)
			}
			if i == 3 {
				x *= 255
			}
			*[]*uint8{&c.R, &c.G, &c.B, &c.A}[i] = uint8(min(255, x) + 0.5)
		}
		if len(parts) >= 3 {
			return c, nil
		}
	}
	return color.NRGBA{}, fmt.Errorf("%q is not a colour", text)
}

// parseTransform reads a list of translate, rotate, scale and matrix.
func parseTransform(text string) (matrix, error) {
	m := identity()
	for rest := strings.TrimSpace(text); rest != ""; {
		name, after, ok := strings.Cut(rest, "(")
		list, tail, closed := strings.Cut(after, ")")
		if !ok || !closed {
			return m, fmt.Errorf("transform %q is not a list of functions", text)
		}
		var v []float64
		for _, word := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
			x, err := strconv.ParseFloat(word, 64)
			if err != nil {
				return m, fmt.Errorf("transform %q: %q is not a number", text, word)
			}
			v = append(v, x)
		}
		step, err := transformOf(strings.TrimSpace(name), v)
		if err != nil {
			return m, fmt.Errorf("transform %q: %w", text, err)
		}
		m = m.then(step)
		rest = strings.TrimSpace(tail)
	}
	return m, nil
}

func transformOf(name string, v []float64) (matrix, error) {
	switch {
	case name == "matrix" && len(v) == 6:
		return matrix{v[0], v[1], v[2], v[3], v[4], v[5]}, nil
	case name == "translate" && len(v) == 2:
		return matrix{1, 0, 0, 1, v[0], v[1]}, nil
	case name == "translate" && len(v) == 1:
		return matrix{1, 0, 0, 1, v[0], 0}, nil
	case name == "rotate" && len(v) == 1:
		sin, cos := math.Sincos(v[0] * math.Pi / 180)
		return matrix{cos, sin, -sin, cos, 0, 0}, nil
	case name == "scale" && len(v) == 2:
		return matrix{v[0], 0, 0, v[1], 0, 0}, nil
	case name == "scale" && len(v) == 1:
		return matrix{v[0], 0, 0, v[0], 0, 0}, nil
	}
	return identity(), fmt.Errorf("%s of %d numbers is not among those that charts use", name, len(v))
}
