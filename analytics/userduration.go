package analytics

import (
	"encoding/json"
	"fmt"
	"slices"

	"hindsight/incident"
)

// FindMetric returns the metric with an id as of the snapshot: one of Metrics, a duration that people here defined, by the slug of its
// name, or a span written "from..to". It returns incident.ErrInvalid when id is none of these, or when the calendar of a
// duration cannot be used.
func (s *Snapshot) FindMetric(id string) (Metric, error) {
	m, err := FindMetric(id)
	if err == nil {
		return m, nil
	}
	all := s.Policies(incident.DurationPolicy)
	if i := slices.IndexFunc(all, func(p incident.Policy) bool { return incident.Slug(p.Name) == id }); i >= 0 {
		return DurationMetric(all[i], s.policies)
	}
	return m, err
}

// UserMetrics returns the durations that people here defined, by name; those that cannot be counted are left out.
func (s *Snapshot) UserMetrics() []Metric {
	var out []Metric
	for _, p := range s.Policies(incident.DurationPolicy) {
		if m, err := DurationMetric(p, s.policies); err == nil {
			out = append(out, m)
		}
	}
	return out
}

// DurationMetric makes a version of a duration a metric, with versions of calendars among policies. To count as of an earlier
// time, hand it the versions of then. It returns incident.ErrInvalid when it cannot be counted.
func DurationMetric(p incident.Policy, policies []incident.Policy) (Metric, error) {
	var d incident.UserDuration
	if err := json.Unmarshal(p.Body, &d); err != nil {
		return Metric{}, incident.Invalidf("metric", "the duration %s cannot be read: %v", p.Name, err)
	}
	if err := d.Validate(); err != nil {
		return Metric{}, err
	}
	m := Metric{ID: incident.Slug(p.Name), Title: p.Name, Span: d.Span(), Unit: Seconds, Population: spanPopulation, FewerIsBetter: true,
		Definition: fmt.Sprintf("from the first known of %s to the first known of %s, in wall-clock time", words(d.From), words(d.To)),
		Source:     fmt.Sprintf("version %d, saved here by %s on %s", p.Version, p.SavedBy, p.SavedAt.Format("2 Jan 2006"))}
	if d.Calendar == "" {
		return m, nil
	}
	h := Agreement{calendars: map[incident.ID]hours{}}
	if err := h.need(d.Calendar, policies); err != nil {
		return m, incident.Invalidf("metric", "%s cannot be counted: %v", p.Name, err)
	}
	of := h.calendars[d.Calendar]
	m.Calendar = of.Calendar
	m.Definition = fmt.Sprintf("from the first known of %s to the first known of %s, in the business time of %s (version %d)", words(d.From), words(d.To), of.name, of.version)
	return m, nil
}

func words(names []incident.MilestoneName) string {
	text := ""
	for i, n := range names {
		if i > 0 {
			text += " or "
		}
		text += string(n)
	}
	return text
}

// duration measures the span of the query in row r, in microseconds of wall-clock or, with a calendar, of business time.
func (p *population) duration(r row, now int64) (incident.DurationState, int64) {
	state, value := r.duration(r.i, p.span, now)
	if p.q.Calendar == nil || value == 0 {
		return state, value
	}
	from := r.earliest(r.i, p.span.from)
	return state, p.q.Calendar.Elapsed(from, from+value)
}
