package template

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// benchLines are made-up lines of four shapes.
func benchLines(n int) []string {
	out := make([]string, n)
	for i := range out {
		switch i % 4 {
		case 0:
			out[i] = fmt.Sprintf("2024-05-01T10:32:%02d.123Z worker-%d copied blk_%d to 203.0.113.%d:50010 in %d ms", i%60, i%97, 3886504906413966+i, i%250, i%5000)
		case 1:
			out[i] = fmt.Sprintf("GET /v2/%032x/servers/detail HTTP/1.1 status: 200 len: %d time: 0.%d", i, i%9000, i)
		case 2:
			out[i] = fmt.Sprintf("[FIRING:%d] High error rate on %s in eu-west-%d (p99 %d ms > 800 ms)", i%5, cities[i%len(cities)], i%3, i%3000)
		case 3:
			out[i] = fmt.Sprintf("session opened for user u%d by (uid=%d); tty=ssh rhost=web-%d.example.com", i%50, i%1000, i%200)
		}
	}
	return out
}

func BenchmarkMask(b *testing.B) {
	ls := benchLines(4000)
	for i := 0; b.Loop(); i++ {
		Mask(ls[i%len(ls)])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

func BenchmarkAdd(b *testing.B) {
	ls := benchLines(4000)
	m := NewMiner(DefaultLimit)
	for i := 0; b.Loop(); i++ {
		m.Add(ls[i%len(ls)])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

// BenchmarkAddNew adds lines none of which is like another one: the worst case.
func BenchmarkAddNew(b *testing.B) {
	m := NewMiner(DefaultLimit)
	for i := 0; b.Loop(); i++ {
		m.Add(unlike(i))
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

// BenchmarkMemory reports what a template takes that has twelve words and nothing in common with others.
func BenchmarkMemory(b *testing.B) {
	const n = 20_000
	for b.Loop() {
		before := heap()
		m := NewMiner(DefaultLimit)
		for i := range n {
			m.Add(unlike(i))
		}
		b.ReportMetric(float64(heap()-before)/n, "bytes/template")
		runtime.KeepAlive(m)
	}
}

// unlike makes a line of twelve words of its own.
func unlike(i int) string {
	var words []string
	for j := range 12 {
		words = append(words, spell(uint64(i)*12+uint64(j)))
	}
	return strings.Join(words, " ")
}

// spell writes a number in letters.
func spell(n uint64) string {
	var b []byte
	for range 7 {
		b = append(b, 'a'+byte(n%26))
		n /= 26
	}
	return string(b)
}

func heap() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}
