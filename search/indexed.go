package search

import (
	"github.com/blevesearch/bleve/v2/analysis"
	index "github.com/blevesearch/bleve_index_api"
)

// indexedField is one text of a document, taken apart already: it implements the library's document.Field with less memory than the
// library's own.
type indexedField struct {
	name    string
	value   []byte
	options index.FieldIndexingOptions
	length  int
	terms   index.TokenFrequencies
}

// newField makes a field that is indexed under tokens. With places, options must have them.
func newField(name string, value []byte, options index.FieldIndexingOptions, tokens analysis.TokenStream) *indexedField {
	f := &indexedField{name, value, options, len(tokens), make(index.TokenFrequencies, len(tokens))}
	all := make([]index.TokenFreq, len(tokens))
	places := make([]index.TokenLocation, len(tokens))
	pointers := make([]*index.TokenLocation, len(tokens))
	for i, t := range tokens {
		term, ok := f.terms[string(t.Term)]
		if !ok {
			term = &all[i]
			term.Term = t.Term
			term.Locations = pointers[i : i : i+1]
			f.terms[string(t.Term)] = term
		}
		if options.IncludeTermVectors() {
			places[i] = index.TokenLocation{Start: t.Start, End: t.End, Position: t.Position}
			term.Locations = append(term.Locations, &places[i])
		}
		if !options.SkipFreqNorm() {
			term.SetFrequency(term.Frequency() + 1)
		}
	}
	return f
}

// wholeField is indexed under its value as it is.
func wholeField(name string, value []byte) *indexedField {
	return newField(name, value, wordOptions, analysis.TokenStream{{Term: value, End: len(value), Position: 1}})
}

// The methods of the library's interface.

func (f *indexedField) Name() string                                     { return f.name }
func (f *indexedField) Value() []byte                                    { return f.value }
func (f *indexedField) ArrayPositions() []uint64                         { return nil }
func (f *indexedField) EncodedFieldType() byte                           { return 't' }
func (f *indexedField) Analyze()                                         {}
func (f *indexedField) Options() index.FieldIndexingOptions              { return f.options }
func (f *indexedField) AnalyzedLength() int                              { return f.length }
func (f *indexedField) AnalyzedTokenFrequencies() index.TokenFrequencies { return f.terms }
func (f *indexedField) NumPlainTextBytes() uint64                        { return uint64(len(f.value)) }
func (f *indexedField) Size() int                                        { return len(f.value) }
