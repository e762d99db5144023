package importers

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestByTime(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	at := At{From: noon}
	next := func(token string) ByTime {
		t.Helper()
		p, err := ByTimeOf(At{From: noon, Token: token})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p, _ := ByTimeOf(at)
	p.Take("a", noon.Add(1*time.Second))
	p.Take("b", noon.Add(2*time.Second))
	p.Take("c", noon.Add(2*time.Second))
	p = next(p.Next(at, true, "https://example.com/?page=2", 2))
	if !p.Since.Equal(noon.Add(2*time.Second)) || p.Link != "" {
		t.Errorf("behind a full page the walk goes on at %+v, want two seconds past noon and no link", p)
	}
	if p.Take("b", noon.Add(2*time.Second)) || p.Take("c", noon.Add(2*time.Second)) || !p.Take("d", noon.Add(2*time.Second)) {
		t.Error("of the tied records b and c were read before, d was not")
	}
	p = next(p.Next(at, true, "https://example.com/?page=2", 2))
	if p.Link != "https://example.com/?page=2" || p.Take("d", noon.Add(2*time.Second)) {
		t.Errorf("a full page of one instant is followed by its link; got %+v", p)
	}
	p = next(p.Next(at, false, "", 2))
	if p.Part != 1 || !p.Since.Equal(noon) || len(p.Done) != 0 {
		t.Errorf("the next list begins at %+v", p)
	}
	if token := p.Next(at, false, "", 2); token != "" {
		t.Errorf("behind the last list comes %q", token)
	}
	p = ByTime{Since: noon}
	if p.Take("old", noon.Add(-time.Hour)) || !p.Take("new", noon.Add(time.Hour)) {
		t.Error("of a server that ignores the time, what changed before it was taken, or what changed later was not")
	}
	if p = next(p.Next(at, true, "https://example.com/?page=2", 1)); p.Link != "https://example.com/?page=2" || !p.Since.Equal(noon.Add(time.Hour)) {
		t.Errorf("with such a server the walk goes on at %+v, want the link", p)
	}
	if _, err := ByTimeOf(At{Token: "{"}); err == nil {
		t.Error("a damaged token was read")
	}
	p = ByTime{}
	p.Take("x", noon.Add(time.Hour))
	if token := p.Next(At{To: noon}, true, "", 1); token != "" {
		t.Errorf("behind the end of the time that was asked for comes %q", token)
	}
}

// One list behind the other; what cannot be read is put aside, and what is none of the connection's is left out.
func TestChanged(t *testing.T) {
	pages := map[int]string{0: `[{"id":"a"},{"id":"b"},7]`, 1: `[{"id":"c"}]`}
	c := Changed{Lists: []string{"one", "two"}, Full: 100,
		Ask: func(p ByTime) (Answer, error) { return Answer{Body: []byte(pages[p.Part])}, nil },
		Read: func(list int, entry json.RawMessage) (string, time.Time, Made, error) {
			id := Decode[struct{ ID string }](entry).ID
			if id == "" {
				return "", time.Time{}, nil, errors.New("it has no id")
			}
			return id, noon, func() (Record, bool, error) {
				return Record{ExternalID: fmt.Sprint(list, id)}, id != "b", nil
			}, nil
		}}
	var records, rejects []string
	at := At{From: noon.Add(-time.Hour)}
	for n := 0; n == 0 || at.Token != ""; n++ {
		s, err := c.Page(at)
		if err != nil || n > 2 {
			t.Fatalf("page %d: %v", n, err)
		}
		for _, r := range s.Records {
			records = append(records, r.ExternalID)
		}
		for _, r := range s.Rejects {
			rejects = append(rejects, r.Place+": "+r.Reason+" "+r.Body)
		}
		at.Token = s.Next
	}
	if fmt.Sprint(records, rejects) != "[0a 1c] [one: it has no id 7]" {
		t.Errorf("read %q, put aside %q; want a of the first list and c of the second, and one put aside", records, rejects)
	}
}
