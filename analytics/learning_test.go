package analytics_test

import (
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// TestLearnTellsOfSilentSources: incidents of a source that never tells of anything learnt are counted, and said to be so.
func TestLearnTellsOfSilentSources(t *testing.T) {
	begin := day(2026, 3, 1)
	var lessons []analytics.Lesson
	for i, connection := range []incident.ID{"con_wiki", "con_wiki", "con_table", "con_table", "con_table"} {
		inc := began("edge", time.Hour, begin.Add(time.Duration(i)*time.Hour))[0]
		inc.ID, inc.Ref.Connection = incident.ID(string(connection)+string(rune('a'+i))), connection
		lessons = append(lessons, analytics.Lesson{Incident: inc, Retrospective: i == 0})
	}
	l := analytics.Learn(begin, begin.AddDate(0, 0, 1), begin.AddDate(0, 0, 2), lessons)
	if l.Incidents != 5 || l.Silent != 3 || l.Funnel[0].N != 1 {
		t.Errorf("%d incidents, %d of silent sources, %d with a retrospective, want 5, 3, 1", l.Incidents, l.Silent, l.Funnel[0].N)
	}
	parts := map[analytics.Part]int{}
	for _, m := range l.Members["step0"] {
		parts[m.Part]++
	}
	if parts[analytics.Counted] != 1 || parts[analytics.Beside] != 4 {
		t.Errorf("behind the number are %v, want 1 counted and 4 beside", parts)
	}
}
