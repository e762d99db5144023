package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hindsight/incident"
)

// place is where something stands.
type place struct {
	file string
	line int // from 1; 0: the file as a whole
}

// String returns "services.yaml:12".
func (p place) String() string {
	if p.line == 0 {
		return p.file
	}
	return fmt.Sprintf("%s:%d", p.file, p.line)
}

// Fault is one thing that is wrong with files, and what would be right.
type Fault struct {
	File    string `json:"file"`
	Line    int    `json:"line" doc:"from 1; 0: the file as a whole"`
	Message string `json:"message"`
}

// Faults is all that is wrong with files, in their order. It is an incident.ErrInvalid.
type Faults []Fault

// mostFaults bounds how many are told at once.
const mostFaults = 50

// Error writes one fault a line: "services.yaml:12: …".
func (fs Faults) Error() string {
	var lines []string
	for i, f := range fs {
		if i == mostFaults {
			lines = append(lines, fmt.Sprintf("and %d more", len(fs)-i))
			break
		}
		lines = append(lines, place{f.File, f.Line}.String()+": "+f.Message)
	}
	return strings.Join(lines, "\n")
}

// Is makes errors.Is(err, incident.ErrInvalid) true.
func (fs Faults) Is(target error) bool { return target == incident.ErrInvalid }

func (fs *Faults) add(at place, format string, args ...any) {
	*fs = append(*fs, Fault{at.file, at.line, fmt.Sprintf(format, args...)})
}

// err returns the faults in order, or nil when there are none.
func (fs Faults) err() error {
	if len(fs) == 0 {
		return nil
	}
	slices.SortStableFunc(fs, func(a, b Fault) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
	return slices.Compact(fs)
}
