package taught

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
)

func bag(words ...uint32) Bag {
	b := Bag{Words: words}
	for range words {
		b.Weights = append(b.Weights, 1)
	}
	return b
}

// taughtOn teaches a table on texts about twenty matters. The title of matter m has the words m and 20+m, its body 40+m and 60+m; words from
// 80 on stand anywhere. No title shares a word with its body.
func taughtOn(t *testing.T) *Table {
	t.Helper()
	table := NewTable()
	for w := range uint32(100) {
		table.Know(w, uint64(w))
	}
	pair := func(i int, random *rand.Rand) Pair {
		m := uint32(i % 20)
		noise := func() uint32 { return 80 + random.Uint32N(20) }
		return Pair{bag(m+20*random.Uint32N(2), noise()), bag(40+m+20*random.Uint32N(2), noise())}
	}
	for pass := range 10 {
		if err := table.Teach(context.Background(), 2000, uint64(pass), pair); err != nil {
			t.Fatal(err)
		}
	}
	return table
}

// TestTeach: words that never stood in one text become neighbours when they stand in titles of the same bodies.
func TestTeach(t *testing.T) {
	table := taughtOn(t)
	cosine := func(a, b Bag) float64 {
		x, y := table.Vector(a), table.Vector(b)
		return x.Dot(&y)
	}
	var same, other float64
	for m := range uint32(20) {
		same += cosine(bag(m), bag(20+m)) / 20
		other += cosine(bag(m), bag(20+(m+7)%20)) / 20
	}
	if same < 0.7 || math.Abs(other) > 0.2 {
		t.Errorf("two words of one matter have a mean cosine of %.2f, of two matters %.2f; want more than 0.7 and nearly 0", same, other)
	}
}

func TestTeachIsRepeatable(t *testing.T) {
	first := taughtOn(t)
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	again := taughtOn(t)
	for i, x := range first.vectors {
		if x != again.vectors[i] {
			t.Fatalf("number %d is %v with %d processors and %v with one", i, x, before, again.vectors[i])
		}
	}
}

func TestTeachStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	table := NewTable()
	if err := table.Teach(ctx, 10, 1, func(int, *rand.Rand) Pair { return Pair{} }); err != context.Canceled {
		t.Errorf("Teach = %v, want %v", err, context.Canceled)
	}
}

func TestVectorsWithoutWords(t *testing.T) {
	table := NewTable()
	v := table.Vector(bag(3, 4))
	p := v.Pack()
	if v.Dot(&v) != 0 || p.Cosine(&p) != 0 {
		t.Errorf("a text without known words has cosines of %v and %v with itself, want 0", v.Dot(&v), p.Cosine(&p))
	}
}

func TestPack(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	table := NewTable()
	var vectors []Vector
	for w := range uint32(200) {
		table.Know(w, uint64(w))
	}
	for range 100 {
		vectors = append(vectors, table.Vector(bag(random.Uint32N(200), random.Uint32N(200), random.Uint32N(200))))
	}
	for i := range vectors {
		for j := range vectors {
			a, b := vectors[i].Pack(), vectors[j].Pack()
			if exact, packed := vectors[i].Dot(&vectors[j]), a.Cosine(&b); math.Abs(exact-packed) > 0.01 {
				t.Fatalf("cosine of %d and %d is %.4f, packed %.4f", i, j, exact, packed)
			}
		}
	}
}

// BenchmarkTeach tells how many pairs of 8 and 60 words are taught in a second.
func BenchmarkTeach(b *testing.B) {
	table := NewTable()
	for w := range uint32(20_000) {
		table.Know(w, uint64(w))
	}
	text := func(random *rand.Rand, n int) Bag {
		words := make([]uint32, n)
		for i := range words {
			words[i] = random.Uint32N(20_000)
		}
		return bag(words...)
	}
	const pairs = 2560
	for b.Loop() {
		if err := table.Teach(context.Background(), pairs, 1, func(_ int, r *rand.Rand) Pair { return Pair{text(r, 8), text(r, 60)} }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*pairs)/b.Elapsed().Seconds(), "pairs/s")
}

// BenchmarkCosine compares one packed vector with 100,000.
func BenchmarkCosine(b *testing.B) {
	table := NewTable()
	packed := make([]Packed, 100_000)
	for i := range packed {
		table.Know(uint32(i%1000), uint64(i%1000))
		v := table.Vector(bag(uint32(i % 1000)))
		packed[i] = v.Pack()
	}
	var sum float64
	for b.Loop() {
		for i := range packed {
			sum += packed[0].Cosine(&packed[i])
		}
	}
	if math.IsNaN(sum) {
		b.Fatal(fmt.Sprint(sum))
	}
}
