package dump

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// kind is what a token is.
type kind byte

const (
	word   kind = iota // a keyword, a number, or a name without quotes
	quoted             // a name in backticks
	str                // a text in single or double quotes
	mark               // a single character: ( ) , ; =
)

// MaxText is how many bytes a text in a dump of MySQL may have; a row with a longer one is a reject.
const MaxText = 16 << 20

// token is a piece of a statement.
type token struct {
	kind kind
	text string
	over bool  // text is only the beginning
	line int64 // where it begins
}

func (t token) is(text string) bool {
	return (t.kind == word || t.kind == mark) && strings.EqualFold(t.text, text)
}

// errOpen says that the text ends within a quote, a comment or a statement.
var errOpen = errors.New("the dump ends within a statement: it was cut off; make it again")

// scanner cuts MySQL's SQL into tokens. Lexical structure: https://dev.mysql.com/doc/refman/8.0/en/language-structure.html
type scanner struct {
	in    *bufio.Reader
	line  int64 // of the next byte, from 1
	skips bool  // texts are passed over, not kept
}

func (s *scanner) read() (byte, error) {
	c, err := s.in.ReadByte()
	if c == '\n' && err == nil {
		s.line++
	}
	return c, err
}

func (s *scanner) peek() byte {
	next, err := s.in.Peek(1)
	if err != nil {
		return 0
	}
	return next[0]
}

// next returns the next token, or io.EOF.
func (s *scanner) next() (token, error) {
	for {
		c, err := s.read()
		if err != nil {
			return token{}, err
		}
		switch {
		case c <= ' ':
			continue
		case c == '#', c == '-' && s.dashes():
			err = s.pass("\n")
		case c == '/' && s.peek() == '*':
			err = s.pass("*/")
		case c == '`' || c == '\'' || c == '"':
			return s.quote(c)
		case wordy(c):
			return s.word(c)
		default:
			return token{kind: mark, text: string(c), line: s.line}, nil
		}
		if err != nil {
			return token{}, err
		}
	}
}

// dashes reports whether a dash begins a comment: a second one and white space follow.
func (s *scanner) dashes() bool {
	next, err := s.in.Peek(2)
	return len(next) > 0 && next[0] == '-' && (err != nil || next[1] <= ' ')
}

// pass reads on behind end.
func (s *scanner) pass(end string) error {
	last := byte(0)
	for {
		c, err := s.read()
		if errors.Is(err, io.EOF) && end != "\n" {
			return errOpen
		}
		if err != nil {
			return err
		}
		if c == end[len(end)-1] && (len(end) == 1 || last == end[0]) {
			return nil
		}
		last = c
	}
}

func wordy(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c == '.' || c == '-' || c == '+' || c == '@' || c >= 0x80
}

func (s *scanner) word(first byte) (token, error) {
	t := token{kind: word, line: s.line}
	text := []byte{first}
	for wordy(s.peek()) {
		c, err := s.read()
		if err != nil {
			return t, err
		}
		text = append(text, c)
	}
	t.text = string(text)
	return t, nil
}

// quote reads a text or a name up to the quote that closes it. A doubled quote stands for one.
func (s *scanner) quote(end byte) (token, error) {
	t := token{kind: str, line: s.line}
	if end == '`' {
		t.kind = quoted
	}
	var text []byte
	for {
		c, err := s.read()
		if errors.Is(err, io.EOF) {
			return t, errOpen
		}
		if err != nil {
			return t, err
		}
		switch {
		case c == end && s.peek() == end, c == '\\' && end != '`':
			escape := c == '\\'
			if c, err = s.read(); err != nil {
				return t, errOpen
			}
			if escape {
				c = unescaped(c)
			}
		case c == end:
			t.text = string(text)
			return t, nil
		}
		if t.over = len(text) == MaxText; !t.over && (!s.skips || t.kind == quoted) {
			text = append(text, c)
		}
	}
}

// unescaped returns what a character behind a backslash stands for.
// https://dev.mysql.com/doc/refman/8.0/en/string-literals.html, table 11.1
func unescaped(c byte) byte {
	switch c {
	case '0':
		return 0
	case 'b':
		return '\b'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'Z':
		return 26
	}
	return c
}
