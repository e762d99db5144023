package incidenttest

import (
	"testing"

	"hindsight/incident"
)

func testTwins(t *testing.T, s incident.Store) {
	pager := Incident(1, func(i *incident.Incident) {
		i.URL, i.Origin, i.Links = "https://pager.example.com/1", incident.OriginPager, nil
	})
	ticket := Incident(2, func(i *incident.Incident) {
		i.URL, i.Origin = "https://tickets.example.com/2", incident.OriginTicket
		i.Links = []incident.Link{{Kind: "same_as", URL: pager.URL}}
	})
	other := Incident(3, func(i *incident.Incident) { i.Links = []incident.Link{{Kind: "ticket", URL: pager.URL}} })
	put := func(incs ...*incident.Incident) {
		update(t, s, func(tx incident.Tx) error {
			if err := tx.PutIncidents(incs); err != nil {
				return err
			}
			var ids []incident.ID
			for _, inc := range incs {
				ids = append(ids, inc.ID)
			}
			return incident.Reunite(tx, ids)
		})
	}
	sameAs := func(ids ...incident.ID) (out []incident.ID) {
		for _, id := range ids {
			out = append(out, get(t, s, id).SameAs)
		}
		return out
	}
	put(ticket, other)
	equal(t, "before the pager's record has come", sameAs(ticket.ID, other.ID), []incident.ID{"", ""})
	put(pager)
	equal(t, "after it", sameAs(pager.ID, ticket.ID, other.ID), []incident.ID{"", pager.ID, ""})
	equal(t, "other accounts of the pager's", list(t, s, incident.Filter{SameAs: []incident.ID{pager.ID}, Sight: incident.Sight{All: true}}), []incident.ID{ticket.ID})
	part, merged, copied := *get(t, s, other.ID), *get(t, s, other.ID), *get(t, s, other.ID)
	part.ID, merged.ID, copied.ID = "inc_part", "inc_merged", "inc_copied"
	part.Ref.ExternalID, merged.Ref.ExternalID, copied.Ref.ExternalID = "part", "merged", "copied"
	part.Parent, merged.MergedInto, copied.DuplicateOf = pager.ID, pager.ID, ticket.ID
	put(&part, &merged, &copied)
	equal(t, "parts of the pager's", list(t, s, incident.Filter{PartOf: []incident.ID{pager.ID}, Sight: incident.Sight{All: true}}), []incident.ID{part.ID, merged.ID})
	equal(t, "parts of both", list(t, s, incident.Filter{PartOf: []incident.ID{pager.ID, ticket.ID}, Sight: incident.Sight{All: true}}), []incident.ID{part.ID, merged.ID, copied.ID})
	equal(t, "by its number", list(t, s, incident.Filter{Numbers: []string{ticket.Number}, Sight: incident.Sight{All: true}}), []incident.ID{ticket.ID})
	equal(t, "what counts", list(t, s, incident.Filter{Counted: true, IDs: []incident.ID{pager.ID, ticket.ID}, Sight: incident.Sight{All: true}}), []incident.ID{pager.ID})

	unlinked := *get(t, s, ticket.ID)
	unlinked.Links = nil
	put(&unlinked)
	equal(t, "after the link has gone", sameAs(pager.ID, ticket.ID, other.ID), []incident.ID{"", "", ""})

	// Where the connection of the record that counts is removed, the other one counts again.
	foreign := *get(t, s, ticket.ID)
	foreign.Links = ticket.Links
	foreign.ID, foreign.Ref.Connection = "inc_foreign", "con_other"
	put(&foreign)
	equal(t, "beside the pager", sameAs(foreign.ID), []incident.ID{pager.ID})
	update(t, s, func(tx incident.Tx) error {
		if err := tx.PutConnection(incident.Connection{ID: pager.Ref.Connection, Name: "pager"}); err != nil {
			return err
		}
		return tx.DeleteConnection(pager.Ref.Connection, "connection removed")
	})
	equal(t, "without it", sameAs(foreign.ID), []incident.ID{""})
}
