package template

import "strings"

// findIP finds an IPv4 address with an optional port or prefix length.
func findIP(r string) int {
	n := 0
	for group := range 4 {
		if group > 0 {
			if n >= len(r) || r[n] != '.' {
				return 0
			}
			n++
		}
		d := digits(r[n:])
		if d == 0 || d > 3 || d == 3 && r[n:n+3] > "255" {
			return 0
		}
		n += d
	}
	if !cut(r, n) {
		return 0
	}
	return n + portEnd(r[n:])
}

// portEnd returns the length of ":50010" or "/24" behind an address.
func portEnd(r string) int {
	if len(r) < 2 || r[0] != ':' && r[0] != '/' {
		return 0
	}
	d := digits(r[1:])
	if d == 0 || d > 5 || !cut(r, 1+d) || r[0] == '/' && d > 2 {
		return 0
	}
	return 1 + d
}

// findIP6 finds an IPv6 address: eight groups, or fewer with one "::", and a digit in one of them, so that
// "Face::add" is none.
func findIP6(r string) int {
	n, groups, gaps, digit := 0, 0, 0, false
	for n < len(r) {
		if strings.HasPrefix(r[n:], "::") {
			gaps++
			n += 2
		} else if r[n] == ':' && groups > 0 {
			n++
		} else if groups > 0 && r[n-1] != ':' {
			break
		}
		h := hexDigits(r[n:])
		if h > 4 || groups > 8 {
			return 0
		}
		if h == 0 {
			break
		}
		digit = digit || strings.ContainsAny(r[n:n+h], "0123456789")
		groups++
		n += h
	}
	if n > 0 && n < len(r) && r[n-1] == ':' && !strings.HasSuffix(r[:n], "::") {
		n--
	}
	if !digit || gaps > 1 || gaps == 0 && groups != 8 || gaps == 1 && groups > 7 || !ends(r, n) {
		return 0
	}
	if n < len(r) && r[n] == '/' {
		n += portEnd(r[n:])
	}
	return n
}

// findMAC finds six pairs of hexadecimal digits.
func findMAC(r string) int {
	const length = 17
	if len(r) < length || r[2] != ':' && r[2] != '-' || !ends(r, length) {
		return 0
	}
	for i := range length {
		if i%3 == 2 && r[i] != r[2] || i%3 != 2 && !isHexByte(r[i]) {
			return 0
		}
	}
	return length
}

// findUUID finds the 8-4-4-4-12 form of RFC 9562.
func findUUID(r string) int {
	const length = 36
	if len(r) < length || !ends(r, length) {
		return 0
	}
	for i := range length {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash && r[i] != '-' || !dash && !isHexByte(r[i]) {
			return 0
		}
	}
	return length
}

// findURL finds scheme://anything.
func findURL(r string) int {
	n := 0
	for n < len(r) && (isLetter(r[n]) || isDigit(r[n]) || r[n] == '.' || r[n] == '+' || r[n] == '-') {
		n++
	}
	if !strings.HasPrefix(r[n:], "://") || n < 2 {
		return 0
	}
	n += 3
	for n < len(r) && !isSpace(r[n]) && strings.IndexByte("\"'`<>()[]{}|", r[n]) < 0 {
		n++
	}
	return trimEnd(r, n)
}

// trimEnd takes the punctuation of the sentence off the end.
func trimEnd(r string, n int) int {
	for n > 1 && strings.IndexByte(".,;:!?", r[n-1]) >= 0 {
		n--
	}
	return n
}

// findEmail finds local@domain.tld.
func findEmail(r string) int {
	at := 0
	for at < len(r) && (isWordByte(r[at]) || r[at] == '+' || r[at] == '%') {
		at++
	}
	if at == 0 || at+3 >= len(r) || r[at] != '@' || !isWordByte(r[at+1]) {
		return 0
	}
	end := at + 1 + wordEnd(r[at+1:])
	dot := strings.LastIndexByte(r[at:end], '.')
	if dot < 0 || end-(at+dot) < 3 || strings.ContainsAny(r[at+dot:end], "0123456789_$") {
		return 0
	}
	return end
}

// findPath finds an absolute path.
func findPath(r string) int {
	if len(r) < 2 || !isWordByte(r[1]) {
		return 0
	}
	return pathEnd(r)
}

func pathEnd(r string) int {
	n := 0
	for n < len(r) && inPath(r, n) {
		if r[n] == '?' {
			for n < len(r) && !isSpace(r[n]) && r[n] != '"' && r[n] != '\'' {
				n++
			}
			break
		}
		n++
	}
	return trimEnd(r, n)
}

// inPath reports whether the byte at n belongs to a path that began before.
func inPath(r string, n int) bool {
	switch c := r[n]; c {
	case '/', '\\', '*', '%', '+', '@', '~', '?', '&', '#':
		return true
	case ':', '!':
		return n+1 < len(r) && (r[n+1] == '/' || r[n+1] == '\\')
	default:
		return isWordByte(c)
	}
}

// findRelativePath finds words between two slashes or more that end like a file or have digits; "seq/ack/win"
// is an enumeration.
func findRelativePath(r string) int {
	n, slashes, last := 0, 0, 0
	for n < len(r) && (isWordByte(r[n]) || r[n] == '/') {
		if r[n] == '/' {
			slashes++
			last = n
		}
		n++
	}
	n = trimEnd(r, n)
	if slashes < 2 || last >= n {
		return 0
	}
	if strings.ContainsAny(r[:n], "0123456789") || strings.IndexByte(r[last:n], '.') > 0 {
		return n
	}
	return 0
}

// domains end the names of hosts. Those that are also endings of files or words ("id", "is", "py") are left out.
var domains = set(`com net org edu gov mil int info biz arpa internal local localdomain localhost lan corp intra intranet home svc cluster cloud
	dev app io us uk de fr jp cn ru br au ca ch nl se dk fi pl cz hu gr pt es ie kr tw hk sg th vn mx ar cl tr ua il za nz eu`)

// reversed begin the names of packages and bundles, which are written like hosts but the other way round.
var reversed = set("com org net edu gov io java javax sun android de uk cn")

// files end the names of files that could be countries.
var files = set("so py sh js gz md rs go cc pl ps ts db xz cs hs ml mm rb kt bz vb")

// isHost reports whether a word is a host's name with its domain. Any country will do where a part looks like a
// machine's name.
func isHost(w string) bool {
	first, last := strings.IndexByte(w, '.'), strings.LastIndexByte(w, '.')
	if first <= 0 || strings.ContainsAny(w, "_$") || strings.Contains(w, "..") {
		return false
	}
	domain := strings.ToLower(w[last+1:])
	if domains[domain] {
		return !reversed[strings.ToLower(w[:first])]
	}
	return first < last && len(domain) == 2 && pureLetter(domain[0]) && pureLetter(domain[1]) && !files[domain] &&
		strings.ContainsAny(w[:last], "0123456789-")
}

// isHostPort reports whether the word of length n is followed by a port, and may be a host by its form: three names in
// small letters. "main.go:12" is a line of a file.
func isHostPort(r string, n int) bool {
	w := r[:n]
	first := strings.IndexByte(w, '.')
	return portEnd(r[n:]) > 2 && r[n] == ':' && strings.Count(w, ".") >= 2 && first > 0 && !reversed[w[:first]] && w == strings.ToLower(w) &&
		!strings.ContainsAny(w, "_$") && !strings.Contains(w, "..")
}
