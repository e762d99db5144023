package store

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"hindsight/incident"
)

// factsBatch is how many incidents one connection reads at once for Facts.
const factsBatch = 2500

// factTables are the parts that Facts reads.
var factTables = []string{"milestones", "segments", "service_uses", "incident_tags", "custom_values", "sla_cycles", "factors", "edits"}

// Facts implements incident.Reader. PostgreSQL is asked over several connections, without gorm: all incidents are read this way
// when a process starts.
func (s *Store) Facts(ctx context.Context, ids []incident.ID) ([]*incident.Incident, error) {
	if s.pool == nil {
		return s.plainFacts(ctx, ids)
	}
	chunks := slices.Collect(slices.Chunk(clean(ids), factsBatch))
	found, errs := make([][]*incident.Incident, len(chunks)), make([]error, len(chunks))
	var wg sync.WaitGroup
	for i, chunk := range chunks {
		wg.Go(func() { found[i], errs[i] = s.factsOf(ctx, chunk) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, failed(err, "read facts of %d incidents", len(ids))
		}
	}
	return slices.Concat(found...), nil
}

// plainFacts reads the same with gorm.
func (s *Store) plainFacts(ctx context.Context, ids []incident.ID) (out []*incident.Incident, err error) {
	for chunk := range slices.Chunk(clean(ids), batch) {
		err := s.view(ctx, func(r reader) error {
			var rows []incidentRow
			if err := r.db.Raw("SELECT * FROM incidents WHERE deleted_at IS NULL AND "+r.dialect.in("id"), array(chunk)).Scan(&rows).Error; err != nil {
				return err
			}
			incs, err := r.some(rows, func(p part) bool { return slices.Contains(factTables, p.table) })
			out = append(out, incs...)
			return err
		})
		if err != nil {
			return nil, failed(err, "read facts of %d incidents", len(ids))
		}
	}
	for i, inc := range out {
		out[i] = factsAlone(inc)
	}
	return out, nil
}

// factsAlone returns what Facts promises of an incident, and nothing else.
func factsAlone(i *incident.Incident) *incident.Incident {
	return &incident.Incident{
		ID: i.ID, Ref: incident.Ref{Connection: i.Ref.Connection}, Number: i.Number, Title: i.Title, Status: i.Status, Severity: i.Severity, PriorityRaw: i.PriorityRaw,
		Kind: i.Kind, Private: i.Private, ExcludeReason: i.ExcludeReason, Reopened: i.Reopened, Team: i.Team, SameAs: i.SameAs, ExternalCreatedAt: i.ExternalCreatedAt,
		Milestones: i.Milestones, Segments: i.Segments, Services: i.Services, Tags: i.Tags, Custom: i.Custom, SLA: i.SLA, Factors: i.Factors, Edits: i.Edits,
	}
}

// factsOf reads a chunk in one round trip, from one state of the database.
func (s *Store) factsOf(ctx context.Context, ids []incident.ID) ([]*incident.Incident, error) {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	f := facts{byID: make(map[incident.ID]*incident.Incident, len(ids))}
	queries := f.queries()
	var asked pgx.Batch
	for _, q := range queries {
		asked.Queue(q.sql, texts)
	}
	results := tx.SendBatch(ctx, &asked)
	defer results.Close()
	for _, q := range queries {
		rows, err := results.Query()
		if err != nil {
			return nil, err
		}
		if _, err := pgx.ForEachRow(rows, q.into, q.add); err != nil {
			return nil, err
		}
	}
	return f.all, results.Close()
}

// facts are the incidents of a chunk while they are read.
type facts struct {
	all  []*incident.Incident
	byID map[incident.ID]*incident.Incident
}

// factQuery reads one table. Each row is read into the same variables, and then added.
type factQuery struct {
	sql  string
	into []any
	add  func() error
}

func partSQL(columns, table string) string {
	return "SELECT incident_id, " + columns + " FROM " + table + " WHERE incident_id = ANY($1) ORDER BY incident_id, pos"
}

// queries returns one query for each table: that of incidents first. They read into plain strings, which pgx knows without reflection.
func (f *facts) queries() []factQuery {
	var id incident.ID
	// of has add take the row's incident, unless it is a tombstone.
	of := func(columns, table string, add func(*incident.Incident), into ...any) factQuery {
		return factQuery{partSQL(columns, table), append([]any{(*string)(&id)}, into...), func() error {
			if inc := f.byID[id]; inc != nil {
				add(inc)
			}
			return nil
		}}
	}
	var m incident.Milestone
	var at, until pgtype.Timestamptz
	var seg incident.Segment
	var use incident.ServiceUse
	var tag string
	var value incident.CustomValue
	var cycle incident.SLACycle
	var target int64
	var breached *bool
	var factor incident.Factor
	var edit incident.Edit
	return []factQuery{
		f.incidents(),
		of("name, at, precision, basis, source, field, reason, stated_at", "milestones", func(inc *incident.Incident) {
			m.At, m.StatedAt = at.Time.UTC(), until.Time.UTC()
			inc.Milestones = append(inc.Milestones, m)
		}, (*string)(&m.Name), &at, (*string)(&m.Precision), (*string)(&m.Basis), &m.Source, &m.Field, &m.Reason, &until),
		of("status, status_raw, from_at, to_at, changed_by", "segments", func(inc *incident.Incident) {
			seg.From, seg.To = at.Time.UTC(), until.Time.UTC()
			inc.Segments = append(inc.Segments, seg)
		}, (*string)(&seg.Status), &seg.StatusRaw, &at, &until, &seg.By),
		of("service_id, name, role", "service_uses", func(inc *incident.Incident) { inc.Services = append(inc.Services, use) }, (*string)(&use.Service), &use.Name, &use.Role),
		of("tag", "incident_tags", func(inc *incident.Incident) { inc.Tags = append(inc.Tags, tag) }, &tag),
		of("name, value", "custom_values", func(inc *incident.Incident) { inc.Custom = append(inc.Custom, value) }, &value.Name, &value.Value),
		of("goal, name, start_at, target, stop_at, breached", "sla_cycles", func(inc *incident.Incident) {
			cycle.Start, cycle.Stop, cycle.Target = at.Time.UTC(), until.Time.UTC(), time.Duration(target)
			cycle.Breached = breached
			inc.SLA = append(inc.SLA, cycle)
		}, &cycle.Goal, &cycle.Name, &at, &target, &until, &breached),
		of("role, category, text, claimed", "factors", func(inc *incident.Incident) { inc.Factors = append(inc.Factors, factor) }, &factor.Role, &factor.Category, &factor.Text, &factor.Claimed),
		of("field, value, was, edited_by, at", "edits", func(inc *incident.Incident) {
			edit.At = at.Time.UTC()
			inc.Edits = append(inc.Edits, edit)
		}, &edit.Field, &edit.Value, &edit.Was, &edit.By, &at),
	}
}

// incidents reads the incidents themselves.
func (f *facts) incidents() factQuery {
	var inc incident.Incident
	var severity int64
	var reopened *int64
	var created pgtype.Timestamptz
	return factQuery{
		`SELECT id, connection_id, number, title, status, severity, priority_raw, kind, private, exclude_reason, reopened, team_id, same_as, external_created_at
			FROM incidents WHERE id = ANY($1) AND deleted_at IS NULL`,
		[]any{(*string)(&inc.ID), (*string)(&inc.Ref.Connection), &inc.Number, &inc.Title, (*string)(&inc.Status), &severity, &inc.PriorityRaw, (*string)(&inc.Kind), &inc.Private, &inc.ExcludeReason, &reopened, (*string)(&inc.Team), (*string)(&inc.SameAs), &created},
		func() error {
			found := inc
			found.Severity, found.ExternalCreatedAt = incident.Severity(severity), created.Time.UTC()
			if reopened != nil {
				n := int(*reopened)
				found.Reopened = &n
			}
			f.all, f.byID[found.ID] = append(f.all, &found), &found
			return nil
		},
	}
}
