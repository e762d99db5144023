package incident

import (
	"slices"
	"strings"
)

// causeField is the editable field that says which change brought the incident about: the id of a change event,
// NoChange, or empty when nobody says. Only people state it, so it lives in the edits alone.
const causeField = "caused_by"

// rejectField is the editable field that says which changes did not bring the incident about, however near in time they
// were. Edit takes the id of one to add, or with a minus sign before it the id of one to take back. It lives in the edits
// alone, as ids with commas between them.
const rejectField = "not_caused_by"

// NoChange is the value of the field caused_by that says that no change brought the incident about.
const NoChange ID = "none"

// CausedBy returns the change event that, as a person says, brought the incident about; NoChange when none did. stated is
// false when nobody has said anything, or took it back. Who said it is in Edits.
func (inc *Incident) CausedBy() (change ID, stated bool) {
	change = ID(inc.lastEdit(causeField).Value)
	return change, change != ""
}

// NotCausedBy returns the change events that, as people say, did not bring the incident about, in the order of their ids, and
// who said so last. One that is CausedBy is not among them.
func (inc *Incident) NotCausedBy() (changes []ID, by string) {
	cause, _ := inc.CausedBy()
	last := inc.lastEdit(rejectField)
	for _, id := range rejected(last.Value) {
		if id != cause {
			changes = append(changes, id)
		}
	}
	return changes, last.By
}

func (inc *Incident) lastEdit(field string) (last Edit) {
	for _, e := range inc.Edits {
		if e.Field == field {
			last = e
		}
	}
	return last
}

func rejected(value string) (out []ID) {
	for _, id := range SortTags(strings.Split(value, ",")) {
		out = append(out, ID(id))
	}
	return out
}

// rejecting returns the value of rejectField after an edit.
func (inc *Incident) rejecting(edit string) string {
	all := SortTags(strings.Split(inc.lastEdit(rejectField).Value, ","))
	if back, is := strings.CutPrefix(edit, "-"); is {
		all = slices.DeleteFunc(all, func(id string) bool { return id == back })
	} else {
		all = SortTags(append(all, edit))
	}
	return strings.Join(all, ",")
}
