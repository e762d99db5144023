package main

import (
	"fmt"
	"io"
	"strings"

	"hindsight/incident"
	"hindsight/search/similar"
)

// evaluateBaselines measures what is done without an engine: documents of the same title are one group; and documents
// that are linked by a nearness of their words, directly or through others, are one group.
func evaluateBaselines(d dataset, w io.Writer) error {
	titles := map[incident.ID]string{}
	for _, doc := range d.docs {
		titles[doc.ID] = strings.ToLower(strings.Join(strings.Fields(doc.Title), " "))
	}
	fmt.Fprint(w, "same title ")
	printGroups(w, measureGroups(d.clusters, titles))
	linked, err := components(d)
	if err != nil {
		return err
	}
	fmt.Fprint(w, "components ")
	printGroups(w, measureGroups(d.clusters, linked))
	return nil
}

const (
	// componentLink is the nearness that links two documents of a component, the best of .3, .4, .5, .6 on eclipse-dup.
	componentLink = 0.5
	// componentNeighbors are looked at of each document.
	componentNeighbors = 10
)

func components(d dataset) (map[incident.ID]string, error) {
	corpus, err := similar.NewCorpus()
	if err != nil {
		return nil, err
	}
	for _, doc := range d.docs {
		corpus.Add(similar.Text{Title: doc.Title, Prose: doc.Body})
	}
	corpus.Refresh()
	up := make([]int, len(d.docs))
	for i := range up {
		up[i] = i
	}
	top := func(i int) int {
		for up[i] != i {
			up[i] = up[up[i]]
			i = up[i]
		}
		return i
	}
	for i := range d.docs {
		for _, near := range corpus.Nearest(i, componentNeighbors) {
			if near.Score >= componentLink {
				a, b := top(i), top(near.At)
				up[max(a, b)] = min(a, b)
			}
		}
	}
	out := map[incident.ID]string{}
	for i, doc := range d.docs {
		out[doc.ID] = fmt.Sprint(top(i))
	}
	return out, nil
}
