package main

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"os"
	"testing"
	"time"

	"hindsight/server/internal/api"
)

// upload sends fields and files to POST /api/v1/imports.
func (v visitor) upload(t *testing.T, fields map[string]string, files ...string) response {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		part.Write(text) // writing to memory does not fail
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return v.do(t, http.MethodPost, "/api/v1/imports", &b, http.Header{"Content-Type": {w.FormDataContentType()}})
}

// TestFilesThroughTheAPI imports a file with broken rows by HTTP alone and follows the run to its end.
func TestFilesThroughTheAPI(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		s := in.serve(t, false, true)
		editor := s.withToken(t, in, "editor")
		got := editor.upload(t, map[string]string{"source": "table", "name": "Help desk", "set.zone": "Europe/Berlin"}, "testdata/bad.csv")
		if got.status != http.StatusAccepted {
			t.Fatalf("POST /imports = %d, want 202\n%s", got.status, got.body)
		}
		var run api.Run
		parseJSON(t, "POST /imports", got.body, &run)
		for deadline := time.Now().Add(time.Minute); run.State == "queued" || run.State == "running"; {
			if time.Now().After(deadline) {
				t.Fatalf("the run does not end: %+v", run)
			}
			editor.getJSON(t, "/api/v1/imports/"+string(run.ID), &run)
		}
		if run.State != "partial" || run.New == 0 || run.Dead == 0 {
			t.Errorf("the run ends with %+v, want new incidents and dead letters", run)
		}
		var found api.IncidentList
		editor.getJSON(t, "/api/v1/incidents?source=table&external_id=B-1", &found)
		if found.Total != 1 || found.Items[0].StartedAt.Format(time.RFC3339) != "2024-03-01T09:00:00Z" {
			t.Errorf("B-1, opened at 10:00 in Berlin, is %+v", found.Items)
		}
		for name, tc := range map[string]struct {
			fields map[string]string
			files  []string
		}{
			"no file":         {map[string]string{"source": "table"}, nil},
			"no such source":  {map[string]string{"source": "pager"}, []string{"testdata/bad.csv"}},
			"no such field":   {map[string]string{"source": "table", "colour": "blue"}, []string{"testdata/bad.csv"}},
			"no such setting": {map[string]string{"source": "table", "set.zone": "Mars"}, []string{"testdata/bad.csv"}},
			"no mapping":      {map[string]string{"source": "table", "name": "other", "mapping": "title"}, []string{"testdata/bad.csv"}},
		} {
			if got := editor.upload(t, tc.fields, tc.files...); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s = %d, want 422\n%s", name, got.status, got.body)
			}
		}
		if got := s.withToken(t, in, "viewer").upload(t, map[string]string{"source": "table"}, "testdata/bad.csv"); got.status != http.StatusForbidden {
			t.Errorf("a viewer's upload = %d, want 403", got.status)
		}
	})
}
