package importers

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestAllParts(t *testing.T) {
	asked := 0
	list := func(next func(token string) string) (string, error) {
		asked = 0
		all, err := AllParts(func(token string) ([]json.RawMessage, string, error) {
			asked++
			return []json.RawMessage{json.RawMessage(`"` + token + `"`)}, next(token), nil
		})
		text, _ := json.Marshal(all)
		return string(text), err
	}
	if got, err := list(func(token string) string { return map[string]string{"": "b", "b": "c"}[token] }); got != `["","b","c"]` || err != nil {
		t.Errorf("three pages gave %s, %v", got, err)
	}
	if _, err := list(func(string) string { return "b" }); !errors.Is(err, ErrStuck) || asked != 2 {
		t.Errorf("a page that leads to itself gave %v after %d requests, want ErrStuck after 2", err, asked)
	}
	if _, err := list(func(token string) string { return token + "x" }); !errors.Is(err, ErrStuck) || asked != maxParts {
		t.Errorf("a list without an end gave %v after %d requests, want ErrStuck after %d", err, asked, maxParts)
	}
}

func TestIncluded(t *testing.T) {
	var list []json.RawMessage
	for _, id := range []string{"1", "2", "3"} {
		list = append(list, json.RawMessage(fmt.Sprintf(`{"type":"users","id":%q}`, id)))
	}
	relation := func(data string) Relation { return Relation{Data: json.RawMessage(data)} }
	got := IncludedIn(list).Of(relation(`{"type":"users","id":"3"}`), relation(`null`), relation(`7`), Relation{}, relation(`[{"type":"users","id":"1"},{"type":"users","id":"9"},{"type":"teams","id":"2"},{"type":"users","id":"3"}]`))
	if text, _ := json.Marshal(got); string(text) != `[{"type":"users","id":"3"},{"type":"users","id":"1"}]` {
		t.Errorf("the relations lead to %s, want users 3 and 1, each once", text)
	}
}

func TestLenient(t *testing.T) {
	v := Decode[struct{ Name, Number string }](json.RawMessage(`{"name":"x","number":7}`))
	if v.Name != "x" || v.Number != "" {
		t.Errorf("a number for a text gave %+v, want it missing, and the name", v)
	}
	if at := ISO("tomorrow"); !at.IsZero() {
		t.Errorf("no time was read as %v", at)
	}
	var d Draft
	if at := d.ISO("due", "tomorrow"); !at.IsZero() || len(d.Warnings) != 1 || d.Warnings[0].Field != "due" || !strings.Contains(d.Warnings[0].Message, "is not a time") {
		t.Errorf("no time was read as %v with the warnings %+v, want one", at, d.Warnings)
	}
}

func TestPagesThatAreTheSame(t *testing.T) {
	asked := 0
	_, err := AllParts(func(string) ([]json.RawMessage, string, error) {
		asked++
		return []json.RawMessage{json.RawMessage(`{"id":7}`)}, fmt.Sprint(asked), nil
	})
	if !errors.Is(err, ErrStuck) || asked != 2 {
		t.Errorf("a server that does not look at the number of the page gave %v after %d requests, want ErrStuck after 2", err, asked)
	}
}
