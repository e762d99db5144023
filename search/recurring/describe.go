package recurring

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

const (
	// shownWords is how many shared words are kept of a problem, sharedWords how many name a member's part.
	shownWords, sharedWords = 8, 5
	// manyWords that a group shares say enough although its titles say nothing.
	manyWords = 6
	// nearlySame is the nearness of texts that somebody wrote once and posted twice.
	nearlySame = 0.85
	// manyTexts of one group are too many to compare each with each for a reason.
	manyTexts = 300
	// oneEvent is how far apart incidents of one event may have been written down.
	oneEvent = 48 * time.Hour
)

// describe makes a problem of a group, or declines when the group is too small or shares nothing that would be
// evidence, as evident has it.
func (g *grouping) describe(group []node, evident func([]node, []string) bool) (incident.Problem, bool) {
	size, owned := 0, false
	for _, n := range group {
		size += len(n.docs)
		owned = owned || n.decided()
	}
	if size == 0 {
		return incident.Problem{}, false
	}
	shared := whole(g.corpus.Common(placesOf(group), math.MaxInt))
	telling := g.telling(group, shared)
	if !owned && (size < support || !evident(group, telling)) {
		return incident.Problem{}, false
	}
	p := incident.Problem{State: incident.Suggested, Basis: ByText, Terms: shared[:min(shownWords, len(shared))],
		Title: g.title(group, telling)}
	services := g.serviceCounts(group)
	for _, n := range group {
		score, reasons := g.standing(n, group)
		for _, i := range n.docs {
			p.Members = append(p.Members, incident.ProblemMember{Incident: g.docs[i].ID, Score: score,
				Reasons: append(slices.Clone(reasons), sameServices(g.docs[i], services)...)})
		}
	}
	slices.SortFunc(p.Members, func(a, b incident.ProblemMember) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Incident, b.Incident))
	})
	return p, true
}

func placesOf(group []node) []int {
	out := make([]int, len(group))
	for i, n := range group {
		out[i] = n.place
	}
	return out
}

// whole leaves out words that are the beginning or end of another: "CloudWatch" is one word and no three.
func whole(words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool {
		return slices.ContainsFunc(words, func(o string) bool {
			return o != w && (strings.HasPrefix(o, w) || strings.HasSuffix(o, w))
		})
	})
}

// telling returns the shared words without those that only name services of the group: that two incidents
// hit one service does not make them one problem.
func (g *grouping) telling(group []node, shared []string) []string {
	named := map[string]bool{}
	for _, n := range group {
		for _, i := range n.docs {
			for _, s := range g.docs[i].Services {
				for _, root := range g.corpus.Roots(s.Name) {
					named[root] = true
				}
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(shared), func(w string) bool { return named[g.corpus.Root(w)] })
}

// evident reports whether a group shares enough: two telling words, of which one stands in most titles unless
// the texts are nearly the same; or many.
func (g *grouping) evident(group []node, telling []string) bool {
	if len(telling) < 2 || len(telling) >= manyWords {
		return len(telling) >= manyWords
	}
	differs := func(n node) bool {
		return n.place != group[0].place && g.corpus.Score(n.place, group[0].place) < nearlySame
	}
	return 2*g.corpus.InTitles(placesOf(group), telling) > len(group) || !slices.ContainsFunc(group, differs)
}

// standing returns the mean nearness of a node to the others of its group, equal texts counting as 1, and
// why it is there.
func (g *grouping) standing(n node, group []node) (score float64, reasons []string) {
	var sum, weights, best float64
	nearest := n.place
	for _, o := range some(group) {
		s, weight := 1.0, float64(len(o.docs))
		if o.place == n.place {
			weight--
		} else if s = g.nearness(n, o); s > best {
			best, nearest = s, o.place
		}
		sum += s * weight
		weights += weight
	}
	if weights > 0 {
		score = math.Round(sum/weights*1e4) / 1e4
	}
	reasons = g.copies(n, group)
	if shared := g.corpus.Shared(n.place, nearest, sharedWords); len(shared) > 0 {
		reasons = append(reasons, "speaks of "+strings.Join(shared, ", "))
	}
	return score, reasons
}

// copies says how many members have the text of n, or nearly so, and for how many services it was written: one
// event is often posted once per service.
func (g *grouping) copies(n node, group []node) []string {
	same, nearly, services := len(n.docs)-1, 0, map[string]bool{}
	if len(group) > manyTexts {
		group = []node{n}
	}
	for _, o := range group {
		if o.place != n.place && g.corpus.Score(n.place, o.place) < nearlySame {
			continue
		}
		if o.place != n.place {
			nearly += len(o.docs)
		}
		for _, i := range o.docs {
			for _, s := range g.docs[i].Services {
				services[s.Key] = services[s.Key] || g.together(i, n.docs[0])
			}
		}
	}
	maps.DeleteFunc(services, func(_ string, together bool) bool { return !together })
	var out []string
	if same > 0 {
		out = append(out, "same text as "+others(same))
	}
	if nearly > 0 {
		out = append(out, "nearly the same text as "+others(nearly))
	}
	if len(out) > 0 && len(services) > 1 {
		out = append(out, fmt.Sprintf("that text was written for %d services, perhaps of one event", len(services)))
	}
	return out
}

// together reports whether two incidents may be one event: both times are known and near.
func (g *grouping) together(a, b int) bool {
	x, y := g.docs[a].At, g.docs[b].At
	return !x.IsZero() && !y.IsZero() && x.Sub(y).Abs() <= oneEvent
}

// others counts members.
func others(n int) string {
	if n == 1 {
		return "1 other"
	}
	return fmt.Sprintf("%d others", n)
}

func sameServices(d Document, services map[string]int) []string {
	var out []string
	for _, s := range d.Services {
		if n := services[s.Key] - 1; n > 0 {
			out = append(out, fmt.Sprintf("same service as %s: %s", others(n), s.Name))
		}
	}
	return out
}

// serviceCounts counts the incidents of a group by the key of the service.
func (g *grouping) serviceCounts(group []node) map[string]int {
	out := map[string]int{}
	for _, n := range group {
		for _, i := range n.docs {
			for _, s := range g.docs[i].Services {
				out[s.Key]++
			}
		}
	}
	return out
}
