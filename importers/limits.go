package importers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	tries        = 5                // of a request that fails for a passing reason
	limitedTries = 20               // of a request that is told to slow down
	maxWait      = 15 * time.Minute // a longer wait parks the run instead
	maxPark      = 24 * time.Hour   // then the source is asked again, whatever it said: years are a fault of its clock
	longestPause = 5 * time.Minute  // between two tries when nobody says how long
	unsaid       = time.Minute      // until a quota may be fuller when nobody says when
)

// Parked says that a source wants no request for so long that the run had better end now and go on then.
type Parked struct {
	Until  time.Time // UTC
	Reason string
	Cause  error
}

func (e *Parked) Error() string {
	return fmt.Sprintf("%s; it goes on at %s: %v", e.Reason, e.Until.Format(time.RFC3339), e.Cause)
}

func (e *Parked) Unwrap() error { return e.Cause }

// verdict is what follows a try.
type verdict struct {
	again   bool
	limited bool          // the source asked for a pause
	wait    time.Duration // as the source says
	try     int
}

// judge decides what follows a try. "Slow down" comes as 429, as 503 with a time, or, with several vendors, as
// 403 with a header or a text that says so.
func (c *Client) judge(a Answer, err error, try int) verdict {
	v := verdict{try: try}
	if err == nil {
		return v
	}
	if v.limited = c.isLimit(a); v.limited {
		v.wait, v.again = pauseOf(a.Header, c.clock.Now()), try < limitedTries
		return v
	}
	var p *passing
	v.again = try < tries && (errors.As(err, &p) || slices.Contains([]int{408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524}, a.Status))
	return v
}

func (c *Client) isLimit(a Answer) bool {
	switch {
	case a.Status == http.StatusTooManyRequests, c.api.Limited != nil && a.Status != 0 && c.api.Limited(a):
		return true
	case a.Status == http.StatusServiceUnavailable:
		return a.Header.Get("Retry-After") != ""
	case a.Status == http.StatusForbidden:
		return a.Header.Get("Retry-After") != "" || first(a.Header, remainingHeaders) == "0" || limitText(a.Body)
	}
	return false
}

// limitText reports whether a refusal speaks of rates.
func limitText(body []byte) bool {
	text := strings.ToLower(string(body[:min(len(body), 2000)]))
	return strings.Contains(text, "rate limit") || strings.Contains(text, "too many requests") || strings.Contains(text, "throttl")
}

// The names under which vendors send what is left of a quota and when it is full again.
var (
	remainingHeaders = []string{"X-RateLimit-Remaining", "RateLimit-Remaining", "X-Rate-Limit-Remaining"}
	limitHeaders     = []string{"X-RateLimit-Limit", "RateLimit-Limit", "X-Rate-Limit-Limit"}
	resetHeaders     = []string{"X-RateLimit-Reset", "RateLimit-Reset", "X-Rate-Limit-Reset", "X-RateLimit-Period-In-Sec"}
)

func first(h http.Header, names []string) string {
	for _, name := range names {
		if v := strings.TrimSpace(h.Get(name)); v != "" {
			return v
		}
	}
	return ""
}

// pauseOf returns how long an answer asks to wait; zero when it does not say. Retry-After (RFC 9110 section
// 10.2.3: seconds or a date) goes before the reset headers, which vendors write as seconds to wait, as seconds or
// milliseconds since 1970, or as a date: the ranges do not overlap.
func pauseOf(h http.Header, now time.Time) time.Duration {
	for _, text := range []string{h.Get("Retry-After"), first(h, resetHeaders)} {
		if wait, ok := readPause(strings.TrimSpace(text), now); ok {
			return max(wait, time.Second)
		}
	}
	return 0
}

func readPause(text string, now time.Time) (time.Duration, bool) {
	if text == "" {
		return 0, false
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil && x >= 0 {
		switch {
		case x < 1e8:
			return time.Duration(x * float64(time.Second)), true
		case x < 1e11:
			return time.Unix(int64(x), 0).Sub(now), true
		case x < 1e14:
			return time.UnixMilli(int64(x)).Sub(now), true
		}
		return 0, false
	}
	for _, layout := range []string{time.RFC1123, time.RFC1123Z, time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.Sub(now), true
		}
	}
	return 0, false
}

// rest pauses before the next try. A pause that the source asked for holds for all who share the credential.
func (c *Client) rest(ctx context.Context, key string, v verdict, cause error) error {
	reason := "the source asked for a pause"
	if !v.limited {
		reason = "the source did not answer as it should; it is asked again"
	}
	if v.wait == 0 { // full jitter, so that rivals do not meet again
		v.wait = time.Second + rand.N(min(time.Second<<min(v.try, 16), longestPause))
	}
	v.wait = min(v.wait, maxPark)
	until := c.clock.Now().Add(v.wait).UTC()
	if v.limited {
		if err := c.pacer.Hold(ctx, key, until); err != nil {
			return err
		}
	}
	if v.wait > maxWait {
		return &Parked{Until: until, Reason: reason, Cause: cause}
	}
	if c.clock.Waiting != nil {
		c.clock.Waiting(reason, until)
	}
	if err := c.clock.Sleep(ctx, v.wait); err != nil {
		return fmt.Errorf("%w: %w", err, cause) // who gave up waiting wants to know what for
	}
	return nil
}

// heard notes the server's clock, and slows everybody down before the wall is hit: with less than a tenth of
// the quota left, the rest is spread over the time until it is full again. Where no rate is declared, so that nothing else
// spares the half that is for others, that half is left alone.
func (c *Client) heard(ctx context.Context, key string, rate Rate, a Answer) error {
	if at, err := http.ParseTime(a.Header.Get("Date")); err == nil {
		c.mu.Lock()
		if at.After(c.server) {
			c.server = at.UTC()
		}
		c.mu.Unlock()
	}
	left, err := strconv.Atoi(first(a.Header, remainingHeaders))
	bound, _, _ := strings.Cut(first(a.Header, limitHeaders), ",") // some list every limit behind the one that binds: "60, 1200;window=60"
	limit, err2 := strconv.Atoi(bound)
	if err != nil || err2 != nil || limit <= 0 || a.Status >= 400 {
		return nil
	}
	now := c.clock.Now()
	wait, told := readPause(first(a.Header, resetHeaders), now)
	switch {
	case rate.Requests == 0 && left*2 <= limit && !told:
		wait = unsaid
	case rate.Requests == 0 && left*2 <= limit:
	case left*10 < limit:
		wait /= time.Duration(max(left, 1))
	default:
		return nil
	}
	if wait <= 0 {
		return nil
	}
	return c.pacer.Hold(ctx, key, now.Add(min(wait, maxWait)))
}

// neutral are headers that say nothing about who asks.
var neutral = []string{"Accept", "Content-Type", "User-Agent"}

// key names the quota that a signed request counts against: host, credential and the prefix that its rate holds for.
func (c *Client) key(req *http.Request) string {
	h := sha256.New()
	prefix, _ := c.quota(req)
	fmt.Fprintf(h, "%s\x00%s\x00", req.URL.Host, prefix)
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		if !slices.Contains(neutral, name) {
			fmt.Fprintf(h, "%s\x00%s\x00", name, req.Header[name])
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// quota returns the rate that holds for a request, and the path prefix that it is declared for.
func (c *Client) quota(req *http.Request) (prefix string, rate Rate) {
	return c.api.quota(strings.TrimPrefix(req.URL.Path, strings.TrimRight(c.base.Path, "/")))
}
