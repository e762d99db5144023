package draw

import (
	"image/color"
	"math"
	"strings"
	"testing"
)

// Paths are flattened and measured: length and bounding box follow from school geometry.
func TestParsePath(t *testing.T) {
	for _, tc := range []struct {
		name, d string
		length  float64
		bounds  box
	}{
		{"lines", "M0 0L3 4", 5, box{0, 0, 3, 4}},
		{"relative", "m1,1l3 4h2v-1", 8, box{1, 1, 6, 5}},
		{"further pairs are lines", "M0 0 3 4 3 0", 9, box{0, 0, 3, 4}},
		{"signs without spaces", "M-1-1L2-1", 3, box{-1, -1, 2, -1}},
		{"dots without spaces", "M.5.5L.5 1.5", 1, box{0.5, 0.5, 0.5, 1.5}},
		{"exponents", "M1e1 0L2E+1 0", 10, box{10, 0, 20, 0}},
		{"closed square", "M0 0l2 0l0 2l-2 0Z", 8, box{0, 0, 2, 2}},
		{"half circle", "M0 0A10 10 0 0 1 20 0", 10 * math.Pi, box{0, -10, 20, 0}},
		{"the other half", "M0 0A10 10 0 0 0 20 0", 10 * math.Pi, box{0, 0, 20, 10}},
		{"three quarters", "M10 0A10 10 0 1 1 0 -10", 15 * math.Pi, box{-10, -10, 10, 10}},
		{"radius too small is scaled up", "M0 0A1 1 0 0 1 20 0", 10 * math.Pi, box{0, -10, 20, 0}},
		{"radius zero is a line", "M0 0A0 0 0 1 1 3 4", 5, box{0, 0, 3, 4}},
		{"cubic curve that is a line", "M0 0C1 0 2 0 3 0", 3, box{0, 0, 3, 0}},
		{"quadratic curve", "M0 0Q10 0 10 10", 16.2323, box{0, 0, 10, 10}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o, err := parsePath(tc.d)
			if err != nil {
				t.Fatalf("parsePath(%q): %v", tc.d, err)
			}
			lines := o.flatten()
			total := 0.0
			for _, l := range lines {
				for i := 1; i < len(l.points); i++ {
					total += distance(l.points[i-1], l.points[i])
				}
				if l.closed {
					total += distance(l.points[len(l.points)-1], l.points[0])
				}
			}
			if math.Abs(total-tc.length) > 0.002*tc.length {
				t.Errorf("parsePath(%q) is %v long, want %v", tc.d, total, tc.length)
			}
			b := bounds(lines)
			for i, d := range []float64{b.x0 - tc.bounds.x0, b.y0 - tc.bounds.y0, b.x1 - tc.bounds.x1, b.y1 - tc.bounds.y1} {
				if math.Abs(d) > 0.1 {
					t.Errorf("parsePath(%q) lies in %v, want %v (side %d)", tc.d, b, tc.bounds, i)
				}
			}
		})
	}
}

func TestParsePathRefuses(t *testing.T) {
	for _, d := range []string{"1 2", "M1", "M0 0S1 1 2 2", "M0 0L1 x", "Mx", "M0 0Z5"} {
		if o, err := parsePath(d); err == nil {
			t.Errorf("parsePath(%q) = %v, want an error", d, o)
		}
	}
}

func TestParseColor(t *testing.T) {
	for text, want := range map[string]color.NRGBA{
		"#1b49b9": {0x1b, 0x49, 0xb9, 255}, "#fff": {255, 255, 255, 255},
		"rgb(1,2,3)": {1, 2, 3, 255}, "rgba(255, 0, 0, 0.5)": {255, 0, 0, 128},
	} {
		if got, err := parseColor(text); err != nil || got != want {
			t.Errorf("parseColor(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "red", "#12", "rgb(1,2)", "rgb(1,2,900)", "var(--cat-1)"} {
		if got, err := parseColor(text); err == nil {
			t.Errorf("parseColor(%q) = %v, want an error", text, got)
		}
	}
}

func TestParseTransform(t *testing.T) {
	for _, tc := range []struct {
		text string
		want point // of (1, 0)
	}{
		{"translate(10 20)", point{11, 20}},
		{"translate(10)", point{11, 0}},
		{"scale(2)", point{2, 0}},
		{"rotate(90)", point{0, 1}},
		{"translate(10,20) scale(2,3)", point{12, 20}},
		{"matrix(0 1 -1 0 5 6)", point{5, 7}},
	} {
		m, err := parseTransform(tc.text)
		if got := m.apply(point{1, 0}); err != nil || distance(got, tc.want) > 1e-9 {
			t.Errorf("parseTransform(%q) takes (1, 0) to %v (%v), want %v", tc.text, got, err, tc.want)
		}
	}
	for _, text := range []string{"translate(1", "skewX(3)", "scale(a)", "matrix(1 2)"} {
		if m, err := parseTransform(text); err == nil {
			t.Errorf("parseTransform(%q) = %v, want an error", text, m)
		}
	}
}

// Pixels of a small picture, worked out on squared paper.
func TestPaint(t *testing.T) {
	f, err := loadFonts()
	if err != nil {
		t.Fatal(err)
	}
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">
	<defs><clipPath id="c"><rect x="0" y="0" width="10" height="20"/></clipPath></defs>
	<rect width="20" height="20" fill="#ffffff"/>
	<g clip-path="url(#c)"><rect x="2" y="2" width="16" height="4" fill="#ff0000"/></g>
	<path d="M2 11L18 11" stroke="#0000ff" stroke-width="2" fill="none" stroke-dasharray="4,4"/>
	<rect x="2" y="14" width="4" height="4" fill="#000000" fill-opacity="0.5"/>
	<circle cx="15" cy="16" r="3" fill="#00ff00"/></svg>`
	marks, size, err := f.parseMarks([]byte(svg))
	if err != nil {
		t.Fatalf("parseMarks: %v", err)
	}
	b := newBitmap(size, 2, f)
	for _, m := range marks {
		b.paint(m)
	}
	for _, tc := range []struct {
		name string
		x, y int // CSS pixels
		want color.RGBA
	}{
		{"background", 0, 0, color.RGBA{255, 255, 255, 255}},
		{"inside the clip", 5, 4, color.RGBA{255, 0, 0, 255}},
		{"outside the clip", 12, 4, color.RGBA{255, 255, 255, 255}},
		{"first dash", 3, 11, color.RGBA{0, 0, 255, 255}},
		{"first gap", 8, 11, color.RGBA{255, 255, 255, 255}},
		{"second dash", 12, 11, color.RGBA{0, 0, 255, 255}},
		{"half opaque", 4, 16, color.RGBA{127, 127, 127, 255}},
		{"circle", 15, 16, color.RGBA{0, 255, 0, 255}},
		{"beside the circle", 18, 19, color.RGBA{255, 255, 255, 255}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := b.pixels.RGBAAt(2*tc.x, 2*tc.y)
			for _, d := range []int{int(got.R) - int(tc.want.R), int(got.G) - int(tc.want.G), int(got.B) - int(tc.want.B)} {
				if d < -2 || d > 2 {
					t.Fatalf("pixel (%d, %d) = %v, want %v", tc.x, tc.y, got, tc.want)
				}
			}
		})
	}
}

func TestWrap(t *testing.T) {
	f, err := loadFonts()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, text string
		lines      int
	}{
		{"short", "one two", 1},
		{"nothing", "", 0},
		{"several lines", strings.Repeat("word ", 40), 3},
		{"one endless word", strings.Repeat("x", 500), 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := f.wrap(tc.text, 200, 12, false, 3)
			if len(got) != tc.lines {
				t.Errorf("wrap(%.20q) = %d lines, want %d", tc.text, len(got), tc.lines)
			}
			for _, l := range got {
				if w := f.width(l, 12, false); w > 200 {
					t.Errorf("line %q is %v wide, want at most 200", l, w)
				}
			}
		})
	}
}

func FuzzParsePath(f *testing.F) {
	f.Add("M0 0L1 1A2 2 0 0 1 4 4Z")
	f.Add("m-.5.5c1 2 3 4 5 6q1 1 2 2h3v-3z")
	f.Fuzz(func(t *testing.T, d string) {
		o, err := parsePath(d)
		if err == nil {
			strokeOf(o.flatten(), 2)
		}
	})
}

func FuzzParseMarks(f *testing.F) {
	fnt, err := loadFonts()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`<svg width="10" height="10"><g transform="translate(1 2)"><text font-size="12px" text-anchor="end">hi</text></g></svg>`)
	f.Add(`<svg><defs><clipPath id="a"><path d="M0 0L1 1Z"/></clipPath></defs><rect clip-path="url(#a)" fill="rgb(1,2,3)"/></svg>`)
	f.Add(`<svg><defs><pattern id="p" width="4" height="4"><path d="M0 0L1 1Z"/></pattern></defs><rect width="9" height="9" fill="url(#p)"/></svg>`)
	f.Fuzz(func(t *testing.T, svg string) { fnt.parseMarks([]byte(svg)) })
}
