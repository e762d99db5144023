package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// Health is how a connection fares that is read over the network or pushed to.
type Health struct {
	Through      *time.Time `json:"read_up_to" doc:"everything before this instant has been read; null when the source does not go by time"`
	PolledAt     *time.Time `json:"polled_at" doc:"end of the last poll that came to its end"`
	ReconciledAt *time.Time `json:"reconciled_at" doc:"end of the last comparison with the whole source"`
	Drift        int64      `json:"drift" doc:"records that the last comparison found new or changed: what had been missed"`
	HeardAt      *time.Time `json:"heard_at" doc:"the last push that was proven to come from the source"`
	Forged       int64      `json:"forged" doc:"pushes refused for their signature"`
	Notes        []string   `json:"notes,omitempty" doc:"what the last poll could not read because the credentials do not reach it"`
	PausedAt     *time.Time `json:"paused_at" doc:"since when it is not polled; null: it is"`
	PauseReason  string     `json:"pause_reason,omitempty"`
}

func healthOf(h incident.Health) Health {
	return Health{Through: when(h.Through), PolledAt: when(h.PolledAt), ReconciledAt: when(h.ReconciledAt), Drift: h.Drift, HeardAt: when(h.HeardAt),
		Forged: h.Forged, Notes: h.Notes, PausedAt: when(h.PausedAt), PauseReason: h.PauseReason}
}

// NewConnection connects a source.
type NewConnection struct {
	Source   string            `json:"source" doc:"name of a source, such as jira"`
	Name     string            `json:"name,omitempty" doc:"the source's own when left out"`
	Settings map[string]string `json:"settings" doc:"secrets are taken and never given back"`
	Mapping  json.RawMessage   `json:"mapping,omitempty" doc:"what the source's words mean: status, severity, kind, service and fields, each an object of word and meaning"`
	Exclude  string            `json:"exclude_reason,omitempty" doc:"keeps its incidents out of reliability numbers, and why"`
}

// ConnectionPatch changes a connection; what is left out stays.
type ConnectionPatch struct {
	Name     string            `json:"name,omitempty" doc:"another name; its id stays, and so do its incidents and the address for pushes"`
	Settings map[string]string `json:"settings,omitempty" doc:"an empty value takes a setting back, and leaves a secret as it is"`
	Forget   []string          `json:"forget,omitempty" doc:"secret settings to take back"`
	Mapping  json.RawMessage   `json:"mapping,omitempty" doc:"the whole mapping; records that are here keep what the former made of them until they are mapped again (POST /imports)"`
	Follow   *bool             `json:"follow,omitempty" doc:"whether it is polled and compared by itself"`
}

func (s *Server) createConnection(ctx context.Context, v Viewer, _ none, body NewConnection) (Connection, error) {
	plan := desk.Plan{Source: body.Source, Name: body.Name, Settings: body.Settings, Mapping: body.Mapping, Exclude: body.Exclude, By: v.Name}
	conn, err := s.desk.Prepare(ctx, plan)
	if err != nil {
		return Connection{}, err
	}
	if _, err := s.desk.Store.Connection(ctx, conn.ID); err == nil {
		return Connection{}, incident.Invalidf("name", "there is a connection %q already; change it with PATCH", conn.Name)
	}
	if conn, err = s.desk.Connect(ctx, plan); err != nil {
		return Connection{}, err
	}
	return s.connectionNow(ctx, conn.ID)
}

// connectionNow renders a connection as it is stored.
func (s *Server) connectionNow(ctx context.Context, id incident.ID) (Connection, error) {
	conn, err := s.desk.Store.Connection(ctx, id)
	if err != nil {
		return Connection{}, err
	}
	h, err := s.desk.Store.Health(ctx, id)
	return s.connection(*conn, h), err
}

func (s *Server) getConnection(ctx context.Context, _ Viewer, p IDParams) (Connection, error) {
	return s.connectionNow(ctx, incident.ID(p.ID))
}

func (s *Server) patchConnection(ctx context.Context, v Viewer, p IDParams, body ConnectionPatch) (Connection, error) {
	id := incident.ID(p.ID)
	_, err := s.desk.Amend(ctx, id, desk.Plan{Settings: body.Settings, Forget: body.Forget, Mapping: body.Mapping, By: v.Name})
	if err == nil && body.Name != "" {
		_, err = s.desk.Rename(ctx, id, body.Name, v.Name)
	}
	if err == nil && body.Follow != nil {
		err = s.desk.SetFollow(ctx, id, *body.Follow)
	}
	if err != nil {
		return Connection{}, err
	}
	return s.connectionNow(ctx, id)
}

// Probe is what a connection's credentials reach.
type Probe struct {
	Identity string   `json:"identity" doc:"as whom the source knows us"`
	Reach    []string `json:"reach" doc:"what can be seen"`
	Notes    []string `json:"notes" doc:"what is missing or odd, and what to do about it"`
}

// askingTime is how long a request waits for a source to answer.
const askingTime = 20 * time.Second

func (s *Server) probe(ctx context.Context, _ Viewer, p IDParams) (Probe, error) {
	conn, err := s.desk.Store.Connection(ctx, incident.ID(p.ID))
	if err != nil {
		return Probe{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, askingTime)
	defer cancel()
	scope, err := s.desk.Probe(ctx, *conn)
	if err != nil && !errors.Is(err, incident.ErrInvalid) {
		err = &requestError{http.StatusBadGateway, "the source could not be read: " + err.Error()}
	}
	return Probe{Identity: scope.Identity, Reach: append([]string{}, scope.Reach...), Notes: append([]string{}, scope.Notes...)}, err
}

// NewPoll bounds what is read over the network.
type NewPoll struct {
	Since *time.Time `json:"since,omitempty" doc:"only records from then on; without bounds, from where the last poll ended"`
	Until *time.Time `json:"until,omitempty" doc:"only records before"`
}

func (s *Server) startPoll(ctx context.Context, v Viewer, p IDParams, body NewPoll) (Run, error) {
	conn, err := s.desk.Store.Connection(ctx, incident.ID(p.ID))
	if err != nil {
		return Run{}, err
	}
	source, err := s.desk.Source(conn.Source)
	if err == nil && source.API == nil {
		err = incident.Invalidf("id", "%s is not read over the network", source.Title)
	}
	if err != nil {
		return Run{}, err
	}
	run, err := s.desk.Poll(ctx, *conn, moment(body.Since), moment(body.Until), v.Name)
	return RunOf(run), err
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func (s *Server) pauseConnection(ctx context.Context, v Viewer, p IDParams) (Connection, error) {
	if err := s.desk.Pause(ctx, incident.ID(p.ID), v.Name); err != nil {
		return Connection{}, err
	}
	return s.connectionNow(ctx, incident.ID(p.ID))
}

func (s *Server) resumeConnection(ctx context.Context, _ Viewer, p IDParams) (Connection, error) {
	conn, err := s.desk.Store.Connection(ctx, incident.ID(p.ID))
	if err == nil {
		err = s.desk.SetFollow(ctx, conn.ID, conn.Follow)
	}
	if err != nil {
		return Connection{}, err
	}
	return s.connectionNow(ctx, conn.ID)
}

// WebhookSecret is a new secret that proves pushes. It is given this once.
type WebhookSecret struct {
	Secret  string `json:"secret"`
	Address string `json:"address" doc:"where the source pushes to"`
}

// OlderSecret says whether the older of two secrets that prove pushes is still used.
type OlderSecret struct {
	Secrets     int        `json:"secrets" doc:"how many are good: two while one replaces the other"`
	OlderUsedAt *time.Time `json:"older_used_at" doc:"when the older one last proved a delivery; null: not since the newer one was made"`
}

func (s *Server) webhookSecrets(ctx context.Context, _ Viewer, p IDParams) (OlderSecret, error) {
	conn, err := s.desk.Store.Connection(ctx, incident.ID(p.ID))
	if err != nil {
		return OlderSecret{}, err
	}
	names, err := s.desk.SecretNames(*conn)
	if err != nil {
		return OlderSecret{}, err
	}
	used, err := s.desk.OlderSecretUsed(ctx, conn.ID)
	return OlderSecret{names.Webhook, when(used)}, err
}

// GivenSecret is a secret that a source made itself.
type GivenSecret struct {
	Secret string `json:"secret,omitempty" doc:"one that the source made itself; left out, one is drawn"`
}

func (s *Server) addWebhookSecret(ctx context.Context, _ Viewer, p IDParams, body GivenSecret) (WebhookSecret, error) {
	secret, err := s.desk.AddWebhookSecret(ctx, incident.ID(p.ID), body.Secret)
	return WebhookSecret{secret, strings.TrimRight(s.desk.BaseURL, "/") + "/hooks/" + p.ID}, err
}

// dropWebhookSecret ends the older of two secrets; where there is one, it stays.
func (s *Server) dropWebhookSecret(ctx context.Context, _ Viewer, p IDParams) (Connection, error) {
	if err := s.desk.DropWebhookSecret(ctx, incident.ID(p.ID)); err != nil && !errors.Is(err, incident.ErrConflict) {
		return Connection{}, err
	}
	return s.connectionNow(ctx, incident.ID(p.ID))
}

// connectionOps are the operations on connected sources. Settings may be private, so that viewers change none.
func (s *Server) connectionOps() []operation {
	return []operation{
		write(http.MethodPost, "/connections", "Connect a source", incident.Import, http.StatusCreated, s.createConnection),
		get("/connections/{id}", "One connection and how it fares", s.getConnection),
		write(http.MethodPatch, "/connections/{id}", "Change name, settings, secrets or mapping, or whether it is followed", incident.Import, http.StatusOK, s.patchConnection),
		act("/connections/{id}/probe", "Ask the source what the credentials reach", incident.Import, s.probe),
		write(http.MethodPost, "/connections/{id}/trial", "What the newest records would become, and what reading all of them takes", incident.Import, http.StatusOK, s.trial),
		write(http.MethodPost, "/connections/{id}/polls", "Read the source over the network", incident.Import, http.StatusAccepted, s.startPoll),
		act("/connections/{id}/pause", "Poll no more until it is resumed", incident.Import, s.pauseConnection),
		act("/connections/{id}/resume", "Let polls go on", incident.Import, s.resumeConnection),
		write(http.MethodPost, "/connections/{id}/webhook-secrets", "Make or keep a secret that proves pushes; it is given this once, and the one before stays good", incident.Import, http.StatusCreated, s.addWebhookSecret),
		get("/connections/{id}/webhook-secrets", "How many secrets prove pushes, and whether the older one is still used", s.webhookSecrets),
		remove("/connections/{id}/webhook-secrets", "End the older of two secrets that prove pushes", incident.Import, s.dropWebhookSecret),
		write(http.MethodPost, "/connections/{id}/forecast", "What a mapping would change in incidents and figures", incident.Import, http.StatusOK, s.forecast),
		get("/connections/{id}/mappings", "The mappings that it has had, the newest first", s.mappings),
	}
}
