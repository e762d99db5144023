package jobs

import (
	"hindsight/importers"
	"hindsight/incident"
)

func (p *pass) completeRunbook(d *importers.Draft, raw incident.Raw) error {
	r := d.Runbook
	r.ID, r.Ref = "", p.completeRef(r.Ref, raw)
	r.RawID, r.MapVersion = raw.ID, p.conn.MapVersion
	r.Tags = incident.SortTags(r.Tags)
	if r.Title = importers.Line(r.Title); r.Title == "" {
		r.Title = noTitle
		d.Warn("title", "", "the record has no title")
	}
	if u := importers.WebURL(r.URL); u != r.URL {
		d.Warn("url", r.URL, "this is no http or https address; it was not made a link")
		r.URL = u
	}
	return fieldError("", r.Validate())
}

// layRunbook is lay for records that are runbooks. What was read last counts: files do not say when they were changed.
func (d *desk) layRunbook(it *item) (effect, []string, error) {
	next := *it.draft.Runbook
	next.ID = next.Ref.RunbookID()
	stored, err := d.runbooks.get(next.ID)
	if err != nil {
		return kept, nil, err
	}
	if it.raw.Gone {
		return d.removeRunbook(stored), nil, nil
	}
	return shelve(&d.runbooks, next.ID, it, stored, next)
}

// removeRunbook is removeChange for runbooks; a tombstone keeps the title, so that incidents in which it was used can name it.
func (d *desk) removeRunbook(stored *incident.Runbook) effect {
	if stored == nil || stored.Deleted() {
		return kept
	}
	next := incident.Runbook{ID: stored.ID, Ref: stored.Ref, Title: stored.Title, RawID: stored.RawID, MapVersion: stored.MapVersion,
		DeletedAt: d.clock(), DeletedReason: deletedAtSource}
	d.runbooks.put(next.ID, next)
	return altered
}
