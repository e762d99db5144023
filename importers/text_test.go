package importers

import (
	"slices"
	"testing"
	"unicode/utf8"

	"hindsight/incident"
)

func TestClean(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"markup is left to those who show it", "<script>alert(1)</script>", "<script>alert(1)</script>"},
		{"line ends", "a\r\nb\rc\n", "a\nb\nc"},
		{"NUL and bell", "a\x00b\x07c\td", "abc\td"},
		{"reversed text", "txt\u202Egpj.exe", "txtgpj.exe"},
		{"not UTF-8", "caf\xe9", "caf\uFFFD"},
		{"byte order mark", "\uFEFFid", "id"},
		{"right-to-left script stays", "שלום", "שלום"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Clean(tc.in); got != tc.want {
				t.Errorf("Clean(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func TestLine(t *testing.T) {
	if got, want := Line(" two\n  lines\t"), "two lines"; got != want {
		t.Errorf("Line = %q, want %q", got, want)
	}
}

func TestWebURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.org/i/1?a=b":  "https://example.org/i/1?a=b",
		" HTTP://example.org ":         "http://example.org",
		"javascript:alert(1)":          "",
		"data:text/html,<script>":      "",
		"file:///etc/passwd":           "",
		"//example.org":                "",
		"https://":                     "",
		"https://exa mple.org/%zz":     "",
		"java\nscript:alert(1)//http:": "",
	} {
		if got := WebURL(in); got != want {
			t.Errorf("WebURL(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestList(t *testing.T) {
	for _, tc := range []struct {
		name, in, sep string
		want          []string
	}{
		{"separated", "api; db ;api;-", ";", []string{"api", "db"}},
		{"lines", "api\ndb", "", []string{"api", "db"}},
		{"lines and separators", "api,db\nweb", ",", []string{"api", "db", "web"}},
		{"JSON", `["a, b","c"]`, ",", []string{"a, b", "c"}},
		{"no separator", "a, b", "", []string{"a, b"}},
		{"nothing", "n/a", ",", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := List(tc.in, tc.sep); !slices.Equal(got, tc.want) {
				t.Errorf("List(%q, %q) = %q, want %q", tc.in, tc.sep, got, tc.want)
			}
		})
	}
}

func TestTags(t *testing.T) {
	if got, want := Tags([]string{"b", " a ", "", "b"}), []string{"a", "b"}; !slices.Equal(got, want) {
		t.Errorf("Tags = %q, want %q", got, want)
	}
}

// The words of the systems' own documentation: PagerDuty, Jira, ServiceNow, VictorOps, Zabbix, Statuspage.
func TestWords(t *testing.T) {
	for word, want := range map[string]incident.Severity{
		"P1": incident.Sev1, "SEV-0": incident.Sev1, "sev 2": incident.Sev2, "1 - Critical": incident.Sev1, "3 - Moderate": incident.Sev3,
		"Major": incident.Sev2, "5": incident.Sev5, "3.0": incident.Sev3, "-1": incident.SevUnknown, "P9": incident.SevUnknown,
		"1 - High": incident.SevUnknown, "": incident.SevUnknown, "urgent!!": incident.SevUnknown,
	} {
		if got, _ := SeverityWords().Of(word); got != want {
			t.Errorf("SeverityWords().Of(%q) = %v, want %v", word, got, want)
		}
	}
	for word, want := range map[string]incident.Status{
		"UNACKED": incident.Triggered, "In Progress": incident.Investigating, "monitoring": incident.Mitigated, "Resolved": incident.Resolved,
		"postmortem": incident.Closed, "Cancelled": incident.Canceled, "merged": incident.Merged, "6": "", "-100": "",
	} {
		if got, _ := StatusWords().Of(word); got != want {
			t.Errorf("StatusWords().Of(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestValuesWith(t *testing.T) {
	base := StatusWords()
	more := base.With(map[string]incident.Status{"Erledigt!": incident.Resolved})
	if got, _ := more.Of("erledigt"); got != incident.Resolved {
		t.Errorf("With: Of(erledigt) = %q, want resolved", got)
	}
	if _, ok := base.Of("erledigt"); ok {
		t.Error("With changed the map that it was called on")
	}
}

func TestDraftUnknownWords(t *testing.T) {
	var d Draft
	d.SetStatus("state", "-100", StatusWords())
	sev := d.SeverityOf("priority", "P9", SeverityWords())
	d.SetStatus("state", "-100", StatusWords())
	if d.Incident.Status != incident.StatusUnknown || d.Incident.StatusRaw != "-100" || sev != incident.SevUnknown || len(d.Warnings) != 3 {
		t.Errorf("draft = %+v, severity %v; want unknown status and severity, the words kept, and three warnings", d, sev)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\x00\xff\r\n\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		if got := Clean(s); !utf8.ValidString(got) || Clean(got) != got {
			t.Errorf("Clean(%q) = %q: not UTF-8, or changed by cleaning again", s, got)
		}
		WebURL(s)
		List(s, ",")
		Fold(s)
	})
}
