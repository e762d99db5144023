package query

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"hindsight/incident"
)

var now = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

func parse(t *testing.T, text string) (Query, error) {
	t.Helper()
	v, err := url.ParseQuery(text)
	if err != nil {
		t.Fatal(err)
	}
	return Parse(v, now)
}

func TestPeriods(t *testing.T) {
	for _, tc := range []struct{ in, from, to string }{
		{"", "", ""},
		{"range=90d", "2026-08-23T00:00:00Z", "2026-11-21T00:00:00Z"},
		{"range=qtd", "2026-10-01T00:00:00Z", "2026-11-21T00:00:00Z"},
		{"range=prev_q", "2026-07-01T00:00:00Z", "2026-10-01T00:00:00Z"},
		{"range=prev_m", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"},
		{"range=12m", "2025-11-21T00:00:00Z", "2026-11-21T00:00:00Z"},
		{"from=2016-03-01&to=2016-05-31", "2016-03-01T00:00:00Z", "2016-06-01T00:00:00Z"},
		{"from=2016-03&to=2016-05", "2016-03-01T00:00:00Z", "2016-06-01T00:00:00Z"},
		// Berlin changes its clocks in between: the first day begins at +1, the last ends at +2.
		{"from=2026-03-28&to=2026-03-29&tz=Europe/Berlin", "2026-03-27T23:00:00Z", "2026-03-29T22:00:00Z"},
		{"range=prev_y&tz=America/New_York", "2025-01-01T05:00:00Z", "2026-01-01T05:00:00Z"},
	} {
		t.Run(tc.in, func(t *testing.T) {
			q, err := parse(t, tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := stamp(q.From); got != tc.from {
				t.Errorf("from = %s, want %s", got, tc.from)
			}
			if got := stamp(q.To); got != tc.to {
				t.Errorf("to = %s, want %s", got, tc.to)
			}
		})
	}
}

// TestChanges: questions about changes have kinds of their own, and keep them in addresses.
func TestChanges(t *testing.T) {
	q, err := ParseChanges(url.Values{"kind": {"infra", "deploy", "infra"}, "service": {"checkout"}, "range": {"30d"}}, now)
	if got := q.Encode(); err != nil || got != "service=checkout&kind=infra&kind=deploy&range=30d" {
		t.Errorf("ParseChanges = %q, %v", got, err)
	}
	if _, err = ParseChanges(url.Values{"kind": {"real"}}, now); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("ParseChanges of a kind of incidents: %v, want ErrInvalid", err)
	}
	if _, err = Parse(url.Values{"kind": {"deploy"}}, now); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("Parse of a kind of changes: %v, want ErrInvalid", err)
	}
}

func TestMonthsEndWithTheirLastDay(t *testing.T) {
	q, err := Parse(url.Values{"range": {"6m"}}, time.Date(2026, 8, 31, 12, 0, 0, 0, time.UTC))
	if err != nil || stamp(q.From) != "2026-03-01T00:00:00Z" || stamp(q.To) != "2026-09-01T00:00:00Z" {
		t.Errorf("6m on 31 August = %s to %s, %v; want all of March to August", stamp(q.From), stamp(q.To), err)
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func TestCanonicalTextReadsBackAsItself(t *testing.T) {
	for _, text := range []string{
		"q=%22cold+cache%22+-drill&sev=1&sev=2&service=checkout&service=-edge&range=90d&cmp=prev&sort=started",
		"sev=unset&status=resolved&priority=1+-+Critical&from=2016-03-01&to=2016-05-31&tz=Europe%2FBerlin",
		"metric=opened..resolved&group_by=month&limit=20",
		"",
	} {
		q, err := parse(t, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Encode(); got != text {
			t.Errorf("Encode of %q = %q", text, got)
		}
	}
	a, _ := parse(t, "service=b&q=x&range=all&sev=SEV1")
	if got := a.Encode(); got != "q=x&sev=1&service=b" {
		t.Errorf("Encode = %q", got)
	}
}

func TestMistakesNameTheParameter(t *testing.T) {
	for _, tc := range []struct{ in, field string }{
		{"sev=9", "sev"}, {"status=broken", "status"}, {"kind=x", "kind"}, {"range=soon", "range"},
		{"range=0d", "range"}, {"from=yesterday", "from"}, {"from=2026-02-01&to=2026-01-01", "to"},
		{"tz=Mars/Base", "tz"}, {"limit=0", "limit"}, {"limit=many", "limit"}, {"cmp=x", "cmp"}, {"sort=x", "sort"},
		{"range=30d&from=2026-01-01", "range"}, {"from=0001-01-02", "from"}, {"to=9999-12-31", "to"}, {"from=1899-12", "from"},
	} {
		t.Run(tc.in, func(t *testing.T) {
			_, err := parse(t, tc.in)
			var field *incident.FieldError
			if !errors.As(err, &field) || field.Field != tc.field {
				t.Errorf("Parse(%q) = %v, want an error in %s", tc.in, err, tc.field)
			}
		})
	}
}

func TestPreviousPeriod(t *testing.T) {
	q, err := parse(t, "from=2016-04-01&to=2016-04-30")
	if err != nil {
		t.Fatal(err)
	}
	from, to, ok := q.Previous()
	if !ok || stamp(from) != "2016-03-02T00:00:00Z" || stamp(to) != "2016-04-01T00:00:00Z" {
		t.Errorf("Previous = %s %s %v", stamp(from), stamp(to), ok)
	}
	// Summer time begins on 29 March 2026, but on 30 March 2025: that day's midnight is still in winter time.
	if q, err = parse(t, "from=2026-03-30&to=2026-04-30&tz=Europe/Berlin&cmp=yoy"); err != nil {
		t.Fatal(err)
	}
	from, to, ok = q.Previous()
	if !ok || stamp(from) != "2025-03-29T23:00:00Z" || stamp(to) != "2025-04-30T22:00:00Z" {
		t.Errorf("Previous, a year before in Berlin = %s %s %v", stamp(from), stamp(to), ok)
	}
	if all, _ := parse(t, ""); func() bool { _, _, ok := all.Previous(); return ok }() {
		t.Error("all time has a period before it")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("sev=1&service=-x&range=90d&from=&to=2026-01-01&tz=UTC")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		q, err := Parse(v, now)
		if err != nil {
			return
		}
		again, err := url.ParseQuery(q.Encode())
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(again, now)
		if err != nil || back.Encode() != q.Encode() {
			t.Fatalf("%q: %q does not read back: %q, %v", text, q.Encode(), back.Encode(), err)
		}
	})
}
