package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"hindsight/incident"
	"hindsight/server/internal/jobs"
)

// MaxUpload is the largest file that can be uploaded, in bytes.
const MaxUpload = 512 << 20

// Plan is what somebody wants to import from: a new connection.
type Plan struct {
	Source   string
	Name     string            // empty: the source's own name
	Settings map[string]string // an empty value takes a setting back, and leaves a secret one as it is
	Forget   []string          // secret settings to take back
	Mapping  json.RawMessage
	Exclude  string // keeps its incidents out of reliability numbers, and why
	Sample   bool
	By       string // who plans it
}

// Connect returns the connection of a plan's name, made or brought up to date. A change of the mapping
// counts its version up.
func (d *Desk) Connect(ctx context.Context, p Plan) (incident.Connection, error) {
	conn, err := d.Prepare(ctx, p)
	if err != nil {
		return conn, err
	}
	return conn, d.keep(ctx, conn, p.By)
}

// keep stores a connection. When its mapping changes, both the old one and the new one are kept as versions.
func (d *Desk) keep(ctx context.Context, conn incident.Connection, by string) error {
	versions, err := d.MappingVersions(ctx, conn, by)
	if err != nil {
		return err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		if err := tx.PutConnection(conn); err != nil {
			return err
		}
		return tx.PutMappings(versions)
	})
	return err
}

// MappingVersions returns the versions of mappings that are to be kept with a connection that is about to be stored: the one
// that it has and the new one, where they differ.
func (d *Desk) MappingVersions(ctx context.Context, conn incident.Connection, by string) ([]incident.MappingVersion, error) {
	before, err := d.Store.Connection(ctx, conn.ID)
	if err != nil && !errors.Is(err, incident.ErrNotFound) {
		return nil, err
	}
	if before != nil && string(before.Mapping) == string(conn.Mapping) {
		return nil, nil
	}
	var versions []incident.MappingVersion
	if before != nil {
		was := incident.MappingVersion{Connection: conn.ID, Version: before.MapVersion, Mapping: stand(before.Mapping)}
		if before.MapVersion == 1 {
			was.SavedAt = before.CreatedAt
		}
		versions = append(versions, was)
	}
	if before != nil || len(conn.Mapping) > 0 {
		versions = append(versions, incident.MappingVersion{Connection: conn.ID, Version: conn.MapVersion, Mapping: stand(conn.Mapping), SavedAt: d.Now().UTC(), By: by})
	}
	return versions, nil
}

// stand returns a mapping, or the one that says nothing, so that it can be gone back to.
func stand(mapping json.RawMessage) json.RawMessage {
	if len(mapping) == 0 {
		return json.RawMessage("{}")
	}
	return mapping
}

// Mapping returns the mapping that a connection had as version.
func (d *Desk) Mapping(ctx context.Context, connection incident.ID, version int) (json.RawMessage, error) {
	all, err := d.Store.Mappings(ctx, connection)
	for _, m := range all {
		if m.Version == version {
			return m.Mapping, nil
		}
	}
	if err == nil {
		err = fmt.Errorf("desk: mapping %d of connection %s: %w", version, connection, incident.ErrNotFound)
	}
	return nil, err
}

// Prepare returns the connection that Connect would store, its secrets sealed.
func (d *Desk) Prepare(ctx context.Context, p Plan) (incident.Connection, error) {
	source, err := d.Source(p.Source)
	if err != nil {
		return incident.Connection{}, err
	}
	p.Exclude = strings.TrimSpace(p.Exclude)
	if p.Name = strings.TrimSpace(p.Name); p.Name == "" {
		p.Name = p.Source
	}
	if p.Name, err = connectionName(p.Name); err != nil {
		return incident.Connection{}, err
	}
	all, err := d.Store.Connections(ctx)
	if err != nil {
		return incident.Connection{}, err
	}
	settings, secrets := separate(source, p.Settings)
	p.Settings = settings
	id, err := d.idFor(ctx, all, p.Source, p.Name)
	if err != nil {
		return incident.Connection{}, err
	}
	conn := incident.Connection{ID: id, Source: p.Source, Name: p.Name, MapVersion: 1,
		Mapping: p.Mapping, Settings: stated(settings), Exclude: p.Exclude, Sample: p.Sample, CreatedAt: d.Now().UTC()}
	before := conn
	if i := slices.IndexFunc(all, func(c incident.Connection) bool { return c.Name == p.Name }); i >= 0 {
		before = all[i]
		if before.Source != p.Source {
			return conn, incident.Invalidf("name", "there is already a connection %q, of another source", p.Name)
		}
		conn = p.change(before)
	}
	return d.keepSecrets(source, before, conn, secrets, p.Forget)
}

// stated leaves out settings that say nothing, so that an empty field of a form changes nothing or takes a
// setting back.
func stated(settings map[string]string) map[string]string {
	out := map[string]string{}
	for name, value := range settings {
		if value = strings.TrimSpace(value); value != "" {
			out[name] = value
		}
	}
	return out
}

// ConnectionNamed returns the connection that people mean by a name or id.
func (d *Desk) ConnectionNamed(ctx context.Context, name string) (incident.Connection, error) {
	all, err := d.Store.Connections(ctx)
	if err != nil {
		return incident.Connection{}, err
	}
	i := slices.IndexFunc(all, func(c incident.Connection) bool { return c.Name == name || string(c.ID) == name })
	if i < 0 {
		var names []string
		for _, c := range all {
			names = append(names, c.Name)
		}
		return incident.Connection{}, incident.Invalidf("connection", "there is no connection %q; there are %q", name, names)
	}
	return all[i], nil
}

// change lays what the plan says on an existing connection; what it does not say stays.
func (p Plan) change(conn incident.Connection) incident.Connection {
	settings := maps.Clone(conn.Settings)
	if settings == nil {
		settings = map[string]string{}
	}
	maps.Copy(settings, p.Settings)
	settings = stated(settings)
	if len(p.Mapping) > 0 && string(p.Mapping) != string(conn.Mapping) || !maps.Equal(settings, stated(conn.Settings)) {
		conn.MapVersion++
	}
	conn.Settings = settings
	if len(p.Mapping) > 0 {
		conn.Mapping = p.Mapping
	}
	if p.Exclude != "" {
		conn.Exclude = p.Exclude
	}
	return conn
}

// SetMapping changes how a connection's records are read, in the name of by, and returns it. The stored records can
// then be mapped again.
func (d *Desk) SetMapping(ctx context.Context, id incident.ID, mapping json.RawMessage, settings map[string]string, by string) (incident.Connection, error) {
	return d.Amend(ctx, id, Plan{Mapping: mapping, Settings: settings, By: by})
}

// Amend changes an existing connection as a plan says; its Source, Name and Sample do not matter. What it does not say
// stays. A mapping that changes nothing is the same as none.
func (d *Desk) Amend(ctx context.Context, id incident.ID, p Plan) (incident.Connection, error) {
	changed, err := d.Amended(ctx, id, p)
	if err != nil {
		return changed, err
	}
	return changed, d.keep(ctx, changed, p.By)
}

// Amended returns the connection that Amend would store.
func (d *Desk) Amended(ctx context.Context, id incident.ID, p Plan) (incident.Connection, error) {
	conn, err := d.Store.Connection(ctx, id)
	if err != nil {
		return incident.Connection{}, err
	}
	source, err := d.Source(conn.Source)
	if err != nil {
		return incident.Connection{}, err
	}
	settings, secrets := separate(source, p.Settings)
	p.Settings = settings
	if len(conn.Mapping) == 0 && string(p.Mapping) == "{}" {
		p.Mapping = nil
	}
	return d.keepSecrets(source, *conn, p.change(*conn), secrets, p.Forget)
}

// NewRun prepares a run of a connection. Files can be added to it with AddFile; Start lets it go.
func (d *Desk) NewRun(conn incident.Connection, via, by string) incident.Run {
	return incident.Run{ID: incident.NewID("run"), Connection: conn.ID, State: incident.RunQueued, Via: via, By: by, Total: -1, StartedAt: d.Now().UTC()}
}

// AddFile stores an uploaded file for a run, where every replica finds it.
func (d *Desk) AddFile(ctx context.Context, run incident.ID, name string, r io.Reader) error {
	return d.Uploads.Save(ctx, run, name, r, MaxUpload)
}

// Start queues a run and returns it.
func (d *Desk) Start(ctx context.Context, run incident.Run) (incident.Run, error) {
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		if err := tx.PutRun(run); err != nil {
			return err
		}
		return tx.Enqueue(incident.Job{Kind: jobs.KindImport, ID: run.ID})
	})
	return run, err
}

// StartUpload queues the run that files were uploaded for and returns it. Asked twice, it starts one run.
// ErrNotFound: the files are not here any more.
func (d *Desk) StartUpload(ctx context.Context, conn incident.Connection, upload incident.ID, by string) (incident.Run, error) {
	if run, err := d.Store.Run(ctx, upload); !errors.Is(err, incident.ErrNotFound) {
		if err == nil && run.Connection != conn.ID {
			err = fmt.Errorf("desk: upload %s belongs to another connection: %w", upload, incident.ErrConflict)
		}
		if err != nil {
			return incident.Run{}, err
		}
		return *run, nil
	}
	files, err := d.Uploads.Open(ctx, upload)
	if err != nil {
		return incident.Run{}, err
	}
	if len(files) == 0 {
		return incident.Run{}, fmt.Errorf("desk: upload %s holds no file: %w", upload, incident.ErrNotFound)
	}
	run := d.NewRun(conn, "file", by)
	run.ID, run.Upload = upload, files[0].Name
	return d.Start(ctx, run)
}

// Cancel ends a run that waits or goes on; what it has stored stays. ErrConflict: it has ended already.
func (d *Desk) Cancel(ctx context.Context, id incident.ID) error {
	run, err := d.Store.Run(ctx, id)
	if err != nil {
		return err
	}
	if err := d.Runner.Cancel(ctx, id); err != nil {
		return err
	}
	if run.State == incident.RunQueued && run.Upload != "" {
		return d.Uploads.Remove(ctx, id) // nobody else will: a run that has begun cleans up after itself
	}
	return nil
}

// Again queues a run over stored records: via is "remap" after a change of the mapping, "retry" for dead letters.
func (d *Desk) Again(ctx context.Context, connection incident.ID, via, by string) (incident.Run, error) {
	conn, err := d.Store.Connection(ctx, connection)
	if err != nil {
		return incident.Run{}, err
	}
	return d.Start(ctx, d.NewRun(*conn, via, by))
}

// Disconnect removes a connection with its records; of its incidents, tombstones stay. A run of it that goes on
// ends.
func (d *Desk) Disconnect(ctx context.Context, id incident.ID, reason string) (incident.Seq, error) {
	runs, err := d.Store.Runs(ctx, id, latestRuns)
	if err != nil {
		return 0, err
	}
	for _, run := range runs {
		if run.State.Done() {
			continue
		}
		if err := d.Cancel(ctx, run.ID); err != nil && !errors.Is(err, incident.ErrConflict) {
			return 0, err
		}
	}
	return d.Store.Update(ctx, func(tx incident.Tx) error {
		if err := tx.DeleteConnection(id, reason); err != nil {
			return err
		}
		return tx.Enqueue(incident.Job{Kind: jobs.KindGroup, ID: "all"})
	})
}

// latestRuns are the runs of a connection among which those are that have not ended.
const latestRuns = 50
