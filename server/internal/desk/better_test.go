package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// TestJudge: what programs get is what the page's functions say, and it can be written as JSON whatever the incidents are.
func TestJudge(t *testing.T) {
	var incs []*incident.Incident
	begin := noon.AddDate(-3, 0, 0)
	for i := range 300 {
		at := begin.Add(time.Duration(i) * 77 * time.Hour)
		inc := &incident.Incident{ID: incident.ID(fmt.Sprintf("inc_%d", i)), Kind: incident.Real, Status: incident.Resolved, Severity: incident.Severity(1 + i%2)}
		inc.Milestones.Set(incident.Opened, at, incident.ToSecond, incident.FromField, "synthetic", "")
		inc.Milestones.Set(incident.ResolvedAt, at.Add(time.Duration(30+i%7)*time.Minute), incident.ToSecond, incident.FromField, "synthetic", "")
		incs = append(incs, inc)
	}
	live := analytics.NewLive(time.Now)
	if err := live.Apply(context.Background(), incident.Delta{Upto: 1, CaughtUp: true, Incidents: incs}); err != nil {
		t.Fatal(err)
	}
	s := live.Snapshot()
	got := Judge(s, analytics.Query{Programme: begin})
	if got.Missing != "" || len(got.Answers) != 3 || got.Lasting != "time_to_resolve" || got.Growth == nil {
		t.Fatalf("Judge = %+v", got)
	}
	want := s.Answers(s.Compare(analytics.Query{}), s.Lasting(analytics.Query{}))
	for i, a := range got.Answers {
		if a.Sentence != want[i].Verdict.Sentence || a.Phrase != string(want[i].Verdict.Phrase) || a.NNow != want[i].Verdict.NNow {
			t.Errorf("answer %d = %+v, want %+v", i, a, want[i].Verdict)
		}
	}
	if len(got.Severities) != 2 || got.Severities[0].Severity != "SEV1" || len(got.Checks) != 5 || got.Trend.N != 300 || len(got.Pattern.Cycles) != 4 {
		t.Errorf("severities %v, %d checks, trend %+v, cycles %v", got.Severities, len(got.Checks), got.Trend, got.Pattern.Cycles)
	}
	for name, q := range map[string]analytics.Query{"all": {}, "none": {Tags: []string{"nobody's"}}, "one day": {From: begin, To: begin.AddDate(0, 0, 1)}, "no comparison": {NoCompare: true}} {
		v := Judge(s, q)
		if _, err := json.Marshal(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if (v.Missing == "") != (v.Compared != nil) || v.Missing != "" && len(v.Answers) > 0 {
			t.Errorf("%s: missing %q, compared %v, %d answers", name, v.Missing, v.Compared, len(v.Answers))
		}
	}
}
