package frontend

import (
	"strings"
	"testing"

	"hindsight/incident"
)

// TestFactorGraph: layers are the levels of the outline, no box leaves the drawing, and every line ends at a box.
func TestFactorGraph(t *testing.T) {
	node := func(key, up string, depth int, also ...string) incident.FactorNode {
		return incident.FactorNode{FactorStatement: incident.FactorStatement{Key: key, FactorSays: incident.FactorSays{State: "confirmed", Role: "contributing", Text: "The factor " + key + strings.Repeat(" and more of it", 12)}}, Depth: depth, Up: up, Links: also}
	}
	outline := []incident.FactorNode{node("a", "", 0), node("b", "a", 1), node("c", "b", 2, "a"), node("d", "", 0)}
	up := "d"
	for depth := 1; depth < 12; depth++ {
		key := up + "x"
		outline, up = append(outline, node(key, up, depth)), key
	}
	g := factorGraph("Checkout is slow", outline)
	if len(g.Nodes) != len(outline)+1 || len(g.Lines) != len(outline)+1 {
		t.Fatalf("%d boxes and %d lines, want %d boxes, one for each factor and the incident, and as many lines: one up from each, and one beside", len(g.Nodes), len(g.Lines), len(outline)+1)
	}
	if a, b, c, d := g.Nodes[1].X, g.Nodes[2].X, g.Nodes[3].X, g.Nodes[4].X; !(a < b && b < c && a == d && g.Nodes[0].X < a) {
		t.Errorf("layers at %v, %v, %v and %v, below %v", a, b, c, d, g.Nodes[0].X)
	}
	for _, n := range g.Nodes {
		if n.X < 0 || n.Width < 120 || n.X+n.Width > g.Width || n.Y+n.Height > g.Height || len(n.Lines) > 2 {
			t.Errorf("box %+v leaves the drawing of %v by %v, or is too narrow to read", n, g.Width, g.Height)
		}
		for _, l := range n.Lines {
			if float64(len([]rune(l.Text)))*graphLetter > n.Width-8 {
				t.Errorf("%q is longer than its box of %v", l.Text, n.Width)
			}
		}
	}
	if !g.Lines[len(g.Lines)-1].Also {
		t.Error("what it also contributed to is not told apart")
	}
	if factorGraph("x", nil) != nil {
		t.Error("a graph of nothing")
	}
}

// TestWrapped: a word longer than a line is broken, and what does not fit is left out visibly.
func TestWrapped(t *testing.T) {
	for in, want := range map[string]string{"": "", "one two": "one two", "one two three": "one two|three", "abcdefghijkl": "abcdefghij|kl", "one two three four five six": "one two|three fou…"} {
		if got := strings.Join(wrapped(in, 10), "|"); got != want {
			t.Errorf("wrapped(%q) = %q, want %q", in, got, want)
		}
	}
}
