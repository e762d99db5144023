package draw

import "math"

// strokeOf returns the area that a pen of the given width covers along lines, as polygons that all turn
// the same way, so that their union can be filled. Corners are round, ends are flat.
func strokeOf(lines []polyline, width float64) []polyline {
	var out []polyline
	half := width / 2
	for _, l := range lines {
		points := l.points
		if l.closed && len(points) > 1 && points[0] != points[len(points)-1] {
			points = append(points[:len(points):len(points)], points[0])
		}
		for i := 1; i < len(points); i++ {
			if piece := bar(points[i-1], points[i], half); piece != nil {
				out = append(out, polyline{points: piece, closed: true})
			}
			if inner := i+1 < len(points) || l.closed; inner && width > 1.2 {
				out = append(out, polyline{points: disc(points[i], half), closed: true})
			}
		}
	}
	return out
}

// bar returns the rectangle around the line from p to q, nil when they are one point.
func bar(p, q point, half float64) []point {
	d := distance(p, q)
	if d == 0 {
		return nil
	}
	nx, ny := -(q.y-p.y)/d*half, (q.x-p.x)/d*half
	return []point{{p.x - nx, p.y - ny}, {q.x - nx, q.y - ny}, {q.x + nx, q.y + ny}, {p.x + nx, p.y + ny}}
}

func disc(c point, r float64) []point {
	n := max(8, min(32, int(4*r)))
	points := make([]point, n)
	for i := range points {
		s, co := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		points[i] = point{c.x + r*co, c.y + r*s}
	}
	return points
}

// dashed cuts lines into the strokes of a dash pattern.
func dashed(lines []polyline, pattern []float64) []polyline {
	total := 0.0
	for _, x := range pattern {
		total += x
	}
	if total < 0.1 {
		return lines
	}
	var out []polyline
	for _, l := range lines {
		points := l.points
		if l.closed && len(points) > 0 {
			points = append(points[:len(points):len(points)], points[0])
		}
		out = append(out, dashLine(points, pattern)...)
	}
	return out
}

func dashLine(points []point, pattern []float64) []polyline {
	var out []polyline
	var piece []point
	i, left, on := 0, pattern[0], true
	for k := 1; k < len(points); k++ {
		p, q := points[k-1], points[k]
		if on && len(piece) == 0 {
			piece = append(piece, p)
		}
		for d := distance(p, q); d > 0; d = distance(p, q) {
			if d < left {
				left -= d
				if on {
					piece = append(piece, q)
				}
				break
			}
			p = between(p, q, left/d)
			if on {
				out = append(out, polyline{points: append(piece, p)})
				piece = nil
			} else {
				piece = []point{p}
			}
			i, on = (i+1)%len(pattern), !on
			left = max(pattern[i], 1e-3)
		}
	}
	if on && len(piece) > 1 {
		out = append(out, polyline{points: piece})
	}
	return out
}
