package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/importers/postmortem"
	"hindsight/incident"
	"hindsight/search/similar"
)

// BeginRetro begins the retrospective of an incident from a template, empty for the one that the company's rules name, with
// what is known of it. Where one is begun already that one is returned.
func (d *Desk) BeginRetro(ctx context.Context, id incident.ID, template string, sight incident.Sight) (incident.Retro, incident.Seq, error) {
	inc, err := d.Incident(ctx, id, sight)
	if err != nil {
		return incident.Retro{}, 0, err
	}
	r, sections, err := d.newRetro(ctx, inc, template, sight)
	if err != nil {
		return r, 0, err
	}
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		if there, err := tx.RetroByID(id); !notThere(err) {
			if err == nil {
				r = *there
			}
			return err
		}
		return cmp.Or(tx.PutRetro(r), tx.PutRetroSections(sections))
	})
	return r, seq, err
}

// DeclineRetro says why an incident needs no retrospective. Where none is begun, it is begun and decided at once.
func (d *Desk) DeclineRetro(ctx context.Context, id incident.ID, template, reason string, sight incident.Sight) (incident.Retro, incident.Seq, error) {
	inc, err := d.Incident(ctx, id, sight)
	if err != nil {
		return incident.Retro{}, 0, err
	}
	if _, err := d.Store.Retro(ctx, id); !notThere(err) {
		if err != nil {
			return incident.Retro{}, 0, err
		}
		return d.MoveRetro(ctx, id, 0, incident.RetroNotRequired, reason, sight)
	}
	draft, sections, err := d.newRetro(ctx, inc, template, sight)
	if err != nil {
		return draft, 0, err
	}
	a, err := d.tellable(ctx)
	if err != nil {
		return draft, 0, err
	}
	var r incident.Retro
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		if _, err := tx.RetroByID(id); !notThere(err) {
			return cmp.Or(err, fmt.Errorf("desk: somebody began this retrospective meanwhile; look at it and try again: %w", incident.ErrConflict))
		}
		if err := cmp.Or(tx.PutRetro(draft), tx.PutRetroSections(sections)); err != nil {
			return err
		}
		r, err = d.advance(ctx, tx, inc, a, draft, func(tx incident.Tx, r *incident.Retro) error {
			return d.enter(ctx, tx, &Writing{Incident: inc, Sections: sections}, r, incident.RetroNotRequired, reason)
		})
		return err
	})
	return r, seq, err
}

func (d *Desk) newRetro(ctx context.Context, inc *incident.Incident, template string, sight incident.Sight) (incident.Retro, []incident.RetroSection, error) {
	process := d.RetroProcess()
	rule, err := d.RetroRule(ctx, inc)
	if err != nil {
		return incident.Retro{}, nil, err
	}
	t, ok := process.Template(cmp.Or(template, rule.Template, process.Templates[0].Name))
	if !ok {
		return incident.Retro{}, nil, incident.Invalidf("template", "there is no template called %.80q", template)
	}
	now, who := d.Now().UTC().Truncate(time.Microsecond), incident.ActorOf(ctx)
	r := incident.Retro{Incident: inc.ID, Version: 1, Title: cmp.Or(inc.Title, inc.Label()), Template: t.Name, State: incident.RetroDraft, CreatedAt: now, CreatedBy: who.Name,
		ChangedAt: now, ChangedBy: who.Name, Due: dueOf(rule, inc, now)}
	if who.Kind == incident.ActorUser {
		u, err := d.userNamed(ctx, who.Name)
		if err != nil {
			return r, nil, err
		}
		r.Owner, r.OwnerName = u.ID, cmp.Or(u.Display, u.Name)
	}
	known, err := d.knownOf(ctx, inc, sight)
	if err != nil {
		return r, nil, err
	}
	imported, err := d.Store.ImportedRetrospective(ctx, inc.ID)
	if err != nil && !notThere(err) {
		return r, nil, err
	}
	var sections []incident.RetroSection
	for i, s := range t.Sections {
		text := cmp.Or(s.Text, known[s.Slug])
		sections = append(sections, incident.RetroSection{Incident: inc.ID, Slug: s.Slug, Place: i + 1, Title: s.Title, Text: text, ChangedAt: now})
	}
	if imported != nil {
		sections = takeOver(sections, withoutActions(*imported, inc.Actions), now)
	}
	return r, sections, r.Validate()
}

// dueOf is when a rule wants the retrospective: days after the incident was over, or after now while it is not.
func dueOf(rule incident.RetroRule, inc *incident.Incident, now time.Time) time.Time {
	if rule.Days == 0 {
		return time.Time{}
	}
	from := overAt(inc)
	if from.IsZero() || now.Sub(from) > 30*24*time.Hour {
		from = now // an old incident gets its days from today
	}
	return from.AddDate(0, 0, rule.Days)
}

// sameSections says which section of a template an imported one goes to, beside those of its own name.
var sameSections = map[string]string{"resolution": "response", "lessons": "surprises", "root-cause": "factors", "description": "summary"}

// takeOver puts the texts of an imported document where they belong; what has no place gets one behind the others.
func takeOver(sections []incident.RetroSection, doc incident.Retrospective, now time.Time) []incident.RetroSection {
	for _, s := range doc.Sections {
		body := strings.ReplaceAll(s.Body, "\r\n", "\n")
		if incident.ValidSectionText(body) != nil || strings.TrimSpace(body) == "" {
			continue
		}
		i := slices.IndexFunc(sections, func(x incident.RetroSection) bool { return x.Slug == s.Slug || x.Slug == sameSections[s.Slug] })
		if i >= 0 {
			sections[i].Text = strings.TrimSpace(sections[i].Text + "\n\n" + body)
			continue
		}
		title := cmp.Or(s.Title, s.Slug, "Section")
		sections = append(sections, incident.RetroSection{Incident: sections[0].Incident, Slug: freeSlug(cmp.Or(s.Slug, title), sections), Place: len(sections) + 1, Title: title, Text: body, ChangedAt: now})
	}
	return sections
}

// withoutActions leaves out of the texts about action items the entries that are rows already, since those stand below the text.
func withoutActions(doc incident.Retrospective, rows []incident.ActionItem) incident.Retrospective {
	doc.Sections = slices.Clone(doc.Sections)
	for i, s := range doc.Sections {
		if s.Slug != "actions" {
			continue
		}
		const heading = "## Action items\n\n"
		text := heading + plainBreaks(s.Body)
		var said []postmortem.Found
		for _, a := range postmortem.Read(text, postmortem.Options{}).Actions {
			if a.Whole() && slices.ContainsFunc(rows, func(row incident.ActionItem) bool { return sameAction(row, a) }) {
				said = append(said, a.Found)
			}
		}
		doc.Sections[i].Body = strings.TrimSpace(strings.TrimPrefix(postmortem.Without(text, said), strings.TrimSpace(heading)))
	}
	return doc
}

// knownOf writes what is known of an incident as Markdown, by the section that it belongs to. It is fact alone: what was
// learnt, and what contributed, is for people to write.
func (d *Desk) knownOf(ctx context.Context, inc *incident.Incident, sight incident.Sight) (map[string]string, error) {
	out := map[string]string{"impact": impactFacts(inc), "response": peopleFacts(inc)}
	evidence := linkFacts(inc)
	before, err := d.precedents(ctx, inc, sight)
	out["evidence"] = strings.TrimSpace(evidence + "\n\n" + before)
	return out, err
}

func impactFacts(inc *incident.Incident) string {
	var lines []string
	fact := func(name, value string) {
		if value != "" {
			lines = append(lines, "- **"+name+":** "+value)
		}
	}
	at := func(names ...incident.MilestoneName) string {
		if t := inc.Milestones.Earliest(names...); !t.IsZero() {
			return t.Format("2006-01-02 15:04 MST")
		}
		return ""
	}
	fact("Began", at(incident.ImpactStarted))
	fact("Noticed", at(incident.Detected))
	fact("Over", at(incident.ImpactEnded, incident.MitigatedAt, incident.ResolvedAt))
	var services []string
	for _, u := range inc.Services {
		services = append(services, PlainMarkdown(u.Name))
	}
	fact("Services", strings.Join(services, ", "))
	for _, c := range inc.SLA {
		if c.Breached != nil && *c.Breached {
			fact("Missed", PlainMarkdown(cmp.Or(c.Name, c.Goal)))
		}
	}
	return strings.Join(lines, "\n")
}

func peopleFacts(inc *incident.Incident) string {
	var lines []string
	for _, p := range inc.People {
		if name := cmp.Or(p.Name, string(p.Person)); name != "" {
			lines = append(lines, "- "+PlainMarkdown(name)+" ("+strings.ReplaceAll(p.Role, "_", " ")+")")
		}
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "\n")
}

func linkFacts(inc *incident.Incident) string {
	var lines []string
	for _, l := range append(slices.Clone(inc.Links), incident.Link{Kind: "ticket", URL: inc.URL, Title: inc.Label()}) {
		if l.URL != "" && webAddress(l.URL) {
			lines = append(lines, "- "+strings.ReplaceAll(l.Kind, "_", " ")+": ["+PlainMarkdown(cmp.Or(l.Title, l.URL))+"](<"+strings.NewReplacer("<", "%3C", ">", "%3E", "\n", "%0A").Replace(l.URL)+">)")
		}
	}
	return strings.Join(lines, "\n")
}

const precedentsShown = 3

// precedents lists similar incidents, with what ended them where that is known. It names no private one, whoever begins, for the text is read by others.
func (d *Desk) precedents(ctx context.Context, inc *incident.Incident, sight incident.Sight) (string, error) {
	if !inc.Private {
		sight = incident.Sight{}
	}
	found := d.Similar.Similar(inc.ID, precedentsShown, sight)
	var lines []string
	for _, m := range append(found.Again, found.Before...) {
		if len(lines) == precedentsShown {
			break
		}
		if m.Strength == similar.Faint { // the page beside shows it with that word; a text would say it as a fact
			continue
		}
		other, err := d.Store.Incident(ctx, m.ID)
		if notThere(err) || err == nil && (!other.SeenBy(sight) || other.Private) {
			continue
		}
		if err != nil {
			return "", err
		}
		var why []string
		for _, r := range m.Reasons {
			why = append(why, PlainMarkdown(r.Text))
		}
		line := fmt.Sprintf("- [%s: %s](/incidents/%s) (%s)", PlainMarkdown(other.Label()), PlainMarkdown(other.Title), other.ID, strings.Join(why, "; "))
		for _, f := range other.Factors {
			if f.Role == "mitigating" {
				line += "\n  - helped then: " + PlainMarkdown(cmp.Or(f.Text, f.Category))
			}
		}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return "", nil
	}
	return "Similar incidents:\n\n" + strings.Join(lines, "\n"), nil
}

// PlainMarkdown writes a text on one line so that Markdown shows it as it is.
func PlainMarkdown(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	var b strings.Builder
	for _, c := range text {
		if strings.ContainsRune("\\`*_[]<>#|~", c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}
