package tagging

import (
	"cmp"
	"slices"

	"hindsight/search/similar"
)

// nearest is how many texts are asked.
const nearest = 10

// neighbours finds the texts that are near another one.
type neighbours struct {
	lists map[uint32][]weighed // by term
	has   [][]int              // the tags of each text
}

type weighed struct {
	at     int
	weight float32
}

func gather(vectors []similar.Unit, has [][]int) neighbours {
	n := neighbours{map[uint32][]weighed{}, has}
	for at, v := range vectors {
		for i, t := range v.Terms {
			n.lists[t] = append(n.lists[t], weighed{at, v.Weights[i]})
		}
	}
	return n
}

// shares returns, for each tag, which part of the nearest texts has it.
func (n neighbours) shares(v similar.Unit, prior []float64) []float64 {
	cosines := map[int]float64{}
	for i, t := range v.Terms {
		for _, p := range n.lists[t] {
			cosines[p.at] += float64(p.weight) * float64(v.Weights[i])
		}
	}
	found := make([]int, 0, len(cosines))
	for at := range cosines {
		found = append(found, at)
	}
	slices.SortFunc(found, func(a, b int) int { return cmp.Or(cmp.Compare(cosines[b], cosines[a]), cmp.Compare(a, b)) })
	out, all := make([]float64, len(prior)), 1e-9
	for i, p := range prior {
		out[i] = 1e-9 * p // what is left to say when nothing is near
	}
	for _, at := range found[:min(nearest, len(found))] {
		all += cosines[at]
		for _, tag := range n.has[at] {
			out[tag] += cosines[at]
		}
	}
	for i := range out {
		out[i] /= all
	}
	return out
}
