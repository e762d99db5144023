package limit

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// How slow a client may be. A body that is slower than slowest on average ends with an error, so that connections cannot be held open by
// sending a byte now and then; an answer has to be taken within answered of the last byte that was received.
const (
	patience = 30 * time.Second
	slowest  = 32 << 10 // bytes a second
	answered = 15 * time.Minute
)

// Pace bounds how long the body of a request may take, and how long it may be: most bytes, whatever its route allows.
func Pace(most int64, next http.Handler) http.Handler { return pace(most, patience, next) }

func pace(most int64, patience time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn := http.NewResponseController(w)
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &pacedBody{ReadCloser: http.MaxBytesReader(w, r.Body, most), conn: conn, begun: time.Now(), patience: patience}
		}
		// A connection that cannot have deadlines, as in tests without a network, has none.
		if err := conn.SetWriteDeadline(time.Now().Add(answered)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			http.Error(w, "The connection is lost.", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// pacedBody moves the connection's deadlines on with every byte that comes.
type pacedBody struct {
	io.ReadCloser
	conn     *http.ResponseController
	begun    time.Time
	patience time.Duration
	got      int64
}

// Read implements io.Reader.
func (b *pacedBody) Read(p []byte) (int, error) {
	due := b.begun.Add(b.patience + time.Duration(float64(b.got)/slowest*float64(time.Second)))
	b.conn.SetReadDeadline(due)
	n, err := b.ReadCloser.Read(p)
	b.got += int64(n)
	if err != nil {
		// The deadline must not outlive the body: the server also reads to learn that a client has gone, and would take
		// the passing of time for that.
		b.conn.SetReadDeadline(time.Time{})
		b.conn.SetWriteDeadline(time.Now().Add(answered))
	}
	return n, err
}
