package api

import "hindsight/server/internal/desk"

// PromiseEffect is how often something came back after an action item was done, against before.
type PromiseEffect struct {
	Outcome   string       `json:"outcome" doc:"worked, no_difference, too_few, came_back, not_compared; came_back: it happened again since, and nobody has judged the item after that. A person decides whether it worked"`
	Why       string       `json:"why,omitempty" doc:"it is not compared"`
	Compared  string       `json:"compared,omitempty" doc:"which incidents are counted"`
	Days      float64      `json:"days" doc:"length of the time before and of the time after, which are equal"`
	Before    int          `json:"before" doc:"incidents in the time before it was done, without the one that it was promised after"`
	After     int          `json:"after"`
	Ratio     *float64     `json:"ratio" doc:"rate after divided by rate before; null: not estimable"`
	Low       *float64     `json:"low" doc:"of the 95 % interval; null: unbounded or not estimable"`
	High      *float64     `json:"high"`
	Method    string       `json:"method,omitempty"`
	Sentence  string       `json:"sentence,omitempty"`
	Caution   string       `json:"caution,omitempty" doc:"what it must not be taken for"`
	NextAfter *float64     `json:"next_after_days" doc:"from when it was done to the next one; null: none has come in waited_days"`
	Waited    float64      `json:"waited_days"`
	Again     *PromisedFor `json:"came_back_with" doc:"the first incident that came back since it was done and judged last; null: none"`
}

func promiseEffect(x desk.ActionEffect) *PromiseEffect {
	if x.Outcome == "" {
		return nil
	}
	e := x.Effect
	out := &PromiseEffect{Outcome: x.Outcome, Why: x.Why, Compared: x.Of, Days: e.Done.Sub(e.From).Hours() / 24, Before: e.NBefore, After: e.NNow, Ratio: e.Ratio.Value,
		Low: e.Ratio.Low, High: e.Ratio.High, Method: e.Ratio.Method, Sentence: e.Sentence, Caution: e.Spell, Waited: e.Waited.Hours() / 24}
	if x.Note != "" {
		out.Caution = x.Note + " " + out.Caution
	}
	if !e.Next.IsZero() {
		days := e.Waited.Hours() / 24
		out.NextAfter = &days
	}
	if x.Again.ID != "" {
		out.Again = &PromisedFor{ID: x.Again.ID, Number: x.Again.Number, Title: x.Again.Title}
	}
	return out
}
