package live

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"testing"
	"time"
)

// IcingaServer is a running Icinga 2 with the host web-1 and no services. Its API takes User and Password, over TLS.
type IcingaServer struct {
	Server
	CA []byte // PEM of the certificate that the API shows
}

const icingaConfig = `
const NodeName = "localhost"
const ZoneName = NodeName
include <itl>
object Endpoint NodeName {}
object Zone ZoneName { endpoints = [ NodeName ] }
object ApiListener "api" {
	bind_host = "127.0.0.1"
	bind_port = %d
}
object ApiUser "live" {
	password = "live"
	permissions = [ "*" ]
}
object Host "web-1" {
	check_command = "dummy"
	enable_active_checks = false
}
`

var icinga shared[*IcingaServer]

// Icinga returns the Icinga of this test binary. Tests share it, so each makes its own service.
func Icinga(t testing.TB) *IcingaServer {
	t.Helper()
	return icinga.get(t, "icinga", startIcinga)
}

func startIcinga(h *home) (*IcingaServer, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	if err := h.write("icinga2.conf", fmt.Sprintf(icingaConfig, port)); err != nil {
		return nil, err
	}
	if err := h.folders("data/certs", "log", "cache", "spool", "run"); err != nil {
		return nil, err
	}
	ca, err := icingaCertificate(h)
	if err != nil {
		return nil, err
	}
	p, err := h.start(nil, "/usr/sbin/icinga2", append([]string{"daemon", "-c", h.path("icinga2.conf")}, icingaFolders(h)...)...)
	if err != nil {
		return nil, err
	}
	i := &IcingaServer{Server{URL: "https://localhost:" + strconv.Itoa(port), User: "live", Password: "live", header: basic("live", "live")}, ca}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return nil, errors.New("icinga2 has made no certificate")
	}
	i.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	return i, p.until(i.answers("/v1/objects/hosts/web-1"))
}

// icingaFolders returns the options that keep Icinga in its folder and let it stay who it is. They follow a command.
func icingaFolders(h *home) []string {
	options := []string{"-DConfiguration.RunAsUser=" + h.user.Username, "-DConfiguration.RunAsGroup=" + h.group}
	for setting, folder := range map[string]string{"DataDir": "data", "LogDir": "log", "CacheDir": "cache", "SpoolDir": "spool", "InitRunDir": "run"} {
		options = append(options, "-DConfiguration."+setting+"="+h.path(folder))
	}
	return options
}

// icingaCertificate makes the certificate of the API, which signs itself, and returns it.
func icingaCertificate(h *home) ([]byte, error) {
	crt := h.path("data/certs/localhost.crt")
	args := []string{"pki", "new-cert", "--cn", "localhost", "--key", h.path("data/certs/localhost.key"), "--cert", crt}
	if err := h.run(nil, "/usr/sbin/icinga2", append(args, icingaFolders(h)...)...); err != nil {
		return nil, err
	}
	ca, err := os.ReadFile(crt)
	if err != nil {
		return nil, err
	}
	return ca, h.write("data/certs/ca.crt", string(ca))
}

// Service makes a service of the host web-1 that waits for results, and returns its full name, web-1!name. Its
// first bad result is a hard state.
func (i *IcingaServer) Service(t testing.TB, name string) string {
	t.Helper()
	full := "web-1!" + name
	i.do(t, "PUT", "/v1/objects/services/"+url.PathEscape(full), Fields{"attrs": Fields{
		"check_command": "dummy", "enable_active_checks": false, "max_check_attempts": 1}}, nil)
	return full
}

// Report tells the result of a check: 0 OK, 1 warning, 2 critical, 3 unknown.
func (i *IcingaServer) Report(t testing.TB, service string, state int, output string) {
	t.Helper()
	i.act(t, "process-check-result", service, Fields{"exit_status": state, "plugin_output": output})
}

// Acknowledge says that somebody works on a service's problem.
func (i *IcingaServer) Acknowledge(t testing.TB, service, comment string) {
	t.Helper()
	i.act(t, "acknowledge-problem", service, Fields{"author": "Responder One", "comment": comment})
}

// RemoveAcknowledgement takes it back.
func (i *IcingaServer) RemoveAcknowledgement(t testing.TB, service string) {
	t.Helper()
	i.act(t, "remove-acknowledgement", service, Fields{})
}

// Comment adds a comment to a service.
func (i *IcingaServer) Comment(t testing.TB, service, comment string) {
	t.Helper()
	i.act(t, "add-comment", service, Fields{"author": "Responder One", "comment": comment})
}

// Downtime plans an hour of downtime from now.
func (i *IcingaServer) Downtime(t testing.TB, service, comment string) {
	t.Helper()
	now := time.Now()
	i.act(t, "schedule-downtime", service, Fields{"author": "Responder One", "comment": comment,
		"start_time": now.Unix(), "end_time": now.Add(time.Hour).Unix(), "fixed": true})
}

func (i *IcingaServer) act(t testing.TB, action, service string, f Fields) {
	t.Helper()
	i.do(t, "POST", "/v1/actions/"+action+"?service="+url.QueryEscape(service), f, nil)
}
