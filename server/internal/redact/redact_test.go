package redact

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The people are made up.
var people = []Person{
	{Names: []string{"Ana Sousa", "ana", "ana.sousa@corp.example"}, Role: "commander"},
	{Names: []string{"Ben Okafor", "bokafor"}, Role: "responder"},
	{Names: []string{"José Núñez-Paz"}, Role: "responder"},
	{Names: []string{"Will Park", "will"}},
	{Names: []string{"田中太郎"}, Role: "author"},
}

func mask(text string, r Rules) string {
	out, _ := Mask([]Text{{Text: text}}, r)
	return out[0]
}

func TestWhatCustomersRead(t *testing.T) {
	rules := Rules{Profile: Customers, People: people, Services: [][]string{{"payments-db", "Ledger Store"}, {"Search"}}, Teams: [][]string{{"Platform Crew", "Infra Folks"}}, References: []string{"INC 20/40"}}
	for _, c := range []struct{ was, want string }{
		// people
		{"Ana restarted it, and Ana Sousa told Ben.", "The incident commander restarted it, and the incident commander told an engineer."},
		{"We asked @ana. ana's shift ended.", "We asked the incident commander. The incident commander's shift ended."},
		{"Ben and Jose Nunez-Paz paired; Núñez left.", "Engineer A and engineer B paired; engineer B left."},
		{"BOKAFOR, Okafor, Ben, ben.okafor, Okafor, Ben O.", "An engineer, an engineer, an engineer, an engineer O."},
		{"Ana M. Sousa spoke", "The incident commander spoke"},
		{"A\u200bna and &#65;na and **Ana**", "The incident commander and the incident commander and **the incident commander**"},
		{"A&shy;na, A&#8203;na, A\u200dna, A&zwnj;na, A\u034fna; S\ufe0fousa", "The incident commander, the incident commander, the incident commander, the incident commander, the incident commander; the incident commander"},
		{"田\u200b中太郎; ⚠️ 👩‍💻", "The author; ⚠️ 👩‍💻"},
		{"mail ops&#64;co&shy;rp.exa\u200dmple or o\u200bps\u2060@corp&period;example; a<wbr>na@corp.example", "mail [an e-mail address] or [an e-mail address]; [an e-mail address]"},
		{"田中太郎が再起動", "The authorが再起動"},
		{"It will happen in the park; Will Park said so.", "It will happen in the park; a colleague said so."},
		{"Anaconda, banana and Benchmarks stay", "Anaconda, banana and Benchmarks stay"},
		{"thanks to @jakamkon, @here and @types/node", "thanks to somebody, @here and @types/node"},
		{"- Ana said\n- then ben", "- The incident commander said\n- then ben"}, // a part of a name has a capital
		// machines
		{"web-01: restarted", `[a host\]: restarted`},
		{"`web-01(x)` and web-01 (x)", "`[a host](x)` and [a host] (x)"},
		{"ip-172-20-44-35.eu-west-2.compute.internal lost its disk", "[a host] lost its disk"},
		{"hub-7649b9bf8-d769g moved to gke-prod-a-ssd-pool-32-134a959a-6", "[a host] moved to [a host]"},
		{"hub-7649b9bf8-hkvnl, fluentd-gcp-v2.0.9-68p79 and live-1", "[a host], [a host] and [a host]"},
		{"Ticket raised 3264", "Ticket raised [a reference]"},
		{"https://grafana.corp.example/d/abc?from=1 shows it", "[a link] shows it"},
		{"the [dashboard of web](https://grafana.corp.example/d/abc \"x\") shows it", "the dashboard of web shows it"},
		{"see [the docs](https://kubernetes.io/docs/concepts/) and [it](/incidents/inc_1#e)", "see [the docs](https://kubernetes.io/docs/concepts/) and it"},
		{"from 10.128.0.7:8080, 10.0.0.0/8, 2001:db8::1 and fe80::1%eth0", "from [an address], [an address], [an address] and [an address]"},
		{"![disk](graph.png)", "[an image]"},
		{"mail ops@corp.example or +44 20 7946 0958", "mail [an e-mail address] or [a phone number]"},
		// records
		{"OPS-123 and INC0010023, INC 20/40, org/repo#4669", "[a reference] and [a reference], [a reference], [a reference]"},
		{"pod e8d31d4e-3537-11e8-88bf-42010a800059 of commit 4e3bafb on i-0abc1234def567890", "pod [an id] of commit [an id] on [an id]"},
		{"account 123456789012 of customer no. 4711-22", "account [a number] of customer no. [a number]"},
		{"IBAN DE89 3704 0044 0532 0130 00 and card 4111 1111 1111 1111", "IBAN [a number] and card [a number]"},
		{"in #ask-cloud-platform", "in [a channel]"},
		{"payments-db, that is the ledger store; Search", "[service A], that is the [service A]; [service B]"},
		{"Platform Crew (once the infra folks) were paged", "[a team] (once the [a team]) were paged"},
		{"payments-db and Payments DB failed; Search too, search did not", "[service A] and [service A] failed; [service B] too, search did not"},
		// secrets; each is made up
		{"password=hunter2", "password=[a secret]"},
		{"The password: Tr0ub4dor&3.", "The password: [a secret]."},
		{"the token: it expired", "the token: it expired"},
		{"AKIAIOSFODNN7EXAMPLE and ghp_0123456789abcdefghijABCDEFGHIJ012345", "[a secret] and [a secret]"},
		{"Authorization: Bearer abcDEF123456.xyz", "Authorization: Bearer [a secret]"},
		{"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- after", "[a secret] after"},
		{"postgres://app:hunter2@db.corp.example/x", "[a link]"},
		{"<!-- ask Ana: hunter2 -->Fine.", "Fine."},
		// what stays
		{"v1.2.3, 1.23.4 and version 10.0.19.1 on Kubernetes 1.21", "v1.2.3, 1.23.4 and version 10.0.19.1 on Kubernetes 1.21"},
		{"at 07:42:11 UTC on 2017-10-17, 15.26, 1h 50m, 99.95 %", "at 07:42:11 UTC on 2017-10-17, 15.26, 1h 50m, 99.95 %"},
		{"1,500,000 requests, 1234567890 bytes, €120000000, 4.2 %", "1,500,000 requests, 1234567890 bytes, €120000000, 4.2 %"},
		{"UTF-8, SHA-256, CVE-2024-12345, SEV-1, UTC-5 and TLS-1", "UTF-8, SHA-256, CVE-2024-12345, SEV-1, UTC-5 and TLS-1"},
		{"`r6i.4xlarge` in eu-west-2 with python3, http2, s3, k8s and Node.js", "`r6i.4xlarge` in eu-west-2 with python3, http2, s3, k8s and Node.js"},
		{"values.yaml, README.md, main.go and com.example.app.io", "values.yaml, README.md, main.go and com.example.app.io"},
		{"Foo::Bar, Cafe::Add and a:b:c", "Foo::Bar, Cafe::Add and a:b:c"},
		{"We had 94 pending pods and 10 nodes (#1 reason)", "We had 94 pending pods and 10 nodes (#1 reason)"},
	} {
		if got := mask(c.was, rules); got != c.want {
			t.Errorf("%q reads\n%q, not\n%q", c.was, got, c.want)
		}
	}
}

func TestProfiles(t *testing.T) {
	text := "Ana of Platform Crew (zoe@corp.example) moved payments-db, the ledger store, to web-01 with password=hunter2; see https://wiki.corp.example/x and [this](/incidents/inc_1)."
	for profile, want := range map[Profile]string{
		Customers: "The incident commander of [a team] ([an e-mail address]) moved [a service], the [a service], to [a host] with password=[a secret]; see [a link] and this.",
		Partners:  "The incident commander of Platform Crew ([an e-mail address]) moved payments-db, the ledger store, to [a host] with password=[a secret]; see [a link] and this.",
		Whole:     "The incident commander of Platform Crew ([an e-mail address]) moved payments-db, the ledger store, to web-01 with password=[a secret]; see https://wiki.corp.example/x and this.",
	} {
		if got := mask(text, Rules{Profile: profile, People: people, Services: [][]string{{"payments-db", "ledger-store"}}, Teams: [][]string{{"Platform Crew"}}}); got != want {
			t.Errorf("%s read\n%q, not\n%q", profile, got, want)
		}
	}
}

// TestPlain: a text that is shown as it is written gets no marks of Markdown, and loses nothing that only Markdown hides.
func TestPlain(t *testing.T) {
	for was, want := range map[string]string{
		"web-01: restarted (Ana)":          "[a host]: restarted (the incident commander)",
		"web-01(x) <!-- Ana -->":           "[a host](x) <!-- the incident commander -->",
		"[logs](https://x.corp.example/1)": "[logs]([a link])",
		"A&shy;na @ web&#45;01":            "The incident commander @ [a host]",
		"![x](y.png) *a* C:\\.b":           "![x](y.png) *a* C:\\.b",
	} {
		if got, _ := Mask([]Text{{Text: was, Plain: true}}, Rules{Profile: Customers, People: people}); got[0] != want {
			t.Errorf("%q reads %q, not %q", was, got[0], want)
		}
	}
}

func TestAPersonDecides(t *testing.T) {
	text := "Ana moved it from web-01 to web-02, and web-01 again, by https://status.corp.example/web-01 for AcmeCorp."
	out, found := Mask([]Text{{Text: text}}, Rules{Profile: Customers, People: people, Words: []string{" acme "}})
	if want := "The incident commander moved it from [a host] to [a host], and [a host] again, by [a link] for [left out]Corp."; out[0] != want {
		t.Fatalf("reads %q, not %q", out[0], want)
	}
	var kept []string
	for _, m := range found {
		if m.Was == "web-01" && m.Count != 2 || m.Kind.Why() == "" {
			t.Errorf("%+v", m)
		}
		if m.Was == "web-01" || m.Kind == LinkKind || m.Kind == PersonKind {
			kept = append(kept, m.Key)
		}
	}
	out, found = Mask([]Text{{Text: text}}, Rules{Profile: Customers, People: people, Words: []string{"acme"}, Kept: kept})
	if want := "Ana moved it from web-01 to [a host], and web-01 again, by https://status.corp.example/web-01 for [left out]Corp."; out[0] != want {
		t.Errorf("reads %q, not %q", out[0], want)
	}
	for _, m := range found {
		if slices.Contains(kept, m.Key) != m.Kept {
			t.Errorf("%+v", m)
		}
	}
}

func TestOneDocumentCallsPeopleOneWay(t *testing.T) {
	out, _ := Mask([]Text{{Text: "José began", Plain: true}, {Text: "Ben went on, José ended"}}, Rules{Profile: Whole, People: people})
	if got := strings.Join(out, "; "); got != "Engineer A began; Engineer B went on, engineer A ended" {
		t.Error(got)
	}
}

// The postmortems are those that ship as sample data; its LICENCES.md has their authors. What has to go and what has to stay was picked by
// reading them.
func TestRealDocuments(t *testing.T) {
	for _, c := range []struct {
		name       string
		gone, left []string
	}{
		{"moj-incidents/2023-08-04-dropped-logging-in-kibana.md", []string{"mojdt.slack.com", "#ask-cloud-platform", "#4704"}, []string{"2023-08-04 09:14", "33h 14m", "fluent-bit"}},
		{"moj-incidents/2023-07-25-prometheus-on-live-cluster-down.md", []string{"C8PF51AT0", "#4538"}, []string{"r6i.4xlarge", "89%", "110 Gi", "Exit code 137", "1h 50m"}},
		{"moj-incidents/2023-07-21-vpc-cni-not-allocating-ip-addresses.md", []string{"github.com/ministryofjustice"}, []string{"1.23 test cluster", "6 nodes"}},
		{"moj-incidents/2020-09-07-all-users-unable-create-new-ingress-rules.md", []string{"ingress-controllers.svc"}, []string{"InternalError"}},
		{"mybinder/2018-03-26-no-space-left.md", []string{"gke-prod"}, []string{"All times in CEST"}},
		{"mybinder/2017-10-17-cluster-full.md", []string{"github.com/jupyterhub"}, []string{"`kubectl --namespace=beta delete pod --all`", "All times in PST", "10mins", "https://cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler"}},
		{"mybinder/2018-04-18-cull-flood.md", []string{"@jakamkon"}, nil},
	} {
		text, err := os.ReadFile(filepath.Join("../demo/data", c.name))
		if err != nil {
			t.Error(err)
			continue
		}
		got := mask(string(text), Rules{Profile: Customers})
		for _, x := range c.gone {
			if strings.Contains(got, x) || !strings.Contains(string(text), x) {
				t.Errorf("%s: %q is left, or never stood there", c.name, x)
			}
		}
		for _, x := range c.left {
			if !strings.Contains(got, x) {
				t.Errorf("%s: %q is gone", c.name, x)
			}
		}
	}
}

// A section holds 1 MB at most, and nothing in it makes masking slow out of proportion.
func TestLongTexts(t *testing.T) {
	for _, part := range []string{"web-01 `x` ", "[](x) ", "[[[[]]]]", "](x)", "<!--", "<!<!---->--", "&#65;", "@a.b ", "a.b.c.de ", "Ana ", "1:2:3:4:", "aA1", "![", "<a href=", "Zeynep Quillfeather ", "-----BEGIN PRIVATE KEY-----", "password: ", "@", "/x#12", "0a1b2c3d ", "x_", "A-1-"} {
		text := strings.Repeat(part, 30_000/len(part))
		began := time.Now()
		Mask([]Text{{Text: text}}, Rules{Profile: Customers, People: people, Words: []string{"zzz"}})
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%q took %s", part, took)
		}
	}
}

// FuzzMask lets nothing through that it was told of, or that it says it knows, wherever it stands between other characters.
func FuzzMask(f *testing.F) {
	for _, s := range []string{"", "x %s y", "[%s](%s)", "`%s`", "![%s](%s)", "<a href=\"%s\">%s</a>", "```\n%s\n```", "<!-- %s -->", "[a]: %s", "https://%s/%s", "**%s**", "\\%s", "é%sé", "[%s", "\xff%s"} {
		f.Add(s, uint8(0))
	}
	rules := Rules{Profile: Whole, People: []Person{{Names: []string{"Zeynep Quillfeather", "zquill"}, Role: "commander"}}, Words: []string{"plugh"}}
	told := []string{"Zeynep Quillfeather", "zquill", "xPLUGHx", "ghp_0123456789abcdefghijABCDEFGHIJ012345", "AKIAIOSFODNN7EXAMPLE"}
	left := regexp.MustCompile(`(?i)\bzeynep\W{1,6}quillfeather\b|\bzquill\b|plugh|\bghp_0123456789abcdef|\bAKIAIOSFODNN7EXAMPLE\b`)
	f.Fuzz(func(t *testing.T, around string, n uint8) {
		if strings.Contains(strings.ToLower(around), "plugh") && len(around) > 1<<12 {
			t.Skip()
		}
		text := strings.ReplaceAll(around, "%s", " "+told[int(n)%len(told)]+" ")
		for _, p := range Profiles {
			rules.Profile = p
			out, found := Mask([]Text{{Text: text}, {Text: around, Plain: true}}, rules)
			if len(out) != 2 {
				t.Fatal("a text is gone")
			}
			if at := left.FindString(out[0]); at != "" {
				t.Errorf("%s lets %q through of %q: %q", p, at, text, out[0])
			}
			for _, m := range found {
				if m.Count < 1 || m.Kind.Why() == "" || m.Key == "" {
					t.Errorf("%+v", m)
				}
			}
		}
	})
}
