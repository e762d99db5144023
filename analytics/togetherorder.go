package analytics

import (
	"cmp"
	"math"
	"slices"

	"hindsight/incident"
)

// leaves orders the services of some pairs so that what fails together stands together: the leaves of a tree that average
// linkage grows (UPGMA, Sokal and Michener 1958). How near two services are is how much their failures in common, less those
// that chance gives, are of the failures of the rarer one. Equal ones stand by name.
func leaves(pairs []Pair) []incident.ID {
	var order []incident.ID
	at := map[incident.ID]int{}
	name := map[incident.ID]string{}
	for _, p := range pairs {
		name[p.A], name[p.B] = p.NameA, p.NameB
	}
	for id := range name {
		order = append(order, id)
	}
	slices.SortFunc(order, func(a, b incident.ID) int { return cmp.Or(cmp.Compare(name[a], name[b]), cmp.Compare(a, b)) })
	branches := make([][]int, len(order))
	near := make([][]float64, len(order))
	for i, id := range order {
		at[id], branches[i], near[i] = i, []int{i}, make([]float64, len(order))
	}
	for _, p := range pairs {
		a, b := at[p.A], at[p.B]
		near[a][b] = p.nearness()
		near[b][a] = near[a][b]
	}
	for {
		a, b, best := -1, -1, 0.0
		for i := range branches {
			for j := i + 1; j < len(branches) && branches[i] != nil; j++ {
				if branches[j] != nil && near[i][j] > best {
					a, b, best = i, j, near[i][j]
				}
			}
		}
		if a < 0 {
			break
		}
		grow(branches, near, a, b)
	}
	var out []incident.ID
	slices.SortStableFunc(branches, func(x, y []int) int { return cmp.Compare(len(y), len(x)) })
	for _, branch := range branches {
		for _, i := range branch {
			out = append(out, order[i])
		}
	}
	return out
}

// grow joins branch b to branch a.
func grow(branches [][]int, near [][]float64, a, b int) {
	na, nb := float64(len(branches[a])), float64(len(branches[b]))
	for i := range branches {
		near[a][i] = (na*near[a][i] + nb*near[b][i]) / (na + nb)
		near[i][a] = near[a][i]
	}
	branches[a], branches[b] = append(branches[a], branches[b]...), nil
}

// nearness goes from 0, as often as by chance, to 1, whenever the rarer one fails.
func (p Pair) nearness() float64 {
	chance := 0.0
	if p.Expected.Value != nil {
		chance = *p.Expected.Value
	}
	rarer := max(1, p.One+p.Apart, min(p.FailuresA, p.FailuresB))
	return math.Max(0, (float64(p.Times())-chance)/float64(rarer))
}
