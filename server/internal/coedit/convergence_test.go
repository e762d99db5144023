package coedit_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"hindsight/server/internal/coedit"
)

// authority decides which update comes next, as docs/writing.md has it.
type authority struct {
	text coedit.Text
	log  []update
}

type update struct {
	Client  string         `json:"client"`
	Changes coedit.Changes `json:"changes"`
}

// push accepts updates as of a version, or none when there is a newer one.
func (a *authority) push(t *testing.T, version int, client, updates string) bool {
	t.Helper()
	if version != len(a.log) {
		return false
	}
	var all []coedit.Changes
	if err := json.Unmarshal([]byte(updates), &all); err != nil {
		t.Fatalf("what the editor sends is refused: %v: %s", err, updates)
	}
	for _, c := range all {
		a.text = apply(t, c, a.text)
		a.log = append(a.log, update{client, c})
	}
	return true
}

// since returns the updates after a version, as they are sent.
func (a *authority) since(t *testing.T, version int) string {
	t.Helper()
	raw, err := json.Marshal(append([]update{}, a.log[version:]...))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestEditorsConverge lets twenty of CodeMirror's editors write one text over an authority that is often behind
// them, loses answers, and does not see some of them for long. In the end all have its text.
func TestEditorsConverge(t *testing.T) {
	const clients, steps = 20, 1000
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			m := newMachine(t)
			r := rand.New(rand.NewPCG(seed, 2))
			a := &authority{text: coedit.TextOf("# What happened\n\nThe 😀 database was slow.\n")}
			away, rejected, lost := make([]int, clients), 0, 0
			m.call("seed", int(seed)+1)
			for i := range clients {
				m.call("open", i, fmt.Sprintf("c%d", i), a.text.String(), 0)
			}
			for range steps {
				i := r.IntN(clients)
				if away[i] > 0 {
					away[i]--
				} else if r.IntN(40) == 0 {
					away[i] = 20
				}
				switch r.IntN(4) {
				case 0:
					m.call("type", i, 1+r.IntN(3))
				case 1:
					if away[i] == 0 {
						m.call("receive", i, a.since(t, m.number("version", i)))
					}
				default:
					if away[i] > 0 || m.number("unsent", i) == 0 {
						continue
					}
					version := m.number("version", i)
					switch accepted := a.push(t, version, fmt.Sprintf("c%d", i), m.call("sendable", i, 50).(string)); {
					case r.IntN(10) == 0: // the answer never comes, whatever it was
						lost++
					default:
						if !accepted {
							rejected++
						}
						m.call("receive", i, a.since(t, version))
					}
				}
			}
			for i := range clients {
				for m.call("receive", i, a.since(t, m.number("version", i))); m.number("unsent", i) > 0; {
					version := m.number("version", i)
					a.push(t, version, fmt.Sprintf("c%d", i), m.call("sendable", i, 100).(string))
					m.call("receive", i, a.since(t, version))
				}
			}
			for i := range clients {
				m.call("receive", i, a.since(t, m.number("version", i)))
				if got, want := m.call("doc", i).(string), a.text.String(); got != want {
					t.Errorf("client %d has\n%q\nwant\n%q", i, got, want)
				}
			}
			if rejected == 0 || lost == 0 || len(a.log) < steps/4 {
				t.Errorf("%d updates, %d pushes rejected, %d answers lost: that tries nothing", len(a.log), rejected, lost)
			}
			t.Logf("%d updates, %d pushes rejected, %d answers lost, %d units in the end", len(a.log), rejected, lost, len(a.text))
		})
	}
}
