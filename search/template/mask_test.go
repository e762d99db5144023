package template

import (
	"strings"
	"testing"
)

func TestMask(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"white space", " \t\n", ""},
		{"no values", "Disk is full.", "Disk is full."},
		{"the example", "worker-17 copied blk_3886504906413966 to 10.0.0.7:50010 in 2.4 s", "worker-<num> copied <id> to <ip> in <duration>"},

		{"integer", "retry 3 of 5", "retry <num> of <num>"},
		{"signed, fraction, exponent", "drift -0.25, factor 1e-9, offset +7", "drift <num>, factor <num>, offset <num>"},
		{"groups of digits", "queue has 1,234,567 messages", "queue has <num> messages"},
		{"percent", "disk at 91.2%", "disk at <num>"},
		{"version", "agent v2.14.1-3 starts", "agent v<num>-<num> starts"},
		{"ordinal sign", "build #4521", "build #<num>"},

		{"duration", "took 65020ms, not 3 seconds", "took <duration>, not <duration>"},
		{"bounded duration", "lifetime <1 sec", "lifetime <duration>"},
		{"size", "free 17.7 GB of 64172MB", "free <size> of <size>"},
		{"amount said twice", "sent 1190 bytes (1.16 KB)", "sent <size>"},

		{"UUID", "vm 123e4567-e89b-12d3-a456-426614174000 gone", "vm <id> gone"},
		{"hex", "at 0x7ffee1b2 code deadbeef01", "at <hex> code <hex>"},
		{"composed id", "task_1445144423722_0020_m_000000 done", "<id> done"},
		{"pod", "pod payments-7d9f8b6c5-x2x9z crashed", "pod <id> crashed"},
		{"hash in a name", "image app-9f8e7d6c5b4a3928 pulled", "image <id> pulled"},
		{"token", "token eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9 rejected", "token <id> rejected"},

		{"IPv4", "from 203.0.113.7 to 203.0.113.8:443", "from <ip> to <ip>"},
		{"network", "route 203.0.113.0/24 lost", "route <ip> lost"},
		{"IPv6", "from 2001:db8::1 and ::1", "from <ip> and <ip>"},
		{"scope is no IPv6", "Face::add fails", "Face::add fails"},
		{"MAC", "lease for 00:00:5e:00:53:01", "lease for <id>"},
		{"host", "web-1.example.com is down", "<host> is down"},
		{"host and port", "db.prod.internal:5432 refused", "<host> refused"},
		{"address with its name", "client 203.0.113.7 (web-1.example.com) left", "client <ip> left"},
		{"address without a name", "client 203.0.113.7 () left", "client <ip> left"},
		{"package is no host", "org.example.net.Client failed", "org.example.net.Client failed"},
		{"list of addresses", "peers 203.0.113.7, 203.0.113.8, 203.0.113.9 lost", "peers <ip> lost"},

		{"path", "cannot open /var/lib/app/data.db", "cannot open <path>"},
		{"path of Windows", `cannot load C:\Windows\System32\x.dll`, "cannot load <path>"},
		{"words with a stroke", "read/write error", "read/write error"},
		{"URL", "GET https://example.com/a?b=c failed.", "GET <url> failed."},
		{"e-mail", "mail to ops+pager@example.com bounced", "mail to <email> bounced"},

		{"ISO 8601", "since 2024-05-01T12:00:03.123Z", "since <time>"},
		{"date and clock", "since 2024/05/01 12:00:03", "since <time>"},
		{"date in words", "since Wed May 1 12:00:03 2024 again", "since <time> again"},
		{"month is a verb", "this may fail", "this may fail"},
		{"clock", "lifetime 01:23", "lifetime <time>"},

		{"number in a name", "node-12 and storage242", "node-<num> and storage<num>"},
		{"number between letters", "k8s and log4j and s3", "k8s and log4j and s3"},
		{"user", "Accepted key for alice from 203.0.113.7", "Accepted key for <user> from <ip>"},
		{"invalid user", "closed by invalid user bob", "closed by invalid user <user>"},
		{"missing user", "invalid user from 203.0.113.7", "invalid user from <ip>"},
		{"failures of a user", "too many authentication failures for root [preauth]", "too many authentication failures for <user> [preauth]"},
		{"failures of a service", "health checks failed for payments", "health checks failed for payments"},
		{"name with its address", "connect from unknown[203.0.113.7] and mx.example.adsl [203.0.113.8]", "connect from <host>[<ip>] and <host> [<ip>]"},
		{"host known by its port", "cache.eu.prod:6379 refused, see main.go:12", "<host> refused, see main.go:<num>"},
		{"package with its hash", "Package_for_KB1~31bf3856ad364e35~amd64~~6.1 installed", "<id> installed"},
		{"about", "~5 seconds", "<duration>"},
		{"any user is no name", "check pass; user unknown", "check pass; user unknown"},

		{"repeated elements", "sets node-1 0x1f <ok> node-2 0x2f <ok> node-3 0x3f <ok>", "sets node-<num> <hex> <ok>"},
		{"object with fields", "hide Window{3b04890 u0 app/.Main t7} now", "hide Window{<hex>} now"},
		{"record", "ready=true, locked=false, owner=null, mode=fast", "ready=<*>, locked=<*>, owner=<*>, mode=fast"},
		{"one pair is the news", "enabled=false", "enabled=false"},
		{"state in a record is the news", "a=1 b=2 state=none", "a=<num> b=<num> state=none"},
		{"quoted value", `lock=1 tag="two words" uid=7`, `lock=<num> tag="two words" uid=<num>`},
		{"not Latin", "Überlast auf Knoten 7 サーバー", "Überlast auf Knoten <num> サーバー"},
		{"broken UTF-8", "a \xff 1", "a \xff <num>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Mask(tc.in); got != tc.want {
				t.Errorf("Mask(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"worker-17 copied blk_3886504906413966 to 10.0.0.7:50010 in 2.4 s": "worker copied to in",
		"x = 3": "x",
		"":      "",
	} {
		if got := Words(in); got != want {
			t.Errorf("Words(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMaskBoundsLines(t *testing.T) {
	if got := Mask(strings.Repeat("a ", 5000) + "end"); strings.Contains(got, "end") || len(got) > longest {
		t.Errorf("Mask of 10 kB has %d bytes, want at most %d", len(got), longest)
	}
}

func FuzzMask(f *testing.F) {
	for _, s := range []string{"a 1", "1:2:3::", "0x", "-", "a=b c={d e=f", "\xff\x00", "12:34:56.7+01:00", "a.b@c.de", `\\a\b`, "{{1}}", "1,,2 (3)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		masked := Mask(s)
		m := NewMiner(0)
		if id := m.Add(s); (id == 0) != (masked == "") {
			t.Errorf("Add(%q) = %v, Mask = %q", s, id, masked)
		}
	})
}
