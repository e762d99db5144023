package desk

import (
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// CausesAnswer is what lies behind incidents of several services, for programs.
type CausesAnswer struct {
	AsOf          incident.Seq   `json:"as_of" doc:"number of the last change that the figures know"`
	Incidents     int            `json:"incidents" doc:"that count and began in the period"`
	LeftOut       []LeftOut      `json:"left_out"`
	Named         int            `json:"with_factors" doc:"of them, those with a factor that has a name"`
	Share         Estimate       `json:"with_factors_share"`
	Prose         int            `json:"with_factors_in_prose" doc:"incidents whose factors are prose, which is in no row"`
	Factors       []SharedFactor `json:"factors" doc:"of two incidents or more"`
	Single        int            `json:"factors_of_one_incident"`
	WithinMinutes int            `json:"together_within_minutes" doc:"how close to each other the beginnings of failures must be"`
	Tested        int            `json:"pairs_tested" doc:"the q-values are corrected for so many"`
	Few           int            `json:"pairs_together_less_than_three_times"`
	Pairs         []Pair         `json:"pairs" doc:"together three times or more"`
	CapMinutes    int            `json:"change_within_minutes"`
	Changes       int            `json:"changes" doc:"on record in the period"`
	AllChanges    bool           `json:"changes_complete" doc:"false: there are more than are read for one figure, and the oldest are missing"`
	Risks         []ChangeRisk   `json:"change_risks"`
	Floods        []Flood        `json:"alert_floods" doc:"many alerts that are one event, in time order"`
	FloodsFrom    *time.Time     `json:"alert_floods_from" doc:"floods were looked for from then on only, for there are many incidents; null: in the whole period"`
	Once          int            `json:"incidents_floods_once" doc:"incidents, if each flood counted once; figures count each incident"`
}

// SharedFactor is something that contributed to several incidents.
type SharedFactor struct {
	Name string `json:"name"`
	FactorPlace
	Share    Estimate      `json:"share" doc:"of the incidents with a factor"`
	Services []FactorPlace `json:"services" doc:"an incident of several services is in each"`
}

// FactorPlace is how often a factor contributed in one place.
type FactorPlace struct {
	Service   incident.ID    `json:"service_id,omitempty" doc:"missing: of no service, or of all"`
	Label     string         `json:"service,omitempty"`
	Incidents int            `json:"incidents"`
	Confirmed int            `json:"confirmed" doc:"a person here stated or confirmed it"`
	Claimed   int            `json:"claimed" doc:"a source or a document says so, and nobody here has confirmed it"`
	Periods   []FactorPeriod `json:"periods"`
	NoStart   int            `json:"without_start"`
}

// FactorPeriod is a quarter, or a year where there are many, with what it counts.
type FactorPeriod struct {
	Key       string    `json:"key"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Incidents int       `json:"incidents"`
}

// Pair is two services that failed together.
type Pair struct {
	A         incident.ID `json:"a_id"`
	B         incident.ID `json:"b_id"`
	NameA     string      `json:"a"`
	NameB     string      `json:"b"`
	Times     int         `json:"times" doc:"in one incident and apart"`
	One       int         `json:"in_one_incident" doc:"incidents that name both"`
	Apart     int         `json:"apart" doc:"separate incidents that began close to each other"`
	FirstA    int         `json:"a_first" doc:"of apart: a failed more than a minute before b"`
	FirstB    int         `json:"b_first"`
	FailuresA int         `json:"a_failures"`
	FailuresB int         `json:"b_failures"`
	Expected  Estimate    `json:"expected_by_chance" doc:"of apart"`
	Lift      Estimate    `json:"lift"`
	Q         float64     `json:"q"`
	More      bool        `json:"more_than_chance"`
	Needs     string      `json:"dependency" doc:"a_needs_b, b_needs_a, or empty: none is configured"`
	Sentence  string      `json:"sentence"`
}

// ChangeRisk says what a change shortly before a failure of a service says.
type ChangeRisk struct {
	Service  incident.ID `json:"service_id"`
	Label    string      `json:"service"`
	Minutes  int         `json:"within_minutes"`
	Changes  int         `json:"changes"`
	Failures int         `json:"failures"`
	Near     int         `json:"failures_after_a_change"`
	Before   Estimate    `json:"share_after_a_change"`
	Base     Estimate    `json:"share_by_chance" doc:"the base rate: of the same failures, moved by whole weeks"`
	Lift     Estimate    `json:"lift"`
	Q        float64     `json:"q"`
	Says     string      `json:"says" doc:"too_few, says_nothing, suspected or well_suspected"`
	Sentence string      `json:"sentence"`
}

// Flood is many alerts that are one event.
type Flood struct {
	Lead     incident.ID   `json:"lead_id" doc:"what people opened about it, or else the first alert"`
	Opened   bool          `json:"opened_by_people"`
	Others   []incident.ID `json:"alert_ids" doc:"the other alerts"`
	From     time.Time     `json:"from"`
	To       time.Time     `json:"to" doc:"start of the last alert"`
	Usual    float64       `json:"usual" doc:"alerts of the same services in so long a time otherwise"`
	Sentence string        `json:"sentence"`
}

// AnswerCauses writes causes for programs.
func AnswerCauses(c Causes) CausesAnswer {
	f := c.Factors
	return CausesAnswer{AsOf: c.AsOf, Incidents: f.Incidents, LeftOut: leftOut(f.LeftOut), Named: f.Named, Share: Estimate(f.Share), Prose: f.Prose, Single: f.Single,
		Factors: groupsOf(f.Factors, func(x analytics.SharedFactor) SharedFactor {
			place := func(p analytics.FactorPlace) FactorPlace { return factorPlace(p, f.Periods) }
			return SharedFactor{Name: x.Name, FactorPlace: place(x.All), Share: Estimate(x.Share), Services: groupsOf(x.Services, place)}
		}),
		WithinMinutes: int(analytics.TogetherWithin.Minutes()), Tested: c.Together.Tested, Few: c.Together.Few, Pairs: groupsOf(c.Together.Pairs, pairAnswer),
		CapMinutes: int(c.Within.Minutes()), Changes: c.Changes, AllChanges: c.AllChanges, Risks: groupsOf(c.Risks, riskAnswer),
		Floods: groupsOf(c.Floods, func(f analytics.Flood) Flood {
			return Flood{f.Lead, f.Opened, f.Others, f.From, f.To, f.Usual, f.Sentence()}
		}), FloodsFrom: pointer(c.FloodsFrom), Once: f.Incidents - analytics.Once(c.Floods)}
}

func factorPlace(p analytics.FactorPlace, periods []analytics.Group) FactorPlace {
	out := FactorPlace{Service: p.Service, Label: p.Name, Incidents: p.N, Confirmed: p.Confirmed, Claimed: p.N - p.Confirmed, NoStart: p.NoStart, Periods: []FactorPeriod{}}
	for i, n := range p.Periods {
		out.Periods = append(out.Periods, FactorPeriod{periods[i].Key, periods[i].From, periods[i].To, n})
	}
	return out
}

func pairAnswer(p analytics.Pair) Pair {
	return Pair{A: p.A, B: p.B, NameA: p.NameA, NameB: p.NameB, Times: p.Times(), One: p.One, Apart: p.Apart, FirstA: p.FirstA, FirstB: p.FirstB, FailuresA: p.FailuresA, FailuresB: p.FailuresB,
		Expected: Estimate(p.Expected), Lift: Estimate(p.Lift), Q: p.Q, More: p.More, Needs: string(p.Needs), Sentence: p.Sentence()}
}

func riskAnswer(r analytics.ChangeRisk) ChangeRisk {
	return ChangeRisk{Service: r.Service, Label: r.Name, Minutes: int(r.Within.Minutes()), Changes: r.Changes, Failures: r.Failures, Near: r.Near, Before: Estimate(r.Before), Base: Estimate(r.Base),
		Lift: Estimate(r.Lift), Q: r.Q, Says: string(r.Says), Sentence: r.Sentence()}
}
