package live

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

// Server is where a server answers and as whom one may ask. Fields that the server has no use for are empty.
type Server struct {
	URL      string // without a slash at the end
	Key      string // API key of User, who may do everything
	User     string
	Password string

	client http.Client
	header http.Header // sent with every request: who asks
}

// Fields are what a request says about a ticket or an alert, under the server's own names.
type Fields map[string]any

// Ask sends body as JSON, unless it is nil, and returns the status with the answer as it came. It fails the test
// only when there is no answer.
func (s *Server) Ask(t testing.TB, method, path string, body any) (status int, answer []byte) {
	t.Helper()
	status, answer, err := s.ask(method, path, body)
	if err != nil {
		t.Fatalf("live: %v", err)
	}
	return status, answer
}

// do is Ask for requests that have to succeed, with the answer decoded into a value unless that is nil.
func (s *Server) do(t testing.TB, method, path string, body, into any) {
	t.Helper()
	status, answer := s.Ask(t, method, path, body)
	if status < 200 || status > 299 {
		t.Fatalf("live: %s %s: status %d: %s", method, path, status, answer)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(answer, into); err != nil {
		t.Fatalf("live: %s %s: %v in %s", method, path, err, answer)
	}
}

func (s *Server) ask(method, path string, body any) (int, []byte, error) {
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		sent = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, s.URL+path, sent)
	if err != nil {
		return 0, nil, err
	}
	for name, values := range s.header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

// answers is a question for [process.until]: does the path answer with success?
func (s *Server) answers(path string) func() error {
	return func() error {
		status, answer, err := s.ask("GET", path, nil)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("GET %s: status %d: %.200s", path, status, answer)
		}
		return err
	}
}

// Eventually asks until the answer is no error, and fails the test with the last one after a minute. It is for what
// a server does in its own time.
func Eventually(t testing.TB, ask func() error) {
	t.Helper()
	within(t, time.Minute, ask)
}

// within is Eventually with a limit of its own.
func within(t testing.TB, limit time.Duration, ask func() error) {
	t.Helper()
	err := ask()
	for deadline := time.Now().Add(limit); err != nil; err = ask() {
		if time.Now().After(deadline) {
			t.Fatalf("live: still after %s: %v", limit, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
