package postmortem_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers/postmortem"
)

const samples = "../../server/internal/demo/data/"

// truth is what a person read in a document, row by row: the line that it begins in, and what it says.
type truth struct {
	name, path, half string
	given            *time.Location // of Options.Zone
	rows             map[string][]string
}

// kinds of rows, in the order in which they are told.
var kinds = []string{"moment", "milestone", "factor", "action", "impact"}

// loadTruth reads a file of testdata/truth. testdata/SOURCES.md describes its lines.
func loadTruth(t *testing.T, file string) truth {
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	x := truth{name: strings.TrimSuffix(filepath.Base(file), ".truth"), rows: map[string][]string{}}
	zone, day := time.UTC, ""
	when := func(clock string) string {
		if clock == "day" {
			return day
		}
		at, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clock, zone)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		return at.UTC().Format("2006-01-02T15:04Z")
	}
	for line := range strings.Lines(string(body)) {
		f := strings.Fields(line)
		switch {
		case len(f) == 0:
		case f[0] == "document":
			x.path, x.half = f[1], strings.Join(f[2:], " ")
		case f[0] == "given":
			if zone, err = time.LoadLocation(f[1]); err != nil {
				t.Fatal(err)
			}
			x.given = zone
		case f[0] == "zone":
			at, err := time.Parse("-07:00", f[1])
			if err != nil {
				t.Fatal(err)
			}
			zone = at.Location()
		case f[0] == "day":
			day = f[1]
		case f[0] == "moment":
			x.rows["moment"] = append(x.rows["moment"], f[1]+" "+when(f[2]))
		case f[0] == "milestone":
			x.rows["milestone"] = append(x.rows["milestone"], f[1]+" "+when(f[2]))
		default:
			x.rows[f[0]] = append(x.rows[f[0]], strings.Join(f[1:], " "))
		}
	}
	return x
}

func (x truth) text(t *testing.T) string {
	path := samples + x.path
	if strings.HasPrefix(x.path, "dfds/") || strings.HasPrefix(x.path, "kubernetes/") {
		path = "testdata/" + x.path
	}
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// told writes the rows of a reading as the truth has them; sure ones have true.
func told(r postmortem.Reading) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, k := range kinds {
		out[k] = map[string]bool{}
	}
	for _, m := range r.Moments {
		at := m.At.Format("2006-01-02T15:04Z")
		if m.About == 12*time.Hour {
			at = m.At.Format(time.DateOnly)
		}
		out["moment"][fmt.Sprint(m.Line, " ", at)] = m.Sure
	}
	for _, m := range r.Milestones {
		out["milestone"][string(m.Name)+" "+m.At.Format("2006-01-02T15:04Z")] = m.Sure
	}
	for _, f := range r.Factors {
		out["factor"][fmt.Sprint(f.Line, " ", f.Role)] = f.Sure
	}
	for _, a := range r.Actions {
		row := fmt.Sprint(a.Line, " ", a.State)
		if a.Owner != "" {
			row += " owner=" + strings.ReplaceAll(a.Owner, " ", "_")
		}
		if !a.Due.IsZero() {
			row += " due=" + a.Due.Format(time.DateOnly)
		}
		if a.URL != "" {
			row += " link"
		}
		out["action"][row] = a.Sure
	}
	for _, i := range r.Impacts {
		out["impact"][fmt.Sprint(i.Line, " ", i.Kind)] = i.Sure
	}
	return out
}

// count is how often what was proposed is right.
type count struct{ documents, truth, proposed, right, sure, sureRight int }

func share(n, of int) string {
	if of == 0 {
		return "    -"
	}
	return fmt.Sprintf("%5.3f", float64(n)/float64(of))
}

// TestTruth reads documents of five organisations that a person has read, too, and tells how far the two agree, for those that the rules were
// written with and for those that were held out. A row is right when it is of the same line, or milestone, and says the same; of an action item
// state, owner, due day and whether it has a link have to be right, too. With -v it prints each difference.
func TestTruth(t *testing.T) {
	files, _ := filepath.Glob("testdata/truth/*.truth")
	if len(files) < 39 {
		t.Fatalf("%d documents have a truth", len(files))
	}
	counts := map[string]map[string]*count{}
	for _, file := range files {
		x := loadTruth(t, file)
		got := told(postmortem.Read(x.text(t), postmortem.Options{Zone: x.given}))
		if counts[x.half] == nil {
			counts[x.half] = map[string]*count{}
			for _, k := range kinds {
				counts[x.half][k] = &count{}
			}
		}
		for _, k := range kinds {
			c := counts[x.half][k]
			c.documents, c.truth, c.proposed = c.documents+1, c.truth+len(x.rows[k]), c.proposed+len(got[k])
			for row, sure := range got[k] {
				right := slices.Contains(x.rows[k], row)
				if sure {
					c.sure++
				}
				if right {
					c.right++
					if sure {
						c.sureRight++
					}
				} else {
					t.Logf("%s: %s %s is not there (sure: %v)", x.name, k, row, sure)
				}
			}
			for _, row := range x.rows[k] {
				if _, found := got[k][row]; !found {
					t.Logf("%s: %s %s was not found", x.name, k, row)
				}
			}
		}
	}
	found := map[string]int{"moment": 90, "milestone": 50, "factor": 90, "action": 95, "impact": 65} // percent, at least
	for _, half := range []string{"development", "held out"} {
		if counts[half] == nil {
			t.Fatalf("no document is of the half %s", half)
		}
		t.Logf("%s, %d documents\n%10s %6s %9s %9s %7s %6s %14s", half, counts[half]["moment"].documents, "", "truth", "proposed", "precision", "recall", "sure", "sure precision")
		for _, k := range kinds {
			c := counts[half][k]
			if c.sure == 0 || c.sureRight*100 < 92*c.sure {
				t.Errorf("%s: of %d that are sure, %d of kind %s are right", half, c.sure, c.sureRight, k)
			}
			if c.right*100 < found[k]*c.truth {
				t.Errorf("%s: of %d of kind %s, %d were found", half, c.truth, k, c.right)
			}
			t.Logf("%10s %6d %9d %9s %7s %6d %14s", k, c.truth, c.proposed, share(c.right, c.proposed), share(c.right, c.truth), c.sure, share(c.sureRight, c.sure))
		}
	}
}

// TestSets tells what is found in each set of documents.
func TestSets(t *testing.T) {
	london, _ := time.LoadLocation("Europe/London")
	for _, set := range []struct {
		name, glob string
		zone       *time.Location
	}{{"mybinder.org", samples + "mybinder/*.md", nil}, {"2i2c", samples + "2i2c/*.md", nil}, {"Ministry of Justice", samples + "moj-incidents/*.md", london},
		{"DFDS", "testdata/dfds/*.md", nil}, {"Kubernetes", "testdata/kubernetes/*.md", nil}} {
		files, _ := filepath.Glob(set.glob)
		n := map[string]int{}
		for _, file := range files {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := postmortem.Read(string(body), postmortem.Options{Zone: set.zone})
			if len(r.Moments) > 0 {
				n["timelines"]++
			}
			n["moments"] += len(r.Moments)
			n["milestones"] += len(r.Milestones)
			n["factors"] += len(r.Factors)
			n["actions"] += len(r.Actions)
			for _, u := range r.Unread {
				n["unread"] += len(u.Lines)
			}
		}
		t.Logf("%s: %d documents, %d with a timeline; %d moments, %d milestones, %d factors, %d actions; %d lines not read", set.name, len(files), n["timelines"], n["moments"], n["milestones"], n["factors"], n["actions"], n["unread"])
		if len(files) == 0 || n["moments"] == 0 || n["actions"] == 0 {
			t.Errorf("%s: nothing was found", set.name)
		}
	}
}
