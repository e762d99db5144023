package recurring

import (
	"cmp"
	"container/heap"
	"slices"

	"hindsight/incident"
)

// link says how near two nodes are; a < b.
type link struct {
	a, b  int
	score float64
}

// average joins nodes bottom up, the nearest pair of groups first, while the mean over all pairs of their
// incidents is at least joined. Nodes of one owner, and those that answers call the same, begin as one group; two owners
// never share one, nor do nodes that answers keep apart.
//
// At first a pair without a link counts as 0, so a group cannot grow along a chain. But each text is linked
// to a few neighbours only, which would cut a large group in pieces: in a second pass large groups that are
// linked at all are compared afresh by mean, text by text. Groups and nodes come in order of nodes.
func average(nodes []node, links []link, said answers, mean func(a, b []node) float64) [][]node {
	l := newLinkage(nodes, links, said)
	l.joinAll()
	l.bar = joinedAfresh
	l.afresh = func(a, b int) float64 { return mean(l.group(a), l.group(b)) }
	for a := range l.sums {
		l.compare(a)
	}
	l.joinAll()
	var out [][]node
	for i, members := range l.members {
		if l.into[i] != i {
			continue
		}
		slices.Sort(members)
		out = append(out, l.group(i))
	}
	return out
}

// linkage is the state of average: groups are named by one of their nodes.
type linkage struct {
	into    []int // the group that a group was joined into, or itself
	members [][]int
	sizes   []float64 // incidents
	owner   []int
	apart   []map[int]bool    // groups that must not be joined with it; nil: none
	sums    []map[int]float64 // of the scores between the incidents of two groups
	queue   queue
	nodes   []node
	bar     float64
	afresh  func(a, b int) float64 // mean score of two groups, in the second pass
}

func newLinkage(nodes []node, links []link, said answers) *linkage {
	l := &linkage{nodes: nodes, bar: joined}
	for i, n := range nodes {
		l.into = append(l.into, i)
		l.members = append(l.members, []int{i})
		l.sizes = append(l.sizes, float64(len(n.docs)))
		l.owner = append(l.owner, n.owner)
		l.sums = append(l.sums, map[int]float64{})
	}
	for _, k := range links {
		sum := k.score * l.sizes[k.a] * l.sizes[k.b]
		l.sums[k.a][k.b], l.sums[k.b][k.a] = sum, sum
		l.offer(k.a, k.b)
	}
	begin(l, func(n node) (int, bool) { return n.owner, n.owner >= 0 })
	roots := begin(l, func(n node) (incident.ID, bool) { return n.root, n.root != "" })
	l.apart = make([]map[int]bool, len(nodes))
	for x, ys := range said.apart {
		for _, y := range ys {
			a, here := roots[x]
			b, there := roots[y]
			if a, b = l.top(a), l.top(b); here && there && a != b {
				l.keepApart(a, b)
			}
		}
	}
	return l
}

// begin joins the nodes that have the same key, and returns a node of each key.
func begin[K comparable](l *linkage, key func(node) (K, bool)) map[K]int {
	first := map[K]int{}
	for i, n := range l.nodes {
		k, has := key(n)
		if !has {
			continue
		}
		g, known := first[k]
		if !known {
			first[k] = i
			continue
		}
		a, b := l.top(g), l.top(i)
		if a != b && (l.owner[a] < 0 || l.owner[b] < 0 || l.owner[a] == l.owner[b]) {
			l.join(a, b)
		}
	}
	return first
}

// top returns the group that a node is in.
func (l *linkage) top(i int) int {
	for l.into[i] != i {
		i = l.into[i]
	}
	return i
}

func (l *linkage) keepApart(a, b int) {
	for _, pair := range [][2]int{{a, b}, {b, a}} {
		if l.apart[pair[0]] == nil {
			l.apart[pair[0]] = map[int]bool{}
		}
		l.apart[pair[0]][pair[1]] = true
	}
}

// barred reports whether what people said keeps two groups from being one.
func (l *linkage) barred(a, b int) bool {
	return l.owner[a] >= 0 && l.owner[b] >= 0 || l.apart != nil && l.apart[a][b]
}

func (l *linkage) joinAll() {
	for l.queue.Len() > 0 {
		next := heap.Pop(&l.queue).(link)
		if l.current(next) {
			l.join(next.a, next.b)
		}
	}
}

// group returns the nodes of a group.
func (l *linkage) group(a int) []node {
	out := make([]node, len(l.members[a]))
	for i, m := range l.members[a] {
		out[i] = l.nodes[m]
	}
	return out
}

// compare reckons the scores between a and the groups linked to it afresh, where there are more texts than
// links of one text can connect.
func (l *linkage) compare(a int) {
	for b := range l.sums[a] {
		if len(l.members[a])+len(l.members[b]) > neighbors/2 {
			sum := l.afresh(min(a, b), max(a, b)) * l.sizes[a] * l.sizes[b]
			l.sums[a][b], l.sums[b][a] = sum, sum
			l.offer(a, b)
		}
	}
}

func (l *linkage) mean(a, b int) float64 { return l.sums[a][b] / (l.sizes[a] * l.sizes[b]) }

// offer queues a pair that may be joined.
func (l *linkage) offer(a, b int) {
	if l.barred(a, b) {
		return
	}
	if mean := l.mean(a, b); mean >= l.bar {
		heap.Push(&l.queue, link{min(a, b), max(a, b), mean})
	}
}

// current reports whether neither group of a queued pair has changed since.
func (l *linkage) current(k link) bool {
	if l.into[k.a] != k.a || l.into[k.b] != k.b || l.barred(k.a, k.b) {
		return false
	}
	_, linked := l.sums[k.a][k.b]
	return linked && l.mean(k.a, k.b) == k.score
}

// join makes one group of two, under the name of the one with more links, and returns the name.
func (l *linkage) join(a, b int) int {
	if d := cmp.Or(cmp.Compare(len(l.sums[b]), len(l.sums[a])), cmp.Compare(a, b)); d > 0 {
		a, b = b, a
	}
	l.into[b] = a
	l.members[a] = append(l.members[a], l.members[b]...)
	l.sizes[a] += l.sizes[b]
	l.owner[a] = max(l.owner[a], l.owner[b])
	if l.apart != nil {
		for other := range l.apart[b] {
			delete(l.apart[other], b)
			l.keepApart(a, other)
		}
		l.apart[b] = nil
	}
	delete(l.sums[a], b)
	for other, sum := range l.sums[b] {
		delete(l.sums[other], b)
		if other != a {
			l.sums[a][other] += sum
			l.sums[other][a] = l.sums[a][other]
		}
	}
	l.members[b], l.sums[b] = nil, nil
	if l.afresh != nil {
		l.compare(a)
		return a
	}
	for other := range l.sums[a] {
		l.offer(a, other)
	}
	return a
}

// queue is a heap with the highest score on top; equal ones in order of nodes.
type queue []link

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(q[j].score, q[i].score), cmp.Compare(q[i].a, q[j].a), cmp.Compare(q[i].b, q[j].b)) < 0
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(link)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
