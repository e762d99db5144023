package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestConfigurationFromFiles: what the commands print and end with, and what the page of an object says that files manage.
func TestConfigurationFromFiles(t *testing.T) {
	in := installation{dir: t.TempDir()}
	dir := t.TempDir()
	path := filepath.Join(dir, "calendars.yaml")
	write := func(zone string) {
		text := "apiVersion: hindsight/v1\nkind: Calendar\nmetadata: {name: Office}\nspec: {zone: " + zone + ", weekly: {monday: [09:00-17:00]}}\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	runs := func(code int, says string, args ...string) {
		t.Helper()
		got := in.run(t, args...)
		if got.code != code || !strings.Contains(got.out+got.err, says) {
			t.Errorf("hindsight %s ended with %d and said %s%s\nwant %d and %q", strings.Join(args, " "), got.code, got.out, got.err, code, says)
		}
	}
	write("Mars/Base")
	runs(1, `calendars.yaml:4: spec.zone: "Mars/Base" is not a time zone`, "diff", "-f", dir)
	runs(1, "nothing is changed", "apply", "-f", dir)
	runs(1, "say which files", "diff")
	runs(1, "no such file", "diff", "-f", filepath.Join(dir, "nowhere"))
	write("UTC")
	runs(2, "+  zone: UTC", "diff", "-f", dir)
	runs(0, `added Calendar "Office"`, "apply", "-f", path)
	runs(0, "", "diff", "-f", dir)
	runs(0, "nothing to change: 1 objects", "apply", "-f", dir)
	if err := os.WriteFile(path, []byte("apiVersion: hindsight/v1\nkind: Team\nmetadata: {name: Storefront}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	runs(0, `added Team "Storefront"`, "apply", "-f", dir)
	runs(2, `--- Calendar "Office" (in force)`, "diff", "-f", dir, "--prune")

	s := in.serve(t, false, true)
	calendars, err := s.app.Desk.Calendars(t.Context())
	if err != nil || len(calendars) != 1 {
		t.Fatalf("calendars are %v; %v", calendars, err)
	}
	page := visibleText(t, s.signedIn(t, in, "editor").get(t, "/admin/calendars/"+string(calendars[0].ID)).body)
	if !strings.Contains(page, "Managed by files (calendars.yaml:1): changes here are overwritten at the next apply.") {
		t.Errorf("the page of a calendar that files manage does not say so:\n%.800s", page)
	}
}
