package api

import (
	"context"
	"mime"
	"net/http"
	"reflect"
	"time"

	"github.com/gin-gonic/gin"

	"hindsight/incident"
)

// RetroAttached is an image, an attachment or a frozen chart of a retrospective.
type RetroAttached struct {
	ID        string     `json:"id" doc:"the address of its content"`
	Name      string     `json:"name"`
	Kind      string     `json:"kind" doc:"image, attachment or chart"`
	Type      string     `json:"media_type"`
	Bytes     int64      `json:"bytes"`
	Width     int        `json:"width,omitempty" doc:"of an image, in pixels"`
	Height    int        `json:"height,omitempty"`
	By        string     `json:"added_by"`
	At        time.Time  `json:"added_at"`
	Reference string     `json:"reference" doc:"how texts refer to it: files/…; an image as ![what it shows](reference), any other file as [name](reference)"`
	Path      string     `json:"path" doc:"where it is loaded from"`
	LooseAt   *time.Time `json:"unused_since" doc:"since when no text and no snapshot refers to it; 30 days later it is gone"`
	RemovedAt *time.Time `json:"removed_at"`
	RemovedBy string     `json:"removed_by,omitempty"`
}

// RetroAttachedList is the answer of GET …/retrospective/files.
type RetroAttachedList struct {
	Items []RetroAttached `json:"items"`
	Quota int64           `json:"quota_bytes" doc:"what all files of a retrospective may have together"`
}

// RetroAttachParams name an incident, and a file that is added to its retrospective.
type RetroAttachParams struct {
	ID   string `path:"id"`
	Name string `query:"name" doc:"of the file, with its ending"`
}

// RetroAttachedParams name a file of a retrospective.
type RetroAttachedParams struct {
	ID   string `path:"id"`
	File string `path:"file"`
}

func retroAttached(f incident.RetroFile) RetroAttached {
	return RetroAttached{f.ID, f.Name, string(f.Kind), f.Type, f.Size, f.Width, f.Height, f.By, f.At, incident.RetroFileFolder + f.ID,
		"/incidents/" + string(f.Incident) + "/retrospective/" + incident.RetroFileFolder + f.ID, when(f.LooseSince), when(f.RemovedAt), f.RemovedBy}
}

func (s *Server) retroAttachedList(ctx context.Context, v Viewer, p IDParams) (RetroAttachedList, error) {
	all, err := s.desk.RetroFiles(ctx, incident.ID(p.ID), v.Sight())
	return RetroAttachedList{each(all, retroAttached), incident.RetroFilesQuota}, err
}

func (s *Server) removeRetroAttached(ctx context.Context, v Viewer, p RetroAttachedParams) (RetroAttachedList, error) {
	if err := s.desk.RemoveRetroFile(ctx, incident.ID(p.ID), p.File, v.Sight()); err != nil {
		return RetroAttachedList{}, err
	}
	return s.retroAttachedList(ctx, v, IDParams{ID: p.ID})
}

// attachRetro is the operation that takes a file as its body.
func (s *Server) attachRetro() operation {
	return operation{method: http.MethodPost, path: "/incidents/{id}/retrospective/files", summary: "Add an image or a file to a retrospective", needs: incident.Write, status: http.StatusCreated,
		params: reflect.TypeFor[RetroAttachParams](), result: reflect.TypeFor[RetroAttached](), bytes: true,
		serve: func(c *gin.Context) (any, error) {
			var p RetroAttachParams
			if err := bind(c, &p); err != nil {
				return nil, err
			}
			if kind, _, _ := mime.ParseMediaType(c.GetHeader("Content-Type")); kind != "application/octet-stream" {
				return nil, &requestError{http.StatusUnsupportedMediaType, "send the file itself as the body, as application/octet-stream"}
			}
			f, err := s.desk.AddRetroFile(c.Request.Context(), incident.ID(p.ID), p.Name, c.Request.ContentLength, c.Request.Body, viewer(c).Sight())
			return retroAttached(f), err
		}}
}

// retroAttachedFile answers GET /incidents/ID/retrospective/files/FILE.
func (s *Server) retroAttachedFile(c *gin.Context) {
	f, err := s.desk.RetroFile(c.Request.Context(), incident.ID(c.Param("id")), c.Param("file"), viewer(c).Sight())
	if err != nil {
		fail(c, s.desk.Log, err)
		return
	}
	SendRetroFile(c, *f)
}

// SendRetroFile answers with a file of a retrospective. An image and a chart may be shown; anything else is downloaded only, and nothing of it
// runs. It may be kept by the browser that asked, which asks again after an hour whether it may still be seen.
func SendRetroFile(c *gin.Context, f incident.RetroFile) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=3600")
	h.Set("ETag", `"`+f.ID+`"`)
	shown := "inline"
	if f.Kind == incident.RetroAttachment {
		shown = "attachment"
	}
	h.Set("Content-Disposition", mime.FormatMediaType(shown, map[string]string{"filename": f.Name}))
	if c.GetHeader("If-None-Match") == `"`+f.ID+`"` {
		c.Status(http.StatusNotModified)
		return
	}
	c.Data(http.StatusOK, f.Type, f.Body)
}
