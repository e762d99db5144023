package desk

import (
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// Verdicts answer whether a selection got better, as the page of a service says it, the same for the API, the command line and
// files.
type Verdicts struct {
	From       *time.Time    `json:"from" doc:"of the period asked for; null: open"`
	To         *time.Time    `json:"to"`
	AsOf       incident.Seq  `json:"as_of" doc:"number of the last change that the figures know"`
	Compared   *Periods      `json:"compared" doc:"null: nothing is compared, and missing says why"`
	Missing    string        `json:"missing,omitempty" doc:"why there is nothing to compare with"`
	Lasting    string        `json:"lasting_metric" doc:"the duration that says how long incidents last: time_to_resolve, or time_to_restore where none has one"`
	Answers    []Answer      `json:"answers"`
	Checks     []Check       `json:"checks" doc:"other tests of the same questions"`
	Severities []Stratum     `json:"severities" doc:"the durations within each severity; a change of the mix alone moves the median of all"`
	Shifts     []LevelChange `json:"level_changes" doc:"where the number of incidents a week, or the duration, changes its level; a date found in the data is no test of what happened then"`
	Trend      Trend         `json:"trend"`
	Growth     *GrowthFit    `json:"growth" doc:"null unless the beginning of a programme is stated"`
	Pattern    StartPattern  `json:"pattern"`
}

// Periods are the two that were compared.
type Periods struct {
	Now    Bounds `json:"now"`
	Before Bounds `json:"before"`
	Words  string `json:"words"`
}

// Bounds are the ends of a period: From ≤ start < To.
type Bounds struct {
	From *time.Time `json:"from"`
	To   *time.Time `json:"to"`
}

// Answer is one question with its verdict.
type Answer struct {
	Question    string   `json:"question"`
	Metric      string   `json:"metric" doc:"how it is computed: /help/metrics#METRIC"`
	Phrase      string   `json:"phrase" doc:"clearly better, clearly worse, probably better, probably worse, no change larger than, cannot tell or too few incidents"`
	Sentence    string   `json:"sentence"`
	Ratio       Estimate `json:"ratio" doc:"now divided by before"`
	Within      float64  `json:"within,omitempty" doc:"with no change larger than: this share either way"`
	VisibleDrop *float64 `json:"visible_drop_ratio" doc:"smallest change that would be seen in 4 of 5 cases, as a ratio"`
	VisibleRise *float64 `json:"visible_rise_ratio"`
	Needed      int      `json:"needed,omitempty" doc:"incidents on each side that show a drop by a fifth in 4 of 5 cases"`
	PerYear     float64  `json:"per_year,omitempty" doc:"incidents a year in both periods together"`
	Years       float64  `json:"years_needed,omitempty" doc:"until so many have come on one side"`
	Shorter     *float64 `json:"shorter_share" doc:"share of pairs of an incident now and one before of which the one now is shorter"`
	Clustered   bool     `json:"clustered" doc:"counts vary more than Poisson counts, and the interval allows for it"`
	NNow        int      `json:"n_now"`
	NBefore     int      `json:"n_before"`
}

// Check is another test of a question.
type Check struct {
	Name     string `json:"name"`
	Sentence string `json:"sentence"`
	N        int    `json:"n"`
	Of       string `json:"of" doc:"what n counts"`
	Metric   string `json:"metric"`
}

// Stratum is the comparison of durations within one severity.
type Stratum struct {
	Severity string   `json:"severity"`
	Phrase   string   `json:"phrase"`
	Ratio    Estimate `json:"ratio"`
	NNow     int      `json:"n_now"`
	NBefore  int      `json:"n_before"`
}

// LevelChange is where a level changes.
type LevelChange struct {
	Of        string     `json:"of" doc:"incidents_a_week or seconds"`
	At        *time.Time `json:"at" doc:"beginning of the first week, or start of the first incident, of the new level"`
	First     *time.Time `json:"first" doc:"a change between first and last would explain the data about as well"`
	Last      *time.Time `json:"last"`
	Before    float64    `json:"before"`
	After     float64    `json:"after"`
	Penalties int        `json:"found_by_penalties" doc:"of three: lenient, standard, strict"`
}

// Trend says whether the gap between incidents grows.
type Trend struct {
	Sentence string     `json:"sentence"`
	N        int        `json:"n"`
	From     *time.Time `json:"from" doc:"of what was observed"`
	To       *time.Time `json:"to"`
}

// GrowthFit is the power law from the beginning of a programme on.
type GrowthFit struct {
	Begin    time.Time `json:"begin"`
	Sentence string    `json:"sentence"`
	Beta     Estimate  `json:"growth_parameter" doc:"below 1: incidents become rarer"`
	Next     Estimate  `json:"expected_in_90_days"`
	Misfit   bool      `json:"misfit" doc:"the law does not fit, and the parameter says little"`
}

// StartPattern says when incidents start.
type StartPattern struct {
	Sentence string  `json:"sentence"`
	N        int     `json:"n"`
	Cycles   []Cycle `json:"cycles"`
}

// Cycle is the test of one cycle of the calendar.
type Cycle struct {
	Cycle  string   `json:"cycle"`
	Q      *float64 `json:"q" doc:"expected share of false findings among those as clear as this; null: there is nothing to test"`
	Shown  bool     `json:"shown" doc:"it is more than chance"`
	Peak   string   `json:"peak,omitempty"`
	Method string   `json:"method"`
}

// Judge answers whether the incidents of a question got better.
func Judge(s *analytics.Snapshot, q analytics.Query) Verdicts {
	b := s.Better(q)
	out := Verdicts{From: pointer(q.From), To: pointer(q.To), AsOf: s.AsOf(), Missing: b.Comparison.Missing, Lasting: b.Lasting.ID,
		Answers: groupsOf(b.Answers, answerOf), Checks: groupsOf(append(b.Checks, b.Gaps.Checks()...), func(c analytics.Check) Check { return Check(c) }),
		Severities: groupsOf(b.Within.Strata, stratumOf), Shifts: append(groupsOf(b.Rhythm.Shifts, rateChange), groupsOf(b.Levels.Shifts, durationChange)...),
		Trend:   Trend{b.Gaps.Sentence, len(b.Gaps.Starts), pointer(b.Gaps.From), pointer(b.Gaps.To)},
		Pattern: StartPattern{b.Pattern.Sentence, b.Pattern.N, groupsOf(b.Pattern.Tests, cycleOf)}}
	if c := b.Comparison; c.Missing == "" {
		out.Compared = &Periods{Bounds{pointer(c.Now.From), pointer(c.Now.To)}, Bounds{pointer(c.Before.From), pointer(c.Before.To)}, c.Words}
	}
	if g := b.Gaps.Growth; g != nil {
		out.Growth = &GrowthFit{g.Begin.UTC(), g.Sentence, Estimate(g.Beta), Estimate(g.Next), g.Misfit}
	}
	return out
}

func answerOf(a analytics.Answer) Answer {
	v := a.Verdict
	return Answer{Question: a.Question, Metric: a.Metric, Phrase: string(v.Phrase), Sentence: v.Sentence, Ratio: Estimate(v.Ratio), Within: v.Within,
		VisibleDrop: v.VisibleDrop, VisibleRise: v.VisibleRise, Needed: v.Needed, PerYear: v.PerYear, Years: v.Years, Shorter: v.Shorter,
		Clustered: v.Clustered, NNow: v.NNow, NBefore: v.NBefore}
}

func stratumOf(x analytics.Stratum) Stratum {
	return Stratum{x.Severity.String(), string(x.Verdict.Phrase), Estimate(x.Verdict.Ratio), x.Verdict.NNow, x.Verdict.NBefore}
}

func rateChange(x analytics.RateShift) LevelChange {
	return LevelChange{"incidents_a_week", pointer(x.At), pointer(x.First), pointer(x.Last), x.Before, x.After, x.Seen}
}

func durationChange(x analytics.DurationShift) LevelChange {
	return LevelChange{"seconds", pointer(x.At), pointer(x.First), pointer(x.Last), x.Before, x.After, x.Seen}
}

func cycleOf(t analytics.PatternTest) Cycle {
	c := Cycle{Cycle: t.Cycle, Shown: t.Shown, Peak: t.Peak, Method: t.Method}
	if t.Q == t.Q { // NaN where there is nothing to test
		c.Q = &t.Q
	}
	return c
}
