package store

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"hindsight/incident"
)

// channel is what PostgreSQL tells its listeners through.
const channel = "hindsight_feed"

// touch notes that the transaction has changed an entity.
func (t *tx) touch(kind incident.EntityKind, id incident.ID, gone bool) {
	if t.touched[kind] == nil {
		t.touched[kind] = map[incident.ID]bool{}
	}
	t.touched[kind][id] = gone
}

// number takes the transaction's number in the change feed and writes it to all that was touched. It is
// the last thing that a transaction does: from here to the commit nobody else gets a number, so that
// numbers become visible in their order. It returns 0 when nothing was touched.
func (t *tx) number() (incident.Seq, error) {
	if len(t.touched) == 0 {
		return 0, nil
	}
	var seq incident.Seq
	err := t.db.Raw("UPDATE feed_head SET seq = seq + 1 RETURNING seq").Scan(&seq).Error
	if err != nil {
		return 0, failed(err, "take a number")
	}
	for _, kind := range slices.Sorted(maps.Keys(t.touched)) {
		if err := t.publish(kind, seq); err != nil {
			return 0, failed(err, "publish %s changes", kind)
		}
	}
	if t.dialect == postgresDialect {
		err = t.db.Exec("NOTIFY " + channel).Error
	}
	return seq, failed(err, "notify followers")
}

func (t *tx) publish(kind incident.EntityKind, seq incident.Seq) error {
	ids := map[bool][]incident.ID{}
	for id, gone := range t.touched[kind] {
		ids[gone] = append(ids[gone], id)
	}
	for gone, some := range ids {
		err := t.db.Exec(`INSERT INTO changes (kind, id, seq, gone)
			SELECT CAST(? AS text), value, CAST(? AS bigint), CAST(? AS boolean) FROM (`+t.dialect.list()+`) AS ids WHERE true
			ON CONFLICT (kind, id) DO UPDATE SET seq = excluded.seq, gone = excluded.gone`,
			kind, seq, gone, array(some)).Error
		if err != nil {
			return err
		}
	}
	// These carry their number, too.
	table := map[incident.EntityKind]string{incident.EntityIncident: "incidents", incident.EntityProblem: "problems",
		incident.EntityChangeEvent: "change_events", incident.EntityRoster: "rosters", incident.EntityRunbook: "runbooks"}[kind]
	if table == "" {
		return nil
	}
	all := array(slices.Collect(maps.Keys(t.touched[kind])))
	return t.db.Exec("UPDATE "+table+" SET seq = ? WHERE "+t.dialect.in("id"), seq, all).Error
}

// Changes implements incident.Reader. One statement, so that a change that is overtaken meanwhile is not missed. It is read without
// the mapper, for whoever starts from nothing reads the whole feed.
func (s *Store) Changes(ctx context.Context, after incident.Seq, limit int) ([]incident.Change, error) {
	rows, err := s.db.WithContext(ctx).Raw(`SELECT seq, kind, id, gone FROM changes
		WHERE seq > ? AND seq <= COALESCE((SELECT seq FROM changes WHERE seq > ? ORDER BY seq LIMIT 1 OFFSET ?), ?)
		ORDER BY seq, kind, id`, after, after, max(limit, 1)-1, int64(1)<<62).Rows()
	if err != nil {
		return nil, failed(err, "read changes after %d", after)
	}
	defer rows.Close()
	var changes []incident.Change
	for rows.Next() {
		var c incident.Change
		if err := rows.Scan((*int64)(&c.Seq), (*string)(&c.Kind), (*string)(&c.ID), &c.Gone); err != nil {
			return nil, failed(err, "read changes after %d", after)
		}
		changes = append(changes, c)
	}
	return changes, failed(rows.Err(), "read changes after %d", after)
}

// Head implements incident.Reader.
func (s *Store) Head(ctx context.Context) (incident.Seq, error) {
	var seq incident.Seq
	err := s.db.WithContext(ctx).Raw("SELECT seq FROM feed_head").Scan(&seq).Error
	return seq, failed(err, "read the newest change")
}

// Listen returns a channel that receives soon after each change to the feed, by this process or, with
// PostgreSQL, by any. Several changes may be told as one, and one may be lost: it is a hint to poll
// now, not a replacement of polling. It ends with ctx; the channel is never closed.
func (s *Store) Listen(ctx context.Context) <-chan struct{} {
	ears := s.wake.add(ctx)
	if s.pool != nil {
		go s.relay(ctx, ears)
	}
	return ears
}

// relay passes on what PostgreSQL tells until ctx ends, over a connection that it opens again when lost.
func (s *Store) relay(ctx context.Context, ears chan struct{}) {
	for ctx.Err() == nil {
		err := s.relayOnce(ctx, ears)
		if ctx.Err() != nil {
			return
		}
		s.log.WarnContext(ctx, "lost the connection that tells of changes", "err", err)
		if pause(ctx, int(5*time.Second/retryPause)) != nil {
			return
		}
	}
}

func (s *Store) relayOnce(ctx context.Context, ears chan struct{}) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return err
	}
	for {
		hint(ears) // once at the start, for what came before
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return err
		}
	}
}

// wake tells the listeners in this process.
type wake struct {
	mu   sync.Mutex
	ears map[chan struct{}]bool
}

func (w *wake) add(ctx context.Context) chan struct{} {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ears == nil {
		w.ears = map[chan struct{}]bool{}
	}
	w.ears[c] = true
	context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.ears, c)
	})
	return c
}

func (w *wake) all() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.ears {
		hint(c)
	}
}

// hint leaves one hint in c, unless one is waiting there already.
func hint(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
