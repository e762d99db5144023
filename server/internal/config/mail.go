package config

import (
	"fmt"
	netmail "net/mail"
	"slices"
	"strconv"

	"hindsight/server/internal/mail"
)

// mailSettings is the settings of mail as they were given, until they are parsed.
type mailSettings struct{ port, tls, from string }

func mailOptions() []Option {
	return []Option{
		{Env: "HINDSIGHT_SMTP_HOST", Flag: "smtp-host", Default: "", Help: "mail server that notices are handed to; empty: none leaves by e-mail",
			field: func(c *Config) *string { return &c.Mail.Host }},
		{Env: "HINDSIGHT_SMTP_PORT", Flag: "smtp-port", Default: "", Help: "its port; empty: 587, or 465 for implicit TLS, or 25 without",
			field: func(c *Config) *string { return &c.mail.port }, show: func(c Config) string { return portWords(c.Mail) }},
		{Env: "HINDSIGHT_SMTP_TLS", Flag: "smtp-tls", Default: "starttls", Help: "starttls, which is then required, implicit or none",
			field: func(c *Config) *string { return &c.mail.tls }, show: func(c Config) string { return string(c.Mail.TLS) }},
		{Env: "HINDSIGHT_SMTP_USER", Flag: "smtp-user", Default: "", Help: "user to sign in to the mail server as; empty: without signing in",
			field: func(c *Config) *string { return &c.Mail.User }},
		{Env: "HINDSIGHT_SMTP_PASSWORD", Default: "", Help: "password of that user", Secret: true,
			field: func(c *Config) *string { return &c.Mail.Password }, show: func(c Config) string { return isSet(c.Mail.Password) }},
		{Env: "HINDSIGHT_MAIL_FROM", Flag: "mail-from", Default: "", Help: "whom mail is from, such as Hindsight <hindsight@example.com>",
			field: func(c *Config) *string { return &c.mail.from }, show: func(c Config) string { return fromWords(c.Mail) }},
	}
}

func portWords(s mail.Settings) string {
	if s.Port == 0 {
		return ""
	}
	return strconv.Itoa(s.Port)
}

func fromWords(s mail.Settings) string {
	if s.From.Address == "" {
		return ""
	}
	return s.From.String()
}

func (c *Config) checkMail() error {
	given := c.mail
	c.mail = mailSettings{}
	c.Mail.TLS = mail.TLS(given.tls)
	if !slices.Contains([]mail.TLS{mail.STARTTLS, mail.Implicit, mail.NoTLS}, c.Mail.TLS) {
		return fmt.Errorf("HINDSIGHT_SMTP_TLS is %q; it can be starttls, implicit or none", given.tls)
	}
	if c.Mail.Host == "" {
		if c.Mail.User != "" || c.Mail.Password != "" || given.from != "" {
			return fmt.Errorf("HINDSIGHT_SMTP_USER, _PASSWORD or HINDSIGHT_MAIL_FROM is set without HINDSIGHT_SMTP_HOST, the mail server")
		}
		return nil
	}
	c.Mail.Port = c.Mail.TLS.Port()
	if given.port != "" {
		port, err := strconv.Atoi(given.port)
		if err != nil || port < 1 || port > 65535 {
			return fmt.Errorf("HINDSIGHT_SMTP_PORT is %q; it must be a number from 1 to 65535", given.port)
		}
		c.Mail.Port = port
	}
	from, err := netmail.ParseAddress(given.from)
	if err != nil {
		return fmt.Errorf("HINDSIGHT_MAIL_FROM is %q; it must be an address such as Hindsight <hindsight@example.com>", given.from)
	}
	c.Mail.From = *from
	return nil
}
