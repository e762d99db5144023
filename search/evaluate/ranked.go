package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"hindsight/incident"
)

// cuts are the ranks at which hits and recall are measured.
var cuts = []int{1, 5, 10, 20}

// answered is how well one query was answered.
type answered struct {
	slice      string
	duplicates int
	hit        map[int]float64 // by cut: 1 when a duplicate is above it
	recall     map[int]float64 // by cut: share of the duplicates above it
	precision  float64         // average precision over duplicates
	reciprocal float64         // of the first duplicate's rank
	gain       float64         // nDCG of the first ten, a duplicate gaining 3 and a relative 1
	relative   float64         // 1 when any relative is among the first ten
}

// answers measures each query of a run, within the first 100 ranks. The measures are those of the literature on duplicate
// reports; they are spelt out in docs/similarity.md.
func answers(queries []query, run []ranking) []answered {
	ranked := map[incident.ID][]incident.ID{}
	for _, r := range run {
		ranked[r.Query] = r.Ranked[:min(len(r.Ranked), depth)]
	}
	var out []answered
	for _, q := range queries {
		out = append(out, q.measure(ranked[q.ID]))
	}
	return out
}

func (q query) measure(ranked []incident.ID) answered {
	a := answered{slice: q.Slice, hit: map[int]float64{}, recall: map[int]float64{}, gain: q.gain(ranked)}
	for _, grade := range q.Relevant {
		if grade >= 2 {
			a.duplicates++
		}
	}
	found := 0
	for i, id := range ranked {
		grade := q.Relevant[id]
		if grade >= 1 && i < 10 {
			a.relative = 1
		}
		if grade < 2 {
			continue
		}
		if found++; found == 1 {
			a.reciprocal = 1 / float64(i+1)
		}
		a.precision += float64(found) / float64(i+1) / float64(a.duplicates)
		for _, k := range cuts {
			if i < k {
				a.hit[k], a.recall[k] = 1, float64(found)/float64(a.duplicates)
			}
		}
	}
	return a
}

// gain is the normalized discounted cumulative gain of the first ten (Järvelin and Kekäläinen, TOIS 20, 2002).
func (q query) gain(ranked []incident.ID) float64 {
	sum := func(grades []int) (s float64) {
		for i, g := range grades[:min(len(grades), 10)] {
			s += (math.Exp2(float64(g)) - 1) / math.Log2(float64(i+2))
		}
		return s
	}
	var got, ideal []int
	for _, id := range ranked {
		got = append(got, q.Relevant[id])
	}
	for _, g := range q.Relevant {
		ideal = append(ideal, g)
	}
	slices.SortFunc(ideal, func(a, b int) int { return cmp.Compare(b, a) })
	if best := sum(ideal); best > 0 {
		return sum(got) / best
	}
	return 0
}

// mean is over the queries that have a duplicate.
func mean(as []answered, of func(answered) float64) float64 {
	var sum, n float64
	for _, a := range as {
		if a.duplicates > 0 {
			sum, n = sum+of(a), n+1
		}
	}
	return sum / max(n, 1)
}

func hits(k int) func(answered) float64    { return func(a answered) float64 { return a.hit[k] } }
func recalls(k int) func(answered) float64 { return func(a answered) float64 { return a.recall[k] } }
func precision(a answered) float64         { return a.precision }
func withDuplicate(as []answered) []answered {
	return slices.DeleteFunc(slices.Clone(as), func(a answered) bool { return a.duplicates == 0 })
}

// resamples is how often a bootstrap draws.
const resamples = 2000

// bootstrap returns the 95 % interval of the mean of xs, by drawing as many with replacement (Efron, 1979). Seeded.
func bootstrap(xs []float64) (low, high float64) {
	random := rand.New(rand.NewPCG(1, 2))
	means := make([]float64, resamples)
	for i := range means {
		var sum float64
		for range xs {
			sum += xs[random.IntN(len(xs))]
		}
		means[i] = sum / float64(max(1, len(xs)))
	}
	slices.Sort(means)
	return means[resamples/40], means[resamples-resamples/40-1]
}

// perQuery returns one measure of each query that has a duplicate.
func perQuery(as []answered, of func(answered) float64) []float64 {
	var out []float64
	for _, a := range withDuplicate(as) {
		out = append(out, of(a))
	}
	return out
}

// printRetrieval prints one line for each system, and how much better ours are than each plain one, query by query.
func printRetrieval(w io.Writer, queries []query, systems []*system) {
	fmt.Fprintf(w, "%-26s %7s %6s %6s %6s %6s %6s %6s %6s %6s %6s %15s %15s %8s %6s\n", "system", "queries", "HR@1", "HR@5", "HR@10", "HR@20", "R@1", "R@5", "R@10", "MAP", "MRR", "HR@10 95 %", "MAP 95 %", "nDCG@10", "RHR@10")
	measured := map[string][]answered{}
	for _, s := range systems {
		as := answers(queries, s.run)
		measured[s.name] = as
		printAnswers(w, s.name, as)
		slicesOf := map[string][]answered{}
		for _, a := range as {
			slicesOf[a.slice] = append(slicesOf[a.slice], a)
		}
		for _, name := range sortedKeys(slicesOf) {
			if name != "" {
				printAnswers(w, "  "+name, slicesOf[name])
			}
		}
	}
	fmt.Fprintln(w, "\ndifference of MAP, query by query, with its 95 % bootstrap interval")
	for _, ours := range systems[:2] {
		for _, plain := range systems[3:] {
			printDifference(w, ours.name, plain.name, perQuery(measured[ours.name], precision), perQuery(measured[plain.name], precision))
		}
	}
}

func printAnswers(w io.Writer, name string, as []answered) {
	interval := func(of func(answered) float64) string {
		low, high := bootstrap(perQuery(as, of))
		return fmt.Sprintf("%.3f to %.3f", low, high)
	}
	var gain, relative float64
	for _, a := range as {
		gain, relative = gain+a.gain/float64(len(as)), relative+a.relative/float64(len(as))
	}
	fmt.Fprintf(w, "%-26s %7d %6.3f %6.3f %6.3f %6.3f %6.3f %6.3f %6.3f %6.3f %6.3f %15s %15s %8.3f %6.3f\n", name, len(withDuplicate(as)),
		mean(as, hits(1)), mean(as, hits(5)), mean(as, hits(10)), mean(as, hits(20)), mean(as, recalls(1)), mean(as, recalls(5)), mean(as, recalls(10)),
		mean(as, precision), mean(as, func(a answered) float64 { return a.reciprocal }), interval(hits(10)), interval(precision), gain, relative)
}

func printDifference(w io.Writer, ours, plain string, a, b []float64) {
	differences := make([]float64, len(a))
	var sum float64
	for i := range a {
		differences[i] = a[i] - b[i]
		sum += differences[i]
	}
	low, high := bootstrap(differences)
	fmt.Fprintf(w, "%s - %s: %+.3f (%+.3f to %+.3f)\n", ours, plain, sum/float64(max(1, len(a))), low, high)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
