// Package mail sends messages by SMTP (RFC 5321): plain text with the same as simple HTML beside it, without images and without anything that
// tells who read it. It does not know what the messages are about. Start with [Sender].
package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"hindsight/incident"
)

// ErrRefused is in the errors about messages that the server will never take: trying again does not help.
var ErrRefused = errors.New("refused for good")

// ErrContent is in the errors about messages that the server does not take as they are, mostly for their size. They are final, too.
var ErrContent = errors.New("too large, or not to be taken for what is in it")

// Settings say where mail is handed in.
type Settings struct {
	Host           string // empty: nothing is sent
	Port           int
	User, Password string // empty: without signing in
	TLS            TLS
	From           netmail.Address
}

// TLS says how the connection is protected.
type TLS string

const (
	STARTTLS TLS = "starttls" // begins in the clear, and goes no further unless the server takes STARTTLS (RFC 3207)
	Implicit TLS = "implicit" // TLS from the first byte (RFC 8314)
	NoTLS    TLS = "none"
)

// Port returns the usual port.
func (t TLS) Port() int {
	switch t {
	case Implicit:
		return 465
	case NoTLS:
		return 25
	}
	return 587
}

// patience is how long a server may take for a message, and a second more for each of slowest bytes.
const (
	patience = 30 * time.Second
	slowest  = 64 << 10
)

// Message is one message to one person.
type Message struct {
	ID     string // unique for good; sent again it is the same, so that mailboxes know it
	Thread string // messages with one thread are shown as one; empty: this one stands alone
	To     netmail.Address
	At     time.Time
	Letter
	Files []File // attached
}

// File is a file that goes with a message.
type File struct {
	Name, Type string // Type is a media type
	Body       []byte
}

// Sender sends through one server. It is safe for concurrent use.
type Sender struct {
	settings Settings
	roots    *x509.CertPool // nil: those of the system
}

// New returns a sender; nil without a host.
func New(s Settings) *Sender {
	if s.Host == "" {
		return nil
	}
	return &Sender{settings: s}
}

// Server is where mail is handed in: "smtp.example.com:587".
func (s *Sender) Server() string { return fmt.Sprintf("%s:%d", s.settings.Host, s.settings.Port) }

// Send hands a message in. When it returns nil the server answers for it; errors with ErrRefused are final.
func (s *Sender) Send(ctx context.Context, m Message) error {
	msg, err := s.message(m)
	if err != nil {
		return fmt.Errorf("mail: %w: %w", ErrRefused, err)
	}
	lasts := patience
	for _, f := range m.Files {
		lasts += time.Duration(len(f.Body)/slowest) * time.Second
	}
	client, err := s.client(lasts)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, lasts)
	defer cancel()
	err = client.DialAndSendWithContext(ctx, msg)
	var refused *gomail.SendError
	if errors.As(err, &refused) && (refused.ErrorCode() == 552 || refused.ErrorCode() >= 500 && (refused.Reason == gomail.ErrSMTPData || refused.Reason == gomail.ErrSMTPDataClose)) {
		return fmt.Errorf("mail: %w: %w: %w", ErrRefused, ErrContent, err) // RFC 5321 4.2.3: 552 is about storage, as of one that is too large
	}
	if errors.As(err, &refused) && refused.ErrorCode() >= 500 && refused.Reason != gomail.ErrSMTPMailFrom { // a sender that may not is the operator's to mend
		return fmt.Errorf("mail: %w: %w", ErrRefused, err)
	}
	if err != nil {
		return fmt.Errorf("mail: %s: %w", s.Server(), err)
	}
	return nil
}

func (s *Sender) client(lasts time.Duration) (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(s.settings.Port), gomail.WithTimeout(lasts), gomail.WithHELO(s.domain()),
		gomail.WithTLSConfig(&tls.Config{ServerName: s.settings.Host, RootCAs: s.roots, MinVersion: tls.VersionTLS12})}
	switch s.settings.TLS {
	case Implicit:
		options = append(options, gomail.WithSSL())
	case NoTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.settings.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.settings.User), gomail.WithPassword(s.settings.Password))
	}
	return gomail.NewClient(s.settings.Host, options...)
}

// domain is that of the sender's address.
func (s *Sender) domain() string {
	_, domain, _ := strings.Cut(s.settings.From.Address, "@")
	return domain
}

func (s *Sender) message(m Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := msg.FromFormat(incident.OneLine(s.settings.From.Name), s.settings.From.Address); err != nil {
		return nil, err
	}
	if err := msg.AddToFormat(incident.OneLine(m.To.Name), m.To.Address); err != nil {
		return nil, err
	}
	msg.SetDateWithValue(m.At.UTC())
	msg.SetMessageIDWithValue(m.ID + "@" + s.domain())
	if m.Thread != "" { // a message that nobody ever got: all of a thread answer it
		thread := "<" + m.Thread + "@" + s.domain() + ">"
		msg.SetGenHeader(gomail.HeaderInReplyTo, thread)
		msg.SetGenHeader(gomail.HeaderReferences, thread)
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's absence is answered to it
	if m.Preferences != "" {
		msg.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+m.Preferences+">") // RFC 2369
	}
	msg.Subject(incident.OneLine(m.Subject))
	html, err := m.HTML()
	if err != nil {
		return nil, err
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text())
	msg.AddAlternativeString(gomail.TypeTextHTML, html)
	for _, f := range m.Files {
		if err := msg.AttachReader(f.Name, bytes.NewReader(f.Body), gomail.WithFileContentType(gomail.ContentType(f.Type))); err != nil {
			return nil, err
		}
	}
	return msg, nil
}
