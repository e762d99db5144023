package analytics

import (
	"slices"

	"hindsight/incident"
)

// view is what a snapshot reads: everything in it is either never written again or only grows behind what
// the snapshot sees.
type view struct {
	chunks []*chunk
	rows   int // of which some may be gone
	count  int // incidents

	texts []string
	sets  [][]uint32
	words *dictionary // of texts, and of later ones
	lists *sets       // of sets, and of later ones
	// serviceCodes are the codes of all services that incidents ever named.
	serviceCodes []uint32

	services []incident.Service
	teams    []incident.Team
	policies []incident.Policy
	// agreements are the contracts among policies, made ready.
	agreements []Agreement
	names      map[incident.ID]string // of services and teams
	hidden     *hidden                // private incidents
	causes     ledger[incident.ID]    // what people say brought an incident about: a change, or incident.NoChange
	rejected   ledger[string]         // the changes that people say did not, with line ends between them
}

// builder keeps the columns current. It shares chunks with published views and copies one before it
// writes to it, so a change costs as many chunks as it touches.
type builder struct {
	view
	hiding ledger[string] // of private incidents; see hiding
	own    []bool         // chunks that no view refers to
	owned  []int          // those of them that are
	rowOf  map[incident.ID]int
	free   []int                  // rows of incidents that are gone
	used   map[incident.ID]string // services' names as sources write them, for those in no catalogue
	named  bool                   // names holds all of them
}

func newBuilder() *builder {
	return &builder{
		rowOf: map[incident.ID]int{}, hiding: newLedger[string](), used: map[incident.ID]string{},
		view: view{words: newDictionary(), lists: newSets(), causes: newLedger[incident.ID](), rejected: newLedger[string]()},
	}
}

// publish returns the view as of now. Chunks are shared from here on.
func (b *builder) publish() view {
	for _, at := range b.owned {
		b.own[at] = false
	}
	b.owned = b.owned[:0]
	if !b.named {
		b.names, b.named = b.nameMap(), true
	}
	v := b.view
	v.chunks = slices.Clone(b.chunks)
	v.texts = b.words.texts
	v.sets = b.lists.lists
	v.count = len(b.rowOf)
	v.hidden = &hidden{ledger: b.hiding.share()}
	v.causes, v.rejected = b.causes.share(), b.rejected.share()
	return v
}

func (b *builder) nameMap() map[incident.ID]string {
	names := make(map[incident.ID]string, len(b.services)+len(b.teams)+len(b.used))
	for id, name := range b.used {
		names[id] = name
	}
	for _, s := range b.services {
		names[s.ID] = s.Name
	}
	for _, t := range b.teams {
		names[t.ID] = t.Name
	}
	return names
}

// writable returns the chunk of a row, copied first when a view may be reading it.
func (b *builder) writable(row int) (*chunk, int) {
	at := row / chunkRows
	if at == len(b.chunks) {
		b.chunks = append(b.chunks, new(chunk))
		b.own, b.owned = append(b.own, true), append(b.owned, at)
	}
	if !b.own[at] {
		copied := *b.chunks[at]
		b.chunks[at], b.own[at] = &copied, true
		b.owned = append(b.owned, at)
	}
	return b.chunks[at], row % chunkRows
}

// remove frees the row of an incident.
func (b *builder) remove(id incident.ID) {
	row, ok := b.rowOf[id]
	if !ok {
		return
	}
	c, i := b.writable(row)
	c.clear(i)
	delete(b.rowOf, id)
	b.hiding.set(id, "", false)
	b.causes.set(id, "", false)
	b.rejected.set(id, "", false)
	b.free = append(b.free, row)
}

// clear empties row i, so that nothing of the incident stays in memory.
func (c *chunk) clear(i int) {
	c.id[i], c.number[i], c.title[i] = "", "", ""
	c.custom[i], c.cycles[i], c.history[i] = nil, nil, nil
	c.flags[i] = isGone
	c.anyFlags |= isGone
}

// put writes an incident into its row, or a new one.
func (b *builder) put(inc *incident.Incident) {
	if inc.Deleted() {
		b.remove(inc.ID)
		return
	}
	row, ok := b.rowOf[inc.ID]
	if !ok {
		row = b.newRow()
		b.rowOf[inc.ID] = row
	}
	b.hiding.set(inc.ID, hiding(inc), inc.Private)
	change, stated := inc.CausedBy()
	b.causes.set(inc.ID, change, stated)
	changes, _ := inc.NotCausedBy()
	b.rejected.set(inc.ID, joinIDs(changes), len(changes) > 0)
	c, i := b.writable(row)
	b.putFacts(c, i, inc)
	b.putCodes(c, i, inc)
	c.cycles[i] = b.cycles(inc.SLA)
	c.history[i] = b.turns(inc.Segments)
}

func (b *builder) newRow() int {
	if n := len(b.free); n > 0 {
		row := b.free[n-1]
		b.free = b.free[:n-1]
		return row
	}
	b.rows++
	return b.rows - 1
}

// putFacts writes the columns that need no dictionary.
func (b *builder) putFacts(c *chunk, i int, inc *incident.Incident) {
	c.id[i], c.number[i], c.title[i] = inc.ID, inc.Number, inc.Title
	c.started[i] = micros(inc.StartedAt())
	for col, name := range incident.MilestoneNames {
		c.milestones[col][i] = micros(inc.Milestones.At(name))
	}
	c.blur[i], c.declared[i] = blurOf(inc.Milestones), micros(declaredAt(inc))
	c.severity[i] = uint8(inc.Severity)
	if !inc.Severity.Valid() {
		c.severity[i] = uint8(incident.SevUnknown)
	}
	c.flags[i] = 0
	if inc.Private {
		c.flags[i] |= isPrivate
	}
	if inc.Status.Over() {
		c.flags[i] |= isOver
	}
	if inc.Origin == incident.OriginPager || inc.Origin == incident.OriginMonitor {
		c.flags[i] |= isAlert
	}
	c.reopened[i] = -1
	if inc.Reopened != nil {
		c.reopened[i] = int32(*inc.Reopened)
	}
}

// putCodes writes the columns of dictionary codes.
func (b *builder) putCodes(c *chunk, i int, inc *incident.Incident) {
	c.kind[i] = b.words.code(string(inc.Kind))
	c.reason[i] = b.words.code(reasonButKind(inc))
	c.priority[i] = b.words.code(inc.PriorityRaw)
	c.team[i] = b.words.code(string(inc.Team))
	c.connection[i] = b.words.code(string(inc.Ref.Connection))
	c.source[i] = b.words.code(sourceOf(inc))
	c.services[i] = b.serviceSet(inc.Services)
	c.tags[i] = b.textSet(inc.Tags)
	factors, claimed, prose := contributing(inc.Factors)
	c.factors[i], c.claimed[i] = b.textSet(factors), b.textSet(claimed)
	if prose {
		c.flags[i] |= hasProse
	}
	c.custom[i] = b.customCodes(inc.Custom)
	if inc.Kind == incident.Real && c.reason[i] == 0 && c.started[i] != 0 {
		c.flags[i] |= isCounted
	}
	c.anyFlags |= c.flags[i]
}

// reasonButKind returns why the incident would not count if it were of kind real, so that a query for drills
// still leaves out canceled drills.
func reasonButKind(inc *incident.Incident) string {
	counted := *inc
	counted.Kind = incident.Real
	return counted.Uncounted()
}

// sourceOf returns the name of the system that the incident's times were read from.
func sourceOf(inc *incident.Incident) string {
	for _, m := range inc.Milestones {
		if m.Basis != incident.FromPerson {
			return m.Source
		}
	}
	return ""
}

func (b *builder) serviceSet(uses []incident.ServiceUse) uint32 {
	var codes []uint32
	for _, u := range uses {
		if u.Service == "" {
			continue
		}
		code := b.words.code(string(u.Service))
		if _, ok := b.used[u.Service]; !ok {
			b.used[u.Service], b.named = u.Name, false
			b.serviceCodes = append(b.serviceCodes, code)
		}
		codes = append(codes, code)
	}
	return b.lists.code(codes)
}

func (b *builder) textSet(texts []string) uint32 {
	var codes []uint32
	for _, t := range texts {
		codes = append(codes, b.words.code(t))
	}
	return b.lists.code(codes)
}

// longestValue is how long, in bytes, a custom value may be to be a category. Longer ones are prose: nobody
// groups by them, and each would stay in the dictionary.
const longestValue = 100

func (b *builder) customCodes(values []incident.CustomValue) []uint32 {
	var codes []uint32
	for _, v := range values {
		if v.Value != "" && len(v.Value) <= longestValue {
			codes = append(codes, b.words.code(joinField(v.Name, v.Value)))
		}
	}
	return slices.Clip(codes)
}

func (b *builder) cycles(stated []incident.SLACycle) []cycle {
	if len(stated) == 0 {
		return nil
	}
	out := make([]cycle, len(stated))
	for i, s := range stated {
		out[i] = cycle{
			promise: b.words.code(joinField(s.Goal, s.Name)), breached: -1,
			start: micros(s.Start), stop: micros(s.Stop), target: s.Target.Microseconds(),
		}
		if s.Breached != nil {
			out[i].breached = 0
			if *s.Breached {
				out[i].breached = 1
			}
		}
	}
	return out
}
