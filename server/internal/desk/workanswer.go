package desk

import (
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// LoadAnswer is the load on teams, for programs.
type LoadAnswer struct {
	From     *time.Time `json:"from"`
	To       *time.Time `json:"to"`
	Teams    []TeamLoad `json:"teams" doc:"by name; no figure is about a person"`
	Teamless int        `json:"incidents_without_team"`
	Complete bool       `json:"complete" doc:"false: there are more incidents than are read; the oldest are missing"`
}

// TeamLoad is the load on one team.
type TeamLoad struct {
	Team          incident.ID        `json:"team_id"`
	Name          string             `json:"name"`
	Hours         incident.TeamHours `json:"hours"`
	HoursFrom     string             `json:"hours_from" doc:"of the team, of all teams, or standard"`
	Incidents     int                `json:"incidents"`
	Withheld      string             `json:"withheld,omitempty" doc:"why the figures about people are not given; they are then zero or null"`
	Interruptions int                `json:"interruptions"`
	Business      int                `json:"business_hours"`
	Off           int                `json:"off_hours"`
	Sleep         int                `json:"sleep_hours"`
	PerWeek       Estimate           `json:"interruptions_per_week"`
	SleepShare    Estimate           `json:"sleep_share"`
	OutsideShare  Estimate           `json:"outside_business_share"`
	Overlap       Estimate           `json:"overlap_share"`
	Gini          *float64           `json:"time_gini" doc:"how unevenly the time on incidents is spread over the team; 0 is even"`
	Escalated     Estimate           `json:"escalated_share"`
	Levels        []int              `json:"escalated_times" doc:"incidents escalated 0, 1, 2, and 3 or more times"`
	Reassigned    Estimate           `json:"reassigned_share"`
	Reopened      Estimate           `json:"reopened_share"`
}

// AnswerLoad writes a report for programs.
func AnswerLoad(r LoadReport) LoadAnswer {
	return LoadAnswer{From: pointer(r.From), To: pointer(r.To), Teamless: len(r.Teamless), Complete: r.All, Teams: groupsOf(r.Teams, func(t analytics.TeamLoad) TeamLoad {
		out := TeamLoad{Team: t.Team, Name: t.Name, Hours: t.Hours, HoursFrom: t.HoursFrom, Incidents: t.Incidents, Withheld: t.Withheld, Interruptions: t.Interruptions,
			Business: t.Business, Off: t.Off, Sleep: t.Sleep, PerWeek: Estimate(t.PerWeek), SleepShare: Estimate(t.SleepShare), OutsideShare: Estimate(t.OutsideShare),
			Overlap: Estimate(t.Overlap), Gini: t.Gini, Escalated: Estimate(t.Escalated), Levels: t.Levels, Reassigned: Estimate(t.Reassigned), Reopened: Estimate(t.Reopened)}
		return out
	})}
}

// LearningAnswer is what was made of incidents, for programs.
type LearningAnswer struct {
	Incidents    int           `json:"incidents"`
	Funnel       []FunnelStep  `json:"funnel"`
	Actions      int           `json:"action_items"`
	Done         int           `json:"action_items_done"`
	Unknown      int           `json:"action_items_of_unknown_state"`
	DoneShare    Estimate      `json:"done_share"`
	OnTime       Estimate      `json:"on_time_share"`
	Age          Estimate      `json:"age_when_done_seconds" doc:"median; open items count as far as they are"`
	Undated      int           `json:"done_without_time" doc:"in neither on_time_share nor age_when_done_seconds"`
	Ageless      int           `json:"without_age" doc:"nobody says when they were made: not in age_when_done_seconds"`
	Overdue      []OverdueItem `json:"overdue" doc:"longest overdue first"`
	Repeats      Estimate      `json:"repeat_share"`
	RepeatIDs    []incident.ID `json:"repeat_incident_ids"`
	Unclassified int           `json:"incidents_without_problem" doc:"they count as no repeats"`
	LookbackDays int           `json:"lookback_days"`
	Complete     bool          `json:"complete"`
}

// FunnelStep is one step from an incident to what was changed because of it.
type FunnelStep struct {
	Name  string   `json:"name"`
	N     int      `json:"n"`
	Share Estimate `json:"share" doc:"of all incidents"`
}

// OverdueItem is an action item that is open behind its due time.
type OverdueItem struct {
	Title    string      `json:"title"`
	URL      string      `json:"url,omitempty"`
	Due      time.Time   `json:"due"`
	Incident incident.ID `json:"incident_id"`
}

// AnswerLearning writes a report for programs.
func AnswerLearning(l analytics.Learning, complete bool) LearningAnswer {
	return LearningAnswer{Incidents: l.Incidents, Actions: l.Actions.Total, Done: l.Actions.Done, Unknown: l.Unknown, DoneShare: Estimate(l.Actions.Completion), OnTime: Estimate(l.Actions.OnTime), Age: Estimate(l.Age), Undated: l.Undated, Ageless: l.Ageless,
		Funnel: groupsOf(l.Funnel, func(s analytics.Step) FunnelStep { return FunnelStep{s.Name, s.N, Estimate(s.Share)} }),
		Overdue: groupsOf(l.Overdue, func(o analytics.OverdueItem) OverdueItem {
			return OverdueItem{o.Title, o.URL, o.Due.UTC(), o.Incident.ID}
		}),
		Repeats: Estimate(l.Repeats.Rate), RepeatIDs: append([]incident.ID{}, l.Repeats.Incidents...), Unclassified: l.Repeats.Unclassified,
		LookbackDays: int(l.Lookback.Hours() / 24), Complete: complete}
}
