package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// sounding is what reading a source's newest incidents measured. It is kept until the next one, so that the last step of
// setting a connection up need not read the same again.
type sounding struct {
	From, To  time.Time     // the stretch of time that the incidents lie in; zero: they do not tell
	Incidents int64         // that the source has in it
	Read      int64         // incidents that were read
	Requests  int64         // that they took
	Took      time.Duration // from the first of these requests to the end of the last
}

// perRequest is how long a request took, with what was made of its answer; 0: nothing was measured.
func (s sounding) perRequest() time.Duration {
	if s.Requests <= 0 {
		return 0
	}
	return s.Took / time.Duration(s.Requests)
}

// depth measures the first collection of a source while a trial reads it.
type depth struct {
	now      func() time.Time
	ids      map[string]bool
	begun    time.Time
	before   int64 // requests when it began
	from, to time.Time
	total    int64 // as the source said of the whole stretch
	whole    bool  // the walk came to its end
	sounding sounding
}

// begins notes when, and behind how many requests, a page is asked for.
func (d *depth) begins(in importers.Input, at importers.At) {
	if d.begun.IsZero() {
		d.begun, d.before, d.ids = d.now(), in.Client.Requests(), map[string]bool{}
		d.from = at.From
	}
	if d.total == 0 {
		d.to = at.To
	}
}

// ends takes a page in. A total holds for the page's window; where records were counted before, it comes on top of them.
func (d *depth) ends(in importers.Input, at importers.At, s importers.Slice) {
	if at.Token == "" && s.Total > 0 {
		d.total, d.to = int64(len(d.ids))+s.Total, at.To
	}
	for _, r := range s.Records {
		d.ids[r.ExternalID] = true
		if r.At.After(d.sounding.To) {
			d.sounding.To = r.At
		}
		if !r.At.IsZero() && (d.sounding.From.IsZero() || r.At.Before(d.sounding.From)) {
			d.sounding.From = r.At
		}
	}
	for _, id := range s.Touched {
		d.ids[id] = true
	}
	d.meets(in)
}

// meets notes how far requests and time are.
func (d *depth) meets(in importers.Input) {
	d.sounding.Requests, d.sounding.Took = in.Client.Requests()-d.before, d.now().Sub(d.begun)
}

// measured returns what came of it. Where the walk did not come to its end and the source gave no total, the records'
// own times say which stretch they are from: it is then known to hold those that were read.
func (d *depth) measured(now time.Time) sounding {
	s := d.sounding
	s.Read = int64(len(d.ids))
	switch {
	case d.total > 0:
		s.Incidents, s.From, s.To = d.total, d.from, earlier(d.to, now)
	case d.whole:
		s.Incidents, s.From, s.To = s.Read, d.from, now
	default:
		s.Incidents = s.Read
	}
	return s
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || a.After(b) {
		return b
	}
	return a
}

func soundingKey(conn incident.ID) string { return "sounding." + string(conn) }

// keepSounding stores what a trial of a connection measured.
func (d *Desk) keepSounding(ctx context.Context, conn incident.ID, s sounding) error {
	text, err := json.Marshal(s)
	if err == nil {
		_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutSetting(soundingKey(conn), string(text)) })
	}
	if err != nil {
		return fmt.Errorf("desk: keep what a trial of %s measured: %w", conn, err)
	}
	return nil
}

// sounded returns the last sounding of a connection; the zero one when there was none.
func (d *Desk) sounded(ctx context.Context, conn incident.ID) (s sounding, err error) {
	text, err := d.Store.Setting(ctx, soundingKey(conn))
	if errors.Is(err, incident.ErrNotFound) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &s)
	}
	if err != nil {
		err = fmt.Errorf("desk: read what a trial of %s measured: %w", conn, err)
	}
	return s, err
}
