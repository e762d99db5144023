package vectors

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func taught(t *testing.T, texts ...string) *Table {
	t.Helper()
	var words [][]string
	for _, text := range texts {
		words = append(words, strings.Fields(text))
	}
	table, err := Teach(context.Background(), words)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func cosine(t *Table, a, b string) float64 {
	x, y := t.Text(strings.Fields(a)), t.Text(strings.Fields(b))
	return x.Dot(&y)
}

// stories are headlines of two kinds of trouble. "certificate" and "tls" never stand together.
var stories = []string{
	"certificate expired on edge proxy", "tls expired on edge proxy", "certificate renewal missed edge proxy", "tls renewal missed edge proxy",
	"expired certificate breaks proxy", "expired tls breaks proxy",
	"replica lag after database failover", "replica readonly after database failover", "database failover lag grows", "readonly replica rejects writes",
	"database rejects writes after failover", "replica lag grows writes slow",
}

func TestText(t *testing.T) {
	learnt := taught(t, slices.Repeat(stories, 4)...)
	for _, tc := range []struct {
		name      string
		table     *Table
		a, b      string
		low, high float64
	}{
		{"words of the same company", learnt, "certificate", "tls", 0.7, 1 + 1e-6},
		{"words of other company", learnt, "certificate", "replica", -1, 0.2},
		{"texts without a shared word", learnt, "certificate renewal", "tls expired", 0.5, 1 + 1e-6},
		{"the order of words", learnt, "replica lag", "lag replica", 1 - 1e-6, 1 + 1e-6},
		{"a word never seen", learnt, "zebra", "zebra", 1 - 1e-6, 1 + 1e-6},
		{"two words never seen", learnt, "zebra", "giraffe", -0.35, 0.35},
		{"nothing learnt, one of two words shared", &Table{}, "zebra crossing", "zebra stripes", 0.3, 0.7},
		{"no words", learnt, "", "certificate", 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := cosine(tc.table, tc.a, tc.b); got < tc.low || got > tc.high {
				t.Errorf("cosine of %q and %q = %.3f, want %.2f to %.2f", tc.a, tc.b, got, tc.low, tc.high)
			}
		})
	}
}

func TestTeachNothing(t *testing.T) {
	for _, texts := range [][]string{nil, {""}, {"all words once"}, {"one", "one"}} {
		if got := cosine(taught(t, texts...), "one", "one"); math.Abs(got-1) > 1e-6 {
			t.Errorf("after %q a word's cosine with itself = %v, want 1", texts, got)
		}
	}
}

func TestInformation(t *testing.T) {
	// Words 0 and 1 stand together twice, 0 and 2 once: of 6 companions word 0 has 3, word 1 has 2, word 2 has 1.
	rows := map[string]int{"a": 0, "b": 1, "c": 2}
	m := information(3, companions([][]string{{"a", "b"}, {"b", "a"}, {"a", "c"}}, rows))
	flat := math.Pow(3, .75) + math.Pow(2, .75) + 1
	pmi := func(k, x, y float64) float64 { // the mean of both directions
		return (math.Log(k*flat/(x*math.Pow(y, .75))) + math.Log(k*flat/(y*math.Pow(x, .75)))) / 2
	}
	want := matrix{3, []int{0, 2, 3, 4}, []uint32{1, 2, 0, 0},
		[]float32{float32(pmi(2, 3, 2)), float32(pmi(1, 3, 1)), float32(pmi(2, 3, 2)), float32(pmi(1, 3, 1))}}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("information = %+v, want %+v", m, want)
	}
}

func TestLeading(t *testing.T) {
	// The path 1-2-3 has the eigenvalues √2, -√2 and 0; the first vector is (1, √2, 1)/2.
	m := matrix{3, []int{0, 1, 3, 4}, []uint32{1, 0, 2, 1}, []float32{1, 1, 1, 1}}
	vectors, values := leading(context.Background(), m, 2)
	if math.Abs(math.Abs(values[0])-math.Sqrt2) > 1e-9 || math.Abs(values[0]+values[1]) > 1e-9 {
		t.Fatalf("eigenvalues = %v, want √2 and -√2", values)
	}
	for i, want := range []float64{.5, math.Sqrt2 / 2, .5} {
		if got := math.Abs(vectors[i*2]); math.Abs(got-want) > 1e-9 {
			t.Errorf("entry %d of the first vector = ±%v, want ±%v", i, got, want)
		}
	}
}

func TestTeachIsDeterministic(t *testing.T) {
	before := taught(t, stories...)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if after := taught(t, stories...); !reflect.DeepEqual(before, after) {
		t.Error("Teach with one processor differs from Teach with several")
	}
}

func TestTeachCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Teach(ctx, [][]string{{"a", "b"}, {"a", "b"}}); err == nil {
		t.Error("Teach when canceled = nil, want an error")
	}
}

// headlines are n titles of 8 words as unevenly frequent as those of English.
func headlines(n int) [][]string {
	zipf := rand.NewZipf(rand.New(rand.NewPCG(1, 2)), 1.1, 8, 50_000)
	out := make([][]string, n)
	for i := range out {
		for range 8 {
			out[i] = append(out[i], fmt.Sprintf("w%d", zipf.Uint64()))
		}
	}
	return out
}

func BenchmarkTeach(b *testing.B) {
	texts := headlines(100_000)
	for b.Loop() {
		if _, err := Teach(context.Background(), texts); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkText(b *testing.B) {
	texts := headlines(10_000)
	table, err := Teach(context.Background(), texts)
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		table.Text(texts[i%len(texts)])
	}
}
