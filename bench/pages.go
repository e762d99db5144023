package main

import (
	"context"
	"fmt"
	"net/url"
	"time"
)

const visits = 30

// pages visits the pages that people open most, one after the other.
func (b *bench) pages(ctx context.Context, api, browser *client) (section, error) {
	s := section{
		title: "Pages",
		note: fmt.Sprintf("%d incidents, signed in, no concurrency, %d visits after a first one. Time to the first byte, p50 / p95 in milliseconds; what was sent, and what "+
			"gzip makes of it. Styles and scripts are loaded once and cached.", b.largest(), visits),
		header: []string{"page", "first byte", "sent", "with gzip"},
	}
	paths, err := paths(ctx, api)
	if err != nil {
		return s, err
	}
	for _, p := range paths {
		b.say("visit %s", p.path)
		row, err := visit(ctx, browser, p.path)
		if err != nil {
			return s, err
		}
		s.rows = append(s.rows, append([]string{p.name}, row...))
	}
	return s, nil
}

type page struct{ name, path string }

func paths(ctx context.Context, api *client) ([]page, error) {
	newest, err := firstID(ctx, api, "/api/v1/incidents?range=all&limit=1")
	if err != nil {
		return nil, err
	}
	busiest, err := firstID(ctx, api, "/api/v1/services")
	if err != nil {
		return nil, err
	}
	return []page{
		{"overview", "/?range=all"},
		{"incidents", "/incidents?range=all"},
		{"incidents, a common word", "/incidents?range=all&q=checkout"},
		{"incident", "/incidents/" + newest},
		{"services", "/services?range=all"},
		{"busiest service", "/services/" + busiest + "?range=all"},
		{"service levels", "/sla?range=all"},
		{"search", "/search?range=all&q=cache"},
	}, nil
}

// firstID returns the id of the first item that a list of the API holds.
func firstID(ctx context.Context, api *client, path string) (string, error) {
	var list struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if _, err := api.read(ctx, path, &list); err != nil {
		return "", err
	}
	if len(list.Items) == 0 {
		return "", fmt.Errorf("%s lists nothing", path)
	}
	return list.Items[0].ID, nil
}

func visit(ctx context.Context, browser *client, path string) ([]string, error) {
	first, err := browser.get(ctx, path)
	if err != nil {
		return nil, err
	}
	var times []time.Duration
	for range visits {
		a, err := browser.get(ctx, path)
		if err != nil {
			return nil, err
		}
		times = append(times, a.firstByte)
	}
	return []string{spread(times), kilo(first.sent), kilo(gzipped(first.body))}, nil
}

// prepare adds what pages need: someone who may sign in, a program's token and a service level.
func prepare(ctx context.Context, p program) (token string, err error) {
	if _, _, err := p.run(ctx, password+"\n", "user", "add", user, "--role", "admin"); err != nil {
		return "", err
	}
	token, _, err = p.run(ctx, "", "token", "add", "bench", "--role", "editor")
	return token, err
}

// The server is thrown away with the data, so these open nothing.
const user, password = "visitor", "a long made-up sentence 4711"

func signIn(ctx context.Context, browser *client) error {
	if err := browser.post(ctx, "/login", url.Values{"name": {user}, "password": {password}}); err != nil {
		return err
	}
	return browser.post(ctx, "/admin/contracts/new", url.Values{"name": {"Resolution"}, "every": {"month"}, "p0.name": {"Resolution"}, "p0.span": {"opened..resolved"}, "p0.within": {"4h"}, "p0.goal": {"95"}, "action": {"save"}})
}
