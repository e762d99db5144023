package servicenow

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// mapRecord turns a ticket's history into a draft. Attributes are those of the last row, since they change
// along the way; resolved_at, closed_at and closed_code carry their final value on every row and so
// count only once the last row's state agrees.
func mapRecord(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	h, err := decode(raw.Body)
	if err != nil {
		return importers.Draft{}, &importers.MapError{Reason: err.Error()}
	}
	if len(h.Rows) == 0 {
		return importers.Draft{}, &importers.MapError{Reason: "the record has no rows"}
	}
	zone, err := importers.Zone(cfg.Setting(Source(), "zone"))
	if err != nil {
		return importers.Draft{}, &importers.MapError{Field: "zone", Value: cfg.Settings["zone"], Reason: err.Error()}
	}
	t := ticket{zone: zone, rows: h.rows(), draft: importers.NewIncident("incident", raw.ExternalID, incident.OriginTicket)}
	if err := t.readChanges(); err != nil {
		return importers.Draft{}, err
	}
	t.mapAttributes(raw.ExternalID)
	t.mapCustom(h.Header)
	if err := t.mapMilestones(); err != nil {
		return importers.Draft{}, err
	}
	t.mapSLA()
	t.mapHistory()
	return t.draft, nil
}

// ticket is a history on its way to a draft.
type ticket struct {
	zone  *time.Location
	rows  []row       // in time order, at least one
	at    []time.Time // of rows
	draft importers.Draft
}

func (t *ticket) last() row { return t.rows[len(t.rows)-1] }

// readChanges reads the times of the rows, without which there is no history.
func (t *ticket) readChanges() error {
	for i, r := range t.rows {
		m, err := parseTime(r.get(colUpdated), t.zone)
		if err == nil && m.At.IsZero() {
			err = errors.New("the row does not say when the ticket changed")
		}
		if err != nil {
			return &importers.MapError{Field: colUpdated, Value: r.get(colUpdated), Reason: fmt.Sprintf("change %d: %v", i+1, err)}
		}
		if m.Doubt != "" {
			t.draft.Warn(colUpdated, r.get(colUpdated), m.Doubt)
		}
		t.at = append(t.at, m.At)
	}
	return nil
}

func (t *ticket) mapAttributes(id string) {
	r, inc := t.last(), &t.draft.Incident
	inc.Number = importers.Line(id)
	inc.Description = r.get(colDescription)
	words := []string{r.get(colCategory), r.get(colSubcategory), r.get(colSymptom)}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	t.draft.SetTitle(colTitle, cmp.Or(r.get(colTitle), strings.Join(words, " / ")))
	t.draft.SetStatus(colState, r.get(colState), states)
	inc.PriorityRaw, inc.UrgencyRaw = r.get(colPriority), r.get(colUrgency)
	// "3 - Moderate": the number counts, the words may be translated.
	number, _, _ := strings.Cut(inc.PriorityRaw, " ")
	inc.Severity = t.draft.SeverityOf(colPriority, number, severities)
	inc.KnownProblem = r.get(colProblem)
	inc.ExternalUpdatedAt = t.at[len(t.at)-1]
	t.draft.AddServices(cmp.Or(r.get(colCI), r.get(colCategory)))
	t.draft.Team = importers.Line(r.get(colGroup))
	t.draft.AddPerson(r.get(colCaller), "reporter")
	t.draft.AddPerson(r.get(colOpenedBy), "author")
	t.draft.AddPerson(r.get(colAssignee), "assignee")
	t.draft.AddPerson(r.get(colResolvedBy), "resolver")
	if n, err := strconv.Atoi(r.get(colReopens)); err == nil && n >= 0 {
		inc.Reopened = &n
	}
}

// states maps the words of incident_state, and the numbers behind them, to the domain's. Waiting for a
// user or a vendor is part of the investigation; StatusRaw and the segments keep the difference.
var states = importers.Values[incident.Status]{}.With(map[string]incident.Status{
	"New": incident.Triggered, "1": incident.Triggered,
	"Active": incident.Investigating, "In Progress": incident.Investigating, "2": incident.Investigating,
	"On Hold": incident.Investigating, "3": incident.Investigating,
	"Awaiting User Info": incident.Investigating, "Awaiting Vendor": incident.Investigating,
	"Awaiting Problem": incident.Investigating, "Awaiting Evidence": incident.Investigating,
	"Resolved": incident.Resolved, "6": incident.Resolved,
	"Closed": incident.Closed, "7": incident.Closed,
	"Canceled": incident.Canceled, "Cancelled": incident.Canceled, "8": incident.Canceled,
})

// severities reads the number in front of a priority.
var severities = importers.Values[incident.Severity]{
	"1": incident.Sev1, "2": incident.Sev2, "3": incident.Sev3, "4": incident.Sev4, "5": incident.Sev5,
}

func (t *ticket) mapMilestones() error {
	r, inc := t.last(), &t.draft.Incident
	if err := t.set(incident.Opened, colOpened); err != nil {
		return err
	}
	opened := inc.Milestones.At(incident.Opened)
	if opened.IsZero() {
		return &importers.MapError{Field: colOpened, Reason: "the ticket does not say when it was opened"}
	}
	if created, err := parseTime(r.get(colCreated), t.zone); err == nil {
		inc.ExternalCreatedAt = created.At
	}
	inc.Milestones.Set(incident.Acked, t.firstResponse(), incident.ToMinute, incident.FromLog, name, colState)
	for _, end := range [...]struct {
		name    incident.MilestoneName
		column  string
		reached bool
	}{
		{incident.ResolvedAt, colResolved, inc.Status.Over()},
		{incident.ClosedAt, colClosed, inc.Status == incident.Closed},
	} {
		if !end.reached && r.get(end.column) != "" {
			t.draft.Warn(end.column, r.get(end.column), "the last state in the file is not over yet; this time was left out")
		} else if err := t.set(end.name, end.column); err != nil {
			return err
		}
	}
	t.draft.CheckOrder()
	return nil
}

// set sets a milestone from a column of the last row.
func (t *ticket) set(m incident.MilestoneName, column string) error {
	text := t.last().get(column)
	moment, err := parseTime(text, t.zone)
	if err != nil {
		return &importers.MapError{Field: column, Value: text, Reason: err.Error()}
	}
	if moment.Doubt != "" {
		t.draft.Warn(column, text, moment.Doubt)
	}
	t.draft.Incident.Milestones.Set(m, moment.At, moment.Precision, incident.FromField, name, column)
	return nil
}

// firstResponse is the earliest change of the ticket in a state other than New.
func (t *ticket) firstResponse() time.Time {
	for i, r := range t.rows {
		if state := r.get(colState); state != "" && status(state) != incident.Triggered {
			return t.at[i]
		}
	}
	return time.Time{}
}

// status is what a state means; a word in no map is unknown.
func status(state string) incident.Status {
	if s, ok := states.Of(state); ok {
		return s
	}
	return incident.StatusUnknown
}

// mapSLA keeps the platform's own verdict; the log does not say what the target was.
func (t *ticket) mapSLA() {
	made, err := strconv.ParseBool(t.last().get(colMadeSLA))
	if err != nil {
		return
	}
	breached, ms := !made, t.draft.Incident.Milestones
	t.draft.Incident.SLA = []incident.SLACycle{{
		Goal:     "resolution",
		Name:     colMadeSLA,
		Start:    ms.At(incident.Opened),
		Stop:     ms.At(incident.ResolvedAt),
		Breached: &breached,
	}}
}

// placed are the columns that an incident has a better place for than a custom value.
var placed = []string{
	colNumber, colState, colUpdated, colUpdatedBy, colCreated, colOpened, colOpenedBy, colResolved, colResolvedBy,
	colClosed, colCaller, colAssignee, colGroup, colPriority, colUrgency, colMadeSLA, colReopens, colProblem,
	colTitle, colDescription,
}

// mapCustom keeps the last value of every other column, in order of column names.
func (t *ticket) mapCustom(header []string) {
	for _, column := range header {
		if !slices.Contains(placed, column) {
			t.draft.AddCustom(column, t.last().get(column))
		}
	}
}
