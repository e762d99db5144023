package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hindsight/frontend"
	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const wordsShown = 100 // of one field

// wordsForm is the third step: what the source's words mean.
func (s *Server) wordsForm(r *request) (answer, error) {
	j, err := s.remote(r)
	if err != nil {
		return answer{}, err
	}
	page, err := s.wordsPage(r, j, frontend.Form{})
	return answer{page: page}, err
}

// wordsPage looks for words in the records that are kept, or, while there are none, in some that are read now.
func (s *Server) wordsPage(r *request, j joint, form frontend.Form) (frontend.WordsPage, error) {
	ctx := r.Request.Context()
	page := frontend.WordsPage{Shell: r.shell("What words mean", frontend.NavImports, j.crumbs()...), Connection: j.conn, Source: j.card(), Steps: j.steps("words"), Form: form}
	trial, err := s.heard(ctx, j, &page, r.viewer.Sight())
	if ctx.Err() != nil {
		return page, ctx.Err()
	}
	if err != nil {
		page.Problem = problemOf(err, j)
	}
	own := ownWords(j.conn)
	n := 0
	for _, g := range wordGroups() {
		if group := g.fill(trial.Words, j.source.Words, own, &n); len(group.Rows) > 1 || !tellsShiftsAlone(j.source) {
			page.Groups = append(page.Groups, group)
		}
	}
	page.Fields = fieldNames(j.source.Words, own)
	return page, nil
}

// tellsShiftsAlone reports whether a source has no words to give a meaning to: it tells who is on call and nothing else.
func tellsShiftsAlone(s importers.Source) bool {
	w := s.Words
	return s.Shifts && len(w.Status)+len(w.Severity)+len(w.Kind)+len(w.Service)+len(w.Fields) == 0
}

func (s *Server) heard(ctx context.Context, j joint, page *frontend.WordsPage, sight incident.Sight) (desk.Trial, error) {
	tallies, err := s.Store.Tallies(ctx)
	if err != nil {
		return desk.Trial{}, err
	}
	var trial desk.Trial
	switch page.Stored = tallies[j.conn.ID].Records > 0; {
	case page.Stored:
		trial, err = s.TryStored(ctx, j.conn, sight)
	case j.source.API != nil:
		trial, err = s.TryLive(ctx, j.conn, sight)
	}
	page.Read, page.Cut = int(trial.Read), trial.Cut
	return trial, err
}

// ownWords are the words that a connection's mapping says something about.
func ownWords(conn incident.Connection) importers.Words {
	return importers.Config{Mapping: conn.Mapping}.Words(importers.Words{})
}

// wordGroup is a field whose words have meanings.
type wordGroup struct {
	field, label string
	options      []frontend.Choice
	of           func(importers.Words) map[string]string // meanings as form values
	set          func(w *importers.Words, word, to string) error
}

func wordGroups() []wordGroup {
	return []wordGroup{
		{"status", "Statuses", choices(incident.Statuses, func(s incident.Status) (string, string) {
			return string(s), capital(strings.ReplaceAll(string(s), "_", " "))
		}),
			func(w importers.Words) map[string]string { return texts(w.Status) },
			func(w *importers.Words, word, to string) error {
				return assign(&w.Status, word, incident.Status(to), to)
			}},
		{"severity", "Severities and priorities", choices([]incident.Severity{1, 2, 3, 4, 5}, func(s incident.Severity) (string, string) { return strconv.Itoa(int(s)), s.String() }),
			func(w importers.Words) map[string]string { return texts(w.Severity) },
			func(w *importers.Words, word, to string) error {
				n, err := strconv.Atoi(to)
				if err != nil && to != "" {
					return incident.Invalidf("mapping", "%q is not a severity from 1 to 5", to)
				}
				return assign(&w.Severity, word, incident.Severity(n), to)
			}},
		{"kind", "Kinds of records", choices(incident.Kinds, func(k incident.Kind) (string, string) {
			return string(k), capital(strings.ReplaceAll(string(k), "_", " "))
		}),
			func(w importers.Words) map[string]string { return texts(w.Kind) },
			func(w *importers.Words, word, to string) error { return assign(&w.Kind, word, incident.Kind(to), to) }},
		{"service", "Services", nil,
			func(w importers.Words) map[string]string { return w.Service },
			func(w *importers.Words, word, to string) error {
				if w.Service == nil {
					w.Service = map[string]string{}
				}
				if delete(w.Service, word); to != "" && to != word {
					w.Service[word] = to
				}
				return nil
			}},
	}
}

func choices[T any](all []T, of func(T) (value, label string)) []frontend.Choice {
	return each(all, func(x T) frontend.Choice {
		value, label := of(x)
		return frontend.Choice{Value: value, Label: label}
	})
}

// texts writes meanings as form values do.
func texts[T any](values importers.Values[T]) map[string]string {
	out := map[string]string{}
	for word, meaning := range values {
		out[word] = fmt.Sprint(meaning)
		if sev, ok := any(meaning).(incident.Severity); ok {
			out[word] = strconv.Itoa(int(sev))
		}
	}
	return out
}

// assign lets a word mean something; to is what was sent, and empty takes back what the mapping said.
func assign[T any](values *importers.Values[T], word string, meaning T, to string) error {
	if *values == nil {
		*values = importers.Values[T]{}
	}
	if delete(*values, importers.Fold(word)); to != "" {
		(*values)[importers.Fold(word)] = meaning
	}
	return nil
}

// key is the form in which words of the group are compared.
func (g wordGroup) key(word string) string {
	if g.field == "service" {
		return word
	}
	return importers.Fold(word)
}

// fill lists the words: those that were met, unknown ones first, then those that only the mapping knows, and a row for
// a further one. n numbers the form's fields.
func (g wordGroup) fill(heard []desk.Heard, declared, own importers.Words, n *int) frontend.WordGroup {
	out := frontend.WordGroup{Field: g.field, Label: g.label, Options: g.options}
	mine, theirs := g.of(own), g.of(declared)
	met := map[string]bool{}
	add := func(word string, count int, means string) {
		key := g.key(word)
		row := frontend.WordRow{Word: word, Count: count, Means: means, To: mine[key]}
		if row.To != "" {
			row.Means = g.meaning(theirs[key]) // the mapping's meaning is To; by itself it means what the source declares
		}
		out.Rows, met[key] = append(out.Rows, row), true
	}
	for _, h := range once(heard, g) {
		if len(out.Rows) < wordsShown {
			add(h.Word, h.Count, h.Meaning)
		} else {
			out.More++
		}
	}
	for _, key := range slices.Sorted(maps.Keys(mine)) {
		if !met[key] {
			add(key, 0, "")
		}
	}
	if g.field == "kind" {
		for _, key := range slices.Sorted(maps.Keys(theirs)) {
			if !met[key] {
				add(key, 0, g.meaning(theirs[key]))
			}
		}
	}
	out.Rows = append(out.Rows, frontend.WordRow{})
	for i := range out.Rows {
		out.Rows[i].N = *n
		*n++
	}
	return out
}

// meaning returns the words for a form value.
func (g wordGroup) meaning(value string) string {
	for _, c := range g.options {
		if c.Value == value {
			return c.Label
		}
	}
	return value
}

// once returns the words of a group once each, unknown ones first, then by how often they were met.
func once(heard []desk.Heard, g wordGroup) []desk.Heard {
	var out []desk.Heard
	at := map[string]int{}
	for _, h := range heard {
		if h.Field != g.field {
			continue
		}
		key := g.key(h.Word)
		i, known := at[key]
		if !known {
			at[key] = len(out)
			out = append(out, h)
			continue
		}
		if out[i].Count += h.Count; h.Meaning != "" && !strings.Contains(out[i].Meaning, h.Meaning) {
			out[i].Meaning = strings.TrimPrefix(out[i].Meaning+" or "+h.Meaning, " or ")
		}
	}
	slices.SortStableFunc(out, func(a, b desk.Heard) int {
		if (a.Meaning == "") != (b.Meaning == "") {
			return strings.Compare(a.Meaning, b.Meaning)
		}
		return b.Count - a.Count
	})
	return out
}

// fieldNames are the facts that can stand in a field of the source's own.
func fieldNames(declared, own importers.Words) []frontend.FieldName {
	if declared.Fields == nil {
		return nil
	}
	names := []string{"severity", "service", "team"}
	for _, m := range incident.MilestoneNames {
		if m != incident.Opened {
			names = append(names, string(m))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(declared.Fields)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return each(names, func(name string) frontend.FieldName {
		return frontend.FieldName{Name: name, Declared: declared.Fields[name], Value: own.Fields[name]}
	})
}

// saveWords takes the form: before the first poll the mapping is saved and the preview follows, later it is shown first
// what would change.
func (s *Server) saveWords(r *request) (answer, error) {
	j, err := s.remote(r)
	if err != nil {
		return answer{}, err
	}
	words, err := sentWords(r, ownWords(j.conn), j.source.Words)
	var mapping json.RawMessage
	if err == nil {
		mapping, err = json.Marshal(words)
	}
	if err == nil && j.ready() {
		if _, err = s.Amended(r.Request.Context(), j.conn.ID, desk.Plan{Mapping: mapping}); err == nil {
			return s.foreseeChange(r, j.conn, change{mapping: mapping})
		}
	} else if err == nil {
		_, err = s.SetMapping(r.Request.Context(), j.conn.ID, mapping, nil, r.viewer.Name)
	}
	if errors.Is(err, incident.ErrInvalid) {
		page, pageErr := s.wordsPage(r, j, formOf(r.Request.PostForm, err))
		if pageErr != nil {
			return answer{}, pageErr
		}
		return again(page)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(frontend.ConnectionPath(j.conn.ID)+"/preview", frontend.Flash{})
}

// sentWords lays what the form says on the words that the mapping has.
func sentWords(r *request, words, declared importers.Words) (importers.Words, error) {
	groups := wordGroups()
	for n := 0; ; n++ {
		field, sent := r.GetPostForm(fmt.Sprintf("w.%d.field", n))
		if !sent {
			break
		}
		word, to := strings.TrimSpace(r.PostForm(fmt.Sprintf("w.%d.word", n))), strings.TrimSpace(r.PostForm(fmt.Sprintf("w.%d.to", n)))
		i := slices.IndexFunc(groups, func(g wordGroup) bool { return g.field == field })
		if i < 0 || word == "" {
			continue
		}
		if err := groups[i].set(&words, word, to); err != nil {
			return words, err
		}
	}
	for _, f := range fieldNames(declared, words) {
		value, sent := r.GetPostForm("field." + f.Name)
		if !sent {
			continue
		}
		if words.Fields == nil {
			words.Fields = map[string]string{}
		}
		if delete(words.Fields, f.Name); strings.TrimSpace(value) != "" && value != f.Declared {
			words.Fields[f.Name] = strings.TrimSpace(value)
		}
	}
	return words, nil
}
