package api

import (
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// Objective is an objective with how its budget stands.
type Objective struct {
	ID          incident.ID `json:"id"`
	Version     int         `json:"version"`
	Name        string      `json:"name"`
	Service     NamedRef    `json:"service"`
	Objective   float64     `json:"objective"`
	Days        int         `json:"days,omitempty"`
	Calendar    string      `json:"calendar,omitempty"`
	Zone        string      `json:"zone,omitempty"`
	Weighted    bool        `json:"weighted"`
	Owner       string      `json:"owner,omitempty"`
	Review      string      `json:"review,omitempty"`
	Description string      `json:"description,omitempty"`
	OpenSLO     bool        `json:"from_openslo"`

	From        time.Time  `json:"from" doc:"of the window"`
	To          time.Time  `json:"to" doc:"of the window; ahead for one of the calendar"`
	Now         time.Time  `json:"now"`
	RecordSince *time.Time `json:"record_since" doc:"when the record begins, where that is inside the window"`

	State       string         `json:"state" doc:"within budget, burning fast, budget spent, cannot tell or nothing known"`
	Allowed     float64        `json:"budget_seconds"`
	Maintenance float64        `json:"maintenance_seconds" doc:"taken out of the window, with what contracts exclude"`
	Excluded    []Excluded     `json:"excluded" doc:"what is taken out; overlaps are taken out once"`
	Own         *OwnBudget     `json:"own" doc:"by its own incidents alone; null: the service needs no other, and nothing else counts"`
	Needs       []NeedLoss     `json:"needs" doc:"what each group of services took that it needs"`
	Consumed    desk.Estimate  `json:"consumed_seconds" doc:"low and high say what times of coarse precision leave open"`
	Remaining   desk.Estimate  `json:"remaining_seconds"`
	Share       desk.Estimate  `json:"consumed_share"`
	Burn        desk.Estimate  `json:"burn_rate"`
	Alerts      []BurnAlert    `json:"alerts"`
	Exhaustion  Exhaustion     `json:"exhaustion"`
	Spenders    []Spender      `json:"spenders" doc:"those who spent most alone first; few in a list"`
	Shared      float64        `json:"shared_seconds" doc:"spent while several went on, none of which mattered alone"`
	Without     desk.Estimate  `json:"without_worst_seconds"`
	Teams       []BudgetPart   `json:"teams"`
	Factors     []BudgetPart   `json:"factors" doc:"incidents with several are in each"`
	Late        []NamedRef     `json:"late_maintenance" doc:"declared after it had begun"`
	LateTook    float64        `json:"late_maintenance_seconds"`
	Unclear     Unclear        `json:"unclear"`
	LeftOut     []desk.LeftOut `json:"left_out"`
}

// OwnBudget is how an objective would stand by the service's own incidents alone.
type OwnBudget struct {
	State     string        `json:"state"`
	Consumed  desk.Estimate `json:"consumed_seconds"`
	Remaining desk.Estimate `json:"remaining_seconds"`
}

// Excluded is a stretch of time that is taken out: of an incident of planned maintenance, or of a contract.
type Excluded struct {
	From     time.Time   `json:"from"`
	To       time.Time   `json:"to"`
	Incident incident.ID `json:"incident_id,omitempty"`
	Contract incident.ID `json:"contract_id,omitempty"`
	Reason   string      `json:"reason,omitempty"`
	Approver string      `json:"approver,omitempty"`
	Late     bool        `json:"after_the_fact,omitempty"`
}

func excluded(x analytics.ExcludedTime) Excluded {
	out := Excluded{From: x.From, To: x.To, Contract: x.Contract, Reason: x.Reason, Approver: x.Approver, Late: x.Late}
	if x.Case != nil {
		out.Incident = x.Case.ID
	}
	return out
}

func needLoss(s *analytics.Snapshot) func(analytics.NeedLoss) NeedLoss {
	return func(n analytics.NeedLoss) NeedLoss { return NeedLoss{n.Any, each(n.Services, s.Name), n.Own} }
}

// BurnAlert is one rule as of now.
type BurnAlert struct {
	Kind      string   `json:"kind" doc:"page or ticket"`
	Long      float64  `json:"long_seconds"`
	Short     float64  `json:"short_seconds"`
	Threshold float64  `json:"threshold"`
	LongBurn  *float64 `json:"long_burn"`
	ShortBurn *float64 `json:"short_burn"`
	Fires     bool     `json:"fires"`
}

// Exhaustion says when a budget was or will be spent.
type Exhaustion struct {
	SpentAt  *time.Time `json:"spent_at"`
	Ongoing  *time.Time `json:"if_what_goes_on_goes_on"`
	Earliest *time.Time `json:"earliest"`
	Latest   *time.Time `json:"latest" doc:"null beside an earliest one: perhaps not at all"`
	Episodes int        `json:"n_episodes"`
	Reason   string     `json:"reason_if_null,omitempty"`
}

// Spender is what one incident took.
type Spender struct {
	ID     incident.ID `json:"id"`
	Number string      `json:"number,omitempty"`
	Title  string      `json:"title"`
	Own    float64     `json:"own_seconds"`
	Alone  float64     `json:"alone_seconds" doc:"had it been the only one"`
	Open   bool        `json:"open"`
}

// BudgetPart is what the incidents of a team or factor took.
type BudgetPart struct {
	Key   string  `json:"key" doc:"empty: incidents that name none"`
	Label string  `json:"label"`
	N     int     `json:"n"`
	Own   float64 `json:"own_seconds"`
}

// Unclear lists incidents of which not all is known.
type Unclear struct {
	NoStart []NamedRef `json:"no_start" doc:"in no number"`
	NoEnd   []NamedRef `json:"no_end" doc:"in no number"`
	Invalid []NamedRef `json:"invalid" doc:"impact ends before or as it begins: in no number"`
	Open    []NamedRef `json:"open" doc:"in the numbers up to now"`
	About   []NamedRef `json:"about" doc:"with an estimated time: in the numbers as stated"`
	Coarse  []NamedRef `json:"coarse" doc:"known to the minute, hour or day: what low and high come from"`
}

// objectiveOf renders an objective with at most so many spenders.
func objectiveOf(s *analytics.Snapshot, spenders int) func(desk.ObjectiveBudget) Objective {
	return func(b desk.ObjectiveBudget) Objective {
		o, x := b.NamedObjective.Objective, b.Budget
		var own *OwnBudget
		if x.Own != nil {
			own = &OwnBudget{string(x.Own.State), desk.Estimate(x.Own.Consumed), desk.Estimate(x.Own.Remaining)}
		}
		return Objective{Own: own, Needs: each(x.Needs, needLoss(s)), Excluded: each(x.Excluded, excluded), ID: b.Policy.ID, Version: b.Policy.Version, Name: b.Policy.Name, Service: NamedRef{o.Service, s.Name(o.Service)}, Objective: o.Target,
			Days: o.Window.Days, Calendar: o.Window.Calendar, Zone: o.Window.Zone, Weighted: o.Weighted, Owner: o.Owner, Review: o.Review,
			Description: o.Description, OpenSLO: o.OpenSLO != "", From: x.From, To: x.To, Now: x.Now, RecordSince: when(x.Since),
			State: string(x.State), Allowed: x.Allowed.Seconds(), Maintenance: x.Maintenance.Seconds(), Consumed: desk.Estimate(x.Consumed),
			Remaining: desk.Estimate(x.Remaining), Share: desk.Estimate(x.Share), Burn: desk.Estimate(x.Burn), Alerts: each(x.Alerts, burnAlert),
			Exhaustion: Exhaustion{when(x.Exhausted.Spent), when(x.Exhausted.Ongoing), when(x.Exhausted.Earliest), when(x.Exhausted.Latest), x.Exhausted.Episodes, x.Exhausted.Reason},
			Spenders:   each(x.Spenders[:min(len(x.Spenders), spenders)], spender), Shared: x.Shared, Without: desk.Estimate(x.WithoutWorst),
			Teams: each(x.Teams, part), Factors: each(x.Factors, part), Late: each(x.Late, caseRef), LateTook: x.LateTook.Seconds(),
			Unclear: unclear(x.Unclear), LeftOut: each(x.Unclear.LeftOut, func(l analytics.LeftOut) desk.LeftOut { return desk.LeftOut(l) })}
	}
}

func burnAlert(a analytics.BurnAlert) BurnAlert {
	kind := "ticket"
	if a.Page {
		kind = "page"
	}
	return BurnAlert{kind, a.Long.Seconds(), a.Short.Seconds(), a.Threshold, a.LongBurn, a.ShortBurn, a.Fires}
}

func spender(x analytics.Spender) Spender {
	return Spender{x.ID, x.Number, x.Title, x.Own, x.Alone, x.Open}
}

func part(p analytics.BudgetPart) BudgetPart { return BudgetPart(p) }

// caseRef names an incident by its number, or else its title.
func caseRef(c analytics.Case) NamedRef {
	if c.Number != "" {
		return NamedRef{c.ID, c.Number}
	}
	return NamedRef{c.ID, c.Title}
}

func unclear(u analytics.Unclear) Unclear {
	return Unclear{each(u.NoStart, caseRef), each(u.NoEnd, caseRef), each(u.Invalid, caseRef), each(u.Open, caseRef), each(u.About, caseRef), each(u.Coarse, caseRef)}
}

// Reliability is how available a service was.
type Reliability struct {
	Service     NamedRef      `json:"service"`
	From        time.Time     `json:"from"`
	To          time.Time     `json:"to"`
	Maintenance float64       `json:"maintenance_seconds" doc:"taken out, with what contracts exclude"`
	Excluded    []Excluded    `json:"excluded" doc:"what is taken out; overlaps are taken out once"`
	Any         desk.Estimate `json:"any_impact_share" doc:"no incident had impact"`
	Weighted    desk.Estimate `json:"weighted_share"`
	Composed    desk.Estimate `json:"composed_share" doc:"with what the service needs"`
	Lost        desk.Estimate `json:"lost_seconds" doc:"by weight"`
	Needs       []NeedLoss    `json:"needs"`
	Late        []NamedRef    `json:"late_maintenance" doc:"declared after it had begun"`
	LateTook    float64       `json:"late_maintenance_seconds"`
	Unclear     Unclear       `json:"unclear"`
	Cost        *Cost         `json:"cost" doc:"null: no rate is set"`
}

// NeedLoss is what a group of needed services took.
type NeedLoss struct {
	Any      bool     `json:"any"`
	Services []string `json:"services"`
	Own      float64  `json:"own_seconds" doc:"by which less would be lost had all of them always worked"`
}

// Cost is what lost time cost, as a range.
type Cost struct {
	Low      float64 `json:"low" doc:"the fewest minutes at the low rate"`
	High     float64 `json:"high" doc:"the most minutes at the high rate"`
	Currency string  `json:"currency"`
	RateLow  float64 `json:"rate_low" doc:"per minute"`
	RateHigh float64 `json:"rate_high"`
	Reason   string  `json:"reason" doc:"where the rate comes from"`
}

func reliabilityOf(s *analytics.Snapshot, r analytics.Reliability) Reliability {
	out := Reliability{Service: NamedRef{r.Service, s.Name(r.Service)}, From: r.From, To: r.To, Maintenance: r.Maintenance.Seconds(), Any: desk.Estimate(r.Any),
		Weighted: desk.Estimate(r.Weighted), Composed: desk.Estimate(r.Composed), Lost: desk.Estimate(r.Lost), Late: each(r.Late, caseRef),
		LateTook: r.LateTook.Seconds(), Unclear: unclear(r.Unclear), Needs: each(r.Needs, needLoss(s)), Excluded: each(r.Excluded, excluded)}
	if c := r.Cost; c != nil {
		out.Cost = &Cost{c.Low, c.High, c.Rate.Currency, c.Rate.Low, c.Rate.High, c.Rate.Reason}
	}
	return out
}
