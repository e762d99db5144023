package recurring

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"hindsight/incident"
)

// TestPlace: what comes after a grouping goes where the grouping would have put it, and says why.
func TestPlace(t *testing.T) {
	b, err := Regroup(context.Background(), sample(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	of := problemOf(b.Problems)
	for _, tc := range []struct {
		name string
		doc  Document
		want incident.ID
	}{
		{"another certificate", made("n1", "TLS certificate of the edge proxy has expired", "Clients rejected the expired certificate."), of["c1"]},
		{"another failover", made("n2", "Replica stayed read-only after failover of the database", "Writes failed."), of["f1"]},
		{"something else", made("n3", "Invoice PDF shows the wrong address", "A template was changed."), ""},
		{"too little", made("n4", "Certificate", ""), ""},
		{"private", hidden(made("n5", "TLS certificate of the edge proxy has expired", "Clients rejected the expired certificate.")), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := b.Place(tc.doc)
			if ok != (tc.want != "") || got.Problem != tc.want {
				t.Fatalf("Place = %+v, %t, want problem %q", got, ok, tc.want)
			}
			if ok && (got.Member.Incident != tc.doc.ID || got.Member.Score < joined || !strings.Contains(strings.Join(got.Member.Reasons, " "), "speaks of")) {
				t.Errorf("member = %+v, want its score and what it speaks of", got.Member)
			}
		})
	}
}

// TestPlaceAsGrouped: of texts that the whole grouping puts into problems, those that are held back come to the same problem.
func TestPlaceAsGrouped(t *testing.T) {
	var docs, late []Document
	for i := range 40 {
		for j := range 6 {
			d := made(fmt.Sprintf("d%02d-%d", i, j), fmt.Sprintf("cause%da cause%db breaks part%d", i, i, j), fmt.Sprintf("seen on host%d%d: cause%da made cause%db and cause%dc worse", i, j, i, i, i))
			if j < 5 {
				docs = append(docs, d)
			} else {
				late = append(late, d)
			}
		}
	}
	b, err := Regroup(context.Background(), docs, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	of := problemOf(b.Problems)
	for range 2 { // a placed text leaves nothing behind
		for i, d := range late {
			want := of[incident.ID(fmt.Sprintf("d%02d-0", i))]
			if got, ok := b.Place(d); !ok || got.Problem != want || want == "" {
				t.Errorf("%s goes to %q, %t, want %q", d.ID, got.Problem, ok, want)
			}
		}
	}
}

// TestPlaceTitles: where titles alone are a stream, a new one joins the problem whose titles it is worded like.
func TestPlaceTitles(t *testing.T) {
	var docs []Document
	for _, text := range news(1200, 60) {
		docs = append(docs, made(string(text.ID), strings.Join(text.Words, " "), ""))
	}
	late := docs[1000:]
	b, err := Regroup(context.Background(), docs[:1000], nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Group(context.Background(), docs, b.Problems, nil)
	if err != nil {
		t.Fatal(err)
	}
	of, placed, same := problemOf(all), 0, 0
	for _, d := range late {
		if got, ok := b.Place(d); ok {
			placed++
			if of[d.ID] == got.Problem {
				same++
			}
		}
	}
	if placed < 150 || same < placed*9/10 {
		t.Errorf("%d of 200 placed, %d of them as the whole grouping does, want 150 and nine tenths at least", placed, same)
	}
}

// BenchmarkPlace places incidents beside 100,000 that are grouped.
func BenchmarkPlace(b *testing.B) {
	docs := causes(100_000)
	book, err := Regroup(context.Background(), docs, nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		d := docs[i*7919%len(docs)]
		d.ID = "late"
		book.Place(d)
	}
}
