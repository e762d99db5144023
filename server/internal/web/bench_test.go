package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/app"
	"hindsight/server/internal/config"
)

// BenchmarkPages answers pages over made-up incidents that are in the columns alone: database and search index are empty, so
// what is measured is the figures. Each answer is to another period, for which nothing is worked out yet. HINDSIGHT_INCIDENTS says how
// many incidents there are, 100,000 unless it is set.
func BenchmarkPages(b *testing.B) {
	n := 100_000
	if text := os.Getenv("HINDSIGHT_INCIDENTS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	handler, cookies := benchSite(b, n)
	visit := func(path string) {
		req := httptest.NewRequest(http.MethodGet, path, nil)
		for _, c := range cookies {
			req.AddCookie(c)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		if w.Code != http.StatusOK {
			b.Fatalf("GET %s = %d\n%s", path, w.Code, w.Body)
		}
	}
	for _, p := range []struct{ name, path string }{
		{"overview", "/"}, {"services", "/services"}, {"service levels", "/sla"}, {"busiest service", "/services/svc_000"}, {"quiet service", "/services/svc_150"},
	} {
		b.Run(p.name, func(b *testing.B) {
			turn, begun := 0, processor(b)
			visit(p.path + "?range=all")
			for b.Loop() {
				turn++
				visit(p.path + "?from=" + time.Date(2023, 1, 1+turn%700, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) + "&to=2025-12-" + fmt.Sprintf("%02d", 1+turn/700))
			}
			b.ReportMetric((processor(b)-begun)*1e3/float64(b.N+1), "cpu-ms/page")
		})
	}
}

// benchSite returns the whole program with n made-up incidents of 200 services over three years, and the cookies of a user.
func benchSite(b *testing.B, n int) (http.Handler, []*http.Cookie) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	a, err := app.Open(b.Context(), app.Options{Config: config.Config{Data: b.TempDir(), BaseURL: "http://hindsight.test"}, Parts: app.Found,
		Version: "test", Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { a.Close() })
	handler, err := a.Handler()
	if err != nil {
		b.Fatal(err)
	}
	if _, err := a.Desk.Auth.CreateUser(context.Background(), "viewer", "", password, incident.Viewer); err != nil {
		b.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(url.Values{"name": {"viewer"}, "password": {password}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, req)
	fill(b, a, n)
	return handler, w.Result().Cookies()
}

// fill puts made-up incidents into the columns: of few busy and many quiet services, with durations that are short as a rule.
func fill(b *testing.B, a *app.App, n int) {
	rng := rand.New(rand.NewPCG(1, 2))
	common := rand.NewZipf(rng, 1.1, 20, 199)
	lasting := func(typical time.Duration) time.Duration {
		return time.Duration(float64(typical) * math.Exp(1.2*rng.NormFloat64())).Truncate(time.Second)
	}
	d := incident.Delta{}
	for i := range 200 {
		d.Services = append(d.Services, incident.Service{ID: incident.ID(fmt.Sprintf("svc_%03d", i)), Name: fmt.Sprintf("Service %d", i)})
	}
	for i := range n {
		opened := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rng.Int64N(int64(3 * 365 * 24 * time.Hour)))).Truncate(time.Second)
		service := common.Uint64()
		inc := &incident.Incident{ID: incident.ID(fmt.Sprintf("inc_%07d", i)), Number: fmt.Sprintf("MADE%07d", i), Title: fmt.Sprintf("Service %d answers slowly", service), Kind: incident.Real,
			Status: incident.Resolved, Severity: incident.Severity(1 + rng.IntN(5)), PriorityRaw: fmt.Sprintf("P%d", 1+rng.IntN(5)),
			Services: []incident.ServiceUse{{Service: incident.ID(fmt.Sprintf("svc_%03d", service)), Name: fmt.Sprintf("Service %d", service)}}, Team: incident.ID(fmt.Sprintf("team_%d", service%30))}
		acked := opened.Add(lasting(6 * time.Minute))
		inc.Milestones.Set(incident.Opened, opened, incident.ToSecond, incident.FromField, "made up", "")
		inc.Milestones.Set(incident.Acked, acked, incident.ToSecond, incident.FromField, "made up", "")
		inc.Milestones.Set(incident.ResolvedAt, acked.Add(lasting(70*time.Minute)), incident.ToSecond, incident.FromField, "made up", "")
		d.Incidents = append(d.Incidents, inc)
		if len(d.Incidents) == 1000 || i == n-1 {
			d.Upto, d.CaughtUp = incident.Seq(i+1), i == n-1
			if err := a.Desk.Live.Apply(b.Context(), d); err != nil {
				b.Fatal(err)
			}
			d = incident.Delta{}
		}
	}
}

// processor returns the processor time that this process has used, in seconds.
func processor(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
