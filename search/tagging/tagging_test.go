package tagging

import (
	"context"
	"fmt"
	"testing"

	"hindsight/search/similar"
)

// taught is a tagger of made-up texts: disks fill, certificates expire, and a cache was changed once.
func taught(t *testing.T, n int) (*similar.Corpus, *Tagger) {
	t.Helper()
	c, err := similar.NewCorpus()
	if err != nil {
		t.Fatal(err)
	}
	var tags [][]string
	for i := range n {
		if i%2 == 0 {
			c.Add(similar.Text{Title: fmt.Sprintf("Disk full on host%d", i), Prose: "Rotation kept too many files and the volume filled up."})
			tags = append(tags, []string{"capacity", "storage"})
		} else {
			c.Add(similar.Text{Title: fmt.Sprintf("Certificate expired on edge%d", i), Prose: "Renewal was not watched and clients refused the certificate."})
			tags = append(tags, []string{"expiry"})
		}
	}
	c.Add(similar.Text{Title: "Checkout slow", Prose: "The settings of the cache were changed by hand."})
	tags = append(tags, []string{"config-change"})
	c.Refresh()
	units := make([]similar.Unit, len(tags))
	for at := range units {
		units[at] = c.Unit(at)
	}
	tagger, err := Teach(context.Background(), units, tags, c.Named)
	if err != nil {
		t.Fatal(err)
	}
	return c, tagger
}

func TestRank(t *testing.T) {
	for _, n := range []int{20, 400} { // by neighbours alone, and with regression
		c, tagger := taught(t, n)
		for _, tc := range []struct {
			title, prose string
			want         string
		}{
			{"Volume filled up", "Log files were not rotated on the disk.", "capacity"},
			{"Clients refuse the certificate", "It expired at night; the renewal had failed.", "expiry"},
			{"Orders fail", "A configuration change was rolled out.", "config-change"}, // by the tag's name alone
		} {
			got := tagger.Rank(c.Unit(c.Add(similar.Text{Title: tc.title, Prose: tc.prose})))
			if len(got) != 4 || got[0].Tag != tc.want {
				t.Errorf("with %d texts, %q is guessed %v, want %s first of 4", n, tc.title, got, tc.want)
			}
		}
		if got := tagger.Frequent(); got[len(got)-1].Tag != "config-change" {
			t.Errorf("Frequent = %v, want the one that stands once last", got)
		}
	}
}

func TestTeachCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Teach(ctx, []similar.Unit{{}}, [][]string{{"x"}}, nil); err == nil {
		t.Error("Teach when canceled = nil, want an error")
	}
}

// TestNothingKnown: a text without a word that was seen is guessed what is most frequent.
func TestNothingKnown(t *testing.T) {
	_, tagger := taught(t, 21)
	if got, want := tagger.Rank(similar.Unit{})[0].Tag, tagger.Frequent()[0].Tag; got != want {
		t.Errorf("a text without words is guessed %s, want %s", got, want)
	}
}
