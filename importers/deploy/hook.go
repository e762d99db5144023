package deploy

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
)

var hook = &importers.Hook{
	Verify: func(d importers.Delivery, secrets []string) (string, error) {
		return d.Header.Get("Idempotency-Key"), importers.SharedSecret("X-Hindsight-Token")(d, secrets)
	},
	Read: read,
	Setup: `Let the pipeline post to ` + "`{url}`" + ` when it has deployed:

    curl -fsS '{url}' -H 'Authorization: Bearer {secret}' -H 'Content-Type: application/json' \
      -d '{"id": "'$BUILD_ID'", "service": "checkout", "environment": "production", "revision": "'$COMMIT'", "result": "succeeded", "started_at": "'$STARTED'"}'

Deployments and issues in the form of Apache DevLake's webhooks are understood too: only address and token change. ` + "`{url}?close=KEY`" + ` says that the
incident KEY is over.`,
}

const most = 500 // changes of one delivery

// read makes records of a delivery: one JSON object, a list of them, or an empty body with ?close=.
func read(d importers.Delivery, cfg importers.Config) ([]importers.News, error) {
	at := d.At.UTC().Format(time.RFC3339Nano)
	if key := importers.Line(d.Query.Get("close")); key != "" {
		return []importers.News{carried("incidents", key, message{At: at, Close: true})}, nil
	}
	list := []json.RawMessage{d.Body}
	if bytes.HasPrefix(bytes.TrimSpace(d.Body), []byte("[")) {
		if err := json.Unmarshal(d.Body, &list); err != nil {
			return nil, fmt.Errorf("this is no JSON: %w", err)
		}
	}
	if len(list) > most {
		return nil, fmt.Errorf("the delivery has %d entries; at most %d are taken", len(list), most)
	}
	var news []importers.News
	for _, body := range list {
		var o object
		if err := json.Unmarshal(body, &o); err != nil || o == nil {
			return nil, errors.New("this is no JSON object, nor a list of them")
		}
		if key := o.text("issueKey", "issue_key"); key != "" {
			if strings.EqualFold(o.text("type"), "INCIDENT") { // DevLake takes in bugs and requirements by the same way
				news = append(news, carried("incidents", importers.Line(key), message{At: at, Body: body}))
			}
			continue
		}
		if !wanted(o, cfg) {
			continue
		}
		news = append(news, carried("changes", idOf(o, body, at), message{At: at, Service: importers.Line(d.Query.Get("service")), Body: body}))
	}
	return news, nil
}

// wanted reports whether a change is of an environment that the connection takes, or does not say of which.
func wanted(o object, cfg importers.Config) bool {
	where, only := o.text(environment...), settings.List(cfg, "environments")
	return where == "" || len(only) == 0 || slices.ContainsFunc(only, func(e string) bool { return strings.EqualFold(e, where) })
}

func carried(collection, id string, m message) importers.News {
	body, _ := json.Marshal(record{Messages: []message{m}}) // of texts and valid JSON: it cannot fail
	return importers.News{Collection: collection, ID: id, Record: &importers.Record{ExternalID: id, Body: body, Place: "delivery of " + m.At}}
}

// idOf returns the sender's id, else one made of what was sent: the same message is the same change, unless it states
// no time and so means the moment at which it came.
func idOf(o object, body []byte, at string) string {
	if id := importers.Line(o.text("id", "pipelineId", "pipeline_id")); id != "" {
		return id
	}
	h := sha256.New()
	h.Write(body)
	if o.text(started...) == "" && o.text(finished...) == "" {
		h.Write([]byte(at))
	}
	return "made-" + hex.EncodeToString(h.Sum(nil)[:12])
}

// combine adds what was said earlier and later of one change. The order of arrival does not matter, and a message
// that came twice counts once, when it came first.
func combine(stored, read []byte) ([]byte, error) {
	var a, b record
	if err := errors.Join(json.Unmarshal(stored, &a), json.Unmarshal(read, &b)); err != nil {
		return nil, err
	}
	all := append(slices.Clip(a.Messages), b.Messages...)
	slices.SortFunc(all, func(x, y message) int {
		return cmp.Or(instant(x).Compare(instant(y)), strings.Compare(x.key(), y.key()))
	})
	seen := map[string]bool{}
	all = slices.DeleteFunc(all, func(m message) bool {
		twice := seen[m.key()]
		seen[m.key()] = true
		return twice
	})
	return json.Marshal(record{Messages: all})
}

// key is all of a message but when it came.
func (m message) key() string {
	var body bytes.Buffer
	if json.Compact(&body, m.Body) != nil {
		return fmt.Sprintf("%s %v %s", m.Service, m.Close, m.Body)
	}
	return fmt.Sprintf("%s %v %s", m.Service, m.Close, body.String())
}

// instant returns when a message came; the zero time when nobody knows.
func instant(m message) time.Time {
	at, _ := time.Parse(time.RFC3339Nano, m.At)
	return at
}
