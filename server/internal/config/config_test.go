package config

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func load(t *testing.T, args []string, env map[string]string) (Config, error) {
	t.Helper()
	fs := flag.NewFlagSet("test", flag.ContinueOnError)
	Register(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	return Load(fs, func(k string) string { return env[k] })
}

func TestPrecedence(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(secret, []byte("postgres://u:p@db/h\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(t, []string{"--addr", "1.2.3.4:1"}, map[string]string{
		"HINDSIGHT_ADDR": "5.6.7.8:2", "HINDSIGHT_LOG": "json", "HINDSIGHT_DATABASE_URL_FILE": secret,
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "1.2.3.4:1" || c.Log != "json" || c.DatabaseURL != "postgres://u:p@db/h" || c.BaseURL != "http://1.2.3.4:1" {
		t.Errorf("Load = %+v", c)
	}
	var out strings.Builder
	c.Dump(&out)
	if strings.Contains(out.String(), ":p@") || !strings.Contains(out.String(), "u:xxxxx@db") {
		t.Errorf("Dump shows the password or hides the host:\n%s", &out)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for _, tc := range []struct{ env, value, want string }{
		{"HINDSIGHT_LOG", "xml", "text or json"},
		{"HINDSIGHT_RATE_LIMIT", "many", "a number of requests a second"},
		{"HINDSIGHT_RATE_LIMIT", "-1", "a number of requests a second"},
		{"HINDSIGHT_DATABASE_URL", "mysql://x", "postgres://"},
		{"HINDSIGHT_BASE_URL", "hindsight", "such as https://"},
		{"HINDSIGHT_DATABASE_URL_FILE", "/does/not/exist", "HINDSIGHT_DATABASE_URL_FILE"},
		{"HINDSIGHT_SECRET_KEY_FILE", os.DevNull, "HINDSIGHT_SECRET_KEY_FILE: " + os.DevNull + " is empty"},
		{"HINDSIGHT_SECRET_KEY", keyOne[:40], "key 1 in HINDSIGHT_SECRET_KEY, of 40 characters"},
		{"HINDSIGHT_SMTP_TLS", "yes", "starttls, implicit or none"},
		{"HINDSIGHT_SMTP_PASSWORD", "secret", "without HINDSIGHT_SMTP_HOST"},
		{"HINDSIGHT_SMTP_HOST", "smtp.example.com", "HINDSIGHT_MAIL_FROM"},
		{"HINDSIGHT_ALLOW_NETWORKS", "10.0.0.0/8,intranet", `"intranet" is not a network such as 10.0.0.0/8`},
		{"HINDSIGHT_ALLOW_NETWORKS", "10.1.2.3/8", "write 10.0.0.0/8 for the network, or 10.1.2.3 for the address alone"},
		{"HINDSIGHT_ALLOW_NETWORKS", "10.0.0.0/33", `"10.0.0.0/33" is not a network`},
		{"HINDSIGHT_ALLOW_NETWORKS", "fe80::1%eth0", `"fe80::1%eth0" is not a network`},
		{"HINDSIGHT_ALLOW_NETWORKS", "::ffff:10.0.0.0/104", "write it as one of IPv4"},
	} {
		t.Run(tc.env+" "+tc.value, func(t *testing.T) {
			_, err := load(t, nil, map[string]string{tc.env: tc.value})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Load with %s=%s: error %v, want one with %q", tc.env, tc.value, err, tc.want)
			}
		})
	}
}

// The ids are the first 16 digits that sha256sum prints for the keys' 32 bytes.
const (
	keyOne = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308" // 7f70dfd819c3c582
	keyTwo = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="                     // 630dcd2966c43366
)

func TestKeysAreShownByTheirIDs(t *testing.T) {
	for _, tc := range []struct{ keys, want string }{
		{"", "HINDSIGHT_SECRET_KEY=\n"},
		{keyOne, "HINDSIGHT_SECRET_KEY=set (key 7f70dfd819c3c582)\n"},
		{keyTwo + "\n" + keyOne, "HINDSIGHT_SECRET_KEY=set (key 630dcd2966c43366; also opens 7f70dfd819c3c582)\n"},
	} {
		file := filepath.Join(t.TempDir(), "keys")
		if err := os.WriteFile(file, []byte(tc.keys+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		env := map[string]string{}
		if tc.keys != "" {
			env["HINDSIGHT_SECRET_KEY_FILE"] = file
		}
		c, err := load(t, nil, env)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		c.Dump(&out)
		if !strings.Contains(out.String(), tc.want) {
			t.Errorf("Dump shows\n%s\nwant %q", &out, tc.want)
		}
		if all := fmt.Sprintf("%+v", c); tc.keys != "" && (strings.Contains(all, keyOne) || strings.Contains(all, keyTwo)) {
			t.Errorf("printing the configuration shows a key: %s", all)
		}
	}
}

func TestNetworks(t *testing.T) {
	c, err := load(t, []string{"--allow-networks", " 10.0.0.0/8, 127.0.0.1,::ffff:192.168.1.7,fd00::/8,"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = "10.0.0.0/8,127.0.0.1/32,192.168.1.7/32,fd00::/8"
	var out strings.Builder
	c.Dump(&out)
	if !strings.Contains(out.String(), "HINDSIGHT_ALLOW_NETWORKS="+want+"\n") || len(c.AllowNetworks) != 4 {
		t.Errorf("%v are allowed, want %s; Dump shows\n%s", c.AllowNetworks, want, &out)
	}
	if c, err := load(t, nil, nil); err != nil || len(c.AllowNetworks) > 0 {
		t.Errorf("by default %v are allowed, %v", c.AllowNetworks, err)
	}
}

func TestMail(t *testing.T) {
	for _, tc := range []struct {
		tls, port string
		want      int
	}{{"", "", 587}, {"implicit", "", 465}, {"none", "", 25}, {"starttls", "2525", 2525}} {
		c, err := load(t, nil, map[string]string{"HINDSIGHT_SMTP_HOST": "smtp.example.com", "HINDSIGHT_MAIL_FROM": "Hindsight <hindsight@example.com>",
			"HINDSIGHT_SMTP_USER": "u", "HINDSIGHT_SMTP_PASSWORD": "open sesame", "HINDSIGHT_SMTP_TLS": tc.tls, "HINDSIGHT_SMTP_PORT": tc.port})
		if err != nil || c.Mail.Port != tc.want || c.Mail.From.Address != "hindsight@example.com" || c.Mail.Password != "open sesame" {
			t.Errorf("Load with TLS %q and port %q = %+v, %v", tc.tls, tc.port, c.Mail, err)
		}
		var out strings.Builder
		c.Dump(&out)
		if strings.Contains(out.String(), "sesame") || !strings.Contains(out.String(), fmt.Sprintf("HINDSIGHT_SMTP_PORT=%d\n", tc.want)) {
			t.Errorf("Dump shows\n%s", &out)
		}
	}
}

// known are the names that the program reads, and the files that stand in for secrets.
func known() map[string]bool {
	names := map[string]bool{}
	for _, o := range Options() {
		names[o.Env] = true
		if o.Secret {
			names[o.Env+"_FILE"] = true
		}
	}
	return names
}

// TestContainerFiles holds the container files against the settings that exist.
func TestContainerFiles(t *testing.T) {
	for _, name := range []string{"Dockerfile", "docker-compose.yml", "README.md"} {
		text, err := os.ReadFile(filepath.Join("../../..", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, env := range regexp.MustCompile(`HINDSIGHT_[A-Z_]+`).FindAllString(string(text), -1) {
			if !known()[env] && !strings.HasPrefix(env, "HINDSIGHT_TEST_") && env != "HINDSIGHT_VECTORS" {
				t.Errorf("%s sets %s, which the program does not read", name, env)
			}
		}
	}
}

func TestComposeRunsTwoReplicasOfOneDatabase(t *testing.T) {
	text, err := os.ReadFile("../../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct {
			Environment map[string]string
			Secrets     []string
			Volumes     []string
			Healthcheck map[string]any
		}
		Secrets map[string]struct{ File string }
		Volumes map[string]any
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	data := map[string]bool{}
	replicas := 0
	for name, s := range file.Services {
		if s.Healthcheck == nil {
			t.Errorf("service %s has no health check", name)
		}
		for _, secret := range s.Secrets {
			if file.Secrets[secret].File == "" {
				t.Errorf("service %s uses the secret %s, which no file gives", name, secret)
			}
		}
		for _, v := range s.Volumes {
			volume, _, _ := strings.Cut(v, ":")
			if _, ok := file.Volumes[volume]; !ok {
				t.Errorf("service %s uses the volume %s, which is not declared", name, volume)
			}
		}
		if !strings.HasPrefix(name, "hindsight") {
			continue
		}
		replicas++
		if s.Environment["HINDSIGHT_DATABASE_URL_FILE"] != "/run/secrets/database_url" {
			t.Errorf("%s does not read the database's address from its secret", name)
		}
		if s.Environment["HINDSIGHT_SECRET_KEY_FILE"] != "/run/secrets/secret_key" || !slices.Contains(s.Secrets, "secret_key") {
			t.Errorf("%s does not read the key that both replicas need from their secret", name)
		}
		if len(s.Volumes) != 1 || data[s.Volumes[0]] {
			t.Errorf("%s has no data folder of its own: %v", name, s.Volumes)
		}
		data[s.Volumes[0]] = true
	}
	if replicas != 2 {
		t.Errorf("%d replicas, want 2", replicas)
	}
}
