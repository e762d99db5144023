package search

import (
	"slices"
	"strings"
	"testing"
)

func TestComplete(t *testing.T) {
	named := func(field string) []string {
		return map[string][]string{"service": {"Checkout API", "payments", "api-gateway"}, "team": {"Site Reliability"}}[field]
	}
	for _, tc := range []struct {
		text string
		want []string
	}{
		{"st", []string{"status:", "started:"}},
		{"cold cache -ser", []string{"cold cache -service:"}},
		{"service:a", []string{"service:api-gateway", `service:"Checkout API"`, "service:payments"}},
		{`"a b" service:"check`, []string{`"a b" service:"Checkout API"`}},
		{"sev:u", []string{"sev:unset"}},
		{"severity:u", []string{"severity:unset"}},
		{"team:", []string{`team:"Site Reliability"`}},
		{"service:payments", nil},
		{"s", nil},
		{"cold ", nil},
		{"opened:2026", nil},
		{"nothing:x", nil},
		{":x", nil},
		{"", nil},
	} {
		if got := Complete(tc.text, named, 5); !slices.Equal(got, tc.want) {
			t.Errorf("Complete(%q) = %q, want %q", tc.text, got, tc.want)
		}
	}
}

func FuzzComplete(f *testing.F) {
	f.Add(`-service:"che`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, got := range Complete(text, func(string) []string { return []string{"Checkout API", text} }, 3) {
			if !strings.HasPrefix(got, text[:lastWord(text)]) {
				t.Errorf("Complete(%q) = %q, which does not go on from it", text, got)
			}
		}
	})
}
