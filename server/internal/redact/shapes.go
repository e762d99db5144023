package redact

import (
	"net/netip"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// asked is a word that a person wants masked.
type asked struct {
	key     string
	pattern *regexp.Regexp
}

func wordsAsked(words []string) (out []asked) {
	for _, w := range words {
		if w = strings.TrimSpace(clean(w, true)); w != "" {
			out = append(out, asked{"word:" + strings.ToLower(w), regexp.MustCompile(`(?i)` + strings.Join(strings.Fields(regexp.QuoteMeta(w)), `\s+`))})
		}
	}
	return out
}

// findWords adds the words that a person wants masked, in any case, also within longer ones.
func findWords(text string, words []asked, add func(span)) {
	for _, w := range words {
		for _, at := range w.pattern.FindAllStringIndex(text, -1) {
			add(span{from: at[0], to: at[1], kind: WordKind, key: w.key})
		}
	}
}

// shape is something that is known by how it looks. The group of the pattern is what is masked, or all of it where there is none.
type shape struct {
	kind    Kind
	pattern *regexp.Regexp
	is      func(text string, from, to int) bool // nil: always
}

func shapeOf(kind Kind, pattern string, is func(text string, from, to int) bool) shape {
	return shape{kind, regexp.MustCompile(pattern), is}
}

// The prefixes of keys are those that GitHub, GitLab, Slack, AWS, Google, Stripe, SendGrid, npm and others document for scanners.
var shapes = []shape{
	shapeOf(SecretKind, `(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)`, nil),
	shapeOf(SecretKind, `\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b`, nil),
	shapeOf(SecretKind, `\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|gl[a-z]{2,5}-[\w-]{16,}|xox[a-z]-[\w-]{8,}|xapp-[\w-]{8,}|sk-[\w-]{16,}|[sprw]k_(?:live|test)_\w{8,}|AIza[\w-]{30,}|ya29\.[\w-]{8,}|SG\.[\w-]{8,}\.[\w-]{8,}|npm_\w{20,}|pypi-[\w-]{16,}|hvs\.[\w-]{16,}|dop_v1_\w{16,}|hs[a-z]_[\w-]{16,}|dckr_pat_[\w-]{16,})`, nil),
	shapeOf(SecretKind, `\beyJ[\w-]{6,}(?:\.[\w-]*){0,4}`, nil),
	shapeOf(SecretKind, `(?i)\b(?:bearer|basic)\s+([A-Za-z0-9+/=._~-]{8,})`, looksRandom),
	shapeOf(SecretKind, `(?i)[a-z0-9]*(?:passwor[dt]|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|kennwort)[\w-]*["'\x60]?\s*(?::=|=>|=)\s*["'\x60]?([^\s"'\x60,;<>]{3,})`, nil),
	shapeOf(SecretKind, `(?i)(?:passwor[dt]|passwd|pwd|passphrase|secret|token|api[_ -]?key|access[_ -]?key|credentials?|kennwort)s?["'\x60*]*(?::|\s+(?:is|was|ist|war)\b)\s*["'\x60]?([^\s"'\x60,;<>]{4,})`, looksRandom),
	shapeOf(SecretKind, `(?i)--?(?:password|passwd|pass|token|secret|api-?key)[= ]+["']?([^\s"'\x60]{3,})`, nil),
	shapeOf(SecretKind, `://[^/\s:@]*:([^/\s@]+)@`, nil),
	shapeOf(SecretKind, `(?i)[?&](?:x-amz-[a-z]+|sig|signature|[a-z_]*token|[a-z_]*key|code|secret|password|pwd|auth)=([^&\s)"'>]+)`, nil),
	shapeOf(SecretKind, `(?i)hooks\.slack\.com/[^\s)"'>]+`, nil),
	shapeOf(SecretKind, `[A-Za-z0-9+/_=-]{20,}`, looksDrawn),
	shapeOf(EmailKind, `(?i)(?:mailto:)?[\p{L}\p{N}._%+'-]+@(?:[\p{L}\p{N}-]+\.)*[\p{L}\p{N}-]+\.\p{L}{2,24}`, nil),
	shapeOf(IDKind, `(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`, nil),
	shapeOf(IDKind, `(?i)\bsha(?:1|256|512):[0-9a-f]{7,}`, nil),
	shapeOf(IDKind, `\b[0-9a-f]{7,64}\b`, mixed),
	shapeOf(IDKind, `\b(?:i|vpc|subnet|sg|eni|vol|snap|ami|rtb|igw|nat|acl|eipalloc|lt|tgw|pcx|vpce|fs|lb)-[0-9a-f]{8,17}\b`, nil),
	shapeOf(IDKind, `\barn:aws[\w-]*:[^\s"'\x60)>]+`, nil),
	shapeOf(IDKind, `\b[a-z]{2,9}_[0-9A-Za-z]{12,}\b`, mixed),
	shapeOf(IDKind, `\b[a-z0-9]{20,}\b`, mixed),
	shapeOf(AddressKind, `\b(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2}|:\d{1,5})?\b`, isIPv4),
	shapeOf(AddressKind, `(?i)(?:[0-9a-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4})(?:%\w+)?(?:/\d{1,3})?`, isIPv6),
	shapeOf(AddressKind, `(?i)\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b`, nil),
	shapeOf(NumberKind, `\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b`, manyDigits),
	shapeOf(NumberKind, `\b(?:\d{4}[ -]){3}\d{1,7}\b`, nil),
	shapeOf(NumberKind, `\b\d{9,}\b`, isNumber),
	shapeOf(NumberKind, `(?i)\b(?:account|acct|customer|client|contract|tenant|subscription|card|invoice|order|user|member|policy|merchant|organi[sz]ation|org|konto|kunde)(?:\s+(?:id|no\.?|nr\.?|number|ref(?:erence)?))?\s*[:#=]?\s*([A-Z]{0,4}-?\d[\d-]{4,})\b`, nil),
	shapeOf(PhoneKind, `(?:\+|\b00)\d{1,3}[ ()./-]{0,2}\d{1,5}(?:[ ()./-]{1,2}\d{2,5}){1,5}\b|\+\d{9,15}\b`, nil),
	shapeOf(ReferenceKind, `\b[A-Z][A-Z0-9]{1,9}-\d{1,7}\b`, isReference),
	shapeOf(ReferenceKind, `\b(?:INC|CHG|PRB|RITM|REQ|TASK|SCTASK|CTASK|CASE|CS|SR|RT|TKT)\d{4,}\b`, nil),
	shapeOf(ReferenceKind, `(?:[\w.-]+/)?[\w.-]*#\d{2,7}\b`, nil),
	shapeOf(ReferenceKind, `(?i)\b(?:PR|MR|issue|ticket|bug|case|(?:pull|merge) request|incident|change)s?(?:\s+(?:raised|created|opened|filed))?\s+(\d{2,7})\b`, notYear),
	shapeOf(ChannelKind, `(?:^|[\s("'\x60*_\[])(#[a-z][a-z0-9_-]{2,79})`, isChannel),
	shapeOf(HostKind, `(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}\b(?::\d{2,5}\b)?`, isDomain),
	shapeOf(HostKind, `\b[a-z][a-z0-9-]*-v\d+(?:\.\d+)+-[a-z0-9]{5}\b`, nil), // a pod whose set has a version
	shapeOf(HostKind, `\b[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*\b`, isMachine),
}

func findShapes(text string, add func(span)) {
	for _, s := range shapes {
		for _, at := range s.pattern.FindAllStringSubmatchIndex(text, -1) {
			from, to := at[0], at[1]
			if len(at) > 2 && at[2] >= 0 {
				from, to = at[2], at[3]
			}
			for s.kind == SecretKind && to-from > 3 && strings.IndexByte(".,;:)]*`", text[to-1]) >= 0 {
				to--
			}
			if s.is == nil || s.is(text, from, to) {
				add(span{from: from, to: to, kind: s.kind})
			}
		}
	}
}

// turns counts how often letters and digits follow each other.
func turns(s string) (n, digits int, upper, lower bool) {
	was := 0
	for _, r := range s {
		is := 1
		switch {
		case r >= '0' && r <= '9':
			is = 2
			digits++
		case unicode.IsUpper(r):
			upper = true
		case unicode.IsLower(r):
			lower = true
		default:
			is = 0
		}
		if was+is == 3 {
			n++
		}
		was = is
	}
	return n, digits, upper, lower
}

// looksRandom reports whether a word behind "password:" is one: it is no word of a language.
func looksRandom(text string, from, to int) bool {
	word := text[from:to]
	n, digits, upper, lower := turns(word)
	inner := upper && lower && word[1:] != strings.ToLower(word[1:])
	return n > 0 || digits > 0 && digits == len(word) || inner || strings.ContainsAny(word, "!$%&+=?@^~#") || len(word) >= 24
}

// looksDrawn reports whether characters look as if a machine had drawn them.
func looksDrawn(text string, from, to int) bool {
	n, digits, upper, lower := turns(text[from:to])
	return n >= 3 && digits >= 2 && upper && lower && strings.Count(text[from:to], "-") < 4 && strings.Count(text[from:to], "_") < 4
}

func mixed(text string, from, to int) bool {
	n, digits, _, _ := turns(text[from:to])
	return n > 0 && digits > 0 && (n > 1 || to-from >= 12 || digits >= 3)
}

func manyDigits(text string, from, to int) bool {
	_, digits, _, _ := turns(text[from:to])
	return digits >= 10
}

var versionBefore = regexp.MustCompile(`(?i)(?:\bv|\bver\.?|\bversions?|\brelease|[a-z]/|[a-z]-|\d\.)\s*$`)

func isIPv4(text string, from, to int) bool {
	address, _, _ := strings.Cut(text[from:to], "/")
	address, _, _ = strings.Cut(address, ":")
	ip, err := netip.ParseAddr(address)
	before := text[max(0, from-12):from]
	return err == nil && !ip.IsLoopback() && !ip.IsUnspecified() && !versionBefore.MatchString(before) && !(to < len(text)-1 && text[to] == '.' && text[to+1] >= '0' && text[to+1] <= '9')
}

func isIPv6(text string, from, to int) bool {
	address, _, _ := strings.Cut(text[from:to], "/")
	ip, err := netip.ParseAddr(address)
	return err == nil && ip.Is6() && !ip.IsLoopback() && !ip.IsUnspecified() && strings.ContainsAny(address, "0123456789") && len(address) > 4
}

var unit = regexp.MustCompile(`(?i)^\s?(?:[kmgt]?i?b\b|bytes?\b|[mun]?s\b|ms\b|seconds?\b|requests?\b|messages?\b|rows?\b|records?\b|events?\b|users?\b|queries\b|entries\b|files?\b|lines?\b|times\b|%|€|\$|£|eur\b|usd\b|gbp\b|chf\b)`)

// isNumber reports whether many digits are no amount and no time.
func isNumber(text string, from, to int) bool {
	word := text[from:to]
	if before := text[:from]; strings.HasSuffix(before, ".") || strings.HasSuffix(before, ",") || strings.HasSuffix(strings.TrimRight(before, " "), "$") || strings.HasSuffix(strings.TrimRight(before, " "), "€") || strings.HasSuffix(strings.TrimRight(before, " "), "£") {
		return false
	}
	for _, layout := range []string{"20060102150405", "200601021504"} {
		if at, err := time.Parse(layout, word); err == nil && at.Year() > 1990 && at.Year() < 2100 {
			return false
		}
	}
	return !unit.MatchString(text[to:])
}

func notYear(text string, from, to int) bool {
	return !(to-from == 4 && (text[from:from+2] == "19" || text[from:from+2] == "20")) && !unit.MatchString(text[to:])
}

// standards are what letters, a hyphen and a number stand for beside references.
var standards = set("UTF SHA ISO RFC CVE CWE AES RSA HTTP TLS SSL COVID SEV TIER IPV UTC GMT MD EC PEP HA USB GPT LTE FIPS NIST IEC EN DIN IEEE UCS CP KOI WPA ECMA PCI SOC TCP UDP OAUTH LOG4J L P S T V H M R X Q1 Q2 Q3 Q4 H1 H2 FY CW KW")

func isReference(text string, from, to int) bool {
	prefix, _, _ := strings.Cut(text[from:to], "-")
	goesOn := to < len(text)-1 && (text[to] == '-' || text[to] == '.') && text[to+1] >= '0' && text[to+1] <= '9'
	return !standards[prefix] && !goesOn
}

// colours and words of programs begin with # as well.
func isChannel(text string, from, to int) bool {
	word := text[from+1 : to]
	if strings.Trim(word, "0123456789abcdef") == "" && (len(word) == 3 || len(word) == 6 || len(word) == 8) {
		return false
	}
	return !directives[word]
}

var directives = set("include define ifdef ifndef endif pragma if else elif undef error region")

var (
	inner = set("internal local lan corp intra intranet localdomain svc arpa onion consul localhost")
	// of names that programs have, too
	innerBehindTwo = set("home private test invalid example cluster")
	// sites that everybody uses: that they were is no secret
	everybodys = set("github.com gitlab.com google.com gcr.io docker.io quay.io ghcr.io npmjs.com pypi.org microsoft.com amazon.com slack.com wikipedia.org kubernetes.io stackoverflow.com letsencrypt.org")
	top        = set("com org net io dev app cloud co info biz edu gov mil eu int xyz online site tech ai tools systems services network host " +
		"de uk fr nl ch es pl cz se dk fi ie ca au nz jp kr cn br mx ru ua tr za hu ro gr pt lu li sk si hr bg lt lv ee")
	wordy = set("at be it in is no me us so to as am my tv cc ly gg sh py md rs pl ps mk nu al") // only behind two dots
)

func isDomain(text string, from, to int) bool {
	host, _, ported := strings.Cut(text[from:to], ":")
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	if from > 0 && (text[from-1] == '.' || text[from-1] == '-') && len(labels) == 2 || to < len(text) && text[to] == '(' {
		return false
	}
	if everybodys[strings.ToLower(strings.TrimPrefix(host, "www."))] {
		return false
	}
	switch lower := strings.ToLower(last); {
	case inner[lower], innerBehindTwo[lower] && len(labels) > 2, ported && top[lower]:
		return true
	case last != lower && last != strings.ToUpper(last), last != lower && len(labels) == 2:
		return false
	case len(labels) > 2 && (labels[0] == "com" || labels[0] == "org" || labels[0] == "net" || labels[0] == "java" || labels[0] == "io"):
		return false // a name in a program
	case digits(labels[len(labels)-2]) && !top[lower]:
		return false
	default:
		return top[lower] || wordy[lower] && len(labels) > 2
	}
}

var (
	machines = set("live web app db node host srv server worker master prod stage staging mail mx ns dns lb proxy gw fw sw router switch vm jenkins runner backup nas san esx esxi hv " +
		"kvm pod bastion jump vpn ldap dc nfs ftp cache queue mq broker rtr ap rack dev uat replica primary standby ctl agent desktop laptop")
	products = set("mysql pg postgres redis mongo kafka elastic es etcd consul vault sql oracle api auth core edge search shard ci build test qa k8s cluster storage monitor")
	region   = regexp.MustCompile(`^(?:us|eu|ap|sa|ca|me|af|il|cn|northamerica|southamerica|europe|asia|australia|uk|germany|france)-(?:gov-)?[a-z]+-?\d[a-z]?$`)
	machine  = regexp.MustCompile(`^([a-z]+?)0*(\d*)$`)
	pod      = regexp.MustCompile(`^[a-z][a-z0-9-]*-(?:[a-f0-9]{8,10}-)?[bcdfghjklmnpqrstvwxz2456789]{5}$`)
	replica  = regexp.MustCompile(`^[a-z][a-z0-9-]*-([a-f0-9]{8,10})-[a-z0-9]{5}$`)
	dashedIP = regexp.MustCompile(`^ip-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}$`)
)

// isMachine reports whether a word is the name of one machine: what it does and a number, or what Kubernetes and AWS make of it.
func isMachine(text string, from, to int) bool {
	word := text[from:to]
	lower := strings.ToLower(word)
	after, _ := utf8.DecodeRuneInString(text[to:])
	if after == '.' && to+1 < len(text) && text[to+1] >= '0' && text[to+1] <= '9' || region.MatchString(lower) {
		return false // "web2.0"
	}
	if dashedIP.MatchString(lower) || pod.MatchString(word) && strings.ContainsAny(word[len(word)-5:], "0123456789") {
		return true
	}
	if m := replica.FindStringSubmatch(word); m != nil && strings.ContainsAny(m[1], "0123456789") {
		return true
	}
	parts := strings.FieldsFunc(lower, func(r rune) bool { return r == '-' || r == '_' })
	for i, p := range parts {
		m := machine.FindStringSubmatch(p)
		if m == nil {
			continue
		}
		numbered := m[2] != ""
		next := i+1 < len(parts) && digits(parts[i+1])
		switch {
		case machines[m[1]] && (numbered || next), products[m[1]] && (next || numbered && len(parts) > 1):
			return true
		}
	}
	if len(parts) >= 4 && (parts[0] == "gke" || parts[0] == "aks" || parts[0] == "eks") {
		return true // a node of a managed cluster
	}
	// "prod-eu-3": where it is, and a number
	return len(parts) >= 3 && digits(parts[len(parts)-1]) && len(parts[len(parts)-1]) <= 4 && (machines[parts[0]] || machines[parts[1]] || products[parts[0]] || products[parts[1]])
}
