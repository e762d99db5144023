package main

import (
	"cmp"
	"math"

	"hindsight/incident"
)

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
