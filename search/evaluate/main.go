// Command evaluate measures similar incidents and recurring problems on a labelled set: it runs the
// product's own engine over the set, writes what it answered, and prints how good that was. It changes
// nothing and trains nothing.
//
//	go run ./search/evaluate --data DIR --out RUNFILE
//
// DIR holds meta.json and gzipped JSON lines: docs.jsonl.gz, and queries.jsonl.gz (then retrieval is measured) or
// clusters.jsonl.gz alone (then grouping); or lines.jsonl.gz and truth.jsonl.gz (then templates). docs/similarity.md describes the files and the measures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"hindsight/incident"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, w io.Writer) error {
	flags := flag.NewFlagSet("evaluate", flag.ContinueOnError)
	dir := flags.String("data", "", "folder with the labelled set")
	out := flags.String("out", "", "file to write the answers to, as JSON lines; empty: none")
	group := flags.Bool("group", false, "measure grouping although there are queries")
	answered := flags.Int("answers", 0, "group, and answer so many of the engine's questions from the truth")
	verdicts := flags.Int("verdicts", 0, "answer so many suggestions for the earlier half of the queries from the truth, and measure what that teaches")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *dir == "" {
		return errors.New("evaluate: --data is missing; it names the folder with docs.jsonl.gz")
	}
	if hasTemplates(*dir) {
		return evaluateTemplates(*dir, *out, w)
	}
	if hasTags(*dir) {
		return evaluateTags(ctx, *dir, *out, w)
	}
	d, err := load(*dir)
	if err != nil {
		return err
	}
	if *verdicts > 0 {
		return evaluateVerdicts(ctx, d, *verdicts, w)
	}
	if len(d.queries) > 0 && !*group && *answered == 0 {
		return evaluateRetrieval(ctx, d, *out, w)
	}
	if err := evaluateBaselines(d, w); err != nil {
		return err
	}
	if *answered > 0 {
		return evaluateAnswers(ctx, d, *answered, *out, w)
	}
	if d.short() {
		if err := evaluateGroups(ctx, d, "", w); err != nil {
			return err
		}
		return evaluateStream(ctx, d, *out, w)
	}
	return evaluateGroups(ctx, d, *out, w)
}

func evaluateRetrieval(ctx context.Context, d dataset, out string, w io.Writer) error {
	systems, err := retrieve(ctx, d)
	if err != nil {
		return err
	}
	printRetrieval(w, d.queries, systems)
	if out == "" {
		return nil
	}
	for _, s := range systems {
		if err := writeLines(out+s.suffix, s.run); err != nil {
			return err
		}
	}
	return nil
}

func evaluateGroups(ctx context.Context, d dataset, out string, w io.Writer) error {
	answers, err := groups(ctx, d)
	if err != nil {
		return err
	}
	fmt.Fprint(w, "recurring  ")
	printGroups(w, measureGroups(d.clusters, answers))
	return writeGroups(out, d, answers)
}

func printGroups(w io.Writer, m groupMeasures) {
	fmt.Fprintf(w, "items %d  groups %d (true %d)  pair P %.3f R %.3f F1 %.3f  B3 F1 %.3f  AMI %.3f  NMI_geo %.3f\n",
		m.Items, m.Groups, m.TrueGroups, m.P, m.R, m.F1, m.B3, m.AMI, m.NMI)
}

// writeGroups writes the group of each document that has one.
func writeGroups(out string, d dataset, groups map[incident.ID]string) error {
	if out == "" {
		return nil
	}
	var lines []cluster
	for _, doc := range d.docs {
		if g, ok := groups[doc.ID]; ok {
			lines = append(lines, cluster{doc.ID, g})
		}
	}
	return writeLines(out, lines)
}
