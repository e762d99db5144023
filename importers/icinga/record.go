package icinga

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// epoch is seconds since 1970 with a fraction; 0 is unset.
type epoch float64

// time returns the instant to the millisecond; zero when it is unset or no time of our days.
func (e epoch) time() time.Time {
	if e < 1e8 || e > 7e9 || math.IsNaN(float64(e)) {
		return time.Time{}
	}
	return time.UnixMilli(int64(math.Round(float64(e) * 1000))).UTC()
}

// observation is how a host or service looked in a poll. It holds of its attributes only those that stand still
// while nothing happens.
type observation struct {
	Name         string         `json:"name"`
	DisplayName  string         `json:"display_name"`
	Host         string         `json:"host_name,omitempty"`
	Groups       []string       `json:"groups,omitempty"`
	Vars         map[string]any `json:"vars,omitempty"`
	NotesURL     string         `json:"notes_url,omitempty"`
	ActionURL    string         `json:"action_url,omitempty"`
	State        float64        `json:"state"` // not check_result.exit_status, which passive results leave at 0
	Changed      epoch          `json:"last_hard_state_change"`
	WellService  epoch          `json:"last_state_ok,omitempty"`
	WellHost     epoch          `json:"last_state_up,omitempty"`
	Acked        float64        `json:"acknowledgement"` // 0 no, 1 until it changes, 2 until it is well
	AckedChanged epoch          `json:"acknowledgement_last_change"`
	Downtime     float64        `json:"downtime_depth"`
	Output       string         `json:"output,omitempty"`
	Result       *struct {
		Output string `json:"output"`
	} `json:"last_check_result,omitempty"`
}

// settle leaves out what changes with every check.
func (o *observation) settle() {
	if o.Result != nil {
		o.Output, o.Result = o.Result.Output, nil
	}
	o.Downtime = min(o.Downtime, 1)
}

// well returns when it was last OK or UP.
func (o *observation) well() epoch { return cmp.Or(o.WellService, o.WellHost) }

// key tells observations apart: what happens to a problem changes one of these.
func (o observation) key() string {
	return fmt.Sprintf("%017.3f %g %017.3f %g %g", float64(o.Changed), o.State, float64(o.AckedChanged), o.Acked, o.Downtime)
}

// recovery is the end of a problem. Late: it was missed, and At is when the object was last seen well before its next one.
type recovery struct {
	At   epoch `json:"at"`
	Late bool  `json:"late,omitempty"`
}

// note is a comment.
type note struct {
	Host    string  `json:"host_name,omitempty"`
	Service string  `json:"service_name,omitempty"`
	Author  string  `json:"author"`
	Text    string  `json:"text"`
	At      epoch   `json:"entry_time"`
	Type    float64 `json:"entry_type"` // 1 a person's, 4 of an acknowledgement
}

func (n note) key() string { return fmt.Sprintf("%017.3f %s %s", float64(n.At), n.Author, n.Text) }

// record is what polls have seen of one problem.
type record struct {
	Object    string        `json:"object"` // "web-1" or "web-1!http"
	Observed  []observation `json:"observed,omitempty"`
	Comments  []note        `json:"comments,omitempty"`
	Recovered *recovery     `json:"recovered,omitempty"`
	Removed   time.Time     `json:"removed,omitzero"` // when the host or service was found to be gone
}

// sort puts what was observed and said in order, each once. Of two observations that differ only in what the check
// printed, the one that sorts first is kept, so that the order of arrival does not matter.
func (r *record) sort() {
	r.Observed = unique(r.Observed, observation.key)
	r.Comments = unique(r.Comments, note.key)
}

func unique[T any](list []T, key func(T) string) []T {
	text := func(x T) string {
		b, _ := json.Marshal(x)
		return string(b)
	}
	slices.SortFunc(list, func(a, b T) int { return cmp.Or(strings.Compare(key(a), key(b)), strings.Compare(text(a), text(b))) })
	return slices.CompactFunc(list, func(a, b T) bool { return key(a) == key(b) })
}

// combine adds what a poll saw to what earlier ones did.
func combine(stored, read []byte) ([]byte, error) {
	var a, b record
	if err := json.Unmarshal(stored, &a); err != nil {
		return nil, fmt.Errorf("icinga: stored record: %w", err)
	}
	if err := json.Unmarshal(read, &b); err != nil {
		return nil, fmt.Errorf("icinga: record: %w", err)
	}
	out := record{Object: max(a.Object, b.Object), Observed: append(a.Observed, b.Observed...), Comments: append(a.Comments, b.Comments...),
		Recovered: earlier(a.Recovered, b.Recovered), Removed: a.Removed}
	if out.Removed.IsZero() || !b.Removed.IsZero() && b.Removed.Before(out.Removed) {
		out.Removed = b.Removed
	}
	out.sort()
	return json.Marshal(out)
}

// earlier returns the recovery that is known better, else the earlier one.
func earlier(a, b *recovery) *recovery {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	if a.Late != b.Late {
		if a.Late {
			return b
		}
		return a
	}
	if b.At < a.At {
		return b
	}
	return a
}
