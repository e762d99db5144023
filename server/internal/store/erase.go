package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hindsight/incident"
)

// kept are the tables that an erasure does not go through: the audit log has its own way (EraseFromAudit), and the others hold no word
// about anybody.
var kept = []string{"audit", "audit_texts", "audit_head", "erased_names", "erasures", "changes", "feed_head", "goose_db_version", "managed",
	"second_factors", "sqlite_sequence", "raws", "timelines", "timeline_events", "uploads", "retro_changes", "retro_file_parts", "report_files", "report_file_parts"}

// eraseBatch is how many rows one transaction looks at.
const eraseBatch = 500

// Erase goes through everything that is stored and puts pseudonyms in the place of names; write is false for a look at what it would
// do. progress is told again and again what was found so far, with a Step. What is made from what was rewritten follows by the change
// feed. It may be run again: what is done stays done.
func (s *Store) Erase(ctx context.Context, e *incident.Eraser, write bool, progress func(incident.ErasureReport)) (incident.ErasureReport, error) {
	r := incident.ErasureReport{Places: map[string]int{}, Notes: []string{}}
	tables, err := s.tables(ctx)
	if err != nil {
		return r, failed(err, "list tables")
	}
	x := &erasing{store: s, eraser: e, write: write, report: &r, progress: progress, of: len(tables) + 2}
	for _, t := range tables {
		if err := x.pass(t.name, func() error { return x.table(ctx, t) }); err != nil {
			return r, err
		}
	}
	if write && !e.Idle() {
		if err := s.forgetTyping(ctx); err != nil {
			return r, err
		}
		r.Notes = append(r.Notes, "editors of retrospectives that were open load the text anew, for what was typed letter by letter is forgotten")
	}
	var files int64
	if err := s.db.WithContext(ctx).Raw("SELECT count(*) FROM retro_files WHERE kind <> ? AND removed_at IS NULL", incident.RetroChart).Scan(&files).Error; err != nil {
		return r, failed(err, "count files of retrospectives")
	}
	if files > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("retrospectives hold %d pictures and attachments, which are not looked into: take those away that show the person", files))
	}
	if err := s.db.WithContext(ctx).Raw("SELECT count(*) FROM report_files").Scan(&files).Error; err != nil {
		return r, failed(err, "count files of reports")
	}
	if files > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("the %d files that are kept of scheduled reports are forgotten, for they cannot be looked into", files))
		if write && !e.Idle() {
			if err := s.forgetReportFiles(ctx); err != nil {
				return r, err
			}
		}
	}
	if err := x.pass("timeline_events", func() error { return x.timelines(ctx) }); err != nil {
		return r, err
	}
	return r, x.pass("raws", func() error { return x.raws(ctx) })
}

// pass goes through one table by f.
func (x *erasing) pass(table string, f func() error) error {
	x.at = table
	x.tell()
	err := f()
	x.done++
	return failed(err, "erase from %s", table)
}

// tell says how far it is, between two transactions.
func (x *erasing) tell() {
	r := *x.report
	r.Places = maps.Clone(r.Places)
	r.Step = &incident.ErasureStep{Table: x.at, Done: x.done, Of: x.of, At: clean(x.store.now())}
	x.progress(r)
}

// forgetTyping removes what people typed in retrospectives, change by change: there a name may stand in pieces that no pass finds. What they
// made is in the sections.
func (s *Store) forgetTyping(ctx context.Context) error {
	_, err := s.Update(ctx, func(running incident.Tx) error {
		return running.(*tx).db.Exec("DELETE FROM retro_changes").Error
	})
	return failed(err, "forget changes of texts")
}

// erasing is one pass over everything.
type erasing struct {
	store  *Store
	eraser *incident.Eraser
	write  bool
	report *incident.ErasureReport

	progress func(incident.ErasureReport)
	at       string // the table that it goes through
	done, of int    // tables behind it, and in all
}

// table is a table with its key and the columns that hold texts.
type table struct {
	name       string
	key, texts []string
}

// tables lists those that are gone through, by name, with what the database says of them.
func (s *Store) tables(ctx context.Context) ([]table, error) {
	query := `SELECT m.name AS "table", p.name AS "column", lower(p.type) AS type, p.pk AS pk FROM sqlite_master m, pragma_table_info(m.name) p
		WHERE m.type = 'table' ORDER BY m.name, p.cid`
	if s.dialect == postgresDialect {
		query = `SELECT c.relname AS "table", a.attname AS "column", format_type(a.atttypid, NULL) AS type, coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0) AS pk
			FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
			WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname, a.attnum`
	}
	var columns []struct {
		Table, Column, Type string
		Pk                  int
	}
	if err := s.db.WithContext(ctx).Raw(query).Scan(&columns).Error; err != nil {
		return nil, err
	}
	var out []table
	for _, c := range columns {
		if slices.Contains(kept, c.Table) || strings.HasPrefix(c.Table, "river_") {
			continue
		}
		if len(out) == 0 || out[len(out)-1].name != c.Table {
			out = append(out, table{name: c.Table})
		}
		t := &out[len(out)-1]
		if c.Pk > 0 {
			t.key = append(t.key, c.Column)
		} else if slices.Contains([]string{"text", "blob", "bytea"}, c.Type) && !slices.Contains(untouched, c.Column) {
			t.texts = append(t.texts, c.Column)
		}
	}
	return slices.DeleteFunc(out, func(t table) bool { return len(t.texts) == 0 || len(t.key) == 0 }), nil
}

// untouched are columns that hold no words: sealed secrets, hashes, what is derived from the others.
var untouched = []string{"secret", "sealed_grant", "digest", "facts", "password_hash", "hash", "id"}

// table goes through a table in the order of its key.
func (x *erasing) table(ctx context.Context, t table) error {
	for after := []any(nil); ; {
		var rows [][]any
		_, err := x.store.Update(ctx, func(running incident.Tx) error {
			tx := running.(*tx)
			var err error
			if rows, err = tx.rowsBehind(t, after); err != nil {
				return err
			}
			return x.rewrite(tx, t, rows)
		})
		if err != nil || len(rows) < eraseBatch {
			return err
		}
		x.tell()
		after = rows[len(rows)-1][:len(t.key)]
	}
}

// rowsBehind returns the next rows of a table: key, then texts.
func (t *tx) rowsBehind(of table, after []any) ([][]any, error) {
	where := ""
	if after != nil {
		where = " WHERE (" + columns(of.key, "") + ") > (" + strings.TrimSuffix(strings.Repeat("?, ", len(of.key)), ", ") + ")"
	}
	all := slices.Concat(of.key, of.texts)
	found, err := t.db.Raw(fmt.Sprintf("SELECT %s FROM %s%s ORDER BY %s LIMIT %d", columns(all, ""), of.name, where, columns(of.key, ""), eraseBatch), after...).Rows()
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var out [][]any
	for found.Next() {
		row, into := make([]any, len(all)), make([]any, len(all))
		for i := range row {
			into[i] = &row[i]
		}
		if err := found.Scan(into...); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, found.Err()
}

// columns writes names with quotes, each followed by ending, with commas between them.
func columns(names []string, ending string) string {
	return `"` + strings.Join(names, `"`+ending+`, "`) + `"` + ending
}

// rewrite puts back those rows that name somebody.
func (x *erasing) rewrite(t *tx, of table, rows [][]any) error {
	var changed []string // the first part of the keys
	for _, row := range rows {
		x.report.Looked++
		texts, differs := x.erased(row[len(of.key):])
		if !differs {
			continue
		}
		x.report.Places[of.name]++
		changed = append(changed, fmt.Sprint(row[0]))
		if !x.write {
			continue
		}
		query := fmt.Sprintf("UPDATE %s SET %s WHERE %s", of.name, columns(of.texts, " = ?"), strings.ReplaceAll(columns(of.key, " = ?"), ",", " AND"))
		if err := t.db.Exec(query, append(texts, row[:len(of.key)]...)...).Error; err != nil {
			return err
		}
	}
	if !x.write || len(changed) == 0 {
		return nil
	}
	return t.rewritten(of, changed)
}

// erased returns texts with pseudonyms in them, and whether any of them differs.
func (x *erasing) erased(texts []any) (out []any, differs bool) {
	out = slices.Clone(texts)
	for i, v := range texts {
		switch text := v.(type) {
		case string:
			if is := string(x.eraser.Body([]byte(text))); is != text {
				out[i], differs = is, true
			}
		case []byte:
			if is := x.eraser.Body(text); string(is) != string(text) {
				out[i], differs = is, true
			}
		}
	}
	return out, differs
}

// owners says which entity of the feed a table belongs to, by the first column of its key.
var owners = map[string]struct {
	table string
	kind  incident.EntityKind
}{
	"incident_id": {"incidents", incident.EntityIncident}, "change_id": {"change_events", incident.EntityChangeEvent},
	"roster_id": {"rosters", incident.EntityRoster}, "problem_id": {"problems", incident.EntityProblem},
}

// entities are the tables of entities of the feed themselves.
var entities = map[string]incident.EntityKind{"incidents": incident.EntityIncident, "services": incident.EntityService, "teams": incident.EntityTeam,
	"problems": incident.EntityProblem, "policies": incident.EntityPolicy, "change_events": incident.EntityChangeEvent, "rosters": incident.EntityRoster,
	"runbooks": incident.EntityRunbook}

// rewritten lets the feed tell of entities that were rewritten, and takes their digests away, by which a put would take what is
// stored for what it was.
func (t *tx) rewritten(of table, ids []string) error {
	in, kind := of.name, entities[of.name]
	if owner, ok := owners[of.key[0]]; ok {
		in, kind = owner.table, owner.kind
	}
	if kind == "" {
		return nil
	}
	if in != "policies" {
		set := "digest = ?"
		if in == "incidents" {
			set += ", facts = NULL"
		}
		if err := t.db.Exec("UPDATE "+in+" SET "+set+" WHERE "+t.dialect.in("id"), anyDigest(), array(ids)).Error; err != nil {
			return err
		}
	}
	if of.name == "retrospectives" {
		if err := t.db.Exec("UPDATE retrospectives SET digest = ? WHERE "+t.dialect.in("incident_id"), anyDigest(), array(ids)).Error; err != nil {
			return err
		}
	}
	if of.name == "retro_sections" {
		if err := t.forgetChanges(ids); err != nil {
			return err
		}
	}
	return t.touchAll(in, kind, ids)
}

// forgetChanges drops the changes of the texts of retrospectives, which no longer lead to the texts that are stored. Editors that
// are open find their version gone and load the text again.
func (t *tx) forgetChanges(incidents []string) error {
	for _, query := range []string{"DELETE FROM retro_changes WHERE ", "UPDATE retro_sections SET version = version + 1 WHERE "} {
		if err := t.db.Exec(query+t.dialect.in("incident_id"), array(incidents)).Error; err != nil {
			return err
		}
	}
	return nil
}

// touchAll notes that entities have changed, and of which only a tombstone is left.
func (t *tx) touchAll(in string, kind incident.EntityKind, ids []string) error {
	var gone []string
	if slices.Contains([]string{"incidents", "change_events", "rosters", "runbooks"}, in) {
		if err := t.db.Raw("SELECT id FROM "+in+" WHERE deleted_at IS NOT NULL AND "+t.dialect.in("id"), array(ids)).Scan(&gone).Error; err != nil {
			return err
		}
	}
	if in == "policies" {
		if err := t.db.Raw("SELECT id FROM policies WHERE "+inForce+" AND removed AND "+t.dialect.in("id"), array(ids)).Scan(&gone).Error; err != nil {
			return err
		}
	}
	var there []string
	if err := t.db.Raw("SELECT DISTINCT id FROM "+in+" WHERE "+t.dialect.in("id"), array(ids)).Scan(&there).Error; err != nil {
		return err
	}
	for _, id := range there {
		t.touch(kind, incident.ID(id), slices.Contains(gone, id))
	}
	return nil
}

// anyDigest is the digest of nothing that is ever put.
func anyDigest() string {
	var b [16]byte // as digest has them
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// timelines goes through the timelines. The id of an imported event follows from what it says.
func (x *erasing) timelines(ctx context.Context) error {
	return x.inBatches(ctx, table{name: "timelines", key: []string{"incident_id"}, texts: []string{"digest"}}, func(t *tx, ids []incident.ID) error {
		var rows []eventRow
		if err := t.db.Table("timeline_events").Where(t.dialect.in("incident_id"), array(ids)).Order("incident_id, pos").Find(&rows).Error; err != nil {
			return err
		}
		lines, changed := map[incident.ID][]incident.TimelineEvent{}, map[incident.ID]bool{}
		for _, r := range rows {
			e := r.value()
			e.Incident = r.IncidentID
			is := e
			is.Actor, is.Text, is.RawKind = x.eraser.Text(e.Actor), x.eraser.Text(e.Text), x.eraser.Text(e.RawKind)
			if x.report.Looked++; is != e {
				x.report.Places["timeline_events"]++
				changed[r.IncidentID] = true
				if e.ID == e.EventID() {
					is.ID = is.EventID()
				}
			}
			lines[r.IncidentID] = append(lines[r.IncidentID], is)
		}
		for id := range lines {
			if !changed[id] {
				delete(lines, id)
			}
		}
		if !x.write {
			return nil
		}
		return t.PutTimeline(lines)
	})
}

// inBatches calls f for the keys of a table in turn, each batch in a transaction of its own.
func (x *erasing) inBatches(ctx context.Context, of table, f func(*tx, []incident.ID) error) error {
	for after := []any(nil); ; {
		var rows [][]any
		_, err := x.store.Update(ctx, func(running incident.Tx) error {
			t := running.(*tx)
			var err error
			if rows, err = t.rowsBehind(of, after); err != nil {
				return err
			}
			var ids []incident.ID
			for _, row := range rows {
				ids = append(ids, incident.ID(fmt.Sprint(row[0])))
			}
			return f(t, ids)
		})
		if err != nil || len(rows) < eraseBatch {
			return err
		}
		x.tell()
		after = rows[len(rows)-1][:1]
	}
}

// raws goes through the raw records. Their ids and hashes follow from what they say, so that the same record, read again and erased
// before it is stored, is known.
func (x *erasing) raws(ctx context.Context) error {
	return x.inBatches(ctx, table{name: "raws", key: []string{"id"}, texts: []string{"hash"}}, func(t *tx, ids []incident.ID) error {
		var rows []rawRow
		if err := t.db.Table("raws").Where(t.dialect.in("id"), array(ids)).Order("id").Find(&rows).Error; err != nil {
			return err
		}
		for _, row := range rows {
			x.report.Looked++
			raw, err := row.value()
			if err != nil {
				return err
			}
			is := raw
			is.Body, is.Origin = x.eraser.Body(raw.Body), x.eraser.Text(raw.Origin)
			if string(is.Body) == string(raw.Body) && is.Origin == raw.Origin {
				continue
			}
			x.report.Places["raws"]++
			if is.Identify(); x.write {
				if err := t.replaceRaw(raw, is); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// replaceRaw puts a version of a record in the place of another one, and leads there what was made from it.
func (t *tx) replaceRaw(was, is incident.Raw) error {
	var twin int64
	err := t.db.Raw("SELECT count(*) FROM raws WHERE id = ? AND id <> ?", is.ID, was.ID).Scan(&twin).Error
	if err != nil {
		return err
	}
	if twin == 0 {
		err = t.db.Exec("UPDATE raws SET id = ?, hash = ?, body = ?, origin = ? WHERE id = ?", is.ID, is.Hash, pack(is.Body), is.Origin, was.ID).Error
	} else { // two versions differed in what was erased alone
		err = t.db.Exec("DELETE FROM raws WHERE id = ?", was.ID).Error
		if err == nil && was.Latest {
			err = t.db.Exec("UPDATE raws SET latest = ? WHERE id = ?", true, is.ID).Error
		}
	}
	for _, table := range []string{"incidents", "change_events", "rosters", "dead_letters"} {
		if err == nil {
			err = t.db.Exec("UPDATE "+table+" SET raw_id = ? WHERE raw_id = ?", is.ID, was.ID).Error
		}
	}
	return err
}

// Compact gives back the room of what was overwritten, so that no copy of it is left in the files of the database.
func (s *Store) Compact(ctx context.Context) error {
	if s.dialect == postgresDialect {
		_, err := s.sql.ExecContext(ctx, "VACUUM")
		return failed(err, "vacuum")
	}
	select {
	case s.writer <- struct{}{}:
		defer func() { <-s.writer }()
	case <-ctx.Done():
		return failed(ctx.Err(), "vacuum")
	}
	for _, statement := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := s.sql.ExecContext(ctx, statement); err != nil {
			return failed(err, "vacuum")
		}
	}
	return nil
}
