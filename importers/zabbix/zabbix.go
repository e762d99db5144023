// Package zabbix reads problems out of the JSON-RPC API of Zabbix. It is written from its description
// (https://www.zabbix.com/documentation/6.0/en/manual/api/reference/event/get) and from what version 6.0 answers.
// Start with [Source].
package zabbix

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"hindsight/importers"
	"hindsight/incident"
)

const name = "zabbix"

// Source returns the source.
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "Zabbix",
		Summary:    "Problems of triggers with their recoveries, acknowledgements, messages and tags.",
		Docs:       "https://www.zabbix.com/documentation/6.0/en/manual/api/reference/event/get",
		Origin:     incident.OriginMonitor,
		Settings:   settings,
		Missing:    []string{"impact start and mitigation", "events that the housekeeper has deleted before they were read", "acknowledgements and messages of problems that ended more than 30 days ago"},
		Permission: "An API token of a user with the role User and read access to the host groups that are read; the role must allow event.get, hostgroup.get and user.get.",
		API: &importers.API{
			Base: settings.From("url"),
			Sign: sign,
			CA:   settings.From("ca"),
			Cost: func(importers.Config) importers.Cost { return importers.Cost{Page: 500, Each: 0.002} },
		},
		Probe: probe,
		Words: words,
		Collections: []importers.Collection{{
			Name: "problems", Map: mapProblem,
			List:  &importers.Listing{Page: page, Keyset: true},
			Fetch: fetch,
		}},
	}
}

// severities are Zabbix's names by their numbers, which an administrator can rename for the eye alone.
var severities = []string{"not classified", "information", "warning", "average", "high", "disaster"}

var settings = importers.Fields{
	{Name: "url", Label: "Address", Help: "Of the frontend, such as https://zabbix.example.com or https://example.com/zabbix", Required: true},
	{Name: "token", Label: "API token", Help: "From User settings > API tokens; there are some since Zabbix 5.4", Required: true, Secret: true},
	{Name: "ca", Label: "Certificate authority", Help: "In PEM, where the server's certificate comes from an authority of your own", Check: importers.CheckCA},
	{Name: "groups", Label: "Host groups", Help: "Names, with commas between them. Empty: all that the token reaches"},
	{Name: "least", Label: "From severity", Help: "Less severe problems are not read", Options: severities, Default: severities[0]},
}

var words = importers.Words{
	Severity: importers.Values[incident.Severity]{}.With(map[string]incident.Severity{
		"disaster": incident.Sev1, "high": incident.Sev2, "average": incident.Sev3, "warning": incident.Sev4, "information": incident.Sev5, "not classified": incident.Sev5,
	}),
	Fields: map[string]string{"service": "service", "team": "team"}, // tags
}

func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	c, err := connect(ctx, in)
	if err != nil {
		return importers.Scope{}, err
	}
	var users []struct{ Username, Alias string }
	if err := c.call(ctx, "user.get", map[string]any{"output": "extend"}, &users); err != nil {
		return importers.Scope{}, err
	}
	scope := importers.Scope{Identity: "an API token on Zabbix " + importers.Line(c.version)}
	if len(users) == 1 { // a user sees itself alone, an administrator everybody
		scope.Identity = importers.Line(fmt.Sprintf("%s%s on Zabbix %s", users[0].Username, users[0].Alias, c.version))
	} else if len(users) > 1 {
		scope.Note("The token belongs to an administrator; a user with read access to the host groups is enough.")
	}
	var groups []struct{ Name string }
	if err := c.call(ctx, "hostgroup.get", map[string]any{"output": []string{"name"}, "sortfield": "name"}, &groups); err != nil {
		return scope, err
	}
	for _, g := range groups {
		scope.Sees("%s", g.Name)
	}
	if len(groups) == 0 {
		scope.Note("The token reaches no host group: give its user read access to those that matter.")
	}
	_, err = c.filter(ctx, in)
	return scope, err
}

// filter returns the conditions that the settings make.
func (c *caller) filter(ctx context.Context, in importers.Input) (map[string]any, error) {
	conditions := map[string]any{}
	if least := slices.Index(severities, settings.Of(in.Config, "least")); least > 0 {
		var numbers []int
		for n := least; n < len(severities); n++ {
			numbers = append(numbers, n)
		}
		conditions["severities"] = numbers
	}
	wanted := settings.List(in.Config, "groups")
	if len(wanted) == 0 {
		return conditions, nil
	}
	var found []struct{ GroupID, Name string }
	if err := c.call(ctx, "hostgroup.get", map[string]any{"output": []string{"groupid", "name"}, "filter": map[string]any{"name": wanted}}, &found); err != nil {
		return nil, err
	}
	var ids []string
	for _, g := range found {
		ids = append(ids, g.GroupID)
		wanted = slices.DeleteFunc(wanted, func(w string) bool { return w == g.Name })
	}
	if len(wanted) > 0 {
		return nil, fmt.Errorf("zabbix: there is no host group %s, or the token does not reach it; correct the setting groups", strconv.Quote(wanted[0]))
	}
	conditions["groupids"] = ids
	return conditions, nil
}
