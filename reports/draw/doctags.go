package draw

import (
	"bytes"
	"fmt"
)

// element is a node of the structure tree of a PDF: what a part of the page is, for those who have it read to them (ISO 32000-1, 14.7).
type element struct {
	kind   string // a standard structure type (14.8.4): "P", "TD"
	alt    string // what a figure shows
	actual string // the text, where the page cannot show all of its characters
	traits string // entries of its attributes (14.8.5): "/O /Table /Scope /Column"
	kids   []any  // *element, content or *link
	object int    // its number in the file
}

// content is a stretch of marked content of a page.
type content struct{ page, id int }

// link is a rectangle of a page that leads to an address.
type link struct {
	page   int
	area   [4]float64 // in points from the page's lower left corner: left, bottom, right, top
	to     string
	text   string
	object int
}

// tags is the structure tree while pages are written.
type tags struct {
	root  *element
	pages [][]*element // by page, counted from one, and number of the marked content
	links []*link
}

func newTags() *tags { return &tags{root: &element{kind: "Document"}, pages: make([][]*element, 1)} }

// add puts a new element of a kind at the end of e.
func (e *element) add(kind string) *element {
	child := &element{kind: kind}
	e.kids = append(e.kids, child)
	return child
}

// in draws content of an element.
func (p *paper) in(e *element, draw func()) {
	n := p.doc.PageNo()
	id := len(p.tags.pages[n])
	p.tags.pages[n] = append(p.tags.pages[n], e)
	e.kids = append(e.kids, content{n, id})
	p.doc.RawWriteStr(fmt.Sprintf("/%s <</MCID %d>> BDC", e.kind, id))
	draw()
	p.doc.RawWriteStr("EMC")
}

// artifact draws what is no part of the text: rules, boxes, headers and footers (14.8.2.2).
func (p *paper) artifact(draw func()) {
	p.doc.RawWriteStr("/Artifact BMC")
	draw()
	p.doc.RawWriteStr("EMC")
}

// write puts the tree and the links into a file, whose catalog and pages then lead there.
func (t *tags) write(f *file) {
	root := f.reserve()
	t.number(f, t.root)
	for _, l := range t.links {
		l.object = f.reserve()
	}
	f.setElement(t.root, root)
	var nums bytes.Buffer // by key: the elements of each page's contents, then that of each link (14.7.4.4)
	annotations := make([][]byte, len(t.pages))
	for n := 1; n < len(t.pages); n++ {
		fmt.Fprintf(&nums, "%d [", n-1)
		for _, e := range t.pages[n] {
			fmt.Fprintf(&nums, "%d 0 R ", e.object)
		}
		nums.WriteString("] ")
	}
	owners := map[*link]*element{}
	t.root.each(func(e *element) {
		for _, kid := range e.kids {
			if l, is := kid.(*link); is {
				owners[l] = e
			}
		}
	})
	for i, l := range t.links {
		key := len(t.pages) - 1 + i
		fmt.Fprintf(&nums, "%d %d 0 R ", key, owners[l].object)
		f.set(l.object, "<</Type /Annot /Subtype /Link /Rect [%.2f %.2f %.2f %.2f] /Border [0 0 0] /F 4 /StructParent %d /Contents %s /A <</S /URI /URI %s>>>>",
			l.area[0], l.area[1], l.area[2], l.area[3], key, utf16(l.text), literal(l.to))
		annotations[l.page] = fmt.Appendf(annotations[l.page], "%d 0 R ", l.object)
	}
	tree := f.add("<</Nums [%s]>>", nums.Bytes())
	f.set(root, "<</Type /StructTreeRoot /K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d>>", t.root.object, tree, len(t.pages)-1+len(t.links))
	for n := 1; n < len(t.pages); n++ {
		f.extend(pageObject(n), fmt.Sprintf("/StructParents %d /Tabs /S /Annots [%s]", n-1, annotations[n]))
	}
	f.extend(f.catalog, fmt.Sprintf("/MarkInfo <</Marked true>> /StructTreeRoot %d 0 R", root))
}

// each calls do for an element and all below it.
func (e *element) each(do func(*element)) {
	do(e)
	for _, kid := range e.kids {
		if child, is := kid.(*element); is {
			child.each(do)
		}
	}
}

func (t *tags) number(f *file, e *element) { e.each(func(e *element) { e.object = f.reserve() }) }

// setElement writes an element and all below it.
func (f *file) setElement(e *element, parent int) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<</S /%s /P %d 0 R", e.kind, parent)
	if e.alt != "" {
		fmt.Fprintf(&b, " /Alt %s", utf16(e.alt))
	}
	if e.actual != "" {
		fmt.Fprintf(&b, " /ActualText %s", utf16(e.actual))
	}
	if e.traits != "" {
		fmt.Fprintf(&b, " /A <<%s>>", e.traits)
	}
	at := 0 // the page of the first content
	var kids bytes.Buffer
	for _, kid := range e.kids {
		switch kid := kid.(type) {
		case *element:
			f.setElement(kid, e.object)
			fmt.Fprintf(&kids, "%d 0 R ", kid.object)
		case content:
			if at == 0 {
				at = kid.page
				fmt.Fprintf(&b, " /Pg %d 0 R", pageObject(at))
			}
			if kid.page == at {
				fmt.Fprintf(&kids, "%d ", kid.id)
			} else {
				fmt.Fprintf(&kids, "<</Type /MCR /Pg %d 0 R /MCID %d>> ", pageObject(kid.page), kid.id)
			}
		case *link:
			fmt.Fprintf(&kids, "<</Type /OBJR /Pg %d 0 R /Obj %d 0 R>> ", pageObject(kid.page), kid.object)
		}
	}
	fmt.Fprintf(&b, " /K [%s]>>", bytes.TrimSpace(kids.Bytes()))
	f.set(e.object, "%s", b.Bytes())
}
