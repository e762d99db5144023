package store

import (
	"context"
	"database/sql"
	"time"

	"hindsight/incident"
)

type retroCommentRow struct {
	ID          incident.ID `gorm:"primaryKey"`
	IncidentID  incident.ID
	Version     int
	Slug        string
	Answers     incident.ID
	Quote       string
	QuoteFrom   int
	QuoteTo     int
	TextVersion int
	Words       string
	UserID      incident.ID
	SaidBy      string
	At          time.Time
	ResolvedAt  sql.NullTime
	ResolvedBy  string
	RemovedAt   sql.NullTime
	About       string
	QuoteBefore string
	QuoteAfter  string
}

func (r retroCommentRow) value() (incident.RetroComment, error) {
	return incident.RetroComment{ID: r.ID, Incident: r.IncidentID, Version: r.Version, Slug: r.Slug, Answers: r.Answers, Quote: r.Quote, From: r.QuoteFrom,
		To: r.QuoteTo, TextVersion: r.TextVersion, Text: r.Words, User: r.UserID, By: r.SaidBy, At: r.At.UTC(), ResolvedAt: utc(r.ResolvedAt),
		ResolvedBy: r.ResolvedBy, RemovedAt: utc(r.RemovedAt), Row: r.About, Before: r.QuoteBefore, After: r.QuoteAfter}, nil
}

// RetroComments implements incident.Reader.
func (s *Store) RetroComments(ctx context.Context, id incident.ID) ([]incident.RetroComment, error) {
	var rows []retroCommentRow
	err := s.db.WithContext(ctx).Table("retro_comments").Where("incident_id = ? AND removed_at IS NULL", id).Order("at, id").Find(&rows).Error
	out := make([]incident.RetroComment, len(rows))
	for i, r := range rows {
		out[i], _ = r.value()
	}
	return out, failed(err, "read the comments on the retrospective of incident %s", id)
}

// PutRetroComment implements incident.Tx.
func (t *tx) PutRetroComment(c incident.RetroComment) error {
	c = clean(c)
	before, err := held(t, "retro_comments", "id", string(c.ID), retroCommentRow.value)
	if err == nil {
		err = successor(before, c.Version, func(b *incident.RetroComment) int { return b.Version })
	}
	if err == nil {
		t.recordPart("comment", c.Incident, c.ID, c.Slug, before, &c)
		row := retroCommentRow{c.ID, c.Incident, c.Version, c.Slug, c.Answers, c.Quote, c.From, c.To, c.TextVersion, c.Text, c.User, c.By, c.At,
			null(c.ResolvedAt), c.ResolvedBy, null(c.RemovedAt), c.Row, c.Before, c.After}
		err = upsert(t.db, "retro_comments", []retroCommentRow{row}, "id")
	}
	if err == nil {
		err = t.beatOf(c.Incident)
	}
	return failed(err, "put a comment on the retrospective of incident %s", c.Incident)
}
