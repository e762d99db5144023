package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"hindsight/incident"
)

// TaxonomyChange is what somebody wants to be different about what factors are called.
type TaxonomyChange struct {
	Action   string // one of TaxonomyActions
	Name     string // of the category
	To       string // for rename: another name; for merge: the category that it becomes a part of
	Text     string // for add and describe, as the next one
	Synonyms []string
	Version  int // the newest one that its writer knows; 0: whichever is
	Note     string
}

// TaxonomyActions lists what a TaxonomyChange can do; standard puts the standard categories beside those that there are.
var TaxonomyActions = []string{"add", "describe", "rename", "merge", "remove", "standard"}

// Taxonomy returns what factors are called here, and its version: 0 and no categories where nothing was agreed on.
func (d *Desk) Taxonomy(ctx context.Context) (incident.Taxonomy, int, error) {
	versions, err := d.Store.PolicyVersions(ctx, incident.TaxonomyPolicyID)
	if errors.Is(err, incident.ErrNotFound) {
		return incident.Taxonomy{}, 0, nil
	}
	if err != nil {
		return incident.Taxonomy{}, 0, err
	}
	return d.Live.Snapshot().Taxonomy(), versions[0].Version, nil
}

// ChangeTaxonomy puts a new version in force. It returns ErrConflict when somebody else changed it after the version that the writer knows.
func (d *Desk) ChangeTaxonomy(ctx context.Context, c TaxonomyChange, by string) (incident.Seq, error) {
	now, version, err := d.Taxonomy(ctx)
	if err != nil {
		return 0, err
	}
	if c.Version == 0 {
		c.Version = version
	}
	next, err := c.apply(now)
	if err != nil {
		return 0, err
	}
	_, seq, err := d.saveDraft(ctx, policyDraft{ID: incident.TaxonomyPolicyID, Kind: incident.TaxonomyPolicy, Name: TaxonomyName, Body: next, Base: c.Version, Note: c.Note, By: by})
	return seq, err
}

func (c TaxonomyChange) apply(now incident.Taxonomy) (incident.Taxonomy, error) {
	next := now.Clone()
	switch c.Action {
	case "add":
		next.Categories = append(next.Categories, incident.Category{Name: strings.TrimSpace(c.Name), Text: strings.TrimSpace(c.Text), Synonyms: c.Synonyms})
	case "describe":
		found := next.Find(c.Name)
		if found == nil {
			return now, incident.Invalidf("name", "there is no category %q", c.Name)
		}
		found.Text, found.Synonyms = strings.TrimSpace(c.Text), c.Synonyms
	case "rename":
		return next.Rename(c.Name, c.To)
	case "merge":
		return next.Merge(c.Name, c.To)
	case "remove":
		next.Categories = slices.DeleteFunc(next.Categories, func(x incident.Category) bool { return incident.FoldCategory(x.Name) == incident.FoldCategory(c.Name) })
	case "standard":
		for _, x := range incident.StandardTaxonomy().Categories {
			x.Synonyms = slices.DeleteFunc(x.Synonyms, func(s string) bool { return next.Find(s) != nil })
			if next.Find(x.Name) == nil {
				next.Categories = append(next.Categories, x)
			}
		}
	default:
		return now, incident.Invalidf("action", "%q is not one of %v", c.Action, TaxonomyActions)
	}
	return next, next.Validate()
}
