package template

import "strings"

// classify says what the word of length n at the beginning of r is.
func classify(r string, n int) (kind, int) {
	w := r[:n]
	d := strings.IndexAny(w, "0123456789")
	if strings.IndexByte(w, '.') > 0 && (isHost(w) || isHostPort(r, n)) {
		return host, n + portEnd(r[n:])
	}
	if d < 0 {
		return word, n
	}
	if len(w) > 2 && w[0] == '0' && w[1]|0x20 == 'x' && hexDigits(w[2:]) == len(w)-2 {
		return hex, n
	}
	if len(w) >= 6 && hexDigits(w) == len(w) {
		return hex, n
	}
	if strings.IndexFunc(w, func(c rune) bool { return c >= 0x80 || pureLetter(byte(c)) }) < 0 {
		return number, n
	}
	if isID(w) {
		return id, n
	}
	return word, n
}

// shape counts what a word is made of.
type shape struct {
	letters, digits int
	runs            int // of digits
	turns           int // between capitals, small letters and digits
}

func shapeOf(w string) shape {
	var s shape
	var last byte
	for i := range len(w) {
		class := byte('a')
		switch c := w[i]; {
		case c == '.' && last == '0' && i+1 < len(w) && isDigit(w[i+1]):
			continue // a version or fraction is one number
		case isDigit(c):
			class = '0'
			s.digits++
			if last != '0' {
				s.runs++
			}
		case c >= 'A' && c <= 'Z':
			class = 'A'
			s.letters++
		case c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80:
			s.letters++
		default:
			class = '-'
		}
		if i > 0 && class != last {
			s.turns++
		}
		last = class
	}
	return s
}

// isID reports whether a word with digits was made by a machine: mostly digits, or digits in many places, or long with
// capitals, small letters and digits in no order.
func isID(w string) bool {
	s := shapeOf(w)
	switch {
	case s.digits >= 6 && s.digits >= s.letters:
		return true
	case s.runs >= 3 && 2*s.digits >= s.letters:
		return true
	}
	if longHex(w) {
		return true
	}
	return len(w) >= 16 && s.turns*3 >= len(w)
}

// names have digits that do not count anything.
var names = set("ec2 s3 ipv4 ipv6 http2 oauth2 md5 sha1 sha256 sha512 base64 utf-8 utf8 utf-16 x86_64 x86 x64 ext3 ext4 route53 amd64 arm64 win32")

// maskDigits replaces the numbers in a word, but not a short one between two letters, as in "log4j".
func maskDigits(w string) string {
	if !strings.ContainsAny(w, "0123456789") || names[strings.ToLower(w)] {
		return w
	}
	var b strings.Builder
	for i := 0; i < len(w); {
		n := numberEnd(w[i:])
		switch {
		case n == 0:
			b.WriteByte(w[i])
			i++
			continue
		case n <= 2 && i > 0 && pureLetter(w[i-1]) && i+n < len(w) && pureLetter(w[i+n]):
			b.WriteString(w[i : i+n])
		default:
			b.WriteString(marks[number])
		}
		i += n
	}
	return b.String()
}

// numberEnd returns the length of digits with dots between.
func numberEnd(r string) int {
	n := digits(r)
	for n > 0 && n+1 < len(r) && r[n] == '.' && isDigit(r[n+1]) {
		n += 1 + digits(r[n+1:])
	}
	return n
}

func pureLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// longHex reports whether one of the parts of a word is a hash.
func longHex(w string) bool {
	for i := 0; i < len(w); {
		n := hexDigits(w[i:])
		if n >= 12 && ends(w, i+n) && (i == 0 || !isLetter(w[i-1])) && digits(w[i:]) < n && strings.ContainsAny(w[i:i+n], "0123456789") {
			return true
		}
		i += max(n, 1)
	}
	return false
}
