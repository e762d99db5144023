package draw

import "fmt"

// element is a node of the structure tree of a PDF: what a part of the page is, for those who have it read to them (ISO 32000-1, 14.7).
type element struct {
	kind   string // a standard structure type (14.8.4): "P", "TD"
	alt    string // what a figure shows
	actual string // the text, where the page cannot show all of its characters
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
	for len(p.tags.pages) <= n {
		p.tags.pages = append(p.tags.pages, nil)
	}
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
