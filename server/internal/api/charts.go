package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"hindsight/incident"
	"hindsight/reports/echarts"
	"hindsight/server/internal/desk"
)

// chart answers GET /charts/NAME.{json,csv,svg,png,pdf} with the filters of measurements and theme=light,
// dark or print.
func (s *Server) chart(c *gin.Context) {
	if err := s.drawChart(c); err != nil {
		fail(c, s.desk.Log, err)
	}
}

func (s *Server) drawChart(c *gin.Context) error {
	v := c.Request.URL.Query()
	name := v.Get("theme")
	if name == "" {
		name = "print"
	}
	theme, ok := echarts.ThemeNamed(name)
	if !ok {
		return incident.Invalidf("theme", "%q is not light, dark or print", name)
	}
	q, err := s.question(v)
	if err != nil {
		return err
	}
	snapshot, scope, err := s.desk.Narrow(c.Request.Context(), q, viewer(c).Sight())
	if err != nil {
		return err
	}
	r, err := desk.Chart(c.Request.Context(), s.draw, snapshot, scope, c.Param("file"), theme)
	if err != nil {
		return err
	}
	if all := s.desk.Live.Snapshot(); all.Visible(viewer(c).Sight()) > all.Visible(incident.Sight{}) {
		if err := s.desk.Carried(c.Request.Context(), c.Request.URL.Path, c.Request.URL.RawQuery, -1); err != nil {
			return err
		}
	}
	if v.Get("download") != "" {
		c.Header("Content-Disposition", `attachment; filename="`+r.Name+`"`)
	}
	c.Data(http.StatusOK, r.ContentType, r.Body)
	return nil
}
