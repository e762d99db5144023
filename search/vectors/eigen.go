package vectors

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"

	"gonum.org/v1/gonum/mat"
)

const (
	// spare directions and rounds make the leading ones exact enough (Halko, Martinsson, Tropp, SIAM Review 2011).
	spare, rounds = 16, 3
)

// leading returns the k eigenvectors of m with the greatest absolute eigenvalues, as the columns of an n×k array by
// rows, and the eigenvalues; fewer when m is smaller. It stops early, with nothing of use, when ctx ends.
func leading(ctx context.Context, m matrix, k int) (vectors, values []float64) {
	wide := min(k+spare, m.n)
	k = min(k, m.n)
	random := rand.New(rand.NewPCG(1, 2))
	y := make([]float64, m.n*wide)
	for i := range y {
		y[i] = random.NormFloat64()
	}
	for range rounds {
		y = m.times(y, wide)
		orthonormal(y, m.n, wide)
		if ctx.Err() != nil {
			return nil, nil
		}
	}
	orthonormal(y, m.n, wide) // once more for what rounding left
	small := mat.NewSymDense(wide, nil)
	product := gram(y, m.times(y, wide), m.n, wide)
	for i := range wide {
		for j := i; j < wide; j++ {
			small.SetSym(i, j, (product[i*wide+j]+product[j*wide+i])/2)
		}
	}
	return lift(y, m.n, wide, small, k)
}

// lift turns the eigenvectors of small, in the directions y, into those of the matrix.
func lift(y []float64, n, wide int, small *mat.SymDense, k int) (vectors, values []float64) {
	var eigen mat.EigenSym
	if !eigen.Factorize(small, true) {
		return make([]float64, n*k), make([]float64, k)
	}
	all := eigen.Values(nil)
	var basis mat.Dense
	eigen.VectorsTo(&basis)
	order := byMagnitude(all)[:k]
	turn := mat.NewDense(wide, k, nil)
	for j, from := range order {
		values = append(values, all[from])
		sign := signOf(&basis, from)
		for i := range wide {
			turn.Set(i, j, sign*basis.At(i, from))
		}
	}
	out := mat.NewDense(n, k, nil)
	out.Mul(mat.NewDense(n, wide, y), turn)
	return out.RawMatrix().Data, values
}

// signOf makes the greatest entry of a column positive, so that the direction is the same everywhere.
func signOf(m *mat.Dense, column int) float64 {
	most := 0.0
	rows, _ := m.Dims()
	for i := range rows {
		if x := m.At(i, column); math.Abs(x) > math.Abs(most) {
			most = x
		}
	}
	return math.Copysign(1, most)
}

// times returns m·y for y of n×wide. Each row is summed in order, by one goroutine.
func (m matrix) times(y []float64, wide int) []float64 {
	out := make([]float64, m.n*wide)
	var wait sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wait.Go(func() {
			for i := w; i < m.n; i += workers {
				row := out[i*wide : (i+1)*wide]
				for p := m.starts[i]; p < m.starts[i+1]; p++ {
					v := float64(m.value[p])
					from := y[int(m.column[p])*wide : (int(m.column[p])+1)*wide]
					for k, x := range from {
						row[k] += v * x
					}
				}
			}
		})
	}
	wait.Wait()
	return out
}
