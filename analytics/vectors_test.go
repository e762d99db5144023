package analytics_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

// vector is one call of a function with the result that other programs computed.
type vector struct {
	ID, Fn   string
	Input    json.RawMessage
	Expected map[string]any
	Tol      struct{ Rel, Abs float64 }
}

// result is what a function gives, under the names that the vectors use. NaN and infinities stand for null.
type result map[string]any

// TestVectors holds the formulas against values computed elsewhere: every JSON file of testdata/vectors, or of the folder that
// HINDSIGHT_VECTORS names. It fails on a function that does not exist here.
func TestVectors(t *testing.T) {
	dir := os.Getenv("HINDSIGHT_VECTORS")
	if dir == "" {
		dir = filepath.Join("testdata", "vectors")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors in %s (%v)", dir, err)
	}
	fns, done, missing := allFunctions(), 0, map[string]int{}
	for _, file := range files {
		for _, v := range readVectors(t, file) {
			fn, ok := fns[v.Fn]
			if !ok {
				missing[v.Fn]++
				continue
			}
			done++
			t.Run(v.Fn+"/"+v.ID, func(t *testing.T) { check(t, v, fn) })
		}
	}
	t.Logf("%d vectors checked", done)
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		t.Errorf("there is no function %s, which %d vectors are about", name, missing[name])
	}
}

// allFunctions maps the names of the vectors to the code here, topic by topic.
func allFunctions() map[string]func(json.RawMessage) (result, error) {
	all := functions()
	for _, topic := range []map[string]func(json.RawMessage) (result, error){calendarFunctions(), countFunctions(), budgetFunctions(), trendFunctions(), fitFunctions(), workFunctions()} {
		maps.Copy(all, topic)
	}
	return all
}

func readVectors(t *testing.T, file string) []vector {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var content struct{ Vectors []vector }
	if err := json.Unmarshal(data, &content); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return content.Vectors
}

func check(t *testing.T, v vector, fn func(json.RawMessage) (result, error)) {
	t.Helper()
	got, err := fn(v.Input)
	if err != nil {
		t.Fatalf("%s: %v", v.Fn, err)
	}
	for name, want := range v.Expected {
		value, ok := got[name]
		if !ok {
			t.Errorf("%s gives no %q, want %v", v.Fn, name, want)
			continue
		}
		for _, diff := range differences(name, value, want, v.Tol.Rel, v.Tol.Abs) {
			t.Errorf("%s: %s", v.Fn, diff)
		}
	}
}

// differences compares a Go value with decoded JSON: numbers within abs + rel·|want|, all else exactly.
func differences(name string, got, want any, rel, abs float64) []string {
	differ := []string{fmt.Sprintf("%s = %v, want %v", name, got, want)}
	switch want := want.(type) {
	case nil:
		if x, ok := float(got); ok && !math.IsNaN(x) && !math.IsInf(x, 0) {
			return differ
		}
		return nil
	case float64:
		x, ok := float(got)
		if ok && math.Abs(x-want) <= abs+rel*math.Abs(want) {
			return nil
		}
		return differ
	case []any:
		list := reflect.ValueOf(got)
		if !list.IsValid() || list.Kind() != reflect.Slice && list.Kind() != reflect.Array || list.Len() != len(want) {
			return differ
		}
		var out []string
		for i := range want {
			out = append(out, differences(fmt.Sprintf("%s[%d]", name, i+1), list.Index(i).Interface(), want[i], rel, abs)...)
		}
		return out
	case map[string]any:
		fields, ok := got.(result)
		if !ok {
			return differ
		}
		var out []string
		for key := range want {
			out = append(out, differences(name+"."+key, fields[key], want[key], rel, abs)...)
		}
		return out
	}
	if got == want {
		return nil
	}
	return differ
}

func float(x any) (float64, bool) {
	v := reflect.ValueOf(x)
	switch {
	case !v.IsValid():
		return 0, false
	case v.Kind() == reflect.Pointer && !v.IsNil():
		return float(v.Elem().Interface())
	case v.CanFloat():
		return v.Float(), true
	case v.CanInt():
		return float64(v.Int()), true
	}
	return 0, false
}

// on makes a function of the vectors from a Go function of its input.
func on[T any](f func(T) result) func(json.RawMessage) (result, error) {
	return func(input json.RawMessage) (result, error) {
		var in T
		if err := json.Unmarshal(input, &in); err != nil {
			return nil, fmt.Errorf("input: %w", err)
		}
		return f(in), nil
	}
}
