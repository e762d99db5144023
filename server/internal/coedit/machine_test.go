package coedit_test

import (
	"encoding/json"
	"os"
	"testing"

	"modernc.org/quickjs"
)

// machine runs the editor's own code.
type machine struct {
	*testing.T
	vm *quickjs.VM
}

func newMachine(t *testing.T) machine {
	t.Helper()
	vm, err := quickjs.NewVM()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { vm.Close() })
	for _, name := range []string{"testdata/codemirror.js", "testdata/clients.js"} {
		script, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := vm.Eval(string(script), quickjs.EvalGlobal); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return machine{t, vm}
}

// call calls a function of clients.js.
func (m machine) call(name string, args ...any) any {
	m.Helper()
	got, err := m.vm.Call(name, args...)
	if err != nil {
		m.Fatalf("%s(%.300v): %v", name, args, err)
	}
	return got
}

// ask calls a function that answers in JSON.
func (m machine) ask(into any, name string, args ...any) {
	m.Helper()
	if err := json.Unmarshal([]byte(m.call(name, args...).(string)), into); err != nil {
		m.Fatal(err)
	}
}

// number calls a function that answers with a whole number.
func (m machine) number(name string, args ...any) int {
	m.Helper()
	switch n := m.call(name, args...).(type) {
	case int:
		return n
	case int64:
		return int(n)
	case float64:
		return int(n)
	default:
		m.Fatalf("%s(%v) = %T", name, args, n)
		return 0
	}
}
