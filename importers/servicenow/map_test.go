package servicenow

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

const header = "number,incident_state,reopen_count,sys_mod_count,made_sla,opened_at,sys_updated_by,sys_updated_at,category,priority,assignment_group,resolved_at\n"

// mapCSV reads a file of one ticket and maps it.
func mapCSV(t *testing.T, text string, settings map[string]string) (importers.Draft, error) {
	t.Helper()
	records, rejects := readAll(t, inMemory("t.csv", text))
	if len(records) != 1 || len(rejects) != 0 {
		t.Fatalf("read gave %d records and rejects %+v, want one record", len(records), rejects)
	}
	return mapRecord(incident.Raw{ExternalID: records[0].ExternalID, Body: records[0].Body}, importers.Config{Settings: settings})
}

func TestReopenedTicket(t *testing.T) {
	d, err := mapCSV(t, header+
		"INC7,New,0,0,true,1/3/2016 08:00,ann,1/3/2016 08:02,Network,3 - Moderate,Desk,2/3/2016 12:00\n"+
		"INC7,Resolved,0,1,true,1/3/2016 08:00,bob,1/3/2016 09:00,Network,3 - Moderate,Net,2/3/2016 12:00\n"+
		"INC7,Active,1,2,false,1/3/2016 08:00,ann,1/3/2016 10:30,Network,2 - High,Net,2/3/2016 12:00\n"+
		"INC7,Resolved,1,3,false,1/3/2016 08:00,bob,2/3/2016 12:00,Network,2 - High,Net,2/3/2016 12:00\n",
		map[string]string{"zone": "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	var segments []string
	for _, s := range d.Incident.Segments {
		segments = append(segments, string(s.Status)+" "+s.From.Format("2T15:04"))
	}
	// Berlin is one hour ahead of UTC in March.
	equal(t, "segments", strings.Join(segments, ", "), "triggered 1T07:02, resolved 1T08:00, investigating 1T09:30, resolved 2T11:00")
	var events []string
	for _, e := range d.Timeline {
		events = append(events, string(e.Kind)+" "+e.Text)
	}
	equal(t, "events", strings.Join(events, "; "), "created Opened; resolved State: New → Resolved; assigned Group: Desk → Net; "+
		"reopened State: Resolved → Active; severity_changed Priority: 3 - Moderate → 2 - High; resolved State: Active → Resolved")
	equal(t, "reopened", *d.Incident.Reopened, 1)
	equal(t, "severity", d.Incident.Severity, incident.Sev2)
	equal(t, "team", d.Team, "Net")
	equal(t, "acknowledged", d.Incident.Milestones.At(incident.Acked), time.Date(2016, 3, 1, 8, 0, 0, 0, time.UTC))
	equal(t, "resolved", d.Incident.Milestones.At(incident.ResolvedAt), time.Date(2016, 3, 2, 11, 0, 0, 0, time.UTC))
	equal(t, "SLA breached", *d.Incident.SLA[0].Breached, true)
}

func TestOddTickets(t *testing.T) {
	for _, tc := range []struct{ name, row, zone, want string }{
		{"state in no map", "INC1,-100,0,0,true,1/3/2016 08:00,x,1/3/2016 08:02,A,3 - Moderate,G,?", "", `warning incident_state "-100"`},
		{"priority in no map", "INC1,New,0,0,true,1/3/2016 08:00,x,1/3/2016 08:02,A,urgent,G,?", "", `warning priority "urgent"`},
		{"final value ahead of its time", "INC1,New,0,0,true,1/3/2016 08:00,x,1/3/2016 08:02,A,1,G,5/3/2016 10:00", "", `warning resolved_at "5/3/2016 10:00"`},
		{"resolved before it was opened", "INC1,Resolved,0,0,true,1/3/2016 08:00,x,1/3/2016 08:02,A,1,G,1/3/2016 07:00", "", `warning resolved_at "2016-03-01T07:00:00Z"`},
		{"clock shown twice", "INC1,New,0,0,true,30/10/2016 02:30,x,30/10/2016 04:00,A,1,G,?", "Europe/Berlin", `warning opened_at "30/10/2016 02:30"`},
		{"nothing to make a title of", "INC1,New,0,0,true,1/3/2016 08:00,x,1/3/2016 08:02,?,1,G,?", "", `warning short_description ""`},
		{"month first", "INC1,New,0,0,true,3/31/2016 08:00,x,1/3/2016 08:02,A,1,G,?", "", `error opened_at "3/31/2016 08:00"`},
		{"never opened", "INC1,New,0,0,true,?,x,1/3/2016 08:02,A,1,G,?", "", `error opened_at ""`},
		{"change without a time", "INC1,New,0,0,true,1/3/2016 08:00,x,?,A,1,G,?", "", `error sys_updated_at ""`},
		{"unknown zone", "INC1,New,0,0,true,1/3/2016 08:00,x,1/3/2016 08:02,A,1,G,?", "Mars/Olympus", `error zone "Mars/Olympus"`},
		{"markup", "INC1,New,0,0,true,1/3/2016 08:00,x,1/3/2016 08:02,<script>alert(1)</script>,1,G,?", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, err := mapCSV(t, header+tc.row+"\n", map[string]string{"zone": tc.zone})
			got := ""
			var wrong *importers.MapError
			switch {
			case errors.As(err, &wrong):
				got = "error " + wrong.Field + " " + quote(wrong.Value)
			case err != nil:
				t.Fatalf("map: %v, want a *MapError", err)
			case len(d.Warnings) > 0:
				got = "warning " + d.Warnings[0].Field + " " + quote(d.Warnings[0].Value)
			}
			equal(t, "outcome", got, tc.want)
		})
	}
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func TestRejectedRows(t *testing.T) {
	good := "INC1,New,0,0,true,1/3/2016 08:00,x,1/3/2016 08:02,A,1,G,?\n"
	for _, tc := range []struct{ name, row, place, reason string }{
		{"too few cells", "INC2,New,0\n", "t.csv, row 3", "the row has 3 cells, the header 12"},
		{"no ticket", "?,New,0,0,true,1/3/2016 08:00,x,1/3/2016 08:02,A,1,G,?\n", "t.csv, row 3, column number", "the row names no ticket"},
		{"quotation mark without partner", "INC2,\"New,0\n", "t.csv, row 3", "a quotation mark has no partner"},
		{"giant cell", "INC2," + strings.Repeat("x", maxRow+1) + ",0\n", "t.csv, row 3", "the row has more than 1048576 bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			records, rejects := readAll(t, inMemory("t.csv", header+good+tc.row+strings.Replace(good, "INC1", "INC3", 1)))
			equal(t, "records", len(records), 2)
			equal(t, "rejects", len(rejects), 1)
			equal(t, "place", rejects[0].Place, tc.place)
			equal(t, "reason", rejects[0].Reason, tc.reason)
			if len(rejects[0].Body) == 0 || len(rejects[0].Body) > maxBody {
				t.Errorf("body has %d bytes, want 1 to %d", len(rejects[0].Body), maxBody)
			}
		})
	}
}

func TestUnreadableFiles(t *testing.T) {
	for _, tc := range []struct{ name, file, text, want string }{
		{"empty", "t.csv", "", "servicenow: read t.csv: row 1: no header: EOF"},
		{"another table", "t.csv", "id,name\n1,x\n", `servicenow: read t.csv: row 1: there is no column "number"; an event log has at least number, incident_state, sys_updated_at, opened_at`},
		{"not packed", "t.csv.gz", header, "servicenow: read t.csv.gz: gzip: invalid header"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := "no error"
			for _, err := range read(context.Background(), importers.Input{Files: []importers.File{inMemory(tc.file, tc.text)}}, nil) {
				if err != nil {
					got = err.Error()
				}
			}
			equal(t, "error", got, tc.want)
		})
	}
}

// TestResume stops after the first page and goes on behind its cursor: together that is the whole log.
func TestResume(t *testing.T) {
	var text strings.Builder
	text.WriteString(header)
	for i := range pageSize + 10 {
		text.WriteString(strings.Replace("INC1,New,0,0,true,1/3/2016 08:00,x,1/3/2016 08:02,A,1,G,?\n", "INC1", "INC"+time.Duration(i).String(), 1))
	}
	files := []importers.File{inMemory("a.csv", text.String()), inMemory("b.csv", header+"short\n")}
	var first importers.Page
	for page := range read(context.Background(), importers.Input{Files: files}, nil) {
		first = page
		break
	}
	records, rejects := len(first.Records), len(first.Rejects)
	for page, err := range read(context.Background(), importers.Input{Files: files}, first.Next) {
		if err != nil {
			t.Fatal(err)
		}
		records += len(page.Records)
		rejects += len(page.Rejects)
	}
	equal(t, "records", records, pageSize+10)
	equal(t, "rejects", rejects, 1)
}

// TestLatin1 reads bytes that are not UTF-8, which old spreadsheets still write.
func TestLatin1(t *testing.T) {
	d, err := mapCSV(t, header+"INC1,New,0,0,true,1/3/2016 08:00,x,1/3/2016 08:02,Geb\xe4ude,1,G,?\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "title", d.Incident.Title, "Gebäude")
}

func FuzzRead(f *testing.F) {
	f.Add(header + "INC1,New,0,0,true,1/3/2016 08:00,x,1/3/2016 08:02,A,3 - Moderate,G,?\n")
	f.Add(header + "INC1,\"New,0\nINC1,-100,0,0,true,1/3/2016 08:00,\xff,1/3/2016 08:02,A,3,G,?\n")
	f.Fuzz(func(t *testing.T, text string) {
		for page, err := range read(context.Background(), importers.Input{Files: []importers.File{inMemory("t.csv", text)}}, nil) {
			if err != nil {
				return
			}
			for _, r := range page.Records {
				again, err := combine(r.Body, r.Body)
				if err != nil || string(again) != string(r.Body) {
					t.Fatalf("combine of a record with itself gives %s, %v, want %s", again, err, r.Body)
				}
				mapRecord(incident.Raw{ExternalID: r.ExternalID, Body: r.Body}, importers.Config{})
			}
		}
	})
}

func FuzzMap(f *testing.F) {
	f.Add([]byte(`{"header":["incident_state","number","opened_at","sys_updated_at"],"rows":[["New","INC1","1/3/2016 08:00","1/3/2016 08:00"]]}`))
	f.Add([]byte(`{"header":["number"],"rows":[["INC1","x"],[]]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, err := mapRecord(incident.Raw{ExternalID: "INC1", Body: body}, importers.Config{})
		var wrong *importers.MapError
		if err != nil && !errors.As(err, &wrong) {
			t.Fatalf("map: %v, want a *MapError", err)
		}
	})
}

func TestSource(t *testing.T) {
	importertest.Run(t, Source(),
		importertest.Case{Name: "few", Files: []string{"few.csv"}},
		importertest.Case{Name: "bad", Files: []string{"bad.csv"}},
	)
}
