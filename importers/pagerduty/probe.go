package pagerduty

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"hindsight/importers"
)

// probe proves that the key works, says whose it is and which services it sees.
func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	scope := importers.Scope{Identity: "An API key of the account"}
	var me struct{ User reference }
	err := in.Get(ctx, "/users/me", nil, &me)
	switch {
	case err == nil:
		scope.Identity = "The key of " + importers.Line(me.User.label()) + ": it sees what this user sees"
	case !importers.HasStatus(err, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound): // keys of an account have no user
		return scope, fmt.Errorf("pagerduty: whose key is this: %w", err)
	}
	if _, err := in.Client.Get(ctx, "/incidents", url.Values{"limit": {"1"}}); err != nil {
		return scope, fmt.Errorf("pagerduty: read incidents: %w", err)
	}
	var list struct {
		Services []reference
		More     bool
	}
	err = in.Get(ctx, "/services", url.Values{"limit": {"100"}}, &list)
	if importers.HasStatus(err, http.StatusForbidden) {
		scope.Note("The key may not list services; incidents name theirs all the same.")
		return scope, nil
	}
	if err != nil {
		return scope, fmt.Errorf("pagerduty: list services: %w", err)
	}
	for _, s := range list.Services {
		scope.Sees("%s", s.label())
	}
	if list.More {
		scope.Note("There are more services than the hundred that are shown.")
	}
	if len(list.Services) == 0 {
		scope.Note("The key sees no service, so there will be no incidents. Does its user belong to a team?")
	}
	return scope, nil
}
