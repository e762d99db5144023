package incident

import "testing"

func erasing(t *testing.T, names ...string) *Eraser {
	t.Helper()
	var list []ErasedName
	for _, n := range names {
		hash, words, ok := HashName("salt", n)
		if !ok {
			t.Fatalf("HashName(%q) is nothing", n)
		}
		list = append(list, ErasedName{Hash: hash, Words: words, Pseudonym: "[erased]"})
	}
	return NewEraser("salt", list)
}

// TestErase: whole words, in any case and however they are joined, and nothing else.
func TestErase(t *testing.T) {
	e := erasing(t, "Jane Döe", "jdoe", "jane.doe@example.com")
	for text, want := range map[string]string{
		"Paged Jane Döe, who answered": "Paged [erased], who answered",
		"JANE  DÖE":                    "[erased]",
		"mailto:Jane.Doe@example.com>": "mailto:[erased]>",
		"@jdoe: done":                  "@[erased]: done",
		"jdoes and ajdoe stay":         "jdoes and ajdoe stay",
		"Jane is not enough":           "Jane is not enough",
		"Jane and then Döe":            "Jane and then Döe",
		"jane_döe/jdoe":                "[erased]/[erased]",
		"":                             "",
	} {
		if got := e.Text(text); got != want {
			t.Errorf("Text(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestEraseBody: in JSON nothing but the text changes, however it is escaped.
func TestEraseBody(t *testing.T) {
	e := erasing(t, "Jane Döe")
	for body, want := range map[string]string{
		`{"a" : "Jane D\u00f6e", "n": 1.50, "b":["x\"y"]}`: `{"a" : "[erased]", "n": 1.50, "b":["x\"y"]}`,
		`{"Jane Döe":{"x":null}}`:                          `{"[erased]":{"x":null}}`,
		`{"raw":"{\"by\":\"Jane D\\u00f6e\"}"}`:            `{"raw":"{\"by\":\"[erased]\"}"}`,
		`number,by` + "\n1,Jane Döe":                       "number,by\n1,[erased]",
		`{"broken": "Jane Döe"`:                            `{"broken": "[erased]"`,
		`"\\"`:                                             `"\\"`,
	} {
		if got := string(e.Body([]byte(body))); got != want {
			t.Errorf("Body(%s) = %s, want %s", body, got, want)
		}
	}
	if got := string((*Eraser)(nil).Body([]byte("Jane Döe"))); got != "Jane Döe" {
		t.Errorf("without names Body changed %s", got)
	}
}
