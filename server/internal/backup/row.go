package backup

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"hindsight/server/internal/store"
)

// appendRow appends a line with a row.
func appendRow(b []byte, t store.Table, row []any) ([]byte, error) {
	b = append(b, '[')
	for i, v := range row {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendValue(b, v); err != nil {
			return b, fmt.Errorf("backup: table %s, column %s: %w", t.Name, t.Columns[i].Name, err)
		}
	}
	return append(b, ']', '\n'), nil
}

const timeLayout = "2006-01-02T15:04:05.000000Z"

func appendValue(b []byte, v any) ([]byte, error) {
	switch x := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendText(b, x), nil
	case int64:
		return strconv.AppendInt(b, x, 10), nil
	case float64:
		switch {
		case math.IsNaN(x):
			return append(b, `"NaN"`...), nil
		case math.IsInf(x, 1):
			return append(b, `"Infinity"`...), nil
		case math.IsInf(x, -1):
			return append(b, `"-Infinity"`...), nil
		}
		return strconv.AppendFloat(b, x, 'g', -1, 64), nil
	case bool:
		return strconv.AppendBool(b, x), nil
	case time.Time:
		if year := x.Year(); year < 0 || year > 9999 {
			return strconv.AppendInt(b, x.UnixMicro(), 10), nil
		}
		b = x.AppendFormat(append(b, '"'), timeLayout)
		return append(b, '"'), nil
	case []byte:
		b = base64.StdEncoding.AppendEncode(append(b, '"'), x)
		return append(b, '"'), nil
	}
	return b, fmt.Errorf("a %T has no written form", v)
}

// appendText writes a JSON string (RFC 8259, section 7). Texts of a snapshot are valid UTF-8.
func appendText(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\t':
			b = append(b, '\\', 't')
		case '\r':
			b = append(b, '\\', 'r')
		default:
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
		from = i + 1
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}

var errRow = errors.New("it is not a JSON array of the table's values")

// parseRow reads a line that appendRow, or any other program that writes JSON, wrote, into row, which has a place for each column.
func parseRow(line []byte, t store.Table, row []any) error {
	rest, ok := cut(line, '[')
	if !ok {
		return errRow
	}
	for i, c := range t.Columns {
		if i > 0 {
			if rest, ok = cut(rest, ','); !ok {
				return errRow
			}
		}
		word, after := token(rest)
		v, err := parseValue(word, c.Kind)
		if err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
		row[i], rest = v, after
	}
	if rest, ok = cut(rest, ']'); !ok || len(space(rest)) > 0 {
		return errRow
	}
	return nil
}

func space(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t' || b[0] == '\r' || b[0] == '\n') {
		b = b[1:]
	}
	return b
}

func cut(b []byte, c byte) ([]byte, bool) {
	if b = space(b); len(b) > 0 && b[0] == c {
		return b[1:], true
	}
	return nil, false
}

// token takes the next string, number or word off b.
func token(b []byte) (word, rest []byte) {
	b = space(b)
	if len(b) > 0 && b[0] == '"' {
		for i := 1; i < len(b); i++ {
			switch b[i] {
			case '\\':
				i++
			case '"':
				return b[:i+1], b[i+1:]
			}
		}
		return b, nil
	}
	for i, c := range b {
		if c == ',' || c == ']' || c == ' ' {
			return b[:i], b[i:]
		}
	}
	return b, nil
}

func parseValue(word []byte, kind store.Kind) (any, error) {
	if string(word) == "null" {
		return nil, nil
	}
	if kind == store.KindBoolean {
		switch string(word) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		return nil, wrong(word, kind)
	}
	if len(word) > 0 && word[0] == '"' {
		s, ok := text(word)
		if !ok {
			return nil, wrong(word, kind)
		}
		return parseText(s, kind)
	}
	switch kind {
	case store.KindInteger:
		if n, err := strconv.ParseInt(string(word), 10, 64); err == nil {
			return n, nil
		}
	case store.KindReal:
		if x, err := strconv.ParseFloat(string(word), 64); err == nil {
			return x, nil
		}
	case store.KindTime:
		if n, err := strconv.ParseInt(string(word), 10, 64); err == nil {
			return time.UnixMicro(n).UTC(), nil
		}
	}
	return nil, wrong(word, kind)
}

// text reads a JSON string.
func text(word []byte) (s string, ok bool) {
	if len(word) < 2 || word[len(word)-1] != '"' || !utf8.Valid(word) {
		return "", false
	}
	for _, c := range word[1 : len(word)-1] {
		if c == '\\' || c < ' ' {
			return s, json.Unmarshal(word, &s) == nil
		}
	}
	return string(word[1 : len(word)-1]), true
}

func parseText(s string, kind store.Kind) (any, error) {
	switch kind {
	case store.KindText:
		return s, nil
	case store.KindBytes:
		if b, err := base64.StdEncoding.DecodeString(s); err == nil {
			return b, nil
		}
	case store.KindTime:
		if at, err := time.Parse(time.RFC3339Nano, s); err == nil {
			return at.UTC().Truncate(time.Microsecond), nil
		}
	case store.KindReal:
		switch s {
		case "NaN":
			return math.NaN(), nil
		case "Infinity":
			return math.Inf(1), nil
		case "-Infinity":
			return math.Inf(-1), nil
		}
	}
	return nil, wrong([]byte(s), kind)
}

func wrong(word []byte, kind store.Kind) error {
	return fmt.Errorf("%.40q is no %s", word, kind)
}
