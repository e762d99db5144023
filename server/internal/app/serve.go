package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"time"

	"github.com/gin-gonic/gin"

	"hindsight/reports/draw"
	"hindsight/server/internal/api"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/limit"
	"hindsight/server/internal/scim"
	"hindsight/server/internal/web"
	"hindsight/server/internal/writers"
)

// Handler is the whole web server: pages, API, health and metrics.
func (a *App) Handler() (http.Handler, error) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = false
	r.ContextWithFallback = true
	engine, err := draw.New()
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, engine.Close)
	pages, err := web.New(a.Desk, r, engine)
	if err != nil {
		return nil, err
	}
	a.tellEachOther(pages.Writers())
	program, err := api.New(a.Desk, r, engine, pages.Viewer)
	if err != nil {
		return nil, err
	}
	a.access = append(pages.Access(), program.Access()...)
	for path, h := range map[string]gin.HandlerFunc{"/healthz": healthy, "/readyz": a.ready, "/metrics": a.metrics()} {
		r.GET(path, h)
		a.access = append(a.access, api.Access{Method: http.MethodGet, Path: path})
	}
	a.provision(r)
	a.routes = nil
	for _, route := range r.Routes() {
		a.routes = append(a.routes, route.Method+" "+route.Path)
	}
	var limited http.Handler = r
	if a.Config.RateLimit > 0 {
		l := limit.New(a.Config.RateLimit, func(r *http.Request) string { return auth.Address(r.Context()) }, a.Desk.Now)
		l.Refused = func(r *http.Request) {
			a.Desk.RefusedStranger(r.Context(), auth.Address(r.Context()), r.UserAgent(), "there were too many")
		}
		limited = l.Wrap(r)
	}
	return limit.Pace(longestRequest, web.Protect(a.Desk, limited)), nil
}

// tellEachOther runs the hub of those who write together, until Close.
func (a *App) tellEachOther(hub *writers.Hub) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- hub.Run(ctx) }()
	a.closers = append(a.closers, func() error {
		stop()
		<-done // it ends with stop alone
		return nil
	})
}

// pathHole is a part of a path that stands for something, as http.ServeMux has it.
var pathHole = regexp.MustCompile(`\{(\w+)\}`)

// provision adds what identity providers talk to.
func (a *App) provision(r *gin.Engine) {
	d := a.Desk
	server := &scim.Server{Store: d.Store, Tokens: d.Auth, BaseURL: d.BaseURL, ReadOnly: d.Demo, Now: d.Now, Log: d.Log,
		NotBelieved: func(ctx context.Context) { d.NotBelieved(ctx, "token", "") }, Refused: d.Refused}
	handler := gin.WrapH(server.Handler())
	for _, route := range server.Routes() {
		path := pathHole.ReplaceAllString(route.Path, ":$1")
		r.Handle(route.Method, path, handler)
		a.access = append(a.access, api.Access{Method: route.Method, Path: path, Needs: scim.Needs})
	}
}

// longestRequest is the longest body that any route takes: an upload, and what a form adds to it.
const longestRequest = desk.MaxUpload + 1<<20

// Access lists the routes of Handler and what each needs.
func (a *App) Access() []api.Access { return a.access }

// Routes lists what the router of Handler answers, as "GET /incidents/:id". A test holds it against Access, so that no route gets by
// without saying what it needs.
func (a *App) Routes() []string { return a.routes }

func healthy(c *gin.Context) { c.String(http.StatusOK, "ok\n") }

// ready answers 200 once the database answers and every sink has caught up at least once.
func (a *App) ready(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), 2*time.Second)
	defer cancel()
	if _, err := a.store.Head(ctx); err != nil {
		c.String(http.StatusServiceUnavailable, "the database does not answer\n")
		return
	}
	progress := a.Desk.Follow.Progress()
	if len(progress) == 0 {
		c.String(http.StatusServiceUnavailable, "the change feed has not been looked at yet\n")
		return
	}
	for _, p := range progress {
		if !p.Ready() {
			c.String(http.StatusServiceUnavailable, "%s is at change %d of %d\n%s", p.Sink, p.At, p.Goal, a.trouble())
			return
		}
	}
	c.String(http.StatusOK, "ready\n%s", a.trouble())
}

// trouble says what keeps search from taking changes in, if anything does. Answers go on, so that it makes nothing unready.
func (a *App) trouble() string {
	if a.Desk.Index == nil {
		return ""
	}
	if err := a.Desk.Index.Trouble(); err != nil {
		return fmt.Sprintf("but %v. Make room on the disk of %s; it goes on by itself then.\n", err, a.Config.Data)
	}
	return ""
}

// Serve listens and answers until ctx ends; then it finishes what it has begun. ready is called
// once with the address that browsers reach.
func (a *App) Serve(ctx context.Context, ready func(address string)) error {
	handler, err := a.Handler()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", a.Config.Addr)
	if err != nil {
		return fmt.Errorf("app: %w; is another server running? HINDSIGHT_ADDR or --addr chooses another address", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	ready("http://" + listener.Addr().String())
	select {
	case err := <-failed:
		return fmt.Errorf("app: serve: %w", err)
	case <-ctx.Done():
	}
	// What has begun gets a while to finish; a browser that holds a connection open does not keep us.
	finishing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(finishing); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("app: shut down: %w", err)
	}
	return nil
}
