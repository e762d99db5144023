package plain

import (
	"regexp"
	"strings"

	"hindsight/search/template"
)

// form is how a runtime writes a frame of a stack trace. The first group of its pattern is the function; empty for a place
// without a name.
type form struct {
	may     func(line string) bool // a cheap test before the pattern
	pattern *regexp.Regexp
}

var forms = []form{
	// Java, Kotlin, Scala, JavaScript: at com.example.Shop.buy(Shop.java:12), at async buy (/srv/shop.js:3:14)
	{beginsWith("at "), regexp.MustCompile(`^at (?:async |new )?([^\s()]+(?: \[as [^\]]+\])?) ?\((?:[^()]*:\d+|Native Method|Unknown Source|native|<anonymous>|[^()]*\.(?:java|kt|scala|[jt]sx?))\)`)},
	// .NET: at Example.Shop.Buy(String item) in C:\src\Shop.cs:line 12
	{beginsWith("at "), regexp.MustCompile("^at ([\\w`+<>\\[\\],$]+(?:\\.[\\w`+<>\\[\\],$]+)+)\\([^()]*\\)(?: in .+)?$")},
	// places: at /srv/shop.js:3:14, at src/main.rs:12:5, /srv/shop.go:12 +0x1d
	{place, regexp.MustCompile(`^(?:at )?\S+\.\w{1,4}:\d+(?::\d+)?(?: \+0x[0-9a-f]+)?()$`)},
	// Python: File "shop.py", line 12, in buy
	{beginsWith(`File "`), regexp.MustCompile(`^File "[^"]+", line \d+(?:, in (.+))?$`)},
	// Go: example.org/shop.(*Cart).Buy(0xc000012345, ...)
	{call, regexp.MustCompile(`^(?:created by )?((?:[\w.~-]+/)*[\w-]+\.(?:\(\*?\w+\)\.)?[\w.]+)\((?:0x[0-9a-f]+\??|[{}, .?])*\)(?: in goroutine \d+)?$`)},
	// Ruby: shop.rb:12:in `buy'
	{has(".rb:"), regexp.MustCompile("^(?:from )?\\S+\\.rb:\\d+:in [`'](.+)'$")},
	// PHP: #0 /srv/shop.php(12): Shop->buy('x')
	{beginsWith("#"), regexp.MustCompile(`^#\d+ (?:\S+\(\d+\): |\[internal function\]: )([\w\\]+(?:(?:->|::)[\w{}]+)?)(?:\(.*\))?$`)},
	// native: #1 0x00007f12 in buy (x=1) at shop.c:12
	{beginsWith("#"), regexp.MustCompile(`^#\d+\s+(?:0x[0-9a-f]+ in )?([\w:~<>.]+)\s*\(.*`)},
	// Rust: 12: 0x55d0 - shop::cart::buy
	{has("::"), regexp.MustCompile(`^\d+:\s+(?:0x[0-9a-f]+ - )?((?:<?\w[\w<>{}# ]*)(?:::[\w<>{}#]+)+)$`)},
	// Linux: [<ffffffff81>] ? do_sync_read+0x5a/0x90
	{has("+0x"), regexp.MustCompile(`^(?:\[[^\]]*\]\s*)?(?:\[<[0-9a-f]+>\]\s*)?(?:\? )?([\w.]+)\+0x[0-9a-f]+/0x[0-9a-f]+`)},
	{beginsWith("... "), regexp.MustCompile(`^\.\.\. \d+ (?:more|common frames omitted)()$`)},
}

func beginsWith(prefix string) func(string) bool {
	return func(line string) bool { return strings.HasPrefix(line, prefix) }
}

func has(sub string) func(string) bool {
	return func(line string) bool { return strings.Contains(line, sub) }
}

// place reports whether a line ends in a number, as places do.
func place(line string) bool {
	c := line[len(line)-1]
	return (c >= '0' && c <= '9' || strings.Contains(line, " +0x")) && strings.Contains(line, ":")
}

func call(line string) bool {
	return strings.Contains(line, "(") && (line[len(line)-1] == ')' || strings.Contains(line, " in goroutine "))
}

var (
	// openings begin a trace or one of its sections.
	openings = regexp.MustCompile(`^(?:Caused by: |Suppressed: |Exception in thread |Traceback \(most recent call last\)|goroutine \d+ \[|Call Trace:|stack backtrace:)`)
	// failures are what a trace says about its error, next to frames.
	failures = regexp.MustCompile(`^(?:panic: .*|fatal error: .*|thread '.*' panicked at .*|(?:[\w$]+[.:\\]+)*[\w$]*(?:Exception|Error|Fault|Failure|Interrupt)\w*(?:: .*)?)$`)
)

// longestFrame bounds what is looked at as a frame, in bytes.
const longestFrame = 1000

// frameName returns the function of a frame, which may stand behind what a logger puts before it; false when the line is
// no frame.
func frameName(text string) (string, bool) {
	if len(text) < 5 || len(text) > longestFrame {
		return "", false
	}
	for _, f := range forms {
		if !f.may(text) {
			continue
		}
		if g := f.pattern.FindStringSubmatch(text); g != nil {
			return g[1], true
		}
	}
	if at := strings.Index(text, ": \tat "); at > 0 {
		return frameName(text[at+3:])
	}
	if at := strings.Index(text, "): at "); at > 0 {
		return frameName(text[at+3:])
	}
	return "", false
}

func opens(text string) bool {
	return len(text) > 0 && strings.IndexByte("CSETgs", text[0]) >= 0 && openings.MatchString(text)
}

// isTrace reports whether the i-th line belongs to a stack trace: a frame, what opens one, the error beside one, and
// the source line that Python prints below a frame.
func isTrace(all []line, i int) bool {
	text := strings.TrimSpace(all[i].text)
	if text == "" {
		return false
	}
	if _, is := frameName(text); is || opens(text) {
		return true
	}
	near := func(j int) bool {
		if j < 0 || j >= len(all) {
			return false
		}
		beside := strings.TrimSpace(all[j].text)
		_, is := frameName(beside)
		return is || opens(beside)
	}
	if near(i+1) || near(i-1) || near(i-2) || near(i+2) {
		if failures.MatchString(text) {
			return true
		}
	}
	return i > 0 && strings.HasPrefix(all[i].text, "    ") && strings.HasPrefix(strings.TrimSpace(all[i-1].text), `File "`)
}

var (
	// serials are what compilers number: lambda$buy$3, func1.
	serials = regexp.MustCompile(`\$\d+|(\.func)\d+|0x[0-9a-f]+`)
	source  = regexp.MustCompile(`^(?:Traceback|goroutine|Call Trace|stack backtrace)`)
)

// frame returns what a line of a trace says wherever it happens: the function, or the error without what varies.
func frame(text string) string {
	trimmed := strings.TrimSpace(text)
	if name, is := frameName(trimmed); is {
		return serials.ReplaceAllString(name, "$1")
	}
	if source.MatchString(trimmed) || strings.HasPrefix(text, "    ") && !failures.MatchString(trimmed) && !opens(trimmed) {
		return ""
	}
	return template.Words(trimmed)
}
