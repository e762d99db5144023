// Package inbox takes in what sources push: a delivery is answered once it is stored, and what it means is worked
// out later. Deliveries that arrive while one transaction commits share the next one, so that a flood
// costs few commits. It knows nothing of signatures or sources. Start with [New].
package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"time"

	"hindsight/incident"
)

const (
	together = 1000    // deliveries in one transaction
	maxBytes = 8 << 20 // of their bodies
	queued   = 4 * together
	alike    = time.Hour // in which two deliveries of one content, without ids of their own, are one sent twice
)

// Inbox stores deliveries in groups. It is safe for concurrent use.
type Inbox struct {
	store incident.Store
	now   func() time.Time
	job   string
	in    chan entry
}

// entry is a delivery, or, without one, a forged one of a connection.
type entry struct {
	push   incident.Push
	older  bool // the older of two secrets proved it
	forged bool
	stored chan error
}

// New returns an inbox. job is the kind of the job that takes a connection's deliveries in.
func New(store incident.Store, now func() time.Time, job string) *Inbox {
	return &Inbox{store: store, now: now, job: job, in: make(chan entry, queued)}
}

// Put stores a delivery and asks for it to be taken in. key is the delivery's own id; when it is empty, the content
// names it within the hour. It returns once the delivery is stored, or known already. After an error it may be stored or
// not: the source sends it again.
func (b *Inbox) Put(ctx context.Context, p incident.Push) error { return b.put(ctx, p, false) }

// PutByOlder is Put for a delivery that the older of two secrets proved; it also notes when, so that people see whether the
// source still uses that one.
func (b *Inbox) PutByOlder(ctx context.Context, p incident.Push) error { return b.put(ctx, p, true) }

func (b *Inbox) put(ctx context.Context, p incident.Push, older bool) error {
	p.ReceivedAt = b.now().UTC()
	if p.Key == "" {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s", url.Values(p.Query).Encode(), p.Body))
		p.Key = hex.EncodeToString(sum[:]) + p.ReceivedAt.Truncate(alike).Format("@2006-01-02T15")
	}
	p.ID = incident.DeriveID("psh", string(p.Connection), p.Key)
	return b.add(ctx, entry{push: p, older: older})
}

// Forged counts a delivery that was not proven to come from its source. Nothing of it is kept.
func (b *Inbox) Forged(ctx context.Context, connection incident.ID) error {
	return b.add(ctx, entry{push: incident.Push{Connection: connection}, forged: true})
}

func (b *Inbox) add(ctx context.Context, e entry) error {
	e.stored = make(chan error, 1)
	select {
	case b.in <- e:
	case <-ctx.Done():
		return fmt.Errorf("inbox: take in a delivery: %w", ctx.Err())
	}
	select {
	case err := <-e.stored:
		return err
	case <-ctx.Done():
		return fmt.Errorf("inbox: store a delivery: %w", ctx.Err())
	}
}

// Run stores what is put until ctx ends; then it stores what waits.
func (b *Inbox) Run(ctx context.Context) error {
	for {
		select {
		case e := <-b.in:
			b.write(ctx, b.gather(e))
		case <-ctx.Done():
			for {
				select {
				case e := <-b.in:
					b.write(ctx, b.gather(e))
				default:
					return ctx.Err()
				}
			}
		}
	}
}

// gather adds what waits to the first entry.
func (b *Inbox) gather(first entry) []entry {
	group, size := []entry{first}, len(first.push.Body)
	for len(group) < together && size < maxBytes {
		select {
		case e := <-b.in:
			group, size = append(group, e), size+len(e.push.Body)
		default:
			return group
		}
	}
	return group
}

// write stores a group in one transaction, also when ctx has ended meanwhile.
func (b *Inbox) write(ctx context.Context, group []entry) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	var pushes []incident.Push
	forged, heard, older := map[incident.ID]int64{}, map[incident.ID]bool{}, map[incident.ID]bool{}
	for _, e := range group {
		if e.forged {
			forged[e.push.Connection]++
			continue
		}
		pushes = append(pushes, e.push)
		heard[e.push.Connection] = true
		if e.older {
			older[e.push.Connection] = true
		}
	}
	_, err := b.store.Update(ctx, func(tx incident.Tx) error {
		if err := tx.PutPushes(pushes); err != nil {
			return err
		}
		for connection := range heard {
			if err := tx.Heard(connection, b.now(), 0); err != nil {
				return err
			}
			if err := tx.Enqueue(incident.Job{Kind: b.job, ID: connection}); err != nil {
				return err
			}
		}
		for connection := range older {
			if err := tx.PutSetting(incident.OlderSecretUsed(connection), b.now().UTC().Format(time.RFC3339)); err != nil {
				return err
			}
		}
		for connection, n := range forged {
			if err := tx.Heard(connection, time.Time{}, n); err != nil {
				return err
			}
		}
		return nil
	})
	for _, e := range group {
		e.stored <- err
	}
}
