package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"hindsight/incident"
)

type incidentRow struct {
	ID                incident.ID `gorm:"primaryKey"`
	Seq               incident.Seq
	Digest            string
	ConnectionID      incident.ID
	RefType           string
	ExternalID        string
	Incarnation       int
	Number            string
	URL               string
	Title             string
	Description       string
	Format            incident.TextFormat
	Status            incident.Status
	StatusRaw         string
	Severity          incident.Severity
	SeverityRaw       string
	PriorityRaw       string
	UrgencyRaw        string
	Kind              incident.Kind
	Origin            incident.Origin
	Private           bool
	ExcludeReason     string
	StartedAt         time.Time
	Counted           bool
	Reopened          *int
	TeamID            incident.ID
	ParentID          incident.ID
	MergedInto        incident.ID
	DuplicateOf       incident.ID
	SameAs            incident.ID
	KnownProblem      string
	ExternalCreatedAt sql.NullTime
	ExternalUpdatedAt sql.NullTime
	RawID             incident.ID
	MapVersion        int
	DeletedAt         sql.NullTime
	DeletedReason     string
	Facts             []byte
}

func newIncidentRow(i *incident.Incident, digest string) incidentRow {
	return incidentRow{
		ID: i.ID, Seq: i.Seq, Digest: digest,
		ConnectionID: i.Ref.Connection, RefType: i.Ref.Type, ExternalID: i.Ref.ExternalID, Incarnation: i.Ref.Incarnation,
		Number: i.Number, URL: i.URL, Title: i.Title, Description: i.Description, Format: i.Format,
		Status: i.Status, StatusRaw: i.StatusRaw,
		Severity: i.Severity, SeverityRaw: i.SeverityRaw, PriorityRaw: i.PriorityRaw, UrgencyRaw: i.UrgencyRaw,
		Kind: i.Kind, Origin: i.Origin, Private: i.Private, ExcludeReason: i.ExcludeReason,
		StartedAt: i.StartedAt(), Counted: i.Uncounted() == "",
		Reopened: i.Reopened, TeamID: i.Team,
		ParentID: i.Parent, MergedInto: i.MergedInto, DuplicateOf: i.DuplicateOf, SameAs: i.SameAs, KnownProblem: i.KnownProblem,
		ExternalCreatedAt: null(i.ExternalCreatedAt), ExternalUpdatedAt: null(i.ExternalUpdatedAt),
		RawID: i.RawID, MapVersion: i.MapVersion,
		DeletedAt: null(i.DeletedAt), DeletedReason: i.DeletedReason,
		Facts: writeFacts(i, digest),
	}
}

func (r incidentRow) value() *incident.Incident {
	return &incident.Incident{
		ID: r.ID, Seq: r.Seq,
		Ref:    incident.Ref{Connection: r.ConnectionID, Type: r.RefType, ExternalID: r.ExternalID, Incarnation: r.Incarnation},
		Number: r.Number, URL: r.URL, Title: r.Title, Description: r.Description, Format: r.Format,
		Status: r.Status, StatusRaw: r.StatusRaw,
		Severity: r.Severity, SeverityRaw: r.SeverityRaw, PriorityRaw: r.PriorityRaw, UrgencyRaw: r.UrgencyRaw,
		Kind: r.Kind, Origin: r.Origin, Private: r.Private, ExcludeReason: r.ExcludeReason,
		Reopened: r.Reopened, Team: r.TeamID,
		Parent: r.ParentID, MergedInto: r.MergedInto, DuplicateOf: r.DuplicateOf, SameAs: r.SameAs, KnownProblem: r.KnownProblem,
		ExternalCreatedAt: utc(r.ExternalCreatedAt), ExternalUpdatedAt: utc(r.ExternalUpdatedAt),
		RawID: r.RawID, MapVersion: r.MapVersion,
		DeletedAt: utc(r.DeletedAt), DeletedReason: r.DeletedReason,
	}
}

// whole turns rows into incidents with all their parts, in the order of rows.
func (r reader) whole(rows []incidentRow) ([]*incident.Incident, error) {
	return r.some(rows, func(part) bool { return true })
}

// some is whole with those parts alone that are wanted.
func (r reader) some(rows []incidentRow, wanted func(part) bool) ([]*incident.Incident, error) {
	incs := make([]*incident.Incident, len(rows))
	ids := make([]incident.ID, len(rows))
	byID := make(map[incident.ID]*incident.Incident, len(rows))
	for i, row := range rows {
		incs[i] = row.value()
		ids[i] = row.ID
		byID[row.ID] = incs[i]
	}
	if len(ids) == 0 {
		return incs, nil
	}
	for _, p := range parts() {
		if !wanted(p) {
			continue
		}
		if err := p.load(r, ids, byID); err != nil {
			return nil, fmt.Errorf("read %s: %w", p.table, err)
		}
	}
	return incs, nil
}

// Incident implements incident.Reader.
func (s *Store) Incident(ctx context.Context, id incident.ID) (*incident.Incident, error) {
	return s.one(ctx, string(id), "SELECT * FROM incidents WHERE id = ?", id)
}

// FindIncident implements incident.Reader. Of two connections with records of one id, the record that
// changed last is found.
func (s *Store) FindIncident(ctx context.Context, source, externalID string) (*incident.Incident, error) {
	return s.one(ctx, source+" "+externalID, `SELECT i.* FROM incidents i JOIN connections c ON c.id = i.connection_id
		WHERE (c.source = ? OR c.name = ?) AND i.external_id = ?
		ORDER BY i.incarnation DESC, i.seq DESC LIMIT 1`, source, source, externalID)
}

func (s *Store) one(ctx context.Context, what, query string, args ...any) (*incident.Incident, error) {
	var found []*incident.Incident
	err := s.view(ctx, func(r reader) error {
		var rows []incidentRow
		err := r.db.Raw(query, args...).Scan(&rows).Error
		if err == nil && len(rows) == 0 {
			err = incident.ErrNotFound
		}
		if err == nil {
			found, err = r.whole(rows)
		}
		return err
	})
	if err != nil {
		return nil, failed(err, "read incident %s", what)
	}
	return found[0], nil
}

// IncidentsByID implements incident.Tx. With PostgreSQL, nobody else changes them before the transaction ends.
func (t *tx) IncidentsByID(ids []incident.ID) (map[incident.ID]*incident.Incident, error) {
	found := make(map[incident.ID]*incident.Incident, len(ids))
	for chunk := range slices.Chunk(ids, batch) {
		var rows []incidentRow
		err := t.db.Raw("SELECT * FROM incidents WHERE "+t.dialect.in("id")+" ORDER BY id"+t.dialect.lock(), array(clean(chunk))).Scan(&rows).Error
		if err != nil {
			return nil, failed(err, "read incidents by id")
		}
		incs, err := t.whole(rows)
		if err != nil {
			return nil, failed(err, "read incidents by id")
		}
		for _, inc := range incs {
			found[inc.ID] = inc
		}
		for _, id := range chunk {
			if found[id] == nil {
				t.absent[id] = true
			}
		}
	}
	return found, nil
}

// PutIncidents implements incident.Tx. Statements by people that are stored stay, whether or not they
// are passed in again. An incident that is stored as it is already is no change.
func (t *tx) PutIncidents(incs []*incident.Incident) error {
	sorted := last(incs, func(i *incident.Incident) incident.ID { return i.ID })
	for chunk := range slices.Chunk(sorted, batch) {
		if err := t.putIncidents(clean(chunk)); err != nil {
			return failed(err, "put incidents")
		}
	}
	return nil
}

func (t *tx) putIncidents(incs []*incident.Incident) error {
	ids := make([]incident.ID, len(incs))
	for i, inc := range incs {
		ids[i] = inc.ID
	}
	stored, err := t.digests("incidents", "id", ids)
	if err != nil {
		return err
	}
	if err := t.keepStatements(incs, ids); err != nil {
		return err
	}
	var added, changed []incidentRow
	var put []*incident.Incident
	for _, inc := range incs {
		d, err := incidentDigest(inc)
		if err != nil {
			return fmt.Errorf("incident %s: %w", inc.ID, err)
		}
		before, known := stored[inc.ID]
		if known && t.absent[inc.ID] {
			return fmt.Errorf("incident %s: %w", inc.ID, errOvertaken)
		}
		delete(t.absent, inc.ID) // from here on it is there, put by this transaction
		switch row := newIncidentRow(inc, d); {
		case !known:
			added = append(added, row)
		case before != d:
			changed = append(changed, row)
		default:
			continue
		}
		put = append(put, inc)
		t.touch(incident.EntityIncident, inc.ID, inc.Deleted())
	}
	if err := t.recordIncidents(put); err != nil {
		return err
	}
	if err := t.hideFromReports(changed); err != nil {
		return err
	}
	return t.write(added, changed, put)
}

// hideFromReports hides what was reported of incidents that become private, before they are written.
func (t *tx) hideFromReports(changed []incidentRow) error {
	starts := map[incident.ID]time.Time{}
	for _, row := range changed {
		if row.Private {
			starts[row.ID] = row.StartedAt
		}
	}
	if len(starts) == 0 {
		return nil
	}
	var open []incidentRow
	if err := t.db.Raw("SELECT * FROM incidents WHERE NOT private AND "+t.dialect.in("id"), array(slices.Collect(maps.Keys(starts)))).Scan(&open).Error; err != nil || len(open) == 0 {
		return err
	}
	var began []time.Time // as it was known before, too; the zero time stands for a start that nobody knows
	for _, row := range open {
		began = append(began, row.StartedAt, starts[row.ID])
	}
	return t.hideReportRuns(slices.MinFunc(began, time.Time.Compare))
}

// recordIncidents notes what somebody changes of incidents, before it is written.
func (t *tx) recordIncidents(put []*incident.Incident) error {
	changed := make([]incident.Incident, len(put))
	for i, inc := range put {
		changed[i] = *inc
	}
	return recordEntities(t, incident.EntityIncident, changed, func(i incident.Incident) incident.ID { return i.ID }, func(ids []incident.ID) (map[incident.ID]incident.Incident, error) {
		var rows []incidentRow
		if err := t.db.Raw("SELECT * FROM incidents WHERE "+t.dialect.in("id"), array(ids)).Scan(&rows).Error; err != nil {
			return nil, err
		}
		incs, err := t.whole(rows)
		found := map[incident.ID]*incident.Incident{}
		for _, inc := range incs {
			found[inc.ID] = inc
		}
		return pointedAt(found, err)
	})
}

// write stores the rows of incidents and the parts of put, which holds the same incidents.
func (t *tx) write(added, changed []incidentRow, put []*incident.Incident) error {
	// Not an upsert: when another transaction has added one of them meanwhile, this one must run again to
	// see what is in it.
	if err := insert(t.db, "incidents", added); err != nil {
		return err
	}
	if err := upsert(t.db, "incidents", changed, "id"); err != nil {
		return err
	}
	ids := make([]incident.ID, len(changed))
	for i, row := range changed {
		ids[i] = row.ID
	}
	for _, p := range parts() {
		if len(ids) > 0 {
			if err := t.db.Exec("DELETE FROM "+p.table+" WHERE "+t.dialect.in("incident_id"), array(ids)).Error; err != nil {
				return err
			}
		}
		if err := p.insert(t.db, put); err != nil {
			return fmt.Errorf("%s: %w", p.table, err)
		}
	}
	return nil
}

// keepStatements adds the stored statements by people that incs lack.
func (t *tx) keepStatements(incs []*incident.Incident, ids []incident.ID) error {
	var rows []milestoneRow
	err := t.db.Table("milestones").Where("basis = ? AND "+t.dialect.in("incident_id"), incident.FromPerson, array(ids)).
		Order("incident_id, pos").Find(&rows).Error
	stated := map[incident.ID][]incident.Milestone{}
	for _, r := range rows {
		stated[r.IncidentID] = append(stated[r.IncidentID], r.value())
	}
	for _, inc := range incs {
		for _, m := range stated[inc.ID] {
			if !slices.Contains(inc.Milestones, m) {
				inc.Milestones = append(inc.Milestones, m)
			}
		}
	}
	return err
}

// incidentDigest leaves out what is not content: the number of the change and the order of statements.
func incidentDigest(inc *incident.Incident) (string, error) {
	content := *inc
	content.Seq = 0
	content.Milestones = slices.Clone(inc.Milestones)
	slices.SortFunc(content.Milestones, func(a, b incident.Milestone) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Basis, b.Basis), a.StatedAt.Compare(b.StatedAt), a.At.Compare(b.At),
			cmp.Compare(a.Source, b.Source), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Reason, b.Reason))
	})
	return digest(content)
}
