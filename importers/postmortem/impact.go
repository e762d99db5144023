package postmortem

import (
	"regexp"

	"hindsight/importers"
)

// How impact is said: how long it lasted, and for how many.
var (
	lastedPattern = regexp.MustCompile(`(?i)(?:\b|~)(?:\d[\d.,]*(?:\s?[-–]\s?\d+)?\+?|an?|one|two|three|four|five|six|seven|eight|nine|ten|several|a few|few|half an)\s?(?:minutes?|mins?|hours?|hrs?|days?)\b|\b\d{1,3}\s?h(?:ours?)?\s?\d{1,2}\s?m(?:in(?:ute)?s?)?\b`)
	sufferPattern = regexp.MustCompile(`(?i)\b(?:outages?|down|downtime|unavailable|unusable|unreachable|degraded|degradation|fail(?:s|ed|ing|ures?)?|lasted|lasting|effect|affected|impact(?:ed)?|recover(?:ed|y)?|slow|interrupt\w*|errors?|disrupt\w*)\b`)
	extentPattern = regexp.MustCompile(`(?i)\b\d[\d.,]*\s?(?:%|percent|k|m|million|thousand)?\s*(?:of\s+)?(?:(?:all|our|the|active|affected|total|unique|new|failed|http|api|post|get)\s+){0,3}(?:users?|customers?|requests?|queries|orders?|transactions?|sessions?|accounts?|tenants?|clients?|errors?|messages?|jobs?|launches|students?|bookings?|hubs?|teams?)\b|\b\d[\d.,]*\s?%`)
)

// readImpact finds the passages that say how long or for how many, in what is said of the impact and in the summary.
func (r *reader) readImpact() {
	r.spans(func(p part) bool { return p == impact || p == summary }, func(first, last int, l line) {
		for _, p := range r.pieces(first, last) {
			text := Plain(p.text)
			for from := 0; from < len(text); {
				to := len(text)
				if at := sentence.FindStringIndex(text[from:]); at != nil {
					to = from + at[1]
				}
				said := importers.Line(text[from:to])
				from = to
				kind := ""
				switch short := said[:min(len(said), longestLine)]; {
				case l.part != impact && !sufferPattern.MatchString(short):
				case lastedPattern.MatchString(short):
					kind = "duration"
				case extentPattern.MatchString(short):
					kind = "extent"
				}
				if kind == "" || len(r.out.Impacts) >= 50 {
					continue
				}
				f := r.found(p.first, p.last, "a sentence with a number under “"+l.under+"”")
				f.Sure = l.part == impact
				if !f.Sure {
					f.Doubt = "the summary says it; it may be of something else"
				}
				r.out.Impacts = append(r.out.Impacts, Impact{Found: f, Kind: kind, Text: said})
			}
		}
	})
}
