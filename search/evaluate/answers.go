package main

import (
	"context"
	"fmt"
	"io"

	"hindsight/incident"
	"hindsight/search/recurring"
)

// questionsAtOnce is how many questions are answered before the grouping is made again.
const questionsAtOnce = 100

// evaluateAnswers groups, asks the questions that the engine would ask a person, answers them from the truth, and groups
// again, until n are answered. The last grouping is written to out.
func evaluateAnswers(ctx context.Context, d dataset, n int, out string, w io.Writer) error {
	docs := documents(d)
	var said []incident.Answer
	for {
		problems, err := recurring.Group(ctx, docs, nil, said)
		if err != nil {
			return err
		}
		found := memberships(problems)
		fmt.Fprintf(w, "answers %4d  ", len(said))
		printGroups(w, measureGroups(d.clusters, found))
		if len(said) >= n {
			return writeGroups(out, d, found)
		}
		questions, err := recurring.Questions(ctx, docs, problems, said, min(questionsAtOnce, n-len(said)))
		if err != nil {
			return err
		}
		if len(questions) == 0 {
			return writeGroups(out, d, found)
		}
		for _, q := range questions {
			said = append(said, incident.Answer{A: q.A, B: q.B, Same: d.clusters[q.A] != "" && d.clusters[q.A] == d.clusters[q.B], By: "truth"})
		}
	}
}
