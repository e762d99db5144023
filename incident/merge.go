package incident

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// audienceField is the name of the Edit by which people say who may see a private incident.
const audienceField = "audience"

// EditableFields lists the fields that people may change with Edit.
var EditableFields = []string{"title", "severity", "status", "kind", "team", "tags", "private", audienceField, "exclude_reason", twinField, causeField, rejectField}

// Edit sets a field as a person says, and notes who said so and what was there before, so that imports keep
// it. Values are written as FieldValue returns them; saying what is there already is no edit. It returns a
// *FieldError for an unknown field or an impossible value, and then changes nothing.
func (inc *Incident) Edit(field, value, by string, at time.Time) error {
	if strings.HasPrefix(field, factorField) {
		return Invalidf("field", "factors are edited one by one; see EditFactor")
	}
	if strings.HasPrefix(field, runbookField) {
		return Invalidf("field", "runbooks are edited one by one; see EditRunbook")
	}
	if strings.HasPrefix(field, actionField) {
		return Invalidf("field", "action items are edited one by one; see EditAction")
	}
	was, err := inc.FieldValue(field)
	if err != nil {
		return err
	}
	if err := inc.setField(field, value); err != nil {
		return err
	}
	switch value = strings.TrimSpace(value); field {
	case causeField: // it is kept in the edit alone, as is the next one
	case rejectField:
		if value == "" || strings.Contains(value, ",") || value == string(NoChange) {
			return Invalidf(field, "give the id of one change, or - and the id to take it back")
		}
		value = inc.rejecting(value)
	default:
		value, _ = inc.FieldValue(field)
	}
	if value != was {
		inc.Edits = append(slices.Clip(inc.Edits), Edit{Field: field, Value: value, Was: was, By: by, At: at.UTC()})
	}
	return nil
}

// FieldValue returns an editable field in the form that Edit reads: a severity as "1" to "5" or "0", a team
// by its id, tags with commas between them, privacy as "true" or "false", the audience as Audience.String returns it.
func (inc *Incident) FieldValue(field string) (string, error) {
	if key, is := strings.CutPrefix(field, factorField); is {
		return inc.factorValue(key), nil
	}
	if strings.HasPrefix(field, runbookField) {
		return inc.lastEdit(field).Value, nil // it is kept in the edit alone
	}
	if key, is := strings.CutPrefix(field, actionField); is {
		return inc.actionValue(key), nil
	}
	switch field {
	case "title":
		return inc.Title, nil
	case "severity":
		return strconv.Itoa(int(inc.Severity)), nil
	case "status":
		return string(inc.Status), nil
	case "kind":
		return string(inc.Kind), nil
	case "team":
		return string(inc.Team), nil
	case "tags":
		return strings.Join(inc.Tags, ","), nil
	case "private":
		return strconv.FormatBool(inc.Private), nil
	case audienceField:
		return inc.Audience.String(), nil
	case "exclude_reason":
		return inc.ExcludeReason, nil
	case twinField:
		return string(inc.SameAs), nil
	case causeField:
		change, _ := inc.CausedBy()
		return string(change), nil
	case rejectField:
		return inc.lastEdit(rejectField).Value, nil
	}
	return "", Invalidf("field", "%q cannot be changed; there are %s", field, strings.Join(EditableFields, ", "))
}

func (inc *Incident) setField(field, value string) (err error) {
	value = strings.TrimSpace(value)
	switch field {
	case "title":
		if value == "" {
			return Invalidf(field, "a title is needed")
		}
		inc.Title = value
	case "severity":
		var s Severity
		if s, err = ParseSeverity(value); err == nil {
			inc.Severity = s
		}
	case "status":
		if !slices.Contains(Statuses, Status(value)) {
			return Invalidf(field, "%q is not a status", value)
		}
		inc.Status = Status(value)
	case "kind":
		if !slices.Contains(Kinds, Kind(value)) {
			return Invalidf(field, "%q is not a kind", value)
		}
		inc.Kind = Kind(value)
	case "team":
		inc.Team = ID(value)
	case "tags":
		inc.Tags = SortTags(strings.Split(value, ","))
	case "private":
		var private bool
		if private, err = strconv.ParseBool(value); err != nil {
			return Invalidf(field, "%q is neither true nor false", value)
		}
		inc.Private = private
	case audienceField:
		var audience Audience
		if audience, err = ParseAudience(value); err == nil {
			inc.Audience = audience
		}
	case "exclude_reason":
		inc.ExcludeReason = value
	case twinField:
		if inc.SameAs = ID(value); inc.SameAs == inc.ID && value != "" {
			return Invalidf(field, "an incident is not another record of itself")
		}
	}
	return err
}

// ParseSeverity reads "1" to "5", "SEV1" to "SEV5" in any case, and "0", "unset" or nothing for SevUnknown.
func ParseSeverity(text string) (Severity, error) {
	word := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "sev")
	if word == "" || word == SevUnknown.String() {
		return SevUnknown, nil
	}
	n, err := strconv.Atoi(word)
	if err != nil || !Severity(n).Valid() {
		return SevUnknown, Invalidf("severity", "%q is not between 1, the worst, and 5", text)
	}
	return Severity(n), nil
}

// SortTags returns tags trimmed, without empty and repeated ones, in order; nil when none is left.
func SortTags(tags []string) []string {
	var out []string
	for _, t := range tags {
		if t = strings.TrimSpace(t); t != "" {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Reimport returns what a stored incident becomes when its source is read again as draft. The source is
// right about everything that it says; what people said stays in force beside it: their milestones, their
// edits, the latest of each field, the factors that they stated or confirmed, and what they say of action items. The first edit of a field
// remembers what the source says today. Neither argument is changed; the result shares their parts.
func Reimport(stored, draft *Incident) *Incident {
	out := *draft
	out.ID, out.Seq, out.SameAs = stored.ID, stored.Seq, stored.SameAs
	out.Milestones = append(slices.Clip(draft.Milestones), stored.Milestones.Stated()...)
	for _, m := range stored.Milestones {
		if m.Basis == FromTwin { // Unite decides whether it stays
			out.Milestones = append(out.Milestones, m)
		}
	}
	out.Edits = slices.Clone(stored.Edits)
	edited := map[string]bool{}
	for i, e := range out.Edits {
		was, err := draft.FieldValue(e.Field)
		if err = errors.Join(err, out.setField(e.Field, e.Value)); err == nil && !edited[e.Field] {
			if was == "" && strings.HasPrefix(e.Field, actionField) {
				was = goneAction(e.Was)
			}
			out.Edits[i].Was = was
		}
		edited[e.Field] = true
	}
	out.Factors = factorsInForce(mergeFactors(stored.sourceFactors(), draft.Factors), out.Edits)
	out.Actions = out.actionsInForce(draft.Actions)
	return &out
}

// mergeFactors returns the source's factors and people's own, which are those not merely claimed.
func mergeFactors(stored, draft []Factor) []Factor {
	out := slices.Clone(draft)
	for _, f := range stored {
		if f.Claimed {
			continue
		}
		same := slices.IndexFunc(out, func(d Factor) bool { return d.Role == f.Role && d.Text == f.Text })
		if same < 0 {
			out = append(out, f)
		} else {
			out[same] = f
		}
	}
	return out
}

// MergeTimeline returns the events that a source now gives together with those that people added here, in
// time order. Imported events are known by their ids, which are those that EventID derives; they are
// replaced as a set.
func MergeTimeline(stored, imported []TimelineEvent) []TimelineEvent {
	out := slices.Clone(imported)
	for _, e := range stored {
		if e.ID != e.EventID() {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b TimelineEvent) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return a.Pos - b.Pos
	})
	return out
}

// EventID derives the id of an imported event from its incident and content: two events that agree in
// both are one. Events that people add have ids of their own (NewID).
func (e TimelineEvent) EventID() ID {
	return DeriveID("evt", string(e.Incident), e.At.UTC().Format(time.RFC3339Nano), string(e.Kind), e.RawKind, e.Actor, e.Text)
}
