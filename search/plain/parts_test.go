package plain

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"hindsight/incident"
)

func TestParts(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		format   incident.TextFormat
		want     []Part
	}{
		{"nothing", " \n", incident.Plain, nil},
		{"prose", "The shop is slow.\nWe roll back.", incident.Plain, []Part{{Prose, "The shop is slow.\nWe roll back."}}},
		{"people note times", "10:32 We roll back\n2024-05-01 10:40:00 All is well again", incident.Plain,
			[]Part{{Prose, "10:32 We roll back\n2024-05-01 10:40:00 All is well again"}}},
		{"markup of prose", "## Impact\n\n**All** of [shop](https://example.com) \\*\\*", incident.Markdown, []Part{{Prose, "Impact\nAll of shop **"}}},

		{"log lines in prose", "It says:\n2024-05-01T10:32:05Z ERROR pool: connection 17 refused by 203.0.113.7:5432\n2024-05-01T10:32:06Z ERROR pool: gave up\nand stops.",
			incident.Plain, []Part{{Prose, "It says:"}, {Log, "ERROR pool connection refused by\nERROR pool gave up"}, {Prose, "and stops."}}},
		{"syslog", "May  1 10:32:05 db1 postgres[4711]: could not extend file", incident.Plain, []Part{{Log, "db postgres could not extend file"}}},
		{"logfmt", `level=error ts=123 msg="cannot lock" id=7`, incident.Plain, []Part{{Log, "level error ts msg cannot lock id"}}},
		{"JSON", `{"time":"2024-05-01T10:32:05Z","level":"error","msg":"cannot lock"}`, incident.Plain, []Part{{Log, "time level error msg cannot lock"}}},
		{"klog", "E0501 10:32:05.123456       1 reflector.go:138] failed to list", incident.Plain, []Part{{Log, "E reflector.go failed to list"}}},

		{"fenced code", "Run\n```sh\nmake all\n```\nnow", incident.Markdown, []Part{{Prose, "Run"}, {Code, "make all"}, {Prose, "now"}}},
		{"log in a fence", "```\nERROR: disk 3 failed\n```", incident.Markdown, []Part{{Log, "ERROR disk failed"}}},
		{"wiki fence", "Run\n{code:java}\nint x;\n{code}\nnow", incident.Plain, []Part{{Prose, "Run"}, {Code, "int x;"}, {Prose, "now"}}},
		{"wiki fence behind words", "Run: {code}\nmake all\n{code}\nnow", incident.Plain, []Part{{Prose, "Run:"}, {Code, "make all"}, {Prose, "now"}}},
		{"logcat", "E/ShopService( 1234): order 17 is closed", incident.Plain, []Part{{Log, "E ShopService order is closed"}}},
		{"level in brackets", "[INFO] order 17 is closed", incident.Plain, []Part{{Log, "INFO order is closed"}}},
		{"indented code", "Run\n\n    make all\n\nnow", incident.Markdown, []Part{{Prose, "Run"}, {Code, "    make all"}, {Prose, "now"}}},
		{"preformatted HTML", "<p>Run</p><pre>make all\nmake &lt;x&gt;</pre><p>now</p>", incident.HTML, []Part{{Prose, "Run"}, {Code, "make all\nmake <x>"}, {Prose, "now"}}},
		{"commands without marks", "We ran\n$ make all\nkubectl get pods\nSELECT id FROM orders\nand waited", incident.Plain,
			[]Part{{Prose, "We ran"}, {Code, "$ make all\nkubectl get pods\nSELECT id FROM orders"}, {Prose, "and waited"}}},

		{"Java", "It fails:\njava.lang.IllegalStateException: order 17 is closed\n\tat com.example.Shop.buy(Shop.java:12)\n\tat com.example.Shop$1.run(Unknown Source)\n" +
			"Caused by: java.io.IOException: broken pipe\n\t... 12 more\nagain", incident.Plain,
			[]Part{{Prose, "It fails:"}, {Trace, "java.lang.IllegalStateException order is closed\ncom.example.Shop.buy\ncom.example.Shop.run\nCaused by java.io.IOException broken pipe"}, {Prose, "again"}}},
		{"Python", "Traceback (most recent call last):\n  File \"/srv/shop.py\", line 12, in buy\n    order.close()\nValueError: order 17 is closed", incident.Plain,
			[]Part{{Trace, "buy\norder.close\nValueError order is closed"}}},
		{"Go", "panic: order 17 is closed\n\ngoroutine 1 [running]:\nexample.org/shop.(*Cart).Buy(0xc000012345, 0x1)\n\t/srv/shop.go:12 +0x1d\nmain.main()\n\t/srv/main.go:3 +0x2f",
			incident.Plain, []Part{{Trace, "panic order is closed\nexample.org/shop.(*Cart).Buy\nmain.main"}}},
		{".NET", "   at Example.Shop.Buy(String item) in C:\\src\\Shop.cs:line 12", incident.Plain, []Part{{Trace, "Example.Shop.Buy"}}},
		{"JavaScript", "TypeError: x is undefined\n    at buy (/srv/shop.js:3:14)\n    at /srv/main.js:1:2", incident.Plain, []Part{{Trace, "TypeError x is undefined\nbuy"}}},
		{"Ruby", "shop.rb:12:in `buy'", incident.Plain, []Part{{Trace, "buy"}}},
		{"PHP", "#0 /srv/shop.php(12): Shop->buy('x')\n#1 {main}", incident.Plain, []Part{{Trace, "Shop->buy"}, {Prose, "#1 {main}"}}},
		{"native", "#1  0x00007f12 in buy (x=1) at shop.c:12", incident.Plain, []Part{{Trace, "buy"}}},
		{"Rust", "  12:     0x55d0 - shop::cart::buy", incident.Plain, []Part{{Trace, "shop::cart::buy"}}},
		{"Linux", "[<ffffffff8119a7fa>] ? do_sync_read+0x5a/0x90", incident.Plain, []Part{{Trace, "do_sync_read"}}},
		{"an error in prose", "Error: the shop is slow", incident.Plain, []Part{{Prose, "Error: the shop is slow"}}},
		{"at a time", "at midnight (UTC) it came back", incident.Plain, []Part{{Prose, "at midnight (UTC) it came back"}}},

		{"quote", "> Is it slow?\n\nYes.", incident.Plain, []Part{{Quote, "Is it slow?"}, {Prose, "Yes."}}},
		{"quote in HTML", "<blockquote><p>Is it slow?</p></blockquote><p>Yes.</p>", incident.HTML, []Part{{Quote, "Is it slow?"}, {Prose, "Yes."}}},
		{"answer above", "Yes.\n\nOn Wed, 1 May 2024 at 10:32, Responder One <one@example.com> wrote:\n> Is it slow?", incident.Plain,
			[]Part{{Prose, "Yes."}, {Quote, "Is it slow?"}}},
		{"headers of Outlook", "Yes.\n\nFrom: Responder One\nSent: Wednesday\nTo: Responder Two\nSubject: Shop\n\nIs it slow?", incident.Plain,
			[]Part{{Prose, "Yes."}, {Quote, "Is it slow?"}}},
		{"forwarded", "See below\n-----Original Message-----\nIs it slow?", incident.Plain, []Part{{Prose, "See below"}, {Quote, "Is it slow?"}}},
		{"signature", "Yes.\n-- \nResponder One\nExample Inc.", incident.Plain, []Part{{Prose, "Yes."}}},
		{"closing", "Yes.\n\nBest regards,\nResponder One", incident.Plain, []Part{{Prose, "Yes."}}},
		{"thanks within a text are no signature", "Thanks!\nThe shop is slow since the release of this morning, and the search is down as well.", incident.Plain,
			[]Part{{Prose, "Thanks!\nThe shop is slow since the release of this morning, and the search is down as well."}}},
		{"device and notice", "Yes.\nSent from my iPhone\nThis e-mail is confidential and intended only for its reader.", incident.Plain, []Part{{Prose, "Yes."}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Parts(tc.in, tc.format); !slices.Equal(got, tc.want) {
				t.Errorf("Parts(%q, %q)\n got %+q\nwant %+q", tc.in, tc.format, got, tc.want)
			}
		})
	}
}

func TestGather(t *testing.T) {
	first := Source{"The shop has been slow since this morning, and nobody knows why.", incident.Plain}
	for _, tc := range []struct {
		name  string
		texts []Source
		want  []Part
	}{
		{"the quoted text is here", []Source{first, {"> The shop has been slow since this\n> morning, and nobody knows why.\n\nThe cache is full.", incident.Plain}},
			[]Part{{Prose, first.Text}, {Prose, "The cache is full."}}},
		{"the quote is the only copy", []Source{{"> The disk of the primary is full.\n\nNot any more.", incident.Plain}},
			[]Part{{Prose, "The disk of the primary is full."}, {Prose, "Not any more."}}},
		{"quoted twice", []Source{{"> The disk of the primary is full.\n\nNo.", incident.Plain}, {"> The disk of the primary is full.\n\nYes.", incident.Plain}},
			[]Part{{Prose, "The disk of the primary is full."}, {Prose, "No."}, {Prose, "Yes."}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Gather(tc.texts...); !slices.Equal(got, tc.want) {
				t.Errorf("Gather(%q)\n got %+q\nwant %+q", tc.texts, got, tc.want)
			}
		})
	}
}

// Whatever the text, its parts are text, none is empty, and neighbours differ.
func FuzzParts(f *testing.F) {
	for _, s := range []string{"> a\n```\nb", "a\n\tat b.c(d.java:1)\n-- \nx", "<pre>a<blockquote>b</pre>", "From: a\nTo: b\nDate: c\n{code}\nx", "\x01\x02\x03"} {
		f.Add(s, "markdown")
		f.Add(s, "html")
	}
	f.Fuzz(func(t *testing.T, s, format string) {
		for _, p := range Parts(s, incident.TextFormat(format)) {
			if strings.TrimSpace(p.Text) == "" || utf8.ValidString(s) && !utf8.ValidString(p.Text) {
				t.Errorf("Parts(%q, %q) has %+q", s, format, p)
			}
		}
	})
}
