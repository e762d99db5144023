package main

import (
	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/mapping"
	index "github.com/blevesearch/bleve_index_api"

	"hindsight/incident"
)

// plainIndex is a bleve index as its documentation sets one up: English, two fields, BM25. It is what similar incidents are
// held against.
type plainIndex struct{ index bleve.Index }

func newPlainIndex() (plainIndex, error) {
	m := bleve.NewIndexMapping()
	m.DefaultAnalyzer = en.AnalyzerName
	m.ScoringModel = index.BM25Scoring
	text := mapping.NewDocumentStaticMapping()
	for _, field := range []string{"title", "body"} {
		f := bleve.NewTextFieldMapping()
		f.Store, f.IncludeInAll = false, false
		text.AddFieldMappingsAt(field, f)
	}
	m.DefaultMapping = text
	i, err := bleve.NewMemOnly(m)
	return plainIndex{i}, err
}

func (p plainIndex) add(docs []doc) error {
	batch := p.index.NewBatch()
	for _, d := range docs {
		if err := batch.Index(string(d.ID), map[string]any{"title": d.Title, "body": d.Body}); err != nil {
			return err
		}
	}
	return p.index.Batch(batch)
}

// rank asks for the title in titles and for the whole text in bodies. Of four ways to ask it came out best on eclipse-dup.
func (p plainIndex) rank(d doc) ([]incident.ID, error) {
	title, body := bleve.NewMatchQuery(d.Title), bleve.NewMatchQuery(d.Title+" "+d.Body)
	title.SetField("title")
	body.SetField("body")
	found, err := p.index.Search(bleve.NewSearchRequestOptions(bleve.NewDisjunctionQuery(title, body), depth+ahead, 0, false))
	if err != nil {
		return nil, err
	}
	var out []incident.ID
	for _, hit := range found.Hits {
		out = append(out, incident.ID(hit.ID))
	}
	return out, nil
}
