package importertest

import (
	"context"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hindsight/importers"
)

// fault answers a request in the server's place, or spoils its answer.
type fault struct {
	name  string
	serve func(w http.ResponseWriter, r *http.Request, real http.Handler)
}

// faults are the ways in which real servers and the networks before them fail for a moment.
var faults = []fault{
	{"429 with seconds", refuse(429, "Retry-After", func() string { return "7" })},
	{"429 with a date", refuse(429, "Retry-After", func() string { return time.Now().Add(9 * time.Second).UTC().Format(http.TimeFormat) })},
	{"429 with a reset in seconds since 1970", refuse(429, "X-RateLimit-Reset", func() string { return strconv.FormatInt(time.Now().Add(5*time.Second).Unix(), 10) })},
	{"429 with seconds until the reset", refuse(429, "Ratelimit-Reset", func() string { return "3" })},
	{"429 that says nothing", refuse(429, "", nil)},
	{"403 that means 429", refuse(403, "Retry-After", func() string { return "2" })},
	{"503 with seconds", refuse(503, "Retry-After", func() string { return "4" })},
	{"500", refuse(500, "", nil)},
	{"502 from a gateway", refuse(502, "", nil)},
	{"a body that breaks off", breakOff},
	{"JSON that is cut short", cutShort},
	{"a connection that is dropped", func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }},
}

func refuse(status int, header string, value func() string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if header != "" {
			w.Header().Set(header, value())
		}
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<html>%d</html>", status)
	}
}

func breakOff(w http.ResponseWriter, r *http.Request, real http.Handler) {
	rec := httptest.NewRecorder()
	real.ServeHTTP(rec, r)
	maps.Copy(w.Header(), rec.Header())
	w.Header().Set("Content-Length", strconv.Itoa(rec.Body.Len()+100))
	w.WriteHeader(rec.Code)
	w.Write(rec.Body.Bytes())
	panic(http.ErrAbortHandler)
}

func cutShort(w http.ResponseWriter, r *http.Request, real http.Handler) {
	rec := httptest.NewRecorder()
	real.ServeHTTP(rec, r)
	maps.Copy(w.Header(), rec.Header())
	w.Header().Del("Content-Length")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(rec.Code)
	w.Write(rec.Body.Bytes()[:rec.Body.Len()/2])
}

// quiet takes the log of servers that are made to fail.
var quiet = log.New(io.Discard, "", 0)

// server is a stand-in for an upstream; at request number n (from 1; 0: never) it is faulty once.
func server(t *testing.T, real http.Handler, f fault, n int64) *httptest.Server {
	var count atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if count.Add(1) == n {
			f.serve(w, r, real)
			return
		}
		real.ServeHTTP(w, r)
	}))
	s.Config.ErrorLog = quiet
	t.Cleanup(s.Close)
	return s
}

// Fake is a stand-in for an upstream, with a data set that does not change while RunAPI looks at it.
type Fake struct {
	Handler func() http.Handler               // fresh, with the same data each time
	Config  func(url string) importers.Config // settings for a server at url
	Want    int                               // records in all
}

// RunAPI holds a source to what every source over the network promises, against a stand-in that answers as its
// vendor documents: all records are read; reading again brings nothing new; a walk that is interrupted behind any page
// and resumed ends with the same records; so does one during which a request fails for a passing reason, in each of
// the ways of real servers; a refused credential is an error at once; and a server that answers every request as
// it did the first one does not keep the walk going for ever.
func RunAPI(t *testing.T, s importers.Source, f Fake) *Haul {
	t.Helper()
	ctx := context.Background()
	clean, err := Collect(ctx, t, s, f.Config(server(t, f.Handler(), fault{}, 0).URL), nil, 0)
	if err != nil {
		t.Fatalf("reading all: %v", err)
	}
	if len(clean.Records) != f.Want {
		t.Errorf("read %d records, want %d", len(clean.Records), f.Want)
	}
	counted(ctx, t, s, f, clean)
	want := clean.digest()
	t.Run("again", func(t *testing.T) {
		again, err := Collect(ctx, t, s, f.Config(server(t, f.Handler(), fault{}, 0).URL), clean, 0)
		same(t, again, err, want)
	})
	t.Run("resumed", func(t *testing.T) {
		for stop := 1; stop <= min(clean.Pages, 12); stop++ {
			url := server(t, f.Handler(), fault{}, 0).URL
			part, err := Collect(ctx, t, s, f.Config(url), nil, stop)
			if err != nil {
				t.Fatalf("reading %d pages: %v", stop, err)
			}
			rest, err := Collect(ctx, t, s, f.Config(url), part, 0)
			same(t, rest, err, want)
		}
	})
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			for n := int64(1); n <= min(clean.Requests, 5); n++ {
				got, err := Collect(ctx, t, s, f.Config(server(t, f.Handler(), fault, n).URL), nil, 0)
				same(t, got, err, want)
			}
		})
	}
	t.Run("refused", func(t *testing.T) { refused(t, s, f) })
	t.Run("stuck", func(t *testing.T) { stuck(t, s, f) })
	return clean
}

// counted holds a source that says how many records there are to what was read.
func counted(ctx context.Context, t *testing.T, s importers.Source, f Fake, clean *Haul) {
	t.Helper()
	for _, c := range s.Collections {
		if c.Count == nil {
			continue
		}
		want := int64(0)
		for key, r := range clean.Records {
			if strings.HasPrefix(key, c.Name+"/") && !r.Gone {
				want++
			}
		}
		n, err := c.Count(ctx, Input(t, s, f.Config(server(t, f.Handler(), fault{}, 0).URL)))
		if err != nil || n != want {
			t.Errorf("Count of %s = %d, %v, want %d, as many as were read", c.Name, n, err, want)
		}
	}
}

func same(t *testing.T, got *Haul, err error, want map[string]string) {
	t.Helper()
	if err != nil {
		t.Errorf("reading: %v", err)
		return
	}
	if digest := got.digest(); !maps.Equal(digest, want) {
		t.Errorf("read %v, want %v", digest, want)
	}
}

func refused(t *testing.T, s importers.Source, f Fake) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	defer srv.Close()
	got, err := Collect(context.Background(), t, s, f.Config(srv.URL), nil, 0)
	if !importers.HasStatus(err, http.StatusUnauthorized) || got.Requests > 3 {
		t.Errorf("with refused credentials, reading gave %v after %d requests, want a 401 at once", err, got.Requests)
	}
}

// stuck answers each path for ever as it was answered first.
func stuck(t *testing.T, s importers.Source, f Fake) {
	real := f.Handler()
	var mu sync.Mutex
	first := map[string]*httptest.ResponseRecorder{}
	count := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		key := r.Method + r.URL.Path
		if first[key] == nil {
			first[key] = httptest.NewRecorder()
			real.ServeHTTP(first[key], r)
		}
		if count++; count > 3000 {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		maps.Copy(w.Header(), first[key].Header())
		w.WriteHeader(first[key].Code)
		w.Write(first[key].Body.Bytes())
	}))
	defer srv.Close()
	if got, _ := Collect(context.Background(), t, s, f.Config(srv.URL), nil, 0); got.Requests > 3000 {
		t.Errorf("a server that answers each request as the first one kept the walk going for %d requests", got.Requests)
	}
}
