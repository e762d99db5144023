package frontend

import "hindsight/incident"

// TaxonomyPage is what factors are called, at /admin/taxonomy. POST takes action (add, describe, rename, merge, remove, standard), name, to, text,
// synonyms with commas between them, and version.
type TaxonomyPage struct {
	Shell
	Version  int // 0: nothing is agreed on
	Rows     []CategoryRow
	Others   []CategoryRow // names in use that are no category's
	Total    int           // of them; Others are the first
	Standard bool          // nothing of the standard categories is there
	Form     Form
}

func (TaxonomyPage) template() string { return "taxonomy" }

// CategoryRow is a category and in how many incidents it contributed.
type CategoryRow struct {
	incident.Category
	Uses int
	Path string // of these incidents
}
