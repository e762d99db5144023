package recurring

import (
	"cmp"
	"context"
	"slices"
	"time"

	"hindsight/incident"
	"hindsight/search/vectors"
)

const (
	// attach is the nearness to the middle of a problem from which a text belongs to it. Fitted on news-t, as
	// mergeable and gain are (docs/similarity.md).
	attach = 0.35
	// mergeable is the nearness of the middles of two problems from which they are one.
	mergeable = 0.65
	// gain is how much nearer another problem must be before a member moves there.
	gain = 0.15
)

// Text is a short text of an incident to be grouped: a title, say.
type Text struct {
	ID    incident.ID
	Words []string // in the form in which they are compared, in order
	At    time.Time
}

// Stream groups short texts as they come. A new one joins the nearest problem, or waits alone. [Stream.Repair]
// learns from all texts what words mean and puts right what looks wrong then; it moves little, and ids stay.
// Texts in the same order, repaired at the same moments, give the same problems.
//
// A Stream is not for use by two at the same time.
type Stream struct {
	table    *vectors.Table
	texts    []Text
	points   []vectors.Vector // by text
	of       []*cluster       // by text
	clusters []*cluster       // those with members, in order of their oldest text
	index    index
	said     answers
	held     map[incident.ID][]*cluster // by root of an answer: where its incidents are
	events   []incident.ProblemEvent
}

// cluster is a problem, or the seed of one while it has a single member.
type cluster struct {
	id      incident.ID
	sum     [vectors.Dims]float64
	middle  vectors.Vector
	members []int // texts, ascending
	firm    bool  // people have confirmed it
	touched bool  // it has changed since the last repair
}

// NewStream returns an empty stream, in which only texts that share words are near, and which respects answers.
func NewStream(said []incident.Answer) *Stream {
	return &Stream{table: &vectors.Table{}, said: newAnswers(said), index: newIndex(), held: map[incident.ID][]*cluster{}}
}

// Add puts texts where they belong, one after the other.
//
//  1. With an incident that people called the same.
//  2. Else with the problem whose middle is nearest, from a cosine of 0.35 on, and to which no answer forbids it.
//  3. Else alone: two incidents make a problem.
func (s *Stream) Add(texts []Text) {
	for _, t := range texts {
		at := s.take(t)
		to, score, rule := s.place(at)
		if to == nil {
			s.found(at)
			continue
		}
		s.put(at, to)
		s.record(incident.ProblemJoined, to, at, nil, score, rule)
	}
}

// Resume puts texts where an earlier run had them, under the id of its problem. A confirmed one takes no other's
// members and keeps its own.
func (s *Stream) Resume(problem incident.ID, confirmed bool, texts []Text) {
	c := &cluster{id: problem, firm: confirmed}
	s.clusters = append(s.clusters, c)
	for _, t := range texts {
		s.put(s.take(t), c)
	}
	c.touched = false
}

// Nearest returns the problem that a text of these words would join now, and how near it is; "" when it would be alone.
func (s *Stream) Nearest(words []string) (incident.ID, float64) {
	point := s.table.Text(words)
	best, score := (*cluster)(nil), attach
	for _, c := range s.index.candidates(words, s.of) {
		if near := point.Dot(&c.middle); near >= score && len(c.members) >= support {
			best, score = c, near
		}
	}
	if best == nil {
		return "", 0
	}
	return best.id, score
}

// Problems returns the incidents of each problem by its id, seeds included: they have the id that they would have.
func (s *Stream) Problems() map[incident.ID][]incident.ID {
	out := map[incident.ID][]incident.ID{}
	for _, c := range s.clusters {
		for _, m := range c.members {
			out[c.id] = append(out[c.id], s.texts[m].ID)
		}
	}
	return out
}

// Events returns what happened since the last call, in order.
func (s *Stream) Events() []incident.ProblemEvent {
	out := s.events
	s.events = nil
	return out
}

func (s *Stream) take(t Text) int {
	at := len(s.texts)
	s.texts, s.points, s.of = append(s.texts, t), append(s.points, s.table.Text(t.Words)), append(s.of, nil)
	s.index.add(at, t.Words)
	return at
}

// place decides where a text belongs; nil: nowhere.
func (s *Stream) place(at int) (to *cluster, score float64, rule string) {
	root := s.said.of(s.texts[at].ID)
	if same := s.held[root]; len(same) > 0 {
		return same[0], 0, "answer"
	}
	score = attach
	for _, c := range s.index.candidates(s.texts[at].Words, s.of) {
		if near := s.points[at].Dot(&c.middle); (near > score || to == nil && near == score) && !s.forbidden(root, c) {
			to, score = c, near
		}
	}
	return to, score, "nearest"
}

// forbidden reports whether an answer keeps a root's incidents out of a cluster.
func (s *Stream) forbidden(root incident.ID, c *cluster) bool {
	return slices.ContainsFunc(s.said.apart[root], func(o incident.ID) bool { return slices.Contains(s.held[o], c) })
}

// found makes a text a cluster of its own.
func (s *Stream) found(at int) {
	c := &cluster{id: incident.DeriveID("prb", ByText, string(s.texts[at].ID))}
	s.clusters = append(s.clusters, c)
	s.put(at, c)
	s.record(incident.ProblemFound, c, at, nil, 0, "alone")
}

// put makes a text a member.
func (s *Stream) put(at int, c *cluster) {
	i, _ := slices.BinarySearch(c.members, at)
	c.members = slices.Insert(c.members, i, at)
	c.add(&s.points[at], 1)
	c.touched = true
	s.of[at] = c
	s.hold(at, c)
}

// hold remembers where the incidents of answers are.
func (s *Stream) hold(at int, c *cluster) {
	root := s.said.of(s.texts[at].ID)
	if !s.said.about(root) {
		return
	}
	if !slices.Contains(s.held[root], c) {
		s.held[root] = append(s.held[root], c)
	}
}

func (c *cluster) add(v *vectors.Vector, sign float64) {
	for i, x := range v {
		c.sum[i] += sign * float64(x)
	}
	c.middle = vectors.Unit(&c.sum)
}

func (s *Stream) record(kind incident.ProblemEventKind, c *cluster, at int, other *cluster, score float64, rule string) {
	e := incident.ProblemEvent{Problem: c.id, Kind: kind, Score: score, Rule: rule}
	if at >= 0 {
		e.Incident = s.texts[at].ID
	}
	if other != nil {
		e.Other = other.id
	}
	s.events = append(s.events, e)
}

// Repair learns what words mean from all texts so far and puts right what has changed since the last repair. The only
// error is that of ctx; then the stream is as it was.
//
//  1. A member moves when another problem is nearer by 0.15 than its own is without it.
//  2. Problems whose middles are nearer than 0.65 become one. The confirmed one lives on, else the larger, else the older.
//
// Answers bind both, and members of a confirmed problem stay.
func (s *Stream) Repair(ctx context.Context) error {
	if err := s.learn(ctx, s.texts); err != nil {
		return err
	}
	s.refit()
	for range repairRounds {
		s.moveAll()
		s.mergeAll()
	}
	s.clusters = slices.DeleteFunc(s.clusters, func(c *cluster) bool { return len(c.members) == 0 })
	for _, c := range s.clusters {
		c.touched = false
	}
	slices.SortStableFunc(s.clusters, func(a, b *cluster) int { return cmp.Compare(a.members[0], b.members[0]) })
	return nil
}

// learn teaches the stream what words mean in texts.
func (s *Stream) learn(ctx context.Context, texts []Text) error {
	words := make([][]string, len(texts))
	for i, t := range texts {
		words[i] = t.Words
	}
	table, err := vectors.Teach(ctx, words)
	if err == nil {
		s.table = table
	}
	return err
}
