package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"hindsight/incident"
	"hindsight/search/similar"
)

// evaluateVerdicts measures what people's answers teach: on the earlier half of the queries each of the first five suggestions is answered from the
// truth, n answers at most; then weights are learnt, and the later half of the queries is asked. It prints what the answers say about each strength,
// and the later half with the weights that are the same for everybody and with those in force.
func evaluateVerdicts(ctx context.Context, d dataset, n int, w io.Writer) error {
	e, err := similar.NewEngine(slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	slices.SortStableFunc(d.docs, func(a, b doc) int { return a.at.Compare(b.at) })
	if !d.temporal {
		if err := errors.Join(feed(ctx, e, d.docs), e.Learn(ctx)); err != nil {
			return err
		}
	}
	truth := map[incident.ID]query{}
	for _, q := range d.queries {
		truth[q.ID] = q
	}
	systems := []*system{{name: "weights of everybody"}, {name: "weights in force"}}
	var said []incident.Answer
	var tenths tenths
	var later []query
	asked := 0
	for i, doc := range d.docs {
		if d.temporal {
			if err := errors.Join(feed(ctx, e, d.docs[i:i+1]), e.Learn(ctx)); err != nil {
				return err
			}
		}
		q, is := truth[doc.ID]
		if !is {
			continue
		}
		if asked++; 2*asked <= len(d.queries) {
			said = append(said, judgeFirst(e, d, doc, q, &tenths)...)
			continue
		}
		if later == nil {
			said = said[:min(n, len(said))]
			if err := errors.Join(e.Apply(ctx, incident.Delta{Upto: e.Seq() + 1, CaughtUp: true, Answers: said}), e.Weigh(ctx)); err != nil {
				return err
			}
			printTrust(w, e.Trust())
			tenths.print(w)
		}
		later = append(later, q)
		note(systems, doc, d, e.Rankings(doc.ID, depth, similar.ByDefaults, similar.ByAll))
	}
	measured := make([][]answered, len(systems))
	for i, s := range systems {
		measured[i] = answers(later, s.run)
		fmt.Fprintf(w, "%-22s later %d queries  HR@10 %.3f  MAP %.3f\n", s.name, len(withDuplicate(measured[i])), mean(measured[i], hits(10)), mean(measured[i], precision))
	}
	printDifference(w, systems[1].name, systems[0].name, perQuery(measured[1], precision), perQuery(measured[0], precision))
	return nil
}

// judgeFirst answers the first five suggestions for a query from the truth.
func judgeFirst(e *similar.Engine, d dataset, doc doc, q query, t *tenths) []incident.Answer {
	var out []incident.Answer
	for _, m := range e.Similar(doc.ID, similar.FirstOf, incident.Sight{All: true}).Again {
		if d.temporal && !d.created(m.ID).Before(doc.at) {
			continue
		}
		if a, err := incident.NewAnswer(doc.ID, m.ID, q.Relevant[m.ID] > 0, "truth", doc.at); err == nil {
			out = append(out, a)
			t.add(m.Score, a.Same)
		}
	}
	return out
}

func printTrust(w io.Writer, t similar.Trust) {
	l := t.Learnt
	fmt.Fprintf(w, "answers: %d same, %d apart; pairs in the right order %.3f with the weights of everybody, %.3f learnt (gain %.3f to %.3f), in force: %t\n",
		l.Same, l.Apart, l.Before, l.After, l.Low, l.High, l.InForce)
	for _, s := range []similar.Strength{similar.Strong, similar.Fair, similar.Faint} {
		r := t.Rates[s]
		fmt.Fprintf(w, "%-7s %4d answers, %.0f %% the same (%.0f to %.0f)\n", s, r.N, 100*float64(r.Right)/float64(max(1, r.N)), 100*r.Low, 100*r.High)
	}
}

// tenths counts answers by the score of the suggestion.
type tenths [11]struct{ n, same int }

func (t *tenths) add(score float64, same bool) {
	x := &t[int(score*10)]
	x.n++
	if same {
		x.same++
	}
}

func (t *tenths) print(w io.Writer) {
	for i, x := range t {
		if x.n > 0 {
			fmt.Fprintf(w, "score %.1f  %4d suggestions, %3.0f %% the same\n", float64(i)/10, x.n, 100*float64(x.same)/float64(x.n))
		}
	}
}
