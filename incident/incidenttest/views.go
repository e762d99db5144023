package incidenttest

import (
	"testing"
	"time"

	"hindsight/incident"
)

// testViews: a view comes back as it was put, its owner's in their places before those that others share, and a name is free
// again once the view that had it was removed.
func testViews(t *testing.T, s incident.Store) {
	ctx := t.Context()
	worst := incident.View{ID: "view_1", Owner: "usr_1", By: "ada", Name: "The worst", Path: "/incidents?sev=1&range=90d", Place: 2, SavedAt: Epoch()}
	first := incident.View{ID: "view_2", Owner: "usr_1", By: "ada", Name: "<b>Late</b>", Path: "/search?q=late", Shared: true, Place: 1, SavedAt: Epoch()}
	others := incident.View{ID: "view_3", Owner: "usr_2", By: "bob", Name: "The worst", Path: "/problems", Shared: true, SavedAt: Epoch()}
	hidden := incident.View{ID: "view_4", Owner: "usr_2", By: "bob", Name: "Mine", Path: "/changes", SavedAt: Epoch()}
	write := func(v incident.View) error {
		_, err := s.Update(ctx, func(tx incident.Tx) error { return tx.PutView(v) })
		return err
	}
	for _, v := range []incident.View{worst, first, others, hidden} {
		if err := write(v); err != nil {
			t.Fatalf("PutView(%s): %v", v.Name, err)
		}
	}
	equal(t, "Views of usr_1", check(s.Views(ctx, "usr_1"))(t, "Views"), []incident.View{first, worst, others})
	equal(t, "Views of nobody", check(s.Views(ctx, ""))(t, "Views"), []incident.View{first, others})
	equal(t, "View", check(s.View(ctx, hidden.ID))(t, "View"), &hidden)
	_, err := s.View(ctx, "view_none")
	fails(t, "View of an id that is not there", err, incident.ErrNotFound)

	again := incident.View{ID: "view_5", Owner: "usr_1", By: "ada", Name: worst.Name, Path: "/causes", Place: 3, SavedAt: Epoch()}
	fails(t, "PutView with a name that its owner uses", write(again), incident.ErrConflict)
	worst.RemovedAt, others.RemovedAt = Epoch().Add(time.Hour), Epoch().Add(3*time.Hour)
	for _, v := range []incident.View{worst, others, again} {
		if err := write(v); err != nil {
			t.Fatalf("PutView(%s) after a removal: %v", v.ID, err)
		}
	}
	equal(t, "Views after a removal", check(s.Views(ctx, "usr_1"))(t, "Views"), []incident.View{first, worst, again})
	fails(t, "PutView that puts back a name in use", write(incident.View{ID: worst.ID, Owner: "usr_1", Name: worst.Name, SavedAt: Epoch()}), incident.ErrConflict)
	update(t, s, func(tx incident.Tx) error { return tx.SweepViews(Epoch().Add(2 * time.Hour)) })
	_, err = s.View(ctx, worst.ID)
	fails(t, "View that was removed and swept", err, incident.ErrNotFound)
	equal(t, "View that was removed lately", check(s.View(ctx, others.ID))(t, "View"), &others)
}
