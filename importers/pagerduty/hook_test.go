package pagerduty

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"testing"

	"hindsight/importers"
)

func signedWith(body string, secrets ...string) http.Header {
	header := ""
	for _, s := range secrets {
		mac := hmac.New(sha256.New, []byte(s))
		mac.Write([]byte(body))
		if header != "" {
			header += ","
		}
		header += "v1=" + hex.EncodeToString(mac.Sum(nil))
	}
	h := http.Header{}
	h.Set("X-PagerDuty-Signature", header)
	return h
}

func TestVerify(t *testing.T) {
	body := `{"event":{"id":"01SYNTHETIC","event_type":"pagey.ping","data":{"type":"ping","message":"hello"}}}`
	for _, tc := range []struct {
		name   string
		header http.Header
		ok     bool
	}{
		{"signed", signedWith(body, "new"), true},
		{"signed with both while one is replaced", signedWith(body, "old", "new"), true},
		{"signed with another secret", signedWith(body, "other"), false},
		{"of another body", signedWith(body+" ", "new"), false},
		{"not signed", http.Header{}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			id, err := verify(importers.Delivery{Header: tc.header, Body: []byte(body)}, []string{"new"})
			if tc.ok != (err == nil) || tc.ok && id != "01SYNTHETIC" || !tc.ok && !errors.Is(err, importers.ErrForged) {
				t.Errorf("verify = %q, %v", id, err)
			}
		})
	}
}

func TestReadHook(t *testing.T) {
	for _, tc := range []struct {
		name, body, want string
	}{
		{"an incident", `{"event":{"event_type":"incident.priority_updated","data":{"id":"P1","type":"incident","priority":{"summary":"P1"}}}}`, "P1"},
		{"a reopening", `{"event":{"event_type":"incident.reopened","data":{"id":"P1","type":"incident"}}}`, "P1"},
		{"a note", `{"event":{"event_type":"incident.annotated","data":{"id":"PNOTE","type":"incident_note","incident":{"id":"P2"},"content":"x"}}}`, "P2"},
		{"a responder without an id", `{"event":{"event_type":"incident.responder.added","data":{"type":"incident_responder","incident":{"id":"P3"}}}}`, "P3"},
		{"the test event", `{"event":{"event_type":"pagey.ping","data":{"type":"ping"}}}`, ""},
		{"a service", `{"event":{"event_type":"service.deleted","data":{"id":"PSVC1","type":"service"}}}`, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			news, err := readHook(importers.Delivery{Body: []byte(tc.body)}, importers.Config{})
			got := ""
			if len(news) == 1 {
				got = news[0].ID
			}
			if err != nil || got != tc.want || len(news) > 1 || got != "" && (news[0].Collection != incidents || news[0].Record != nil) {
				t.Errorf("readHook = %+v, %v; want the incident %q, to be fetched", news, err, tc.want)
			}
		})
	}
	for _, body := range []string{`{`, `{"event":{"event_type":"incident.annotated","data":{"id":"PNOTE","type":"incident_note"}}}`} {
		if news, err := readHook(importers.Delivery{Body: []byte(body)}, importers.Config{}); err == nil {
			t.Errorf("readHook(%s) = %+v, want an error", body, news)
		}
	}
}
