package api

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"hindsight/incident"
	"hindsight/server/internal/manifest"
)

// ConfigFile is a text that holds documents of the configuration as code.
type ConfigFile struct {
	Name string `json:"name" doc:"how it is called where something is wrong with it, and on the pages of what it manages"`
	Text string `json:"text" doc:"YAML documents, with --- between them; JSON is YAML, too"`
}

// ConfigFiles is what is in force, as files.
type ConfigFiles struct {
	Files []ConfigFile `json:"files" doc:"in order of their names; ids and secrets are not in them"`
}

// ConfigBody is files that are compared with what is in force.
type ConfigBody struct {
	Files []ConfigFile `json:"files"`
	Prune bool         `json:"prune,omitempty" doc:"also remove what earlier files made and these do not name any more"`
}

// ConfigApplyBody is files that are brought in force.
type ConfigApplyBody struct {
	Files []ConfigFile `json:"files"`
	Prune bool         `json:"prune,omitempty" doc:"also remove what earlier files made and these do not name any more"`
	Note  string       `json:"note,omitempty" doc:"why, noted with each version of what is changed"`
	Plan  string       `json:"plan" doc:"plan of the difference that was looked at: where the files would do something else now, nothing is done. * does whatever they say"`
}

// ConfigParams go with a body of YAML, which cannot say them.
type ConfigParams struct {
	Prune bool   `query:"prune" doc:"with a body of YAML: also remove what earlier files made and this one does not name any more"`
	Note  string `query:"note" doc:"with a body of YAML: why"`
	Plan  string `query:"plan" doc:"with a body of YAML: plan of the difference that was looked at, or *"`
}

// ConfigChange is what files do to one object.
type ConfigChange struct {
	Action string `json:"action" doc:"add, change or remove"`
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Diff   string `json:"diff,omitempty" doc:"unified difference of the object as a document; secrets are not in it"`
	Note   string `json:"note,omitempty" doc:"what the difference does not show"`
}

// ConfigPlan is what files would do.
type ConfigPlan struct {
	Plan    string         `json:"plan" doc:"stands for exactly these changes; send it along to have them done and nothing else"`
	Changes []ConfigChange `json:"changes"`
	Same    int            `json:"same" doc:"objects that are as the files say"`
	Notes   []string       `json:"notes" doc:"what should be known beside"`
}

// ConfigApplied is what files did.
type ConfigApplied struct {
	ConfigPlan
	Change incident.Seq `json:"change" doc:"number of the change; 0: nothing was changed"`
}

func configPlanOf(p *manifest.Plan) ConfigPlan {
	return ConfigPlan{Plan: p.Digest(), Same: p.Same, Notes: append([]string{}, p.Notes...), Changes: each(p.Changes, func(c manifest.Change) ConfigChange {
		return ConfigChange{string(c.Action), c.Kind, c.Name, c.Diff, c.Note}
	})}
}

func (s *Server) exportConfig(ctx context.Context, _ Viewer, _ none) (ConfigFiles, error) {
	files, err := manifest.Export(ctx, s.desk)
	if err != nil {
		return ConfigFiles{}, err
	}
	return ConfigFiles{each(files, func(f manifest.File) ConfigFile { return ConfigFile(f) })}, s.desk.Exported(ctx, prefix+"/config", "", len(files))
}

// longestFileName is how long the name of a file may be, in bytes.
const longestFileName = 200

// planOf compares files with what is in force. Secrets are not set: those of the server's environment are not for who sends files.
func (s *Server) planOf(ctx context.Context, v Viewer, files []ConfigFile, prune bool, note string) (*manifest.Plan, manifest.Desired, manifest.Options, error) {
	opts := manifest.Options{Prune: prune, By: v.Name, Why: strings.TrimSpace(note)}
	for i, f := range files {
		if f.Name == "" || len(f.Name) > longestFileName || strings.ContainsFunc(f.Name, unicode.IsControl) || slices.ContainsFunc(files[:i], func(other ConfigFile) bool { return other.Name == f.Name }) {
			return nil, manifest.Desired{}, opts, incident.Invalidf("files", "give each file a name of its own of 1 to %d bytes on one line", longestFileName)
		}
	}
	desired, err := manifest.Parse(each(files, func(f ConfigFile) manifest.File { return manifest.File(f) }))
	if err != nil {
		return nil, desired, opts, err
	}
	plan, err := manifest.Prepare(ctx, s.desk, desired, opts)
	return plan, desired, opts, err
}

func (s *Server) diffConfig(ctx context.Context, v Viewer, _ ConfigParams, b ConfigBody) (ConfigPlan, error) {
	plan, _, _, err := s.planOf(ctx, v, b.Files, b.Prune, "")
	if err != nil {
		return ConfigPlan{}, err
	}
	return configPlanOf(plan), nil
}

// anyPlan has files do whatever they say.
const anyPlan = "*"

func (s *Server) applyConfig(ctx context.Context, v Viewer, _ ConfigParams, b ConfigApplyBody) (ConfigApplied, error) {
	if b.Plan == "" {
		return ConfigApplied{}, incident.Invalidf("plan", "send the plan of the difference that you looked at, which POST %s/config/diff answers, or %s to do whatever the files say", prefix, anyPlan)
	}
	plan, desired, opts, err := s.planOf(ctx, v, b.Files, b.Prune, b.Note)
	if err != nil {
		return ConfigApplied{}, err
	}
	if b.Plan != anyPlan && b.Plan != plan.Digest() {
		return ConfigApplied{}, fmt.Errorf("the files would do something else than the plan that you looked at; nothing is changed, so look at the difference again: %w", incident.ErrConflict)
	}
	out := ConfigApplied{ConfigPlan: configPlanOf(plan)}
	if out.Change, err = manifest.Do(ctx, s.desk, plan, desired, opts); err != nil {
		return ConfigApplied{}, err
	}
	s.desk.Wait(ctx, out.Change)
	return out, nil
}

// configOps are the operations of the configuration as code.
func (s *Server) configOps() []operation {
	export := get("/config", "What is in force as files, without ids and secrets: the configuration as code", s.exportConfig)
	export.needs = incident.Administer
	return []operation{export,
		s.withYAML(write(http.MethodPost, "/config/diff", "What files would change; nothing is changed", incident.Administer, http.StatusOK, s.diffConfig), func(ctx context.Context, v Viewer, p ConfigParams, files []ConfigFile) (any, error) {
			return s.diffConfig(ctx, v, p, ConfigBody{Files: files, Prune: p.Prune})
		}),
		s.withYAML(write(http.MethodPost, "/config/apply", "Bring in force what files say, all of it or nothing", incident.Administer, http.StatusOK, s.applyConfig), func(ctx context.Context, v Viewer, p ConfigParams, files []ConfigFile) (any, error) {
			return s.applyConfig(ctx, v, p, ConfigApplyBody{Files: files, Prune: p.Prune, Note: p.Note, Plan: p.Plan})
		}),
	}
}

// yamlTypes are what documents are sent as (RFC 9512, and the names from before it).
var yamlTypes = []string{"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"}

// withYAML lets an operation take documents as its body as well, which are then a file called "request".
func (s *Server) withYAML(op operation, serve func(context.Context, Viewer, ConfigParams, []ConfigFile) (any, error)) operation {
	asJSON := op.serve
	op.yaml = true
	op.serve = func(c *gin.Context) (any, error) {
		if kind, _, _ := mime.ParseMediaType(c.GetHeader("Content-Type")); !slices.Contains(yamlTypes, kind) {
			return asJSON(c)
		}
		var p ConfigParams
		if err := bind(c, &p); err != nil {
			return nil, err
		}
		text, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxBody))
		if err != nil {
			return nil, &requestError{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is longer than %d bytes, or broke off", maxBody)}
		}
		return serve(c.Request.Context(), viewer(c), p, []ConfigFile{{Name: "request", Text: string(text)}})
	}
	return op
}
