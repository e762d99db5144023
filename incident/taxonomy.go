package incident

import (
	"slices"
	"strings"
)

// TaxonomyPolicy is the kind of the policy whose body is a Taxonomy; there is at most one, TaxonomyPolicyID.
const (
	TaxonomyPolicy   PolicyKind = "taxonomy"
	TaxonomyPolicyID ID         = "pol_taxonomy"
)

// Taxonomy is what factors are called here, so that one thing has one name in figures.
type Taxonomy struct {
	Categories []Category `json:"categories"`
}

// Category is a name for factors. What is called by one of its synonyms is counted as it.
type Category struct {
	Name     string   `json:"name"`
	Text     string   `json:"text,omitempty"` // what belongs to it
	Synonyms []string `json:"synonyms,omitempty"`
	Source   string   `json:"source,omitempty"` // where it was taken from
}

const (
	mostCategories  = 500
	mostSynonyms    = 200
	longestCategory = 2000 // of its text
)

// FoldCategory is what two spellings of one name have in common.
func FoldCategory(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(name), " "))
}

// Validate returns ErrInvalid, naming the field, for what cannot be.
func (t Taxonomy) Validate() error {
	if len(t.Categories) > mostCategories {
		return Invalidf("categories", "at most %d categories can be told apart", mostCategories)
	}
	taken := map[string]string{}
	for _, c := range t.Categories {
		if len(c.Text) > longestCategory || len(c.Synonyms) > mostSynonyms {
			return Invalidf("text", "%s has too long a text or too many synonyms", c.Name)
		}
		for _, name := range append([]string{c.Name}, c.Synonyms...) {
			folded := FoldCategory(name)
			switch other, known := taken[folded]; {
			case folded == "":
				return Invalidf("name", "give each category a name, and no empty synonym")
			case len(name) > longestNaming:
				return Invalidf("name", "give names of at most %d characters", longestNaming)
			case known:
				return Invalidf("name", "%q is a name of %s already", name, other)
			}
			taken[folded] = c.Name
		}
	}
	return nil
}

// Find returns the category that is called so, by its name or a synonym; nil when there is none.
func (t Taxonomy) Find(name string) *Category {
	folded := FoldCategory(name)
	for i, c := range t.Categories {
		if FoldCategory(c.Name) == folded || slices.ContainsFunc(c.Synonyms, func(s string) bool { return FoldCategory(s) == folded }) {
			return &t.Categories[i]
		}
	}
	return nil
}

// Fold is what all names of one factor have in common: those of one category, and spellings that differ in case or blanks alone. Whoever
// compares names of factors compares these.
func (t Taxonomy) Fold(name string) string {
	if c := t.Find(name); c != nil {
		name = c.Name
	}
	return FoldCategory(name)
}

// Name is what a factor is called that somebody called name: its category, or the name itself where it is in none.
func (t Taxonomy) Name(name string) string {
	if c := t.Find(name); c != nil {
		return c.Name
	}
	return strings.TrimSpace(name)
}

// Same returns all names of the category that name is one of, the category's own first; none where it is in none.
func (t Taxonomy) Same(name string) []string {
	c := t.Find(name)
	if c == nil {
		return nil
	}
	return append([]string{c.Name}, c.Synonyms...)
}

// Clone returns a copy that shares nothing with t.
func (t Taxonomy) Clone() Taxonomy {
	out := Taxonomy{Categories: slices.Clone(t.Categories)}
	for i := range out.Categories {
		out.Categories[i].Synonyms = slices.Clone(out.Categories[i].Synonyms)
	}
	return out
}

// Rename returns the taxonomy with another name for a category; the old one becomes a synonym, so that what was called so still counts.
func (t Taxonomy) Rename(name, to string) (Taxonomy, error) {
	out, to := t.Clone(), strings.TrimSpace(to)
	c := out.Find(name)
	if c == nil {
		return t, Invalidf("name", "there is no category %q", name)
	}
	if other := out.Find(to); other != nil && other != c {
		return t, Invalidf("to", "%q is a name of %s already; merge the two", to, other.Name)
	}
	old := c.Name
	c.Name = to
	c.Synonyms = slices.DeleteFunc(c.Synonyms, func(s string) bool { return FoldCategory(s) == FoldCategory(to) })
	if FoldCategory(old) != FoldCategory(to) {
		c.Synonyms = append(c.Synonyms, old)
	}
	return out, out.Validate()
}

// Merge returns the taxonomy with one category less: its names are synonyms of another from then on.
func (t Taxonomy) Merge(name, into string) (Taxonomy, error) {
	out := t.Clone()
	c, other := out.Find(name), out.Find(into)
	if c == nil || other == nil {
		return t, Invalidf("into", "name two categories that there are")
	}
	if c == other {
		return t, Invalidf("into", "a category cannot be merged into itself")
	}
	other.Synonyms = append(append(other.Synonyms, c.Name), c.Synonyms...)
	gone := c.Name
	out.Categories = slices.DeleteFunc(out.Categories, func(x Category) bool { return x.Name == gone })
	return out, out.Validate()
}

// sreWorkbook is where the standard categories are from: "Results of Postmortem Analysis", appendix C of The Site Reliability Workbook (2018).
// Of a sample of thousands of Google's postmortems its table C-1 has the eight most frequent triggers of 2010 to 2017 (binary push 37 %,
// configuration push 31 %, user behavior change 9 %, processing pipeline 6 %, service provider change, performance decay and capacity
// management 5 % each, hardware 2 %), and its table C-2 the five most frequent categories of root causes (software 41.35 %, development
// process failure 20.23 %, complex system behaviors 16.90 %, deployment planning 6.74 %, network failure 2.75 %).
const sreWorkbook = "https://sre.google/workbook/postmortem-analysis/"

// StandardTaxonomy is the taxonomy to begin with: the names of the triggers and root-cause categories that sreWorkbook has, in the order of
// its tables. The page explains none of them; texts and synonyms are of this project.
func StandardTaxonomy() Taxonomy {
	var t Taxonomy
	for _, c := range []Category{
		{Name: "Binary push", Text: "New code was rolled out.", Synonyms: []string{"deploy", "deployment", "release"}},
		{Name: "Configuration push", Text: "A changed setting was rolled out.", Synonyms: []string{"config change", "configuration change", "config push"}},
		{Name: "User behavior change", Text: "More, or other, use than before.", Synonyms: []string{"traffic spike"}},
		{Name: "Processing pipeline", Text: "Data was processed late, twice or wrongly."},
		{Name: "Service provider change", Text: "Something was changed at a provider.", Synonyms: []string{"third party", "provider outage"}},
		{Name: "Performance decay", Text: "It became slower little by little."},
		{Name: "Capacity management", Text: "There was not enough of something.", Synonyms: []string{"capacity"}},
		{Name: "Hardware", Text: "A machine or a part of one failed.", Synonyms: []string{"hardware failure"}},
		{Name: "Software", Text: "The software did not do what it should.", Synonyms: []string{"bug", "software bug"}},
		{Name: "Development process failure", Text: "Something between writing and running it was missing, as a test or a review."},
		{Name: "Complex system behaviors", Text: "Parts that each did what they should did harm together."},
		{Name: "Deployment planning", Text: "The way in which it was rolled out."},
		{Name: "Network failure", Text: "A connection was broken, slow or led elsewhere.", Synonyms: []string{"network"}},
	} {
		c.Source = sreWorkbook
		t.Categories = append(t.Categories, c)
	}
	return t
}
