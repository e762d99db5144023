package gallery_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"hindsight/frontend"
	"hindsight/frontend/gallery"
)

// TestReportFileAlone opens reports from a folder, in a browser without any network: nothing is asked for, the browser has nothing to say, pictures are
// there, a rule of axe-core is broken in neither theme, and nothing sticks out of a narrow screen.
func TestReportFileAlone(t *testing.T) {
	axe, err := os.ReadFile("testdata/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	r, err := frontend.New()
	if err != nil {
		t.Fatal(err)
	}
	ctx, _ := open(t)
	for _, s := range gallery.States() {
		file, is := s.Page.(frontend.ReportFilePage)
		if !is {
			continue
		}
		var b bytes.Buffer
		if err := r.Render(&b, file); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "report.html")
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		grounds := map[string]bool{}
		for theme, width := range map[string]int64{"light": 1280, "dark": 360} {
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}})
			if err != nil {
				t.Fatal(err)
			}
			do(t, ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+path))
			if got := eval[string](t, ctx, `performance.getEntriesByType('resource').map(e => e.name).concat(__wrong).join('\n')`); got != "" {
				t.Errorf("%s, %s: the browser asks for, or says\n%s", s.Name, theme, got)
			}
			if got := eval[string](t, ctx, wide); got != "" {
				t.Errorf("%s at %d px is %s", s.Name, width, got)
			}
			if got := eval[bool](t, ctx, `[...document.querySelectorAll('.chart-picture > svg')].every(e => e.getBoundingClientRect().height > 60)`); !got {
				t.Errorf("%s, %s: a picture is not to be seen", s.Name, theme)
			}
			grounds[eval[string](t, ctx, `getComputedStyle(document.body).backgroundColor + getComputedStyle(document.querySelector('.chart-picture text') ?? document.body).fill`)] = true
			if strings.HasSuffix(s.Name, "/hostile") || strings.HasSuffix(s.Name, "/huge") {
				continue
			}
			do(t, ctx, void(string(axe)))
			if got := eval[string](t, ctx, audit); got != "" {
				t.Errorf("%s, %s: axe finds\n%s", s.Name, theme, got)
			}
		}
		if len(grounds) != 2 {
			t.Errorf("%s looks the same in both themes: %v", s.Name, grounds)
		}
	}
}

// TestReportOnPaper: each chart of a report is drawn before anybody scrolled to it, and fits on paper when it is printed.
func TestReportOnPaper(t *testing.T) {
	ctx, address := open(t)
	do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(address+"/gallery/report/typical"))
	until(t, ctx, `[...document.querySelectorAll('[data-chart]')].every(e => e.querySelector('svg'))`)
	got := eval[string](t, ctx, `(() => { dispatchEvent(new Event('beforeprint'));
		return [...document.querySelectorAll('[data-chart] svg')].map(svg => [svg.getAttribute('viewBox'), [...svg.querySelectorAll('path, text')].filter(e => e.getBBox().x + e.getBBox().width > 621).length].join()).join('; ') })()`)
	if want := "0 0 620 320,0; 0 0 620 320,0; 0 0 620 320,0"; got != want {
		t.Errorf("pictures on paper, and how many marks each cuts off: %s, want %s", got, want)
	}
}
