package writers

import (
	"encoding/json"
	"time"

	"hindsight/incident"
)

// request is what a client sends; which fields it has depends on Type.
type request struct {
	Type    string            `json:"type"`
	ID      json.Number       `json:"id"`
	Section string            `json:"section"`
	Version int               `json:"version"`
	Client  string            `json:"client"`
	Updates []json.RawMessage `json:"updates"`
	Anchor  int               `json:"anchor"`
	Head    int               `json:"head"`
}

// hello is the first message.
type hello struct {
	Type     string         `json:"type"`
	Who      string         `json:"who"`
	Name     string         `json:"name"`
	Write    bool           `json:"write"`
	Sections map[string]int `json:"sections"`
}

// updates are what was accepted after Version; also the answer to a push that came too late, which has its ID.
type updates struct {
	Type    string      `json:"type"` // updates, or behind
	ID      json.Number `json:"id,omitempty"`
	Section string      `json:"section"`
	Version int         `json:"version"`
	Updates []update    `json:"updates"`
}

type update struct {
	Client  string          `json:"client"`
	Changes json.RawMessage `json:"changes"`
	Name    string          `json:"name"`
	At      time.Time       `json:"at"`
}

func updatesOf(changes []incident.TextChange) []update {
	out := make([]update, len(changes))
	for i, c := range changes {
		out[i] = update{c.Client, c.Changes, c.By, c.At}
	}
	return out
}

// accepted answers a push; stale says that a version cannot be caught up with.
type accepted struct {
	Type    string      `json:"type"`
	ID      json.Number `json:"id,omitempty"`
	Section string      `json:"section"`
	Version int         `json:"version"`
}

type refused struct {
	Type    string      `json:"type"`
	ID      json.Number `json:"id,omitempty"`
	Section string      `json:"section"`
	Status  int         `json:"status"`
	Detail  string      `json:"detail"`
}

type changed struct {
	Type string `json:"type"`
	Beat int    `json:"beat"`
}

type bye struct {
	Type   string `json:"type"`
	Reason string `json:"reason"`
}

type presence struct {
	Type   string   `json:"type"`
	People []person `json:"people"`
}

// person is where somebody is: in a section, and with a cursor in it or without.
type person struct {
	Client  string `json:"client,omitempty"`
	Who     string `json:"who"`
	Name    string `json:"name"`
	Section string `json:"section"`
	Version int    `json:"version"`
	Anchor  *int   `json:"anchor,omitempty"`
	Head    *int   `json:"head,omitempty"`
}

// pack writes a message. None of them can fail.
func pack(message any) []byte {
	raw, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	return raw
}
