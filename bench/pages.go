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
		note: fmt.Sprintf("%d incidents, signed in, no concurrency, %d visits after a first one. Time to the first byte, p50 / p95 in milliseconds; the page's HTML with gzip and without. "+
			"Styles and scripts are loaded once and cached.", b.largest(), visits),
		header: []string{"page", "first byte", "HTML, gzip", "HTML"},
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
	var list struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if _, err := api.read(ctx, "/api/v1/incidents?range=all&limit=1", &list); err != nil {
		return nil, err
	}
	one := list.Items
	if _, err := api.read(ctx, "/api/v1/services", &list); err != nil {
		return nil, err
	}
	if len(one) == 0 || len(list.Items) == 0 {
		return nil, fmt.Errorf("the API lists no incident or no service")
	}
	return []page{
		{"overview", "/?range=all"},
		{"incidents", "/incidents?range=all"},
		{"incidents, a common word", "/incidents?range=all&q=checkout"},
		{"incident", "/incidents/" + one[0].ID},
		{"services", "/services?range=all"},
		{"busiest service", "/services/" + list.Items[0].ID + "?range=all"},
		{"service levels", "/sla?range=all"},
		{"search", "/search?range=all&q=cache"},
	}, nil
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
	return []string{spread(times), kilo(gzipped(first.body)), kilo(len(first.body))}, nil
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
	return browser.post(ctx, "/admin/objectives", url.Values{"name": {"Resolution"}, "span": {"opened..resolved"}, "within": {"4h"}, "goal": {"95"}})
}
