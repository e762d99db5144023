package frontend

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"hindsight/incident"
)

// Said is a stretch of a section's text that a comment is about, as the text reads it is marked, with a link to the comment behind it.
type Said struct {
	Comment  incident.ID
	By       string
	From, To int // in UTF-16 units of the text
}

// proseSaid is prose for Markdown that may refer to files, and some of which was spoken of.
func proseSaid(files Files, markdown string, said []Said) (template.HTML, error) {
	m := marking{source: []byte(markdown), ends: map[int]ast.Node{}}
	for _, s := range said {
		m.ranges = append(m.ranges, [2]int{byteAt(markdown, s.From), byteAt(markdown, s.To)})
	}
	f := filing{files: files}
	md := githubMarkdown()
	md.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(&m, 1), util.Prioritized(&f, 1)))
	doc := md.Parser().Parse(text.NewReader(m.source))
	f.take(doc, m.source)
	m.mark(doc)
	var b bytes.Buffer
	if err := md.Renderer().Render(&b, m.source, doc); err != nil {
		return "", err
	}
	p := policy()
	p.AllowAttrs("data-said", "data-said-end", "data-file").Matching(regexp.MustCompile(`^\d+$`)).OnElements("mark")
	put := f.places()
	for i, s := range said {
		end := fmt.Sprintf(`<a class="said-link no-print" href="#%s" title="Comment by %s">%d<span class="hidden">, comment by %[2]s</span></a>`, template.HTMLEscapeString(string(s.Comment)), template.HTMLEscapeString(s.By), i+1)
		put = append(put, fmt.Sprintf(`<mark data-said-end="%d"></mark>`, i), end, fmt.Sprintf(`<mark data-said="%d">`, i), `<mark data-said="`+template.HTMLEscapeString(string(s.Comment))+`">`)
	}
	return template.HTML(strings.NewReplacer(put...).Replace(lowerHeadings(p.Sanitize(b.String())))), nil
}

// byteAt turns a position in UTF-16 units into one in bytes.
func byteAt(s string, units int) int {
	for i, r := range s {
		if units <= 0 {
			return i
		}
		units -= utf16.RuneLen(r)
	}
	return len(s)
}

// marking puts marks around the words of a document that lie in one of the ranges, which are in bytes of the source.
type marking struct {
	source []byte
	ranges [][2]int
	ends   map[int]ast.Node // the last mark of each range
}

// marked is an inline node around words of one range; ended stands behind the last words of one.
type marked struct {
	ast.BaseInline
	of   int
	ends bool
}

var kindMarked = ast.NewNodeKind("Marked")

// Kind implements ast.Node.
func (*marked) Kind() ast.NodeKind { return kindMarked }

// Dump implements ast.Node.
func (n *marked) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

func (m *marking) mark(doc ast.Node) {
	var texts []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker itself never fails
		switch n.(type) {
		case *ast.Text, *ast.CodeSpan:
			if entering {
				texts = append(texts, n)
			}
			return ast.WalkSkipChildren, nil
		case *ast.Image:
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	for _, n := range texts {
		if t, ok := n.(*ast.Text); ok {
			m.split(t)
		} else {
			m.wrap(n)
		}
	}
	for i := range m.ranges {
		at := m.ends[i]
		if at == nil {
			continue
		}
		for at.Parent().Kind() == ast.KindLink { // a link cannot stand in another
			at = at.Parent()
		}
		at.Parent().InsertAfter(at.Parent(), at, &marked{of: i, ends: true})
	}
}

// split cuts a text where ranges begin and end, and marks what lies within one.
func (m *marking) split(t *ast.Text) {
	begin, end := t.Segment.Start, t.Segment.Stop
	cuts := []int{begin, end}
	for _, r := range m.ranges {
		for _, at := range r {
			if at = m.whole(t, at); at > begin && at < end {
				cuts = append(cuts, at)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	parent := t.Parent()
	for i := 1; i < len(cuts); i++ {
		var piece *ast.Text
		if i == len(cuts)-1 { // the old one has the line break
			piece = t
			t.Segment = t.Segment.WithStart(cuts[i-1])
		} else {
			piece = ast.NewTextSegment(text.NewSegment(cuts[i-1], cuts[i]))
			piece.SetRaw(t.IsRaw())
			parent.InsertBefore(parent, t, piece)
		}
		if of := m.of(cuts[i-1], cuts[i]); of >= 0 {
			m.around(of, piece)
		}
	}
}

// entity is a character that is written by its name or number.
var entity = regexp.MustCompile(`&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`)

// whole moves a place behind the escaped character or entity that it lies in.
func (m *marking) whole(t *ast.Text, at int) int {
	if t.IsRaw() || at <= t.Segment.Start || at >= t.Segment.Stop {
		return at
	}
	if m.source[at-1] == '\\' {
		return at + 1
	}
	for _, e := range entity.FindAllIndex(t.Segment.Value(m.source), -1) {
		if from, to := e[0]+t.Segment.Start, e[1]+t.Segment.Start; from < at && at < to {
			return to
		}
	}
	return at
}

// of returns the first range that a stretch lies in; -1: in none.
func (m *marking) of(from, to int) int {
	return slices.IndexFunc(m.ranges, func(r [2]int) bool { return r[0] < to && from < r[1] })
}

// wrap marks a code span as a whole when any of it lies in a range.
func (m *marking) wrap(n ast.Node) {
	first, ok := n.FirstChild().(*ast.Text)
	last, _ := n.LastChild().(*ast.Text)
	if !ok || last == nil {
		return
	}
	if of := m.of(first.Segment.Start, last.Segment.Stop); of >= 0 {
		m.around(of, n)
	}
}

func (m *marking) around(of int, n ast.Node) {
	mark := &marked{of: of}
	n.Parent().ReplaceChild(n.Parent(), n, mark)
	mark.AppendChild(mark, n)
	m.ends[of] = mark
}

// RegisterFuncs implements renderer.NodeRenderer.
func (m *marking) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindMarked, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		mark := n.(*marked)
		switch {
		case mark.ends && entering:
			fmt.Fprintf(w, `<mark data-said-end="%d"></mark>`, mark.of)
		case entering:
			fmt.Fprintf(w, `<mark data-said="%d">`, mark.of)
		case !mark.ends:
			_, _ = w.WriteString("</mark>") // the buffer keeps its error for the end
		}
		return ast.WalkContinue, nil
	})
	r.Register(ast.KindCodeBlock, m.codeBlock)
	r.Register(ast.KindFencedCodeBlock, m.codeBlock)
}

// codeBlock writes lines of code, with marks in them.
func (m *marking) codeBlock(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, err := w.WriteString("</code></pre>\n")
		return ast.WalkContinue, err
	}
	if _, err := w.WriteString("<pre><code>"); err != nil {
		return ast.WalkStop, err
	}
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		for at := line.Start; at < line.Stop; {
			of, next := m.of(at, at+1), at+1
			for next < line.Stop && (m.of(next, next+1) == of || !utf8.RuneStart(source[next])) {
				next++
			}
			words := string(util.EscapeHTML(source[at:next]))
			if of >= 0 {
				words = fmt.Sprintf(`<mark data-said="%d">%s</mark>`, of, words)
			}
			if _, err := w.WriteString(words); err != nil {
				return ast.WalkStop, err
			}
			at = next
		}
	}
	return ast.WalkContinue, nil
}
