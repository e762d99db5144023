package sheet

import (
	"math"
	"net/url"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"hindsight/reports"
)

// page is a sheet that is written row by row.
type page struct {
	*book
	name  string
	row   int // that is being written, from 1
	links int
}

func (b *book) page(name string, first bool) *page {
	if first {
		b.note(b.f.SetSheetName("Sheet1", name))
	} else {
		_, err := b.f.NewSheet(name)
		b.note(err)
	}
	return &page{book: b, name: name, row: 1}
}

func (p *page) next() { p.row++ }

func (p *page) at(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	p.note(err)
	return name
}

// header writes a row of headings and goes on to the next.
func (p *page) header(titles ...string) {
	for i, title := range titles {
		p.text(i+1, title, heading)
	}
	p.next()
}

var heading = style{bold: true, wrap: true, line: true}

// freeze keeps what is above the row in sight.
func (p *page) freeze() {
	p.note(p.f.SetPanes(p.name, &excelize.Panes{Freeze: true, YSplit: p.row - 1, TopLeftCell: p.at(1, p.row), ActivePane: "bottomLeft"}))
}

// end sets how wide the columns are, in characters, and that a printed page is as wide as they are together.
func (p *page) end(widths ...float64) {
	landscape, wide, long, fit := "landscape", 1, 0, true
	p.note(p.f.SetPageLayout(p.name, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &wide, FitToHeight: &long}))
	p.note(p.f.SetSheetProps(p.name, &excelize.SheetPropsOptions{FitToPage: &fit}))
	for i, x := range widths {
		column, err := excelize.ColumnNumberToName(i + 1)
		p.note(err)
		p.note(p.f.SetColWidth(p.name, column, column, x))
	}
}

// text writes a text that stays one, whatever it begins with.
func (p *page) text(column int, text string, s style) {
	if text == "" || p.err != nil {
		return
	}
	at := p.at(column, p.row)
	p.note(p.f.SetCellStr(p.name, at, fitting(text)))
	p.dress(at, s)
	if s.size > 0 {
		p.note(p.f.SetRowHeight(p.name, p.row, s.size*1.5))
	}
}

// linked writes a text that leads to a path of the installation. An empty text leaves the cell to what is written into it.
func (p *page) linked(column int, text, path string, s style) {
	address := p.address(path)
	s.link = address != ""
	p.text(column, text, s)
	if address == "" || p.links == excelize.TotalSheetHyperlinks || p.err != nil {
		return
	}
	p.links++
	p.note(p.f.SetCellHyperLink(p.name, p.at(column, p.row), address, "External"))
}

// inside writes a text that leads to the top of a sheet, and goes on to the next row.
func (p *page) inside(text, sheet string) {
	if text == "" {
		text = sheet
	}
	p.text(1, text, style{bold: true, link: true})
	p.note(p.f.SetCellHyperLink(p.name, p.at(1, p.row), "'"+sheet+"'!A1", "Location"))
	p.next()
}

// longestLink is what Excel takes; it repairs a file with a longer one by removing all links.
const longestLink = 2079

// address returns the whole address of a path; empty where it can be none.
func (p *page) address(path string) string {
	if p.base == "" || !strings.HasPrefix(path, "/") {
		return ""
	}
	u, err := url.Parse(p.base + path)
	if err != nil || len(u.String()) > longestLink {
		return ""
	}
	return u.String()
}

// cell writes what a cell holds, shown as its unit is. Nothing is written of a missing one.
func (p *page) cell(column int, unit reports.Unit, c reports.Cell) {
	s := style{link: c.Link != "" && p.address(c.Link) != ""}
	switch {
	case c.Number != nil && unit == reports.Instant:
		p.time(column, time.Unix(int64(*c.Number), 0), s)
	case c.Number != nil && unit == reports.Seconds && *c.Number < 0:
		p.text(column, reports.Format(unit, *c.Number), s)
	case c.Number != nil && unit == reports.Seconds:
		p.number(column, *c.Number/(24*time.Hour).Seconds(), s.as("[h]:mm:ss"))
	case c.Number != nil:
		p.number(column, *c.Number, s.as(format(unit, *c.Number)))
	case !c.Time.IsZero():
		p.time(column, c.Time, s)
	default:
		s.wrap = true
		p.text(column, c.Text, s)
	}
}

func (p *page) number(column int, x float64, s style) {
	if math.IsNaN(x) || math.IsInf(x, 0) || p.err != nil {
		return
	}
	at := p.at(column, p.row)
	p.note(p.f.SetCellFloat(p.name, at, x, -1, 64))
	p.dress(at, s)
}

// time writes an instant as the count of days that spreadsheets have, of the clock in the zone of the document. Their calendar is right from March
// 1900 to the year 9999; other times are written out.
func (p *page) time(column int, t time.Time, s style) {
	t = t.In(p.zone)
	if t.Year() <= 1900 || t.Year() > 9999 {
		p.text(column, reports.FormatTime(t), s)
		return
	}
	clock := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	epoch := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	p.number(column, float64(clock.Unix()-epoch.Unix())/(24*time.Hour).Seconds(), s.as("yyyy-mm-dd hh:mm:ss"))
}

// format shows a number as reports.Format does: what is short of everything is not rounded up to it, nor what is more than nothing down.
func format(unit reports.Unit, x float64) string {
	x = math.Abs(x)
	if unit == reports.Share {
		decimals := 1
		switch {
		case x == math.Trunc(x):
			return "0%"
		case x >= 0.99 && x < 1:
			decimals = 3
		}
		for decimals < 12 && (rounded(x*100, decimals) == 0 || x < 1 && rounded(x*100, decimals) >= 100) {
			decimals++
		}
		return "0." + strings.Repeat("0", decimals) + "%"
	}
	switch {
	case x == math.Trunc(x):
		return "#,##0"
	case x < 0.1:
		return "0.000"
	case x < 1:
		return "0.00"
	}
	return "#,##0.0"
}

func rounded(x float64, decimals int) float64 {
	return math.Round(x*math.Pow10(decimals)) / math.Pow10(decimals)
}

// cut ends a text that is longer than a cell can be.
const cut = " … (cut)"

// fitting returns a text as a cell can hold it: at most 32,767 units of UTF-16, and lines that end in LF alone. What XML cannot hold becomes U+FFFD
// when it is written.
func fitting(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	if len(text) <= excelize.TotalCellChars {
		return text
	}
	units, keep := 0, 0
	for i, r := range text {
		units += utf16.RuneLen(r)
		if units <= excelize.TotalCellChars-len(utf16.Encode([]rune(cut))) {
			keep = i
		}
	}
	if units <= excelize.TotalCellChars {
		return text
	}
	return text[:keep] + cut
}

// style is how a cell looks.
type style struct {
	bold, grey, wrap, link, line, right bool
	size                                float64 // in points; 0: the usual
	format                              string
}

func (s style) as(format string) style {
	s.format = format
	return s
}

func (p *page) dress(at string, s style) {
	if s == (style{}) {
		return
	}
	id, known := p.styles[s]
	if !known {
		look := excelize.Style{Font: &excelize.Font{Bold: s.bold, Size: 11, Color: "000000"}, Alignment: &excelize.Alignment{WrapText: s.wrap, Vertical: "top"}}
		if s.size > 0 {
			look.Font.Size = s.size
		}
		if s.right {
			look.Alignment.Horizontal = "right"
		}
		if s.grey {
			look.Font.Color = "595959"
		}
		if s.link {
			look.Font.Color, look.Font.Underline = "0B57A4", "single"
		}
		if s.line {
			look.Border = []excelize.Border{{Type: "bottom", Style: 1, Color: "595959"}}
		}
		if s.format != "" {
			look.CustomNumFmt = &s.format
		}
		var err error
		id, err = p.f.NewStyle(&look)
		p.note(err)
		p.styles[s] = id
	}
	p.note(p.f.SetCellStyle(p.name, at, at, id))
}
