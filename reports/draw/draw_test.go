package draw

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/echarts"
	"hindsight/reports/reportstest"
)

func engine(t testing.TB) *Engine {
	t.Helper()
	e, err := New()
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return e
}

// Every chart of the catalogue becomes a picture, whatever the data. With DRAW_DIR set the pictures are kept
// there to be looked at.
func TestCatalogPictures(t *testing.T) {
	e := engine(t)
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		for _, d := range reports.Catalog() {
			t.Run(set.Name+"/"+d.ID, func(t *testing.T) {
				checkPictures(t, e, set.Name, d.Build(set.Snapshot, set.Query))
			})
		}
	}
}

func checkPictures(t *testing.T, e *Engine, set string, c reports.Chart) {
	size := Size{400, 360}
	svg, err := e.SVG(t.Context(), c, size, echarts.Light())
	if err != nil {
		t.Fatalf("SVG: %v", err)
	}
	checkSVG(t, svg)
	bitmap, err := e.PNG(t.Context(), c, size, 1, echarts.Light())
	if err != nil {
		t.Fatalf("PNG: %v", err)
	}
	img, err := png.Decode(bytes.NewReader(bitmap))
	if err != nil {
		t.Fatalf("PNG cannot be read: %v", err)
	}
	if got := img.Bounds().Dx(); got != size.Width {
		t.Errorf("PNG is %d pixels wide, want %d", got, size.Width)
	}
	keep(t, set+"-"+c.ID, svg, bitmap)
}

// keep writes a picture into the folder DRAW_DIR, if that is set.
func keep(t *testing.T, name string, svg, bitmap []byte) {
	t.Helper()
	dir := os.Getenv("DRAW_DIR")
	if dir == "" {
		return
	}
	for ending, data := range map[string][]byte{".svg": svg, ".png": bitmap} {
		if err := os.WriteFile(filepath.Join(dir, name+ending), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// checkSVG reads the file as strictly as XML can be read and looks for what an image must not have.
func checkSVG(t *testing.T, svg []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("SVG is not well-formed: %v in\n%s", err, svg)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "script", "style", "foreignObject", "image", "a", "use":
			t.Errorf("SVG holds an element %s", start.Name.Local)
		}
		for _, a := range start.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" || a.Name.Local == "style" {
				t.Errorf("SVG holds an attribute %s=%q", a.Name.Local, a.Value)
			}
		}
	}
}

func typical(t testing.TB, id string) reports.Chart {
	t.Helper()
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	d, err := reports.Find(id)
	if err != nil {
		t.Fatal(err)
	}
	return d.Build(sets[2].Snapshot, sets[2].Query)
}

// The same chart gives the same bytes, on a used engine and on a fresh one.
func TestSameChartSameBytes(t *testing.T) {
	c := typical(t, "ttr-dots")
	var first []byte
	for round := range 2 {
		e := engine(t)
		for n := range 3 {
			got, err := e.PNG(t.Context(), c, Size{500, 400}, 1, echarts.Dark())
			if err != nil {
				t.Fatalf("PNG: %v", err)
			}
			svg, err := e.SVG(t.Context(), c, Size{500, 400}, echarts.Dark())
			if err != nil {
				t.Fatalf("SVG: %v", err)
			}
			got = append(got, svg...)
			if first == nil {
				first = got
			}
			if !bytes.Equal(first, got) {
				t.Errorf("engine %d, drawing %d differs from the first", round, n)
			}
		}
	}
}

func TestTextOfPicture(t *testing.T) {
	svg, err := engine(t).SVG(t.Context(), typical(t, "sla-by-month"), Size{720, 420}, echarts.Print())
	if err != nil {
		t.Fatalf("SVG: %v", err)
	}
	for _, want := range []string{">How are service levels kept over time?<", "Jul 2025", "goal 95 %", "n = 156", "as of change 1,942", ">80 %<"} {
		if !bytes.Contains(svg, []byte(want)) {
			t.Errorf("SVG does not say %q", want)
		}
	}
}

// Two kinds of bars carry patterns, so that colour is not alone.
func TestPatterns(t *testing.T) {
	points := []reports.Point{{X: 0, Y: 3}, {X: 1, Y: 4}}
	c := reports.Chart{ID: "pair", Title: "Which?", X: reports.Axis{Categories: []string{"a", "b"}}, Y: reports.Axis{Unit: reports.Count},
		Series: []reports.Series{{Name: "one", Shape: reports.Bars, Points: points}, {Name: "two", Shape: reports.Bars, Points: points}}}
	e := engine(t)
	svg, err := e.SVG(t.Context(), c, Size{400, 300}, echarts.Light())
	if err != nil {
		t.Fatalf("SVG: %v", err)
	}
	checkSVG(t, svg)
	if !bytes.Contains(svg, []byte("<pattern")) {
		t.Error("SVG has no pattern")
	}
	bitmap, err := e.PNG(t.Context(), c, Size{400, 300}, 2, echarts.Light())
	if err != nil {
		t.Fatalf("PNG: %v", err)
	}
	keep(t, "pair", svg, bitmap)
}

func TestRefusedSizes(t *testing.T) {
	e := engine(t)
	for _, size := range []Size{{}, {100, 400}, {400, 5000}, {-1, -1}} {
		if _, err := e.SVG(t.Context(), reports.Chart{}, size, echarts.Light()); !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("SVG(%v) = %v, want ErrInvalid", size, err)
		}
	}
	for _, scale := range []float64{0, -1, 5, math.NaN()} {
		if _, err := e.PNG(t.Context(), reports.Chart{}, Size{400, 400}, scale, echarts.Light()); !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("PNG(scale %v) = %v, want ErrInvalid", scale, err)
		}
	}
}

// A chart that fails costs its machine, not the engine.
func TestEngineSurvives(t *testing.T) {
	e := engine(t)
	for range 2 * machines {
		if _, err := e.plot(t.Context(), []byte("{"), Size{300, 200}); err == nil {
			t.Error("plot of half an option: no error")
		}
	}
	if _, err := e.SVG(t.Context(), typical(t, "incidents-per-month"), Size{400, 300}, echarts.Light()); err != nil {
		t.Errorf("SVG after failures: %v", err)
	}
}

func TestEngineWaits(t *testing.T) {
	e := engine(t)
	for range machines {
		vm := <-e.free
		defer func() { e.free <- vm }()
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.plot(ctx, []byte("{}"), Size{300, 200}); !errors.Is(err, context.Canceled) {
		t.Errorf("plot with all machines busy and a canceled context = %v, want context.Canceled", err)
	}
}

// The script's formatters write what reports.Format writes.
func TestFormattersAgree(t *testing.T) {
	e := engine(t)
	vm, err := e.machine()
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	if _, err := vm.Eval("function format(name, x) { return chartkit.formatters[name](x); }", 0); err != nil {
		t.Fatal(err)
	}
	values := []float64{0, 1, 0.5, 2.5, 0.0004, 0.0005, 0.012, 0.0625, 0.25, 0.85, 0.88888, 0.98999, 0.99, 0.99971, 0.9999999,
		1.25, 59.4, 59.5, 60, 90, 3599.7, 4440, 86400, 90061, 273600, 1942, 999.95, 1234567.25, 1e9, -1.5, -4440, -1942}
	for name, unit := range map[string]reports.Unit{"duration": reports.Seconds, "share": reports.Share, "count": reports.Count} {
		for _, x := range values {
			if unit == reports.Share && (x < 0 || x > 1) {
				continue
			}
			got, err := vm.Call("format", name, x)
			if want := reports.Format(unit, x); err != nil || got != want {
				t.Errorf("chartkit %s(%v) = %v (%v), want %q", name, x, got, err, want)
			}
		}
	}
	for x, want := range map[float64]string{0.5: "50 %", 1: "100 %", 0: "0 %", 0.1: "10 %", 0.125: "12.5 %", 0.992: "99.2 %", 0.99: "99 %", 0.9995: "99.95 %"} {
		if got, err := vm.Call("format", "percent", x); err != nil || got != want {
			t.Errorf("chartkit percent(%v) = %v (%v), want %q", x, got, err, want)
		}
	}
}

func BenchmarkSVG(b *testing.B) {
	e := engine(b)
	c := typical(b, "ttr-dots")
	for b.Loop() {
		if _, err := e.SVG(b.Context(), c, Size{720, 420}, echarts.Light()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPNG(b *testing.B) {
	e := engine(b)
	c := typical(b, "ttr-dots")
	for b.Loop() {
		if _, err := e.PNG(b.Context(), c, Size{720, 420}, 2, echarts.Light()); err != nil {
			b.Fatal(err)
		}
	}
}

func Example() {
	e, err := New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	svg, err := e.SVG(context.Background(), reports.Chart{Title: "How often?", Empty: "There is no incident."}, Size{400, 300}, echarts.Print())
	fmt.Println(err, bytes.HasPrefix(svg, []byte("<svg")))
	// Output: <nil> true
}

// TestPlots: several plots stand in one page with the colours of the page, and no id of one is that of another. What a text says stays.
func TestPlots(t *testing.T) {
	points := []reports.Point{{X: 0, Y: 3}, {X: 1, Y: 4}}
	c := reports.Chart{ID: "pair", Title: `Which "zr7-router"?`, Answer: "None.", X: reports.Axis{Categories: []string{"zr7-router", "b"}}, Y: reports.Axis{Unit: reports.Count},
		Series: []reports.Series{{Name: "one", Shape: reports.Bars, Points: points}, {Name: "two", Shape: reports.Bars, Points: points}}}
	e := engine(t)
	ids := map[string]bool{}
	for _, before := range []string{"c1-", "c2-"} {
		svg, err := e.Plot(t.Context(), c, Size{400, 300}, echarts.Browser(), before)
		if err != nil {
			t.Fatal(err)
		}
		checkSVG(t, svg)
		found := regexp.MustCompile(` id="([^"]+)"`).FindAllSubmatch(svg, -1)
		if len(found) == 0 {
			t.Fatal("two kinds of bars have no pattern to be told by")
		}
		for _, id := range found {
			if name := string(id[1]); ids[name] || !strings.HasPrefix(name, before) || !bytes.Contains(svg, []byte("url(#"+name+")")) {
				t.Errorf("id %s is there twice, without %s, or not used", name, before)
			}
			ids[string(id[1])] = true
		}
		for _, want := range []string{`aria-label="Which &#34;zr7-router&#34;? None."`, ">zr7-router</text>", "var(--cat-1)", "var(--ink-2)"} {
			if !bytes.Contains(svg, []byte(want)) {
				t.Errorf("the plot lacks %s", want)
			}
		}
	}
	c.Empty = "nothing"
	if svg, err := e.Plot(t.Context(), c, Size{400, 300}, echarts.Browser(), ""); len(svg) > 0 || err != nil {
		t.Errorf("a chart without anything to draw gives %s, %v", svg, err)
	}
	if _, err := e.Plot(t.Context(), c, Size{1, 1}, echarts.Browser(), ""); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("a plot of one pixel = %v, want ErrInvalid", err)
	}
}
