package main

import (
	"strings"
	"testing"

	"hindsight/importers"
)

func TestSecretsComeFromFilesAndTheEnvironment(t *testing.T) {
	source := importers.Source{Name: "pager", Settings: []importers.Field{{Name: "zone"}, {Name: "api-token", Secret: true}}}
	env := map[string]string{"HINDSIGHT_SET_API_TOKEN": "s3cr3t-1", "HINDSIGHT_SET_ZONE": "UTC"}
	p := program{getenv: func(name string) string { return env[name] }}
	file := write(t, "token", []byte("s3cr3t-2\n"))
	for _, tc := range []struct{ name, set, want string }{
		{"environment", "", "s3cr3t-1"},
		{"a file wins", "@" + file, "s3cr3t-2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			settings := map[string]string{"zone": "@home", "api-token": tc.set}
			if err := p.readSecrets(source, settings); err != nil || settings["api-token"] != tc.want || settings["zone"] != "@home" {
				t.Errorf("settings %v, %v; want the token %q and the zone as given", settings, err, tc.want)
			}
		})
	}
	err := p.readSecrets(source, map[string]string{"api-token": "s3cr3t-3"})
	if err == nil || strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), "HINDSIGHT_SET_API_TOKEN") {
		t.Errorf("a secret in the command: %v", err)
	}
	if err := p.readSecrets(source, map[string]string{"api-token": "@" + file + ".nowhere"}); err == nil {
		t.Error("a file that is not there is no error")
	}
}

func TestKeyCommand(t *testing.T) {
	in := installation{dir: t.TempDir()}
	if got := in.mustRun(t, "key", "rotate"); got != "the secrets of 0 connections and 0 second factors are sealed with the first key\n" {
		t.Errorf("key rotate prints %q", got)
	}
	if got := in.mustRun(t, "doctor"); !strings.Contains(got, "secrets       0 connections have some, all can be opened\nfactors       0 second factors, all can be opened\n") {
		t.Errorf("doctor prints %q", got)
	}
	if got := in.run(t, "key"); got.code != 2 || !strings.Contains(got.err, "hindsight key rotate") {
		t.Errorf("key alone = %+v", got)
	}
	if got := in.run(t, "import", "table", "--set", "s3cr3t"); got.code != 2 || strings.Contains(got.err, "s3cr3t") {
		t.Errorf("a setting without = is %+v", got)
	}
}
