package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"

	"gorm.io/gorm/clause"

	"hindsight/incident"
)

type rawRow struct {
	ID           incident.ID `gorm:"primaryKey"`
	ConnectionID incident.ID
	RecordType   string
	ExternalID   string
	Hash         string
	Body         []byte // gzip
	ReceivedAt   sql.NullTime
	Via          string
	Origin       string
	Gone         bool
	Latest       bool
}

func newRawRow(r incident.Raw) rawRow {
	return rawRow{r.ID, r.Connection, r.Type, r.ExternalID, r.Hash, pack(r.Body), null(r.ReceivedAt), r.Via, r.Origin, r.Gone, false}
}

func (r rawRow) value() (incident.Raw, error) {
	body, err := unpack(r.Body)
	if err != nil {
		return incident.Raw{}, fmt.Errorf("unpack raw %s: %w", r.ID, err)
	}
	return incident.Raw{ID: r.ID, Connection: r.ConnectionID, Type: r.RecordType, ExternalID: r.ExternalID, Hash: r.Hash, Body: body,
		ReceivedAt: utc(r.ReceivedAt), Via: r.Via, Origin: r.Origin, Gone: r.Gone, Latest: r.Latest}, nil
}

// packers are used again: making one costs more than packing a record with it.
var packers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// pack compresses a body; JSON shrinks to about a fifth.
func pack(body []byte) []byte {
	w := packers.Get().(*gzip.Writer)
	defer packers.Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	w.Write(body) // writing to memory does not fail
	w.Close()
	return b.Bytes()
}

func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// record is what several raws may be versions of.
type record struct {
	Connection incident.ID
	Type       string
	ExternalID string
}

// Raw implements incident.Reader.
func (s *Store) Raw(ctx context.Context, id incident.ID) (*incident.Raw, error) {
	return take(ctx, s, "raws", "id", string(id), rawRow.value)
}

// LatestRaws implements incident.Reader.
func (s *Store) LatestRaws(ctx context.Context, connection incident.ID) iter.Seq2[*incident.Raw, error] {
	return func(yield func(*incident.Raw, error) bool) {
		var typ, externalID string
		for {
			var rows []rawRow
			err := s.db.WithContext(ctx).Table("raws").
				Where("connection_id = ? AND latest AND (record_type, external_id) > (?, ?)", connection, typ, externalID).
				Order("record_type, external_id").Limit(batch).Find(&rows).Error
			if err != nil {
				yield(nil, failed(err, "list raws of connection %s", connection))
				return
			}
			for _, row := range rows {
				raw, err := row.value()
				if !yield(&raw, failed(err, "list raws of connection %s", connection)) || err != nil {
					return
				}
				typ, externalID = row.RecordType, row.ExternalID
			}
			if len(rows) < batch {
				return
			}
		}
	}
}

// RawHashes implements incident.Reader.
func (s *Store) RawHashes(ctx context.Context, connection incident.ID, typ string, externalIDs []string) (map[string]string, error) {
	var rows []rawRow
	err := s.db.WithContext(ctx).Table("raws").Select("external_id", "hash").
		Where("connection_id = ? AND record_type = ? AND latest", connection, typ).
		Where(s.dialect.in("external_id"), array(clean(externalIDs))).Find(&rows).Error
	hashes := make(map[string]string, len(rows))
	for _, r := range rows {
		hashes[r.ExternalID] = r.Hash
	}
	return hashes, failed(err, "read hashes of raws")
}

// PutRaws implements incident.Tx. Of several versions of a record the one received last is the newest, and of
// those received at one moment the one put last. A version that comes back after another is the newest again.
func (t *tx) PutRaws(rs []incident.Raw) error {
	rs = clean(rs)
	known := clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, DoNothing: true}
	for chunk := range slices.Chunk(rs, batch) {
		var rows []rawRow
		for _, r := range chunk {
			rows = append(rows, newRawRow(r))
		}
		if err := insert(t.db.Clauses(known), "raws", rows); err != nil {
			return failed(err, "put raws")
		}
		if err := t.markLatest(chunk); err != nil {
			return failed(err, "mark newest raws")
		}
	}
	return nil
}

// markLatest moves the mark of the newest version to those of rs that are newer than the marked ones.
func (t *tx) markLatest(rs []incident.Raw) error {
	marked, err := t.latest(rs)
	if err != nil {
		return err
	}
	unmark, mark := map[incident.ID]bool{}, map[incident.ID]bool{}
	for _, r := range rs {
		rec := record{r.Connection, r.Type, r.ExternalID}
		before, found := marked[rec]
		if before.ID == r.ID || found && r.ReceivedAt.Before(before.ReceivedAt) {
			continue
		}
		if found {
			unmark[before.ID] = true
			delete(mark, before.ID)
		}
		mark[r.ID] = true
		marked[rec] = r
	}
	// The old marks go first, for an index keeps a record from having two.
	if err := t.setLatest(unmark, false); err != nil {
		return err
	}
	return t.setLatest(mark, true)
}

func (t *tx) setLatest(ids map[incident.ID]bool, latest bool) error {
	if len(ids) == 0 {
		return nil
	}
	var list []incident.ID
	for id := range ids {
		list = append(list, id)
	}
	return t.db.Exec("UPDATE raws SET latest = ? WHERE "+t.dialect.in("id"), latest, array(list)).Error
}

// latest returns the marked version of each record that rs has versions of, without its body.
func (t *tx) latest(rs []incident.Raw) (map[record]incident.Raw, error) {
	marked := map[record]incident.Raw{}
	external := map[record][]string{} // by connection and type
	for _, r := range rs {
		group := record{Connection: r.Connection, Type: r.Type}
		external[group] = append(external[group], r.ExternalID)
	}
	for group, ids := range external {
		var rows []rawRow
		err := t.db.Table("raws").Select("id", "external_id", "received_at").
			Where("connection_id = ? AND record_type = ? AND latest", group.Connection, group.Type).
			Where(t.dialect.in("external_id"), array(ids)).Find(&rows).Error
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			marked[record{group.Connection, group.Type, r.ExternalID}] = incident.Raw{ID: r.ID, ReceivedAt: utc(r.ReceivedAt)}
		}
	}
	return marked, nil
}
