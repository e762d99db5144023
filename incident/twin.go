package incident

import (
	"cmp"
	"slices"
	"time"
)

// twinField is the name of the Edit by which people say of which other incident a record is another account.
const twinField = "same_as"

// Claims reports whether inc says by a link of kind same_as that other is the same incident.
func (inc *Incident) Claims(other *Incident) bool {
	return other.URL != "" && slices.ContainsFunc(inc.Links, func(l Link) bool { return l.Kind == twinField && l.URL == other.URL })
}

// SaidTwin returns what a person said of which incident this is another account; said is false when nobody did, and
// an empty id means of none.
func (inc *Incident) SaidTwin() (id ID, said bool) {
	for _, e := range inc.Edits {
		if e.Field == twinField {
			id, said = ID(e.Value), true
		}
	}
	return id, said
}

// Unite makes records of one incident count as one, and returns those that it changed, as copies. What a person
// said of a record goes before what links say.
//
// Records that claim each other form a group. The one whose system knows times best stands for all: pager before
// monitor, ticket, file, record made here and status page, then the earliest; a private one only if all are. The others point to it with SameAs
// and do not count. It takes over each milestone that it does not state itself from the next best record that does,
// as a statement of basis FromTwin, so that a ticket's mitigation completes a pager's incident. Nothing of a private
// record goes to one that others may see. Records that are in no group any more are set free.
func Unite(records []*Incident) []*Incident {
	records = slices.Clone(records)
	slices.SortFunc(records, func(a, b *Incident) int {
		return cmp.Or(hidden(a)-hidden(b), twinRank(a.Origin)-twinRank(b.Origin), a.StartedAt().Compare(b.StartedAt()), cmp.Compare(a.ID, b.ID))
	})
	var changed []*Incident
	for _, group := range twinGroups(records) {
		for _, inc := range group {
			next := *inc
			if next.SameAs = ""; inc != group[0] {
				next.SameAs = group[0].ID
			}
			next.Milestones = slices.DeleteFunc(slices.Clone(inc.Milestones), func(m Milestone) bool { return m.Basis == FromTwin })
			if inc == group[0] {
				next.takeOver(group[1:])
			}
			if next.SameAs != inc.SameAs || !slices.Equal(next.Milestones, inc.Milestones) {
				changed = append(changed, &next)
			}
		}
	}
	return changed
}

// hidden orders private records behind the others: where one stood for a public record, those who may not see it
// would find the incident counted nowhere.
func hidden(inc *Incident) int {
	if inc.Private {
		return 1
	}
	return 0
}

// twinRank orders origins by how well they know times.
func twinRank(o Origin) int {
	return slices.Index([]Origin{OriginPager, OriginMonitor, OriginTicket, OriginFile, OriginManual, OriginStatusPage}, o)
}

// twinGroups divides records, best first, into groups, each led by the record that stands for it.
func twinGroups(records []*Incident) [][]*Incident {
	group := map[ID]int{}
	var groups [][]*Incident
	var join func(inc *Incident, n int)
	join = func(inc *Incident, n int) {
		if _, done := group[inc.ID]; done {
			return
		}
		group[inc.ID] = n
		groups[n] = append(groups[n], inc)
		for _, other := range records {
			if twins(inc, other) {
				join(other, n)
			}
		}
	}
	for _, inc := range records {
		if _, done := group[inc.ID]; !done {
			groups = append(groups, nil)
			join(inc, len(groups)-1)
		}
	}
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, b *Incident) int { return slices.Index(records, a) - slices.Index(records, b) })
		// Where a person chose the record that counts, it does.
		for i, inc := range g {
			if slices.ContainsFunc(g, func(o *Incident) bool { id, said := o.SaidTwin(); return said && id == inc.ID }) {
				lead := g[i]
				copy(g[1:i+1], g[:i])
				g[0] = lead
				break
			}
		}
	}
	return groups
}

// twins reports whether two different records are of one incident: because a person said so, or because one claims
// it and no person said otherwise. Tombstones are of none.
func twins(a, b *Incident) bool {
	if a == b || a.ID == b.ID || a.Deleted() || b.Deleted() {
		return false
	}
	ofA, saidA := a.SaidTwin()
	ofB, saidB := b.SaidTwin()
	if saidA && ofA == b.ID || saidB && ofB == a.ID {
		return true
	}
	return !saidA && !saidB && (a.Claims(b) || b.Claims(a))
}

// takeOver adds the milestones that inc does not state itself.
func (inc *Incident) takeOver(others []*Incident) {
	own := slices.Clone(inc.Milestones)
	for _, name := range MilestoneNames {
		if name == Opened || slices.ContainsFunc(own, func(m Milestone) bool { return m.Name == name }) {
			continue
		}
		for _, other := range others {
			if m, ok := other.Milestones.Current(name); ok && m.Basis != FromTwin && inc.within(other) {
				m.Basis, m.Field = FromTwin, other.Label()
				m.Reason, m.StatedAt = "", time.Time{}
				inc.Milestones = append(inc.Milestones, m)
				break
			}
		}
	}
}

// Reunite applies Unite to the given incidents and all that belong, or belonged, together with them, and puts what
// changes. It is part of every transaction that puts incidents.
func Reunite(tx Tx, ids []ID) error {
	known := map[ID]bool{}
	for _, id := range ids {
		known[id] = true
	}
	all, found := []ID(nil), false
	for len(ids) > 0 {
		all = append(all, ids...)
		near, err := tx.Twins(ids)
		if err != nil {
			return err
		}
		ids = nil
		for _, id := range near {
			found = true
			if !known[id] {
				known[id] = true
				ids = append(ids, id)
			}
		}
	}
	if !found {
		return nil
	}
	byID, err := tx.IncidentsByID(all)
	if err != nil {
		return err
	}
	var records []*Incident
	for _, inc := range byID {
		records = append(records, inc)
	}
	if changed := Unite(records); len(changed) > 0 {
		return tx.PutIncidents(changed)
	}
	return nil
}
