package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"hindsight/frontend"
	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/seal"
)

// problemOf says why a source could not be read, and what to do about it.
func problemOf(err error, j joint) *frontend.Problem {
	p := &frontend.Problem{Text: message(err)}
	var refused *importers.RefusedError
	var status *importers.StatusError
	var host *net.DNSError
	var dial *net.OpError
	switch {
	case errors.As(err, &refused):
		p.Text = fmt.Sprintf("The address leads to %s, in a private network.", refused.Addr)
		p.Advice = fmt.Sprintf("If it is yours, start Hindsight with HINDSIGHT_ALLOW_NETWORKS=%s, or the whole network such as 10.0.0.0/8; otherwise correct the address.", refused.Addr)
	case errors.Is(err, seal.ErrSealed):
		p.Advice = "Enter the secrets again in the settings, or start Hindsight with the key that sealed them in HINDSIGHT_SECRET_KEY."
	case errors.As(err, &status):
		p.Advice = adviceFor(status.Status, j)
	case errors.As(err, &host):
		p.Text = fmt.Sprintf("There is no host called %s.", host.Name)
		p.Advice = "Correct the address. If other machines know the host, this one's name resolution does not."
	case strings.Contains(err.Error(), "certificate"):
		p.Advice = "The server's certificate is not one that this machine trusts. Add the authority that made it to the machine's trusted certificates."
	case errors.As(err, &dial) && strings.Contains(err.Error(), "connection refused"):
		p.Text = fmt.Sprintf("Connecting to %s was refused.", dial.Addr)
		p.Advice = "Nothing listens at this address and port. Correct the address, or start what should listen there."
	case errors.Is(err, context.DeadlineExceeded):
		p.Text = fmt.Sprintf("It did not answer within %s.", incident.FormatDuration(askingTime))
		p.Advice = "Correct the address, see whether a firewall stands between, or test again in a while: an overloaded server, or one that limits requests, may answer later."
	}
	if p.Advice == "" {
		p.Advice = "Correct the settings, then test again."
	}
	p.Text = capital(strings.TrimRight(strings.TrimPrefix(strings.TrimPrefix(p.Text, j.source.Name+": "), "importers: "), ": "))
	return p
}

// adviceFor says what to do about an answer other than 2xx.
func adviceFor(status int, j joint) string {
	switch {
	case status == http.StatusUnauthorized:
		return "The credentials are wrong or have expired. Enter them again in the settings."
	case status == http.StatusForbidden && j.source.Permission != "":
		return "The credentials are right, but may not read this. The smallest permission that suffices: " + j.source.Permission
	case status == http.StatusForbidden:
		return "The credentials are right, but may not read this. Give them a role that may."
	case status == http.StatusNotFound:
		return "The server is there, but not what was asked for. Correct the address: it may lack a path, or have one too many."
	case status == http.StatusTooManyRequests:
		return "The server limits how often it may be asked. Test again in a while."
	case status >= 500:
		return "The server itself has trouble. Test again in a while; if it stays so, ask who runs it."
	}
	return "Correct the settings: the server takes the question for a wrong one."
}
