package incident

import (
	"strings"
	"time"
)

// ObjectivePolicy is the kind of policies whose body is an Objective. The policy's name is the objective's.
const ObjectivePolicy PolicyKind = "objective"

// Objective promises that a service loses at most a share of its time (Site Reliability Workbook, chapter 2). Time is lost
// while incidents have impact on the service.
type Objective struct {
	Service     ID              `json:"service"`
	Target      float64         `json:"objective"` // share of the window, above 0 and below 1: 0.999
	Window      ObjectiveWindow `json:"window"`
	Weighted    bool            `json:"weighted,omitempty"` // a minute counts by the severity of its incident (ImpactWeights); false: in full
	Owner       string          `json:"owner,omitempty"`    // a team or a person, as people write it
	Review      string          `json:"review,omitempty"`   // date by which it is to be looked at again: "2027-03-31"
	Description string          `json:"description,omitempty"`
	// OpenSLO is the document that the objective was read from, as JSON, with what cannot be measured here; empty for those
	// made here.
	OpenSLO string `json:"openslo,omitempty"`
}

// ObjectiveWindow is the time that an error budget is for: the last Days days of 24 hours, or a stretch of the calendar.
type ObjectiveWindow struct {
	Days     int    `json:"days,omitempty"`     // rolling, 1 to 366; 0: a calendar window
	Calendar string `json:"calendar,omitempty"` // CalendarMonth or CalendarQuarter; empty: a rolling window
	Zone     string `json:"zone,omitempty"`     // IANA name of the zone in which the calendar's days begin; empty: UTC
}

// The calendar windows.
const (
	CalendarMonth   = "month"
	CalendarQuarter = "quarter"
)

const longestWindow = 366

// Location returns the zone of a calendar window; UTC where none, or one that is not known, is named.
func (w ObjectiveWindow) Location() *time.Location {
	zone, err := time.LoadLocation(w.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// Validate returns ErrInvalid, naming the field, when the objective cannot be kept.
func (o Objective) Validate() error {
	switch {
	case o.Service == "":
		return Invalidf("service", "choose the service that the objective is about")
	case !(o.Target > 0 && o.Target < 1): // so written, for NaN is neither
		return Invalidf("objective", "give a share above 0 and below 1, such as 0.999; an objective of 1 leaves no budget")
	case len(o.Owner) > 200:
		return Invalidf("owner", "give at most 200 characters")
	case len(o.Description) > 2000:
		return Invalidf("description", "give at most 2000 characters")
	}
	if _, err := time.Parse(time.DateOnly, o.Review); err != nil && o.Review != "" {
		return Invalidf("review", "%q is not a date; write one such as 2027-03-31", o.Review)
	}
	return o.Window.validate()
}

func (w ObjectiveWindow) validate() error {
	switch {
	case w.Calendar == "" && (w.Days < 1 || w.Days > longestWindow):
		return Invalidf("window", "give 1 to %d days, or a calendar month or quarter", longestWindow)
	case w.Calendar != "" && w.Days != 0:
		return Invalidf("window", "give either days or a calendar month or quarter, not both")
	case w.Calendar != "" && w.Calendar != CalendarMonth && w.Calendar != CalendarQuarter:
		return Invalidf("window", "%q is no window; there are %s and %s", w.Calendar, CalendarMonth, CalendarQuarter)
	}
	if _, err := time.LoadLocation(w.Zone); err != nil || w.Zone == "Local" || strings.Contains(w.Zone, "..") {
		return Invalidf("zone", "%q is not a time zone; write one such as Europe/Berlin", w.Zone)
	}
	return nil
}
