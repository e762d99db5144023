// Package writers tells people who have one retrospective open of what the others do: over a WebSocket each, it takes their changes of
// texts, hands out those that were accepted, and says who is where. What is accepted is desk's business, and the database's is which comes first: a hub
// learns from there what came in over HTTP or through other replicas. docs/writing.md has the messages. Start with Hub.
package writers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const (
	tick     = 100 * time.Millisecond
	pollEach = 4 // ticks: what other replicas accepted is looked for
	// socketsEach is how many sockets one person may hold.
	socketsEach = 32
)

// Hub has the sockets of one replica. Make it with New; somebody has to Run it.
type Hub struct {
	desk  *desk.Desk
	log   *slog.Logger
	cross *http.CrossOriginProtection

	mu     sync.Mutex
	rooms  map[incident.ID]*room
	held   map[string]int // sockets by person
	closed bool
}

// New returns a hub without sockets.
func New(d *desk.Desk) *Hub {
	h := &Hub{desk: d, log: d.Log, cross: http.NewCrossOriginProtection(), rooms: map[incident.ID]*room{}, held: map[string]int{}}
	if base, err := url.Parse(d.BaseURL); err == nil && base.Host != "" {
		if err := h.cross.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
			h.log.Warn("the base address is no origin", "err", err)
		}
	}
	return h
}

// Run looks for what is new until ctx ends, and then says goodbye to everybody.
func (h *Hub) Run(ctx context.Context) error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			h.close()
			return ctx.Err()
		case <-ticker.C:
		}
		rooms := h.open()
		if n%pollEach == 0 && len(rooms) > 0 {
			if err := h.poll(ctx, rooms); err != nil && ctx.Err() == nil {
				h.log.Warn("what others write is not seen", "err", err)
			}
		}
		for _, r := range rooms {
			r.tellPresence()
		}
	}
}

func (h *Hub) open() []*room {
	h.mu.Lock()
	defer h.mu.Unlock()
	rooms := make([]*room, 0, len(h.rooms))
	for _, r := range h.rooms {
		rooms = append(rooms, r)
	}
	return rooms
}

// poll compares what rooms know with the database.
func (h *Hub) poll(ctx context.Context, rooms []*room) error {
	ids := make([]incident.ID, len(rooms))
	for i, r := range rooms {
		ids[i] = r.id
	}
	pulses, err := h.desk.Store.RetroPulses(ctx, ids)
	if err != nil {
		return err
	}
	var errs []error
	for _, r := range rooms {
		pulse, there := pulses[r.id]
		if !there {
			r.end(closedGone, "the retrospective is gone")
			continue
		}
		errs = append(errs, r.feel(ctx, pulse))
	}
	return errors.Join(errs...)
}

// close says goodbye to everybody, and lets nobody in any more.
func (h *Hub) close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	for _, r := range h.open() {
		r.end(closedStopping, "the server stops")
	}
}

var errFull = errors.New("writers: too many sockets")

// enter puts a socket into the room of its incident, which is made for the first one.
func (h *Hub) enter(s *socket, pulse incident.RetroPulse) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.held[s.visitor.Who] >= socketsEach {
		return errFull
	}
	h.held[s.visitor.Who]++
	r := h.rooms[s.visitor.Incident]
	if r == nil {
		r = newRoom(h, s.visitor.Incident, pulse)
		h.rooms[r.id] = r
	}
	s.room = r
	r.mu.Lock()
	defer r.mu.Unlock()
	s.send(pack(hello{"hello", s.visitor.Who, s.visitor.Name, s.standing.Load().Write, r.versions()})) // before anybody else writes to it
	r.sockets = append(r.sockets, s)
	return nil
}

// leave is the end of a socket.
func (h *Hub) leave(s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.held[s.visitor.Who]--; h.held[s.visitor.Who] <= 0 {
		delete(h.held, s.visitor.Who)
	}
	r := s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sockets = slices.DeleteFunc(r.sockets, func(x *socket) bool { return x == s })
	r.moved = true
	if len(r.sockets) == 0 {
		delete(h.rooms, r.id)
	}
}
