package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/search"
)

// RunbookRow is a runbook, and what it had to do with incidents that the viewer sees.
type RunbookRow struct {
	ID         incident.ID
	Title      string
	URL        string   // http or https, or empty
	Services   []string // that it is about; of one that is known by its address alone, those of the latest incident
	Tags       []string
	Imported   bool // its text is here
	Incidents  int  // in which it was used
	Helped     int  // of them, where a person said so
	DidNotHelp int
	LastUsed   time.Time // when the latest of them began; zero: none, or none knows
}

// RunbookPage is one runbook with its text and its incidents.
type RunbookPage struct {
	RunbookRow
	Text string                // Markdown; empty where it is known by its address alone
	Uses []incident.RunbookUse // the latest first
	// Ended is how long its incidents took to resolve, with the reason where they are too few to say.
	Ended Measurement
}

// runbooks are all that a viewer may know.
type runbooks struct {
	rows []*RunbookRow // imported ones by title, then others
	at   map[incident.ID]*RunbookRow
	uses map[incident.ID][]incident.RunbookUse // by the id of the row; of not used ones none
}

// knownRunbooks returns the runbooks that were imported, and those that incidents which sight sees name: of those incidents alone where any are given.
func (d *Desk) knownRunbooks(ctx context.Context, sight incident.Sight, incidents ...incident.ID) (runbooks, error) {
	out := runbooks{at: map[incident.ID]*RunbookRow{}, uses: map[incident.ID][]incident.RunbookUse{}}
	imported, err := d.Store.Runbooks(ctx)
	if err != nil {
		return out, err
	}
	for _, r := range imported {
		row := &RunbookRow{ID: r.ID, Title: r.Title, URL: r.URL, Services: r.Services, Tags: r.Tags, Imported: true}
		out.rows, out.at[r.ID] = append(out.rows, row), row
		if linked := incident.LinkedRunbookID(r.URL); r.URL != "" && out.at[linked] == nil {
			out.at[linked] = row
		}
	}
	uses, err := d.Store.RunbookUses(ctx, sight, incidents...)
	if err != nil {
		return out, err
	}
	for of := range slices.Values(byIncident(uses)) {
		for _, u := range out.settled(of) {
			out.count(u)
		}
	}
	return out, nil
}

// byIncident cuts uses, which come by incident, into those of each.
func byIncident(uses []incident.RunbookUse) (out [][]incident.RunbookUse) {
	for i, u := range uses {
		if i == 0 || uses[i-1].Incident != u.Incident {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], u)
	}
	return out
}

// settled returns the uses in one incident, each runbook once: what a person said of it stands before what a link says, whether they said it of the address or of the text.
func (b runbooks) settled(uses []incident.RunbookUse) []incident.RunbookUse {
	var out []incident.RunbookUse
	for _, u := range uses {
		if row := b.at[u.Runbook]; row != nil {
			u.Runbook = row.ID
		}
		i := slices.IndexFunc(out, func(o incident.RunbookUse) bool { return o.Runbook == u.Runbook })
		switch {
		case i < 0:
			out = append(out, u)
		case u.At.After(out[i].At):
			u.Told = u.Told || out[i].Told
			out[i] = u
		}
	}
	return out
}

func (b *runbooks) count(u incident.RunbookUse) {
	if !u.Used() {
		return
	}
	row := b.at[u.Runbook]
	if row == nil {
		row = &RunbookRow{ID: u.Runbook, Title: titleOf(u), URL: u.URL}
		b.rows, b.at[u.Runbook] = append(b.rows, row), row
	}
	b.uses[row.ID] = append(b.uses[row.ID], u)
	row.Incidents++
	switch u.Verdict {
	case incident.RunbookHelped:
		row.Helped++
	case incident.RunbookDidNotHelp:
		row.DidNotHelp++
	}
	if u.Started.After(row.LastUsed) {
		row.LastUsed = u.Started
	}
}

// titleOf is what a runbook is called of which the text is not here. Monitoring calls every link the same.
func titleOf(u incident.RunbookUse) string {
	if title := strings.TrimSpace(u.Title); title != "" && title != "Runbook" && title != "Notes" || u.URL == "" {
		return cmp.Or(title, string(u.Runbook))
	}
	return incident.AddressName(u.URL)
}

// RunbookList is a part of the runbooks that there are.
type RunbookList struct {
	Rows   []RunbookRow // the best match first where words were asked for, else the latest used
	Total  int
	Found  map[incident.ID][]search.Fragment // passages, by runbook
	Faulty string                            // what is wrong with the query; empty: nothing
}

// Runbooks lists at most limit runbooks. text narrows them down as a search does: imported ones by the language of search, others by words of their title or address.
func (d *Desk) Runbooks(ctx context.Context, text string, limit int, sight incident.Sight) (RunbookList, error) {
	var out RunbookList
	q, err := search.Parse(text)
	if err != nil {
		out.Faulty = err.Error()
		return out, err
	}
	known, err := d.knownRunbooks(ctx, sight)
	if err != nil {
		return out, err
	}
	rows, err := d.foundRunbooks(ctx, known, q, &out)
	if err != nil {
		return out, err
	}
	out.Total = len(rows)
	for _, row := range rows[:min(limit, len(rows))] {
		out.Rows = append(out.Rows, *row)
	}
	return out, d.nameServices(ctx, known, out.Rows)
}

const mostRunbooksFound = 1000

// foundRunbooks returns the rows that a query asks for, in order.
func (d *Desk) foundRunbooks(ctx context.Context, known runbooks, q search.Query, out *RunbookList) ([]*RunbookRow, error) {
	asked, may := q.Runbooks()
	if !may {
		return nil, nil
	}
	if len(asked.Clauses) == 0 {
		rows := slices.Clone(known.rows)
		slices.SortStableFunc(rows, func(a, b *RunbookRow) int {
			return cmp.Or(b.LastUsed.Compare(a.LastUsed), strings.Compare(a.Title, b.Title))
		})
		return rows, nil
	}
	connections, err := d.Store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	found, err := d.RunbookIndex.Search(ctx, search.Request{Query: asked, Connections: connections, Filter: incident.Filter{Limit: mostRunbooksFound}})
	if err != nil {
		return nil, err
	}
	out.Found = map[incident.ID][]search.Fragment{}
	var rows []*RunbookRow
	for _, h := range found.Hits {
		if row := known.at[h.ID]; row != nil {
			rows, out.Found[row.ID] = append(rows, row), h.Fragments
		}
	}
	for _, row := range known.rows {
		if !row.Imported && named(row, asked) {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// named reports whether title and address of a runbook have all words of a query, which asks for words alone.
func named(row *RunbookRow, q search.Query) bool {
	text := strings.ToLower(row.Title + " " + row.URL)
	for _, c := range q.Clauses {
		has := slices.ContainsFunc(c.Any, func(t search.Term) bool { return strings.Contains(text, strings.ToLower(t.Text)) })
		if c.Field != "" && c.Field != "title" || has == c.Not {
			return false
		}
	}
	return true
}

// nameServices fills in the services of runbooks that name none themselves.
func (d *Desk) nameServices(ctx context.Context, known runbooks, rows []RunbookRow) error {
	latest := map[incident.ID]int{}
	var ids []incident.ID
	for i, row := range rows {
		if uses := known.uses[row.ID]; !row.Imported && len(uses) > 0 {
			last := slices.MaxFunc(uses, func(a, b incident.RunbookUse) int { return a.Started.Compare(b.Started) })
			latest[row.ID] = i
			ids = append(ids, last.Incident)
			rows[i].Services = []string{string(last.Incident)} // until its name is known, below
		}
	}
	incs, err := d.Store.Facts(ctx, ids)
	if err != nil {
		return err
	}
	services := map[incident.ID][]string{}
	for _, inc := range incs {
		for _, s := range inc.Services {
			services[inc.ID] = append(services[inc.ID], s.Name)
		}
	}
	for _, i := range latest {
		rows[i].Services = services[incident.ID(rows[i].Services[0])]
	}
	return nil
}

// Runbook returns a runbook by its id, or by that of its address. One that no incident names which the viewer sees, and that was not imported, is not found.
func (d *Desk) Runbook(ctx context.Context, id incident.ID, sight incident.Sight) (RunbookPage, error) {
	known, err := d.knownRunbooks(ctx, sight)
	if err != nil {
		return RunbookPage{}, err
	}
	row := known.at[id]
	if row == nil {
		return RunbookPage{}, fmt.Errorf("desk: runbook %s: %w", id, incident.ErrNotFound)
	}
	rows := []RunbookRow{*row}
	if err := d.nameServices(ctx, known, rows); err != nil {
		return RunbookPage{}, err
	}
	out := RunbookPage{RunbookRow: rows[0], Uses: slices.Clone(known.uses[row.ID])}
	slices.SortFunc(out.Uses, func(a, b incident.RunbookUse) int {
		return cmp.Or(b.Started.Compare(a.Started), cmp.Compare(a.Incident, b.Incident))
	})
	if row.Imported {
		r, err := d.Store.Runbook(ctx, row.ID)
		if err != nil {
			return out, err
		}
		out.Text = r.Body
	}
	ids := make([]incident.ID, len(out.Uses))
	for i, u := range out.Uses {
		ids[i] = u.Incident
	}
	m, err := Measure(d.Live.Snapshot().Among(ids), "time_to_resolve", analytics.Query{Now: d.Now().UTC(), Sight: sight})
	if err == nil && len(m.Groups) > 0 {
		out.Ended = m.Groups[0]
	}
	return out, err
}
