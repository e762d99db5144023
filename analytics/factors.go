package analytics

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// FactorReport is what contributed to several incidents, where and when.
type FactorReport struct {
	From, To  time.Time // observed; zero when no incident of the question has a start
	Incidents int       // that count
	Named     int       // of them: with a factor that has a name
	Share     Estimate  // Named / Incidents, Wilson
	Prose     int       // of Incidents: with factors in prose alone, which are in no row
	Factors   []SharedFactor
	Single    int // factors of one incident alone, which are in no row
	// Periods are the columns: the quarters from the first to the last in which one of Factors contributed, without gaps, or the
	// years where there would be more than 12.
	Periods []Group
	LeftOut []LeftOut
}

// SharedFactor is something that contributed to two incidents or more. Names that differ in case or blanks alone are one.
type SharedFactor struct {
	Name     string
	All      FactorPlace   // in whatever service
	Share    Estimate      // of the incidents with a factor, Wilson
	Services []FactorPlace // most incidents first; an incident of several services is in each, one without is in the one without Service
}

// FactorPlace is how often a factor contributed to incidents of one service.
type FactorPlace struct {
	Service   incident.ID // empty: of no service, or of all
	Name      string
	N         int // incidents
	Confirmed int // of N: a person here stated or confirmed it; the others have it from a source or a document alone
	Periods   []int
	NoStart   int // of N: in no period
}

// SharedFactors counts what contributed to the incidents of q by service and by quarter. A factor is a trigger or a
// contributing factor with a category, or a text short enough to be a name.
func (s *Snapshot) SharedFactors(q Query) FactorReport {
	q.GroupBy, q.Span, q.Now = ByQuarter, incident.Span{}, q.Now.Truncate(time.Hour) // so that the answer is worked out once an hour
	return remember(s, "factors "+s.key(q), func() FactorReport {
		f := s.factorReader(q)
		out := FactorReport{LeftOut: s.leftOutOf(q, q.From, q.To)}
		for r := range f.p.started() {
			f.read(r, &out)
		}
		f.finish(&out)
		return out
	})
}

// FactorCases lists the incidents of q behind a number of SharedFactors, oldest first: those with a factor; undated asks for those
// without a start alone.
func (s *Snapshot) FactorCases(q Query, factor string, undated bool) []Case {
	q.Span = incident.Span{}
	f := s.factorReader(q)
	key := f.key(factor)
	var out []Case
	for r := range f.p.started() {
		has := r.leftOut == 0 && (!undated || r.started[r.i] == 0)
		if has && slices.ContainsFunc(f.of(r), func(x int) bool { return f.keys[x] == key }) {
			out = append(out, f.p.caseOf(r))
		}
	}
	sortCases(out)
	return out
}

func sortCases(all []Case) {
	slices.SortFunc(all, func(a, b Case) int { return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID)) })
}

// factorReader reads factors of rows. Factors are numbered by their folded names.
type factorReader struct {
	s        *Snapshot
	p        *population
	quarters []Group
	bounds   []int64
	keys     []string
	numbers  map[string]int
	byCode   map[uint32]int
	spelt    []map[uint32]int // how often each spelling occurs
	counts   []map[uint32]*FactorPlace
	all      []FactorPlace
	taxonomy incident.Taxonomy
}

// key is what a name of a factor has in common with others of the same one: it follows the synonyms that people agreed on.
func (f *factorReader) key(name string) string {
	return f.taxonomy.Fold(name)
}

// Taxonomy is what people agreed to call factors here; without categories where nobody has.
func (s *Snapshot) Taxonomy() incident.Taxonomy {
	for _, p := range s.Policies(incident.TaxonomyPolicy) {
		var t incident.Taxonomy
		if json.Unmarshal(p.Body, &t) == nil && t.Validate() == nil {
			return t
		}
	}
	return incident.Taxonomy{}
}

// FactorUses counts the incidents of q by what contributed, by name: as the taxonomy has it, else as it is spelt most often.
func (s *Snapshot) FactorUses(q Query) map[string]int {
	q.Span = incident.Span{}
	f := s.factorReader(q)
	out := map[string]int{}
	var counts []int
	for r := range f.p.started() {
		if r.leftOut == 0 {
			counts = append(counts, f.of(r)...)
		}
	}
	for _, x := range counts {
		out[f.name(x)]++
	}
	return out
}

// noService is the code of no service.
const noService uint32 = 0

func (s *Snapshot) factorReader(q Query) *factorReader {
	f := &factorReader{s: s, p: s.population(q), numbers: map[string]int{}, byCode: map[uint32]int{}, taxonomy: s.Taxonomy()}
	from, to := f.p.extent()
	if from.IsZero() || to.IsZero() {
		return f
	}
	for _, x := range periods(ByQuarter, from, to, q.zone()) {
		g := f.p.periodHead(x)
		f.quarters, f.bounds = append(f.quarters, g), append(f.bounds, micros(x.from))
	}
	return f
}

// quarter returns the number of the quarter in which row r began.
func (f *factorReader) quarter(r row) int {
	i, found := slices.BinarySearch(f.bounds, r.started[r.i])
	if !found {
		i--
	}
	return max(0, i)
}

// of returns the numbers of what contributed to row r, each once.
func (f *factorReader) of(r row) []int {
	var out []int
	for _, code := range f.s.sets[r.factors[r.i]] {
		x, known := f.byCode[code]
		if !known {
			key := f.key(f.s.texts[code])
			if x, known = f.numbers[key]; !known {
				x = len(f.keys)
				f.numbers[key], f.keys, f.spelt = x, append(f.keys, key), append(f.spelt, map[uint32]int{})
				f.counts, f.all = append(f.counts, map[uint32]*FactorPlace{}), append(f.all, FactorPlace{Periods: make([]int, len(f.quarters))})
			}
			f.byCode[code] = x
		}
		f.spelt[x][code]++
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// read counts row r.
func (f *factorReader) read(r row, out *FactorReport) {
	if r.leftOut != 0 {
		return
	}
	out.Incidents++
	factors := f.of(r)
	if len(factors) == 0 {
		if r.flags[r.i].has(hasProse) {
			out.Prose++
		}
		return
	}
	out.Named++
	services := f.s.sets[r.services[r.i]]
	if len(services) == 0 {
		services = []uint32{noService}
	}
	for _, x := range factors {
		confirmed := f.confirmed(r, x)
		f.count(&f.all[x], r, confirmed)
		for _, code := range services {
			place := f.counts[x][code]
			if place == nil {
				place = &FactorPlace{Periods: make([]int, len(f.quarters))}
				f.counts[x][code] = place
			}
			f.count(place, r, confirmed)
		}
	}
}

// confirmed reports whether a person said of row r that a factor contributed.
func (f *factorReader) confirmed(r row, factor int) bool {
	claimed := f.s.sets[r.claimed[r.i]]
	for _, code := range f.s.sets[r.factors[r.i]] {
		if f.byCode[code] == factor && !slices.Contains(claimed, code) {
			return true
		}
	}
	return false
}

func (f *factorReader) count(place *FactorPlace, r row, confirmed bool) {
	place.N++
	if confirmed {
		place.Confirmed++
	}
	if r.started[r.i] == 0 {
		place.NoStart++
		return
	}
	place.Periods[f.quarter(r)]++
}

// name is what factor x is called: as the taxonomy has it, else as it is spelt most often.
func (f *factorReader) name(x int) string {
	if c := f.taxonomy.Find(f.keys[x]); c != nil {
		return c.Name
	}
	return f.spelling(x)
}

// finish names and orders the factors.
func (f *factorReader) finish(out *FactorReport) {
	out.Share = share(out.Named, out.Incidents)
	if n := len(f.quarters); n > 0 {
		out.From, out.To = f.quarters[0].From, f.quarters[n-1].To
	}
	for x := range f.keys {
		if f.all[x].N < 2 {
			out.Single++
			continue
		}
		factor := SharedFactor{Name: f.name(x), All: f.all[x], Share: share(f.all[x].N, out.Named)}
		for code, place := range f.counts[x] {
			if code != noService {
				place.Service = incident.ID(f.s.texts[code])
				place.Name = f.s.Name(place.Service)
			}
			factor.Services = append(factor.Services, *place)
		}
		slices.SortFunc(factor.Services, func(a, b FactorPlace) int {
			return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Name, b.Name), cmp.Compare(a.Service, b.Service))
		})
		out.Factors = append(out.Factors, factor)
	}
	slices.SortFunc(out.Factors, func(a, b SharedFactor) int {
		return cmp.Or(cmp.Compare(b.All.N, a.All.N), cmp.Compare(len(b.Services), len(a.Services)), strings.Compare(a.Name, b.Name))
	})
	f.columns(out)
}

// mostQuarters is how many quarters are columns at most.
const mostQuarters = 12

// columns turns the quarters of the places into the columns of the report.
func (f *factorReader) columns(out *FactorReport) {
	first, last := len(f.quarters), -1
	for _, x := range out.Factors {
		for i, n := range x.All.Periods {
			if n > 0 {
				first, last = min(first, i), max(last, i)
			}
		}
	}
	into := make([]int, len(f.quarters)) // the column of each quarter
	for i := first; i <= last; i++ {
		g := f.quarters[i]
		if year := g.Key[:4]; last-first < mostQuarters {
			out.Periods = append(out.Periods, g)
		} else if n := len(out.Periods); n == 0 || out.Periods[n-1].Key != year {
			out.Periods = append(out.Periods, Group{Key: year, Label: year, From: g.From, To: g.To, Partial: g.Partial})
		} else {
			out.Periods[n-1].To = g.To
		}
		into[i] = len(out.Periods) - 1
	}
	fold := func(p *FactorPlace) {
		columns := make([]int, len(out.Periods))
		for i := first; i <= last; i++ {
			columns[into[i]] += p.Periods[i]
		}
		p.Periods = columns
	}
	for i := range out.Factors {
		fold(&out.Factors[i].All)
		for j := range out.Factors[i].Services {
			fold(&out.Factors[i].Services[j])
		}
	}
}

// spelling returns the most frequent spelling of a factor.
func (f *factorReader) spelling(x int) string {
	best, n := "", 0
	for code, times := range f.spelt[x] {
		if text := f.s.texts[code]; times > n || times == n && text < best {
			best, n = text, times
		}
	}
	return strings.Join(strings.Fields(best), " ")
}
