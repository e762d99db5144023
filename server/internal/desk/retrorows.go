package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hindsight/importers/markup"
	"hindsight/importers/postmortem"
	"hindsight/incident"
	"hindsight/server/internal/coedit"
)

// ProposedRows is what a document says, and what of it is said here already. The slices of There are as long as those of the Reading; an empty text says
// that a row is new, any other what stands here, as a sentence without its beginning and end: "already there".
type ProposedRows struct {
	postmortem.Reading
	There RowsThere
	Rests [][]incident.ID // for each moment the imported events that tell of it
	Begun bool            // a retrospective is written here; else taking rows begins one
}

// New counts the rows that are not there yet.
func (p ProposedRows) New() int {
	n := 0
	for _, kind := range [][]string{p.There.Milestones, p.There.Moments, p.There.Factors, p.There.Actions} {
		for _, there := range kind {
			if there == "" {
				n++
			}
		}
	}
	return n
}

// DocumentText is the text of a document that somebody hands in, as Markdown. It returns ErrInvalid for what is no text.
func DocumentText(name string, body []byte) (string, error) {
	text := strings.TrimPrefix(string(body), "\ufeff")
	switch {
	case len(body) > incident.LongestIntake:
		return "", incident.Invalidf("file", "a document may hold 1 MB; paste the part that matters")
	case strings.HasPrefix(text, "%PDF") || strings.HasPrefix(text, "PK\x03\x04"):
		return "", incident.Invalidf("file", "this is no text; open it, and paste what it says, or save it as Markdown or HTML")
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return "", incident.Invalidf("file", "this is no text in UTF-8; save it as Markdown or HTML, or paste what it says")
	case strings.TrimSpace(text) == "":
		return "", incident.Invalidf("file", "the document is empty")
	}
	lower := strings.ToLower(name)
	start := strings.ToLower(strings.TrimSpace(text[:min(len(text), 200)]))
	if strings.HasSuffix(lower, ".html") || strings.HasSuffix(lower, ".htm") || strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") {
		text = markup.HTML(text)
	}
	return plainBreaks(text), nil
}

// sectionHeadings are what sections are called when their texts are read as one document, whatever a template calls them.
var sectionHeadings = map[string]string{"summary": "Summary", "impact": "Impact", "timeline": "Timeline", "detection": "Detection", "response": "Response", "factors": "Contributing factors", "surprises": "Lessons learned",
	"actions": "Action items", "evidence": "Evidence", "external": "External message"}

// OwnDocument is what stands in the texts of a retrospective, or else in the imported document of an incident, as one document. It returns ErrNotFound
// where there is neither.
func (d *Desk) OwnDocument(ctx context.Context, id incident.ID, sight incident.Sight) (name, text string, err error) {
	var b strings.Builder
	w, err := d.Writing(ctx, id, sight)
	switch {
	case err == nil:
		for _, s := range w.Sections {
			fmt.Fprintf(&b, "## %s\n\n%s\n\n", cmp.Or(sectionHeadings[s.Slug], s.Title), s.Text)
		}
		return "the text of this retrospective", b.String(), nil
	case !notThere(err):
		return "", "", err
	}
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return "", "", err
	}
	doc, err := d.Store.ImportedRetrospective(ctx, id)
	if err != nil {
		return "", "", err
	}
	for _, s := range doc.Sections {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", cmp.Or(s.Title, s.Slug), s.Body)
	}
	return "the imported document", b.String(), nil
}

// ProposeRows reads a document for the retrospective of an incident that the viewer may see. zone is that of times that name none.
func (d *Desk) ProposeRows(ctx context.Context, id incident.ID, text string, zone *time.Location, sight incident.Sight) (ProposedRows, error) {
	if len(text) > incident.LongestIntake {
		return ProposedRows{}, incident.Invalidf("text", "a document may hold 1 MB")
	}
	s, err := d.Story(ctx, id, sight)
	if err != nil {
		return ProposedRows{}, err
	}
	day := s.Incident.Milestones.Earliest(incident.ImpactStarted, incident.Detected, incident.Opened)
	if zone != nil {
		day = day.In(zone)
	}
	o := postmortem.Options{Day: time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC), Zone: zone, Categories: d.Live.Snapshot().Taxonomy().Categories}
	if day.IsZero() {
		o.Day = time.Time{}
	}
	p := ProposedRows{Reading: postmortem.Read(text, o), Begun: s.Begun}
	sections, err := d.sectionsOf(ctx, s, sight)
	if err == nil {
		p.compare(s, sections)
	}
	return p, err
}

// sectionsOf are the sections of a retrospective as they are, or as it would begin.
func (d *Desk) sectionsOf(ctx context.Context, s *Story, sight incident.Sight) ([]incident.RetroSection, error) {
	if s.Begun {
		return d.Store.RetroSections(ctx, s.Incident.ID)
	}
	_, sections, err := d.newRetro(ctx, s.Incident, "", sight)
	return sections, err
}

// RowsToTake are the rows that somebody has chosen out of a document, as they are to stand here.
type RowsToTake struct {
	Template   string                  // for a retrospective that taking begins; empty: the one that the rules name
	Sections   []incident.RetroSection // Slug, Title and Text, which is added behind what stands there
	Milestones []MilestonePatch
	Moments    []MomentPatch
	Factors    []FactorVerdict     // Action is add
	Actions    []map[string]string // of incident.ActionFields
	Impacts    []string
	Waiting    bool // they are of the document that waits for who acts, which is forgotten with this; ErrConflict when it waits no more
}

// None reports that there is nothing to take.
func (t RowsToTake) None() bool {
	return len(t.Sections)+len(t.Milestones)+len(t.Moments)+len(t.Factors)+len(t.Actions)+len(t.Impacts) == 0
}

// mostTaken is how many rows are taken at once.
const mostTaken = 2000

// TakeRows writes rows into the retrospective of an incident that the viewer may see, all of them or none, and begins it where there is none. What each
// row changes is in the history of the incident and in the audit log, in the name of who acts. Texts that stand here already are not added once more.
func (d *Desk) TakeRows(ctx context.Context, id incident.ID, rows RowsToTake, sight incident.Sight) (incident.Seq, error) {
	if n := len(rows.Sections) + len(rows.Milestones) + len(rows.Moments) + len(rows.Factors) + len(rows.Actions) + len(rows.Impacts); n > mostTaken {
		return 0, incident.Invalidf("rows", "at most %d rows can be taken at once", mostTaken)
	}
	s, err := d.Story(ctx, id, sight)
	if err != nil {
		return 0, err
	}
	moments, err := s.newMoments(ctx, rows.Moments, d.Now().UTC().Truncate(time.Microsecond))
	if err != nil {
		return 0, err
	}
	tell, err := d.tellable(ctx)
	if err != nil {
		return 0, err
	}
	owners, err := d.whoOwns(ctx, tell)
	if err != nil {
		return 0, err
	}
	fresh, sections, err := d.newRetro(ctx, s.Incident, rows.Template, sight)
	if err != nil {
		return 0, err
	}
	begun := sections
	if s.Begun {
		if begun, err = d.Store.RetroSections(ctx, id); err != nil {
			return 0, err
		}
	}
	all, impact := foldSections(begun)
	rows.Sections = slices.DeleteFunc(slices.Clone(rows.Sections), func(x incident.RetroSection) bool { return textThere(x.Text, all) != "" })
	rows.Impacts = slices.DeleteFunc(slices.Clone(rows.Impacts), func(x string) bool { return textThere(x, impact) != "" })
	return d.Store.Update(ctx, func(tx incident.Tx) error {
		if rows.Waiting {
			if was, err := tx.DeleteIntake(id, incident.ActorOf(ctx).ID); err != nil || !was {
				return cmp.Or(err, fmt.Errorf("desk: the document waits no more, its rows were taken or it was forgotten: %w", incident.ErrConflict))
			}
		}
		if _, err := tx.RetroByID(id); notThere(err) {
			if err := cmp.Or(tx.PutRetro(fresh), tx.PutRetroSections(sections)); err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		if err := openRetro(tx, id); err != nil {
			return err
		}
		inc, err := seenIn(tx, id, sight)
		if err != nil {
			return err
		}
		notices, err := d.takeInto(ctx, inc, rows, tell, owners)
		if err == nil {
			err = cmp.Or(tell.add(tx, notices), tx.PutIncidents([]*incident.Incident{inc}))
		}
		for _, m := range moments {
			if err == nil {
				err = tx.PutMoment(m)
			}
		}
		if err == nil {
			err = d.takeTexts(ctx, tx, id, rows)
		}
		return err
	})
}

// newMoments are the moments that patches tell.
func (s *Story) newMoments(ctx context.Context, patches []MomentPatch, now time.Time) ([]incident.Moment, error) {
	var out []incident.Moment
	for _, p := range patches {
		m := p.apply(incident.Moment{ID: incident.NewID("mom"), Incident: s.Incident.ID, Lane: "key", AccountOf: p.AccountOf})
		if err := s.complete(&m); err != nil {
			return nil, err
		}
		m.Version, m.ChangedBy, m.ChangedAt = 1, incident.ActorOf(ctx).Name, now
		if err := m.Validate(); err != nil {
			return nil, fmt.Errorf("%q: %w", cmp.Or(m.Title, "a moment of the timeline"), err)
		}
		out = append(out, m)
	}
	return out, nil
}

// takeInto says of an incident what the rows do, and returns who is to be told of work that is theirs now.
func (d *Desk) takeInto(ctx context.Context, inc *incident.Incident, rows RowsToTake, tell tellable, owners whoOwns) ([]incident.Notice, error) {
	by, at := incident.ActorOf(ctx).Name, d.Now().UTC()
	if err := (Patch{Milestones: rows.Milestones}).applyMilestones(inc, by, at); err != nil {
		return nil, err
	}
	for _, v := range rows.Factors {
		if err := v.apply(inc, string(incident.NewID("fac")), by, at); err != nil {
			return nil, fmt.Errorf("%.80q: %w", v.Text, err)
		}
	}
	var notices []incident.Notice
	for _, set := range rows.Actions {
		key := string(incident.NewID("act"))
		if err := inc.EditAction(key, incident.ActionChange{Set: set}, by, at); err != nil {
			return nil, fmt.Errorf("%.80q: %w", set["title"], err)
		}
		if now, err := inc.ActionStatement(key); err == nil {
			notices = append(notices, d.givenNotices(ctx, tell, owners, inc, incident.ActionItem{}, now.ActionItem)...)
		}
	}
	return notices, nil
}

// takeTexts adds texts behind those of the sections; a section that there is not is made, and one that was removed is put back.
func (d *Desk) takeTexts(ctx context.Context, tx incident.Tx, id incident.ID, rows RowsToTake) error {
	texts := slices.Clone(rows.Sections)
	if len(rows.Impacts) > 0 {
		var said []string
		for _, i := range rows.Impacts {
			if i = strings.TrimSpace(i); i != "" {
				said = append(said, "- "+strings.Join(strings.Fields(i), " "))
			}
		}
		texts = append(texts, incident.RetroSection{Slug: "impact", Title: "Impact", Text: strings.Join(said, "\n")})
	}
	now := d.Now().UTC().Truncate(time.Microsecond)
	for i, x := range texts {
		x.Slug, x.Title, x.Text = incident.Slug(cmp.Or(x.Slug, x.Title)), strings.TrimSpace(x.Title), strings.TrimSpace(plainBreaks(x.Text))
		if x.Text == "" {
			continue
		}
		if err := incident.ValidSectionText(x.Text); err != nil {
			return err
		}
		there, err := tx.RetroSection(id, x.Slug)
		switch {
		case notThere(err):
			made := incident.RetroSection{Incident: id, Slug: x.Slug, Title: cmp.Or(x.Title, x.Slug), Text: x.Text, Place: 1000 + i, ChangedAt: now}
			if err := cmp.Or(made.Validate(), tx.PutRetroSections([]incident.RetroSection{made})); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		case !there.RemovedAt.IsZero():
			there.RemovedAt = time.Time{}
			if err := tx.PutRetroSections([]incident.RetroSection{*there}); err != nil {
				return err
			}
		default:
			if all, _ := foldSections([]incident.RetroSection{*there}); textThere(x.Text, all) != "" {
				continue // somebody took it meanwhile
			}
		}
		text := strings.TrimLeft(strings.TrimRight(there.Text, "\n")+"\n\n"+x.Text, "\n")
		if err := incident.ValidSectionText(text); err != nil {
			return err
		}
		if _, err := d.accept(ctx, tx, *there, TextPush{there.Version, serverClient, []coedit.Changes{coedit.Between(there.Text, text)}}); err != nil {
			return err
		}
	}
	return nil
}
