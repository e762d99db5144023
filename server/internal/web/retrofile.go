package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/retrodoc"
)

// retroFile hands a retrospective out as Markdown, as a page that stands alone, or as JSON.
func (s *Server) retroFile(r *request) (answer, error) {
	w, err := s.Writing(r.Request.Context(), incident.ID(r.Param("id")), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	name, ending, _ := strings.Cut(r.Param("file"), ".")
	if name != "retrospective" {
		return answer{}, incident.ErrNotFound
	}
	f := file{name: string(w.Incident.ID) + "-retrospective." + ending, rows: -1}
	if ending != "html" {
		out, err := s.RetroExport(r.Request.Context(), w, ending)
		f.contentType, f.write = out.Type, out.Write
		return answer{file: &f}, err
	}
	files, err := s.standingFiles(r, w)
	if err != nil {
		return answer{}, err
	}
	var b bytes.Buffer
	err = s.pages.Render(&b, frontend.RetroFile{Shell: r.shell(w.Title, frontend.NavIncidents), Incident: w.Incident, Retro: w.Retro, Facts: s.retroFacts(r, w.Incident), Sections: w.Sections, Files: files, Moments: w.Moments})
	f.contentType, f.body = "text/html; charset=utf-8", b.Bytes()
	return answer{file: &f}, err
}

// standingFiles are the files of a page that stands alone.
func (s *Server) standingFiles(r *request, w *desk.Writing) (frontend.Files, error) {
	files, err := s.ReferredFiles(r.Request.Context(), w)
	out := frontend.FilesOf(retroPath(w.Incident.ID), files)
	out.Bodies = desk.FileURLs(files)
	return out, err
}

func retroExports(id incident.ID) []frontend.Link {
	at := retroPath(id) + "/export/retrospective."
	return []frontend.Link{{Label: "Markdown", Path: at + "md"}, {Label: "Markdown with its files", Path: at + "zip"}, {Label: "Web page", Path: at + "html"}, {Label: "JSON", Path: at + "json"}}
}

// readRetro shows what a file would change. With confirm it changes it.
func (s *Server) readRetro(r *request) (answer, error) {
	ctx, id := r.Request.Context(), incident.ID(r.Param("id"))
	w, err := s.Writing(ctx, id, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	text, err := s.retroFileOf(r)
	if err != nil {
		return s.retroDone(r, 0, err, "", "")
	}
	doc, err := retrodoc.Read([]byte(text))
	if err != nil {
		return s.retroDone(r, 0, err, "", "")
	}
	if r.PostForm("confirm") == "yes" {
		err := s.TakeSections(ctx, id, doc.Sections, r.viewer.Sight())
		return s.retroDone(r, 0, err, "", "Taken over. What stood there before is in the history.")
	}
	page := frontend.RetroReadPage{Shell: r.shell("From a file", frontend.NavIncidents, retroCrumbs(w.Incident)...), Incident: w.Incident, Text: text}
	for _, x := range doc.Sections {
		now, there := w.Section(x.Slug)
		c := frontend.RetroCompared{Slug: x.Slug, Title: x.Title, Gone: !there}
		if c.Words = differentWords(now.Text, x.Text); there && now.Text == x.Text {
			continue
		}
		page.Sections = append(page.Sections, c)
	}
	page.Rows = len(doc.Moments)+len(doc.Factors)+len(doc.Actions) > 0
	return answer{page: page}, nil
}

// largestPack is how large a file with a text may be, with the pictures beside it.
const largestPack = 64 << 20

// retroFileOf is the text of an uploaded file, or of a field. The pictures of an archive are taken, too: nothing refers to them until the text is.
func (s *Server) retroFileOf(r *request) (string, error) {
	if f, _, err := r.Request.FormFile("file"); err == nil {
		defer f.Close()
		body, err := io.ReadAll(f)
		if err == nil && bytes.HasPrefix(body, []byte("PK\x03\x04")) {
			return s.UnpackRetro(r.Request.Context(), incident.ID(r.Param("id")), body, r.viewer.Sight())
		}
		return string(body), err
	} else if !errors.Is(err, http.ErrMissingFile) && !errors.Is(err, http.ErrNotMultipart) {
		return "", incident.Invalidf("file", "the file could not be read; it may hold at most %d MB", largestPack>>20)
	}
	if text := r.PostForm("text"); text != "" {
		return text, nil
	}
	return "", incident.Invalidf("file", "choose a Markdown file")
}
