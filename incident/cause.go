package incident

// causeField is the editable field that says which change brought the incident about: the id of a change event,
// NoChange, or empty when nobody says. Only people state it, so it lives in the edits alone.
const causeField = "caused_by"

// NoChange is the value of the field caused_by that says that no change brought the incident about.
const NoChange ID = "none"

// CausedBy returns the change event that, as a person says, brought the incident about; NoChange when none did. stated is
// false when nobody has said anything, or took it back. Who said it is in Edits.
func (inc *Incident) CausedBy() (change ID, stated bool) {
	for _, e := range inc.Edits {
		if e.Field == causeField {
			change = ID(e.Value)
		}
	}
	return change, change != ""
}
