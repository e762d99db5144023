package live

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
)

// RequestTrackerServer is a running Request Tracker 5 with its queue General and no tickets. Its API is below
// /REST/2.0 and takes User and Password.
type RequestTrackerServer struct{ Server }

const requestTrackerConfig = `
Set($rtname, 'example.org');
Set($Organization, 'example.org');
Set($Timezone, 'UTC');
Set($WebPath, '');
Set($WebDomain, '127.0.0.1');
Set($WebPort, %[1]d);
Set($WebBaseURL, 'http://127.0.0.1:%[1]d');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '%[2]s/rtdb');
Set($MailCommand, 'testfile');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'warning');
$RT::VarPath = '%[2]s';
$RT::MasonDataDir = '%[2]s/mason';
$RT::MasonSessionDir = '%[2]s/session';
1;
`

var requestTracker shared[*RequestTrackerServer]

// RequestTracker returns the Request Tracker of this test binary, on SQLite. Tests share it.
func RequestTracker(t testing.TB) *RequestTrackerServer {
	t.Helper()
	return requestTracker.get(t, "request-tracker", startRequestTracker)
}

func startRequestTracker(h *home) (*RequestTrackerServer, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	if err := h.write("RT_SiteConfig.pm", fmt.Sprintf(requestTrackerConfig, port, h.dir)); err != nil {
		return nil, err
	}
	if err := h.folders("mason", "session", "none"); err != nil {
		return nil, err
	}
	env := []string{"RT_SITE_CONFIG=" + h.path("RT_SiteConfig.pm"), "RT_SITE_CONFIG_DIR=" + h.path("none")}
	if err := h.run(env, "/usr/sbin/rt-setup-database-5", "--action", "init", "--skip-create"); err != nil {
		return nil, err
	}
	p, err := h.start(env, "/usr/share/request-tracker5/libexec/rt-server", "--host", "127.0.0.1", "--port", strconv.Itoa(port))
	if err != nil {
		return nil, err
	}
	r := &RequestTrackerServer{Server{URL: "http://127.0.0.1:" + strconv.Itoa(port), User: "root", Password: "password"}}
	r.header = basic(r.User, r.Password)
	return r, p.until(r.answers("/REST/2.0/queue/1"))
}

// basic returns the header of HTTP's basic authentication.
func basic(user, password string) http.Header {
	req := http.Request{Header: http.Header{}}
	req.SetBasicAuth(user, password)
	return req.Header
}

// Create makes a ticket in the queue General and returns its id.
func (r *RequestTrackerServer) Create(t testing.TB, subject, content string) int {
	t.Helper()
	var made struct{ ID string }
	r.do(t, "POST", "/REST/2.0/ticket", Fields{"Queue": "General", "Subject": subject, "Content": content, "ContentType": "text/plain"}, &made)
	id, err := strconv.Atoi(made.ID)
	if err != nil {
		t.Fatalf("live: a new ticket's id: %v", err)
	}
	return id
}

// Update changes fields of a ticket, such as Owner, Priority and Subject.
func (r *RequestTrackerServer) Update(t testing.TB, ticket int, f Fields) {
	t.Helper()
	r.do(t, "PUT", "/REST/2.0/ticket/"+strconv.Itoa(ticket), f, nil)
}

// Status moves a ticket into new, open, stalled, resolved, rejected or deleted. A resolved ticket that moves to open is
// reopened.
func (r *RequestTrackerServer) Status(t testing.TB, ticket int, status string) {
	t.Helper()
	r.Update(t, ticket, Fields{"Status": status})
}

// Comment adds a note that requestors do not see.
func (r *RequestTrackerServer) Comment(t testing.TB, ticket int, text string) {
	t.Helper()
	r.do(t, "POST", fmt.Sprintf("/REST/2.0/ticket/%d/comment", ticket), Fields{"Content": text, "ContentType": "text/plain"}, nil)
}

// Merge makes a ticket part of another, whose id both have from then on.
func (r *RequestTrackerServer) Merge(t testing.TB, ticket, into int) {
	t.Helper()
	r.Update(t, ticket, Fields{"MergeInto": strconv.Itoa(into)})
}
