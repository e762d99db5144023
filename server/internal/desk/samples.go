package desk

import (
	"context"
	"fmt"
	"slices"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/demo"
)

// LoadSamples queues the import of the bundled sets called names, or of all without names. A name that no set
// has is ErrInvalid.
func (d *Desk) LoadSamples(ctx context.Context, by string, names ...string) ([]incident.Run, error) {
	sets, err := samples(names)
	if err != nil {
		return nil, err
	}
	var runs []incident.Run
	for _, set := range sets {
		run, err := d.loadSample(ctx, set, by)
		if err != nil {
			return runs, fmt.Errorf("desk: load sample %s: %w", set.Name, err)
		}
		runs = append(runs, run)
	}
	return runs, nil
}

func samples(names []string) ([]demo.Set, error) {
	all := demo.Sets()
	if len(names) == 0 {
		return all, nil
	}
	var out []demo.Set
	for _, name := range names {
		i := slices.IndexFunc(all, func(s demo.Set) bool { return s.Name == name })
		if i < 0 {
			return nil, incident.Invalidf("sample", "there is no sample data called %q", name)
		}
		out = append(out, all[i])
	}
	return out, nil
}

func (d *Desk) loadSample(ctx context.Context, set demo.Set, by string) (incident.Run, error) {
	conn, err := d.Connect(ctx, Plan{Source: set.Source, Name: set.Title, Settings: set.Settings, Mapping: set.Mapping, Sample: true})
	if err != nil {
		return incident.Run{}, err
	}
	if !conn.Sample {
		return incident.Run{}, fmt.Errorf("connection %q is not sample data: %w", conn.Name, incident.ErrConflict)
	}
	run := d.NewRun(conn, "sample", by)
	for _, f := range set.Files {
		if err := d.addSample(ctx, run.ID, f); err != nil {
			return run, err
		}
	}
	run.Upload = set.Name
	return d.Start(ctx, run)
}

func (d *Desk) addSample(ctx context.Context, run incident.ID, f importers.File) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	return d.AddFile(ctx, run, f.Name, r)
}

// RemoveSamples removes the bundled sets called names, or all without names, with everything that came from
// them. Loading them again brings it back.
func (d *Desk) RemoveSamples(ctx context.Context, names ...string) error {
	sets, err := samples(names)
	if err != nil {
		return err
	}
	all, err := d.Store.Connections(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if !c.Sample || !slices.ContainsFunc(sets, func(s demo.Set) bool { return s.Title == c.Name }) {
			continue
		}
		if _, err := d.Disconnect(ctx, c.ID, "sample data removed"); err != nil {
			return err
		}
	}
	return nil
}
