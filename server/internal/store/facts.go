package store

import (
	"context"
	"database/sql"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"hindsight/incident"
)

// factsBatch is how many incidents one connection reads at once for Facts.
const factsBatch = 2500

// factTables are the parts that facts are made from.
var factTables = []string{"milestones", "segments", "service_uses", "incident_tags", "incident_audience", "custom_values", "sla_cycles", "factors", "edits"}

// Facts implements incident.Reader. It reads the facts that are stored in one piece, over several connections and without
// gorm, for all incidents are read this way when a process starts; those without such a piece are read from their tables.
func (s *Store) Facts(ctx context.Context, ids []incident.ID) ([]*incident.Incident, error) {
	chunks := slices.Collect(slices.Chunk(clean(ids), factsBatch))
	readers, errs := make([]factsReader, len(chunks)), make([]error, len(chunks))
	var wg sync.WaitGroup
	for i, chunk := range chunks {
		wg.Go(func() { errs[i] = s.readFacts(ctx, chunk, &readers[i]) })
	}
	wg.Wait()
	var out []*incident.Incident
	var loose []incident.ID
	for i, err := range errs {
		if err != nil {
			return nil, failed(err, "read facts of %d incidents", len(ids))
		}
		out, loose = append(out, readers[i].found...), append(loose, readers[i].loose...)
	}
	rest, err := s.looseFacts(ctx, loose)
	return append(out, rest...), failed(err, "read facts of %d incidents", len(ids))
}

const factsSQL = "SELECT id, digest, facts FROM incidents WHERE deleted_at IS NULL AND "

// readFacts reads the pieces of some incidents.
func (s *Store) readFacts(ctx context.Context, ids []incident.ID, r *factsReader) error {
	if s.pool == nil {
		rows, err := s.sql.QueryContext(ctx, factsSQL+s.dialect.in("id"), array(ids))
		if err != nil {
			return err
		}
		defer rows.Close()
		var id, digest, facts sql.RawBytes
		for rows.Next() {
			if err := rows.Scan(&id, &digest, &facts); err != nil {
				return err
			}
			r.add(id, digest, facts)
		}
		return rows.Err()
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	rows, err := s.pool.Query(ctx, factsSQL+"id = ANY($1)", pgx.QueryResultFormats{pgx.BinaryFormatCode}, texts)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		values := rows.RawValues() // of texts and bytes, both formats of the wire are the value itself
		r.add(values[0], values[1], values[2])
	}
	return rows.Err()
}

// factsReader takes rows in. Its texts are shared among the incidents that it reads.
type factsReader struct {
	found []*incident.Incident
	loose []incident.ID // have no piece that is in force
	piece piece
	room  []incident.Incident // for the next ones
}

func (r *factsReader) add(id, digest, facts []byte) {
	if len(r.room) == 0 {
		r.room = make([]incident.Incident, 64)
	}
	inc := &r.room[0]
	if !r.piece.read(facts, digest, inc) {
		*inc = incident.Incident{}
		r.loose = append(r.loose, incident.ID(id))
		return
	}
	inc.ID, r.room = incident.ID(id), r.room[1:]
	r.found = append(r.found, inc)
}

// looseFacts reads facts from their tables.
func (s *Store) looseFacts(ctx context.Context, ids []incident.ID) (out []*incident.Incident, err error) {
	for chunk := range slices.Chunk(ids, batch) {
		err := s.view(ctx, func(r reader) error {
			rows, incs, err := r.factRows(chunk)
			for i, inc := range incs {
				if !rows[i].DeletedAt.Valid {
					out = append(out, factsAlone(inc))
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// factRows reads incidents with the parts that are facts, in the order of their rows.
func (r reader) factRows(ids []incident.ID) (rows []incidentRow, incs []*incident.Incident, err error) {
	if err := r.db.Raw("SELECT * FROM incidents WHERE "+r.dialect.in("id"), array(ids)).Scan(&rows).Error; err != nil {
		return nil, nil, err
	}
	incs, err = r.some(rows, func(p part) bool { return slices.Contains(factTables, p.table) })
	return rows, incs, err
}

// factsAlone returns what Facts promises of an incident, and nothing else.
func factsAlone(i *incident.Incident) *incident.Incident {
	var audience incident.Audience
	if i.Private {
		audience = i.Audience
	}
	return &incident.Incident{
		ID: i.ID, Ref: incident.Ref{Connection: i.Ref.Connection}, Number: i.Number, Title: i.Title, Status: i.Status, Severity: i.Severity, PriorityRaw: i.PriorityRaw,
		Kind: i.Kind, Origin: i.Origin, Private: i.Private, Audience: audience, ExcludeReason: i.ExcludeReason, Reopened: i.Reopened, Team: i.Team, SameAs: i.SameAs, ExternalCreatedAt: i.ExternalCreatedAt,
		Milestones: i.Milestones, Segments: i.Segments, Services: i.Services, Tags: i.Tags, Custom: i.Custom, SLA: i.SLA, Factors: i.Factors, Edits: i.Edits,
	}
}

// MakeFacts puts the facts of incidents that were stored before there were such pieces into one piece each, and returns how many
// it did. A process does so once, beside its other work; until then these are read from their tables.
func (s *Store) MakeFacts(ctx context.Context) (made int, err error) {
	after := incident.ID("")
	for {
		var ids []incident.ID
		err := s.db.WithContext(ctx).Raw("SELECT id FROM incidents WHERE facts IS NULL AND deleted_at IS NULL AND id > ? ORDER BY id LIMIT ?", after, batch).Scan(&ids).Error
		if err != nil || len(ids) == 0 {
			return made, failed(err, "look for incidents without facts")
		}
		if err := s.makeFacts(ctx, ids); err != nil {
			return made, failed(err, "make facts of incidents behind %s", after)
		}
		made, after = made+len(ids), ids[len(ids)-1]
	}
}

func (s *Store) makeFacts(ctx context.Context, ids []incident.ID) error {
	_, err := s.Update(ctx, func(itx incident.Tx) error {
		t := itx.(*tx)
		if _, err := t.digests("incidents", "id", ids); err != nil { // locks them
			return err
		}
		rows, incs, err := t.factRows(ids)
		if err != nil {
			return err
		}
		for i, row := range rows {
			if err := t.db.Exec("UPDATE incidents SET facts = ? WHERE id = ?", writeFacts(incs[i], row.Digest), row.ID).Error; err != nil {
				return err
			}
		}
		return nil
	})
	return err
}
