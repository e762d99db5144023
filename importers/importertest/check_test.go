package importertest

import (
	"reflect"
	"testing"
)

func TestFollows(t *testing.T) {
	all := []int{1, 2, 3, 4}
	for _, tc := range []struct {
		name      string
		got, want []int
		ok        bool
	}{
		{"the same", []int{3, 4}, []int{3, 4}, true},
		{"with an overlap", []int{2, 3, 4}, []int{3, 4}, true},
		{"nothing left", nil, nil, true},
		{"one lost", []int{4}, []int{3, 4}, false},
		{"one changed", []int{3, 5}, []int{3, 4}, false},
		{"one invented", []int{9, 3, 4}, []int{3, 4}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := follows(tc.got, tc.want, all); got != tc.ok {
				t.Errorf("follows(%v, %v) = %v, want %v", tc.got, tc.want, got, tc.ok)
			}
		})
	}
}

func TestPruneAndLayOut(t *testing.T) {
	tree := map[string]any{"a": "", "b": 0.0, "c": []any{map[string]any{"at": "0001-01-01T00:00:00Z"}, nil}, "d": "<x>", "e": false}
	want := map[string]any{"c": []any{nil, nil}, "d": "<x>"}
	got := prune(tree)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("prune = %v, want %v: places in lists are kept", got, want)
	}
	if text := string(layOut(t, got, "")); text != `{"c":[null,null],"d":"<x>"}` {
		t.Errorf("layOut = %s", text)
	}
}
