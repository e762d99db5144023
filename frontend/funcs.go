package frontend

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"hindsight/incident"
	"hindsight/reports"
)

// funcs are what templates may call.
func funcs(assets *Assets) template.FuncMap {
	return template.FuncMap{
		"asset":        assets.URL,
		"icon":         icon,
		"part":         func(page framed, it any) Part { return Part{Shell: page.shell(), It: it} },
		"field":        newInput,
		"incident":     IncidentPath,
		"service":      ServicePath,
		"problem":      ProblemPath,
		"connection":   ConnectionPath,
		"change":       ChangePath,
		"run":          RunPath,
		"letter":       LetterPath,
		"view":         ViewPath,
		"runbook":      RunbookPath,
		"prose":        prose,
		"proseSaid":    proseSaid,
		"proseFiles":   proseFiles,
		"outside":      outside,
		"paper":        paperStyle,
		"reportStyle":  reportStyle,
		"reportPolicy": reportPolicy,
		"gate":         func(id string) string { return incident.RetroGates[id] },
		"swimlane":     swimlane,
		"strip":        strip,
		"spark":        spark,
		"meter":        meter,
		"dur":          incident.FormatDuration,
		"duration":     durationTag,
		"num":          number,
		"num64":        func(n int64) string { return number(int(n)) },
		"seq":          func(n incident.Seq) string { return number(int(n)) },
		"stage":        stage,
		"more":         func(links []Link, shown int) int { return len(links) - shown },
		"titled":       titled,
		"add":          func(a, b int) int { return a + b },
		"plural":       plural,
		"plural64":     func(n int64, noun string) string { return plural(int(n), noun) },
		"fileCard":     SourceCard.fileCard,
		"percent":      percent,
		"share":        func(have, of int) float64 { return float64(have) / float64(max(1, of)) },
		"fileSize":     fileSize,
		"ends":         ends,
		"words":        words,
		"noChannel":    func() incident.Channel { return incident.Channel{} },
		"managed":      managedField,
		"capital":      capital,
		"slug":         incident.Slug,
		"query":        url.QueryEscape,
		"empty":        func() Form { return Form{} },
		"roles":        func() []incident.Role { return incident.Roles },
		"parts":        func() []string { return incident.FactorRoles },
		"actionForm":   actionForm,
		"actFields":    incident.ActionFields,
		"actKinds":     func() []string { return incident.ActionKinds },
		"priorities":   func() []string { return incident.ActionPriorities },
		"lanes":        func() []incident.MomentLane { return incident.MomentLanes },
		"confidences":  func() []incident.FactorConfidence { return incident.FactorConfidences },
		"befores":      func() []incident.FactorBefore { return incident.FactorBefores },
		"anchor":       FactorAnchor,
		"factorGraph":  factorGraph,
		"milestones":   func() []incident.MilestoneName { return incident.MilestoneNames },
		"cell":         func(c reports.Cell, u reports.Unit) template.HTML { return Shell{}.cell(c, u) },
		"cellIn":       Shell.cell,
		"missing":      func(c reports.Cell) bool { return c.Number == nil && c.Time.IsZero() && c.Text == "" },
		"spans":        spans,
		"bound":        func(x float64, u reports.Unit) string { return reports.Format(u, x) },
		"numeric":      func(u reports.Unit) bool { return u != reports.Text && u != reports.Instant },
		"themes":       themes,
		"on":           func(cs []Choice) bool { return slices.ContainsFunc(cs, func(c Choice) bool { return c.On }) },
		"sparkWidth":   func(s Spark) int { return max(1, 6*len(s.Counts)-1) },
		"barTop":       barTop,
		"barY":         barY,
		"list":         func(items ...any) []any { return items },
		"link":         func(label, path string) Link { return Link{Label: label, Path: path} },
	}
}

// framed is a page or a part of one.
type framed interface{ shell() Shell }

// Part is what a partial gets: the page's shell and the thing to draw.
type Part struct {
	Shell
	It any
}

// Input is a form field as the partial "field" draws it.
type Input struct {
	Name, Label, Type string
	Value, Error      string
	Hint              string
	Required          bool
	Auto              string // autocomplete
	Options           []Choice
}

// newInput makes an Input: name, type, label, value, then any of hint=…, auto=…, required.
func newInput(form Form, name, kind, label, value string, extra ...string) (Input, error) {
	in := Input{Name: name, Type: kind, Label: label, Value: form.Value(name, value), Error: form.Error(name)}
	if kind == "password" {
		in.Value = "" // what was typed is never sent back
	}
	for i := 0; i < len(extra); i++ {
		switch extra[i] {
		case "required":
			in.Required = true
		case "hint", "auto":
			if i+1 == len(extra) {
				return in, fmt.Errorf("field %s: %s needs a value", name, extra[i])
			}
			if extra[i] == "hint" {
				in.Hint = extra[i+1]
			} else {
				in.Auto = extra[i+1]
			}
			i++
		default:
			return in, fmt.Errorf("field %s: there is no option %q", name, extra[i])
		}
	}
	return in, nil
}

// outside returns address when it is safe to link to, else "": http and https alone.
func outside(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return address
}

// durationTag writes a duration in one of its four states, each told by a word and not by colour alone.
func durationTag(d incident.Duration) template.HTML {
	switch d.State {
	case incident.Recorded:
		return template.HTML(`<span class="dur">` + incident.FormatDuration(d.Value) + `</span>`)
	case incident.Pending:
		return template.HTML(`<span class="dur dur-pending">` + incident.FormatDuration(d.Value) + ` so far</span>`)
	case incident.Invalid:
		return `<span class="dur dur-invalid">out of order</span>`
	}
	return `<span class="none">not known</span>`
}

// themes are the choices of the theme menu.
func themes() []Choice {
	return []Choice{{Value: string(System), Label: "As the system"}, {Value: string(Light), Label: "Light"}, {Value: string(Dark), Label: "Dark"}}
}

// ends writes the milestones of one end of a span: "impact started or detected".
func ends(names []incident.MilestoneName) string {
	text := make([]string, len(names))
	for i, n := range names {
		text[i] = words(n)
	}
	return strings.Join(text, " or ")
}

// stage says at which step a record was rejected.
func stage(name string) string {
	switch name {
	case "read":
		return "not readable"
	case "map":
		return "not mapped"
	case "store":
		return "not stored"
	}
	return name
}

// titled names a table after its chart, so that no two regions of a page have one name.
func titled(t reports.Table, chart string) reports.Table {
	t.Title = "Numbers: " + chart
	return t
}
