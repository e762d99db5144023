package incident

import (
	"regexp"
	"slices"
	"time"
)

// RetroReach is what is known of how far a published retrospective was heard.
type RetroReach struct {
	// Readers is how many people opened it who did not write it. Somebody who comes back after ReaderKept counts again, since nothing
	// tells then that they were here before.
	Readers int
	Lately  int       // of those, who read it within ReaderKept
	Since   time.Time // when counting began; zero: when it was published
	Cited   []ID      // incidents whose retrospectives, written here, link to it
	Reused  []ID      // incidents that took a factor of this one which was suggested to them
}

const (
	// ReaderKept is how long it is known, after somebody read a retrospective last, that they did.
	ReaderKept = 90 * 24 * time.Hour
	// settling is how long a retrospective may be unread before that says anything.
	settling = 14 * 24 * time.Hour
)

// Unread reports that nobody read a published retrospective; tooNew that it is too soon to say so.
func (r RetroReach) Unread(of Retro, now time.Time) (unread, tooNew bool) {
	if of.Number == 0 || r.Readers > 0 {
		return false, false
	}
	since := of.PublishedAt
	if r.Since.After(since) {
		since = r.Since
	}
	tooNew = now.Before(since.Add(settling))
	return !tooNew, tooNew
}

// citation finds incidents that a text links to, by whatever name this installation is called there.
var citation = regexp.MustCompile(`(?:\]\(<?|https?://[^\s/()<>]+(?:/[^\s()<>?#]*)?)/incidents/([a-z]+_[0-9A-Za-z_]+)\b`)

// Cites returns the incidents that a text in Markdown links to, each once, in order.
func Cites(text string) []ID {
	var out []ID
	for _, m := range citation.FindAllStringSubmatch(text, -1) {
		if id := ID(m[1]); !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
