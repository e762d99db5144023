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
	answer, err := in.Client.Get(ctx, "/users/me", nil)
	switch {
	case err == nil:
		if err := answer.JSON(&me); err != nil {
			return scope, err
		}
		scope.Identity = "The key of " + importers.Line(me.User.label()) + ": it sees what this user sees"
	case !importers.HasStatus(err, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound): // keys of an account have no user
		return scope, fmt.Errorf("pagerduty: whose key is this: %w", err)
	}
	if _, err := in.Client.Get(ctx, "/incidents", url.Values{"limit": {"1"}}); err != nil {
		return scope, fmt.Errorf("pagerduty: read incidents: %w", err)
	}
	answer, err = in.Client.Get(ctx, "/services", url.Values{"limit": {"100"}})
	if importers.HasStatus(err, http.StatusForbidden) {
		scope.Notes = append(scope.Notes, "The key may not list services; incidents name theirs all the same.")
		return scope, nil
	}
	if err != nil {
		return scope, fmt.Errorf("pagerduty: list services: %w", err)
	}
	var list struct {
		Services []reference
		More     bool
	}
	if err := answer.JSON(&list); err != nil {
		return scope, err
	}
	for _, s := range list.Services {
		scope.Reach = append(scope.Reach, importers.Line(s.label()))
	}
	if list.More {
		scope.Notes = append(scope.Notes, "There are more services than the hundred that are shown.")
	}
	if len(list.Services) == 0 {
		scope.Notes = append(scope.Notes, "The key sees no service, so there will be no incidents. Does its user belong to a team?")
	}
	return scope, nil
}
