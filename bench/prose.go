package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"hindsight/incident"
)

// prose makes documents up for the comparison of full-text engines: words as unevenly frequent as those of a language (Zipf's law), of which
// each stands in several inflected forms. The words mean nothing.
type prose struct {
	rng     *rand.Rand
	rank    *rand.Zipf
	service *rand.Zipf
	words   []string // the most frequent one first
	endings []string
	end     time.Time
}

// vocabulary is how many words there are, before endings.
const vocabulary = 30_000

// text is a document as every engine gets it.
type text struct {
	number, title, body string
	severity            int
	opened              time.Time
	service             string
}

func newProse() *prose {
	rng := rand.New(rand.NewPCG(20251231, 2))
	p := &prose{rng: rng, rank: rand.NewZipf(rng, 1.07, 40, vocabulary-1), service: rand.NewZipf(rng, 1.3, 4, 199),
		endings: []string{"", "", "", "", "s", "s", "ed", "ing", "er", "ation"}, end: time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)}
	seen := map[string]bool{}
	for len(p.words) < vocabulary {
		if w := p.word(); !seen[w] {
			seen[w] = true
			p.words = append(p.words, w)
		}
	}
	return p
}

// word puts two or three syllables together.
func (p *prose) word() string {
	const consonants, vowels = "bcdfgklmnprstvz", "aeiou"
	var b strings.Builder
	for range 2 + p.rng.IntN(2) {
		b.WriteByte(consonants[p.rng.IntN(len(consonants))])
		b.WriteByte(vowels[p.rng.IntN(len(vowels))])
	}
	b.WriteByte(consonants[p.rng.IntN(len(consonants))])
	return b.String()
}

// run writes n words.
func (p *prose) run(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p.words[p.rank.Uint64()])
		b.WriteString(p.endings[p.rng.IntN(len(p.endings))])
		if i%12 == 11 && i < n-1 {
			b.WriteByte('.')
		}
	}
	return b.String()
}

// next makes document n up.
func (p *prose) next(n int) text {
	return text{number: fmt.Sprintf("MADE%07d", n), title: p.run(6 + p.rng.IntN(5)), body: p.run(70 + p.rng.IntN(60)), severity: 1 + min(3, p.rng.IntN(7)),
		opened:  p.end.Add(-time.Duration(p.rng.Int64N(int64(5 * 365 * 24 * time.Hour)))).Truncate(time.Second),
		service: fmt.Sprintf("svc_%03d", p.service.Uint64())}
}

// incident is the text as the program's own index takes it.
func (t text) incident() *incident.Incident {
	inc := &incident.Incident{ID: incident.DeriveID("inc", t.number), Number: t.number, Title: t.title, Description: t.body, Severity: incident.Severity(t.severity),
		Status: incident.Resolved, Kind: incident.Real, Origin: incident.OriginTicket, Services: []incident.ServiceUse{{Service: incident.ID(t.service), Name: t.service}}}
	inc.Milestones.Set(incident.Opened, t.opened, incident.ToSecond, incident.FromField, "opened_at", "")
	return inc
}
