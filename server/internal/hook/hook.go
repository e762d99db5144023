// Package hook posts messages to webhooks, in the format that each takes. It does not know what the messages are about. Start with [Poster].
package hook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"hindsight/incident"
)

// ErrGone is in the errors about addresses that take nothing any more: trying again does not help.
var ErrGone = errors.New("nothing is taken there any more")

const (
	patience   = 20 * time.Second
	longAnswer = 64 << 10 // bytes of an answer that are read
	saidAnswer = 500      // bytes of them that are told
)

// Target is where messages go. Its address and its key are secrets.
type Target struct {
	URL string `json:"url"`
	Key string `json:"key,omitempty"` // of the signed format: "whsec_" and base64; of a git repository: the password or token
	// Of a git repository alone.
	User   string `json:"user,omitempty"`
	Branch string `json:"branch,omitempty"`
	Folder string `json:"folder,omitempty"`
}

// CheckURL returns ErrInvalid about an address that nothing can be posted to.
func CheckURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" || len(address) > 2000 {
		return nil, incident.Invalidf("url", "give the whole address, beginning with https://")
	}
	return u, nil
}

// NewKey draws what signs messages: 24 bytes, as Standard Webhooks recommends at least.
func NewKey() string {
	var b [24]byte
	rand.Read(b[:]) // ends the program rather than fail
	return keyPrefix + base64.StdEncoding.EncodeToString(b[:])
}

const keyPrefix = "whsec_"

// Message is one message.
type Message struct {
	ID string // sent again it is the same
	At time.Time
	incident.OutgoingText
}

// Poster posts through a transport that says where one may go.
type Poster struct{ Transport http.RoundTripper }

// Post posts a message and returns what was answered. Answers other than 2xx are errors; redirects are not followed. Neither errors nor answers
// name what of the target is secret.
func (p Poster) Post(ctx context.Context, format incident.ChannelFormat, to Target, m Message) (answer string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := request(ctx, format, to, m)
	if err != nil {
		return "", fmt.Errorf("hook: %w", to.unsaid(err))
	}
	client := http.Client{Transport: p.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return "", fmt.Errorf("hook: %w", to.unsaid(err))
	}
	defer resp.Body.Close()
	answer = fmt.Sprintf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	body, _ := io.ReadAll(io.LimitReader(resp.Body, longAnswer)) // what it says beside the status is for people
	if said := incident.OneLine(strings.ToValidUTF8(string(body), "")); !to.in(said) {
		answer = strings.TrimSpace(answer + " " + strings.ToValidUTF8(said[:min(len(said), saidAnswer)], ""))
	}
	switch {
	case resp.StatusCode >= 200 && resp.StatusCode < 300:
		return answer, nil
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return answer, fmt.Errorf("hook: it leads elsewhere, and nothing is sent there: %s", answer)
	case resp.StatusCode == http.StatusGone || resp.StatusCode == http.StatusNotFound:
		return answer, fmt.Errorf("hook: %w: %s", ErrGone, answer)
	}
	return answer, fmt.Errorf("hook: it answered %s", answer)
}

// unsaid leaves what is secret out of an error.
func (t Target) unsaid(err error) error {
	var in *url.Error
	for errors.As(err, &in) {
		err = in.Err
	}
	if t.in(err.Error()) {
		return errors.New("it could not be asked, and why names its address")
	}
	return err
}

// shortestSecret is the shortest run of letters and digits of an address or key that is looked for in what others say.
const shortestSecret = 4

// in reports whether a text names what is secret of a target: the address behind its host or a word of it, or of the key. Whoever is posted to knows
// both and may repeat them, as many do in what they say of an address that is wrong.
func (t Target) in(text string) bool {
	text = strings.ToLower(text)
	secret, host, path := t.Key, "", ""
	if u, err := url.Parse(t.URL); err == nil {
		query, _ := url.QueryUnescape(u.RawQuery) // with an error it is empty
		secret += " " + u.Path + " " + u.EscapedPath() + " " + u.RawQuery + " " + query
		host, path = strings.ToLower(u.Host), strings.ToLower(u.EscapedPath())
	}
	words := strings.FieldsFunc(strings.ToLower(secret), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return len(path) > 1 && strings.Contains(text, path) || slices.ContainsFunc(words, func(word string) bool {
		return len(word) >= shortestSecret && strings.Contains(text, word) && !strings.Contains(host, word)
	})
}

func request(ctx context.Context, format incident.ChannelFormat, to Target, m Message) (*http.Request, error) {
	body, err := json.Marshal(payload(format, m))
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Hindsight")
	if format == incident.ChannelSigned {
		at := strconv.FormatInt(m.At.Unix(), 10)
		signature, err := sign(to.Key, m.ID, at, body)
		if err != nil {
			return nil, err
		}
		req.Header.Set("webhook-id", m.ID)
		req.Header.Set("webhook-timestamp", at)
		req.Header.Set("webhook-signature", signature)
	}
	return req, nil
}

// sign signs as Standard Webhooks 1.0.0 has it: HMAC-SHA256 of id, seconds and body, with dots between them.
func sign(key, id, at string, body []byte) (string, error) {
	secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(key, keyPrefix))
	if err != nil {
		return "", errors.New("the key is not base64")
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id + "." + at + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

func payload(format incident.ChannelFormat, m Message) any {
	switch format {
	case incident.ChannelSlack:
		return slack(m)
	case incident.ChannelMattermost:
		return object{"text": mattermost(m)}
	case incident.ChannelTeams:
		return teams(m)
	}
	kind := incident.NoticeKind("digest")
	if len(m.Items) == 1 && (m.Lead == "" || len(m.Lines) > 0) {
		kind = m.Items[0].Kind
	}
	data := object{"notices": m.Items}
	if len(m.Lines) > 0 {
		data["about"], data["summary"] = m.Lead, m.Lines
	}
	if m.More > 0 {
		data["more"], data["list"] = m.More, m.List
	}
	return object{"type": "notice." + kind, "timestamp": m.At.UTC().Format(time.RFC3339), "data": data}
}

type object = map[string]any
