package manifest_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"hindsight/incident"
	"hindsight/server/internal/manifest"
)

var policyKind = regexp.MustCompile(`PolicyKind\s+= "([a-z_]+)"`)

// TestFaults: what is wrong is told with its line and what would be right, and nothing is done.
func TestFaults(t *testing.T) {
	d := open(t, "")
	head := "apiVersion: hindsight/v1\nkind: "
	for _, tc := range []struct{ name, text, want string }{
		{"no YAML", "a: [", "made-up.yaml:1: this is no YAML"},
		{"another version", "apiVersion: hindsight/v9\nkind: Team", `made-up.yaml:1: apiVersion "hindsight/v9" is not read; write hindsight/v1`},
		{"no version", "kind: Team", "made-up.yaml:1: the document begins with apiVersion: hindsight/v1"},
		{"a list", "- 1", "made-up.yaml:1: the document begins with"},
		{"unknown kind", head + "Teem\nmetadata: {name: a}", `made-up.yaml:2: there is no kind "Teem"; there are Team, Service,`},
		{"unknown field", office + "  zones: UTC\n", `made-up.yaml:8: spec has no field "zones"; there are always, zone, weekly, days`},
		{"unknown field above", "apiVersion: hindsight/v1\nkind: Team\nmetadata: {name: a}\nspecs: {}", `made-up.yaml:4: the document has no field "specs"`},
		{"a field twice", office + "  zone: UTC\n", `made-up.yaml:8: spec: "zone" is there twice`},
		{"an object twice", office + "---\n" + office, `made-up.yaml:11: Calendar "Office" is there twice, first at made-up.yaml:3`},
		{"names that are one", head + "Team\nmetadata: {name: The Team}\n---\n" + head + "Team\nmetadata: {name: the-team}", "made-up.yaml:7: Team \"the-team\" is there twice"},
		{"needed field", head + "Objective\nmetadata: {name: a}\nspec: {target: 0.9, window: {days: 28}}", "made-up.yaml:4: spec lacks service"},
		{"a word for a list", head + "Service\nmetadata: {name: a}\nspec:\n  aliases: b", "made-up.yaml:5: spec.aliases: write a list here"},
		{"no number", head + "Service\nmetadata: {name: a}\nspec:\n  tier: high", `made-up.yaml:5: spec.tier: "high" is not a whole number`},
		{"hours", strings.Replace(office, "17:00", "5 pm", 1), `made-up.yaml:7: spec.weekly.monday[0]: "09:00-5 pm" is not of the form 09:00-17:30`},
		{"what the domain refuses", strings.Replace(office, "UTC", "Mars/Base", 1), `made-up.yaml:5: spec.zone: "Mars/Base" is not a time zone`},
		{"wrong reference", head + "Service\nmetadata: {name: a}\nspec:\n  team: Nobody", `made-up.yaml:5: spec.team: there is no Team "Nobody"`},
		{"an alias of another", head + "Service\nmetadata: {name: a}\nspec: {aliases: [b]}\n---\n" + head + "Service\nmetadata: {name: B}", `"B" is a name of the services`},
		{"a circle", head + "Service\nmetadata: {name: a}\nspec: {needs: [{services: [b]}]}\n---\n" + head + "Service\nmetadata: {name: b}\nspec: {needs: [{services: [a]}]}", "would need itself through other services"},
		{"a secret", head + "Connection\nmetadata: {name: p}\nspec:\n  source: pagerduty\n  settings:\n    key: s3cret", "made-up.yaml:7: spec.settings.key is a secret, which files do not hold"},
		{"a secret that is nowhere", head + "Connection\nmetadata: {name: p}\nspec: {source: pagerduty, secrets: {key: {env: NOT_SET}}}", "made-up.yaml:4: spec.secrets.key: the variable NOT_SET is not set"},
		{"unknown source", head + "Connection\nmetadata: {name: p}\nspec: {source: pagerdooty}", `"pagerdooty" is not a source`},
		{"mapping of nothing", head + "Mapping\nmetadata: {name: p}\nspec: {}", `made-up.yaml:3: metadata.name: there is no Connection "p"`},
		{"there is one", head + "CostRate\nmetadata: {name: mine}\nspec: {low: 1, high: 2, currency: EUR, reason: x}", "there is one CostRate; call it default"},
		{"an anchor", head + "Service\nmetadata: {name: a}\nspec: &x {}", "anchors and aliases are not read"},
		{"OpenSLO of another version", "apiVersion: openslo/v2alpha\nkind: SLO\nmetadata: {name: a}", `"openslo/v2alpha" is not read`},
		{"a figure of the program", head + "Duration\nmetadata: {name: Time to resolve}\nspec: {from: [opened], to: [closed]}", `"Time to resolve" is a figure already`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			desired, err := manifest.Parse([]manifest.File{file(tc.text)})
			if err == nil {
				_, err = manifest.Prepare(t.Context(), d, desired, options())
			}
			if !errors.Is(err, incident.ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s\nis refused with %v\nwant %s", tc.text, err, tc.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(office)
	f.Add("apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a}\nspec: {service: s, objectives: [{target: 0.9}], timeWindow: [{duration: 28d, isRolling: true}]}")
	f.Add("apiVersion: hindsight/v1\nkind: Mapping\nmetadata: {name: a}\nspec: {a: [1, 2.5, null, true, 2026-01-01, {b: c}]}")
	f.Add("apiVersion: hindsight/v1\nkind: Team\nmetadata: {name: a}\nspec: {hours: {zone: UTC, business: {monday: [1:00-2:00]}, sleep: 1}}")
	f.Fuzz(func(t *testing.T, text string) {
		desired, err := manifest.Parse([]manifest.File{file(text)})
		if err != nil && !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("Parse: %v is not ErrInvalid", err)
		}
		if err != nil {
			return
		}
		written, err := manifest.Write(desired.Objects)
		if err != nil {
			t.Fatalf("Write: %v", err)
		}
		again, err := manifest.Parse([]manifest.File{file(written)})
		if err != nil {
			t.Fatalf("Parse of what was written: %v\n%s", err, written)
		}
		if twice, err := manifest.Write(again.Objects); err != nil || twice != written {
			t.Errorf("written again: %v\n%s\nwant\n%s", err, twice, written)
		}
	})
}
