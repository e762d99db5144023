package alertmanagertest

import (
	"net/http"
	"regexp"
	"strconv"
)

// Firing is a firing in Prometheus: samples from From to To, both included, each 15 s. Times are seconds after Start; samples
// are 389 ms behind them, as rules are not evaluated on the second.
type Firing struct {
	Alert    string
	From, To int64
}

// each yields the times of the firing's samples, in seconds since 1970.
func (f Firing) each(yield func(float64) bool) {
	for t := f.From; t <= f.To; t += 15 {
		if !yield(float64(Start+t) + 0.389) {
			return
		}
	}
}

// success answers with the result of a query.
func success(w http.ResponseWriter, kind string, result []any) {
	answer(w, map[string]any{"status": "success", "data": map[string]any{"resultType": kind, "result": result}})
}

// days answers as a range query at steps of a day does that counts samples.
func (s *Server) days(w http.ResponseWriter) {
	result := []any{}
	if len(s.Firings) > 0 {
		result = append(result, map[string]any{"metric": map[string]any{}, "values": []any{[]any{Start + 24*Hour, "1"}}})
	}
	success(w, "matrix", result)
}

// ranged matches queries for all firings; what else is asked of their labels is not looked at.
var ranged = regexp.MustCompile(`^(sum\(count_over_time\()?ALERTS\{alertstate="firing"[^}]*\}\[(\d+)ms\]`)

// query answers with the samples in [time-range, time], as Prometheus 2 does, or with their number.
func (s *Server) query(w http.ResponseWriter, query, at string) {
	g := ranged.FindStringSubmatch(query)
	if g == nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		answer(w, map[string]any{"status": "error", "errorType": "execution", "error": "made up here are ALERTS alone"})
		return
	}
	to, _ := strconv.ParseFloat(at, 64)
	width, _ := strconv.ParseFloat(g[2], 64)
	counts := g[1] != ""
	order, values, count := s.samples(to-width/1000, to)
	result := []any{}
	switch {
	case counts && count > 0:
		result = append(result, map[string]any{"metric": map[string]any{}, "value": []any{to, strconv.Itoa(count)}})
	case !counts:
		for _, alert := range order {
			result = append(result, map[string]any{"values": values[alert],
				"metric": map[string]any{"__name__": "ALERTS", "alertstate": "firing", "alertname": alert, "service": "checkout", "severity": "critical"}})
		}
	}
	success(w, map[bool]string{true: "vector", false: "matrix"}[counts], result)
}

// samples returns the samples in [from, to] by alert, the alerts in order, and how many samples there are.
func (s *Server) samples(from, to float64) (order []string, values map[string][]any, count int) {
	values = map[string][]any{}
	for _, f := range s.Firings {
		for at := range f.each {
			if at < from || at > to {
				continue
			}
			if values[f.Alert] == nil {
				order = append(order, f.Alert)
			}
			values[f.Alert] = append(values[f.Alert], []any{at, "1"})
			count++
		}
	}
	return order, values, count
}
