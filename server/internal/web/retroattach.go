package web

import (
	"cmp"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/desk"
)

// retroFiles are what the texts of a retrospective may refer to.
func (s *Server) retroFiles(ctx context.Context, id incident.ID) (frontend.Files, error) {
	all, err := s.Store.RetroFiles(ctx, id)
	return frontend.FilesOf(retroPath(id), all), err
}

// retroAttached hands a file out.
func (s *Server) retroAttached(r *request) (answer, error) {
	f, err := s.RetroFile(r.Request.Context(), incident.ID(r.Param("id")), r.Param("file"), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	return answer{kept: f}, nil
}

// attach takes a file from a form without scripts, and puts a reference to it at the end of a section.
func (s *Server) attach(r *request) (answer, error) {
	id, sight := incident.ID(r.Param("id")), r.viewer.Sight()
	form, err := s.attached(r, id)
	r.Request.PostForm = form.values
	slug := form.values.Get("section")
	if err == nil && form.file == nil {
		err = incident.Invalidf("file", "choose a file")
	}
	if err == nil {
		err = s.PlaceFile(r.Request.Context(), *form.file, slug, form.values.Get("alt"), form.values.Get("decorative") == "yes", sight)
	}
	return s.retroDone(r, 0, err, "#s-"+slug, "Added at the end of the section.")
}

// attachedForm is what a form with a file was sent with. The file comes last in it.
type attachedForm struct {
	values url.Values
	file   *incident.RetroFile
}

const longestAttachField = 8 << 10

// attached reads the form as it comes; what is said of the file stands before it, so that a form that cannot be taken is refused before its file is read.
func (s *Server) attached(r *request, id incident.ID) (attachedForm, error) {
	form := attachedForm{values: url.Values{}}
	kind, params, err := mime.ParseMediaType(r.Request.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return form, incident.Invalidf("file", "the form was not sent as one with files")
	}
	parts := multipart.NewReader(http.MaxBytesReader(r.Writer, r.Request.Body, incident.LargestAttachment+1<<20), params["boundary"])
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return form, nil
		}
		if err != nil {
			return form, tooLarge(err)
		}
		switch name := part.FormName(); {
		case name == "file" && part.FileName() != "":
			if !attachment(form.values) {
				return form, incident.Invalidf("alt", "say what the picture shows, or that it only decorates")
			}
			f, err := s.AddRetroFile(r.Request.Context(), id, part.FileName(), -1, part, r.viewer.Sight())
			if err != nil {
				return form, err
			}
			form.file = &f
		case name == "section" || name == "alt" || name == "decorative":
			text, err := io.ReadAll(io.LimitReader(part, longestAttachField))
			if err != nil {
				return form, tooLarge(err)
			}
			form.values.Set(name, string(text))
		}
	}
}

// attachment reports whether a form says what its file shows.
func attachment(v url.Values) bool { return v.Get("alt") != "" || v.Get("decorative") == "yes" }

func (s *Server) removeAttached(r *request) (answer, error) {
	id := incident.ID(r.Param("id"))
	err := s.RemoveRetroFile(r.Request.Context(), id, r.Param("file"), r.viewer.Sight())
	if errors.Is(err, incident.ErrNotFound) {
		return answer{}, err
	}
	return s.retroDone(r, 0, err, "#files", "Taken away, also from published versions.")
}

// fileRows lists the files of a retrospective, the oldest first.
func fileRows(files frontend.Files, w *desk.Writing) []frontend.RetroFileRow {
	used := map[string]bool{}
	for _, x := range w.Sections {
		for _, id := range incident.RetroFilesIn(x.Text) {
			used[id] = true
		}
	}
	var out []frontend.RetroFileRow
	for id, f := range files.Known {
		out = append(out, frontend.RetroFileRow{RetroFile: f, Path: retroPath(f.Incident) + "/" + incident.RetroFileFolder + id, Used: used[id]})
	}
	slices.SortFunc(out, func(a, b frontend.RetroFileRow) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return out
}

// chartChoices are the charts of the catalogue.
func chartChoices() []frontend.Choice {
	return each(reports.Catalog(), func(d reports.Definition) frontend.Choice { return frontend.Choice{Value: d.ID, Label: d.Title} })
}

// freezeChart puts a chart at the end of a section, as it is now.
func (s *Server) freezeChart(r *request) (answer, error) {
	ctx, id, sight, slug := r.Request.Context(), incident.ID(r.Param("id")), r.viewer.Sight(), r.PostForm("section")
	days, _ := strconv.Atoi(r.PostForm("days")) // what is no number is no period
	f, err := s.FreezeChart(ctx, s.draw, id, desk.ChartWish{Chart: r.PostForm("chart"), Days: days, All: r.PostForm("all") == "yes"}, sight)
	if err == nil {
		var z incident.FrozenChart
		if z, err = desk.FrozenIn(f); err == nil {
			err = s.PlaceFile(ctx, f, slug, desk.ChartCaption(z), false, sight)
		}
	}
	return s.retroDone(r, 0, err, "#s-"+slug, "Added at the end of the section, with the numbers of now.")
}
