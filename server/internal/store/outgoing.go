package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"hindsight/incident"
)

type outgoingRow struct {
	ID         incident.ID `gorm:"primaryKey"`
	Kind       incident.OutgoingKind
	Way        incident.OutgoingWay
	Recipient  incident.ID
	NoticeID   incident.ID
	IncidentID incident.ID
	At         time.Time
	DueAt      time.Time
	State      incident.OutgoingState
	Tries      int
	NextAt     time.Time
	EndedAt    sql.NullTime
	Address    string
	Subject    string
	Text       string
	Error      string
}

func newOutgoingRow(o incident.Outgoing) outgoingRow {
	return outgoingRow{o.ID, o.Kind, o.Way, o.To, o.Notice, o.Incident, o.At, o.DueAt, o.State, o.Tries, o.NextAt, null(o.EndedAt), o.Address, o.Subject, o.Text, o.Error}
}

func (r outgoingRow) value() incident.Outgoing {
	return incident.Outgoing{ID: r.ID, Kind: r.Kind, Way: r.Way, To: r.Recipient, Notice: r.NoticeID, Incident: r.IncidentID, At: r.At.UTC(), DueAt: r.DueAt.UTC(),
		State: r.State, Tries: r.Tries, NextAt: r.NextAt.UTC(), EndedAt: utc(r.EndedAt), Address: r.Address, Subject: r.Subject, Text: r.Text, Error: r.Error}
}

func outgoingValues(rows []outgoingRow) (out []incident.Outgoing) {
	for _, r := range rows {
		out = append(out, r.value())
	}
	return out
}

// Outgoing implements incident.Reader.
func (s *Store) Outgoing(ctx context.Context, f incident.OutgoingFilter) ([]incident.Outgoing, error) {
	q := s.db.WithContext(ctx).Table("outgoing").Order("at DESC, id").Offset(f.Skip).Limit(f.Limit)
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	if f.Way != "" {
		q = q.Where("way = ?", f.Way)
	}
	if f.Tried {
		q = q.Where("tries > 0 AND state <> ?", incident.OutgoingDropped)
	}
	var rows []outgoingRow
	err := q.Find(&rows).Error
	return outgoingValues(rows), failed(err, "read the log of deliveries")
}

// OutgoingCounts implements incident.Reader.
func (s *Store) OutgoingCounts(ctx context.Context, since time.Time) (map[incident.OutgoingState]int, error) {
	var rows []struct {
		State incident.OutgoingState
		N     int
	}
	err := s.db.WithContext(ctx).Raw("SELECT state, count(*) AS n FROM outgoing WHERE at >= ? GROUP BY state", clean(since)).Scan(&rows).Error
	out := map[incident.OutgoingState]int{}
	for _, r := range rows {
		out[r.State] = r.N
	}
	return out, failed(err, "count deliveries")
}

// AddOutgoing implements incident.Tx.
func (t *tx) AddOutgoing(os []incident.Outgoing) error {
	os = last(clean(os), func(o incident.Outgoing) incident.ID { return o.ID })
	rows := make([]outgoingRow, len(os))
	for i, o := range os {
		o.State, o.NextAt = incident.OutgoingWaiting, o.DueAt
		rows[i] = newOutgoingRow(o)
	}
	return failed(insert(t.db.Clauses(clause.OnConflict{DoNothing: true}), "outgoing", rows), "add outgoing messages")
}

// ClaimOutgoing implements incident.Tx.
func (t *tx) ClaimOutgoing(way incident.OutgoingWay, now, until time.Time) (*incident.Outgoing, error) {
	lock := t.dialect.lock()
	if lock != "" {
		lock += " SKIP LOCKED" // another replica is about to have those
	}
	var rows []outgoingRow
	err := t.db.Raw(`UPDATE outgoing SET tries = tries + 1, next_at = ? WHERE id IN (
		SELECT id FROM outgoing WHERE state = 'waiting' AND way = ? AND next_at <= ? ORDER BY next_at, id LIMIT 1`+lock+`) RETURNING *`,
		clean(until), way, clean(now)).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, failed(err, "claim an outgoing message")
	}
	return new(rows[0].value()), nil
}

// SettleOutgoing implements incident.Tx.
func (t *tx) SettleOutgoing(o incident.Outgoing) error {
	row := newOutgoingRow(clean(o))
	done := t.db.Table("outgoing").Where("id = ? AND state = 'waiting' AND tries = ?", row.ID, row.Tries).
		Select("state", "next_at", "ended_at", "address", "subject", "text", "error").Updates(&row)
	if done.Error == nil && done.RowsAffected == 0 {
		done.Error = fmt.Errorf("somebody else has it: %w", incident.ErrConflict)
	}
	return failed(done.Error, "settle outgoing message %s", o.ID)
}

// RetryOutgoing implements incident.Tx.
func (t *tx) RetryOutgoing(id incident.ID, at time.Time) error {
	done := t.db.Exec("UPDATE outgoing SET state = 'waiting', tries = 0, next_at = ?, ended_at = NULL WHERE id = ? AND state = 'failed'", clean(at), clean(id))
	if done.Error == nil && done.RowsAffected == 0 {
		done.Error = fmt.Errorf("it is not set aside: %w", incident.ErrConflict)
	}
	if done.Error == nil {
		t.Note(incident.AuditNote{Action: incident.AuditStarted, Object: incident.AuditObject{Kind: "outgoing message", ID: id}})
	}
	return failed(done.Error, "send message %s again", id)
}

// SweepOutgoing implements incident.Tx.
func (t *tx) SweepOutgoing(texts, all time.Time) error {
	err := t.db.Exec("UPDATE outgoing SET subject = '', text = '' WHERE at < ? AND state <> 'waiting' AND text <> ''", clean(texts)).Error
	if err == nil {
		err = t.db.Exec("DELETE FROM outgoing WHERE at < ?", clean(all)).Error
	}
	return failed(err, "forget old messages")
}

type noticeChoiceRow struct {
	UserID incident.ID `gorm:"primaryKey"`
	Zone   string
	Ways   string
}

func (r noticeChoiceRow) value() (incident.NoticeChoice, error) {
	c := incident.NoticeChoice{User: r.UserID, Zone: r.Zone}
	err := json.Unmarshal([]byte(r.Ways), &c.Ways)
	return c, err
}

// NoticeChoices implements incident.Reader.
func (s *Store) NoticeChoices(ctx context.Context) ([]incident.NoticeChoice, error) {
	return readAll(ctx, s, "notice_choices", noticeChoiceRow.value, func(c incident.NoticeChoice) (string, incident.ID) { return "", c.User })
}

// PutNoticeChoice implements incident.Tx.
func (t *tx) PutNoticeChoice(c incident.NoticeChoice) error {
	c = clean(c)
	ways, err := json.Marshal(c.Ways)
	if err == nil {
		err = upsert(t.db, "notice_choices", []noticeChoiceRow{{c.User, c.Zone, string(ways)}}, "user_id")
	}
	return failed(err, "put how user %s is told", c.User)
}
