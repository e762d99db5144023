package search

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	"github.com/blevesearch/vellum/levenshtein"

	"hindsight/incident"
)

// view is one state of the index, with its columns: what a search reads from beginning to end, whatever is written meanwhile.
type view struct {
	snapshot  *scorch.IndexSnapshot
	parts     []*part
	seq       incident.Seq
	catalog   *catalog
	public    int                 // documents, private ones aside
	lengths   [len(texts)]float64 // words of each text, all public incidents together
	words     *vocabularies
	languages []string // that texts are in, English aside; ascending

	mu       sync.Mutex
	refs     int
	automata map[string]*levenshtein.DFA
}

// part is a segment as one state of the index has it.
type part struct {
	*columns
	segment segment.Segment
	live    set             // rows that are neither deleted nor replaced
	covered *roaring.Bitmap // private rows; nil: none
}

// newView reads the newest state. Columns of segments that known has are taken from there; the others are read, and readers go on
// with the view before until they are.
func newView(snapshot *scorch.IndexSnapshot, known map[uint64]*columns, words *vocabularies) (*view, map[uint64]*columns, error) {
	v := &view{snapshot: snapshot, words: words, refs: 1}
	now := map[uint64]*columns{}
	segments := snapshot.Segments()
	read := make([]*columns, len(segments))
	err := inParallel(len(segments), func(i int) (err error) {
		if read[i] = known[segments[i].Id()]; read[i] == nil {
			read[i], err = readColumns(segments[i].Segment(), words)
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	for i, s := range segments {
		now[s.Id()] = read[i]
		p := newPart(read[i], s.Segment(), s.Deleted())
		v.parts = append(v.parts, p)
		open := p.live.clone()
		open.andNot(p.private)
		v.public += open.count()
		for t, n := range p.lengths {
			v.lengths[t] += float64(n)
		}
		v.languages = append(v.languages, p.languages...)
	}
	slices.Sort(v.languages)
	v.languages = slices.Compact(v.languages)
	return v, now, v.readPosition()
}

func newPart(c *columns, s segment.Segment, deleted *roaring.Bitmap) *part {
	p := &part{columns: c, segment: s, live: fullSet(c.rows), covered: coveredBy(c)}
	if deleted != nil {
		for rows := deleted.Iterator(); rows.HasNext(); {
			p.live.drop(rows.Next())
		}
	}
	return p
}

// readPosition reads position and catalogue, which are stored in the same batch as the documents.
func (v *view) readPosition() error {
	seq, err := v.snapshot.GetInternal(seqKey)
	if err != nil {
		return fmt.Errorf("position: %w", err)
	}
	if len(seq) > 0 {
		n, err := strconv.ParseInt(string(seq), 10, 64)
		if err != nil {
			return fmt.Errorf("position: %w", err)
		}
		v.seq = incident.Seq(n)
	}
	stored, err := v.snapshot.GetInternal(catalogKey)
	if err != nil {
		return fmt.Errorf("catalogue: %w", err)
	}
	v.catalog = &catalog{}
	if len(stored) > 0 {
		if err := json.Unmarshal(stored, v.catalog); err != nil {
			return fmt.Errorf("catalogue: %w", err)
		}
	}
	return nil
}

func (v *view) release() error {
	v.mu.Lock()
	v.refs--
	last := v.refs == 0
	v.mu.Unlock()
	if last {
		return v.snapshot.Close()
	}
	return nil
}

// average is the mean number of words of a text of public incidents.
func (v *view) average(text int) float64 {
	return max(1, v.lengths[text]/float64(max(1, v.public)))
}

// inParallel calls do with 0 to n-1, on as many processors as there are, and returns what went wrong. A panic is an error: the
// library trusts what it reads from files.
func inParallel(n int, do func(i int) error) error {
	errs := make([]error, n)
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	one := func(i int) {
		defer func() {
			if p := recover(); p != nil {
				errs[i] = fmt.Errorf("damaged: %v\n%s", p, debug.Stack())
			}
		}()
		errs[i] = do(i)
	}
	for i := range n {
		if i == n-1 { // the caller has nothing else to do
			one(i)
			break
		}
		free <- struct{}{}
		all.Go(func() {
			one(i)
			<-free
		})
	}
	all.Wait()
	return errors.Join(errs...)
}
