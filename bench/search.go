package main

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// question is a search: texts that must all occur, each a word or a phrase.
type question struct{ texts []string }

// text is the question in the program's query language.
func (q question) text() string {
	var parts []string
	for _, t := range q.texts {
		if strings.Contains(t, " ") {
			t = `"` + t + `"`
		}
		parts = append(parts, t)
	}
	return strings.Join(parts, " ")
}

// kinds of questions, some of each.
func kinds() []struct {
	name      string
	questions []question
} {
	var words, pairs, phrases, rare []question
	for i, c := range components[:20] {
		first := strings.Fields(c)[0]
		words = append(words, question{[]string{first}})
		pairs = append(pairs, question{[]string{first, strings.Fields(causes[i])[1]}})
		phrases = append(phrases, question{[]string{remedies[i]}})
		rare = append(rare, question{[]string{fmt.Sprintf("E%04d", i*37)}})
	}
	return []struct {
		name      string
		questions []question
	}{{"a common word", words}, {"two words", pairs}, {"a phrase", phrases}, {"a rare code", rare}}
}

const rounds = 5

// search asks the running server and, over the same texts, SQLite's LIKE and FTS5.
func (b *bench) search(ctx context.Context, api *client) (section, error) {
	n := b.largest()
	s := section{
		title: "Search",
		note: fmt.Sprintf("%d incidents, twenty hits a page with the total, warm. \"Engine\" is what the program's index takes, \"answer\" the whole JSON answer over HTTP with twenty incidents read "+
			"from the database and passages marked. The peers answer with twenty texts and the total, without HTTP: a scan with LIKE, newest first, and SQLite's FTS5, best first. p50 / p95 in milliseconds.", n),
		header: []string{"question", "hits, median", "engine", "answer", "FTS5", "LIKE", "LIKE / engine", "FTS5 / engine"},
	}
	floor, err := sqlitePeer(ctx, filepath.Join(b.dir, "search.db"))
	if err != nil {
		return s, err
	}
	defer floor.db.Close()
	if _, err := floor.fill(ctx, b.file(n)); err != nil {
		return s, err
	}
	if _, err := floor.index(ctx); err != nil {
		return s, err
	}
	for _, kind := range kinds() {
		b.say("search for %s", kind.name)
		row, err := b.ask(ctx, api, floor, kind.questions)
		if err != nil {
			return s, err
		}
		s.rows = append(s.rows, append([]string{kind.name}, row...))
	}
	return s, nil
}

func (b *bench) ask(ctx context.Context, api *client, floor *peer, questions []question) ([]string, error) {
	var engine, answers, fts, like, hits []time.Duration
	for round := range rounds {
		for _, q := range questions {
			var found struct {
				Total  int     `json:"total"`
				TookMS float64 `json:"took_ms"`
			}
			a, err := api.read(ctx, "/api/v1/search?range=all&facets=false&limit=20&q="+url.QueryEscape(q.text()), &found)
			if err != nil {
				return nil, err
			}
			indexed, _, err := floor.fts(ctx, q)
			if err != nil {
				return nil, err
			}
			if round > 0 { // the first one warms up
				engine, answers, fts = append(engine, time.Duration(found.TookMS*1e6)), append(answers, a.all), append(fts, indexed)
				hits = append(hits, time.Duration(found.Total))
			}
			if round != 1 { // a scan takes the same time whenever it is done
				continue
			}
			scanned, _, err := floor.like(ctx, q)
			if err != nil {
				return nil, err
			}
			like = append(like, scanned)
		}
	}
	half := quantile(engine, 0.5)
	return []string{count(int(quantile(hits, 0.5))), spread(engine), spread(answers), spread(fts), spread(like),
		ratio(quantile(like, 0.5), half), ratio(quantile(fts, 0.5), half)}, nil
}
