package vectors

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// gram returns aᵀ·b for two n×wide arrays by rows.
func gram(a, b []float64, n, wide int) []float64 {
	var out mat.Dense
	out.Mul(mat.NewDense(n, wide, a).T(), mat.NewDense(n, wide, b))
	return out.RawMatrix().Data
}

// orthonormal makes the columns of y orthogonal and of length 1, by the Cholesky factor of their Gram
// matrix. A column that depends on those before it becomes 0.
func orthonormal(y []float64, n, wide int) {
	r := gram(y, y, n, wide)
	for _, j := range factor(r, wide) {
		for i := range n {
			y[i*wide+j] = 0
		}
	}
	upper := blas64.Triangular{Uplo: blas.Upper, Diag: blas.NonUnit, N: wide, Stride: wide, Data: r}
	blas64.Trsm(blas.Right, blas.NoTrans, 1, upper, blas64.General{Rows: n, Cols: wide, Stride: wide, Data: y})
}

// factor replaces a positive semidefinite r by the upper triangle u of r = uᵀ·u, and returns the columns that depend
// on those before them. They are those of the identity then.
func factor(r []float64, wide int) (dependent []int) {
	for j := range wide {
		rest := r[j*wide+j]
		for k := range j {
			rest -= r[k*wide+j] * r[k*wide+j]
		}
		if rest <= 1e-12*r[j*wide+j] {
			dependent = append(dependent, j)
			for k := range wide {
				r[min(j, k)*wide+max(j, k)] = 0
			}
			r[j*wide+j] = 1
			continue
		}
		root := math.Sqrt(rest)
		r[j*wide+j] = root
		for i := j + 1; i < wide; i++ {
			v := r[j*wide+i]
			for k := range j {
				v -= r[k*wide+j] * r[k*wide+i]
			}
			r[j*wide+i] = v / root
		}
	}
	return dependent
}

// byMagnitude returns the indexes of values, the greatest absolute value first.
func byMagnitude(values []float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(math.Abs(values[b]), math.Abs(values[a])) })
	return order
}
