package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"hindsight/incident"
	"hindsight/search/recurring"
	"hindsight/search/similar"
)

// batches is how many parts a stream is cut into; after each the engine repairs.
const batches = 16

// evaluateStream groups a set in order of arrival. When a document comes, the engine has learnt from those of earlier
// batches only. After each batch it repairs, and what is grouped then is what is measured and written: the last one to
// out, those before to out.1, out.2, …
func evaluateStream(ctx context.Context, d dataset, out string, w io.Writer) error {
	reader, err := similar.NewCorpus()
	if err != nil {
		return err
	}
	stream := recurring.NewStream(nil)
	previous, kept := map[incident.ID]string{}, 0.0
	for b := range batches {
		began := time.Now()
		part := d.docs[b*len(d.docs)/batches : (b+1)*len(d.docs)/batches]
		for _, doc := range part {
			stream.Add([]recurring.Text{{ID: doc.ID, Words: reader.Roots(doc.Title), At: doc.at}})
		}
		added := time.Since(began)
		if err := stream.Repair(ctx); err != nil {
			return err
		}
		now := assigned(stream)
		m := measureGroups(restrict(d.clusters, now), now)
		fmt.Fprintf(w, "batch %2d  items %d  groups %d (true %d)  pair F1 %.3f  NMI_geo %.3f", b+1, m.Items, m.Groups, m.TrueGroups, m.F1, m.NMI)
		if b > 0 {
			same := sameIDs(previous, now)
			kept += same / (batches - 1)
			fmt.Fprintf(w, "  same_id %.3f", same)
		}
		fmt.Fprintf(w, "  %.2f ms a document, repair %.1f s\n", float64(added.Milliseconds())/float64(max(len(part), 1)), (time.Since(began) - added).Seconds())
		previous = now
		if err := writeBatch(out, b, d, now); err != nil {
			return err
		}
	}
	fmt.Fprint(w, "stream    ")
	printGroups(w, measureGroups(d.clusters, previous))
	fmt.Fprintf(w, "same_id, mean over batches: %.4f\n", kept)
	return nil
}

// assigned returns the group of each document, those that are alone included.
func assigned(s *recurring.Stream) map[incident.ID]string {
	out := map[incident.ID]string{}
	for id, members := range s.Problems() {
		for _, m := range members {
			out[m] = string(id)
		}
	}
	return out
}

// restrict returns the truth about the documents that have come.
func restrict(truth, come map[incident.ID]string) map[incident.ID]string {
	out := map[incident.ID]string{}
	for id, c := range truth {
		if _, here := come[id]; here {
			out[id] = c
		}
	}
	return out
}

// sameIDs returns the share of the documents of a batch's end that have the same group at the next one's.
func sameIDs(before, after map[incident.ID]string) float64 {
	n := 0.0
	for id, group := range before {
		if after[id] == group {
			n++
		}
	}
	return n / float64(max(len(before), 1))
}

func writeBatch(out string, b int, d dataset, groups map[incident.ID]string) error {
	if out == "" {
		return nil
	}
	if b < batches-1 {
		out = fmt.Sprintf("%s.%d", out, b+1)
	}
	return writeGroups(out, d, groups)
}
