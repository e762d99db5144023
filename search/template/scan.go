package template

// mostTokens bounds what is read of a line, as longest does.
const mostTokens = 250

// scanner cuts a line into tokens. Each find function returns the length of what it recognizes at the
// beginning of a text, 0 when it is something else.
type scanner struct {
	rest   string
	before byte // that stands before rest; 0 at the beginning
	gap    bool
	out    []token
}

func scan(line string) []token {
	s := scanner{rest: line, out: make([]token, 0, 24)}
	for s.rest != "" && len(s.out) < mostTokens {
		if isSpace(s.rest[0]) {
			s.gap = true
			s.skip(1)
			continue
		}
		k, n := s.next()
		s.emit(k, n)
	}
	return s.out
}

func (s *scanner) skip(n int) {
	s.before = s.rest[n-1]
	s.rest = s.rest[n:]
}

// emit cuts n bytes off.
func (s *scanner) emit(k kind, n int) {
	t := token{kind: k, gap: s.gap}
	switch k {
	case word:
		t.text = maskDigits(s.rest[:n])
	case sign:
		t.text = s.rest[:n]
	}
	s.gap = false
	s.out = append(s.out, t)
	s.skip(n)
}

// next says what the rest begins with, and how long it is.
func (s *scanner) next() (kind, int) {
	r := s.rest
	c := r[0]
	switch {
	case isLetter(c):
		if n := findRelativePath(r); n > 0 && s.before != '/' {
			return path, n
		}
		return wordy(r)
	case isDigit(c), (c == '-' || c == '+') && len(r) > 1 && isDigit(r[1]) && !isWordByte(s.before):
		return numeric(r)
	case c == '/':
		if n := findIP(r[1:]); n > 0 {
			return ip, n + 1
		}
		if n := findPath(r); n > 0 && !isWordByte(s.before) {
			return path, n
		}
	case c == '~' && len(r) > 1 && r[1] == '/', c == '\\' && len(r) > 2 && r[1] == '\\' && (isLetter(r[2]) || r[2] == '?' || r[2] == '.'):
		return path, pathEnd(r)
	case c == ':':
		if n := findIP6(r); n > 0 {
			return ip, n
		}
	}
	n := 1
	for n < len(r) && r[n] == c {
		n++
	}
	return sign, n
}

// wordy says what a text that begins with a letter begins with.
func wordy(r string) (kind, int) {
	if n := findURL(r); n > 0 {
		return url, n
	}
	if len(r) > 2 && r[1] == ':' && (r[2] == '\\' || r[2] == '/' && len(r) > 3 && isWordByte(r[3])) {
		return path, pathEnd(r)
	}
	if isHexByte(r[0]) {
		if k, n := hexed(r); n > 0 {
			return k, n
		}
	}
	if n := findEmail(r); n > 0 {
		return email, n
	}
	return classify(r, wordEnd(r))
}

// numeric says what a text that begins with a digit or a signed number begins with.
func numeric(r string) (kind, int) {
	if n := findMoment(r); n > 0 {
		return moment, n
	}
	if k, n := hexed(r); n > 0 {
		return k, n
	}
	if n := findIP(r); n > 0 {
		return ip, n
	}
	if k, n := findQuantity(r); n > 0 {
		return k, n
	}
	if r[0] == '-' || r[0] == '+' {
		return sign, 1
	}
	if n := findEmail(r); n > 0 {
		return email, n
	}
	return classify(r, wordEnd(r))
}

// hexed finds what is written in hexadecimal groups.
func hexed(r string) (kind, int) {
	if n := findUUID(r); n > 0 {
		return id, n
	}
	if n := findMAC(r); n > 0 {
		return id, n
	}
	if n := findIP6(r); n > 0 {
		return ip, n
	}
	return 0, 0
}

// wordEnd returns the length of a word: letters, digits and what joins them inside.
func wordEnd(r string) int {
	n := 1
	for n < len(r) && (isWordByte(r[n]) || r[n] == '~') {
		n++
	}
	for n > 1 && (r[n-1] == '.' || r[n-1] == '-' || r[n-1] == '~') {
		n--
	}
	return n
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }
func isDigit(c byte) bool { return c-'0' < 10 }
func isLetter(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '$' || c >= 0x80
}

func isWordByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '.' || c == '-' }

func isHexByte(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// digits returns how many digits r begins with.
func digits(r string) int {
	n := 0
	for n < len(r) && isDigit(r[n]) {
		n++
	}
	return n
}

func hexDigits(r string) int {
	n := 0
	for n < len(r) && isHexByte(r[n]) {
		n++
	}
	return n
}

// ends reports whether no letter or digit follows the first n bytes.
func ends(r string, n int) bool {
	return n >= len(r) || !isLetter(r[n]) && !isDigit(r[n])
}

// cut reports whether a word is over after the first n bytes: nothing that joins two parts follows either.
func cut(r string, n int) bool {
	return ends(r, n) && (n+1 >= len(r) || r[n] != '.' && r[n] != '-' || !isLetter(r[n+1]) && !isDigit(r[n+1]))
}
