package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/redact"
)

// sharesKept is how long a link is listed after it expired or was revoked.
const sharesKept = 90 * 24 * time.Hour

// ShareTerms are what a person decides about what people outside read.
type ShareTerms struct {
	Profile  redact.Profile
	Sections []string // slugs; nil: those that the profile lets go along
	Words    []string // to be masked besides
	Kept     []string // keys of maskings that are undone
}

// SharePreview is what people outside would read, and why.
type SharePreview struct {
	Terms    ShareTerms
	Document incident.SharedRetro
	Maskings []redact.Masking
	Sections []ShareSection
	Number   int    // of the published version
	Digest   string // of the document: whoever makes the link says which one they saw
}

// ShareSection is a section of the published version that can go along.
type ShareSection struct {
	Slug, Title string
	On          bool
	Never       bool // the profile leaves it out
}

// inside are the sections that customers do not read: what was promised, and what an argument rests on.
var inside = []string{"actions", "evidence", "decided"}

// leavesOut reports whether a section is nothing for the readers of a profile.
func leavesOut(p redact.Profile, slug string) bool {
	return p == redact.Customers && (slices.Contains(inside, slug) || slices.Contains(strings.Split(slug, "-"), "cost") || slices.Contains(strings.Split(slug, "-"), "costs"))
}

// PreviewShare returns what people outside would read of a retrospective: of the version that was published last, whatever is being
// written now. It is ErrInvalid for an incident that is private, and for a retrospective that was never published.
func (d *Desk) PreviewShare(ctx context.Context, id incident.ID, terms ShareTerms, sight incident.Sight) (*SharePreview, error) {
	w, err := d.Writing(ctx, id, sight)
	if err != nil {
		return nil, err
	}
	if err := sharable(w); err != nil {
		return nil, err
	}
	if !slices.Contains(redact.Profiles, terms.Profile) {
		return nil, incident.Invalidf("profile", "%.40q is not one of %v", terms.Profile, redact.Profiles)
	}
	if err := (incident.RetroShare{Words: terms.Words, Kept: terms.Kept}).ValidateMasking(); err != nil {
		return nil, err
	}
	snap, err := d.publishedSnapshot(ctx, w)
	if err != nil {
		return nil, err
	}
	p := &SharePreview{Terms: terms, Number: snap.Number}
	doc := incident.SharedRetro{Title: snap.Body.Title, PublishedAt: snap.At, Began: snap.Body.Milestones.Earliest(incident.ImpactStarted, incident.Detected, incident.Opened),
		Over: snap.Body.Milestones.Earliest(incident.ImpactEnded, incident.MitigatedAt, incident.ResolvedAt)}
	p.Terms.Sections = nil
	for _, s := range snap.Body.Sections {
		c := ShareSection{Slug: s.Slug, Title: s.Title, Never: leavesOut(terms.Profile, s.Slug)}
		c.On = !c.Never && (terms.Sections == nil || slices.Contains(terms.Sections, s.Slug))
		p.Sections = append(p.Sections, c)
		if !c.On {
			continue
		}
		p.Terms.Sections = append(p.Terms.Sections, s.Slug)
		if section := sharedSection(s, snap.Body); section.Text != "" || len(section.Moments)+len(section.Factors)+len(section.Actions) > 0 {
			doc.Sections = append(doc.Sections, section)
		}
	}
	rules, err := d.redaction(ctx, w, sight)
	if err != nil {
		return nil, err
	}
	rules.Profile, rules.Words, rules.Kept = terms.Profile, terms.Words, terms.Kept
	texts := sharedTexts(&doc)
	was := make([]redact.Text, len(texts))
	for i, t := range texts {
		was[i] = redact.Text{Text: *t.text, Plain: t.plain}
	}
	masked, found := redact.Mask(was, rules)
	for i, t := range texts {
		*t.text = masked[i]
	}
	p.Document, p.Maskings = doc, found
	written, err := json.Marshal(doc)
	sum := sha256.Sum256(written)
	p.Digest = hex.EncodeToString(sum[:])
	return p, err
}

// sharable returns why a retrospective cannot be shared; nil: it can.
func sharable(w *Writing) error {
	switch {
	case w.Incident.Private:
		return incident.Invalidf("incident", "this incident is private, so nobody outside reads of it; make it public first, if those whom it is about agree")
	case w.Number == 0:
		return incident.Invalidf("state", "this retrospective was never published; publish it first")
	}
	return nil
}

// publishedSnapshot is what stood there when the retrospective was last published.
func (d *Desk) publishedSnapshot(ctx context.Context, w *Writing) (*incident.RetroSnapshot, error) {
	all, err := d.Store.RetroSnapshots(ctx, w.Incident.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(s incident.RetroSnapshot) bool {
		return s.Why == incident.SnapshotPublished && s.Number == w.Number
	})
	if i < 0 {
		return nil, incident.Invalidf("state", "what was published is not kept any more; publish it again")
	}
	return d.Store.RetroSnapshot(ctx, all[i].ID)
}

// sharedSection is a section with its rows: without what people knew then, events and addresses, and without what nobody has confirmed.
func sharedSection(s incident.RetroSection, body incident.RetroBody) incident.SharedSection {
	out := incident.SharedSection{Title: s.Title, Text: strings.TrimSpace(s.Text)}
	switch s.Slug {
	case "timeline":
		moments := slices.Clone(body.Moments)
		incident.SortMoments(moments)
		for _, m := range moments {
			if m.RemovedAt.IsZero() {
				out.Moments = append(out.Moments, incident.SharedMoment{At: m.At, About: m.About, Title: m.Title, Text: m.Text})
			}
		}
	case "factors":
		for _, f := range body.Factors {
			if !f.Claimed {
				out.Factors = append(out.Factors, incident.SharedFactor{Role: f.Role, Text: f.Text})
			}
		}
	case "actions":
		for _, a := range body.Actions {
			if a.State != incident.ActionDropped {
				out.Actions = append(out.Actions, incident.SharedAction{Title: a.Title, State: a.State, Due: a.Due})
			}
		}
	}
	return out
}

// sharedText is where a text of a document stands. One that is not plain is Markdown.
type sharedText struct {
	text  *string
	plain bool
}

// sharedTexts are all texts of a document, in the order of reading.
func sharedTexts(doc *incident.SharedRetro) []sharedText {
	out := []sharedText{{&doc.Title, true}}
	for i := range doc.Sections {
		s := &doc.Sections[i]
		out = append(out, sharedText{&s.Title, true}, sharedText{&s.Text, false})
		for j := range s.Moments {
			out = append(out, sharedText{&s.Moments[j].Title, true}, sharedText{&s.Moments[j].Text, false})
		}
		for j := range s.Factors {
			out = append(out, sharedText{&s.Factors[j].Text, true})
		}
		for j := range s.Actions {
			out = append(out, sharedText{&s.Actions[j].Title, true})
		}
	}
	return out
}

// MakeShare makes a link that opens until a time, to what the preview of digest showed; it is ErrConflict when that would show something
// else now. The token is returned this once.
func (d *Desk) MakeShare(ctx context.Context, id incident.ID, terms ShareTerms, until time.Time, digest string, sight incident.Sight) (token string, share incident.RetroShare, err error) {
	token, who, now := auth.NewSecret(), incident.ActorOf(ctx), d.Now().UTC().Truncate(time.Microsecond)
	share = incident.RetroShare{ID: incident.NewID("shr"), Incident: id, Hash: auth.Hash(token), CreatedByName: who.Name, CreatedAt: now, ExpiresAt: until.UTC()}
	if who.Kind == incident.ActorUser {
		share.CreatedBy = who.ID
	}
	if err := d.freeze(ctx, &share, terms, digest, sight); err != nil {
		return "", share, err
	}
	return token, share, nil
}

// RefreshShare lets a link show what the preview of digest showed. Its address stays.
func (d *Desk) RefreshShare(ctx context.Context, id, of incident.ID, terms ShareTerms, digest string, sight incident.Sight) (incident.RetroShare, error) {
	share, err := d.RetroShare(ctx, id, of, sight)
	if err != nil {
		return incident.RetroShare{}, err
	}
	err = d.freeze(ctx, &share, terms, digest, sight)
	return share, err
}

// freeze puts what people outside would read now into a link, if it is what the person saw.
func (d *Desk) freeze(ctx context.Context, share *incident.RetroShare, terms ShareTerms, digest string, sight incident.Sight) error {
	p, err := d.PreviewShare(ctx, share.Incident, terms, sight)
	if err != nil {
		return err
	}
	share.Profile, share.Sections, share.Words, share.Kept = string(p.Terms.Profile), p.Terms.Sections, p.Terms.Words, p.Terms.Kept
	share.Number, share.Document, share.FrozenAt = p.Number, p.Document, d.Now().UTC().Truncate(time.Microsecond)
	if err := share.Validate(); err != nil {
		return err
	}
	if p.Digest != digest {
		return fmt.Errorf("desk: what people outside would read is not what the preview showed; look at it again: %w", incident.ErrConflict)
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		if share.State(d.Now()) != incident.ShareOpen {
			return incident.Invalidf("link", "this link opens nothing any more; make a new one")
		}
		found, err := tx.IncidentsByID([]incident.ID{share.Incident})
		if err != nil {
			return err
		}
		if inc := found[share.Incident]; inc == nil || inc.Deleted() || inc.Private { // somebody may have made it so meanwhile
			return incident.Invalidf("incident", "this incident is private or gone by now, so nobody outside reads of it")
		}
		return tx.PutRetroShare(*share)
	})
	return err
}

// RetroShare is a link to a retrospective that sight sees, with what it shows.
func (d *Desk) RetroShare(ctx context.Context, id, of incident.ID, sight incident.Sight) (incident.RetroShare, error) {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return incident.RetroShare{}, err
	}
	s, err := d.Store.RetroShare(ctx, of)
	if err != nil {
		return incident.RetroShare{}, err
	}
	if s.Incident != id {
		return incident.RetroShare{}, incident.ErrNotFound
	}
	return *s, nil
}

// Shares lists the links of a retrospective that sight sees, the newest first.
func (d *Desk) Shares(ctx context.Context, id incident.ID, sight incident.Sight) ([]incident.RetroShare, error) {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return nil, err
	}
	return d.Store.RetroShares(ctx, id, sight)
}

// ShareOf is a link with what it is of.
type ShareOf struct {
	Share    incident.RetroShare
	Incident *incident.Incident // as [incident.Reader].Facts has it
	Title    string             // of the retrospective
}

// AllShares lists the links of all retrospectives that sight sees, the newest first. The audit log gets one entry for the list, which names the
// private incidents in it.
func (d *Desk) AllShares(ctx context.Context, sight incident.Sight) ([]ShareOf, error) {
	links, err := d.Store.RetroShares(ctx, "", sight)
	if err != nil {
		return nil, err
	}
	ids := make([]incident.ID, len(links))
	for i, l := range links {
		ids[i] = l.Incident
	}
	facts, err := d.Store.Facts(ctx, ids)
	if err != nil {
		return nil, err
	}
	incidents, private := map[incident.ID]*incident.Incident{}, []incident.ID{}
	for _, inc := range facts {
		if inc.SeenBy(sight) {
			incidents[inc.ID] = inc
		}
		if inc.SeenBy(sight) && inc.Private {
			private = append(private, inc.ID)
		}
	}
	retros, err := d.Store.Retros(ctx)
	if err != nil {
		return nil, err
	}
	titles := map[incident.ID]string{}
	for _, r := range retros {
		titles[r.Incident] = r.Title
	}
	var out []ShareOf
	for _, l := range links {
		if inc := incidents[l.Incident]; inc != nil {
			out = append(out, ShareOf{l, inc, titles[l.Incident]})
		}
	}
	if len(private) == 0 || !incident.ActorOf(ctx).Person() {
		return out, nil
	}
	slices.Sort(private)
	return out, d.note(ctx, incident.AuditNote{Action: incident.AuditRead, Object: incident.AuditObject{Kind: "link", Name: "all links"}, Facts: map[string]any{"private_incidents": private}})
}

// SharePath is where links for people outside lead, before their token.
const SharePath = "/shared/"

// ShareURL is the address that a token opens.
func (d *Desk) ShareURL(token string) string {
	return strings.TrimRight(d.BaseURL, "/") + SharePath + token
}

// RevokeShare ends a link at once. One that was revoked stays as it was.
func (d *Desk) RevokeShare(ctx context.Context, id, of incident.ID, sight incident.Sight) error {
	s, err := d.RetroShare(ctx, id, of, sight)
	if err != nil || !s.RevokedAt.IsZero() {
		return err
	}
	s.RevokedAt, s.RevokedBy = d.Now().UTC().Truncate(time.Microsecond), incident.ActorOf(ctx).Name
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutRetroShare(s) })
	return err
}

// OpenShare returns what the link with a token shows, and counts it. Whatever opens nothing is ErrNotFound, for one and the same work.
func (d *Desk) OpenShare(ctx context.Context, token string) (*incident.RetroShare, error) {
	now := d.Now().UTC()
	s, err := d.Store.SharedRetro(ctx, auth.Hash(token), now)
	if err != nil {
		return nil, err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.OpenRetroShare(s.ID, now) })
	return s, err
}
