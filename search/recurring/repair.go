package recurring

import (
	"cmp"
	"math"
	"slices"

	"hindsight/incident"
	"hindsight/search/vectors"
)

// repairRounds is how often moving and merging take turns.
const repairRounds = 2

// refit brings all points and middles up to date with the table.
func (s *Stream) refit() {
	for _, c := range s.clusters {
		c.sum = [vectors.Dims]float64{}
		for _, m := range c.members {
			s.points[m] = s.table.Text(s.texts[m].Words)
			for i, x := range s.points[m] {
				c.sum[i] += float64(x)
			}
		}
		c.middle = vectors.Unit(&c.sum)
	}
}

// moveAll moves members of changed clusters that are much nearer to another one.
func (s *Stream) moveAll() {
	for at := range s.texts {
		from := s.of[at]
		if !from.touched || from.firm || s.bound(at) {
			continue
		}
		own := attach - gain // what a seed must beat is what a new text must
		if len(from.members) > 1 {
			own = from.without(&s.points[at])
		}
		root := s.said.of(s.texts[at].ID)
		to, score := (*cluster)(nil), own+gain
		for _, c := range s.index.candidates(s.texts[at].Words, s.of) {
			if near := s.points[at].Dot(&c.middle); near > score && c != from && !s.forbidden(root, c) {
				to, score = c, near
			}
		}
		if to != nil {
			s.move(at, from, to, score)
		}
	}
}

// bound reports whether an answer says that a text is the same as another one here: such texts move together or
// not at all.
func (s *Stream) bound(at int) bool {
	root := s.said.of(s.texts[at].ID)
	return s.said.stands(root)
}

// without returns the cosine of a member to the middle of the others.
func (c *cluster) without(v *vectors.Vector) float64 {
	var dot, square float64
	for i, x := range c.sum {
		dot += x * float64(v[i])
		square += x * x
	}
	return (dot - 1) / math.Sqrt(max(square-2*dot+1, 1e-9))
}

func (s *Stream) move(at int, from, to *cluster, score float64) {
	i, _ := slices.BinarySearch(from.members, at)
	from.members = slices.Delete(from.members, i, i+1)
	from.add(&s.points[at], -1)
	from.touched = true
	s.unhold(at, from)
	s.put(at, to)
	s.record(incident.ProblemLeft, from, at, to, score, "repair")
	s.record(incident.ProblemJoined, to, at, from, score, "repair")
}

// unhold forgets that a cluster has the incidents of an answer, unless another member is one of them.
func (s *Stream) unhold(at int, c *cluster) {
	root := s.said.of(s.texts[at].ID)
	if !slices.Contains(s.held[root], c) || slices.ContainsFunc(c.members, func(m int) bool { return s.said.of(s.texts[m].ID) == root }) {
		return
	}
	s.held[root] = slices.DeleteFunc(s.held[root], func(o *cluster) bool { return o == c })
}

// mergeAll makes one of clusters that are nearly the same, the nearest first.
func (s *Stream) mergeAll() {
	best := map[*cluster]partner{}
	var queue []*cluster
	for _, c := range s.clusters {
		if c.touched && len(c.members) > 0 {
			best[c] = s.partner(c)
			queue = append(queue, c)
		}
	}
	for {
		var a *cluster
		for _, c := range queue {
			if p := best[c]; p.c != nil && (a == nil || p.score > best[a].score) {
				a = c
			}
		}
		if a == nil {
			return
		}
		b, score := best[a].c, best[a].score
		lives, gone := a, b
		if outranks(b, a) {
			lives, gone = b, a
		}
		s.merge(lives, gone, score)
		if _, queued := best[lives]; !queued {
			queue = append(queue, lives)
		}
		delete(best, gone)
		queue = slices.DeleteFunc(queue, func(c *cluster) bool { return c == gone })
		for _, c := range queue {
			if c == lives || best[c].c == gone || best[c].c == lives {
				best[c] = s.partner(c)
			}
		}
	}
}

// partner is the cluster that another one is nearest to; nil: none is near enough.
type partner struct {
	c     *cluster
	score float64
}

func (s *Stream) partner(c *cluster) partner {
	p := partner{nil, mergeable}
	for _, o := range s.index.candidates(s.common(c), s.of) {
		if near := c.middle.Dot(&o.middle); near > p.score && o != c && !(c.firm && o.firm) && !s.disjoint(c, o) {
			p = partner{o, near}
		}
	}
	return p
}

// outranks reports whether a keeps its id when a and b become one.
func outranks(a, b *cluster) bool {
	if a.firm != b.firm {
		return a.firm
	}
	return cmp.Or(cmp.Compare(len(a.members), len(b.members)), cmp.Compare(b.members[0], a.members[0])) > 0
}

// disjoint reports whether an answer keeps two clusters apart.
func (s *Stream) disjoint(a, b *cluster) bool {
	for root, others := range s.said.apart {
		if slices.Contains(s.held[root], a) && slices.ContainsFunc(others, func(o incident.ID) bool { return slices.Contains(s.held[o], b) }) {
			return true
		}
	}
	return false
}

func (s *Stream) merge(lives, gone *cluster, score float64) {
	s.record(incident.ProblemMerged, lives, -1, gone, score, "repair")
	for _, m := range gone.members {
		s.of[m] = lives
		s.unholdAll(m, gone)
		s.hold(m, lives)
	}
	lives.members = append(lives.members, gone.members...)
	slices.Sort(lives.members)
	for i, x := range gone.sum {
		lives.sum[i] += x
	}
	lives.middle = vectors.Unit(&lives.sum)
	lives.touched = true
	gone.members = nil
}

func (s *Stream) unholdAll(at int, c *cluster) {
	root := s.said.of(s.texts[at].ID)
	s.held[root] = slices.DeleteFunc(s.held[root], func(o *cluster) bool { return o == c })
}

// commonWords is how many words of a cluster are looked up to find those near it.
const commonWords = 24

// common returns the words that most members of a cluster have.
func (s *Stream) common(c *cluster) []string {
	counts := map[string]int{}
	for _, m := range c.members {
		for _, w := range s.texts[m].Words {
			counts[w]++
		}
	}
	return mostFrequent(counts, commonWords)
}
