package plain

import (
	"regexp"
	"strings"
)

var (
	// attributions say who wrote what follows: On Mon, 1 Jan 2024 at 10:00, A <a@example.com> wrote:
	attributions = regexp.MustCompile(`(?i)^(?:on|am|le|el|il|op|den|em)\s.{5,160}\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|skrev|escreveu)\b.{0,80}:$`)
	forwards     = regexp.MustCompile(`^[-_*\s]*(?:(?i)original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|message d'origine|begin forwarded message)[-_*:\s]*$`)
	headers      = regexp.MustCompile(`(?i)^\*?(?:from|sent|date|to|cc|subject|von|gesendet|an|betreff|de|envoyé|à|objet)\*?:\*?\s`)
	devices      = regexp.MustCompile(`(?i)^(?:sent|get|von|envoyé|gesendet) .{0,30}\b(?:iphone|ipad|android|blackberry|samsung|outlook|mobile)\b.{0,30}$`)
	closings     = regexp.MustCompile(`(?i)^(?:(?:best|kind|warm)(?:est)? )?regards\b.{0,12}$|^(?:best|cheers|thanks|thank you|sincerely|viele grüße|mit freundlichen grüßen|cordialement|saludos)[,.!]?$`)
	notices      = regexp.MustCompile(`(?i)^(?:this|the information in this) (?:e-?mail|message|communication)\b.*\b(?:confidential|intended (?:only|solely)|privileged)\b`)
)

const (
	// longestSignature is the lines that a signature may have.
	longestSignature = 8
	// longestClosing and longestHeader bound a line that closes a mail, and the name of a header, in bytes.
	longestClosing, longestHeader = 60, 12
	// fewestHeaders make a block of headers, the first of which is the sender.
	fewestHeaders = 3
)

// dropMail takes out of a text what mail adds to it, and marks as quoted what stands below a header of an older mail.
func dropMail(ls []line) []line {
	var out []line
	older := false // everything from here on is an older mail
	for i := 0; i < len(ls); i++ {
		text := strings.TrimSpace(ls[i].text)
		switch n := headerLines(ls[i:]); {
		case ls[i].fenced, text == "":
		case forwards.MatchString(text):
			older = true
			continue
		case n >= fewestHeaders:
			older = true
			i += n - 1
			continue
		case furniture(text):
			continue
		case signature(ls, i):
			i = signatureEnd(ls, i) - 1
			continue
		}
		ls[i].quoted = ls[i].quoted || older
		out = append(out, ls[i])
	}
	return out
}

// furniture reports whether a program for mail, or an office, wrote the line.
func furniture(text string) bool {
	switch {
	case text[len(text)-1] == ':':
		return attributions.MatchString(text)
	case len(text) < longestClosing:
		return devices.MatchString(text)
	}
	return text[0]|0x20 == 't' && notices.MatchString(text)
}

// headerLines returns how many header lines of a mail follow each other.
func headerLines(ls []line) int {
	n := 0
	for n < len(ls) {
		text := strings.TrimSpace(ls[n].text)
		if colon := strings.IndexByte(text, ':'); colon < 0 || colon > longestHeader || !headers.MatchString(text) {
			break
		}
		n++
	}
	return n
}

// signature reports whether the i-th line begins a signature: "-- " (RFC 3676, 4.3), or a closing with a few short lines up
// to the end.
func signature(ls []line, i int) bool {
	text := strings.TrimRight(ls[i].text, " ")
	if len(text) > longestClosing || text != "--" && !closings.MatchString(strings.TrimSpace(text)) {
		return false
	}
	end := signatureEnd(ls, i)
	if end-i > longestSignature {
		return false
	}
	for _, l := range ls[i+1 : end] {
		if text != "--" && len(l.text) > longestClosing {
			return false
		}
	}
	return i > 0
}

// signatureEnd returns where the message of the i-th line ends: where quoting begins or ends, or an older mail, or the text.
func signatureEnd(ls []line, i int) int {
	for j := i + 1; j < len(ls); j++ {
		text := strings.TrimSpace(ls[j].text)
		if ls[j].quoted != ls[i].quoted || forwards.MatchString(text) || attributions.MatchString(text) || headerLines(ls[j:]) >= fewestHeaders {
			return j
		}
	}
	return len(ls)
}
