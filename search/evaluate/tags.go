package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"hindsight/incident"
	"hindsight/search/similar"
	"hindsight/search/tagging"
)

// tagged is a line of labels.jsonl.gz.
type tagged struct {
	ID     incident.ID `json:"id"`
	Labels []string    `json:"labels"`
}

// tagRun is a line of a run file.
type tagRun struct {
	ID     incident.ID `json:"id"`
	Ranked []string    `json:"ranked"`
}

func hasTags(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "labels.jsonl.gz"))
	return err == nil
}

// foldsOf is how many parts a set is cut into, each of which is answered by what was learnt on the others: ten, or as many as there are texts where there are
// few.
func foldsOf(texts int) int {
	if texts <= 200 {
		return texts
	}
	return 10
}

// evaluateTags guesses the labels of each text from the others, those of each kind ("service=") by themselves, and prints
// how good that is beside guessing the most frequent ones.
func evaluateTags(ctx context.Context, dir, out string, w io.Writer) error {
	d, err := load(dir)
	if err != nil {
		return err
	}
	labels := map[incident.ID][]string{}
	truth, err := lines[tagged](filepath.Join(dir, "labels.jsonl.gz"))
	if err != nil {
		return err
	}
	for _, t := range truth {
		labels[t.ID] = t.Labels
	}
	var docs []doc
	for _, x := range d.docs {
		if len(labels[x.ID]) > 0 {
			docs = append(docs, x)
		}
	}
	ours, prior := make([]tagRun, len(docs)), make([]tagRun, len(docs))
	var wait sync.WaitGroup
	folds := foldsOf(len(docs))
	failures := make([]error, folds)
	gate := make(chan struct{}, runtime.GOMAXPROCS(0))
	for f := range folds {
		wait.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			failures[f] = guessFold(ctx, docs, labels, f, folds, ours, prior)
		})
	}
	wait.Wait()
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	for _, run := range []struct {
		name string
		run  []tagRun
	}{{"tagging", ours}, {"most frequent", prior}} {
		printTags(w, run.name, labels, run.run)
	}
	if out == "" {
		return nil
	}
	return writeLines(out, ours)
}

// guessFold answers one part.
func guessFold(ctx context.Context, docs []doc, labels map[incident.ID][]string, fold, folds int, ours, prior []tagRun) error {
	corpus, err := similar.NewCorpus()
	if err != nil {
		return err
	}
	places := map[incident.ID]int{}
	for i, x := range docs {
		if i%folds != fold {
			places[x.ID] = corpus.Add(similar.Text{Title: x.Title, Prose: x.Body})
		}
	}
	corpus.Refresh()
	texts, tags := map[string][]similar.Unit{}, map[string][][]string{}
	for i, x := range docs {
		if i%folds == fold {
			continue
		}
		unit, byKind := corpus.Unit(places[x.ID]), map[string][]string{}
		for _, l := range labels[x.ID] {
			byKind[kindOf(l)] = append(byKind[kindOf(l)], l)
		}
		for kind, ls := range byKind {
			texts[kind], tags[kind] = append(texts[kind], unit), append(tags[kind], ls)
		}
	}
	var taggers []*tagging.Tagger
	for _, kind := range sortedKeys(tags) {
		t, err := tagging.Teach(ctx, texts[kind], tags[kind], func(tag string) [][]uint32 { return corpus.Named(strings.TrimPrefix(tag, kind+"=")) })
		if err != nil {
			return err
		}
		taggers = append(taggers, t)
	}
	for i := fold; i < len(docs); i += folds {
		ours[i].ID, prior[i].ID = docs[i].ID, docs[i].ID
		unit := corpus.Unit(corpus.Add(similar.Text{Title: docs[i].Title, Prose: docs[i].Body}))
		var guesses, common []tagging.Guess
		for _, t := range taggers {
			guesses, common = append(guesses, t.Rank(unit)...), append(common, t.Frequent()...)
		}
		ours[i].Ranked, prior[i].Ranked = ranked(guesses), ranked(common)
	}
	return nil
}

// kindOf is what stands before "=".
func kindOf(label string) string {
	kind, _, _ := strings.Cut(label, "=")
	if kind == label {
		return ""
	}
	return kind
}

// ranked lists guesses of all kinds, the most likely first.
func ranked(gs []tagging.Guess) []string {
	slices.SortStableFunc(gs, func(a, b tagging.Guess) int { return cmp.Compare(b.Share, a.Share) })
	var out []string
	for _, g := range gs {
		out = append(out, g.Tag)
	}
	return out
}

// printTags prints, for each kind, how often the first guess is right, and over all labels the share of texts whose first or one of whose first three guesses
// is, and the mean average precision.
func printTags(w io.Writer, name string, labels map[incident.ID][]string, run []tagRun) {
	var first, third, precision float64
	right, n := map[string]int{}, map[string]int{}
	for _, r := range run {
		truth := labels[r.ID]
		found, sum := 0, 0.0
		guessed := map[string]bool{}
		for i, l := range r.Ranked {
			is := slices.Contains(truth, l)
			if kind := kindOf(l); !guessed[kind] {
				guessed[kind] = true
				n[kind]++
				if is {
					right[kind]++
				}
			}
			if !is {
				continue
			}
			if found++; found == 1 && i == 0 {
				first++
			}
			if found == 1 && i < 3 {
				third++
			}
			sum += float64(found) / float64(i+1)
		}
		precision += sum / float64(len(truth))
	}
	texts := float64(len(run))
	fmt.Fprintf(w, "%-14s texts %d  hit@1 %.3f  hit@3 %.3f  MAP %.3f", name, len(run), first/texts, third/texts, precision/texts)
	for _, kind := range sortedKeys(n) {
		r := similar.NewRate(right[kind], n[kind])
		fmt.Fprintf(w, "  top-1[%s] %.3f (%.3f to %.3f)", kind, float64(r.Right)/float64(r.N), r.Low, r.High)
	}
	fmt.Fprintln(w)
}
