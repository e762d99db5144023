package echarts

// Theme is the colours of a chart: CSS custom properties of the page in the browser, so that a chart
// follows light and dark without being drawn anew, and plain colours in files.
type Theme struct {
	Name       string
	Surface    string
	Ink        string // titles and medians
	Soft       string // labels
	Grid       string // lines behind the marks
	Axis       string
	Ghost      string // the period before
	Categories []string
	Font       string // CSS font-family
}

// sans has no quotes, so that it needs no escaping in an attribute.
const sans = "Inter, Go, system-ui, Segoe UI, Helvetica, Arial, sans-serif"

// Browser is the theme of pages; it needs their custom properties (--ink, --cat-1, …).
func Browser() Theme {
	return Theme{
		Name: "browser", Surface: "var(--surface)", Ink: "var(--ink)", Soft: "var(--ink-2)",
		Grid: "var(--line)", Axis: "var(--line-strong)", Ghost: "var(--ghost)",
		Categories: []string{"var(--cat-1)", "var(--cat-2)", "var(--cat-3)", "var(--cat-4)", "var(--cat-5)"},
		Font:       sans,
	}
}

// Light is the theme of files that are looked at on a screen. The colours are those of the light page;
// they keep a contrast of 3:1 and apart under the three colour blindnesses.
func Light() Theme {
	return Theme{
		Name: "light", Surface: "#ffffff", Ink: "#1c1b19", Soft: "#55534d",
		Grid: "#e4e3df", Axis: "#8a8882", Ghost: "#8a8882",
		Categories: []string{"#1b49b9", "#e2741c", "#349c9c", "#7a075a", "#755b1c"},
		Font:       sans,
	}
}

// Dark is Light's counterpart, with the colours of the dark page.
func Dark() Theme {
	return Theme{
		Name: "dark", Surface: "#1a1c1f", Ink: "#ecedee", Soft: "#b6bac1",
		Grid: "#2e3238", Axis: "#7b818a", Ghost: "#7b818a",
		Categories: []string{"#8ea6f0", "#d98040", "#57e0dc", "#a0668a", "#dfd476"},
		Font:       sans,
	}
}

// Print is the theme of documents: black on white, the first colours dark enough for grey printers.
func Print() Theme {
	t := Light()
	t.Name, t.Ink, t.Soft, t.Axis = "print", "#000000", "#333333", "#555555"
	t.Grid, t.Ghost = "#d4d4d4", "#777777"
	return t
}

// ThemeNamed returns the file theme of that name: "light" (also for ""), "dark" or "print".
func ThemeNamed(name string) (Theme, bool) {
	switch name {
	case "", "light":
		return Light(), true
	case "dark":
		return Dark(), true
	case "print":
		return Print(), true
	}
	return Theme{}, false
}

// color returns the colour of the n-th series; a sixth begins again, told apart by its symbol.
func (t Theme) color(n int) string { return t.Categories[n%len(t.Categories)] }
