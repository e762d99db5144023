package incidenttest

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"hindsight/incident"
)

// TestStore checks that a Store keeps every promise of incident.Store. open returns an empty store, another one
// each time, and closes it at the end of the test.
func TestStore(t *testing.T, open func(t *testing.T) incident.Store) {
	for _, tc := range []struct {
		name string
		test func(*testing.T, incident.Store)
	}{
		{"an incident comes back as it was put", testRoundTrip},
		{"putting replaces the whole incident", testReplace},
		{"what is not there is not found", testNotFound},
		{"statements by people survive an import", testStatements},
		{"hostile texts come back", testHostileTexts},
		{"times keep microseconds in UTC", testTimes},
		{"an unwritable time is invalid", testUnwritableTime},
		{"the newest incarnation is found", testFindIncident},
		{"what is returned belongs to the caller", testOwnership},
		{"timelines", testTimelines},
		{"retrospectives", testRetrospectives},
		{"retrospectives that are written here", testRetros},
		{"changes of a text", testTexts},
		{"moments, comments and snapshots", testRetroParts},
		{"files of retrospectives", testRetroFiles},
		{"reads in a transaction see its writes", testReadYourWrites},
		{"records of the same incident", testTwins},

		{"filters", testFilters},
		{"sights", testSights},
		{"action items", testActions},
		{"orders", testOrders},
		{"pages with ties", testPages},
		{"malformed cursors are invalid", testCursors},
		{"streams of several batches", testStreams},

		{"services, teams and people", testCatalog},
		{"problems", testProblems},
		{"history of problems", testProblemHistory},
		{"what is decided about problems", testManagements},
		{"versions of policies", testPolicies},
		{"what files manage", testManaged},

		{"change events come back as they were put", testChangeEvents},
		{"lists of change events", testChangeEventLists},
		{"pages of change events with ties", testChangeEventPages},
		{"tombstones of change events", testChangeEventTombstones},
		{"a roster's shifts are replaced as a set", testRosters},
		{"lists of shifts", testShiftLists},
		{"runbooks come back as they were put", testRunbooks},
		{"runbooks of incidents", testRunbookUses},

		{"changes are numbered", testNumbers},
		{"putting the same again is no change", testIdempotence},
		{"a failed transaction leaves nothing", testRollback},
		{"tombstones", testTombstones},
		{"entries of one number are not split", testSplit},
		{"followers miss nothing", testFollower},
		{"lost updates do not happen", testNoLostUpdate},

		{"connections", testConnections},
		{"mappings of a connection", testMappings},
		{"a deleted connection leaves tombstones", testDeleteConnection},
		{"a deleted connection leaves tombstones of events", testDeleteConnectionEvents},
		{"runs", testRuns},
		{"raw records", testRaws},
		{"many raw records stream in order", testRawStream},
		{"dead letters", testDeadLetters},
		{"health of connections", testHealth},
		{"deliveries", testPushes},
		{"missing records", testMissing},

		{"users", testUsers},
		{"memberships", testMemberships},
		{"sessions", testSessions},
		{"ended sessions", testEndedSessions},
		{"sessions that a provider ends", testProviderSessions},
		{"checks of sessions are claimed", testClaims},
		{"identities", testIdentities},
		{"known devices", testDevices},
		{"administrators", testAdministrators},
		{"tokens", testTokens},
		{"second factors", testSecondFactors},
		{"what is provisioned", testProvisioned},
		{"views", testViews},
		{"notices", testNotices},
		{"outgoing messages", testOutgoing},
		{"messages about an incident that is forgotten", testOutgoingForgets},
		{"channels", testChannels},
		{"report schedules", testReportSchedules},
		{"runs of report schedules", testReportRuns},
		{"report runs about what becomes private", testReportRunsHidden},
		{"links to retrospectives", testRetroShares},
		{"how far retrospectives are heard", testRetroReach},
		{"documents to take rows out of", testIntakes},
		{"settings", testSettings},
		{"every method of a transaction is in the audit log, or says why not", testAuditMethods},
		{"the audit log says who, what, and before and after", testAuditEntries},
		{"secrets are not in the audit log", testAuditSecrets},
		{"the audit log is filtered", testAuditFilter},
		{"an import is one entry", testAuditImports},
		{"a failed transaction leaves no entry", testAuditRollback},
		{"the audit log is cut at its old end alone", testAuditCut},
		{"a person is erased from the audit log", testAuditErase},
		{"closing twice", testClose},
	} {
		t.Run(tc.name, func(t *testing.T) { tc.test(t, open(t)) })
	}
}

// update runs f in a transaction that must succeed and returns its number.
func update(t *testing.T, s incident.Store, f func(incident.Tx) error) incident.Seq {
	t.Helper()
	seq, err := s.Update(t.Context(), f)
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
	return seq
}

// put puts incidents in one transaction.
func put(t *testing.T, s incident.Store, incs ...*incident.Incident) incident.Seq {
	t.Helper()
	return update(t, s, func(tx incident.Tx) error { return tx.PutIncidents(incs) })
}

// get reads an incident that must be there.
func get(t *testing.T, s incident.Store, id incident.ID) *incident.Incident {
	t.Helper()
	inc, err := s.Incident(t.Context(), id)
	if err != nil {
		t.Fatalf("Incident(%s): %v", id, err)
	}
	return inc
}

// equal fails the test when got, which call returned, is not want.
func equal[V any](t *testing.T, call string, got, want V) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %s\nwant %s", call, show(got), show(want))
	}
}

func show(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	if len(text) > 4000 {
		text = text[:4000]
	}
	return string(text)
}

// fails fails the test when err, which call returned, is not want.
func fails(t *testing.T, call string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", call, err, want)
	}
}

// check fails the test when a read failed, and else returns what it read.
func check[V any](v V, err error) func(t *testing.T, call string) V {
	return func(t *testing.T, call string) V {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", call, err)
		}
		return v
	}
}
