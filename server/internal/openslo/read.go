package openslo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"

	"gopkg.in/yaml.v3"

	"hindsight/incident"
)

// Annotations that carry what OpenSLO has no place for.
const (
	ownerKey    = "hindsight-owner"
	reviewKey   = "hindsight-review"
	weightedKey = "hindsight-weighted"
	idKey       = "hindsight-id"
)

// ourSource is the type of metric source that an objective which was made here is written with.
const ourSource = "Hindsight"

// Read reads YAML documents. It returns ErrInvalid when the text is no YAML, or a document is not of OpenSLO v1 or has no
// kind or name: then nothing of it should be taken.
func Read(data []byte) (Found, error) {
	var f Found
	if len(data) > MaxSize {
		return f, incident.Invalidf("file", "the file is longer than %d bytes", MaxSize)
	}
	docs, err := decode(data)
	if err != nil {
		return f, err
	}
	services := map[string]string{}
	for _, d := range docs {
		if d["kind"] == "Service" {
			services[text(d, "metadata", "name")] = text(d, "metadata", "displayName")
		}
	}
	for _, d := range docs {
		f.censor(d)
		if d["kind"] == "SLO" {
			f.slo(d, services)
		} else if err := f.keep(d, d["kind"] == "Service", "is kept, and has no effect here"); err != nil {
			return f, err
		}
	}
	if len(docs) == 0 {
		return f, incident.Invalidf("file", "the file holds no document")
	}
	return f, f.unique()
}

// unique returns ErrInvalid when two documents are one by kind and name.
func (f *Found) unique() error {
	seen := map[incident.ID]bool{}
	for _, n := range f.Objectives {
		if seen[n.ID] {
			return incident.Invalidf("file", "the SLO %q is there twice", n.Name)
		}
		seen[n.ID] = true
	}
	for _, k := range f.Kept {
		if seen[k.ID()] {
			return incident.Invalidf("file", "%s %q is there twice", k.Kind, k.Name)
		}
		seen[k.ID()] = true
	}
	return nil
}

func decode(data []byte) ([]document, error) {
	var docs []document
	for dec, n := yaml.NewDecoder(bytes.NewReader(data)), 1; ; n++ {
		var raw any
		err := dec.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return nil, incident.Invalidf("file", "document %d is no YAML: %v", n, err)
		}
		d, ok := plain(raw).(document)
		switch {
		case raw == nil:
			continue
		case !ok || d["apiVersion"] != apiVersion:
			return nil, incident.Invalidf("file", "document %d is not of apiVersion %s; other versions are not read", n, apiVersion)
		case text(d, "kind") == "" || text(d, "metadata", "name") == "":
			return nil, incident.Invalidf("file", "document %d needs a kind and a metadata.name", n)
		}
		docs = append(docs, d)
	}
}

// keep keeps a document that is no objective, and says why unless it is usual.
func (f *Found) keep(d document, usual bool, why string) error {
	body, err := json.Marshal(d)
	if err != nil {
		return incident.Invalidf("file", "%s holds what cannot be kept: %v", sentence(d, ""), err)
	}
	f.Kept = append(f.Kept, Kept{Kind: text(d, "kind"), Name: text(d, "metadata", "name"), Document: string(body)})
	if !usual {
		f.Notes = append(f.Notes, sentence(d, "%s.", why))
	}
	return nil
}

// slo takes an SLO apart into one objective for each of its targets; one that cannot be measured is kept as it is.
func (f *Found) slo(d document, services map[string]string) {
	targets, _ := at(d, "spec", "objectives").([]any)
	window, why := windowOf(d)
	if len(targets) == 0 {
		why = "it has no objectives"
	}
	var made []Named
	for i, t := range targets {
		one, _ := t.(document)
		n, err := f.objective(d, one, window, services)
		if why == "" && err != nil {
			why = err.Error()
		}
		if len(targets) > 1 {
			n.Name = fmt.Sprintf("%s (%s)", n.Name, orNumber(text(one, "displayName"), i))
			n.ID = incident.DeriveID("pol", "openslo", text(d, "metadata", "name"), strconv.Itoa(i))
			n.Objective.OpenSLO = single(d, one, i)
		}
		made = append(made, n)
	}
	if why != "" {
		if err := f.keep(d, false, "is kept but cannot be measured here: "+why); err != nil {
			f.Notes = append(f.Notes, err.Error())
		}
		return
	}
	f.Objectives = append(f.Objectives, made...)
	f.unmeasured(d, len(targets))
}

func orNumber(name string, i int) string {
	if name == "" {
		return strconv.Itoa(i + 1)
	}
	return name
}

// single returns the SLO with one of its targets alone, under a name of its own, as JSON.
func single(d, target document, i int) string {
	var one document
	body, err := json.Marshal(d)
	if err != nil || json.Unmarshal(body, &one) != nil {
		return ""
	}
	below(one, "spec")["objectives"] = []any{target}
	below(one, "metadata")["name"] = fmt.Sprintf("%s-%d", text(d, "metadata", "name"), i+1)
	body, err = json.Marshal(one)
	if err != nil {
		return ""
	}
	return string(body)
}

func (f *Found) objective(d, target document, w incident.ObjectiveWindow, services map[string]string) (Named, error) {
	body, err := json.Marshal(d)
	if err != nil {
		return Named{}, err
	}
	name := text(d, "metadata", "name")
	n := Named{ID: incident.DeriveID("pol", "openslo", name), Name: text(d, "metadata", "displayName"), Service: text(d, "spec", "service"),
		Objective: incident.Objective{Window: w, Description: text(d, "spec", "description"), OpenSLO: string(body)}}
	if n.Name == "" {
		n.Name = name
	}
	if known := services[n.Service]; known != "" {
		n.Service = known
	}
	notes, _ := at(d, "metadata", "annotations").(document)
	o := &n.Objective
	o.Owner, o.Review, o.Weighted = text(notes, ownerKey), text(notes, reviewKey), text(notes, weightedKey) == "true"
	if ours(d) {
		o.OpenSLO = ""
		if id := text(notes, idKey); ourID.MatchString(id) {
			n.ID = incident.ID(id)
		}
	}
	if o.Target, err = targetOf(target); err != nil {
		return n, err
	}
	if n.Service == "" {
		return n, errors.New("it names no service")
	}
	check := *o
	check.Service = "svc_any"
	return n, check.Validate()
}

// ourID is what ids of objectives look like.
var ourID = regexp.MustCompile(`^(slo|pol)_[0-9a-z]{20}$`)

// ours reports whether an SLO was written here, for an objective that was made here.
func ours(d document) bool {
	return text(d, "spec", "indicator", "spec", "ratioMetric", "good", "metricSource", "type") == ourSource && text(d, "metadata", "annotations", idKey) != ""
}

func targetOf(d document) (float64, error) {
	share, whole := number(d["target"])
	percent, hundred := number(d["targetPercent"])
	switch {
	case whole && !hundred:
		return share, nil
	case hundred && !whole:
		return strconv.ParseFloat(strconv.FormatFloat(percent/100, 'g', 15, 64), 64)
	}
	return 0, errors.New("an objective needs either a target or a targetPercent")
}

// windowOf returns the window of an SLO, or why it has none that can be measured.
func windowOf(d document) (w incident.ObjectiveWindow, why string) {
	tw, ok := first(at(d, "spec", "timeWindow"))
	if !ok {
		return w, "it needs exactly one time window"
	}
	duration := text(tw, "duration")
	n, unit := 0, ""
	if len(duration) > 1 {
		n, _ = strconv.Atoi(duration[:len(duration)-1])
		unit = duration[len(duration)-1:]
	}
	calendar, aligned := tw["calendar"].(document)
	w.Days = n * map[string]int{"d": 1, "w": 7}[unit]
	switch {
	case !aligned && w.Days > 0:
		return w, ""
	case !aligned:
		return w, fmt.Sprintf("a rolling window of %q; it can be whole days or weeks", duration)
	case duration == "1M":
		w = incident.ObjectiveWindow{Calendar: incident.CalendarMonth}
	case duration == "1Q", duration == "3M":
		w = incident.ObjectiveWindow{Calendar: incident.CalendarQuarter}
	default:
		return w, fmt.Sprintf("a calendar window of %q; it can be 1M or 1Q", duration)
	}
	if w.Zone = text(calendar, "timeZone"); w.Zone == "UTC" {
		w.Zone = ""
	}
	start, err := time.Parse(time.DateTime, text(calendar, "startTime"))
	if err != nil || start.Day() != 1 || start.Hour()+start.Minute()+start.Second() > 0 || w.Calendar == incident.CalendarQuarter && start.Month()%3 != 1 {
		return w, fmt.Sprintf("a calendar window that begins at %q; it can begin on the first day of a month or quarter, at midnight", text(calendar, "startTime"))
	}
	return w, ""
}

// unmeasured says what of an SLO is not what is measured here.
func (f *Found) unmeasured(d document, targets int) {
	if ours(d) {
		return
	}
	say := func(format string, args ...any) { f.Notes = append(f.Notes, sentence(d, format, args...)) }
	indicator := "its indicator"
	for _, kind := range []string{"ratioMetric", "thresholdMetric"} {
		if at(d, "spec", "indicator", "spec", kind) != nil {
			indicator = "its " + kind
		}
	}
	if ref := text(d, "spec", "indicatorRef"); ref != "" {
		indicator = "its indicator " + strconv.Quote(ref)
	}
	say("is measured by the impact of incidents on its service; %s is read from a metric store, which is not done here. It is kept.", indicator)
	switch text(d, "spec", "budgetingMethod") {
	case "Timeslices":
		say("counts time slices; here every second of impact counts by itself.")
	case "Occurrences":
		say("counts events; here time is counted.")
	}
	if list, _ := at(d, "spec", "alertPolicies").([]any); len(list) > 0 {
		say("has alert policies; they are kept, and here the multi-window rules hold.")
	}
	if targets > 1 {
		say("has %d objectives; each is one of its own here, and is written as an SLO of its own.", targets)
	}
}
