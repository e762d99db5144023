package limit

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// TestSlowBody: a client that sends a byte and then nothing is cut off, and one that only waits for its answer is not.
func TestSlowBody(t *testing.T) {
	const short = 100 * time.Millisecond
	ended := make(chan error, 1)
	server := httptest.NewServer(pace(1<<20, short, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		if err == nil && r.URL.Path == "/long" {
			select {
			case <-r.Context().Done():
				err = r.Context().Err()
			case <-time.After(3 * short): // the work takes longer than the body may
			}
		}
		ended <- err
	})))
	defer server.Close()
	send := func(path, body string, length int) net.Conn {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", path, length, body)
		return conn
	}
	slow := send("/", "x", 100)
	defer slow.Close()
	if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the body of a slow client ends with %v, want its deadline", err)
	}
	patient := send("/long", "whole", 5)
	defer patient.Close()
	if err := <-ended; err != nil {
		t.Errorf("work that takes longer than the body ends with %v", err)
	}
	if line, err := bufio.NewReader(patient).ReadString('\n'); err != nil || !strings.Contains(line, "200") {
		t.Errorf("the patient client gets %q, %v", line, err)
	}
}

// TestLongBody: no route takes more than the server takes.
func TestLongBody(t *testing.T) {
	var got error
	h := Pace(10, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, got = io.ReadAll(r.Body) }))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", 11))))
	var tooLong *http.MaxBytesError
	if !errors.As(got, &tooLong) {
		t.Errorf("a body of 11 bytes ends with %v, want that 10 are allowed", got)
	}
}
