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
	longAnswer = 500 // bytes of an answer that are read
)

// Target is where messages go. Both of its parts are secrets.
type Target struct {
	URL string `json:"url"`
	Key string `json:"key,omitempty"` // of the signed format: "whsec_" and base64
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
	ID    string // sent again it is the same
	At    time.Time
	Lead  string // above the items; may be empty
	Items []Item
}

// Item is one thing that a message tells of.
type Item struct {
	Kind     string `json:"kind"`
	Says     string `json:"says"` // "Responder One published a retrospective"
	Incident string `json:"incident"`
	Title    string `json:"title"`
	About    string `json:"about,omitempty"`
	Link     string `json:"url"`
}

// Text returns the message as plain text.
func (m Message) Text() string {
	var b strings.Builder
	if m.Lead != "" {
		b.WriteString(m.Lead + "\n\n")
	}
	for _, i := range m.Items {
		b.WriteString(i.Says + ": " + i.Title + "\n")
		if i.About != "" {
			b.WriteString(i.About + "\n")
		}
		b.WriteString(i.Link + "\n\n")
	}
	return strings.TrimSpace(b.String())
}

// Poster posts through a transport that says where one may go.
type Poster struct{ Transport http.RoundTripper }

// Post posts a message and returns what was answered. Answers other than 2xx are errors; redirects are not followed. Errors never name the address.
func (p Poster) Post(ctx context.Context, format incident.ChannelFormat, to Target, m Message) (answer string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := request(ctx, format, to, m)
	if err != nil {
		return "", fmt.Errorf("hook: %w", withoutURL(err))
	}
	client := http.Client{Transport: p.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return "", fmt.Errorf("hook: %w", withoutURL(err))
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, longAnswer)) // what it says beside the status is for people
	answer = strings.TrimSpace(resp.Status + " " + oneLine(strings.ToValidUTF8(string(body), "")))
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

// withoutURL leaves the address out of an error, for it is a secret.
func withoutURL(err error) error {
	var in *url.Error
	if errors.As(err, &in) {
		return in.Err
	}
	return err
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
		return map[string]any{"text": slack(m)}
	case incident.ChannelTeams:
		return teams(m)
	}
	kind := "digest"
	if len(m.Items) == 1 && m.Lead == "" {
		kind = m.Items[0].Kind
	}
	return map[string]any{"type": "notice." + kind, "timestamp": m.At.UTC().Format(time.RFC3339), "data": map[string]any{"notices": m.Items}}
}

// slackEscapes are the characters that Slack's mrkdwn reads as its own, and what stands for them:
// https://docs.slack.dev/messaging/formatting-message-text
var slackEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func slack(m Message) string {
	var lines []string
	if m.Lead != "" {
		lines = append(lines, slackEscapes.Replace(oneLine(m.Lead)))
	}
	for _, i := range m.Items {
		line := slackEscapes.Replace(oneLine(i.Says)) + ": <" + slackEscapes.Replace(i.Link) + "|" + strings.ReplaceAll(slackEscapes.Replace(oneLine(i.Title)), "|", "¦") + ">"
		if i.About != "" {
			line += " (" + slackEscapes.Replace(oneLine(i.About)) + ")"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// teams returns a message with an adaptive card: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
// Texts are runs of text, in which no Markdown is read: https://learn.microsoft.com/adaptive-cards/schema-explorer/text-run
func teams(m Message) any {
	type object = map[string]any
	block := func(runs ...object) object { return object{"type": "RichTextBlock", "inlines": runs} }
	run := func(text string) object { return object{"type": "TextRun", "text": oneLine(text)} }
	var body []object
	if m.Lead != "" {
		body = append(body, block(run(m.Lead)))
	}
	for _, i := range m.Items {
		title := run(i.Title)
		title["selectAction"] = object{"type": "Action.OpenUrl", "url": i.Link}
		runs := []object{{"type": "TextRun", "text": oneLine(i.Says) + ": "}, title}
		if i.About != "" {
			runs = append(runs, object{"type": "TextRun", "text": " (" + oneLine(i.About) + ")", "isSubtle": true})
		}
		body = append(body, block(runs...))
	}
	card := object{"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.2", "body": body}
	return object{"type": "message", "attachments": []object{{"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil, "content": card}}}
}

// oneLine makes a text one line.
func oneLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text))
}
