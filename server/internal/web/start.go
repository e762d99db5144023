package web

import (
	"context"
	"slices"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/demo"
)

const startPath = "/setup/start"

// start offers the ways to begin.
func (s *Server) start(r *request) (answer, error) {
	samples, err := s.samples(r.Request.Context())
	return answer{page: frontend.StartPage{Shell: r.shell("Get started", frontend.NavImports), Samples: samples}}, err
}

// samples are the bundled sets, and which of them are here.
func (s *Server) samples(ctx context.Context) ([]frontend.SampleSet, error) {
	all, err := s.Store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	return each(demo.Sets(), func(set demo.Set) frontend.SampleSet {
		return frontend.SampleSet{Name: set.Name, Title: set.Title, Summary: set.Credit, Incidents: set.Incidents, Licence: set.Licence,
			Loaded: slices.ContainsFunc(all, func(c incident.Connection) bool { return c.Sample && c.Name == set.Title })}
	}), nil
}

// chosen is the sample set that a form names; none means all.
func (r *request) chosen() []string {
	if name := r.PostForm("sample"); name != "" {
		return []string{name}
	}
	return nil
}

func (s *Server) loadSample(r *request) (answer, error) {
	runs, err := s.LoadSamples(r.Request.Context(), r.viewer.Name, r.chosen()...)
	if err != nil {
		return answer{}, err
	}
	if len(runs) == 1 {
		return goTo(frontend.RunPath(runs[0].ID), frontend.Flash{})
	}
	return goTo(importsPath, frontend.Flash{Kind: frontend.Done, Text: "The sample data is being imported. It can be removed again in one click."})
}

// removeSample needs no confirmation, since loading it again brings everything back.
func (s *Server) removeSample(r *request) (answer, error) {
	ctx := r.Request.Context()
	if err := s.RemoveSamples(ctx, r.chosen()...); err != nil {
		return answer{}, err
	}
	if err := s.seeAll(ctx); err != nil {
		return answer{}, err
	}
	return goTo(importsPath, frontend.Flash{Kind: frontend.Done, Text: "The sample data is removed.", Link: frontend.Link{Label: "Load it again", Path: startPath}})
}

// seeAll waits a moment until the pages show what is in the database now.
func (s *Server) seeAll(ctx context.Context) error {
	head, err := s.Store.Head(ctx)
	if err == nil {
		s.Wait(ctx, head)
	}
	return err
}
