package api

import (
	"context"
	"maps"
	"net/http"
	"time"

	"hindsight/incident"
)

// Connection is a configured source.
type Connection struct {
	ID         incident.ID       `json:"id"`
	Source     string            `json:"source"`
	Name       string            `json:"name"`
	Settings   map[string]string `json:"settings" doc:"without secrets"`
	Secrets    []string          `json:"secrets" doc:"names of the secret settings that are set; what they say is never shown"`
	Webhooks   int               `json:"webhook_secrets" doc:"secrets that prove pushes: two while one is being replaced"`
	Sealed     string            `json:"secrets_problem,omitempty" doc:"why the secrets cannot be opened"`
	MapVersion int               `json:"map_version"`
	Sample     bool              `json:"sample"`
	Exclude    string            `json:"exclude_reason,omitempty"`
	Follow     bool              `json:"follow" doc:"polled and compared by itself"`
	Health     Health            `json:"health"`
	CreatedAt  *time.Time        `json:"created_at"`
}

// Run is one pass of an import.
type Run struct {
	ID         incident.ID `json:"id"`
	Connection incident.ID `json:"connection_id"`
	State      string      `json:"state" doc:"queued, running, ok, partial, failed or canceled"`
	Via        string      `json:"via"`
	DryRun     bool        `json:"dry_run"`
	StartedAt  *time.Time  `json:"started_at"`
	FinishedAt *time.Time  `json:"finished_at"`
	Total      int64       `json:"total" doc:"records to expect; -1 when unknown"`
	Read       int64       `json:"read"`
	New        int64       `json:"new"`
	Changed    int64       `json:"changed"`
	Unchanged  int64       `json:"unchanged"`
	Dead       int64       `json:"dead"`
	Warnings   []Warning   `json:"warnings" doc:"empty for who may not import, and for who does not see all incidents of the connection"`
	Message    string      `json:"message,omitempty"`
	By         string      `json:"by,omitempty"`
	Since      *time.Time  `json:"since,omitempty" doc:"what a poll was asked for; absent: no bound"`
	Until      *time.Time  `json:"until,omitempty"`
	ResumesAt  *time.Time  `json:"resumes_at,omitempty" doc:"when a queued run goes on that its source has sent away"`
	Requests   int64       `json:"requests,omitempty" doc:"sent to the source"`
}

// Warning counts one sort of oddity.
type Warning struct {
	Field   string `json:"field"`
	Value   string `json:"value"`
	Message string `json:"message"`
	Count   int64  `json:"count"`
}

// ImportList is all connections and the newest runs.
type ImportList struct {
	Connections []Connection `json:"connections"`
	Runs        []Run        `json:"runs"`
}

// RunOf renders a run, the same for the API and the command line.
func RunOf(r incident.Run) Run {
	return Run{ID: r.ID, Connection: r.Connection, State: string(r.State), Via: r.Via, DryRun: r.DryRun, StartedAt: when(r.StartedAt),
		FinishedAt: when(r.FinishedAt), Total: r.Total, Read: r.Read, New: r.New, Changed: r.Changed, Unchanged: r.Unchanged, Dead: r.Dead,
		Warnings: each(r.Warnings, func(w incident.Warning) Warning { return Warning(w) }), Message: r.Message, By: r.By,
		Since: when(r.Since), Until: when(r.Until), ResumesAt: when(r.ResumesAt), Requests: r.Requests}
}

// runFor renders a run as far as the viewer may know it.
func (s *Server) runFor(ctx context.Context, v Viewer, r incident.Run) (Run, error) {
	may, err := s.desk.MayReadWarnings(ctx, r.Connection, v.May(incident.Import), v.Sight())
	if !may {
		r.Warnings = nil
	}
	return RunOf(r), err
}

func (s *Server) listImports(ctx context.Context, v Viewer, _ none) (ImportList, error) {
	connections, err := s.desk.Store.Connections(ctx)
	if err != nil {
		return ImportList{}, err
	}
	healths, err := s.desk.Store.Healths(ctx)
	if err != nil {
		return ImportList{}, err
	}
	out := ImportList{Connections: each(connections, func(c incident.Connection) Connection { return s.connection(c, healths[c.ID]) }), Runs: []Run{}}
	runs, err := s.desk.Store.Runs(ctx, "", 50)
	for _, r := range runs {
		shown, err := s.runFor(ctx, v, r)
		if err != nil {
			return out, err
		}
		out.Runs = append(out.Runs, shown)
	}
	return out, err
}

// connection renders a connection. Of its secrets it says which are set.
func (s *Server) connection(c incident.Connection, h incident.Health) Connection {
	settings := map[string]string{} // never null
	maps.Copy(settings, c.Settings)
	out := Connection{ID: c.ID, Source: c.Source, Name: c.Name, Settings: settings, Secrets: []string{}, MapVersion: c.MapVersion,
		Sample: c.Sample, Exclude: c.Exclude, Follow: c.Follow, Health: healthOf(h), CreatedAt: when(c.CreatedAt)}
	names, err := s.desk.SecretNames(c)
	if err != nil {
		out.Sealed = err.Error()
	}
	out.Secrets, out.Webhooks = append(out.Secrets, names.Settings...), names.Webhook
	return out
}

func (s *Server) getRun(ctx context.Context, v Viewer, p IDParams) (Run, error) {
	r, err := s.desk.Store.Run(ctx, incident.ID(p.ID))
	if err != nil {
		return Run{}, err
	}
	return s.runFor(ctx, v, *r)
}

// NewImport asks for a run over stored records.
type NewImport struct {
	Connection incident.ID `json:"connection_id"`
	Via        string      `json:"via" doc:"remap, to map the stored records again, or retry, for dead letters alone"`
}

func (s *Server) startImport(ctx context.Context, v Viewer, _ none, body NewImport) (Run, error) {
	if body.Via != "remap" && body.Via != "retry" {
		return Run{}, incident.Invalidf("via", "%q is not remap or retry; send files as multipart/form-data", body.Via)
	}
	r, err := s.desk.Again(ctx, body.Connection, body.Via, v.Name)
	return RunOf(r), err
}

// DeadLetterParams filter dead letters.
type DeadLetterParams struct {
	Connection string `query:"connection" doc:"id; empty: all"`
	Limit      int    `query:"limit" default:"100"`
}

// DeadLetter is a record that could not be mapped.
type DeadLetter struct {
	ID         incident.ID `json:"id"`
	Connection incident.ID `json:"connection_id"`
	ExternalID string      `json:"external_id,omitempty"`
	Stage      string      `json:"stage"`
	Place      string      `json:"place,omitempty"`
	Reason     string      `json:"reason"`
	Body       string      `json:"body"`
	FirstSeen  time.Time   `json:"first_seen_at"`
	Count      int         `json:"count"`
}

// DeadLetterList is the waiting ones, newest first.
type DeadLetterList struct {
	Items []DeadLetter `json:"items"`
}

func (s *Server) deadLetters(ctx context.Context, v Viewer, p DeadLetterParams) (DeadLetterList, error) {
	letters, err := s.desk.Store.DeadLetters(ctx, incident.ID(p.Connection), min(p.Limit, 1000))
	if err == nil {
		letters, err = s.desk.OpenLetters(ctx, letters, v.Sight())
	}
	return DeadLetterList{each(letters, func(l incident.DeadLetter) DeadLetter {
		return DeadLetter{l.ID, l.Connection, l.ExternalID, l.Stage, l.Place, l.Reason, l.Body, l.FirstSeen, l.Count}
	})}, err
}

// importOps are the operations about imports. Raw records may hold what a mapping keeps private, so
// viewers do not see dead letters.
func (s *Server) importOps() []operation {
	letters := get("/dead-letters", "Records that could not be mapped", s.deadLetters)
	letters.needs = incident.Import
	return []operation{
		get("/imports", "Connections and the newest runs", s.listImports),
		s.withFiles(write(http.MethodPost, "/imports", "Import files, or map stored records again", incident.Import, http.StatusAccepted, s.startImport)),
		get("/imports/{id}", "One run and its progress", s.getRun),
		letters,
	}
}
