package mail

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/mail/mailtest"
)

// letter is hostile: what people name things must stay what it is.
var letter = Letter{Subject: "Slow\r\nBcc: everybody@example.com\r\n\r\n<b>checkout</b> – größer", Reason: "you are mentioned", Preferences: "https://hindsight.example.com/me/notices",
	OutgoingText: incident.OutgoingText{Items: []incident.OutgoingItem{{Says: "Responder <One> mentions you", Title: "Slow\n.\nMAIL FROM:<x> <img src=x> & more", About: "Summary", Link: "https://hindsight.example.com/incidents/inc_1"}}}}

func message() Message {
	return Message{ID: "out_1", Thread: "retro.inc_1", To: netmail.Address{Name: "Zoë \"x\"\r\nCc: y@example.com", Address: "zoe@example.com"}, At: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), Letter: letter}
}

func sender(s *mailtest.Server, how TLS, password string) *Sender {
	out := New(Settings{Host: s.Host, Port: s.Port, User: "hindsight", Password: password, TLS: how, From: netmail.Address{Name: "Hindsight", Address: "hindsight@example.com"}})
	out.roots = s.Roots
	return out
}

// TestSend: over STARTTLS and over implicit TLS, signed in, a message arrives as one with two parts, and nothing in it becomes a header.
func TestSend(t *testing.T) {
	for name, tc := range map[string]struct {
		kind mailtest.Kind
		how  TLS
	}{"starttls": {mailtest.STARTTLS, STARTTLS}, "implicit": {mailtest.Implicit, Implicit}} {
		t.Run(name, func(t *testing.T) {
			server := mailtest.Start(t, tc.kind)
			if err := sender(server, tc.how, "open sesame").Send(t.Context(), message()); err != nil {
				t.Fatal(err)
			}
			got := server.Mails()
			if len(got) != 1 || !got[0].Secure || got[0].User != "hindsight" || got[0].From != "hindsight@example.com" || got[0].To != "zoe@example.com" {
				t.Fatalf("the server got %+v", got)
			}
			read(t, got[0].Data)
		})
	}
}

func read(t *testing.T, data string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{
		"Subject": "Slow  Bcc: everybody@example.com    <b>checkout</b> – größer", "From": `"Hindsight" <hindsight@example.com>`, "Message-Id": "<out_1@example.com>",
		"References": "<retro.inc_1@example.com>", "In-Reply-To": "<retro.inc_1@example.com>", "Auto-Submitted": "auto-generated",
		"List-Unsubscribe": "<https://hindsight.example.com/me/notices>", "Date": "Sun, 01 Mar 2026 08:00:00 +0000", "Bcc": "", "Cc": "", "X-Mailer": "", "User-Agent": "",
	} {
		if got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(header)); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", header, got, err, want)
		}
	}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != "zoe@example.com" {
		t.Errorf("To is %v, %v", to, err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("Content-Type is %s, %v", kind, err)
	}
	var kinds, bodies []string
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		kinds, bodies = append(kinds, kind), append(bodies, string(text))
	}
	if len(kinds) != 2 || kinds[0] != "text/plain" || kinds[1] != "text/html" {
		t.Fatalf("parts are %v", kinds)
	}
	want := "Responder <One> mentions you: Slow . MAIL FROM:<x> <img src=x> & more\nSummary\nhttps://hindsight.example.com/incidents/inc_1\n\n-- \n" +
		"You get this because you are mentioned. Choose what you get by e-mail:\nhttps://hindsight.example.com/me/notices\n"
	if got := strings.ReplaceAll(bodies[0], "\r\n", "\n"); strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("the text is\n%s\nwant\n%s", got, want)
	}
	if strings.Contains(bodies[1], "<img") || !strings.Contains(bodies[1], "&lt;img src=x&gt; &amp; more") || !strings.Contains(bodies[1], `href="https://hindsight.example.com/incidents/inc_1"`) {
		t.Errorf("the page is\n%s", bodies[1])
	}
}

// TestSendFails: nothing goes in the clear where TLS is wanted, and what is refused for good is told from what may go later.
func TestSendFails(t *testing.T) {
	plain := mailtest.Start(t, mailtest.Plain)
	if err := sender(plain, STARTTLS, "open sesame").Send(t.Context(), message()); err == nil || errors.Is(err, ErrRefused) || len(plain.Mails()) != 0 {
		t.Errorf("Send without TLS = %v, want an error that is not final, and no mail", err)
	}
	if err := sender(plain, NoTLS, "open sesame").Send(t.Context(), message()); err == nil {
		t.Errorf("Send gives the password away without TLS")
	}
	safe := mailtest.Start(t, mailtest.STARTTLS)
	strange := sender(safe, STARTTLS, "open sesame")
	strange.roots = nil
	if err := strange.Send(t.Context(), message()); err == nil || len(safe.Mails()) != 0 {
		t.Errorf("Send to a server of an unknown certificate = %v", err)
	}
	if err := sender(safe, STARTTLS, "wrong").Send(t.Context(), message()); err == nil || errors.Is(err, ErrRefused) {
		t.Errorf("Send with a wrong password = %v, want an error that is not final", err)
	}
	right := sender(safe, STARTTLS, "open sesame")
	safe.Fail(450, "try later")
	safe.Fail(550, "no such mailbox")
	if err := right.Send(t.Context(), message()); err == nil || errors.Is(err, ErrRefused) {
		t.Errorf("Send that is put off = %v, want an error that is not final", err)
	}
	if err := right.Send(t.Context(), message()); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "no such mailbox") {
		t.Errorf("Send to nobody = %v, want ErrRefused with what the server said", err)
	}
}
