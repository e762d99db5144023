package incidenttest

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"hindsight/incident"
)

// RetroFile returns a made-up attachment of the retrospective of Incident(1).
func RetroFile() incident.RetroFile {
	body := bytes.Repeat([]byte("12:04 queue is at 10,000\n\x00"), 20_000)
	return incident.RetroFile{Incident: Incident(1).ID, ID: incident.RetroFileID(incident.RetroAttachment, "", "queue.log", body), Name: "queue.log", Kind: incident.RetroAttachment,
		Type: "application/octet-stream", Size: int64(len(body)), User: "usr_1", By: "ada", At: Epoch(), Body: body}
}

// testRetroFiles: a file comes back byte for byte; what is referred to stays, also when only an old snapshot does so; what nothing refers to
// goes after its time, and what somebody removed is gone at once.
func testRetroFiles(t *testing.T, s incident.Store) {
	ctx := t.Context()
	r := begun(t, s)
	log := RetroFile()
	chart := incident.RetroFile{Incident: r.Incident, Name: "Time to restore", Kind: incident.RetroChart, Type: "image/svg+xml", Body: []byte("<svg/>"), Size: 6, Data: `{"n":7}`, By: "ada", At: Epoch().Add(time.Minute)}
	chart.ID = incident.RetroFileID(chart.Kind, chart.Type, chart.Name, chart.Body)
	image := incident.RetroFile{Incident: r.Incident, Name: "a.png", Kind: incident.RetroImage, Type: "image/png", Body: []byte("png"), Size: 3, Width: 4, Height: 5, By: "bob", At: Epoch().Add(2 * time.Minute)}
	image.ID = incident.RetroFileID(image.Kind, image.Type, image.Name, image.Body)
	update(t, s, func(tx incident.Tx) error {
		return errors.Join(tx.PutRetroFile(log), tx.PutRetroFile(chart), tx.PutRetroFile(image))
	})
	log.LooseSince, chart.LooseSince, image.LooseSince = log.At, chart.At, image.At
	for _, f := range []incident.RetroFile{log, chart, image} {
		equal(t, "file "+f.ID, *check(s.RetroFile(ctx, r.Incident, f.ID))(t, "RetroFile"), f)
	}
	if _, err := s.RetroFile(ctx, "inc_other", log.ID); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("RetroFile of another incident = %v, want ErrNotFound", err)
	}
	ids := func() []string {
		var out []string
		for _, f := range check(s.RetroFiles(ctx, r.Incident))(t, "RetroFiles") {
			out = append(out, f.ID)
		}
		return out
	}
	equal(t, "files", ids(), []string{log.ID, chart.ID, image.ID})

	// The text refers to the image, a snapshot to the chart, nothing to the log.
	again := log
	again.At, again.By = Epoch().AddDate(0, 0, 3), "bob"
	update(t, s, func(tx incident.Tx) error {
		return errors.Join(tx.PutRetroFile(again),
			tx.AppendText(r.Incident, "summary", "![A](files/"+image.ID+")", []incident.TextChange{{Version: 1, Client: "c.12345678", Changes: []byte(`[[0]]`), By: "ada", At: Epoch()}}),
			tx.PutRetroSnapshot(incident.RetroSnapshot{ID: "snap_f", Incident: r.Incident, Why: incident.SnapshotNamed, At: Epoch(),
				Body: incident.RetroBody{Title: "x", Sections: []incident.RetroSection{{Slug: "summary", Text: "![C](files/" + chart.ID + ")"}}}}))
	})
	swept := func(now time.Time) int {
		t.Helper()
		before := len(ids())
		update(t, s, func(tx incident.Tx) error { return tx.SweepRetroFiles(now, now.AddDate(0, 0, -30)) })
		return before - len(ids())
	}
	equal(t, "swept 30 days after the first upload", swept(Epoch().AddDate(0, 0, 31)), 0)
	equal(t, "swept 30 days after the second", swept(Epoch().AddDate(0, 0, 34)), 1)
	equal(t, "left", ids(), []string{chart.ID, image.ID})
	if got := check(s.RetroFile(ctx, r.Incident, image.ID))(t, "RetroFile"); !got.LooseSince.IsZero() {
		t.Errorf("loose since %v, want never: a text refers to it", got.LooseSince)
	}
	update(t, s, func(tx incident.Tx) error {
		return tx.AppendText(r.Incident, "summary", "", []incident.TextChange{{Version: 2, Client: "c.12345678", Changes: []byte(`[[0]]`), By: "ada", At: Epoch()}})
	})
	equal(t, "swept when the text has let go of it just now", swept(Epoch().AddDate(0, 0, 50)), 0)
	equal(t, "swept 30 days later", swept(Epoch().AddDate(0, 0, 81)), 1)

	update(t, s, func(tx incident.Tx) error { return tx.RemoveRetroFile(r.Incident, chart.ID, "ada", Epoch()) })
	got := check(s.RetroFile(ctx, r.Incident, chart.ID))(t, "RetroFile")
	if len(got.Body) > 0 || got.Data != "" || got.RemovedBy != "ada" || !got.RemovedAt.Equal(Epoch()) {
		t.Errorf("a removed chart = %+v, want its content gone and who removed it", got)
	}
	update(t, s, func(tx incident.Tx) error { return tx.PutRetroFile(chart) })
	equal(t, "added again", *check(s.RetroFile(ctx, r.Incident, chart.ID))(t, "RetroFile"), chart)
}
