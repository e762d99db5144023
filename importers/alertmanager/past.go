package alertmanager

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
)

const (
	fewSamples  = 1000    // in a stretch: fewer double it
	mostSamples = 400_000 // of ALERTS in one answer, some 10 MB; more halve the stretch
	firstWidth  = 6 * time.Hour
	mostWidth   = 7 * 24 * time.Hour
	leastWidth  = time.Minute
	settled     = 20 * time.Second         // behind now: Prometheus has stored what happened before
	before      = 5 * time.Minute          // a border: enough for an evaluation
	farthest    = 5 * 366 * 24 * time.Hour // how far back Prometheus is asked for its first alert
)

// firing is one run of samples of ALERTS, that is one firing of an alert.
type firing struct {
	Labels   map[string]string `json:"labels"`
	StartsAt int64             `json:"startsAt"` // first sample; all times are milliseconds since 1970
	LastSeen int64             `json:"lastSeen"`
	Step     int64             `json:"step,omitempty"`   // between two evaluations; 0: there was one sample alone
	EndsAt   int64             `json:"endsAt,omitempty"` // the first evaluation that did not find it; 0: it fires
}

// later returns what is known later of the same firing.
func later(a, b *firing) *firing {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	if cmp.Or(cmp.Compare(a.LastSeen, b.LastSeen), cmp.Compare(a.EndsAt, b.EndsAt), cmp.Compare(a.Step, b.Step), cmp.Compare(len(a.Labels), len(b.Labels))) > 0 {
		return a
	}
	return b
}

// past is how far ALERTS was read, and what was firing there. What fires already at From began before: it is followed,
// but nobody can say since when, so it is not told.
type past struct {
	From  time.Time          `json:"from,omitzero"`
	To    time.Time          `json:"to,omitzero"`
	Width time.Duration      `json:"width,omitempty"`
	Open  map[string]*firing `json:"open,omitempty"` // by fingerprint
}

// read reads the samples of one stretch. They are asked for as they were stored, not at the steps of a range
// query, because the first one has the very time that Alertmanager is told as startsAt.
func (p *past) read(ctx context.Context, in importers.Input, at importers.At) (s importers.Slice, last bool, err error) {
	if p.To.IsZero() {
		if err = p.begin(ctx, in); err != nil {
			return s, false, err
		}
	}
	end := in.Client.Now().Add(-settled).Truncate(time.Second)
	if !at.To.IsZero() && at.To.Before(end) {
		end = at.To
	}
	if p.To.IsZero() || !p.To.Before(end) {
		return s, true, nil
	}
	to, samples, err := p.stretch(ctx, in, end)
	if err != nil {
		return s, false, err
	}
	var series []series
	if samples > 0 {
		if series, err = query(ctx, in, to, fmt.Sprintf("%s[%dms]", selector(in.Config), to.Sub(p.To).Milliseconds())); err != nil {
			return s, false, err
		}
	}
	if s.Records, err = p.follow(in.Config, series, to); err != nil {
		return s, false, err
	}
	p.To = to
	s.Held = []string{to.String()} // the same alerts may fire in two stretches
	return s, !to.Before(end), nil
}

// begin sets out from the time that the run asks for, or from the first alert that Prometheus remembers.
func (p *past) begin(ctx context.Context, in importers.Input) (err error) {
	p.Width = firstWidth
	if !in.Since.IsZero() {
		p.From = in.Since.UTC()
		p.To = p.From.Add(-before)
		return nil
	}
	p.To, err = beginning(ctx, in, in.Client.Now())
	return err
}

// stretch returns where the next stretch ends, so that an answer about it is not too large, and about how many
// samples are in it.
func (p *past) stretch(ctx context.Context, in importers.Input, end time.Time) (to time.Time, samples float64, err error) {
	for {
		to = p.To.Add(p.Width)
		if to.After(end) {
			to = end
		}
		counted, err := query(ctx, in, to, fmt.Sprintf("sum(count_over_time(%s[%dms]))", selector(in.Config), to.Sub(p.To).Milliseconds()))
		if err != nil {
			return to, 0, err
		}
		samples = 0
		for _, c := range counted {
			samples += c.Value.number()
		}
		switch {
		case samples > mostSamples && to.Sub(p.To) > leastWidth:
			p.Width = max(to.Sub(p.To)/2, leastWidth)
			continue
		case samples < fewSamples:
			p.Width = min(2*p.Width, mostWidth)
		}
		return to, samples, nil
	}
}

// follow takes samples up to an instant into the firings that are open, and returns those that began, went on or ended.
func (p *past) follow(cfg importers.Config, all []series, to time.Time) ([]importers.Record, error) {
	extra, err := externalLabels(cfg)
	if err != nil {
		return nil, fmt.Errorf("alertmanager: setting external_labels: %w", err)
	}
	var done []importers.Record
	emit := func(id string, f firing) error {
		if f.StartsAt <= p.From.UnixMilli() && !p.From.IsZero() {
			return nil
		}
		if f.EndsAt == 0 { // to the hour, so that each poll does not make another version of what goes on
			f.LastSeen = max(f.StartsAt, f.LastSeen-f.LastSeen%time.Hour.Milliseconds())
		}
		rec, err := recordOf(id, time.UnixMilli(f.StartsAt).UTC(), record{Prometheus: &f}, "ALERTS")
		done = append(done, rec)
		return err
	}
	open := p.Open
	p.Open = map[string]*firing{}
	for _, one := range all {
		labels := labelsOf(one.Metric, extra)
		id := fingerprint(labels)
		f := open[id]
		delete(open, id)
		for _, v := range one.Values {
			at := v.millis()
			if at <= p.To.UnixMilli() { // the border belongs to the stretch before, in old versions of Prometheus
				continue
			}
			if f != nil && f.gap(at, one.Values) {
				f.end()
				if err := emit(id, *f); err != nil {
					return nil, err
				}
				f = nil
			}
			if f == nil {
				f = &firing{Labels: labels, StartsAt: at, LastSeen: at, Step: stepOf(one.Values)}
			}
			f.LastSeen = at
		}
		if f != nil {
			p.Open[id] = f
		}
	}
	maps.Copy(p.Open, open)
	for _, id := range slices.Sorted(maps.Keys(p.Open)) {
		f := p.Open[id]
		if step := cmp.Or(f.Step, time.Minute.Milliseconds()); to.UnixMilli()-f.LastSeen > 2*step {
			f.end()
			delete(p.Open, id)
		}
		if err := emit(id, *f); err != nil {
			return nil, err
		}
	}
	return done, nil
}

// gap reports whether the alert did not fire at some evaluation between the last sample and at.
func (f *firing) gap(at int64, values []sample) bool {
	if f.Step == 0 {
		f.Step = stepOf(values)
	}
	return f.Step > 0 && 2*(at-f.LastSeen) > 3*f.Step
}

// end notes the end: the evaluation behind the last sample.
func (f *firing) end() { f.EndsAt = f.LastSeen + f.Step }

// stepOf returns the smallest distance of two samples, which is the interval of the rule's evaluation; 0 when there
// are not two.
func stepOf(values []sample) int64 {
	least := int64(math.MaxInt64)
	for i := 1; i < len(values); i++ {
		if d := values[i].millis() - values[i-1].millis(); d > 0 {
			least = min(least, d)
		}
	}
	if least == math.MaxInt64 {
		return 0
	}
	return least
}

// beginning returns the day of the first alert that Prometheus remembers, or zero when there is none.
func beginning(ctx context.Context, in importers.Input, now time.Time) (time.Time, error) {
	a, err := in.Client.Get(ctx, prometheus(in.Config)+"/api/v1/query_range", url.Values{
		"query": {fmt.Sprintf("sum(count_over_time(%s[1d]))", selector(in.Config))}, "step": {"86400"},
		"start": {seconds(now.Add(-farthest))}, "end": {seconds(now.Add(24 * time.Hour))}})
	if err != nil {
		return time.Time{}, err
	}
	days, err := read(a)
	if err != nil || len(days) == 0 || len(days[0].Values) == 0 {
		return time.Time{}, err
	}
	return time.UnixMilli(days[0].Values[0].millis()).Add(-24 * time.Hour).UTC(), nil
}

// selector returns the series of the alerts that the connection is about.
func selector(cfg importers.Config) string {
	return "ALERTS{" + strings.Join(append([]string{`alertstate="firing"`}, filters(cfg)...), ",") + "}"
}

// series is one series of an answer of Prometheus, or one value of it.
type series struct {
	Metric map[string]string
	Values []sample
	Value  sample
}

// sample is [seconds since 1970, "value"].
type sample [2]json.RawMessage

// millis returns the time in milliseconds since 1970; 0 when it is none.
func (s sample) millis() int64 {
	x, err := strconv.ParseFloat(string(s[0]), 64)
	if err != nil {
		return 0
	}
	return int64(math.Round(x * 1000))
}

func (s sample) number() float64 {
	x, err := strconv.ParseFloat(strings.Trim(string(s[1]), `"`), 64)
	if err != nil {
		return 0
	}
	return x
}

func query(ctx context.Context, in importers.Input, at time.Time, text string) ([]series, error) {
	a, err := in.Client.Get(ctx, prometheus(in.Config)+"/api/v1/query", url.Values{"query": {text}, "time": {seconds(at)}})
	if err != nil {
		return nil, err
	}
	return read(a)
}

func read(a importers.Answer) ([]series, error) {
	var answer struct {
		Status, Error string
		Data          struct{ Result []series }
	}
	if err := a.JSON(&answer); err != nil {
		return nil, err
	}
	if answer.Status != "success" {
		return nil, fmt.Errorf("alertmanager: Prometheus answered %q: %s", importers.Line(answer.Status), importers.Line(answer.Error))
	}
	return answer.Data.Result, nil
}

func seconds(at time.Time) string {
	return strconv.FormatFloat(float64(at.UnixMilli())/1000, 'f', 3, 64)
}

// externalLabels reads "cluster=eu, replica=a".
func externalLabels(cfg importers.Config) (map[string]string, error) {
	labels := map[string]string{}
	for _, pair := range settings.List(cfg, "external_labels") {
		label, value, found := strings.Cut(pair, "=")
		if label = strings.TrimSpace(label); !found || label == "" {
			return nil, fmt.Errorf("%q is not of the form name=value", pair)
		}
		labels[label] = strings.Trim(strings.TrimSpace(value), `"`)
	}
	return labels, nil
}

// labelsOf returns the alert's labels: those of its series but __name__ and alertstate, and the external ones that it
// does not have itself.
func labelsOf(metric, extra map[string]string) map[string]string {
	labels := maps.Clone(extra)
	for label, value := range metric {
		if label != "__name__" && label != "alertstate" {
			labels[label] = value
		}
	}
	return labels
}

// fingerprint returns what Alertmanager calls an alert with these labels: the 64 bit FNV-1a hash of the sorted names
// and values, each with the byte 255 behind it (https://github.com/prometheus/common/blob/main/model/signature.go).
func fingerprint(labels map[string]string) string {
	h := fnv.New64a()
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		h.Write([]byte(label + "\xff" + labels[label] + "\xff"))
	}
	return fmt.Sprintf("%016x", h.Sum64())
}
