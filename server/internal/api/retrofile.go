package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"hindsight/incident"
	"hindsight/server/internal/coedit"
	"hindsight/server/internal/retrodoc"
)

// RetroFileText is a Markdown file whose texts are to be taken over.
type RetroFileText struct {
	Text string `json:"text" doc:"the file; docs/retrospectives.md has its form, and files of other tools are read by their ## headings"`
}

// RetroFileSections says what a file changes, or has changed.
type RetroFileSections struct {
	Items []RetroFileSection `json:"items" doc:"the sections that the file names; others stay"`
	Rows  bool               `json:"rows" doc:"the file has rows (timeline, factors, actions), which are not taken over"`
}

// RetroFileSection is a section of a file against the one that stands here.
type RetroFileSection struct {
	Slug    string `json:"slug"`
	Title   string `json:"title"`
	New     bool   `json:"new" doc:"there is none of that name yet"`
	Added   int    `json:"characters_added"`
	Removed int    `json:"characters_removed"`
}

// previewRetroFile says what taking a file over would change, and changes nothing.
func (s *Server) previewRetroFile(ctx context.Context, v Viewer, p IDParams, b RetroFileText) (RetroFileSections, error) {
	out, _, err := s.comparedFile(ctx, v, p, b)
	return out, err
}

func (s *Server) comparedFile(ctx context.Context, v Viewer, p IDParams, b RetroFileText) (RetroFileSections, retrodoc.Document, error) {
	out := RetroFileSections{Items: []RetroFileSection{}}
	w, err := s.desk.Writing(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return out, retrodoc.Document{}, err
	}
	doc, err := retrodoc.Read([]byte(b.Text))
	for _, x := range doc.Sections {
		now, there := w.Section(x.Slug)
		c := RetroFileSection{Slug: x.Slug, Title: x.Title, New: !there}
		for _, span := range coedit.Diff(now.Text, x.Text) {
			switch span.Kind {
			case coedit.Added:
				c.Added += len([]rune(span.Text))
			case coedit.Removed:
				c.Removed += len([]rune(span.Text))
			}
		}
		out.Items = append(out.Items, c)
	}
	out.Rows = len(doc.Moments)+len(doc.Factors)+len(doc.Actions) > 0
	return out, doc, err
}

func (s *Server) takeRetroFile(ctx context.Context, v Viewer, p IDParams, b RetroFileText) (RetroFileSections, error) {
	out, doc, err := s.comparedFile(ctx, v, p, b)
	if err == nil && len(doc.Sections) == 0 {
		err = incident.Invalidf("text", "the file has no section; begin each with a heading such as ## Summary {#summary}")
	}
	if err == nil {
		err = s.desk.TakeSections(ctx, incident.ID(p.ID), doc.Sections, v.Sight())
	}
	return out, err
}

// retroExport answers GET /incidents/ID/retrospective/export/retrospective.{md,zip,json}.
func (s *Server) retroExport(c *gin.Context) {
	if err := s.exportRetro(c); err != nil {
		fail(c, s.desk.Log, err)
	}
}

func (s *Server) exportRetro(c *gin.Context) error {
	ctx := c.Request.Context()
	w, err := s.desk.Writing(ctx, incident.ID(c.Param("id")), viewer(c).Sight())
	if err != nil {
		return err
	}
	name, ending, _ := strings.Cut(c.Param("file"), ".")
	if name != "retrospective" {
		return incident.ErrNotFound
	}
	n := 0
	if w.Incident.Private {
		n = 1
	}
	file, err := s.desk.RetroExport(ctx, w, ending)
	if err == nil && n > 0 {
		err = s.desk.Carried(ctx, c.FullPath(), c.Request.URL.RawQuery, n)
	}
	if err != nil {
		return err
	}
	c.Header("Content-Type", file.Type)
	if err := file.Write(c.Writer); err != nil { // the status is out already: the file ends early
		s.desk.Log.ErrorContext(ctx, "an export broke off", "incident", w.Incident.ID, "err", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}
