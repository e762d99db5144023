package incident_test

import (
	"fmt"
	"testing"
	"time"

	"hindsight/incident"
)

// Changes are rejected one by one, each is taken back by itself, and one that is stated as the cause is no longer rejected.
func TestRejectedChanges(t *testing.T) {
	inc := &incident.Incident{ID: "inc_1"}
	for _, step := range []struct{ field, value, want string }{
		{"not_caused_by", "che_2", "[che_2] editor"}, {"not_caused_by", "che_1", "[che_1 che_2] editor"}, {"not_caused_by", "che_1", "[che_1 che_2] editor"},
		{"caused_by", "che_1", "[che_2] editor"}, {"caused_by", "", "[che_1 che_2] editor"}, {"not_caused_by", "-che_2", "[che_1] editor"}, {"not_caused_by", "-che_1", "[] editor"},
	} {
		if err := inc.Edit(step.field, step.value, "editor", time.Unix(1, 0)); err != nil {
			t.Fatalf("Edit(%s, %s): %v", step.field, step.value, err)
		}
		changes, by := inc.NotCausedBy()
		if got := fmt.Sprint(changes, " ", by); got != step.want {
			t.Errorf("after %s %s: rejected %s, want %s", step.field, step.value, got, step.want)
		}
	}
	for _, value := range []string{"", "none", "che_1,che_2"} {
		if err := inc.Edit("not_caused_by", value, "editor", time.Unix(1, 0)); err == nil {
			t.Errorf("not_caused_by %q was taken, want an error", value)
		}
	}
	draft := &incident.Incident{ID: "inc_1"}
	if err := inc.Edit("not_caused_by", "che_3", "editor", time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if changes, _ := incident.Reimport(inc, draft).NotCausedBy(); len(changes) != 1 {
		t.Errorf("an import left %v rejected, want che_3", changes)
	}
}
