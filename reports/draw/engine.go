// Package draw turns a reports.Chart into a picture on the server, without a browser: Apache ECharts runs
// in a JavaScript engine written in Go and gives SVG; PNG and PDF are painted from that SVG. It lays a whole reports.Document
// out on pages of a PDF, too. The same chart, size and theme give the same bytes, and so does the same document. What a chart
// looks like is package echarts' business. Start with Engine.
package draw

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"fmt"
	"io"
	"sync"
	"time"

	"modernc.org/quickjs"

	"hindsight/reports/echarts"
)

var (
	//go:embed echarts/echarts.min.js.gz
	library []byte
	//go:embed prelude.js
	prelude string
	//go:embed render.js
	bootstrap string
)

const (
	machines    = 2                // charts drawn at once
	memoryLimit = 192 << 20        // bytes per machine
	timeLimit   = 20 * time.Second // a chart takes a twentieth of a second, a hundred times that on a machine that is very busy
)

// Engine draws charts. It costs nothing until its first chart, which takes about a third of a second
// longer than the others. It is safe for concurrent use; two charts are drawn at a time, the rest wait.
type Engine struct {
	fonts *fonts
	code  func() ([][]byte, error) // the scripts, compiled once
	free  chan *quickjs.VM         // nil: still to be made
}

// New returns an engine. Close frees what it holds.
func New() (*Engine, error) {
	f, err := loadFonts()
	if err != nil {
		return nil, fmt.Errorf("draw: fonts: %w", err)
	}
	e := &Engine{fonts: f, code: sync.OnceValues(compile), free: make(chan *quickjs.VM, machines)}
	for range machines {
		e.free <- nil
	}
	return e, nil
}

// Close waits for the charts that are being drawn and frees the memory. The engine cannot be used again.
func (e *Engine) Close() error {
	var first error
	for range machines {
		if vm := <-e.free; vm != nil {
			if err := vm.Close(); err != nil && first == nil {
				first = fmt.Errorf("draw: close: %w", err)
			}
		}
	}
	return first
}

// plot runs ECharts over an option and returns its SVG as it comes.
func (e *Engine) plot(ctx context.Context, option []byte, size Size) (svg string, err error) {
	var vm *quickjs.VM
	select {
	case vm = <-e.free:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { e.free <- vm }()
	if vm == nil {
		if vm, err = e.machine(); err != nil {
			return "", err
		}
	}
	got, err := vm.Call("render", string(option), size.Width, size.Height)
	if err != nil { // what state it is in is unknown: the next chart gets a new one
		vm.Close()
		vm = nil
		return "", err
	}
	svg, ok := got.(string)
	if !ok {
		return "", fmt.Errorf("the engine returned %T instead of text", got)
	}
	return svg, nil
}

// machine makes an engine with everything loaded.
func (e *Engine) machine() (*quickjs.VM, error) {
	code, err := e.code()
	if err != nil {
		return nil, err
	}
	vm, err := quickjs.NewVM()
	if err != nil {
		return nil, err
	}
	if err := e.load(vm, code); err != nil {
		vm.Close()
		return nil, err
	}
	return vm, nil
}

func (e *Engine) load(vm *quickjs.VM, code [][]byte) error {
	vm.SetMemoryLimit(memoryLimit)
	if err := vm.RegisterFunc("measure", e.fonts.measure, false); err != nil {
		return err
	}
	for _, script := range code {
		if _, err := vm.EvalBytecode(script); err != nil {
			return err
		}
	}
	return vm.SetEvalTimeout(timeLimit)
}

// compile turns the scripts into the engine's bytecode, in the order in which they run.
func compile() ([][]byte, error) {
	zipped, err := gzip.NewReader(bytes.NewReader(library))
	if err != nil {
		return nil, fmt.Errorf("echarts.min.js.gz: %w", err)
	}
	source, err := io.ReadAll(zipped)
	if err != nil {
		return nil, fmt.Errorf("echarts.min.js.gz: %w", err)
	}
	vm, err := quickjs.NewVM()
	if err != nil {
		return nil, err
	}
	defer vm.Close()
	var code [][]byte
	for _, script := range []string{prelude, string(source), echarts.Kit(), bootstrap} {
		compiled, err := vm.Compile(script, quickjs.EvalGlobal)
		if err != nil {
			return nil, err
		}
		code = append(code, compiled)
	}
	return code, nil
}
