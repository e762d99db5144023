package draw

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	stdutf16 "unicode/utf16"
)

// file is the objects of a PDF, each as it stands between "obj" and "endobj". fpdf writes neither structure nor what says of a document for whom it
// is; so its file is taken apart, extended and written anew, in one piece.
type file struct {
	objects [][]byte // by number; that of zero is nobody's
	catalog int
	info    int
}

// pageObject is the number that fpdf gives to a page, counted from one: each is followed by its contents, the first one by the list of pages and
// what they share.
func pageObject(page int) int { return 1 + 2*page }

// readFile takes apart what fpdf has written: its table of offsets is the first and only one (ISO 32000-1, 7.5.4).
func readFile(raw []byte) (*file, error) {
	broken := errors.New("fpdf's file has another shape")
	_, after, ok := bytes.Cut(raw[max(0, len(raw)-40):], []byte("startxref\n"))
	number, _, found := bytes.Cut(after, []byte("\n"))
	end, err := strconv.Atoi(string(number))
	if !ok || !found || err != nil || end > len(raw) {
		return nil, broken
	}
	var count int
	if _, err := fmt.Sscanf(string(raw[end:min(len(raw), end+20)]), "xref\n0 %d\n", &count); err != nil || count < 3 {
		return nil, broken
	}
	_, table, _ := bytes.Cut(raw[end+5:], []byte("\n"))
	f := &file{objects: make([][]byte, count), catalog: count - 1, info: count - 2}
	for n := 1; n < count; n++ {
		var at int
		if len(table) < 20*(n+1) {
			return nil, broken
		}
		if at, err = strconv.Atoi(string(table[20*n : 20*n+10])); err != nil || at > end {
			return nil, broken
		}
		f.objects[n], ok = bytes.CutPrefix(raw[at:end], fmt.Appendf(nil, "%d 0 obj\n", n))
		if !ok {
			return nil, broken
		}
	}
	return f, f.trim()
}

// trim ends each object where it ends. A stream may hold any bytes: how many is said before it.
func (f *file) trim() error {
	for n, rest := range f.objects[1:] {
		from := 0
		if stream := bytes.Index(rest, []byte("\nstream\n")); stream >= 0 && stream < bytes.Index(rest, []byte("endobj")) {
			_, length, ok := bytes.Cut(rest[:stream], []byte("/Length "))
			size, err := strconv.Atoi(string(length[:len(length)-len(bytes.TrimLeft(length, "0123456789"))]))
			if from = stream + size; !ok || err != nil || from > len(rest) {
				return fmt.Errorf("object %d: its length is not told", n+1)
			}
		}
		end := bytes.Index(rest[from:], []byte("endobj"))
		if end < 0 {
			return fmt.Errorf("object %d has no end", n+1)
		}
		f.objects[n+1] = rest[:from+end]
	}
	return nil
}

// reserve returns the number of a new object.
func (f *file) reserve() int {
	f.objects = append(f.objects, nil)
	return len(f.objects) - 1
}

func (f *file) set(n int, format string, args ...any) {
	f.objects[n] = fmt.Appendf(nil, format, args...)
}

func (f *file) add(format string, args ...any) int {
	n := f.reserve()
	f.set(n, format, args...)
	return n
}

// extend adds entries to a dictionary.
func (f *file) extend(n int, entries string) {
	f.objects[n] = append([]byte("<<"+entries+" "), bytes.TrimPrefix(f.objects[n], []byte("<<"))...)
}

// perStream is how many objects are packed together.
const perStream = 1000

// bytes writes the file: streams as they are, all else packed into streams of objects, and a stream that says where each is (7.5.7, 7.5.8).
func (f *file) bytes() []byte {
	out := bytes.NewBufferString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	where := make([][3]int, len(f.objects)+len(f.objects)/perStream+2)
	last := len(f.objects) - 1
	put := func(n int, body []byte) {
		where[n] = [3]int{1, out.Len(), 0}
		fmt.Fprintf(out, "%d 0 obj\n%s\nendobj\n", n, bytes.TrimSpace(body))
	}
	var packed []int
	pack := func() {
		if len(packed) > 0 {
			last++
			for i, n := range packed {
				where[n] = [3]int{2, last, i}
			}
			put(last, f.packed(packed))
		}
		packed = nil
	}
	id := sha256.New()
	for n, body := range f.objects {
		id.Write(body)
		switch {
		case n == 0:
		case bytes.HasSuffix(bytes.TrimSpace(body), []byte("endstream")):
			put(n, body)
		default:
			if packed = append(packed, n); len(packed) == perStream {
				pack()
			}
		}
	}
	pack()
	last++
	start := out.Len()
	where[0], where[last] = [3]int{0, 0, 65535}, [3]int{1, start, 0}
	var table []byte
	for _, w := range where[:last+1] {
		table = append(table, byte(w[0]))
		table = binary.BigEndian.AppendUint32(table, uint32(w[1]))
		table = binary.BigEndian.AppendUint16(table, uint16(w[2]))
	}
	name := hex.EncodeToString(id.Sum(nil)[:16])
	put(last, stream(table, fmt.Sprintf("/Type /XRef /Size %d /W [1 4 2] /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>]", last+1, f.catalog, f.info, name, name)))
	fmt.Fprintf(out, "startxref\n%d\n%%%%EOF\n", start)
	return out.Bytes()
}

func (f *file) packed(numbers []int) []byte {
	var index, all bytes.Buffer
	for _, n := range numbers {
		fmt.Fprintf(&index, "%d %d ", n, all.Len())
		all.Write(bytes.TrimSpace(f.objects[n]))
		all.WriteByte('\n')
	}
	first := index.Len()
	return stream(append(index.Bytes(), all.Bytes()...), fmt.Sprintf("/Type /ObjStm /N %d /First %d", len(numbers), first))
}

// stream returns a compressed stream with entries of its dictionary.
func stream(data []byte, entries string) []byte {
	var small bytes.Buffer
	z := zlib.NewWriter(&small)
	z.Write(data) // into memory: there is no error
	z.Close()
	return fmt.Appendf(nil, "<<%s /Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream", entries, small.Len(), small.Bytes())
}

// utf16 writes a text string (7.9.2.2).
func utf16(text string) string {
	b := []byte{0xfe, 0xff}
	for _, unit := range stdutf16.Encode([]rune(strings.ToValidUTF8(text, "\ufffd"))) {
		b = binary.BigEndian.AppendUint16(b, unit)
	}
	return "<" + hex.EncodeToString(b) + ">"
}

// literal writes a string of ASCII.
func literal(text string) string {
	return "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`, "\r", `\r`, "\n", `\n`).Replace(text) + ")"
}
