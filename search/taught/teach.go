package taught

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// Pair is two texts that speak of the same thing.
type Pair struct{ A, B Bag }

const (
	batch       = 256
	temperature = 0.07 // of the softmax over a batch
	rate        = 0.1  // of Adagrad
)

// Teach goes over n pairs in a random order that follows from seed. pair makes the i-th one; its randomness comes from
// the given source alone. The same arguments give the same table, on any number of processors. The only error is ctx's; the table
// is then taught half, and of no use.
func (t *Table) Teach(ctx context.Context, n int, seed uint64, pair func(i int, random *rand.Rand) Pair) error {
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	order := random.Perm(n)
	l := newLesson(t)
	for from := 0; from+1 < n; from += batch {
		if err := ctx.Err(); err != nil {
			return err
		}
		l.pairs = l.pairs[:0]
		for _, i := range order[from:min(from+batch, n)] {
			l.pairs = append(l.pairs, pair(i, random))
		}
		if len(l.pairs) > 1 {
			l.step()
		}
	}
	return nil
}

// lesson is the room that one step after the other works in. Matrices have a row for each pair.
type lesson struct {
	table   *Table
	pairs   []Pair
	a, b    blas32.General // directions of both sides
	da, db  blas32.General // the loss's gradients by them
	alike   blas32.General // cosine of every A with every B; then the loss's gradient by it
	lengthA []float32
	lengthB []float32
	sharded [][]float32 // by worker: gradients of the rows that it owns
	places  []int32     // by row: where its gradient is, or -1
}

func matrix(columns int) blas32.General {
	return blas32.General{Rows: batch, Cols: columns, Stride: columns, Data: make([]float32, batch*columns)}
}

func newLesson(t *Table) *lesson {
	l := &lesson{table: t, a: matrix(Dim), b: matrix(Dim), da: matrix(Dim), db: matrix(Dim), alike: matrix(batch),
		lengthA: make([]float32, batch), lengthB: make([]float32, batch), sharded: make([][]float32, runtime.GOMAXPROCS(0))}
	return l
}

func (l *lesson) step() {
	n := len(l.pairs)
	for _, m := range []*blas32.General{&l.a, &l.b, &l.da, &l.db, &l.alike} {
		m.Rows = n
	}
	l.alike.Cols = n
	l.alike.Stride = n
	l.forward()
	blas32.Gemm(blas.NoTrans, blas.Trans, 1, l.a, l.b, 0, l.alike)
	l.softmax()
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, l.alike, l.b, 0, l.da)
	blas32.Gemm(blas.Trans, blas.NoTrans, 1, l.alike, l.a, 0, l.db)
	l.backward()
}

func rowOf(m blas32.General, i int) []float32 { return m.Data[i*m.Stride : i*m.Stride+m.Cols] }

// forward sums up the texts.
func (l *lesson) forward() {
	inParallel(len(l.pairs), func(i int) {
		l.table.sum(l.pairs[i].A, rowOf(l.a, i))
		l.table.sum(l.pairs[i].B, rowOf(l.b, i))
		l.lengthA[i], l.lengthB[i] = normalize(rowOf(l.a, i)), normalize(rowOf(l.b, i))
	})
}

// softmax replaces cosines by the gradient of the loss: what each pair should have been, taken from what it is, both among
// its row and among its column.
func (l *lesson) softmax() {
	n := len(l.pairs)
	rows, columns := make([]float32, n), make([]float32, n)
	for i := range n {
		for j, s := range rowOf(l.alike, i) {
			e := float32(math.Exp(float64(s-1) / temperature)) // cosines are at most 1
			l.alike.Data[i*n+j] = e
			rows[i] += e
			columns[j] += e
		}
	}
	scale := 1 / (2 * temperature * float32(n))
	for i := range n {
		for j, e := range rowOf(l.alike, i) {
			g := e/rows[i] + e/columns[j]
			if i == j {
				g -= 2
			}
			l.alike.Data[i*n+j] = g * scale
		}
	}
}

// backward carries gradients to the words and moves them.
func (l *lesson) backward() {
	inParallel(len(l.pairs), func(i int) {
		unnormalize(rowOf(l.da, i), rowOf(l.a, i), l.lengthA[i])
		unnormalize(rowOf(l.db, i), rowOf(l.b, i), l.lengthB[i])
	})
	t := l.table
	for len(l.places) < t.Words() {
		l.places = append(l.places, -1)
	}
	workers := len(l.sharded)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() { l.sharded[w] = l.move(w, workers, l.sharded[w][:0]) })
	}
	wait.Wait()
}

// unnormalize turns the gradient by a direction into the one by the sum behind it.
func unnormalize(gradient, direction []float32, length float32) {
	if length == 0 {
		clear(gradient)
		return
	}
	var along float32
	for d, g := range gradient {
		along += g * direction[d]
	}
	for d := range gradient {
		gradient[d] = (gradient[d] - along*direction[d]) / length
	}
}

// move adds up the gradients of every workers-th row, in order of pairs, and takes the step.
func (l *lesson) move(worker, workers int, room []float32) []float32 {
	t := l.table
	var touched []int32
	add := func(b Bag, gradient []float32) {
		for i, word := range b.Words {
			if !t.Knows(word) {
				continue
			}
			r := t.rows[word]
			if int(r)%workers != worker {
				continue
			}
			if l.places[r] < 0 {
				l.places[r] = int32(len(touched))
				touched = append(touched, r)
				room = append(room, make([]float32, Dim)...)
			}
			from := int(l.places[r]) * Dim
			into, weight := room[from:from+Dim:from+Dim], b.Weights[i]
			for d, g := range gradient {
				into[d] += weight * g
			}
		}
	}
	for i, p := range l.pairs {
		add(p.A, rowOf(l.da, i))
		add(p.B, rowOf(l.db, i))
	}
	for k, r := range touched {
		l.places[r] = -1
		t.move(r, room[k*Dim:(k+1)*Dim])
	}
	return room
}

// move takes one step of Adagrad with one rate for the whole row.
func (t *Table) move(r int32, gradient []float32) {
	var sum float32
	for _, g := range gradient {
		sum += g * g
	}
	t.steps[r] += sum / Dim
	by := rate / float32(math.Sqrt(float64(t.steps[r]))+1e-10)
	for d, g := range gradient {
		t.vectors[int(r)*Dim+d] -= by * g
	}
}

func inParallel(n int, do func(i int)) {
	workers := runtime.GOMAXPROCS(0)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := w; i < n; i += workers {
				do(i)
			}
		})
	}
	wait.Wait()
}
