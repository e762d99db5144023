package incident

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
)

// BlameRule is a wording that points at a person, or at a single cause, where a retrospective asks how it came about. It is a hint for
// writers: nothing is ever refused for it. Pattern is a regular expression that RE2 and browsers read alike; case does not matter,
// and {people} in it stands for the names of those involved. The habit behind the rules: ask how and what, not who and why
// (PagerDuty's guide to blameless postmortems, https://postmortems.pagerduty.com/culture/blameless/; Etsy's Debriefing Facilitation
// Guide, https://extfiles.etsy.com/DebriefingFacilitationGuide.pdf).
type BlameRule struct {
	ID      string `json:"id"`
	Pattern string `json:"pattern"`
	People  bool   `json:"people,omitempty"` // applies only when names are known
	Why     string `json:"why"`
	Instead string `json:"instead"` // another way to say it
}

const (
	failing = `(?:failed|forgot|neglected|overlooked|ignored|missed|did not bother|didn't bother|broke)\b`
	roles   = `(?:he|she|engineers?|operators?|developers?|administrators?|admins?|technicians?|on-?call(?: engineer)?|responders?|somebody|someone)`
)

// BlameRules lists every rule. The editor gets the same ones.
var BlameRules = []BlameRule{
	{ID: "human-error", Pattern: `\b(?:human|operator|user|pilot) errors?\b|\b(?:human|personal) (?:failure|mistake)s?\b`,
		Why: "“Human error” ends the search where it becomes interesting.", Instead: "Say what made the action look right: “The command took production for staging, because both prompts look the same.”"},
	{ID: "should-have", Pattern: `\b(?:should|could|ought to|needed to|were supposed to|was supposed to)(?: not|n't)? have\b|\bshould(?:n't| not)? of\b`,
		Why: "“Should have” tells of a past that did not happen, and of knowledge that only hindsight has.", Instead: "Say what was known then and what was done: “The graph showed nothing unusual, so the rollout went on.”"},
	{ID: "careless", Pattern: `\b(?:careless|negligent|sloppy|reckless|incompetent|inattentive|lazy|stupid)(?:ly|ness)?\b|\b(?:carelessness|negligence|incompetence|inattention|complacency|stupidity)\b|\bnot (?:paying|paid) attention\b`,
		Why: "This judges a person, and explains nothing.", Instead: "Say what the situation was like: how many alerts, how late, how often before it was harmless."},
	{ID: "root-cause", Pattern: `\b(?:the )?(?:single |only |true |real )?root cause (?:is|was|of)\b|\bthe (?:single|only|true|real) cause\b`,
		Why: "One root cause hides the others; incidents need several things to come together.", Instead: "Write “contributed” and name the others: “Three things contributed: …”."},
	{ID: "role-failed", Pattern: `\b` + roles + ` ` + failing,
		Why: "This says who did not do something, not what made it hard.", Instead: "Say what was expected and what got in the way: “The alert went to a channel that nobody was on call for.”"},
	{ID: "person-failed", Pattern: `{people}(?: \p{Lu}\p{L}+)? ` + failing, People: true,
		Why: "This says who did not do something, not what made it hard.", Instead: "Say it by role, and what got in the way: “The on-call engineer had no access to the console.”"},
	{ID: "fault", Pattern: `\b(?:is|was|were) (?:to blame|at fault)\b|\b(?:blamed?|blames) (?:on|for)\b|\b(?:his|her|their) fault\b|\bfault of\b`,
		Why: "Fault is not what a retrospective looks for.", Instead: "Say what made it possible, and what would have caught it."},
	{ID: "why-didnt", Pattern: `\bwhy (?:did(?:n't| not)|was(?:n't| not)|were(?:n't| not))\b|\bwhy did (?:you|he|she|they|nobody|no one)\b`,
		Why: "“Why didn't” asks people to justify themselves.", Instead: "Ask how and what: “What did the dashboard show at that moment?”"},
}

// BlameFinding is a place in a text where a rule applies.
type BlameFinding struct {
	Rule     BlameRule
	From, To int // in UTF-16 code units, as browsers count
	Words    string
}

// Blame returns the places of a text that a rule applies to, in the order of the text. names are those of the people involved, as
// the text may call them.
func Blame(text string, names []string) []BlameFinding {
	var out []BlameFinding
	for _, rule := range BlameRules {
		pattern, ok := rule.compile(names)
		if !ok {
			continue
		}
		for _, at := range pattern.FindAllStringIndex(text, -1) {
			from := units(text[:at[0]])
			words := text[at[0]:at[1]]
			out = append(out, BlameFinding{Rule: rule, From: from, To: from + units(words), Words: words})
		}
	}
	slices.SortStableFunc(out, func(a, b BlameFinding) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return out
}

// compile returns the rule's pattern for these names, and false when it does not apply without any.
func (r BlameRule) compile(names []string) (*regexp.Regexp, bool) {
	var people []string
	for _, name := range names {
		if name = strings.TrimSpace(name); name != "" {
			people = append(people, regexp.QuoteMeta(name))
		}
	}
	if r.People && len(people) == 0 {
		return nil, false
	}
	return regexp.MustCompile(`(?i)` + strings.Replace(r.Pattern, "{people}", "(?:"+strings.Join(people, "|")+")", 1)), true
}

func units(text string) int { return len(utf16.Encode([]rune(text))) }
