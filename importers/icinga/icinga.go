// Package icinga reads the problems of hosts and services out of the API of Icinga 2
// (https://icinga.com/docs/icinga-2/latest/doc/12-icinga2-api/). The API knows only how things are now, so problems are
// put together from what polls see of them; see record. It is written from that description and from what 2.13 answers.
package icinga

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

const name = "icinga"

// Source returns the source.
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "Icinga 2",
		Summary:    "Problems of hosts and services, from when they are polled on, with acknowledgements, downtimes and comments.",
		Docs:       "https://icinga.com/docs/icinga-2/latest/doc/12-icinga2-api/",
		Origin:     incident.OriginMonitor,
		Settings:   settings,
		Missing:    []string{"what happened before the connection was made: the API has no history", "problems that began and ended between two polls", "impact start and mitigation"},
		Permission: "An ApiUser with objects/query/Host, objects/query/Service and objects/query/Comment.",
		API:        &importers.API{Base: settings.From("url"), Sign: sign, CA: settings.From("ca")},
		Probe:      probe,
		Words:      words,
		Collections: []importers.Collection{{
			Name: "problems", Map: mapProblem, Combine: combine,
			List:  &importers.Listing{Page: page},
			Fetch: fetch,
		}},
	}
}

var settings = importers.Fields{
	{Name: "url", Label: "Address", Help: "Of the API, such as https://icinga.example.com:5665", Required: true},
	{Name: "user", Label: "API user", Help: "The name of an ApiUser object", Required: true},
	{Name: "password", Label: "Password", Help: "Of the API user", Required: true, Secret: true},
	{Name: "ca", Label: "Certificate authority", Help: "In PEM: /var/lib/icinga2/certs/ca.crt of the server, since Icinga makes its own certificates", Check: importers.CheckCA},
	{Name: "services", Label: "Only services with", Help: `An expression of Icinga's, such as "production" in service.groups. Empty: all`},
	{Name: "hosts", Label: "Only hosts with", Help: `An expression of Icinga's, such as host.vars.tier == 1; false leaves hosts out. Empty: all`},
}

var words = importers.Words{
	Severity: importers.Values[incident.Severity]{}.With(map[string]incident.Severity{
		"critical": incident.Sev1, "down": incident.Sev1, "warning": incident.Sev3, "unknown": incident.Sev4,
	}),
}

func sign(cfg importers.Config, req *http.Request) {
	req.SetBasicAuth(settings.Of(cfg, "user"), cfg.Settings["password"])
}

func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	var who struct {
		Results []struct {
			User        string
			Permissions []string
		}
	}
	err := in.Get(ctx, "/v1", nil, &who)
	if err != nil {
		return importers.Scope{}, err
	}
	var scope importers.Scope
	for _, r := range who.Results {
		scope.Identity = importers.Line(r.User)
		for _, p := range r.Permissions {
			scope.Sees("%s", p)
		}
	}
	if slices.Contains(scope.Reach, "*") {
		scope.Note("The API user may do everything; objects/query/Host, objects/query/Service and objects/query/Comment are enough.")
	}
	_, err = page(ctx, in, importers.At{})
	return scope, err
}

// query asks for objects. It is a POST that counts as a GET, so that filters may be long and are no template of ours: what
// they compare with travels beside them.
func query(ctx context.Context, in importers.Input, kind, filter string, vars map[string]any, attrs []string) (results []result, err error) {
	text, err := json.Marshal(struct {
		Filter string         `json:"filter,omitempty"`
		Vars   map[string]any `json:"filter_vars,omitempty"`
		Attrs  []string       `json:"attrs,omitempty"`
	}{filter, vars, attrs})
	if err != nil {
		return nil, err
	}
	a, err := in.Client.Do(ctx, importers.Request{Method: http.MethodPost, Path: "/v1/objects/" + kind, Body: text,
		Header: http.Header{"X-Http-Method-Override": {http.MethodGet}}})
	if importers.HasStatus(err, http.StatusNotFound) && strings.Contains(err.Error(), `"error":404`) {
		return nil, nil // nothing matches
	}
	if err != nil {
		return nil, err
	}
	var answer struct{ Results []result }
	return answer.Results, a.JSON(&answer)
}

// result is one object of an answer.
type result struct {
	Name  string
	Attrs json.RawMessage
}
