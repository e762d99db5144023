package writers

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/coder/websocket"

	"hindsight/incident"
	"hindsight/server/internal/coedit"
)

// room is one retrospective and the sockets that have it open here.
type room struct {
	hub *Hub
	id  incident.ID

	mu      sync.Mutex
	beat    int
	texts   map[string]*text
	sockets []*socket
	moved   bool // somebody is elsewhere since presence was told
}

// text is what a room knows of a section: its version, and the changes that led there, the newest last.
type text struct {
	version int
	recent  []incident.TextChange
}

// recentKept is how many changes of a text are kept in memory, for cursors and people who come.
const recentKept = 1000

func newRoom(h *Hub, id incident.ID, pulse incident.RetroPulse) *room {
	r := &room{hub: h, id: id, beat: pulse.Beat, texts: map[string]*text{}}
	for slug, version := range pulse.Sections {
		r.texts[slug] = &text{version: version}
	}
	return r
}

// since returns the changes after a version; false: they are not all here.
func (t *text) since(version int) ([]incident.TextChange, bool) {
	n := t.version - version
	if n < 0 || n > len(t.recent) {
		return nil, false
	}
	return t.recent[len(t.recent)-n:], true
}

// versions returns those of all texts. It is for who has the lock.
func (r *room) versions() map[string]int {
	out := map[string]int{}
	for slug, t := range r.texts {
		out[slug] = t.version
	}
	return out
}

// version returns that of one text.
func (r *room) version(slug string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t := r.texts[slug]; t != nil {
		return t.version
	}
	return 0
}

// feel compares a room with how far the database is.
func (r *room) feel(ctx context.Context, pulse incident.RetroPulse) error {
	r.mu.Lock()
	var behind []string
	for slug, version := range pulse.Sections {
		t := r.texts[slug]
		if t == nil {
			r.texts[slug] = &text{version: version}
		} else if t.version < version {
			behind = append(behind, slug)
		}
	}
	if pulse.Beat > r.beat {
		r.beat = pulse.Beat
		r.broadcast(pack(changed{"changed", r.beat}))
	}
	r.mu.Unlock()
	var errs []error
	for _, slug := range behind {
		errs = append(errs, r.catchUp(ctx, slug))
	}
	return errors.Join(errs...)
}

// catchUp reads what was accepted elsewhere.
func (r *room) catchUp(ctx context.Context, slug string) error {
	known := r.version(slug)
	changes, err := r.hub.desk.Store.TextChanges(ctx, r.id, slug, known)
	if errors.Is(err, incident.ErrNotFound) {
		return r.lose(ctx, slug)
	}
	if err == nil {
		r.advance(slug, changes)
	}
	return err
}

// lose is for a text whose changes are not kept any more: everybody has to read it anew.
func (r *room) lose(ctx context.Context, slug string) error {
	pulses, err := r.hub.desk.Store.RetroPulses(ctx, []incident.ID{r.id})
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	version, there := pulses[r.id].Sections[slug]
	if t := r.texts[slug]; there && t != nil && version > t.version {
		t.version, t.recent = version, nil
		r.tell(slug, pack(accepted{Type: "stale", Section: slug, Version: version}), version)
	}
	return nil
}

// advance takes in changes that were accepted, and tells them to everybody who follows the text. Those that are known, or come after a
// gap, are left out: then poll finds the rest.
func (r *room) advance(slug string, changes []incident.TextChange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.texts[slug]
	if t == nil {
		return
	}
	changes = slices.DeleteFunc(slices.Clone(changes), func(c incident.TextChange) bool { return c.Version <= t.version })
	if len(changes) == 0 || changes[0].Version != t.version+1 {
		return
	}
	from := t.version
	t.version = changes[len(changes)-1].Version
	t.recent = append(t.recent, changes...)
	if over := len(t.recent) - recentKept; over > 0 {
		t.recent = slices.Clone(t.recent[over:])
	}
	r.tell(slug, pack(updates{Type: "updates", Section: slug, Version: from, Updates: updatesOf(changes)}), t.version)
	for _, s := range r.sockets {
		s.carry(slug, changes)
	}
}

// tell sends a message to those who follow a text, who then know a version.
func (r *room) tell(slug string, message []byte, version int) {
	for _, s := range r.sockets {
		if _, follows := s.follows[slug]; follows {
			s.follows[slug] = version
			s.send(message)
		}
	}
}

func (r *room) broadcast(message []byte) {
	for _, s := range r.sockets {
		s.send(message)
	}
}

// follow lets a socket follow a text from a version on.
func (r *room) follow(ctx context.Context, s *socket, slug string, version int) error {
	changes, err := r.hub.desk.Store.TextChanges(ctx, r.id, slug, version)
	stale := errors.Is(err, incident.ErrNotFound) || len(changes) > recentKept
	if err != nil && !stale {
		return err
	}
	read := version + len(changes)
	if !stale && r.version(slug) < read {
		if err := r.catchUp(ctx, slug); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.texts[slug]
	if t == nil {
		return incident.ErrNotFound
	}
	if len(s.follows) >= followedMost {
		return incident.Invalidf("section", "at most %d sections are followed at once", followedMost)
	}
	more, ok := t.since(read) // what was accepted since they were read
	s.follows[slug], r.moved = t.version, true
	if stale || !ok {
		s.send(pack(accepted{Type: "stale", Section: slug, Version: t.version}))
		return nil
	}
	s.send(pack(updates{Type: "updates", Section: slug, Version: version, Updates: updatesOf(append(changes, more...))}))
	return nil
}

// unfollow ends what follow began.
func (r *room) unfollow(s *socket, slug string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(s.follows, slug)
	for client, c := range s.cursors {
		if c.section == slug {
			delete(s.cursors, client)
		}
	}
	r.moved = true
}

// end closes every socket of the room.
func (r *room) end(code websocket.StatusCode, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.sockets {
		s.stop(code, reason)
	}
}

// carry moves a socket's cursors over changes of a text.
func (s *socket) carry(slug string, changes []incident.TextChange) {
	for client, c := range s.cursors {
		if c.section == slug {
			s.cursors[client] = c.over(changes)
		}
	}
}

// cursor is where somebody is in a text.
type cursor struct {
	section      string
	version      int
	anchor, head int
}

// over moves a cursor along with changes.
func (c cursor) over(changes []incident.TextChange) cursor {
	for _, change := range changes {
		if change.Version != c.version+1 {
			continue
		}
		c.version = change.Version
		if parsed, err := coedit.ParseChanges(change.Changes); err == nil {
			c.anchor, c.head = parsed.MapPos(c.anchor, coedit.Left), parsed.MapPos(c.head, coedit.Left)
		}
	}
	return c
}

// point puts a socket's cursor into a text, or takes it out.
func (r *room) point(s *socket, client string, c cursor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.texts[c.section]
	if _, known := s.cursors[client]; t == nil || !known && len(s.cursors) >= followedMost {
		return
	}
	r.moved = true
	since, ok := t.since(c.version)
	if c.anchor < 0 || !ok {
		delete(s.cursors, client)
		return
	}
	s.cursors[client] = c.over(since)
}

// tellPresence tells everybody who is where, if that has changed.
func (r *room) tellPresence() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.moved {
		return
	}
	r.moved = false
	people := []person{}
	for _, s := range r.sockets {
		people = append(people, s.places()...)
	}
	r.broadcast(pack(presence{"presence", people}))
}

// places says where a socket's person is, in order of sections and clients.
func (s *socket) places() (all []person) {
	pointed := map[string]bool{}
	for client, c := range s.cursors {
		pointed[c.section] = true
		all = append(all, person{client, s.visitor.Who, s.visitor.Name, c.section, c.version, &c.anchor, &c.head})
	}
	for slug, version := range s.follows {
		if !pointed[slug] {
			all = append(all, person{Who: s.visitor.Who, Name: s.visitor.Name, Section: slug, Version: version})
		}
	}
	slices.SortFunc(all, func(a, b person) int { return cmpStrings(a.Section, b.Section, a.Client, b.Client) })
	return all
}
