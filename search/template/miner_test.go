package template

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// cities are made-up values that no mask knows.
var cities = []string{"lisbon", "oslo", "quito", "accra", "hanoi", "perth", "malmo", "turin", "cusco", "davao", "gdansk", "izmir"}

func TestMinerMakesAWordVariable(t *testing.T) {
	for _, tc := range []struct {
		name, before, after, want string
		values                    int // that are needed
		first                     []string
	}{
		{"anywhere", "Replica ", " is far behind the primary", "Replica <*> is far behind the primary", 8, nil},
		{"behind a preposition", "Replica in ", " is far behind the primary", "Replica in <*> is far behind the primary", 6, nil},
		{"names with dots", "Replica in org.", " is far behind the primary", "Replica in <*> is far behind the primary", 4, nil},
		{"where a number stood", "Replica in ", " is far behind the primary", "Replica in <*> is far behind the primary", 3,
			[]string{"Replica in 7 is far behind the primary"}},
		{"beside three words", "Replica ", " is behind", "Replica <*> is behind", 11, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := NewMiner(DefaultLimit)
			var ids []ID
			for _, l := range tc.first {
				ids = append(ids, m.Add(l))
			}
			for i, city := range cities[:tc.values] {
				if got := len(m.All()); got != i+len(tc.first) {
					t.Fatalf("after %d values there are %d templates, want each apart", i, got)
				}
				ids = append(ids, m.Add(tc.before+city+tc.after))
			}
			all := m.All()
			if len(all) != 1 || all[0].Text != tc.want || all[0].Count != len(ids) {
				t.Fatalf("after %d values All = %+v, want one template with %d lines", tc.values, all, len(ids))
			}
			for i, id := range ids {
				if got := m.Resolve(id); got != all[0].ID {
					t.Errorf("Resolve of id %d = %v, want %v", i, got, all[0].ID)
				}
			}
			if got := m.Add(tc.before + "atlantis" + tc.after); got != all[0].ID {
				t.Errorf("Add of another value = %v, want %v", got, all[0].ID)
			}
		})
	}
}

func TestMinerKeepsEventsApart(t *testing.T) {
	for _, tc := range []struct {
		name  string
		lines []string
	}{
		{"states of a machine", []string{"[vm 1] VM Resumed (Lifecycle Event)", "[vm 1] VM Started (Lifecycle Event)",
			"[vm 1] VM Paused (Lifecycle Event)", "[vm 1] VM Stopped (Lifecycle Event)", "[vm 1] VM Deleted (Lifecycle Event)"}},
		{"up and down", []string{"Link on port 7 of switch a is up", "Link on port 7 of switch a is down"}},
		{"short alerts", []string{"Backup failed", "Login failed", "Import failed", "Export failed", "Payment failed", "Deploy failed",
			"Build failed", "Probe failed", "Sync failed", "Upload failed", "Refund failed", "Scan failed", "Restore failed", "Renewal failed",
			"Update failed", "Mail failed", "Push failed"}},
		{"states behind a preposition", []string{"Pump in cellar changed to started", "Pump in cellar changed to stopped", "Pump in cellar changed to paused",
			"Pump in cellar changed to blocked", "Pump in cellar changed to failed", "Pump in cellar changed to draining", "Pump in cellar changed to 7"}},
		{"states in records", []string{"check=ping host=a1 state=up", "check=ping host=a2 state=down"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := NewMiner(DefaultLimit)
			for range 3 {
				for _, l := range tc.lines {
					m.Add(l)
				}
			}
			if got := len(m.All()); got != len(tc.lines) {
				t.Errorf("%d events became %d templates: %+v", len(tc.lines), got, m.All())
			}
		})
	}
}

func TestMinerMergesRecords(t *testing.T) {
	m := NewMiner(DefaultLimit)
	for i := range 16 {
		m.Add(fmt.Sprintf("acquire lock=%d, tag=%s, owner=%s, flags=0x1", i, cities[i%4], cities[4+i/4]))
	}
	if all := m.All(); len(all) != 1 || all[0].Text != "acquire lock=<num>, tag=<*>, owner=<*>, flags=<hex>" || all[0].Count != 16 {
		t.Errorf("16 combinations of 4 tags and 4 owners = %+v, want one template", all)
	}
}

func TestMinerMergesTwoPlaces(t *testing.T) {
	m := NewMiner(DefaultLimit)
	for _, from := range cities {
		for _, to := range cities {
			m.Add("Copied all files from " + from + " over to " + to)
		}
	}
	if all := m.All(); len(all) != 1 || all[0].Text != "Copied all files from <*> over to <*>" || all[0].Count != 144 {
		t.Errorf("All = %+v, want one template with two variables", all)
	}
}

// lines are 600 made-up lines of five templates, two of which need a merger.
func lines() []string {
	var out []string
	for i := range 120 {
		out = append(out, fmt.Sprintf("Replica in %s is far behind the primary", cities[i%len(cities)]),
			fmt.Sprintf("Customers in %s cannot open the shop", cities[i%len(cities)]),
			fmt.Sprintf("session %x closed by 203.0.113.%d", i*77777, i), "Disk is nearly full", fmt.Sprintf("took %d ms", i))
	}
	return out
}

func TestMinerIsTheSameInAnyOrder(t *testing.T) {
	want := NewMiner(DefaultLimit)
	for _, l := range lines() {
		want.Add(l)
	}
	for seed := range uint64(5) {
		shuffled := lines()
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		m := NewMiner(DefaultLimit)
		for _, l := range shuffled {
			m.Add(l)
		}
		if got := m.All(); !slices.Equal(got, want.All()) {
			t.Errorf("order %d gives %+v, want %+v", seed, got, want.All())
		}
	}
}

func TestMinerRemove(t *testing.T) {
	m := NewMiner(DefaultLimit)
	var ids []ID
	for _, city := range cities {
		ids = append(ids, m.Add("Replica in "+city+" is far behind the primary"))
	}
	for _, id := range ids[1:] {
		m.Remove(id)
	}
	if got, ok := m.Get(ids[0]); !ok || got.Count != 1 {
		t.Fatalf("Get after 11 of 12 lines were removed = %+v, %v, want one line", got, ok)
	}
	m.Remove(ids[0])
	if got, ok := m.Get(ids[0]); ok || len(m.All()) != 0 || len(m.families)+len(m.aliases)+len(m.wilds[8]) != 0 {
		t.Errorf("after all lines were removed Get = %+v, and %d templates, %d families, %d aliases are left", got, len(m.All()), len(m.families), len(m.aliases))
	}
	m.Remove(ids[0]) // is nothing
}

func TestMinerForgetsTheOldest(t *testing.T) {
	m := NewMiner(16)
	kept := m.Add("The event that always comes back")
	for i := range 200 {
		m.Add(fmt.Sprintf("event %c%c happened", 'a'+i%26, 'a'+i/26))
		m.Add("The event that always comes back")
	}
	if got := len(m.All()); got > 16 {
		t.Errorf("a miner of 16 keeps %d templates", got)
	}
	if got, ok := m.Get(kept); !ok || got.Count != 201 {
		t.Errorf("Get of the frequent event = %+v, %v, want 201 lines", got, ok)
	}
}

func TestMinerFind(t *testing.T) {
	m := NewMiner(DefaultLimit)
	want := m.Add("took 12 ms")
	if got, ok := m.Find("took 99 ms"); !ok || got != want {
		t.Errorf("Find = %v, %v, want %v", got, ok, want)
	}
	if got, ok := m.Find("never seen"); ok || len(m.All()) != 1 {
		t.Errorf("Find of an unknown line = %v, %v; it must not add one", got, ok)
	}
	if got := m.Add(" \t"); got != 0 {
		t.Errorf("Add of an empty line = %v, want none", got)
	}
	if got, want := want.String(), (ID(0)).String(); got == want || len(got) != 24 {
		t.Errorf("String = %q", got)
	}
}

func TestMinerServesReadersWhileItLearns(t *testing.T) {
	m := NewMiner(DefaultLimit)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, l := range lines() {
				if id, ok := m.Find(l); ok {
					m.Get(m.Resolve(id))
				}
			}
			m.All()
		})
	}
	for _, l := range lines() {
		m.Add(l)
	}
	wg.Wait()
	if got := len(m.All()); got != 5 {
		t.Errorf("%d templates, want 5", got)
	}
}
