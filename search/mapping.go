package search

import (
	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/simple"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/mapping"
	index "github.com/blevesearch/bleve_index_api"
)

// version names the shape of the indexed documents. Count it up with every change of this file or of
// document: an index of another version is dropped and filled again from the change feed.
const version = "1"

// Texts that can be searched, with their weight in the ranking. A word in the title says more than one
// in a long timeline.
var texts = []struct {
	field  string
	weight float64
}{
	{"title", 5}, {"services", 3}, {"tags", 3}, {"factors", 2}, {"description", 1.5},
	{"retrospective", 1}, {"timeline", 1}, {"actions", 1}, {private, 1},
}

// private is the text of timeline events that only some may see; public searches leave the field out.
const private = "private_timeline"

// keywords are compared as a whole and counted in facets.
var keywords = []string{"service_id", "team", "status", "severity", "priority", "tag", "connection", "kind", "origin"}

// newMapping lists every indexed field; nothing is indexed because it happens to be there.
func newMapping() mapping.IndexMapping {
	m := bleve.NewIndexMapping()
	m.ScoringModel = index.BM25Scoring
	m.StoreDynamic, m.IndexDynamic, m.DocValuesDynamic = false, false, false
	doc := bleve.NewDocumentStaticMapping()
	for _, t := range texts {
		doc.AddFieldMappingsAt(t.field, textField())
	}
	for _, name := range keywords {
		doc.AddFieldMappingsAt(name, keywordField(true))
	}
	for _, name := range []string{"number", "visibility", "counted"} {
		doc.AddFieldMappingsAt(name, keywordField(false))
	}
	for _, name := range []string{"started", "opened", "order", "seq", "rank"} {
		doc.AddFieldMappingsAt(name, numberField())
	}
	doc.AddFieldMappingsAt("priority_words", wordField())
	doc.AddFieldMappingsAt("spelling", wordField())
	m.DefaultMapping = doc
	return m
}

// textField is stored, because fragments are cut from it, and keeps positions for phrases.
func textField() *mapping.FieldMapping {
	f := bleve.NewTextFieldMapping()
	f.Analyzer = en.AnalyzerName
	f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = true, true, false, false
	return f
}

func keywordField(counted bool) *mapping.FieldMapping {
	f := bleve.NewTextFieldMapping()
	f.Analyzer = keyword.Name
	f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues, f.SkipFreqNorm = false, false, false, counted, true
	return f
}

func numberField() *mapping.FieldMapping {
	f := bleve.NewNumericFieldMapping()
	f.Store, f.IncludeInAll, f.DocValues = false, false, true
	return f
}

// wordField keeps whole lower-case words, without stemming.
func wordField() *mapping.FieldMapping {
	f := bleve.NewTextFieldMapping()
	f.Analyzer = simple.Name
	f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = false, true, false, false
	return f
}
