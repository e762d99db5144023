package recurring

import (
	"cmp"
	"container/heap"
	"slices"
)

// link says how near two nodes are; a < b.
type link struct {
	a, b  int
	score float64
}

// average joins nodes bottom up, the nearest pair of groups first, while the mean over all pairs of their
// incidents is at least joined. Nodes of one owner begin as one group, and two owners never share one.
//
// At first a pair without a link counts as 0, so a group cannot grow along a chain. But each text is linked
// to a few neighbours only, which would cut a large group in pieces: in a second pass large groups that are
// linked at all are compared afresh by mean, text by text. Groups and nodes come in order of nodes.
func average(nodes []node, links []link, mean func(a, b []node) float64) [][]node {
	l := newLinkage(nodes, links)
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
	sums    []map[int]float64 // of the scores between the incidents of two groups
	queue   queue
	nodes   []node
	bar     float64
	afresh  func(a, b int) float64 // mean score of two groups, in the second pass
}

func newLinkage(nodes []node, links []link) *linkage {
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
	first := map[int]int{}
	for i, n := range nodes {
		if n.owner < 0 {
			continue
		}
		if g, known := first[n.owner]; known {
			first[n.owner] = l.join(g, i)
		} else {
			first[n.owner] = i
		}
	}
	return l
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
	if l.owner[a] >= 0 && l.owner[b] >= 0 {
		return
	}
	if mean := l.mean(a, b); mean >= l.bar {
		heap.Push(&l.queue, link{min(a, b), max(a, b), mean})
	}
}

// current reports whether neither group of a queued pair has changed since.
func (l *linkage) current(k link) bool {
	if l.into[k.a] != k.a || l.into[k.b] != k.b || l.owner[k.a] >= 0 && l.owner[k.b] >= 0 {
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
