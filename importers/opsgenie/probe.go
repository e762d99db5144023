package opsgenie

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"hindsight/importers"
)

// probe proves that the key works, says of which account it is, and whether what the connection counts can be read.
func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	scope := importers.Scope{Identity: "A key without access to the account's configuration"}
	var account struct {
		Data struct {
			Name string
			Plan struct{ Name string }
		}
	}
	err := in.Get(ctx, "/v2/account", nil, &account)
	switch {
	case err == nil:
		scope.Identity = "A key of the account " + importers.Line(account.Data.Name) + ", plan " + importers.Line(account.Data.Plan.Name)
	case importers.HasStatus(err, http.StatusForbidden):
		scope.Note("Names of services, teams and users, and schedules, need an integration with “Configuration access”.")
	default:
		return scope, fmt.Errorf("opsgenie: whose key is this: %w", err)
	}
	path := "/v2/alerts"
	if settings.Of(in.Config, "count") == countIncidents {
		path = "/v1/incidents/"
	}
	_, err = in.Client.Get(ctx, path, url.Values{"query": {"status: open"}, "limit": {"1"}})
	if path == "/v1/incidents/" && importers.HasStatus(err, http.StatusForbidden, http.StatusPaymentRequired) {
		return scope, fmt.Errorf("opsgenie: this key cannot read incidents, which plans below Standard do not have; count alerts instead: %w", err)
	}
	if err != nil {
		return scope, fmt.Errorf("opsgenie: read %s: %w", settings.Of(in.Config, "count"), err)
	}
	scope.Reach = append(scope.Reach, settings.Of(in.Config, "count"))
	return scope, nil
}
