package recurring

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/search/similar"
)

// notices are the 526 status notices of AWS that the program ships.
func notices(t *testing.T) []Document {
	t.Helper()
	file, err := os.Open("../../server/internal/demo/data/cloud-aws/aws.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []Document
	for lines := json.NewDecoder(text); ; {
		var n struct{ ID, Headline, Text, Service string }
		if err := lines.Decode(&n); err == io.EOF {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		d := made(n.ID, n.Headline, n.Text)
		d.Connection, d.Services = "aws", []similar.Service{{Key: incident.Slug(n.Service), Name: n.Service}}
		out = append(out, d)
	}
}

// TestNotices: which notices belong together was decided by reading them.
func TestNotices(t *testing.T) {
	docs := notices(t)
	found := grouped(t, docs, nil)
	sizes := map[string]int{}
	for _, p := range found {
		sizes[p.Title] = len(p.Members)
		if len(p.Members) > 12 {
			t.Errorf("%d notices are one problem: %s", len(p.Members), p.Title)
		}
		for _, style := range []string{"increased", "error", "rates", "resolved", "region", "investigating", "instances"} {
			if slices.Contains(p.Terms, style) {
				t.Errorf("problem %q rests on %q, which many notices say", p.Title, style)
			}
		}
	}
	for title, fewest := range map[string]int{
		"Change Propagation Delays — Amazon CloudFront":                  6,
		"Storage Gateway VMs Offline":                                    4,
		"Degraded EBS Volume Performance — Amazon Elastic Compute Cloud": 4,
		"Increased Job Processing Delays — AWS Batch":                    3,
		"Increased Error Rates with Directory Services AD Connector":     2,
	} {
		if sizes[title] < fewest {
			t.Errorf("problem %q has %d members, want at least %d", title, sizes[title], fewest)
		}
	}
	if again := grouped(t, docs, found); !reflect.DeepEqual(again, found) {
		t.Error("a second run changes what the first one found")
	}
	kept, grown := 0, grouped(t, append(docs, sample()...), found)
	for _, p := range found {
		if slices.ContainsFunc(grown, func(o incident.Problem) bool { return o.ID == p.ID }) {
			kept++
		}
	}
	if kept != len(found) {
		t.Errorf("%d of %d problems keep their ids when other incidents come", kept, len(found))
	}
}

// from gives documents a connection, a service each, and ids by number.
func from(connection string, docs ...Document) []Document {
	for i := range docs {
		docs[i].ID = incident.ID(fmt.Sprintf("%s%02d", connection, i))
		docs[i].Connection = incident.ID(connection)
	}
	return docs
}

func on(service, title, body string) Document {
	d := made("", title, body)
	d.Services = []similar.Service{{Key: incident.Slug(service), Name: service}}
	return d
}

// errorRates are notices that differ in the service only.
func errorRates() []Document {
	var out []Document
	for _, s := range strings.Fields("kinesis redshift lambda glue athena batch neptune aurora polly lex") {
		out = append(out, on(s, "Increased error rates", "We are investigating increased error rates for "+s+"."))
	}
	return from("status", out...)
}

func outages() []Document {
	var out []Document
	for range 12 {
		out = append(out, on("DocumentSignerDev", "DocumentSignerDev", ""), on("Payments API", "Payments API is down", ""))
	}
	return from("checks", out...)
}

func TestEvidence(t *testing.T) {
	leap := func(service string) Document {
		return on(service, "Increased error rates", "A leap second stalled the quorum of the lock daemon; "+service+" was hit.")
	}
	for _, tc := range []struct {
		name string
		docs []Document
		want string
	}{
		{"the style of a source", errorRates(), ""},
		{"names of services and that they are down", outages(), ""},
		{"one event, posted for two services", append(errorRates(), from("leap", leap("Orders"), leap("Search"))...), "leap00 leap01"},
		{"clock times and days", from("log",
			made("", "Printer jam on 3 May 2021", "At 09:41 and 10:02 in March 2021 paper stuck."),
			made("", "Mailbox quota on 3 May 2021", "At 09:41 and 10:02 in March 2021 mail bounced.")), ""},
		{"one service, two problems", from("ops",
			on("Billing", "Invoice export truncates umlauts", "Encoding of the export file was wrong."),
			on("Billing", "Card payments time out", "The acquirer answered late.")), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := sketch(grouped(t, tc.docs, nil)); got != tc.want {
				t.Errorf("Group = %q, want %q", got, tc.want)
			}
		})
	}
}

// TestCopiesReason: that one text was written for several services is told as perhaps one event when both were written within two days, and
// not when nobody knows when.
func TestCopiesReason(t *testing.T) {
	day := time.Date(2021, 12, 22, 9, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name          string
		first, second time.Time
		want          []string
	}{
		{"the same day", day, day.Add(3 * time.Hour), []string{"nearly the same text as 1 other", "that text was written for 2 services, perhaps of one event"}},
		{"months apart", day, day.AddDate(0, 3, 0), []string{"nearly the same text as 1 other"}},
		{"nobody knows when", time.Time{}, time.Time{}, []string{"nearly the same text as 1 other"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			docs := from("aws",
				on("Directory Service", "Errors with AD Connector", "Logins through the AD connector fail for managed directories."),
				on("Single Sign-On", "Errors with AD Connector", "Logins through the AD connector fail for managed directories now."))
			docs[0].At, docs[1].At = tc.first, tc.second
			found := grouped(t, docs, nil)
			if len(found) != 1 {
				t.Fatalf("Group = %q, want one problem", sketch(found))
			}
			got := slices.DeleteFunc(slices.Clone(found[0].Members[0].Reasons), func(r string) bool { return strings.HasPrefix(r, "speaks of") })
			if !slices.Equal(got, tc.want) {
				t.Errorf("Reasons = %q, want %q", got, tc.want)
			}
		})
	}
}

func TestTitle(t *testing.T) {
	for _, tc := range []struct {
		name string
		docs []Document
		want string
	}{
		{"shared phrase and service", from("a",
			on("Search", "[RESOLVED] Elevated shard relocation delays", "Shard relocation hung on slow disks."),
			on("Search", "Shard relocation delays", "Disks were slow, shard relocation hung.")), "Shard relocation delays — Search"},
		{"most frequent spelling", from("a",
			made("", "expired certificates of mail relay", "The relay refused expired certificates."),
			made("", "Expired certificate of mail relay", "The relay refused an expired certificate."),
			made("", "Expired certificate of mail relay again", "The relay refused an expired certificate.")), "Expired certificate of mail relay"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			found := grouped(t, tc.docs, nil)
			if len(found) != 1 || found[0].Title != tc.want {
				t.Errorf("Group = %+v, want one problem titled %q", found, tc.want)
			}
		})
	}
}
