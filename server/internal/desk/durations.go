package desk

import (
	"context"
	"strings"

	"hindsight/analytics"
	"hindsight/incident"
)

// SaveDuration puts a duration in force under a name: a new one, or a new version of the one that has the name. A name of a
// figure that the program itself defines is ErrInvalid.
func (d *Desk) SaveDuration(ctx context.Context, name string, body incident.UserDuration, by, note string) (incident.Seq, error) {
	name = strings.TrimSpace(name)
	if err := DurationName(name); err != nil {
		return 0, err
	}
	if err := body.Validate(); err != nil {
		return 0, err
	}
	if body.Calendar != "" {
		all, err := d.Store.Policies(ctx)
		if err != nil {
			return 0, err
		}
		i := -1
		for j, c := range all {
			if c.Kind == incident.CalendarPolicy && (c.ID == body.Calendar || incident.Slug(c.Name) == incident.Slug(string(body.Calendar))) {
				i = j
			}
		}
		if i < 0 {
			return 0, incident.Invalidf("calendar", "there is no calendar %q", body.Calendar)
		}
		body.Calendar = all[i].ID
	}
	_, seq, err := d.saveDraft(ctx, policyDraft{ID: incident.DurationPolicyID(name), Kind: incident.DurationPolicy, Name: name, Body: body, Note: note, By: by})
	return seq, err
}

// DurationName returns ErrInvalid for a name that no duration can have.
func DurationName(name string) error {
	slug := incident.Slug(name)
	if slug == "" || len(name) > 100 {
		return incident.Invalidf("name", "give 1 to 100 characters, with a letter or a digit")
	}
	for _, id := range []string{slug, strings.ReplaceAll(slug, "-", "_")} {
		if _, err := analytics.FindMetric(id); err == nil {
			return incident.Invalidf("name", "%q is a figure already; give another name", name)
		}
	}
	return nil
}

// RemoveDuration takes a duration back, by its id as a metric. Its versions stay on record.
func (d *Desk) RemoveDuration(ctx context.Context, metric, by string) (incident.Seq, error) {
	return d.RemovePolicy(ctx, incident.DurationPolicyID(metric), incident.DurationPolicy, by)
}
