package template

import "strings"

// fold joins tokens that are one thing: "Jun 17 07:07:00 2005", "17.7 GB", "10.0.0.1, 10.0.0.2", "a=1 a=2 a=3".
func fold(ts []token) []token {
	ts = foldMoments(ts)
	ts = foldUnits(ts)
	ts = foldBrackets(ts)
	ts = foldObjects(ts)
	ts = maskNames(ts)
	ts = foldLists(ts)
	return joinValues(foldRepeats(ts))
}

// foldMoments joins dates that are written with words, and a date with the time behind it.
func foldMoments(ts []token) []token {
	out := ts[:0]
	for i := 0; i < len(ts); {
		if n := momentEnd(ts[i:]); n > 1 {
			out = append(out, token{kind: moment, gap: ts[i].gap})
			i += n
		} else {
			out = append(out, ts[i])
			i++
		}
	}
	return out
}

// momentEnd returns how many tokens at the beginning are one date and time: names of months and days, dates, times,
// numbers in between, and a zone. A number at the end belongs to it only where a name asks for one: "Jun 17",
// "Fri Jun 17 07:07:00 2005".
func momentEnd(ts []token) int {
	n, named, timed, numbers := 0, false, false, 0
	for ; n < len(ts) && (n == 0 || ts[n].gap); n++ {
		lower := ""
		if ts[n].kind == word {
			lower = strings.ToLower(ts[n].text)
		}
		switch {
		case ts[n].kind == moment:
			timed = true
		case calendar[lower]:
			named = true
		case named && ts[n].kind == number && numbers < 2:
			numbers++
		case timed && zones[lower]:
		default:
			return momentSize(n, named, timed, numbers)
		}
	}
	return momentSize(n, named, timed, numbers)
}

func momentSize(n int, named, timed bool, numbers int) int {
	if named && !timed && numbers == 0 {
		return 0
	}
	return n
}

// foldUnits joins a number and the unit behind it, and the sign of "<1 sec".
func foldUnits(ts []token) []token {
	out := ts[:0]
	for i := 0; i < len(ts); i++ {
		t := ts[i]
		if t.kind == number && i+1 < len(ts) && ts[i+1].kind == word && ts[i+1].gap {
			if k, known := apart(ts[i+1].text); known {
				t.kind = k
				i++
			}
		}
		measure := t.kind == duration || t.kind == size
		if last := len(out) - 1; measure && last >= 0 && !t.gap && compares(out[last].text) && (i+1 >= len(ts) || ts[i+1].text != ">") {
			t.gap = out[last].gap
			out = out[:last]
		}
		out = append(out, t)
	}
	return out
}

func compares(s string) bool { return s == "<" || s == ">" || s == "~" }

// foldBrackets takes a bracket that says a mark again, or nothing: "10.0.0.1 (web-1.example.com)", "1190 bytes (1.16 KB)".
func foldBrackets(ts []token) []token {
	out := ts[:0]
	for i := 0; i < len(ts); i++ {
		if last := len(out) - 1; last >= 0 && out[last].variable() && ts[i].text == "(" {
			if i+1 < len(ts) && ts[i+1].text == ")" {
				i++
				continue
			}
			if i+2 < len(ts) && ts[i+1].variable() && ts[i+2].text == ")" {
				i += 2
				continue
			}
		}
		if ts[i].text == "()" && len(out) > 0 && out[len(out)-1].variable() {
			continue
		}
		out = append(out, ts[i])
	}
	return out
}

// foldObjects empties what a program prints of an object behind its identity: "Token{78af589 ActivityRecord{3b04890 u0}}"
// becomes "Token{<hex>}".
func foldObjects(ts []token) []token {
	out := ts[:0]
	for i := 0; i < len(ts); i++ {
		out = append(out, ts[i])
		n := len(out)
		if n < 3 || out[n-3].kind != word || out[n-2].text != "{" || out[n-2].gap || !out[n-1].variable() || out[n-1].gap {
			continue
		}
		for depth := 1; i+1 < len(ts); i++ {
			if t := ts[i+1]; t.kind == sign && t.text[0] == '{' {
				depth += len(t.text)
			} else if t.kind == sign && t.text[0] == '}' {
				if depth -= len(t.text); depth <= 0 {
					ts[i+1].text = "}"
					break
				}
			}
		}
	}
	return out
}

// foldLists makes one mark of marks with nothing or one sign between them.
func foldLists(ts []token) []token {
	out := ts[:0]
	for _, t := range ts {
		n := len(out)
		switch {
		case t.variable() && n > 0 && out[n-1].variable():
			out[n-1].kind = either(out[n-1].kind, t.kind)
			continue
		case t.variable() && n > 1 && out[n-1].kind == sign && out[n-2].variable() && separates(out[n-1].text):
			out[n-2].kind = either(out[n-2].kind, t.kind)
			out = out[:n-1]
			continue
		}
		out = append(out, t)
	}
	return out
}

func separates(s string) bool {
	switch s {
	case ",", ";", "|", "##", "-", "/", ":", "+", ",,", "..", "x", ".", "#", "~", "=":
		return true
	}
	return false
}

func either(a, b kind) kind {
	if a == b {
		return a
	}
	return several
}

// longestRepeat bounds the tokens of an element that repeats.
const longestRepeat = 12

// foldRepeats keeps one of elements with marks that follow each other, with or without a comma between.
func foldRepeats(ts []token) []token {
	for p := 2; p <= min(longestRepeat, len(ts)/2); p++ {
		for i := 0; i+2*p <= len(ts); {
			next := i + p
			if ts[next].text == "," || ts[next].text == ";" {
				next++
			}
			if next+p > len(ts) || !same(ts[i:i+p], ts[next:next+p]) {
				i++
				continue
			}
			ts = append(ts[:i+p], ts[next+p:]...)
		}
	}
	return ts
}

// same reports whether two elements are the same and have a mark.
func same(a, b []token) bool {
	marked := false
	for i := range a {
		if a[i].variable() != b[i].variable() || a[i].text != b[i].text && !a[i].variable() {
			return false
		}
		marked = marked || a[i].variable() || strings.Contains(a[i].text, marks[number])
	}
	return marked
}
