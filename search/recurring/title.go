package recurring

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hindsight/incident"
	"hindsight/search/similar"
)

const (
	// longestPhrase bounds the words of a phrase, longestTitle the letters of a whole title.
	longestPhrase, longestTitle = 8, 90
	// titleWords is how many shared words are added to a title that says nothing itself.
	titleWords = 3
)

// title names a problem in its members' words: the longest phrase that more than half of their titles share
// and that holds the most telling word; else the title of its most central member, with shared words behind it when that
// says nothing by itself. The service follows when most members hit one.
func (g *grouping) title(group []node, telling []string) string {
	out := g.phrase(group, telling)
	if out == "" {
		out = g.central(group)
		if len(telling) > 0 && !slices.ContainsFunc(telling, func(w string) bool { return g.mentions(out, w) }) {
			out += ": " + strings.Join(telling[:min(titleWords, len(telling))], ", ")
		}
	}
	if first, size := utf8.DecodeRuneInString(out); size > 0 {
		out = string(unicode.ToUpper(first)) + out[size:]
	}
	if s := g.mainService(group); !g.mentions(out, s) {
		out += " — " + s
	}
	return out
}

// mentions reports whether a title has half of the words of a name already.
func (g *grouping) mentions(title, name string) bool {
	in, roots, n := g.corpus.Roots(title), g.corpus.Roots(name), 0
	for _, r := range roots {
		if slices.Contains(in, r) {
			n++
		}
	}
	return 2*n >= len(roots)
}

// phrase returns the longest run of words that more than half of the titles have, in its most frequent
// spelling; "" when there is no run of two words with the most telling word of the titles.
func (g *grouping) phrase(group []node, telling []string) string {
	places := placesOf(group)
	at := slices.IndexFunc(telling, func(w string) bool { return 2*g.corpus.InTitles(places, []string{w}) > len(places) })
	if at < 0 {
		return ""
	}
	titles, spellings, all := map[string]int{}, map[string]map[string]int{}, 0
	for _, n := range group {
		all += len(n.docs)
		for key, text := range g.runs(g.heading(g.docs[n.docs[0]]), g.corpus.Root(telling[at])) {
			if spellings[key] == nil {
				spellings[key] = map[string]int{}
			}
			titles[key] += len(n.docs)
			spellings[key][text] += len(n.docs)
		}
	}
	best, most := "", 0
	for key, n := range titles {
		words := strings.Count(key, " ")
		if 2*n > all && cmp.Or(cmp.Compare(words, most), cmp.Compare(n, titles[best]), cmp.Compare(best, key)) > 0 {
			best, most = key, words
		}
	}
	return favourite(spellings[best])
}

// favourite returns the key that counts most, the first in the alphabet among equals.
func favourite(counts map[string]int) string {
	best := ""
	for k, n := range counts {
		if cmp.Or(cmp.Compare(n, counts[best]), cmp.Compare(best, k)) > 0 {
			best = k
		}
	}
	return best
}

// breaks end a phrase: punctuation between words.
var breaks = regexp.MustCompile(`\s[-–—|/]+\s|[,;:()\[\]"]+`)

// runs returns the runs of two words and more that hold the root and begin and end with no stop word, by their
// roots, which are the same for all spellings.
func (g *grouping) runs(title, root string) map[string]string {
	out := map[string]string{}
	for _, part := range breaks.Split(title, -1) {
		words := strings.Fields(part)
		roots := make([]string, len(words))
		for i, w := range words {
			words[i] = strings.Trim(w, ".!?'")
			roots[i] = g.corpus.Root(words[i])
		}
		for i := range words {
			for j := i + 1; j < min(len(words), i+longestPhrase); j++ {
				if roots[i] != "" && roots[j] != "" && slices.Contains(roots[i:j+1], root) {
					out[strings.Join(roots[i:j+1], " ")] = strings.Join(words[i:j+1], " ")
				}
			}
		}
	}
	return out
}

// tags stand before a title and say nothing about it: "[RESOLVED]", what is left of a day.
var tags = regexp.MustCompile(`^(?:\s*\[[^\]]*\]|[\s\-–—:|]+)+`)

// heading returns a document's title without moments, tags and the label that its connection puts first: the
// "RCA" of "RCA - Network latency".
func (g *grouping) heading(d Document) string {
	label, rest := cutLabel(d.Title)
	if g.labels[origin{d.Connection, label}] > commonFloor {
		return rest
	}
	return label + rest
}

// origin is a label in the titles of one connection.
type origin struct {
	connection incident.ID
	label      string
}

// countLabels counts the beginnings of titles.
func countLabels(docs []Document) map[origin]int {
	out := map[origin]int{}
	for _, d := range docs {
		if label, rest := cutLabel(d.Title); rest != "" {
			out[origin{d.Connection, label}]++
		}
	}
	return out
}

// firstBreak ends a label.
var firstBreak = regexp.MustCompile(`\s*[-–—:|]\s+`)

// cutLabel cuts a title behind its first break; rest is empty where there is none.
func cutLabel(title string) (label, rest string) {
	text := strings.TrimSpace(tags.ReplaceAllString(untimed(title), ""))
	if at := firstBreak.FindStringIndex(text); at != nil {
		return text[:at[1]], text[at[1]:]
	}
	return text, ""
}

// central returns the title of the member that is nearest to the others, cut to a length that fits a line.
func (g *grouping) central(group []node) string {
	best, most := "", -1.0
	for _, n := range group {
		h := g.heading(g.docs[n.docs[0]])
		if score, _ := g.standing(n, group); h != "" && score > most {
			best, most = h, score
		}
	}
	if letters := []rune(best); len(letters) > longestTitle {
		best = strings.TrimSpace(string(letters[:longestTitle])) + "…"
	}
	return strings.Join(strings.Fields(best), " ")
}

// place is what stands in brackets behind a service: "Amazon EC2 (Ohio)".
var place = regexp.MustCompile(`\s*\([^()]*\)$`)

// kind returns the name of a service without the place where it runs.
func kind(s similar.Service) string { return place.ReplaceAllString(strings.TrimSpace(s.Name), "") }

// mainService returns the service that more than half of the members hit, wherever; "" when there is none.
func (g *grouping) mainService(group []node) string {
	counts, all := map[string]int{}, 0
	for _, n := range group {
		for _, i := range n.docs {
			all++
			names := map[string]bool{}
			for _, s := range g.docs[i].Services {
				names[kind(s)] = true
			}
			for name := range names {
				counts[name]++
			}
		}
	}
	if best := favourite(counts); 2*counts[best] > all {
		return best
	}
	return ""
}
