package manifest

import (
	"time"

	"hindsight/incident"
)

// In these types a field without omitempty must be given. The tag ref names the kind of object that a text names.

// ServiceSpec is the spec of a Service.
type ServiceSpec struct {
	Team    string      `yaml:"team,omitempty" ref:"Team" doc:"whose it is"`
	Tier    int         `yaml:"tier,omitempty" doc:"how much depends on it; 1 is most, 0 unset"`
	Aliases []string    `yaml:"aliases,omitempty" doc:"other names that sources use for it"`
	Needs   []NeedsSpec `yaml:"needs,omitempty" doc:"services that it cannot do without"`
	Cost    *CostSpec   `yaml:"cost,omitempty" doc:"what a minute without it costs"`
}

// NeedsSpec is a group of services of which all, or any one, must work.
type NeedsSpec struct {
	Any      bool     `yaml:"any,omitempty" doc:"one of them is enough; false: each is needed"`
	Services []string `yaml:"services,flow" ref:"Service" doc:"which"`
}

// CostSpec is the spec of a CostRate, and the cost of a service.
type CostSpec struct {
	Low      float64 `yaml:"low" doc:"per minute of full impact, in currency"`
	High     float64 `yaml:"high" doc:"the other end of the range"`
	Currency string  `yaml:"currency" doc:"ISO 4217: EUR"`
	Reason   string  `yaml:"reason" doc:"where the range comes from"`
}

// TeamSpec is the spec of a Team.
type TeamSpec struct {
	Members []string   `yaml:"members,omitempty" ref:"user" doc:"names of users; left as they are when this is missing, nobody for []"`
	Hours   *HoursSpec `yaml:"hours,omitempty" doc:"when its people work and sleep; those of WorkingHours when missing"`
}

// HoursSpec is the spec of WorkingHours, and the hours of a team.
type HoursSpec struct {
	Zone     string        `yaml:"zone" doc:"IANA name: Europe/Berlin"`
	Business WeekSpec      `yaml:"business" doc:"hours of work"`
	Sleep    incident.Hour `yaml:"sleep" doc:"of every night: 22:00-08:00"`
}

// WeekSpec is hours by day of the week, each as 09:00-17:30. One whose end is not behind its beginning ends on the next day.
type WeekSpec struct {
	Monday    []incident.Hour `yaml:"monday,omitempty,flow" doc:"[09:00-12:00, 13:00-17:30]"`
	Tuesday   []incident.Hour `yaml:"tuesday,omitempty,flow"`
	Wednesday []incident.Hour `yaml:"wednesday,omitempty,flow"`
	Thursday  []incident.Hour `yaml:"thursday,omitempty,flow"`
	Friday    []incident.Hour `yaml:"friday,omitempty,flow"`
	Saturday  []incident.Hour `yaml:"saturday,omitempty,flow"`
	Sunday    []incident.Hour `yaml:"sunday,omitempty,flow"`
}

// CalendarSpec is the spec of a Calendar.
type CalendarSpec struct {
	Always bool      `yaml:"always,omitempty" doc:"every second counts, and the rest is ignored"`
	Zone   string    `yaml:"zone,omitempty" doc:"IANA name: Europe/Berlin"`
	Weekly WeekSpec  `yaml:"weekly,omitempty" doc:"hours of business"`
	Days   []DaySpec `yaml:"days,omitempty" doc:"dates whose hours replace the weekly ones"`
}

// DaySpec is a date with hours of its own.
type DaySpec struct {
	Date  string          `yaml:"date" doc:"2026-12-25"`
	Name  string          `yaml:"name,omitempty"`
	Hours []incident.Hour `yaml:"hours,omitempty,flow" doc:"none for a holiday"`
}

// ContractSpec is the spec of a Contract.
type ContractSpec struct {
	Customer   string          `yaml:"customer,omitempty" doc:"for people"`
	Zone       string          `yaml:"zone,omitempty" doc:"where its days begin; UTC when missing"`
	From       string          `yaml:"from,omitempty" doc:"first day in force: 2026-01-01"`
	Until      string          `yaml:"until,omitempty" doc:"first day no longer in force"`
	Window     WindowSpec      `yaml:"window" doc:"over which stretch of time compliance is stated"`
	Promises   []PromiseSpec   `yaml:"promises" doc:"what is promised"`
	Exclusions []ExclusionSpec `yaml:"exclusions,omitempty" doc:"time that does not count"`
}

// WindowSpec is the stretch of time over which compliance is stated.
type WindowSpec struct {
	Every incident.Every `yaml:"every" doc:"month, quarter, year or rolling"`
	Days  int            `yaml:"days,omitempty" doc:"of a rolling one"`
}

// PromiseSpec is one clock of a contract.
type PromiseSpec struct {
	Name       string          `yaml:"name" doc:"unique within the contract"`
	Span       string          `yaml:"span" doc:"where the clock starts and stops: opened..resolved"`
	Within     Length          `yaml:"within" doc:"4h, 90m, 1h30m"`
	Goal       float64         `yaml:"goal" doc:"share of clocks that must meet it, above 0 and at most 1"`
	Priorities []string        `yaml:"priorities,omitempty" doc:"only incidents with one of these, as the source writes them"`
	Severities []Severity      `yaml:"severities,omitempty,flow" doc:"only incidents with one of these: SEV1 to SEV5, unset"`
	Services   []string        `yaml:"services,omitempty" ref:"Service" doc:"only incidents of one of these"`
	PauseIn    []string        `yaml:"pause_in,omitempty" doc:"statuses in which the clock stands still"`
	CancelOn   []string        `yaml:"cancel_on,omitempty" doc:"statuses that take the clock away"`
	Reopen     incident.Reopen `yaml:"reopen,omitempty" doc:"resume or reset; missing: the clock runs on"`
	Calendar   string          `yaml:"calendar,omitempty" ref:"Calendar" doc:"in whose business time it counts; every second when missing"`
}

// ExclusionSpec is time that does not count.
type ExclusionSpec struct {
	AppliesTo  incident.AppliesTo `yaml:"applies_to,omitempty" doc:"clocks or availability; both when missing"`
	From       time.Time          `yaml:"from" doc:"2026-01-31T08:00:00Z"`
	Until      time.Time          `yaml:"until"`
	Services   []string           `yaml:"services,omitempty" ref:"Service" doc:"of incidents of one of these; all when missing"`
	Reason     string             `yaml:"reason"`
	Approver   string             `yaml:"approver"`
	ApprovedAt time.Time          `yaml:"approved_at"`
}

// ObjectiveSpec is the spec of an Objective.
type ObjectiveSpec struct {
	Service     string              `yaml:"service" ref:"Service"`
	Target      float64             `yaml:"target" doc:"share of the window, above 0 and below 1: 0.999"`
	Window      ObjectiveWindowSpec `yaml:"window" doc:"the time that an error budget is for"`
	Weighted    bool                `yaml:"weighted,omitempty" doc:"a minute counts by the severity of its incident (ImpactWeights)"`
	Owner       string              `yaml:"owner,omitempty" doc:"a team or a person, as people write it"`
	Review      string              `yaml:"review,omitempty" doc:"date by which it is to be looked at again"`
	Description string              `yaml:"description,omitempty"`
}

// ObjectiveWindowSpec is the last so many days, or a stretch of the calendar.
type ObjectiveWindowSpec struct {
	Days     int    `yaml:"days,omitempty" doc:"rolling, 1 to 366"`
	Calendar string `yaml:"calendar,omitempty" doc:"month or quarter, instead of days"`
	Zone     string `yaml:"zone,omitempty" doc:"in which the calendar's days begin; UTC when missing"`
}

// DurationSpec is the spec of a Duration.
type DurationSpec struct {
	From     []incident.MilestoneName `yaml:"from,flow" doc:"milestones; the earliest known counts"`
	To       []incident.MilestoneName `yaml:"to,flow" doc:"likewise"`
	Calendar string                   `yaml:"calendar,omitempty" ref:"Calendar" doc:"in whose business time it is counted; wall clock when missing"`
}

// DeliverySpec is the spec of the DeliveryRule.
type DeliverySpec struct {
	Cap          Length   `yaml:"cap" doc:"longest time from a deployment to an incident that is laid to it, in whole minutes: 4h"`
	Environments []string `yaml:"environments,flow" doc:"where users are, in any case"`
}

// WeightsSpec is the spec of ImpactWeights.
type WeightsSpec struct {
	Shares map[string]float64 `yaml:"shares" doc:"0 to 1 for each of SEV1 to SEV5 and unset"`
	Sum    bool               `yaml:"sum,omitempty" doc:"incidents at one time add up, to 1 at most; false: the worst counts"`
}

// RetentionSpec is the spec of Retention.
type RetentionSpec struct {
	RawDays       int               `yaml:"raw_days,omitempty" doc:"raw records of what is over, since they were received"`
	NoteDays      int               `yaml:"note_days,omitempty" doc:"private notes in timelines, since they were written"`
	IncidentYears int               `yaml:"incident_years,omitempty" doc:"incidents that are over, since they began"`
	Incidents     incident.Disposal `yaml:"incidents,omitempty" doc:"strip: what figures need stays, words and people go; delete: figures of the past change"`
	AuditDays     int               `yaml:"audit_days,omitempty" doc:"entries of the audit log; 90 or more"`
	SessionDays   int               `yaml:"session_days,omitempty" doc:"sessions, since they were last seen"`
}

// ConnectionSpec is the spec of a Connection.
type ConnectionSpec struct {
	Source   string                `yaml:"source" doc:"name of the source; it cannot change later"`
	Settings map[string]string     `yaml:"settings,omitempty" doc:"those of the source that are no secrets"`
	Secrets  map[string]SecretSpec `yaml:"secrets,omitempty" doc:"where the secret settings come from; one that is not named is left as it is"`
	Exclude  string                `yaml:"exclude,omitempty" doc:"keeps all its incidents out of reliability numbers, and why"`
	Follow   bool                  `yaml:"follow,omitempty" doc:"polled and compared by itself"`
}

// SecretSpec says where a secret comes from. Files never hold one.
type SecretSpec struct {
	Env string `yaml:"env" doc:"environment variable of the command apply; when it is not set, the stored secret is left as it is"`
}

// MappingSpec is the spec of a Mapping, in the shape of the source.
type MappingSpec map[string]any
