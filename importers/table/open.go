package table

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"hindsight/importers"
)

// The formats, as the setting "format" names them.
const (
	formatCSV   = "csv"
	formatJSONL = "jsonl"
	formatXLSX  = "xlsx"
)

// sample is how much of a file is looked at to find out what it is.
const sample = 64 << 10

// opened is a table that is being read.
type opened struct {
	reader
	format    string
	delimiter rune     // CSV only
	header    []string // nil for JSON Lines, where each record names its own columns
}

// openTable opens f as the settings say, finding out what they leave open. Its errors name the file and say
// what was expected.
func openTable(f importers.File, cfg importers.Config, l limits) (opened, error) {
	file, err := f.Open()
	if err != nil {
		return opened{}, fmt.Errorf("table: open %s: %w", f.Name, err)
	}
	t, err := openContent(f.Name, file, cfg, l)
	if err != nil {
		return opened{}, fmt.Errorf("table: %w", errors.Join(err, file.Close()))
	}
	return t, nil
}

func openContent(name string, file io.ReadCloser, cfg importers.Config, l limits) (opened, error) {
	in, head, err := unpack(name, file, l)
	if err != nil {
		return opened{}, err
	}
	format := cfg.Settings["format"]
	if format == "" {
		format = sniff(head)
	}
	if format == formatXLSX {
		r, err := newXLSX(name, cfg.Settings["sheet"], in, l)
		if err != nil {
			return opened{}, err
		}
		return opened{reader: closeBoth{r, file}, format: format, header: r.header}, nil
	}
	if err := refuse(name, head); err != nil {
		return opened{}, err
	}
	text := &lines{in: in, limit: l}
	switch format {
	case formatJSONL:
		return opened{reader: &jsonlReader{name: name, lines: text, file: file}, format: format}, nil
	case formatCSV:
		r, err := newCSV(name, text, delimiters[cfg.Settings["delimiter"]], file)
		if err != nil {
			return opened{}, err
		}
		return opened{reader: r, format: format, delimiter: r.comma, header: r.header}, nil
	}
	return opened{}, fmt.Errorf("there is no format %q; there are %s, %s and %s", format, formatCSV, formatJSONL, formatXLSX)
}

// delimiters are the values of the setting of that name.
var delimiters = map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t', "bar": '|'}

type closeBoth struct {
	reader
	file io.Closer
}

func (c closeBoth) Close() error { return errors.Join(c.reader.Close(), c.file.Close()) }

// unpack returns the content of a file, without gzip and as UTF-8 where a mark at its beginning says that it
// is UTF-16, together with its first bytes.
func unpack(name string, file io.Reader, l limits) (in *bufio.Reader, head []byte, err error) {
	in = bufio.NewReaderSize(file, sample)
	if head, err = in.Peek(2); err == nil && bytes.Equal(head, []byte{0x1f, 0x8b}) {
		unzipped, err := gzip.NewReader(in)
		if err != nil {
			return nil, nil, fmt.Errorf("%s cannot be unpacked: %w", name, err)
		}
		in = bufio.NewReaderSize(&capped{name, unzipped, l.unpacked, l.unpacked}, sample)
	}
	if head, err = in.Peek(2); err == nil && (bytes.Equal(head, []byte{0xff, 0xfe}) || bytes.Equal(head, []byte{0xfe, 0xff})) {
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
		in = bufio.NewReaderSize(transform.NewReader(in, utf16), sample)
	}
	if head, err = in.Peek(3); err == nil && string(head) == "\uFEFF" {
		if _, err := in.Discard(3); err != nil {
			return nil, nil, err
		}
	}
	if head, err = in.Peek(sample); err != nil && err != io.EOF {
		return nil, nil, fmt.Errorf("%s cannot be read: %w", name, err)
	}
	if len(bytes.TrimSpace(head)) == 0 {
		return nil, nil, fmt.Errorf("%s is not a table: it is empty", name)
	}
	return in, head, nil
}

// capped ends with an error where a packed file unpacks to more than the limit.
type capped struct {
	name        string
	in          io.Reader
	left, limit int64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, fmt.Errorf("%s unpacks to more than %s: it was refused", c.name, size(c.limit))
	}
	return n, err
}

// sniff returns the format that the first bytes look like.
func sniff(head []byte) string {
	switch text := bytes.TrimSpace(head); {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return formatXLSX
	case text[0] == '{':
		return formatJSONL
	}
	return formatCSV
}

// refuse says why content is no text with a table in it.
func refuse(name string, head []byte) error {
	const expected = "; expected CSV, JSON Lines or an Excel workbook (.xlsx)"
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	text := bytes.TrimSpace(head)
	switch {
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return fmt.Errorf("%s is not a table that can be read: it is an old Excel workbook (.xls) or has a password; save it as .xlsx or CSV", name)
	case kind == "text/plain", kind == "image/bmp", kind == "application/octet-stream":
		// A CSV file may begin with the letters BM or hold a stray control character; only NUL is never text.
		if bytes.IndexByte(head, 0) >= 0 {
			return fmt.Errorf("%s is not a table: it is not text%s", name, expected)
		}
	default:
		return fmt.Errorf("%s is not a table: its content is %s%s", name, kind, expected)
	}
	if rest, ok := bytes.CutPrefix(text, []byte("[")); ok && bytes.HasPrefix(bytes.TrimSpace(rest), []byte("{")) {
		return fmt.Errorf("%s is one JSON list; write one object per line instead (jq -c '.[]' does that)", name)
	}
	return nil
}
