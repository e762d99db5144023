package api

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hindsight/incident"
	"hindsight/server/internal/edition"
)

// report answers GET /reports/KIND.{FORMAT} with the filters of measurements, and at=, the moment that the report takes for now.
func (s *Server) report(c *gin.Context) {
	if err := s.makeReport(c); err != nil {
		fail(c, s.desk.Log, err)
	}
}

func (s *Server) makeReport(c *gin.Context) error {
	v, name := c.Request.URL.Query(), c.Param("file")
	id, format, _ := strings.Cut(name, ".")
	kind, err := edition.Find(id)
	if err != nil {
		return err
	}
	if !slices.Contains(edition.Formats, format) {
		return incident.Invalidf("format", "%q is not one of %s", format, strings.Join(edition.Formats, ", "))
	}
	who := viewer(c)
	r := edition.Request{Kind: kind.ID, At: s.desk.Now().UTC().Truncate(time.Minute), Sight: who.Sight(), Reader: who.Name, Of: incident.ID(v.Get(kind.Of))}
	if text := v.Get("at"); text != "" {
		if r.At, err = time.Parse(time.RFC3339, text); err != nil {
			return incident.Invalidf("at", "%q is not a moment such as 2026-10-01T08:00:00Z", text)
		}
	}
	if r.Question, err = edition.Question(kind, v, r.At); err != nil {
		return err
	}
	if !s.desk.CaughtUp() {
		c.Header("Retry-After", "10")
		return &requestError{http.StatusServiceUnavailable, "the figures are still being read from the database; try again in a moment"}
	}
	d, err := edition.Make(c.Request.Context(), s.desk, r)
	if err != nil {
		return err
	}
	file, err := edition.Render(c.Request.Context(), s.draw, d, format, s.desk.BaseURL)
	if err != nil {
		return err
	}
	if all := s.desk.Live.Snapshot(); all.Visible(who.Sight()) > all.Visible(incident.Sight{}) {
		if err := s.desk.Carried(c.Request.Context(), c.Request.URL.Path, c.Request.URL.RawQuery, -1); err != nil {
			return err
		}
	}
	if v.Get("download") != "" || format == "html" { // a page of ours it is not: it has a policy of its own

		c.Header("Content-Disposition", `attachment; filename="`+file.Name+`"`)
	}
	c.Data(http.StatusOK, file.ContentType, file.Body)
	return nil
}
