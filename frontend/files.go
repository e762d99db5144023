package frontend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"net/url"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"hindsight/incident"
)

// Files are the images, attachments and charts that a text of a retrospective may refer to; see incident.RetroFile. The zero Files has none.
type Files struct {
	At    string // path of the retrospective, below which they are: "/incidents/inc_1/retrospective"
	Known map[string]incident.RetroFile
	// Bodies are data: URLs of them, for a page that stands alone; nil: they are loaded from where they are.
	Bodies map[string]string
}

// FilesOf returns the files of a retrospective by their addresses.
func FilesOf(at string, all []incident.RetroFile) Files {
	f := Files{At: at, Known: map[string]incident.RetroFile{}}
	for _, x := range all {
		f.Known[x.ID] = x
	}
	return f
}

func (f Files) src(id string) string {
	if f.Bodies != nil {
		return f.Bodies[id]
	}
	return f.At + "/" + incident.RetroFileFolder + id
}

// fileID returns the address in the target of a link or image; empty when it leads elsewhere.
func fileID(target []byte) string {
	id, beside := strings.CutPrefix(string(target), incident.RetroFileFolder)
	if _, ok := incident.RetroFileKindOf(id); !beside || !ok {
		return ""
	}
	return id
}

// filing takes images, and links to files, out of a document, for the policy lets no image through; what is shown for them is put in once the
// rest is safe.
type filing struct {
	files Files
	shown []shownFile
}

// shownFile is what is shown of one reference.
type shownFile struct {
	block  string // when it stands alone in a paragraph; empty: as inline
	inline string
}

// filed is an inline node in the place of a reference.
type filed struct {
	ast.BaseInline
	n int
}

var kindFiled = ast.NewNodeKind("Filed")

// Kind implements ast.Node.
func (*filed) Kind() ast.NodeKind { return kindFiled }

// Dump implements ast.Node.
func (n *filed) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// take replaces the references of a document.
func (f *filing) take(doc ast.Node, source []byte) {
	var found []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker itself never fails
		switch n := n.(type) {
		case *ast.Image:
			if entering {
				found = append(found, n)
			}
			return ast.WalkSkipChildren, nil
		case *ast.Link:
			if entering && fileID(n.Destination) != "" {
				found = append(found, n)
				return ast.WalkSkipChildren, nil
			}
		}
		return ast.WalkContinue, nil
	})
	for _, n := range found {
		var s shownFile
		if image, ok := n.(*ast.Image); ok {
			s = f.image(image, wordsIn(n, source), linked(n))
		} else {
			s.inline = f.link(fileID(n.(*ast.Link).Destination), wordsIn(n, source), false)
		}
		n.Parent().ReplaceChild(n.Parent(), n, &filed{n: len(f.shown)})
		f.shown = append(f.shown, s)
	}
}

// linked reports whether a node stands in a link, where no other can be.
func linked(n ast.Node) bool {
	for p := n.Parent(); p != nil; p = p.Parent() {
		if p.Kind() == ast.KindLink {
			return true
		}
	}
	return false
}

// wordsIn is the text below a node.
func wordsIn(n ast.Node, source []byte) string {
	var b bytes.Buffer
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		switch c := c.(type) {
		case *ast.Text:
			if entering {
				b.Write(util.UnescapePunctuations(c.Segment.Value(source)))
				if c.SoftLineBreak() || c.HardLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.RawHTML: // which is no markup here
			for i := range c.Segments.Len() {
				if at := c.Segments.At(i); entering {
					b.Write(at.Value(source))
				}
			}
		case *ast.String:
			if entering {
				b.Write(c.Value)
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String())
}

var escaped = template.HTMLEscapeString

// image shows an image: one of the retrospective's own, or a link to one elsewhere, which is never fetched.
func (f *filing) image(n *ast.Image, alt string, linked bool) shownFile {
	id := fileID(n.Destination)
	if id == "" {
		at, err := url.Parse(string(n.Destination))
		if label := escaped(either(alt, string(n.Destination))); err != nil || linked || at.Scheme != "http" && at.Scheme != "https" {
			return shownFile{inline: label}
		} else {
			return shownFile{inline: fmt.Sprintf(`<a href="%s" rel="nofollow noreferrer">%s</a>`, escaped(at.String()), label)}
		}
	}
	file, known := f.files.Known[id]
	switch {
	case !known:
		return shownFile{inline: `<span class="file-gone">A picture that is not here` + behind(alt) + `</span>`}
	case !file.RemovedAt.IsZero():
		return shownFile{inline: `<span class="file-gone">A picture that ` + escaped(either(file.RemovedBy, "somebody")) + ` took away` + behind(alt) + `</span>`}
	case file.Kind == incident.RetroAttachment:
		return shownFile{inline: f.link(id, alt, linked)}
	}
	decorative := alt == "" && string(n.Title) == incident.Decorative
	if alt == "" && !decorative {
		alt = "A picture without a description"
	}
	size := ""
	if file.Width > 0 && file.Height > 0 {
		size = fmt.Sprintf(` width="%d" height="%d"`, file.Width, file.Height)
	}
	if file.Kind == incident.RetroChart {
		return f.chart(file, alt)
	}
	img := fmt.Sprintf(`<img class="picture" src="%s" alt="%s"%s loading="lazy" decoding="async">`, escaped(f.files.src(id)), escaped(alt), size)
	if linked || decorative || f.files.Bodies != nil {
		return shownFile{inline: img}
	}
	return shownFile{inline: fmt.Sprintf(`<a class="picture-link" href="%s">%s</a>`, escaped(f.files.src(id)), img)}
}

// chart shows a frozen chart with its numbers.
func (f *filing) chart(file incident.RetroFile, caption string) shownFile {
	var z incident.FrozenChart
	img := fmt.Sprintf(`<img class="picture" src="%s" alt="%s" width="960" height="480" loading="lazy" decoding="async">`, escaped(f.files.src(file.ID)), escaped(either(caption, "A chart")))
	if json.Unmarshal([]byte(file.Data), &z) != nil {
		return shownFile{inline: img}
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<figure class="frozen">%s<figcaption><b>%s</b> %s <span class="quiet">%d incidents; as it was on %s, as of change %d.</span></figcaption><details class="disclose"><summary>The numbers<span class="hidden"> of: %[2]s</span></summary><table><thead><tr>`,
		img, escaped(caption), escaped(z.Answer), z.N, z.At.Format("2 Jan 2006 15:04 MST"), z.AsOf)
	for _, c := range z.Columns {
		fmt.Fprintf(&b, `<th scope="col">%s</th>`, escaped(c))
	}
	b.WriteString(`</tr></thead><tbody>`)
	for _, row := range z.Rows {
		b.WriteString(`<tr>`)
		for _, c := range row {
			fmt.Fprintf(&b, `<td>%s</td>`, escaped(c.Text))
		}
		b.WriteString(`</tr>`)
	}
	b.WriteString(`</tbody></table></details></figure>`)
	return shownFile{block: b.String(), inline: img}
}

// link shows an attachment.
func (f *filing) link(id, words string, linked bool) string {
	file, known := f.files.Known[id]
	label := escaped(either(words, either(file.Name, id)))
	switch {
	case !known:
		return `<span class="file-gone">` + label + ` (this file is not here)</span>`
	case !file.RemovedAt.IsZero():
		return `<span class="file-gone">` + label + ` (` + escaped(either(file.RemovedBy, "somebody")) + ` took this file away)</span>`
	case linked || f.files.Bodies != nil:
		return label
	}
	return fmt.Sprintf(`<a href="%s" download>%s</a> <span class="quiet">(%s)</span>`, escaped(f.files.src(id)), label, incident.FormatBytes(file.Size))
}

func either(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func behind(alt string) string {
	if alt == "" {
		return ""
	}
	return ": " + escaped(alt)
}

// RegisterFuncs implements renderer.NodeRenderer.
func (f *filing) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindFiled, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			fmt.Fprintf(w, `<mark data-file="%d"></mark>`, n.(*filed).n)
		}
		return ast.WalkContinue, nil
	})
}

// places returns, in pairs for strings.NewReplacer, what stands where a reference was.
func (f *filing) places() []string {
	var out []string
	for i, s := range f.shown {
		mark := fmt.Sprintf(`<mark data-file="%d"></mark>`, i)
		if s.block != "" {
			out = append(out, "<p>"+mark+"</p>", s.block)
		}
		out = append(out, mark, either(s.inline, s.block))
	}
	return out
}
