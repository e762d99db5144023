package live_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"hindsight/importers/importertest/live"
)

func TestMain(m *testing.M) { live.Main(m) }

type redmineIssue struct {
	ID        int
	Status    struct{ Name string }
	Subject   string
	CreatedOn string `json:"created_on"`
	UpdatedOn string `json:"updated_on"`
	ClosedOn  string `json:"closed_on"`
	Journals  []struct {
		Notes   string
		Details []struct {
			Name     string
			OldValue string `json:"old_value"`
			NewValue string `json:"new_value"`
		}
	}
	Relations []struct {
		Type string `json:"relation_type"`
		From int    `json:"issue_id"`
		To   int    `json:"issue_to_id"`
	}
}

func issueOf(t *testing.T, r *live.RedmineServer, id int) redmineIssue {
	t.Helper()
	status, answer := r.Ask(t, "GET", fmt.Sprintf("/issues/%d.json?include=journals,relations", id), nil)
	var got struct{ Issue redmineIssue }
	if err := json.Unmarshal(answer, &got); err != nil || status != http.StatusOK {
		t.Fatalf("issue %d: status %d, %v in %s", id, status, err, answer)
	}
	return got.Issue
}

func TestRedmineKeepsClosedOnThroughAReopening(t *testing.T) {
	r := live.Redmine(t)
	r.Project(t, "reopening")
	id := r.Create(t, live.Fields{"project_id": "reopening", "subject": "synthetic: checkout answers 503", "priority_id": 5})
	r.Status(t, id, "In Progress")
	r.Note(t, id, "synthetic: rolling back")
	r.Status(t, id, "Closed")
	if got := issueOf(t, r, id); got.Status.Name != "Closed" || got.ClosedOn == "" {
		t.Fatalf("after closing: status %q, closed_on %q", got.Status.Name, got.ClosedOn)
	}
	r.Status(t, id, "In Progress")
	got := issueOf(t, r, id)
	if got.Status.Name != "In Progress" || got.ClosedOn == "" {
		t.Errorf("after reopening: status %q, closed_on %q, want In Progress and the old time", got.Status.Name, got.ClosedOn)
	}
	if len(got.Journals) != 4 || got.Journals[1].Notes != "synthetic: rolling back" {
		t.Errorf("journals = %+v, want two moves around a note, and the reopening", got.Journals)
	}
}

func TestRedmineUsesTheIdOfADeletedIssueAgain(t *testing.T) {
	r := live.Redmine(t)
	r.Project(t, "ids")
	gone := r.Create(t, live.Fields{"project_id": "ids", "subject": "synthetic: made by mistake"})
	r.Delete(t, gone)
	if status, _ := r.Ask(t, "GET", fmt.Sprintf("/issues/%d.json", gone), nil); status != http.StatusNotFound {
		t.Errorf("a deleted issue: status %d, want 404", status)
	}
	if again := r.Create(t, live.Fields{"project_id": "ids", "subject": "synthetic: another"}); again != gone {
		t.Errorf("the issue after a deleted one: id %d, want %d again", again, gone)
	}
}

func TestRedmineDoesNotTouchIssuesThatAreRelated(t *testing.T) {
	r := live.Redmine(t)
	r.Project(t, "relations")
	first := r.Create(t, live.Fields{"project_id": "relations", "subject": "synthetic: first"})
	second := r.Create(t, live.Fields{"project_id": "relations", "subject": "synthetic: second"})
	before := issueOf(t, r, second)
	live.Eventually(t, func() error { return secondAfter(before.UpdatedOn) })
	r.Duplicates(t, second, first)
	got := issueOf(t, r, second)
	if len(got.Relations) != 1 || got.Relations[0].Type != "duplicates" || got.Relations[0].From != second || got.Relations[0].To != first {
		t.Errorf("relations = %+v, want one: %d duplicates %d", got.Relations, second, first)
	}
	if len(got.Journals) != 1 || got.UpdatedOn != before.UpdatedOn {
		t.Errorf("the relation left %d journals and updated_on %s, want 1 and still %s", len(got.Journals), got.UpdatedOn, before.UpdatedOn)
	}
}

// secondAfter is an error until the clock shows a later second than at, which has no fractions.
func secondAfter(at string) error {
	then, err := time.Parse(time.RFC3339, at)
	if err == nil && time.Since(then) < time.Second {
		err = errors.New("it is still " + at)
	}
	return err
}

func TestRedmineAnswersAWrongKeyWithWhatIsPublic(t *testing.T) {
	r := live.Redmine(t)
	resp, err := http.Get(r.URL + "/issues.json?key=wrong")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("wrong key: status %d, want 200", resp.StatusCode)
	}
}
