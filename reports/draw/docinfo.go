package draw

import (
	"bytes"
	"fmt"
	"html"
	"time"

	"hindsight/reports"
)

// bookmark is an entry of the contents that a reader shows beside the pages.
type bookmark struct {
	text  string
	level int // 0: a section, 1: a part of one
	page  int
	top   float64 // in points from the bottom of its page
	kids  []*bookmark
}

// describe says in a file what a document is: its title, also where the window shows it, its dates, its contents and its fonts.
func (f *file) describe(d reports.Document, marks []*bookmark) {
	at := d.Stamp.At.UTC()
	if d.Stamp.At.IsZero() {
		at = time.Unix(0, 0).UTC()
	}
	title, about := printable(d.Title), printable(d.About)
	date := at.Format("D:20060102150405Z")
	f.set(f.info, "<</Title %s /Subject %s /Creator (Hindsight) /Producer (Hindsight) /CreationDate (%s) /ModDate (%s)>>", utf16(title), utf16(about), date, date)
	meta := metadata(title, about, at)
	entries := fmt.Sprintf("/ViewerPreferences <</DisplayDocTitle true>> /Metadata %d 0 R",
		f.add("<</Type /Metadata /Subtype /XML /Length %d>>\nstream\n%s\nendstream", len(meta), meta))
	if len(marks) > 0 {
		entries += fmt.Sprintf(" /PageMode /UseOutlines /Outlines %d 0 R", f.outline(marks))
	}
	f.extend(f.catalog, entries)
	f.nameFonts()
}

// nameFonts marks the fonts as those of which the file carries the letters that it needs alone (ISO 32000-1, 9.6.4).
func (f *file) nameFonts() {
	for n, body := range f.objects {
		if bytes.Contains(body, []byte("/Type /Font")) && !bytes.HasSuffix(bytes.TrimSpace(body), []byte("endstream")) {
			f.objects[n] = bytes.ReplaceAll(body, []byte("/utf8go"), []byte("/HNDSGT+Go"))
		}
	}
}

// metadata says the same as XMP (ISO 16684-1).
func metadata(title, about string, at time.Time) []byte {
	var b bytes.Buffer
	date := at.Format(time.RFC3339)
	fmt.Fprintf(&b, `<?xpacket begin="`+"\ufeff"+`" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:description>
<xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate><xmp:CreatorTool>Hindsight</xmp:CreatorTool><pdf:Producer>Hindsight</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`, html.EscapeString(title), html.EscapeString(about), date, date)
	return b.Bytes()
}

// outline writes the contents, all of them open, and returns the number of their root (ISO 32000-1, 12.3.3).
func (f *file) outline(marks []*bookmark) int {
	root := &bookmark{}
	for _, m := range marks {
		under := root
		if m.level > 0 && len(root.kids) > 0 {
			under = root.kids[len(root.kids)-1]
		}
		under.kids = append(under.kids, m)
	}
	n := f.reserve()
	first, last := f.entries(root.kids, n)
	f.set(n, "<</Type /Outlines /First %d 0 R /Last %d 0 R /Count %d>>", first, last, len(marks))
	return n
}

func (f *file) entries(marks []*bookmark, parent int) (first, last int) {
	numbers := make([]int, len(marks))
	for i := range marks {
		numbers[i] = f.reserve()
	}
	for i, m := range marks {
		var b bytes.Buffer
		fmt.Fprintf(&b, "<</Title %s /Parent %d 0 R /Dest [%d 0 R /XYZ 0 %.2f null]", utf16(m.text), parent, pageObject(m.page), m.top)
		if i > 0 {
			fmt.Fprintf(&b, " /Prev %d 0 R", numbers[i-1])
		}
		if i < len(marks)-1 {
			fmt.Fprintf(&b, " /Next %d 0 R", numbers[i+1])
		}
		if len(m.kids) > 0 {
			first, last := f.entries(m.kids, numbers[i])
			fmt.Fprintf(&b, " /First %d 0 R /Last %d 0 R /Count %d", first, last, len(m.kids))
		}
		f.set(numbers[i], "%s>>", b.Bytes())
	}
	return numbers[0], numbers[len(numbers)-1]
}
