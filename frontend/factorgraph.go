package frontend

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hindsight/incident"
)

// FactorGraph is the drawing of what led to an incident: the incident on top, below it and to the right of each factor those that made it
// possible. It is made from the outline, whose order and depth are its layers. All lengths are in units of an SVG that is 360 wide, so that it
// can be read on a telephone as it is.
type FactorGraph struct {
	Width, Height float64
	Nodes         []GraphNode
	Lines         []GraphLine
}

// GraphNode is a box. Lines of its text are at most two.
type GraphNode struct {
	X, Y, Width, Height float64
	TextX               float64
	Lines               []GraphText
	Path                string // of its row in the outline
	Label               string // all of it, for who cannot see the drawing
	Class               string // claimed or confirmed, guess, root
}

// GraphText is one line of text.
type GraphText struct {
	Y    float64
	Text string
}

// GraphLine leads from a factor to what it made possible; Also: what it contributed to beside that.
type GraphLine struct {
	D    string // path of the SVG
	Also bool
}

const (
	graphWidth  = 360.0
	graphIndent = 20.0
	graphDeep   = 7 // levels that are indented; deeper ones stand below each other
	graphBox    = 40.0
	graphStep   = 52.0
	graphRight  = 340.0 // right edge of boxes; beyond it run the lines of Also
	graphLetter = 6.3   // width of a letter, about
)

// factorGraph lays out an outline. It returns nil when there is nothing to draw.
func factorGraph(title string, outline []incident.FactorNode) *FactorGraph {
	if len(outline) == 0 {
		return nil
	}
	g := &FactorGraph{Width: graphWidth, Height: graphStep*float64(len(outline)+1) - graphStep + graphBox + 8}
	root := g.node(0, -1, title, "Incident: "+title, "#"+FactorAnchor(outline[0].Key), "root")
	at := map[string]int{}
	for i, n := range outline {
		words := cmp.Or(n.Text, n.Category)
		class := string(n.State)
		if n.Confidence == incident.FactorGuess {
			class += " guess"
		}
		label := fmt.Sprintf("%s, %s, level %d", words, strings.ReplaceAll(n.Role, "_", " "), n.Depth+1)
		at[n.Key] = g.node(i+1, n.Depth, words, label, "#"+FactorAnchor(n.Key), class)
		up := root
		if n.Up != "" {
			up = at[n.Up]
		}
		g.elbow(up, at[n.Key])
	}
	lane := 0
	for _, n := range outline {
		for _, key := range n.Links {
			g.curve(at[n.Key], at[key], lane)
			lane++
		}
	}
	return g
}

// node adds a box in a row, at a depth; -1 is the incident.
func (g *FactorGraph) node(row, depth int, words, label, path, class string) int {
	n := GraphNode{X: graphIndent * float64(min(depth+1, graphDeep)), Y: 4 + graphStep*float64(row), Height: graphBox, Path: path, Label: label, Class: class}
	n.X, n.Width = n.X+2, graphRight-n.X-2
	n.TextX = n.X + 8
	lines := wrapped(words, int((n.Width-16)/graphLetter))
	first := n.Y + graphBox/2 + 4 - 7*float64(len(lines)-1)
	for i, line := range lines {
		n.Lines = append(n.Lines, GraphText{Y: round(first + 14*float64(i)), Text: line})
	}
	g.Nodes = append(g.Nodes, n)
	return len(g.Nodes) - 1
}

// elbow draws from the left side of a box down to one below it.
func (g *FactorGraph) elbow(up, down int) {
	a, b := g.Nodes[up], g.Nodes[down]
	x := min(a.X+8, b.X-6)
	g.Lines = append(g.Lines, GraphLine{D: fmt.Sprintf("M%g %gV%gH%g", round(x), round(a.Y+a.Height), round(b.Y+b.Height/2), round(b.X))})
}

// curve draws from the right side of a box to that of another.
func (g *FactorGraph) curve(from, to, lane int) {
	a, b := g.Nodes[from], g.Nodes[to]
	x := graphRight + 6 + float64(lane%3)*5
	g.Lines = append(g.Lines, GraphLine{Also: true, D: fmt.Sprintf("M%g %gH%gV%gH%g", graphRight, round(a.Y+a.Height/2), x, round(b.Y+b.Height/2+5), graphRight)})
}

// wrapped breaks a text into at most two lines of about width letters; what does not fit ends in an ellipsis.
func wrapped(text string, width int) []string {
	var lines []string
	line := []rune{}
	for _, word := range strings.Fields(text) {
		w := []rune(word)
		for len(w) > 0 {
			switch {
			case len(line) == 0:
				n := min(len(w), width)
				line, w = slices.Clone(w[:n]), w[n:]
			case len(line)+1+len(w) <= width:
				line, w = append(append(line, ' '), w...), nil
			default:
				lines, line = append(lines, string(line)), []rune{}
			}
		}
	}
	lines = append(lines, string(line))
	if len(lines) > 2 {
		last := []rune(lines[1])
		lines = []string{lines[0], string(last[:min(len(last), width-1)]) + "…"}
	}
	return lines
}

// FactorAnchor is where a factor stands in the outline of a page.
func FactorAnchor(key string) string { return "fo-" + key }
