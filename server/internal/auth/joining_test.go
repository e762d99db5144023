package auth

import (
	"slices"
	"strings"
	"testing"

	"hindsight/incident"
)

func TestRolesOfGroups(t *testing.T) {
	j, err := ParseJoining("sre=editor; CN=Leads,OU=x=admin\n/guests = viewer;", "sre=Platform;pay=Payments;ops=platform", "Example.com example.org", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		groups  string
		role    incident.Role
		in, out string
	}{
		{"", "", "", "platform payments"}, {"other|SRE", "", "", "platform payments"}, {"sre", incident.Editor, "platform", "payments"},
		{"/guests|CN=Leads,OU=x|sre", incident.Admin, "platform", "payments"}, {"ops|pay", "", "payments platform", ""},
	} {
		groups := strings.FieldsFunc(tc.groups, func(r rune) bool { return r == '|' })
		in, out := j.Belongs(groups)
		if got := j.Role(groups); got != tc.role || strings.Join(in, " ") != tc.in || strings.Join(out, " ") != tc.out {
			t.Errorf("groups %q give %q, in %v, out of %v; want %q, %s, %s", groups, got, in, out, tc.role, tc.in, tc.out)
		}
	}
	j.Default = incident.Manager
	if got := []incident.Role{j.Role(nil), j.Role([]string{"/guests"})}; !slices.Equal(got, []incident.Role{incident.Manager, incident.Viewer}) {
		t.Errorf("with a default, no group and a group that says less give %v, want manager and viewer", got)
	}
	for email, verified := range map[string]bool{"a@example.com": true, "a@EXAMPLE.org": true} {
		if !j.Admits(email, verified) || j.Admits(email, false) {
			t.Errorf("Admits(%s) = %v verified, %v not; want true and false", email, j.Admits(email, true), j.Admits(email, false))
		}
	}
	for _, email := range []string{"", "a@sub.example.com", "a@example.com@example.net", "example.com"} {
		if j.Admits(email, true) {
			t.Errorf("Admits(%s) = true, want false", email)
		}
	}
}

func TestMistakesInJoining(t *testing.T) {
	for _, tc := range []struct{ roles, teams, domains, def, field string }{
		{"sre", "", "", "", "roles"}, {"sre=owner", "", "", "", "roles"}, {"=admin", "", "", "", "roles"}, {"", "sre=", "", "", "teams"},
		{"", "", "@example.com", "", "domains"}, {"", "", "example", "", "domains"}, {"", "", "", "root", "default"},
	} {
		if _, err := ParseJoining(tc.roles, tc.teams, tc.domains, tc.def); err == nil || !strings.HasPrefix(err.Error(), tc.field+":") {
			t.Errorf("ParseJoining(%+v) = %v, want an error about %s", tc, err, tc.field)
		}
	}
}
