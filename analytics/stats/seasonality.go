package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Uniformity tests whether counts in categories, such as weekdays, follow their exposure alone.
type Uniformity struct {
	Expected    []float64 // counts in proportion to the exposure
	Ratios      []float64 // each rate by that of all; NaN without exposure
	ChiSquare   float64   // Pearson (1900)
	G           float64   // likelihood ratio
	DF          int
	P, PG       float64 // of either; their approximation needs LeastExpected of 5 or more
	Least       float64 // the least of Expected
	N           int     // sum of the counts
	Approximate bool    // Least is 5 or more, so that P and PG hold
}

// Uniform compares counts with their exposures, as the number of Mondays and of Tuesdays in a window. Categories without
// exposure are left out. The statistics are NaN when fewer than two have any, or nothing was counted.
func Uniform(counts []int, exposure []float64) Uniformity {
	u := Uniformity{Least: math.Inf(1), DF: -1}
	whole := sum(exposure)
	for _, c := range counts {
		u.N += c
	}
	for i, c := range counts {
		x := float64(c)
		e := float64(u.N) * exposure[i] / whole
		u.Expected = append(u.Expected, e)
		u.Ratios = append(u.Ratios, x/e)
		if exposure[i] == 0 {
			continue
		}
		u.DF++
		u.Least = math.Min(u.Least, e)
		u.ChiSquare += (x - e) * (x - e) / e
		if c > 0 {
			u.G += 2 * x * math.Log(x/e)
		}
	}
	if u.DF < 1 || u.N == 0 {
		u.ChiSquare, u.G, u.P, u.PG = math.NaN(), math.NaN(), math.NaN(), math.NaN()
		return u
	}
	law := distuv.ChiSquared{K: float64(u.DF)}
	u.P, u.PG, u.Approximate = law.Survival(u.ChiSquare), law.Survival(u.G), u.Least >= 5
	return u
}

// Direction says whether times of a cycle, such as hours of the day, gather anywhere.
type Direction struct {
	Mean      float64 // where, in [0, period); NaN when they gather nowhere at all
	Resultant float64 // 0 for evenly spread, 1 for all at once
	Z         float64 // n times the squared resultant
	P         float64 // of the Rayleigh test, by the approximation of Zar (Biostatistical Analysis, 1999, eq. 27.4)
}

// Rayleigh tests whether times x in a cycle of length period have one preferred direction. It is blind for two
// opposite ones. All is NaN without any time.
func Rayleigh(x []float64, period float64) Direction {
	var c, s float64
	for _, v := range x {
		angle := 2 * math.Pi * v / period
		c, s = c+math.Cos(angle), s+math.Sin(angle)
	}
	n := float64(len(x))
	if n == 0 {
		return Direction{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	}
	length := math.Hypot(c, s)
	d := Direction{Resultant: length / n, Z: length * length / n, Mean: math.NaN()}
	if d.Resultant > 1e-12 {
		d.Mean = math.Mod(math.Atan2(s, c)/(2*math.Pi)*period+period, period)
	}
	d.P = math.Min(1, math.Exp(math.Sqrt(1+4*n+4*(n*n-length*length))-(1+2*n)))
	return d
}
