package store

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hindsight/incident"
)

type noticeRow struct {
	ID         incident.ID `gorm:"primaryKey"`
	UserID     incident.ID
	Kind       incident.NoticeKind
	IncidentID incident.ID
	Place      string
	About      string
	SaidBy     string
	At         time.Time
	ReadAt     sql.NullTime
}

func newNoticeRow(n incident.Notice) noticeRow {
	return noticeRow{ID: n.ID, UserID: n.User, Kind: n.Kind, IncidentID: n.Incident, Place: n.Place, About: n.About, SaidBy: n.By, At: n.At, ReadAt: null(n.ReadAt)}
}

func (r noticeRow) value() incident.Notice {
	return incident.Notice{ID: r.ID, User: r.UserID, Kind: r.Kind, Incident: r.IncidentID, Place: r.Place, About: r.About, By: r.SaidBy, At: r.At.UTC(), ReadAt: utc(r.ReadAt)}
}

// noticesOf is the query of the notices of a user about incidents that sight sees and that exist.
func (s *Store) noticesOf(ctx context.Context, user incident.ID, sight incident.Sight) *gorm.DB {
	db := s.db.WithContext(ctx)
	seen := reader{db, s.dialect}.seen(db.Table("incidents").Select("id").Where("deleted_at IS NULL"), sight)
	return db.Table("notices").Where("user_id = ? AND incident_id IN (?)", clean(user), seen)
}

// Notices implements incident.Reader.
func (s *Store) Notices(ctx context.Context, user incident.ID, sight incident.Sight, skip, limit int) ([]incident.Notice, error) {
	var rows []noticeRow
	err := s.noticesOf(ctx, user, sight).Order("CASE WHEN read_at IS NULL THEN 0 ELSE 1 END, at DESC, id").Offset(skip).Limit(limit).Find(&rows).Error
	var out []incident.Notice
	for _, r := range rows {
		out = append(out, r.value())
	}
	return out, failed(err, "read the notices of user %s", user)
}

// Notice implements incident.Reader.
func (s *Store) Notice(ctx context.Context, id incident.ID) (*incident.Notice, error) {
	return take(ctx, s, "notices", "id", string(id), func(r noticeRow) (incident.Notice, error) { return r.value(), nil })
}

// NoticesBetween implements incident.Reader.
func (s *Store) NoticesBetween(ctx context.Context, user incident.ID, sight incident.Sight, from, to time.Time) ([]incident.Notice, error) {
	var rows []noticeRow
	err := s.noticesOf(ctx, user, sight).Where("read_at IS NULL AND at >= ? AND at < ?", clean(from), clean(to)).Order("at, id").Limit(batch).Find(&rows).Error
	var out []incident.Notice
	for _, r := range rows {
		out = append(out, r.value())
	}
	return out, failed(err, "read the notices of user %s", user)
}

// UnreadNotices implements incident.Reader.
func (s *Store) UnreadNotices(ctx context.Context, user incident.ID, sight incident.Sight) (int, error) {
	var n int64
	err := s.noticesOf(ctx, user, sight).Where("read_at IS NULL").Count(&n).Error
	return int(n), failed(err, "count the notices of user %s", user)
}

// AddNotices implements incident.Tx.
func (t *tx) AddNotices(ns []incident.Notice) (fresh []incident.Notice, err error) {
	for _, n := range last(clean(ns), func(n incident.Notice) incident.ID { return n.ID }) {
		added := t.db.Table("notices").Clauses(clause.OnConflict{DoNothing: true}).Create(new(newNoticeRow(n)))
		if added.Error != nil {
			return nil, failed(added.Error, "add notice %s", n.ID)
		}
		if added.RowsAffected > 0 {
			fresh = append(fresh, n)
		}
	}
	return fresh, nil
}

// ReadNotices implements incident.Tx.
func (t *tx) ReadNotices(user incident.ID, ids []incident.ID, at time.Time) error {
	q := t.db.Table("notices").Where("user_id = ? AND read_at IS NULL", clean(user))
	if len(ids) > 0 {
		q = q.Where(t.dialect.in("id"), array(clean(ids)))
	}
	return failed(q.Update("read_at", clean(at)).Error, "note that user %s has read notices", user)
}

// SweepNotices implements incident.Tx.
func (t *tx) SweepNotices(before time.Time) error {
	return failed(t.db.Exec("DELETE FROM notices WHERE at < ?", clean(before)).Error, "forget old notices")
}

// ForgetNotices implements incident.Tx.
func (t *tx) ForgetNotices(user incident.ID) error {
	for _, query := range []string{"DELETE FROM notices WHERE user_id = ?", "DELETE FROM outgoing WHERE recipient = ?", "DELETE FROM notice_choices WHERE user_id = ?"} {
		if err := t.db.Exec(query, clean(user)).Error; err != nil {
			return failed(err, "forget the notices of user %s", user)
		}
	}
	return nil
}
