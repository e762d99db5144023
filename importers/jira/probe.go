package jira

import (
	"context"
	"fmt"
	"net/url"

	"hindsight/importers"
)

// probe says as whom the token is known, which projects it may see, and how many issues are incidents. Jira hides what
// may not be seen without saying so, so that nothing found is worth a note.
func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	var me ref
	if err := in.Get(ctx, api(in.Config)+"/myself", nil, &me); err != nil {
		return importers.Scope{}, fmt.Errorf("jira: who am I: %w", err)
	}
	s := importers.Scope{Identity: importers.Line(me.person())}
	for _, key := range projects(in.Config) {
		var p ref
		seen, err := s.Try(ctx, in, api(in.Config)+"/project/"+url.PathEscape(key), nil, &p, fmt.Sprintf("The project %s is not there, or %s may not browse it.", key, s.Identity))
		if err != nil {
			return s, fmt.Errorf("jira: project %s: %w", key, err)
		}
		if seen {
			s.Sees("%s %s", p.Key, p.Name)
		}
	}
	n, err := matching(ctx, importers.Input{Config: in.Config, Client: in.Client})
	if err != nil {
		return s, err
	}
	s.Sees("about %d issues", n)
	if n == 0 {
		s.Note("No issue is found. Either there is none, or the account lacks the permission Browse projects: Jira does not say which.")
	}
	return s, nil
}

// matching returns how many issues changed within in's bounds.
func matching(ctx context.Context, in importers.Input) (int64, error) {
	search := jql(in.Config, importers.At{From: in.Since, To: in.Until}, 0)
	if onCloud(in.Config) {
		return count(ctx, in, search)
	}
	f, err := serverSearch(ctx, in, search, url.Values{"maxResults": {"0"}})
	return int64(f.Total), err
}
