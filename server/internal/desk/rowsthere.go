package desk

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/importers/postmortem"
	"hindsight/incident"
)

// RowsThere says of proposals what of them is there.
type RowsThere struct{ Sections, Milestones, Moments, Factors, Actions, Impacts []string }

// compare says what of the proposals is there. begun are the sections as they are, or as taking rows would begin them.
func (p *ProposedRows) compare(s *Story, begun []incident.RetroSection) {
	texts, impact := foldSections(begun)
	for _, x := range p.Sections {
		p.There.Sections = append(p.There.Sections, textThere(x.Text, texts))
	}
	for _, x := range p.Milestones {
		p.There.Milestones = append(p.There.Milestones, milestoneThere(x, s.Incident))
	}
	p.compareMoments(s)
	factors := s.Incident.FactorStatements()
	said := foldAll(factors, func(f incident.FactorStatement) string { return f.Text })
	for _, x := range p.Factors {
		there, at := rowThere(x.Text, said)
		if at >= 0 && factors[at].State == incident.FactorRejected {
			there = "was rejected here"
		}
		p.There.Factors = append(p.There.Factors, there)
	}
	items := foldAll(s.Incident.Actions, func(a incident.ActionItem) string { return a.Title })
	for _, x := range p.Actions {
		there, _ := rowThere(x.Title, items)
		if slices.ContainsFunc(s.Incident.Actions, func(a incident.ActionItem) bool { return sameIssue(a, x) }) {
			there = AlreadyThere
		}
		p.There.Actions = append(p.There.Actions, there)
	}
	for _, x := range p.Impacts {
		p.There.Impacts = append(p.There.Impacts, textThere(x.Text, impact))
	}
}

func (p *ProposedRows) compareMoments(s *Story) {
	told := map[incident.ID]bool{}
	titles, texts := foldAll(s.Moments, func(m incident.Moment) string { return m.Title }), foldAll(s.Moments, func(m incident.Moment) string { return m.Text })
	events := foldAll(s.Events, func(e StoryEvent) string { return e.Text })
	for _, x := range p.Moments {
		title := folded(x.Title)
		p.There.Moments = append(p.There.Moments, momentThere(x, title, s.Moments, titles, texts, told))
		var rests []incident.ID
		for i, e := range s.Events {
			if !e.Narrow && e.At.Equal(x.At) && akin(events[i].folded, title.folded) {
				rests = append(rests, e.ID)
			}
		}
		p.Rests = append(p.Rests, rests)
	}
}

// AlreadyThere is said in RowsThere of what stands here in the same words.
const AlreadyThere = "already there"

// words are a text and how it is compared: without marks and case.
type words struct{ text, folded string }

func folded(text string) words { return words{text, importers.Fold(text)} }

func foldAll[T any](all []T, text func(T) string) []words {
	out := make([]words, len(all))
	for i, x := range all {
		out[i] = folded(text(x))
	}
	return out
}

// foldSections are the texts of all sections, and that of the one about the impact alone.
func foldSections(sections []incident.RetroSection) (all, impact []words) {
	for _, s := range sections {
		if !s.RemovedAt.IsZero() {
			continue
		}
		all = append(all, folded(s.Text))
		if s.Slug == "impact" {
			impact = all[len(all)-1:]
		}
	}
	return all, impact
}

// textThere says whether a text stands in one of others as a whole.
func textThere(text string, in []words) string {
	is := folded(text).folded
	if slices.ContainsFunc(in, func(w words) bool { return textHolds(w.folded, is) }) {
		return AlreadyThere
	}
	return ""
}

// rowThere says whether one of the rows here says what a text says, and which one; -1: none.
func rowThere(text string, rows []words) (string, int) {
	is := folded(text).folded
	if i := slices.IndexFunc(rows, func(w words) bool { return is != "" && w.folded == is }); i >= 0 {
		return AlreadyThere, i
	}
	if i := slices.IndexFunc(rows, func(w words) bool { return akin(w.folded, is) }); i >= 0 {
		return "similar to “" + firstLine(rows[i].text, 100) + "”", i
	}
	return "", -1
}

func milestoneThere(x postmortem.Milestone, inc *incident.Incident) string {
	now, ok := inc.Milestones.Current(x.Name)
	switch {
	case !ok:
		return ""
	case now.At.Truncate(time.Minute).Equal(x.At.Truncate(time.Minute)):
		return AlreadyThere
	}
	return "here it is " + now.At.UTC().Format("2 Jan 2006 15:04 MST") + ", " + string(now.Basis) + " of " + cmp.Or(now.Source, "this incident")
}

// momentThere matches each moment that is told with one proposal at most, so that two entries of one minute stay two.
func momentThere(x postmortem.Moment, title words, all []incident.Moment, titles, texts []words, told map[incident.ID]bool) string {
	for _, same := range []func(w words) bool{func(w words) bool { return title.folded != "" && w.folded == title.folded }, func(w words) bool { return akin(w.folded, title.folded) }} {
		for i, m := range all {
			if told[m.ID] || m.At.Sub(x.At).Abs() > time.Minute || !same(titles[i]) && !same(texts[i]) {
				continue
			}
			told[m.ID] = true
			switch {
			case !m.RemovedAt.IsZero():
				return "was removed here"
			case titles[i].folded == title.folded || texts[i].folded == title.folded:
				return AlreadyThere
			}
			return "similar to “" + firstLine(m.Title, 100) + "”"
		}
	}
	for _, m := range all { // it may be the same in other words, which a person has to say
		if !told[m.ID] && m.RemovedAt.IsZero() && m.At.Truncate(time.Minute).Equal(x.At.Truncate(time.Minute)) {
			told[m.ID] = true
			return "at this minute stands “" + firstLine(m.Title, 100) + "”"
		}
	}
	return ""
}

// shortestPart is how long a text is at least that may be part of another that says the same, in bytes.
const shortestPart = 16

// textHolds reports whether a folded text has another in it, as a whole where that is short.
func textHolds(text, part string) bool {
	return part != "" && (text == part || len(part) >= shortestPart && strings.Contains(text, part))
}

// akin reports whether two folded texts say the same, or one of them more than the other.
func akin(a, b string) bool { return textHolds(a, b) || textHolds(b, a) }

// sameAction reports whether an action item is the one that a document tells: by its words, or by their beginning and its issue.
func sameAction(a incident.ActionItem, x postmortem.Action) bool {
	return akin(importers.Fold(a.Title), importers.Fold(x.Title)) || sameIssue(a, x)
}

// sameIssue reports whether an action item has the issue of the one that a document tells, and begins as that.
func sameIssue(a incident.ActionItem, x postmortem.Action) bool {
	return a.URL != "" && a.URL == x.URL && strings.HasPrefix(importers.Fold(a.Title), importers.Fold(x.Title))
}
