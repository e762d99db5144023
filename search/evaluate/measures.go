package main

import (
	"cmp"
	"math"

	"hindsight/incident"
)

// retrievalMeasures are means over the queries that have a duplicate, within the first 100 ranks.
type retrievalMeasures struct {
	Queries   int
	HR1, HR10 float64 // share of queries with a duplicate among the first 1, 10
	MAP, MRR  float64 // mean average precision; mean reciprocal rank of the first duplicate
}

func measureRetrieval(queries []query, run []ranking) retrievalMeasures {
	ranked := map[incident.ID][]incident.ID{}
	for _, r := range run {
		ranked[r.Query] = r.Ranked
	}
	var m retrievalMeasures
	for _, q := range queries {
		duplicates, found := 0, 0
		for _, grade := range q.Relevant {
			if grade >= 2 {
				duplicates++
			}
		}
		if duplicates == 0 {
			continue
		}
		m.Queries++
		var precisions float64
		for i, id := range ranked[q.ID] {
			if i == depth || q.Relevant[id] < 2 || id == q.ID {
				continue
			}
			if found++; found == 1 {
				m.MRR += 1 / float64(i+1)
				m.HR1 += atMost(i, 1)
				m.HR10 += atMost(i, 10)
			}
			precisions += float64(found) / float64(i+1)
		}
		m.MAP += precisions / float64(duplicates)
	}
	for _, sum := range []*float64{&m.HR1, &m.HR10, &m.MAP, &m.MRR} {
		*sum /= float64(max(m.Queries, 1))
	}
	return m
}

func atMost(rank, k int) float64 {
	if rank < k {
		return 1
	}
	return 0
}

// groupMeasures compare a grouping with the true one.
type groupMeasures struct {
	Items, Groups, TrueGroups int
	P, R, F1                  float64 // of pairs that are grouped together
	B3                        float64 // F1 of B-cubed precision and recall
	AMI                       float64 // mutual information above chance
	NMI                       float64 // mutual information over the geometric mean of the entropies
}

func measureGroups(truth, predicted map[incident.ID]string) groupMeasures {
	type cell struct{ truth, predicted string }
	t, p, both := map[string]float64{}, map[string]float64{}, map[cell]float64{}
	for id, group := range truth {
		guess := cmp.Or(predicted[id], "alone "+string(id))
		t[group]++
		p[guess]++
		both[cell{group, guess}]++
	}
	n := float64(len(truth))
	var together, b3P, b3R, information float64
	for c, k := range both {
		together += k * (k - 1) / 2
		b3P += k * k / p[c.predicted] / n
		b3R += k * k / t[c.truth] / n
		information += k / n * math.Log(n*k/(t[c.truth]*p[c.predicted]))
	}
	m := groupMeasures{Items: len(truth), Groups: len(p), TrueGroups: len(t), P: together / pairs(p), R: together / pairs(t),
		AMI: adjusted(information, t, p, n), NMI: information / math.Sqrt(entropy(t, n)*entropy(p, n))}
	m.F1, m.B3 = harmonic(m.P, m.R), harmonic(b3P, b3R)
	return m
}

func pairs(sizes map[string]float64) float64 {
	var sum float64
	for _, k := range sizes {
		sum += k * (k - 1) / 2
	}
	return sum
}

func entropy(sizes map[string]float64, n float64) float64 {
	var sum float64
	for _, k := range sizes {
		sum -= k / n * math.Log(k/n)
	}
	return sum
}

func harmonic(a, b float64) float64 {
	if a+b == 0 {
		return 0
	}
	return 2 * a * b / (a + b)
}
