package draw

import "math"

type point struct{ x, y float64 }

// matrix is an affine transform: x' = a·x + c·y + e, y' = b·x + d·y + f, as SVG writes it.
type matrix struct{ a, b, c, d, e, f float64 }

func identity() matrix { return matrix{a: 1, d: 1} }

func (m matrix) apply(p point) point {
	return point{m.a*p.x + m.c*p.y + m.e, m.b*p.x + m.d*p.y + m.f}
}

// then returns the transform that applies n first and m to the result.
func (m matrix) then(n matrix) matrix {
	return matrix{
		m.a*n.a + m.c*n.b, m.b*n.a + m.d*n.b,
		m.a*n.c + m.c*n.d, m.b*n.c + m.d*n.d,
		m.a*n.e + m.c*n.f + m.e, m.b*n.e + m.d*n.f + m.f,
	}
}

// scale returns how much m enlarges lengths, on average over directions.
func (m matrix) scale() float64 { return math.Sqrt(math.Abs(m.a*m.d - m.b*m.c)) }

// segment is a step of an outline: 'M' and 'L' use p[0], 'C' two handles and the end, 'Z' closes.
type segment struct {
	op byte
	p  [3]point
}

// outline is one or more open or closed lines, in absolute coordinates.
type outline []segment

func (o outline) transform(m matrix) outline {
	out := make(outline, len(o))
	for i, s := range o {
		out[i].op = s.op
		for k := range s.p {
			out[i].p[k] = m.apply(s.p[k])
		}
	}
	return out
}

// polyline is a line of straight pieces.
type polyline struct {
	points []point
	closed bool
}

// flatten replaces curves by straight pieces of about a pixel.
func (o outline) flatten() []polyline {
	var lines []polyline
	var line polyline
	end := func() {
		if len(line.points) > 0 {
			lines = append(lines, line)
		}
		line = polyline{}
	}
	for _, s := range o {
		switch s.op {
		case 'M':
			end()
			line.points = append(line.points, s.p[0])
		case 'L':
			line.points = append(line.points, s.p[0])
		case 'C':
			line.points = appendCurve(line.points, s.p)
		case 'Z':
			line.closed = true
			if len(line.points) > 0 {
				first := line.points[0]
				end()
				line.points = append(line.points, first)
			}
		}
	}
	if len(line.points) > 1 || len(lines) == 0 {
		end()
	}
	return lines
}

// appendCurve appends points of the cubic Bézier curve from the last point over the handles p[0] and p[1] to p[2].
func appendCurve(points []point, p [3]point) []point {
	if len(points) == 0 {
		return append(points, p[2])
	}
	from := points[len(points)-1]
	length := distance(from, p[0]) + distance(p[0], p[1]) + distance(p[1], p[2])
	n := max(4, min(64, int(length/2)))
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		u := 1 - t
		a, b, c, d := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		points = append(points, point{
			a*from.x + b*p[0].x + c*p[1].x + d*p[2].x,
			a*from.y + b*p[0].y + c*p[1].y + d*p[2].y,
		})
	}
	return points
}

func distance(p, q point) float64 { return math.Hypot(q.x-p.x, q.y-p.y) }

// box is a rectangle with its sides along the axes.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) intersect(o box) box {
	return box{max(b.x0, o.x0), max(b.y0, o.y0), min(b.x1, o.x1), min(b.y1, o.y1)}
}

func (b box) empty() bool { return !(b.x1 > b.x0 && b.y1 > b.y0) }

// bounds returns the box around all lines.
func bounds(lines []polyline) box {
	b := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, l := range lines {
		for _, p := range l.points {
			b = box{min(b.x0, p.x), min(b.y0, p.y), max(b.x1, p.x), max(b.y1, p.y)}
		}
	}
	return b
}
