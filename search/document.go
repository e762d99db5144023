package search

import (
	"strings"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/document"
	index "github.com/blevesearch/bleve_index_api"

	"hindsight/incident"
	"hindsight/search/plain"
)

// textField is a text that can be searched.
type textField struct {
	field  string
	weight float64
}

// texts has them all, with their weight in the ranking: a word in the title says more than one in a long timeline.
var texts = [...]textField{
	{"title", 5}, {"services", 3}, {"tags", 3}, {"factors", 2}, {"description", 1.5},
	{"retrospective", 1}, {"timeline", 1}, {"actions", 1}, {private, 1},
}

const (
	// private is the text of timeline events that only those see who would see the incident if it were private.
	private = "private_timeline"
	// numberField holds the incident's number and the source's id of it, in small letters.
	numberField = "number"
	// spellingField holds whole words to suggest; not those of the long texts, to stay small.
	spellingField = "spelling"
)

const (
	// layout names the fields and what they hold. Count it up when this program cannot read an index that was written before a change:
	// such an index is dropped.
	layout = "3"
	// content names what texts are indexed under. Count it up with a change of that alone: an index from before then goes on answering
	// until the new one is complete.
	content = "2"
	version = layout + "." + content
)

const (
	// textOptions: stored, because fragments are cut from it; with places, for phrases and marks.
	textOptions = index.IndexField | index.StoreField | index.IncludeTermVectors
	wordOptions = index.IndexField | index.SkipFreqNorm
)

// textsOf returns the texts of an incident in the order of texts.
func textsOf(inc *incident.Incident, events []incident.TimelineEvent, retro incident.Retrospective) [len(texts)]string {
	var services, open, closed, factors, actions lines
	for _, s := range inc.Services {
		services.add(s.Name)
	}
	for _, e := range events {
		if e.Private {
			closed.add(e.Text)
			continue
		}
		open.add(e.Text)
	}
	for _, f := range inc.Factors {
		factors.add(f.Category)
		factors.add(f.Text)
	}
	for _, a := range inc.Actions {
		actions.add(a.Title)
		actions.add(a.Proof)
		actions.add(a.Reason)
	}
	return [len(texts)]string{inc.Title, services.String(), strings.Join(inc.Tags, "\n"), factors.String(), plain.Text(inc.Description, inc.Format),
		retroText(retro), open.String(), actions.String(), closed.String()}
}

// newDocument makes an incident what the index takes. Texts are analyzed here, so that their lengths are known.
func newDocument(inc *incident.Incident, events []incident.TimelineEvent, retro incident.Retrospective) *document.Document {
	a := analyzers.Get().(*analyzer)
	defer analyzers.Put(a)
	doc := document.NewDocument(string(inc.ID))
	f := newFacts(inc)
	all := textsOf(inc, events, retro)
	f.language = languageOf(all[0] + "\n" + all[4] + "\n" + all[6])
	for i, text := range all {
		if text == "" {
			continue
		}
		tokens := a.index([]byte(text), f.language)
		f.lengths[i] = uint64(len(tokens))
		doc.AddField(newField(texts[i].field, []byte(text), textOptions, tokens))
	}
	doc.AddField(wholeField(factsField, f.encode()))
	for _, number := range []string{inc.Number, inc.Ref.ExternalID} {
		if number != "" {
			doc.AddField(wholeField(numberField, []byte(strings.ToLower(number))))
		}
	}
	doc.AddField(newField(spellingField, nil, wordOptions, spelling(all[:4])))
	return doc
}

// spelling returns the words of short texts as they are written, in small letters.
func spelling(texts []string) analysis.TokenStream {
	var out analysis.TokenStream
	for _, text := range texts {
		for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
			out = append(out, &analysis.Token{Term: []byte(w)})
		}
	}
	return out
}

func retroText(r incident.Retrospective) string {
	var out lines
	out.add(r.Title)
	for _, s := range r.Sections {
		out.add(s.Title)
		out.add(plain.Text(s.Body, incident.Markdown))
	}
	return out.String()
}

// lines joins texts, each on a line of its own.
type lines []string

func (l *lines) add(text string) {
	if text != "" {
		*l = append(*l, text)
	}
}

func (l lines) String() string { return strings.Join(l, "\n") }
