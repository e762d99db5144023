package incident_test

import (
	"strings"
	"testing"

	"hindsight/incident"
)

func TestSlug(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"only signs", " -- ", ""},
		{"plain", "checkout", "checkout"},
		{"case, blanks and brackets", "Amazon EC2 (Ohio)", "amazon-ec2-ohio"},
		{"signs at both ends", "__Web/API!", "web-api"},
		{"letters of other scripts stay", "Zahlung Österreich", "zahlung-österreich"},
		{"digits of other scripts stay", "節点 ٣", "節点-٣"},
		{"invalid bytes are signs", "a\xffb", "a-b"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := incident.Slug(tc.in); got != tc.want {
				t.Errorf("Slug(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

// FuzzSlug: a slug is its own slug, and has no hyphen at an end and no two in a row.
func FuzzSlug(f *testing.F) {
	for _, seed := range []string{"Amazon EC2 (Ohio)", "--", "İstanbul", "\xff", "ǅ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		s := incident.Slug(name)
		if strings.HasPrefix(s, "-") || strings.HasSuffix(s, "-") || strings.Contains(s, "--") {
			t.Errorf("Slug(%q) = %q", name, s)
		}
		if again := incident.Slug(s); again != s {
			t.Errorf("Slug(Slug(%q)) = %q, want %q", name, again, s)
		}
	})
}

func TestNamesThatMeanTheSame(t *testing.T) {
	for _, name := range []string{"Amazon EC2 (Ohio)", " amazon-ec2-ohio ", "AMAZON_EC2/Ohio"} {
		got := incident.NewService(name)
		// SHA-256 of "amazon-ec2-ohio", in the base 32 of id.go.
		if want := incident.ID("svc_gbjq2qsxtw4pmsj5d5e9"); got.ID != want || got.Name != strings.TrimSpace(name) {
			t.Errorf("NewService(%q) = %+v, want id %s and the name as written", name, got, want)
		}
	}
	if service, team := incident.NewService("web"), incident.NewTeam("Web"); service.ID == team.ID || team.ID != "team_9df5fxqb5x1bj0wv7mf1" {
		t.Errorf("NewTeam(Web) = %s, want an id other than the service's %s", team.ID, service.ID)
	}
}
