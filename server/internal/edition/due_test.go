package edition

import (
	"testing"
	"time"

	"hindsight/incident"
)

// TestQuestionOfAPeriod: the period of a report is that of its schedule also in a zone whose clocks jump over midnight, as those of Cairo did on 24 April 2026
// (IANA time zone database, africa: rule Egypt).
func TestQuestionOfAPeriod(t *testing.T) {
	s := incident.ReportSchedule{Kind: "sla", Question: "service=checkout", Zone: "Africa/Cairo", Every: incident.EveryDay}
	q, err := (&Schedules{}).question(s, time.Date(2026, 4, 25, 6, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	from, to := time.Date(2026, 4, 23, 22, 0, 0, 0, time.UTC), time.Date(2026, 4, 24, 21, 0, 0, 0, time.UTC)
	if !q.From.Equal(from) || !q.To.Equal(to) {
		t.Errorf("the period is %s to %s, want %s to %s", q.From, q.To, from, to)
	}
}
