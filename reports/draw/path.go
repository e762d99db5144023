package draw

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// parsePath reads the d attribute of an SVG path. Arcs and quadratic curves become cubic ones.
func parsePath(d string) (outline, error) {
	p := &pathParser{rest: d}
	for {
		p.skip()
		if p.rest == "" {
			return p.out, nil
		}
		if c := p.rest[0]; c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			p.op, p.rest = c, p.rest[1:]
		} else if p.op == 0 || p.op == 'Z' || p.op == 'z' {
			return nil, fmt.Errorf("path %.40q: no command before %.20q", d, p.rest)
		}
		if err := p.step(); err != nil {
			return nil, fmt.Errorf("path %.40q: %w", d, err)
		}
	}
}

type pathParser struct {
	rest  string
	op    byte
	at    point // where the pen is
	start point // where the current line began
	out   outline
}

func (p *pathParser) skip() { p.rest = strings.TrimLeft(p.rest, " ,\t\r\n") }

// step runs the current command once.
func (p *pathParser) step() error {
	upper := p.op &^ 0x20
	counts := map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'Q': 4, 'A': 7, 'Z': 0}
	n, known := counts[upper]
	if !known {
		return fmt.Errorf("command %q is not among those that charts use", p.op)
	}
	var v [7]float64
	for i := range n {
		x, err := p.number()
		if err != nil {
			return err
		}
		v[i] = x
	}
	relative := point{}
	if p.op != upper {
		relative = p.at
	}
	p.draw(upper, v, relative)
	return nil
}

func (p *pathParser) draw(op byte, v [7]float64, from point) {
	at := func(i int) point { return point{v[i] + from.x, v[i+1] + from.y} }
	switch op {
	case 'M':
		p.move(at(0))
		p.op-- // further pairs are lines: L follows M, and l follows m
	case 'L':
		p.line(at(0))
	case 'H':
		p.line(point{v[0] + from.x, p.at.y})
	case 'V':
		p.line(point{p.at.x, v[0] + from.y})
	case 'C':
		p.curve(at(0), at(2), at(4))
	case 'Q':
		q, end := at(0), at(2)
		p.curve(between(p.at, q, 2.0/3), between(end, q, 2.0/3), end)
	case 'A':
		p.arc(v[0], v[1], v[2]*math.Pi/180, v[3] != 0, v[4] != 0, at(5))
	case 'Z':
		p.out = append(p.out, segment{op: 'Z'})
		p.at = p.start
	}
}

func between(p, q point, t float64) point { return point{p.x + t*(q.x-p.x), p.y + t*(q.y-p.y)} }

func (p *pathParser) move(to point) {
	p.out = append(p.out, segment{'M', [3]point{to}})
	p.at, p.start = to, to
}

func (p *pathParser) line(to point) {
	p.out = append(p.out, segment{'L', [3]point{to}})
	p.at = to
}

func (p *pathParser) curve(c1, c2, to point) {
	p.out = append(p.out, segment{'C', [3]point{c1, c2, to}})
	p.at = to
}

// arc appends an elliptical arc as curves of at most a quarter turn each. The conversion from end points to
// centre is that of the SVG specification, appendix "Elliptical arc implementation notes".
func (p *pathParser) arc(rx, ry, phi float64, large, sweep bool, to point) {
	from := p.at
	if rx, ry = math.Abs(rx), math.Abs(ry); rx == 0 || ry == 0 || from == to {
		p.line(to)
		return
	}
	sin, cos := math.Sincos(phi)
	dx, dy := (from.x-to.x)/2, (from.y-to.y)/2
	x, y := cos*dx+sin*dy, cos*dy-sin*dx
	if over := x*x/(rx*rx) + y*y/(ry*ry); over > 1 {
		rx, ry = rx*math.Sqrt(over), ry*math.Sqrt(over)
	}
	root := math.Sqrt(max(0, (rx*rx*ry*ry-rx*rx*y*y-ry*ry*x*x)/(rx*rx*y*y+ry*ry*x*x)))
	if large == sweep {
		root = -root
	}
	cx, cy := root*rx*y/ry, -root*ry*x/rx
	begin := math.Atan2((y-cy)/ry, (x-cx)/rx)
	turn := math.Atan2((-y-cy)/ry, (-x-cx)/rx) - begin
	if sweep && turn < 0 {
		turn += 2 * math.Pi
	} else if !sweep && turn > 0 {
		turn -= 2 * math.Pi
	}
	m := matrix{rx * cos, rx * sin, -ry * sin, ry * cos, cos*cx - sin*cy + (from.x+to.x)/2, sin*cx + cos*cy + (from.y+to.y)/2}
	p.turn(m, begin, turn)
	p.at = to
}

// turn appends an arc of the unit circle as m transforms it.
func (p *pathParser) turn(m matrix, begin, turn float64) {
	n := int(math.Ceil(math.Abs(turn) / (math.Pi / 2)))
	step := turn / float64(max(1, n))
	k := 4.0 / 3 * math.Tan(step/4)
	for i := range n {
		s0, c0 := math.Sincos(begin + float64(i)*step)
		s1, c1 := math.Sincos(begin + float64(i+1)*step)
		p.curve(m.apply(point{c0 - k*s0, s0 + k*c0}), m.apply(point{c1 + k*s1, s1 - k*c1}), m.apply(point{c1, s1}))
	}
}

// number takes the next number off the front.
func (p *pathParser) number() (float64, error) {
	p.skip()
	n := numberLength(p.rest)
	x, err := strconv.ParseFloat(p.rest[:n], 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, fmt.Errorf("%.20q is not a number", p.rest)
	}
	p.rest = p.rest[n:]
	return x, nil
}

// numberLength returns how much of text may be one number: paths write "1-2" for 1 and -2, ".5.5" for
// twice a half.
func numberLength(text string) int {
	dot, exp := false, false
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
		case c == '.' && !dot && !exp:
			dot = true
		case c == 'e' && !exp && i > 0, c == 'E' && !exp && i > 0:
			exp = true
		case (c == '-' || c == '+') && (i == 0 || text[i-1]|0x20 == 'e'):
		default:
			return i
		}
	}
	return len(text)
}
