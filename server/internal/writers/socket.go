package writers

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// Codes with which the server closes a socket. Those from 4000 on are the application's own (RFC 6455, section 7.4.2).
const (
	closedStopping = websocket.StatusGoingAway
	closedMisuse   = websocket.StatusPolicyViolation
	closedEnded    = websocket.StatusCode(4401)
	closedGone     = websocket.StatusCode(4404)
)

const (
	longestFrame = 1 << 20
	followedMost = 50
	waiting      = 512 // messages for one slow client, before it is let go
	perSecond    = 40  // messages of a client; more of them wait
	atOnce       = 120
	pingEach     = 20 * time.Second
	checkEach    = 3 * time.Second
	writeWithin  = 10 * time.Second
)

// ErrEnded is what Visitor.Again returns when the session has ended.
var ErrEnded = errors.New("the session has ended")

// Visitor is who opens a socket.
type Visitor struct {
	Incident incident.ID
	Who      string // what the names of their clients begin with
	Name     string
	// Again tells what they may do now. It is asked every few seconds. ErrEnded and incident.ErrNotFound end the socket.
	Again func(context.Context) (Standing, error)
}

// Standing is what somebody may do who sees the incident.
type Standing struct{ Write bool }

// socket is one connection. follows and cursors belong to the room's lock.
type socket struct {
	hub     *Hub
	conn    *websocket.Conn
	visitor Visitor
	room    *room
	out     chan []byte
	follows map[string]int
	cursors map[string]cursor

	ended  chan struct{} // closed by stop
	once   sync.Once
	code   websocket.StatusCode
	reason string

	standing atomic.Pointer[Standing]
	asking   atomic.Bool // what the standing is
}

// Serve takes a request over, for as long as its socket lasts. The retrospective has to be there; whether the visitor may see it is decided by now.
// It returns an error if it has not answered the request.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, v Visitor) error {
	// The browser sends GET whatever site asked for it; what holds for writing requests holds for a socket.
	writing := r.Clone(r.Context())
	writing.Method = http.MethodPost
	if err := h.cross.Check(writing); err != nil {
		http.Error(w, "This request came from another site and was refused; nothing was changed.", http.StatusForbidden)
		return nil
	}
	// The request's own context ends when the connection is taken over.
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cancel()
	pulses, err := h.desk.Store.RetroPulses(ctx, []incident.ID{v.Incident})
	if err != nil {
		return err
	}
	pulse, there := pulses[v.Incident]
	if !there {
		return incident.ErrNotFound
	}
	s := &socket{hub: h, visitor: v, out: make(chan []byte, waiting), follows: map[string]int{}, cursors: map[string]cursor{}, ended: make(chan struct{})}
	standing, err := v.Again(ctx)
	if err != nil {
		return err
	}
	s.standing.Store(&standing)
	if err := h.enter(s, pulse); err != nil {
		http.Error(w, "You have too many retrospectives open, or the server stops.", http.StatusTooManyRequests)
		return nil
	}
	defer h.leave(s)
	if s.conn, err = websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}); err != nil { // the origin is checked above
		return nil // it has answered
	}
	s.conn.SetReadLimit(longestFrame)
	var writer sync.WaitGroup
	writer.Go(func() { s.write(ctx); cancel() })
	s.read(ctx)
	s.stop(websocket.StatusNormalClosure, "")
	writer.Wait()
	return nil
}

// send queues a message. Who does not take them is let go, and may come again.
func (s *socket) send(message []byte) {
	select {
	case s.out <- message:
	default:
		s.stop(closedMisuse, "messages were not taken fast enough; connect again")
	}
}

// stop ends the socket, with the first code that was given.
func (s *socket) stop(code websocket.StatusCode, reason string) {
	s.once.Do(func() {
		s.code, s.reason = code, reason
		close(s.ended)
	})
}

// write sends what is queued, and pings, until the socket is stopped.
func (s *socket) write(ctx context.Context) {
	ping, check := time.NewTicker(pingEach), time.NewTicker(checkEach)
	defer ping.Stop()
	defer check.Stop()
	defer func() { s.conn.Close(s.code, s.reason) }()
	for {
		select {
		case <-s.ended:
			if s.reason != "" {
				s.put(ctx, pack(bye{"bye", s.reason}))
			}
			return
		case message := <-s.out:
			if s.put(ctx, message) != nil {
				return
			}
		case <-ping.C:
			go s.ping(ctx) // its answer comes through read
		case <-check.C:
			go s.recheck(ctx)
		}
	}
}

func (s *socket) put(ctx context.Context, message []byte) error {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	return s.conn.Write(ctx, websocket.MessageText, message)
}

func (s *socket) ping(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	if s.conn.Ping(ctx) != nil {
		s.stop(websocket.StatusGoingAway, "")
		s.conn.CloseNow()
	}
}

// recheck asks what the visitor may do now, and ends the socket of somebody who may not be here any more.
func (s *socket) recheck(ctx context.Context) {
	if !s.asking.CompareAndSwap(false, true) {
		return
	}
	defer s.asking.Store(false)
	standing, err := s.visitor.Again(ctx)
	if err == nil {
		s.standing.Store(&standing)
	}
	s.endFor(err)
}

// endFor ends the socket for errors that say so.
func (s *socket) endFor(err error) {
	switch {
	case errors.Is(err, ErrEnded):
		s.stop(closedEnded, "your session has ended; sign in again")
	case errors.Is(err, incident.ErrNotFound):
		s.stop(closedGone, "there is no such retrospective, or you may not see it any more")
	}
}

// read takes the client's messages until there are no more.
func (s *socket) read(ctx context.Context) {
	pace := pace{left: atOnce, at: time.Now()}
	for {
		kind, raw, err := s.conn.Read(ctx)
		if err != nil {
			return
		}
		if !pace.wait(ctx) {
			return
		}
		var r request
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		if kind != websocket.MessageText || dec.Decode(&r) != nil || !s.answer(ctx, r) {
			s.stop(closedMisuse, "the message is none of the protocol's")
			return
		}
		select {
		case <-s.ended:
			return
		default:
		}
	}
}

// answer does what a message asks for; false: it asks for nothing that there is.
func (s *socket) answer(ctx context.Context, r request) bool {
	var err error
	switch r.Type {
	case "open":
		err = s.room.follow(ctx, s, r.Section, r.Version)
	case "close":
		s.room.unfollow(s, r.Section)
	case "push":
		err = s.push(ctx, r)
	case "cursor":
		if len(r.Client) <= longestClient {
			s.room.point(s, r.Client, cursor{r.Section, r.Version, r.Anchor, r.Head})
		}
	default:
		return false
	}
	if err != nil && ctx.Err() == nil {
		s.refuse(r, err)
	}
	return true
}

const longestClient = 120

// push tries to have an editor's changes accepted.
func (s *socket) push(ctx context.Context, r request) error {
	if !s.standing.Load().Write {
		return errReader
	}
	changes, err := desk.ParseUpdates(r.Updates)
	if err != nil {
		return err
	}
	done, err := s.hub.desk.PushSeen(ctx, s.room.id, r.Section, desk.TextPush{Version: r.Version, Client: r.Client, Changes: changes})
	var behind *desk.BehindError
	switch {
	case errors.As(err, &behind):
		s.send(pack(updates{"behind", r.ID, r.Section, r.Version, updatesOf(behind.Since)}))
	case errors.Is(err, desk.ErrTextForgotten):
		s.send(pack(accepted{"stale", r.ID, r.Section, s.room.version(r.Section)}))
	case err != nil:
		return err
	default:
		s.room.advance(r.Section, done)
		s.send(pack(accepted{"accepted", r.ID, r.Section, r.Version + len(done)}))
	}
	return nil
}

var errReader = errors.New("this needs the ability “write”")

// refuse says why a message was not done.
func (s *socket) refuse(r request, err error) {
	out := refused{"refused", r.ID, r.Section, http.StatusServiceUnavailable, "something went wrong here; try again"}
	var field *incident.FieldError
	switch {
	case errors.Is(err, errReader):
		out.Status, out.Detail = http.StatusForbidden, err.Error()
	case errors.As(err, &field):
		out.Status, out.Detail = http.StatusUnprocessableEntity, field.Message
	case errors.Is(err, incident.ErrNotFound):
		out.Status, out.Detail = http.StatusNotFound, "there is no such section"
	default:
		s.hub.log.Error("a message was not done", "type", r.Type, "incident", s.room.id, "err", err)
	}
	s.send(pack(out))
}

// pace makes a client wait that sends too much.
type pace struct {
	left float64
	at   time.Time
}

func (p *pace) wait(ctx context.Context) bool {
	now := time.Now()
	p.left = min(atOnce, p.left+now.Sub(p.at).Seconds()*perSecond) - 1
	if p.at = now; p.left >= 0 {
		return true
	}
	timer := time.NewTimer(time.Duration(-p.left / perSecond * float64(time.Second)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// cmpStrings compares two pairs.
func cmpStrings(a, b, a2, b2 string) int { return cmp.Or(cmp.Compare(a, b), cmp.Compare(a2, b2)) }
