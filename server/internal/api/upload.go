package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"hindsight/importers/table"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// Upload is the fields of an import of files. They come before or behind the files; settings of the source are
// fields of their own, set.NAME.
type Upload struct {
	Source  string `json:"source" doc:"name of a source that reads files: table, servicenow, statuspage or markdown"`
	Name    string `json:"name,omitempty" doc:"of the connection; the source's own when left out"`
	Exclude string `json:"exclude,omitempty" doc:"keeps these incidents out of reliability numbers, and why"`
	Mapping string `json:"mapping,omitempty" doc:"of the columns of a table, as JSON; when left out, the saved one, or what the columns suggest"`
	Forget  string `json:"forget,omitempty" doc:"name of a secret setting to take back; may be repeated. An empty set.NAME leaves a secret as it is"`
	File    string `json:"file" doc:"one or more files; archives are unpacked"`
}

// withFiles lets an operation take files as well, as multipart/form-data.
func (s *Server) withFiles(op operation) operation {
	asJSON := op.serve
	op.form = true
	op.serve = func(c *gin.Context) (any, error) {
		kind, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
		if err != nil || kind != "multipart/form-data" {
			return asJSON(c)
		}
		return s.importFiles(c.Request.Context(), viewer(c), multipart.NewReader(c.Request.Body, params["boundary"]))
	}
	return op
}

// importFiles takes the files in as they arrive, and starts their import when all are here. After an error nothing
// of them is kept.
func (s *Server) importFiles(ctx context.Context, v Viewer, parts *multipart.Reader) (run Run, err error) {
	id := incident.NewID("run")
	defer func() {
		if err != nil {
			err = errors.Join(err, s.desk.Uploads.Remove(context.WithoutCancel(ctx), id))
		}
	}()
	plan := desk.Plan{Settings: map[string]string{}}
	files := 0
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return run, &requestError{http.StatusBadRequest, "the form cannot be read: " + err.Error()}
		}
		if part.FileName() != "" {
			files++
			err = s.desk.AddFile(ctx, id, part.FileName(), part)
		} else {
			err = field(&plan, part)
		}
		if err != nil {
			return run, err
		}
	}
	if files == 0 {
		return run, incident.Invalidf("file", "send at least one file")
	}
	return s.startFiles(ctx, v, plan, id)
}

// field reads one field of the form into the plan.
func field(plan *desk.Plan, part *multipart.Part) error {
	text, err := io.ReadAll(io.LimitReader(part, maxBody))
	if err != nil {
		return &requestError{http.StatusBadRequest, "the form cannot be read: " + err.Error()}
	}
	name := part.FormName()
	setting, isSetting := strings.CutPrefix(name, "set.")
	switch {
	case isSetting:
		plan.Settings[setting] = string(text)
	case name == "source":
		plan.Source = string(text)
	case name == "name":
		plan.Name = string(text)
	case name == "exclude":
		plan.Exclude = string(text)
	case name == "forget":
		plan.Forget = append(plan.Forget, string(text))
	case name == "mapping":
		plan.Mapping = text
	default:
		return incident.Invalidf(name, "there is no such field; there are source, name, exclude, mapping, forget, set.NAME and file")
	}
	return nil
}

func (s *Server) startFiles(ctx context.Context, v Viewer, plan desk.Plan, id incident.ID) (Run, error) {
	plan.By = v.Name
	conn, err := s.desk.Connect(ctx, plan)
	if err != nil {
		return Run{}, err
	}
	if conn.Source == table.Source().Name && len(conn.Mapping) == 0 {
		columns, err := s.desk.Columns(ctx, conn, id, v.Sight())
		if err != nil {
			return Run{}, err
		}
		if conn, err = s.desk.SetMapping(ctx, conn.ID, columns.Mapping.JSON(), nil, v.Name); err != nil {
			return Run{}, err
		}
	}
	run, err := s.desk.StartUpload(ctx, conn, id, v.Name)
	return RunOf(run), err
}
