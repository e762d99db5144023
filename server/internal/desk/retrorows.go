package desk

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hindsight/importers"
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

// RowsThere says of proposals what of them is there.
type RowsThere struct{ Sections, Milestones, Moments, Factors, Actions, Impacts []string }

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
	var sections []incident.RetroSection
	if s.Begun {
		if sections, err = d.Store.RetroSections(ctx, id); err != nil {
			return p, err
		}
	}
	p.compare(s, sections)
	return p, nil
}

// compare says what of the proposals is there.
func (p *ProposedRows) compare(s *Story, sections []incident.RetroSection) {
	for _, x := range p.Sections {
		p.There.Sections = append(p.There.Sections, sectionThere(x, sections))
	}
	for _, x := range p.Milestones {
		p.There.Milestones = append(p.There.Milestones, milestoneThere(x, s.Incident))
	}
	told := map[incident.ID]bool{}
	for _, x := range p.Moments {
		there := momentThere(x, s.Moments, told)
		var rests []incident.ID
		for _, e := range s.Events {
			if !e.Narrow && e.At.Equal(x.At) && sameWords(e.Text, x.Title) {
				rests = append(rests, e.ID)
			}
		}
		p.There.Moments, p.Rests = append(p.There.Moments, there), append(p.Rests, rests)
	}
	factors := s.Incident.FactorStatements()
	for _, x := range p.Factors {
		there := ""
		for _, f := range factors {
			if sameWords(f.Text, x.Text) {
				there = "already there"
				if f.State == incident.FactorRejected {
					there = "was rejected here"
				}
				break
			}
		}
		p.There.Factors = append(p.There.Factors, there)
	}
	for _, x := range p.Actions {
		there := ""
		if slices.ContainsFunc(s.Incident.Actions, func(a incident.ActionItem) bool { return sameAction(a, x) }) {
			there = "already there"
		}
		p.There.Actions = append(p.There.Actions, there)
	}
	impact := ""
	for _, x := range sections {
		if x.Slug == "impact" {
			impact = foldWords(x.Text)
		}
	}
	for _, x := range p.Impacts {
		there := ""
		if strings.Contains(impact, foldWords(x.Text)) {
			there = "already there"
		}
		p.There.Impacts = append(p.There.Impacts, there)
	}
}

func sectionThere(x postmortem.Section, sections []incident.RetroSection) string {
	for _, s := range sections {
		if strings.Contains(foldWords(s.Text), foldWords(x.Text)) {
			return "already there"
		}
	}
	return ""
}

func milestoneThere(x postmortem.Milestone, inc *incident.Incident) string {
	now, ok := inc.Milestones.Current(x.Name)
	switch {
	case !ok:
		return ""
	case now.At.Truncate(time.Minute).Equal(x.At.Truncate(time.Minute)):
		return "already there"
	}
	return "here it is " + now.At.UTC().Format("2 Jan 2006 15:04 MST") + ", " + string(now.Basis) + " of " + cmp.Or(now.Source, "this incident")
}

// momentThere matches each moment that is told with one proposal at most, so that two entries of one minute stay two.
func momentThere(x postmortem.Moment, all []incident.Moment, told map[incident.ID]bool) string {
	for _, m := range all {
		if told[m.ID] || m.At.Sub(x.At).Abs() > time.Minute || !sameWords(m.Title, x.Title) && !sameWords(m.Text, x.Title) {
			continue
		}
		told[m.ID] = true
		if !m.RemovedAt.IsZero() {
			return "was removed here"
		}
		return "already there"
	}
	for _, m := range all { // it may be the same in other words, which a person has to say
		if !told[m.ID] && m.RemovedAt.IsZero() && m.At.Truncate(time.Minute).Equal(x.At.Truncate(time.Minute)) {
			told[m.ID] = true
			return "at this minute stands “" + firstLine(m.Title, 100) + "”"
		}
	}
	return ""
}

func foldWords(text string) string { return importers.Fold(text) }

// shortestPart is how long a text is at least that may be part of another that says the same, in letters.
const shortestPart = 16

// sameWords reports whether two texts say the same but for marks and case, or one of them more than the other.
func sameWords(a, b string) bool {
	a, b = foldWords(a), foldWords(b)
	if len(a) > len(b) {
		a, b = b, a
	}
	return a != "" && (a == b || len(a) >= shortestPart && strings.Contains(b, a))
}

// sameAction reports whether an action item is the one that a document tells: by its words, or by their beginning and its issue.
func sameAction(a incident.ActionItem, x postmortem.Action) bool {
	return sameWords(a.Title, x.Title) || a.URL != "" && a.URL == x.URL && strings.HasPrefix(foldWords(a.Title), foldWords(x.Title))
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
}

// None reports that there is nothing to take.
func (t RowsToTake) None() bool {
	return len(t.Sections)+len(t.Milestones)+len(t.Moments)+len(t.Factors)+len(t.Actions)+len(t.Impacts) == 0
}

// mostTaken is how many rows are taken at once.
const mostTaken = 2000

// TakeRows writes rows into the retrospective of an incident that the viewer may see, all of them or none, and begins it where there is none. What each
// row changes is in the history of the incident and in the audit log, in the name of who acts. The document that waited for them is forgotten.
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
	return d.Store.Update(ctx, func(tx incident.Tx) error {
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
		if err == nil {
			err = tx.DeleteIntake(id, incident.ActorOf(ctx).ID)
		}
		return err
	})
}

// newMoments are the moments that patches tell.
func (s *Story) newMoments(ctx context.Context, patches []MomentPatch, now time.Time) ([]incident.Moment, error) {
	var out []incident.Moment
	for _, p := range patches {
		m := p.apply(incident.Moment{ID: incident.NewID("mom"), Incident: s.Incident.ID, Lane: "key"})
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

// intakesKept is how long a document waits for somebody to take rows out of it.
const intakesKept = 30 * 24 * time.Hour

// Intake returns the document that who acts is about to take rows out of for an incident, or ErrNotFound.
func (d *Desk) Intake(ctx context.Context, id incident.ID, sight incident.Sight) (*incident.Intake, error) {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return nil, err
	}
	return d.Store.Intake(ctx, id, incident.ActorOf(ctx).ID)
}

// KeepIntake keeps a document, or what was chosen of it so far, for who acts. It takes the place of the one before.
func (d *Desk) KeepIntake(ctx context.Context, id incident.ID, name, text string, choices url.Values, sight incident.Sight) error {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return err
	}
	if len(text) > incident.LongestIntake {
		return incident.Invalidf("file", "a document may hold 1 MB")
	}
	i := incident.Intake{Incident: id, User: incident.ActorOf(ctx).ID, Name: firstLine(name, 200), Text: text, Choices: choices, At: d.Now().UTC().Truncate(time.Microsecond)}
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutIntake(i) })
	return err
}

// DropIntake forgets the document of who acts.
func (d *Desk) DropIntake(ctx context.Context, id incident.ID, sight incident.Sight) error {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return err
	}
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.DeleteIntake(id, incident.ActorOf(ctx).ID) })
	return err
}
