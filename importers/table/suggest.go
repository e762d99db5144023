package table

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// Question is something that a table does not say and a person must.
type Question struct {
	Target  Target   // the field that it is about; "" for the key and the zone
	Columns []string // the columns that it is about
	Text    string   // in words, with an example from the table
	Options []string // the answers, where there are only these
}

// Suggest guesses a mapping from the names of the columns and what a sample of rows holds (each as long as
// header; none: by the names alone). Nothing is guessed that the sample leaves open, such as whether 03/04/2026 is
// in March or April: that comes back as a question, and the mapping is valid without the answer. In a product's export
// that is known, columns mean what they mean there: see Product.
func Suggest(header []string, sample [][]string) (Mapping, []Question) {
	s := newSuggester(header, sample)
	if p, ok := presetOf(header); ok {
		s.preset(p)
	}
	return s.suggest()
}

func newSuggester(header []string, sample [][]string) suggester {
	return suggester{header: header, sample: sample, taken: map[string]bool{}, leave: map[Target]bool{}, mapping: Mapping{Fields: map[Target]Field{}}}
}

// suggest fills in, by names, what no preset has said.
func (s *suggester) suggest() (Mapping, []Question) {
	if s.mapping.Key == nil {
		s.key()
	}
	for _, target := range Targets() {
		if _, said := s.mapping.Fields[target]; !said && !s.leave[target] {
			s.target(target)
		}
	}
	s.layouts()
	s.zone()
	for _, column := range s.header {
		if !s.taken[column] && !slices.Contains(s.mapping.Key, column) {
			s.mapping.Custom = append(s.mapping.Custom, column)
		}
	}
	return s.mapping, s.questions
}

// byName is the mapping of a table whose columns speak for themselves. It knows no presets, because the rows of JSON Lines
// need not all have the columns that a product is known by.
func byName(header []string) Mapping {
	s := newSuggester(slices.Sorted(slices.Values(header)), nil)
	m, _ := s.suggest()
	return m
}

// keyNames and columnNames are names that columns go by, most telling first, in the form of
// importers.Fold. "incident", "ticket" and "issue" before a name are ignored.
const keyNames = "id|number|key|sysid|externalid|uuid|guid|srnumber|no|nr|ref|reference|ticket"

func columnNames(t Target) string {
	switch t {
	case Number:
		return "number|key|no|nr|ref|reference|srnumber|ticket"
	case Title:
		return "title|shortdescription|summary|headline|subject|name"
	case Description:
		return "description|details|text|body|longdescription|comments|notes"
	case Status:
		return "status|state|currentstatus|finalstatus|finalstate"
	case Severity:
		return "severity|sev|severitylevel"
	case Priority:
		return "priority|prio"
	case Service:
		return "service|services|servicename|affectedservice|affectedservices|component|components|application|system|product|cmdbci|configurationitem|businessservice"
	case Team:
		return "team|owningteam|ownerteam|assignmentgroup|assignedgroup|supportteam|lastsupportteam|group"
	case Assignee:
		return "assignee|assignedto|owner|responder"
	case Tags:
		return "tags|tag|labels|keywords"
	case Factors:
		return "factors|contributingfactors|contributingfactor|rootcausecategories|rootcausecategory|causecategory|causecode|rootcause|cause"
	case Kind:
		return "kind|recordkind|type|recordtype"
	case URL:
		return "url|link|weburl|permalink|htmlurl"
	case SLAMet:
		return "slamet|madesla|withinsla|slacompliant"
	case Updated:
		return "updated|updatedat|updatedon|lastupdated|lastupdatedat|modified|modifiedat|sysupdatedat|sysupdatedon|lasteventat"
	}
	return milestoneNames(incident.MilestoneName(t))
}

func milestoneNames(name incident.MilestoneName) string {
	switch name {
	case incident.ImpactStarted:
		return "impactstarted|impactstartedat|impactstart|startedat|starttime|startutc|started|start|startdate|outagestart|downat|began"
	case incident.Detected:
		return "detected|detectedat|detectiontime|timedetected"
	case incident.Opened:
		return "opened|openedat|openedon|created|createdat|createdon|createdate|creationdate|creationtime|reported|reportedat|opentime|date|datetime|timestamp"
	case incident.Acked:
		return "acknowledged|acknowledgedat|acked|ackedat|firstresponse|firstresponseat|respondedat"
	case incident.MitigatedAt:
		return "mitigated|mitigatedat"
	case incident.ResolvedAt:
		return "resolved|resolvedat|resolvedon|resolutiondate|solvedat|fixedat"
	case incident.ImpactEnded:
		return "impactended|impactendedat|impactend|endedat|endtime|endutc|ended|end|enddate|outageend|upat|restored|restoredat"
	case incident.ClosedAt:
		return "closed|closedat|closedon|closedate"
	}
	return ""
}

type suggester struct {
	header    []string
	sample    [][]string
	taken     map[string]bool
	leave     map[Target]bool // what no column is to be guessed for
	mapping   Mapping
	questions []Question
}

// find returns the first column that goes by one of the names and fits.
func (s *suggester) find(names string, fits func(column string) bool) (string, bool) {
	for name := range strings.SplitSeq(names, "|") {
		for _, column := range s.header {
			if folded := importers.Fold(column); (folded == name || bare(folded) == name) && fits(column) {
				return column, true
			}
		}
	}
	return "", false
}

func bare(folded string) string {
	for _, prefix := range []string{"incident", "ticket", "issue"} {
		if rest, ok := strings.CutPrefix(folded, prefix); ok && rest != "" {
			return rest
		}
	}
	return folded
}

// values returns what the sample holds in a column.
func (s *suggester) values(column string) []string {
	i := slices.Index(s.header, column)
	var out []string
	for _, row := range s.sample {
		if i < len(row) {
			out = append(out, row[i])
		}
	}
	return out
}

// key takes the first column of such a name that is never empty and never the same twice.
func (s *suggester) key() {
	if column, ok := s.find(keyNames, s.unique); ok {
		s.mapping.Key = []string{column}
		return
	}
	s.questions = append(s.questions, Question{
		Columns: s.header, Options: s.header,
		Text: "Which column identifies an incident for good, as a ticket number does? Without one, a row that changes in a later file becomes another incident.",
	})
}

// unique reports whether a column is never empty and never the same twice.
func (s *suggester) unique(column string) bool {
	seen := map[string]bool{}
	for _, v := range s.values(column) {
		if importers.Unset(v) || seen[v] {
			return false
		}
		seen[v] = true
	}
	return true
}

func (s *suggester) target(t Target) {
	column, ok := s.find(columnNames(t), func(column string) bool {
		return !s.taken[column] && (!t.Time() || s.holdsTimes(column)) && (t != Kind || s.holdsKinds(column))
	})
	if !ok {
		return
	}
	s.taken[column] = true
	s.mapping.Fields[t] = Field{Columns: []string{column}, Separator: s.separatorOf(t, column)}
}

// holdsKinds reports whether a column may say what kind of record a row is. Types are of many things, so a column of that name must
// hold nothing but words for kinds.
func (s *suggester) holdsKinds(column string) bool {
	if !strings.HasSuffix(importers.Fold(column), "type") {
		return true
	}
	said, words := slices.DeleteFunc(s.values(column), importers.Unset), importers.KindWords()
	return len(said) > 0 && !slices.ContainsFunc(said, func(v string) bool { _, known := words.Of(v); return !known })
}

// separatorOf returns what separates the values of a target that holds several.
func (s *suggester) separatorOf(t Target, column string) string {
	if t == Service || t == Tags || t == Factors {
		return s.separator(column)
	}
	return ""
}

// holdsTimes reports whether most of a column can be read as times; an empty one can. A few days that no calendar
// has must not cost the column: their rows become dead letters.
func (s *suggester) holdsTimes(column string) bool {
	said := slices.DeleteFunc(s.values(column), importers.Unset)
	return len(said) == 0 || len(s.times(column)) > len(said)/2
}

// times returns what of a column can be read as a time.
func (s *suggester) times(column string) []string {
	return slices.DeleteFunc(s.values(column), func(v string) bool { return len(importers.GuessLayouts([]string{v})) == 0 })
}

// separator returns ";" where it occurs, and "," where the column's name is a plural: names of
// single services contain commas too.
func (s *suggester) separator(column string) string {
	all := strings.Join(s.values(column), "\n")
	switch {
	case strings.Contains(all, ";"):
		return ";"
	case strings.Contains(all, ",") && strings.HasSuffix(importers.Fold(column), "s"):
		return ","
	}
	return ""
}

// layouts finds how each time column is written. A column that leaves day and month open follows the other
// columns of the table if they agree; otherwise it is a question.
func (s *suggester) layouts() {
	var open []Target
	decided := map[importers.TimeLayout]bool{}
	for _, t := range Targets() {
		f, ok := s.mapping.Fields[t]
		if !ok || !t.Time() {
			continue
		}
		fit := importers.GuessLayouts(s.times(f.Columns[0]))
		switch {
		case len(fit) == 0, fit[0] == importers.ISOTime, fit[0] == importers.NamedMonth:
			continue // AnyTime reads these
		case slices.Contains(fit, importers.DayFirst) && slices.Contains(fit, importers.MonthFirst):
			open = append(open, t)
			continue
		}
		decided[fit[0]] = true
		f.Layout = fit[0]
		s.mapping.Fields[t] = f
	}
	for _, t := range open {
		f := s.mapping.Fields[t]
		if day, month := decided[importers.DayFirst], decided[importers.MonthFirst]; day != month {
			f.Layout = importers.DayFirst
			if month {
				f.Layout = importers.MonthFirst
			}
			s.mapping.Fields[t] = f
			continue
		}
		s.questions = append(s.questions, Question{
			Target: t, Columns: f.Columns, Options: []string{string(importers.DayFirst), string(importers.MonthFirst)},
			Text: fmt.Sprintf("In column %s, is %s written day first or month first?", f.Columns[0], example(s.values(f.Columns[0]))),
		})
	}
}

// zone asks for the zone of times that name none.
func (s *suggester) zone() {
	east := importers.TimeFormat{Zone: time.FixedZone("", 3600)}
	var columns []string
	sample := ""
	for _, t := range Targets() {
		f, ok := s.mapping.Fields[t]
		if !ok || !t.Time() {
			continue
		}
		for _, v := range s.values(f.Columns[0]) {
			format := importers.TimeFormat{Layout: f.Layout}
			if f.Layout == importers.AnyTime && len(importers.GuessLayouts([]string{v})) == 2 {
				format.Layout = importers.DayFirst // still open; the zone does not depend on it
			}
			east.Layout = format.Layout
			here, err := format.Parse(v)
			there, _ := east.Parse(v)
			if err == nil && !here.At.Equal(there.At) {
				columns, sample = append(columns, f.Columns[0]), cmp.Or(sample, v)
				break
			}
		}
	}
	if columns != nil {
		s.questions = append(s.questions, Question{
			Columns: columns,
			Text:    fmt.Sprintf("Times such as %s name no time zone. In which zone are they? UTC is assumed.", sample),
		})
	}
}

// example returns the first value that says something.
func example(values []string) string {
	for _, v := range values {
		if !importers.Unset(v) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
