package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"iter"
	"time"

	"gorm.io/gorm"

	"hindsight/incident"
)

const defaultPage = 50

// order is one way to sort incidents, or what else is listed: by a column, then by id in the same direction, so that an index
// serves it from either end.
type order struct {
	by   string
	desc bool
	key  func(incidentRow) int64
	arg  func(key int64) any // the key as the column holds it
}

func orderOf(sort incident.Sort) (order, error) {
	number := func(key int64) any { return key }
	started := func(r incidentRow) int64 { return r.StartedAt.UnixMicro() }
	switch sort {
	case incident.NewestFirst, "":
		return order{"started_at", true, started, moment}, nil
	case incident.OldestFirst:
		return order{"started_at", false, started, moment}, nil
	case incident.WorstFirst: // 0, unknown, comes last
		return order{"((severity + 5) % 6)", false, func(r incidentRow) int64 { return int64(r.Severity+5) % 6 }, number}, nil
	case incident.RecentlyMoved:
		return order{"seq", true, func(r incidentRow) int64 { return int64(r.Seq) }, number}, nil
	}
	return order{}, incident.Invalidf("sort", "%q is not an order of incidents", sort)
}

// moment is the arg of orders by a time.
func moment(key int64) any { return time.UnixMicro(key).UTC() }

// cursor is the place behind one entity in an order.
type cursor struct {
	Sort incident.Sort `json:"s"`
	Key  int64         `json:"k"`
	ID   incident.ID   `json:"i"`
}

func (c cursor) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		panic("store: a cursor always makes JSON: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func parseCursor(text string, sort incident.Sort) (cursor, error) {
	var c cursor
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(plain, &c)
	}
	if err != nil || c.ID == "" || c.Sort != sort || clean(c) != c {
		return cursor{}, incident.Invalidf("after", "%q is not where a page in the order %q ended", text, sort)
	}
	return c, nil
}

// behind is parseCursor for lists that may begin anywhere: no text is the beginning.
func behind(text string, sort incident.Sort) (cursor, error) {
	if text == "" {
		return cursor{}, nil
	}
	return parseCursor(text, sort)
}

// Incidents implements incident.Reader.
func (s *Store) Incidents(ctx context.Context, f incident.Filter) iter.Seq2[*incident.Incident, error] {
	return func(yield func(*incident.Incident, error) bool) {
		left := f.Limit
		for {
			f.Limit = batch
			if left > 0 {
				f.Limit = min(batch, left)
			}
			incs, _, next, err := s.page(ctx, f, false)
			if err != nil {
				yield(nil, failed(err, "list incidents"))
				return
			}
			for _, inc := range incs {
				if !yield(inc, nil) {
					return
				}
			}
			if next == "" || left > 0 && left == len(incs) {
				return
			}
			left = max(left-len(incs), 0)
			f.After = next
		}
	}
}

// Page implements incident.Reader.
func (s *Store) Page(ctx context.Context, f incident.Filter) (incs []*incident.Incident, total int, next string, err error) {
	if f.Limit <= 0 {
		f.Limit = defaultPage
	}
	incs, total, next, err = s.page(ctx, f, true)
	return incs, total, next, failed(err, "page of incidents")
}

// page reads f.Limit incidents behind f.After, and their total if count is true.
func (s *Store) page(ctx context.Context, f incident.Filter, count bool) (incs []*incident.Incident, total int, next string, err error) {
	f = clean(f)
	o, err := orderOf(f.Sort)
	if err != nil {
		return nil, 0, "", err
	}
	behind, err := behind(f.After, f.Sort)
	if err != nil {
		return nil, 0, "", err
	}
	err = s.view(ctx, func(r reader) error {
		if count {
			var n int64
			if err := r.selected(f).Count(&n).Error; err != nil {
				return err
			}
			total = int(n)
		}
		var rows []incidentRow
		q := o.apply(r.selected(f), behind)
		if err := q.Limit(f.Limit + 1).Find(&rows).Error; err != nil { // one more tells whether there is a next page
			return err
		}
		if len(rows) > f.Limit {
			rows = rows[:f.Limit]
			end := rows[f.Limit-1]
			next = cursor{f.Sort, o.key(end), end.ID}.String()
		}
		incs, err = r.whole(rows)
		return err
	})
	return incs, total, next, err
}

func (o order) apply(q *gorm.DB, behind cursor) *gorm.DB {
	direction, comparison := "", " > "
	if o.desc {
		direction, comparison = " DESC", " < "
	}
	if behind.ID != "" {
		q = q.Where("("+o.by+", id)"+comparison+"(?, ?)", o.arg(behind.Key), behind.ID)
	}
	return q.Order(o.by + direction + ", id" + direction)
}

// selected is the query of what f selects, without order, cursor and limit.
func (r reader) selected(f incident.Filter) *gorm.DB {
	q := r.db.Table("incidents")
	oneOf := func(column string, n int, values any) {
		if n > 0 {
			q = q.Where(column+" IN ?", values)
		}
	}
	listed := func(condition string, n int, values string) {
		if n > 0 {
			q = q.Where(condition, values)
		}
	}
	oneOf("severity", len(f.Severities), f.Severities)
	oneOf("status", len(f.Statuses), f.Statuses)
	oneOf("kind", len(f.Kinds), f.Kinds)
	oneOf("origin", len(f.Origins), f.Origins)
	oneOf("team_id", len(f.Teams), f.Teams)
	oneOf("priority_raw", len(f.Priorities), f.Priorities)
	oneOf("connection_id", len(f.Connections), f.Connections)
	oneOf("number", len(f.Numbers), f.Numbers)
	oneOf("same_as", len(f.SameAs), f.SameAs)
	if len(f.PartOf) > 0 {
		q = q.Where("(parent_id <> '' AND parent_id IN ? OR merged_into <> '' AND merged_into IN ? OR duplicate_of <> '' AND duplicate_of IN ?)", f.PartOf, f.PartOf, f.PartOf)
	}

	uses := "id IN (SELECT incident_id FROM service_uses WHERE " + r.dialect.in("service_id") + ")"
	listed(r.dialect.in("id"), len(f.IDs), array(f.IDs))
	listed(uses, len(f.Services), array(f.Services))
	listed("NOT "+uses, len(f.NotServices), array(f.NotServices))
	listed("id IN (SELECT incident_id FROM incident_tags WHERE "+r.dialect.in("tag")+")", len(f.Tags), array(f.Tags))
	return r.bounded(q, f)
}

// seen leaves out the private incidents that a sight does not see.
func (r reader) seen(q *gorm.DB, s incident.Sight) *gorm.DB {
	switch {
	case s.All:
		return q
	case s.Blind():
		return q.Where("NOT private")
	}
	teams := array(s.Teams)
	return q.Where("(NOT private OR team_id <> '' AND "+r.dialect.in("team_id")+" OR id IN (SELECT incident_id FROM incident_audience WHERE kind = 'user' AND member_id = ? OR kind = 'team' AND "+
		r.dialect.in("member_id")+"))", teams, s.User, teams)
}

// bounded adds the period and the three switches. An incident of unknown start is in no period.
func (r reader) bounded(q *gorm.DB, f incident.Filter) *gorm.DB {
	if !f.From.IsZero() {
		q = q.Where("started_at >= ?", f.From)
	}
	if !f.To.IsZero() {
		q = q.Where("started_at < ?", f.To)
	}
	if !f.From.IsZero() || !f.To.IsZero() {
		q = q.Where("started_at > ?", time.Time{})
	}
	q = r.seen(q, f.Sight)
	if !f.Deleted {
		q = q.Where("deleted_at IS NULL")
	}
	if f.Counted {
		q = q.Where("counted")
	}
	return q
}
