// Package rt reads tickets of Request Tracker 5, with their history and texts, through its REST API 2.0. It is written
// from its description (https://docs.bestpractical.com/rt/5.0.5/RT/REST2.html) and from what version 5.0.3 answers.
// Start with [Source].
package rt

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

const name = "rt"

// Source returns the source.
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "Request Tracker",
		Summary:    "Tickets with history, comments, merges and custom fields, of all queues or of some.",
		Docs:       "https://docs.bestpractical.com/rt/5.0.5/RT/REST2.html",
		Origin:     incident.OriginTicket,
		Settings:   settings,
		Missing:    []string{"impact start, detection and mitigation, unless a custom field holds them", "pushes: scrips send mail, not webhooks", "deletions of tickets that were over already"},
		Permission: "A user with ShowTicket and SeeQueue on the queues that are read, SeeCustomField, and ShowTicketComments if comments are wanted.",
		API: &importers.API{
			Base: settings.From("url"),
			Sign: sign,
			CA:   settings.From("ca"),
			Cost: func(importers.Config) importers.Cost { return importers.Cost{Page: 100, Each: 2} },
		},
		Probe: probe,
		Words: words,
		Check: check,
		Collections: []importers.Collection{{
			Name: "tickets", Map: mapTicket,
			List:  &importers.Listing{Page: page},
			Fetch: fetch,
		}},
	}
}

var settings = importers.Fields{
	{Name: "url", Label: "Address", Help: "Where Request Tracker answers, such as https://rt.example.com", Required: true},
	{Name: "token", Label: "Token", Help: "Of the user, from Logged in as > Settings > Auth Tokens; or give user and password", Secret: true},
	{Name: "user", Label: "User", Help: "Of basic authentication"},
	{Name: "password", Label: "Password", Help: "Of basic authentication", Secret: true},
	{Name: "ca", Label: "Certificate authority", Lines: true, Help: "In PEM, where the server's certificate comes from an authority of your own", Check: importers.CheckCA},
	{Name: "queues", Label: "Queues", Help: "Names, with commas between them. Empty: all that the user sees"},
	{Name: "query", Label: "Only tickets with", Help: "A condition in TicketSQL, such as CF.{Type} = 'Incident'"},
	{Name: "priorities", Label: "Severity by priority", Help: "Which severity a priority stands for, from each number on", Default: "90=1, 70=2, 40=3, 1=4", Check: checkPriorities},
	{Name: "private", Label: "Comments", Help: "Whether comments, which requestors do not see, are read; here they are shown to editors alone", Options: []string{"no", "yes"}, Default: "no"},
}

var words = importers.Words{
	// The lifecycle "default"; others can have other statuses.
	Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{
		"new": incident.Triggered, "open": incident.Investigating, "stalled": incident.Investigating,
		"resolved": incident.Resolved, "rejected": incident.Canceled, "deleted": incident.Canceled,
	}),
}

func sign(cfg importers.Config, req *http.Request) {
	if token := settings.Of(cfg, "token"); token != "" {
		req.Header.Set("Authorization", "token "+token)
		return
	}
	req.SetBasicAuth(settings.Of(cfg, "user"), cfg.Settings["password"])
}

// check refuses settings without any credentials.
func check(cfg importers.Config) error {
	if settings.Of(cfg, "token") == "" && settings.Of(cfg, "user") == "" {
		return incident.Invalidf("token", "Request Tracker needs a token, or a user and a password")
	}
	return nil
}

// step says from which priority on a severity holds.
type step struct {
	from     int
	severity incident.Severity
}

// steps reads "90=1, 70=2".
func steps(text string) ([]step, error) {
	var all []step
	for _, pair := range importers.List(text, ",") {
		from, severity, _ := strings.Cut(pair, "=")
		f, err := strconv.Atoi(strings.TrimSpace(from))
		s, err2 := strconv.Atoi(strings.TrimSpace(severity))
		if err != nil || err2 != nil || s < 1 || s > 5 {
			return nil, fmt.Errorf("%q is not of the form priority=severity, such as 90=1", pair)
		}
		all = append(all, step{f, incident.Severity(s)})
	}
	return all, nil
}

func checkPriorities(text string) error {
	_, err := steps(text)
	return err
}

// get asks Request Tracker and decodes what it answers. Its messages about a wrong search name files of the
// server: that part is left out.
func get(ctx context.Context, in importers.Input, path string, query url.Values, into any) error {
	a, err := in.Client.Get(ctx, "/REST/2.0"+path, query)
	var status *importers.StatusError
	if errors.As(err, &status) {
		said := *status
		said.Body, _, _ = strings.Cut(said.Body, " at /")
		return &said
	}
	if err != nil {
		return err
	}
	return a.JSON(into)
}

func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	var server struct{ Version string }
	if err := get(ctx, in, "/rt", nil, &server); err != nil {
		return importers.Scope{}, err
	}
	who := settings.Of(in.Config, "user")
	if settings.Of(in.Config, "token") != "" {
		who = "the token's user"
	}
	scope := importers.Scope{Identity: importers.Line(fmt.Sprintf("%s, on Request Tracker %s", who, server.Version))}
	var queues struct{ Items []struct{ Name string } }
	if err := get(ctx, in, "/queues/all", url.Values{"fields": {"Name"}, "per_page": {"100"}}, &queues); err != nil {
		return scope, err
	}
	for _, q := range queues.Items {
		scope.Sees("%s", q.Name)
	}
	if len(queues.Items) == 0 {
		scope.Note("The user sees no queue: grant SeeQueue and ShowTicket on those that hold incidents.")
	}
	_, err := search(ctx, in, condition(in.Config, 0, importers.At{}))
	return scope, err
}
