package plain

import (
	"regexp"
	"slices"
	"strings"
)

var (
	// stamped begins with a date and time as programs write them; people write no fractions of seconds.
	stamped = regexp.MustCompile(`^\W{0,2}(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d|\d\d:\d\d:\d\d[.,]\d|[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d |\d\d/[A-Z][a-z]{2}/\d{4}:|\d{8}[ -]\d\d:?\d\d:?\d\d)`)
	exact   = regexp.MustCompile(`^\W{0,2}(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d[.,]\d`)
	glog    = regexp.MustCompile(`^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ `)
	access  = regexp.MustCompile(`^\S+ \S+ \S+ \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d `)
	level   = regexp.MustCompile(`\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|CRIT|CRITICAL|FATAL|SEVERE|EMERG|PANIC)\b|\blevel=`)
	logcat  = regexp.MustCompile(`^(?:\d\d-\d\d \d\d:\d\d:\d\d\.\d+ |[VDIWEF]/[\w.:-]+ *(?:\( *\d+\))?: )`)
	leading = regexp.MustCompile(`^(?:\[ *(?i:trace|debug|info|notice|warn|warning|error|crit|critical|fatal) *\]|(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|SEVERE)(?:\[|:|\s+[\[(]|\s+[\w$]+\.))`)
	process = regexp.MustCompile(`[\w./-]+\[\d+\]: `)
	pair    = regexp.MustCompile(`(?:^|\s)[\w.-]+=(?:"[^"]*"|[^\s"=]+)`)
	fields  = regexp.MustCompile(`"(?:level|lvl|msg|message|severity|ts|time|timestamp|@timestamp)"\s*:`)
)

// wherever is how far into a line its level stands.
const wherever = 80

// isLog reports whether a program wrote the line. "10:32 We roll back" is a person's.
func isLog(text string) bool {
	switch {
	case len(text) < 8:
		return false
	case text[0] == '{':
		return text[len(text)-1] == '}' && fields.MatchString(text)
	case strings.Count(text, "=") >= 3 && len(pair.FindAllStringIndex(text, 3)) == 3:
		return true
	case strings.IndexByte(text[:min(len(text), 2*wherever)], ':') < 0 && text[0] != '[' && (text[0] < 'A' || text[0] > 'Z'):
		return false // no clock time, and no level at the beginning
	case exact.MatchString(text), glog.MatchString(text), logcat.MatchString(text), access.MatchString(text):
		return true
	case stamped.MatchString(text):
		head := text[:min(len(text), wherever)]
		return level.MatchString(head) || process.MatchString(head) || len(pair.FindAllStringIndex(text, 2)) == 2
	}
	return leading.MatchString(text)
}

// statements are lines that only programs and shells have: by how they begin, and by how they end.
var (
	statements = regexp.MustCompile(`^(?:\$ \S|(?:sudo )?(?:kubectl|docker|psql|curl|helm|gcloud|systemctl|terraform|journalctl|redis-cli|mysql) -{0,2}[a-z]` +
		`|#include\b|import [\w.{*"']+.*;?$|from [\w.]+ import |package \w+;?$|def \w+\(|func (?:\(\w+ [*\w]+\) )?\w+\(|(?:public|private|protected|static) .*[({;]$` +
		`|(?:const|let|var) \w+ :?= |SELECT .+ FROM |INSERT INTO|UPDATE \w+ SET|DELETE FROM |(?:CREATE|ALTER|DROP) (?:TABLE|INDEX|VIEW) |<\?php|[})\];]+[,;]?$)`)
	endings = regexp.MustCompile(`^[^.!?]*(?:\)|\w) \{$|^[^ ]+(?: [^ ]+){0,5};$|^\w[\w.]*\(.*\);$`)
	// begins are the first words of statements, a cheap test before the patterns.
	begins = strings.Fields("sudo kubectl docker psql curl helm gcloud systemctl terraform journalctl redis-cli mysql import from package def func " +
		"public private protected static const let var SELECT INSERT UPDATE DELETE CREATE ALTER DROP")
)

// isCode reports whether a line that is not marked as code is some.
func isCode(text string) bool {
	if len(text) < 2 {
		return false
	}
	if last := text[len(text)-1]; (last == '{' || last == ';') && endings.MatchString(text) {
		return true
	}
	if strings.IndexByte("$#<})];", text[0]) < 0 {
		space := strings.IndexAny(text, " (")
		if space < 0 || !slices.Contains(begins, text[:space]) {
			return false
		}
	}
	return statements.MatchString(text)
}
