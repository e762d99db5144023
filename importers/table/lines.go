package table

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// lines reads a text line by line, holding at most one record in memory, and can be told to go back to the
// second line of a record.
type lines struct {
	in    *bufio.Reader
	limit limits
	count int64  // lines read so far
	ahead []byte // given back; read before in. It ends with a line end or at the end of the text
}

// line returns the next line with its end. Of a line over the limit it returns the beginning and cut;
// quotes counts those in the whole line.
func (l *lines) line() (text []byte, quotes int, cut bool, err error) {
	if len(l.ahead) > 0 {
		n := bytes.IndexByte(l.ahead, '\n') + 1
		if n == 0 {
			n = len(l.ahead)
		}
		text, l.ahead = l.ahead[:n:n], l.ahead[n:]
		l.count++
		return text, bytes.Count(text, quote), false, nil
	}
	for {
		part, err := l.in.ReadSlice('\n')
		quotes += bytes.Count(part, quote)
		if keep := min(len(part), l.limit.record-len(text)); keep < len(part) {
			text, cut = append(text, part[:keep]...), true
		} else {
			text = append(text, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == nil, err == io.EOF && len(text) > 0:
			l.count++
			return text, quotes, cut, nil
		}
		return nil, 0, false, err
	}
}

var quote = []byte(`"`)

// chunk is the text of one record: one line, or several where a quoted cell holds line ends.
type chunk struct {
	text  []byte
	fault string // why it is no record; empty otherwise
	line  int64  // number of its first line
}

// chunk returns the next record's text. A record goes on for as long as a quote is open. When it never
// closes, the fault is in the line that opened it, and that line alone is given up; plausible tells from a
// line's look that it is a record of its own, for when the open quote reaches further than memory.
func (l *lines) chunk(plausible func(line []byte) bool) (chunk, error) {
	c := chunk{line: l.count + 1}
	for open, over, n := false, false, 0; ; n++ {
		text, quotes, cut, err := l.line()
		if errors.Is(err, io.EOF) && n > 0 {
			return l.unclosed(c, over), nil
		}
		if err != nil {
			return c, err
		}
		if !over && (cut || len(c.text)+len(text) > l.limit.record) {
			if n > 0 && !cut && plausible(second(c.text)) {
				c.text = append(c.text, text...)
				return l.unclosed(c, false), nil
			}
			over = true
			c.fault = "the record holds more than " + size(int64(l.limit.record))
			c.text = append(c.text, text[:min(len(text), l.limit.record-len(c.text))]...)
		}
		if !over {
			c.text = append(c.text, text...)
		}
		if open = open != (quotes%2 == 1); !open {
			return c, nil
		}
	}
}

func second(text []byte) []byte {
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	return line
}

// unclosed gives up the line that opened a quote that never closes, and goes back to the one behind it.
func (l *lines) unclosed(c chunk, over bool) chunk {
	if over {
		c.fault = "a quote opens here and never closes, so the rest of the file could not be read; close it and import the file again"
		return c
	}
	return l.back(c, "a quote opens here and never closes")
}

// back cuts a faulty record to its first line; the lines behind it are read again as records of their own.
func (l *lines) back(c chunk, fault string) chunk {
	c.fault = fault
	n := bytes.IndexByte(c.text, '\n') + 1
	if n == 0 || n == len(c.text) {
		return c
	}
	rest := c.text[n:]
	l.count -= int64(bytes.Count(rest, []byte("\n")))
	if rest[len(rest)-1] != '\n' {
		l.count--
	}
	l.ahead = append(bytes.Clone(rest), l.ahead...)
	c.text = c.text[:n]
	return c
}
