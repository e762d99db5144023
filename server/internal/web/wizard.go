package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"hindsight/frontend"
	"hindsight/importers"
	"hindsight/importers/table"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const (
	newImportPath = "/imports/new"
	fieldSize     = 64 << 10 // bytes of one field of a form with files
	formFields    = 100
	samplesShown  = 3
	sampleSize    = 80 // characters of a value that is shown
	pairSize      = 2000
	archive       = ".zip" // every source reads the files in one
)

// sourceCard describes a source as the pages show it.
func sourceCard(s importers.Source) frontend.SourceCard {
	card := frontend.SourceCard{Name: s.Name, Title: s.Title, Summary: s.Summary, Docs: s.Docs, File: s.File, Accept: s.Accept,
		Missing: s.Missing, Mapped: s.Name == table.Source().Name}
	if s.File && !slices.Contains(s.Accept, archive) {
		card.Accept = append(slices.Clone(s.Accept), archive)
	}
	for _, f := range s.Settings {
		field := frontend.SourceField(f)
		if len(f.Options) > 0 && f.Default == "" && !f.Required {
			field.Options = append([]string{""}, f.Options...) // it may be left open
		}
		card.Fields = append(card.Fields, field)
	}
	return card
}

// sources is the first step: choose one.
func (s *Server) sources(r *request) (answer, error) {
	samples, err := s.samples(r.Request.Context())
	return answer{page: frontend.SourcesPage{Shell: r.shell("Add a source", frontend.NavImports, importsCrumb),
		Sources: each(s.Sources, sourceCard), Samples: samples}}, err
}

func (s *Server) uploadPage(r *request, source importers.Source, form frontend.Form) frontend.UploadPage {
	crumbs := []frontend.Link{importsCrumb, {Label: "Add a source", Path: newImportPath}}
	return frontend.UploadPage{Shell: r.shell(source.Title, frontend.NavImports, crumbs...), Source: sourceCard(source), Form: form, MaxSize: desk.MaxUpload}
}

// uploadForm is the second step: name, settings, file.
func (s *Server) uploadForm(r *request) (answer, error) {
	source, err := s.Source(r.Param("source"))
	if err != nil {
		return answer{}, incident.ErrNotFound
	}
	return show(s.uploadPage(r, source, frontend.Form{}))
}

// upload takes the form of the second step. Files go to where the run will find them as they arrive; when
// anything is wrong they are removed again.
func (s *Server) upload(r *request) (answer, error) {
	source, err := s.Source(r.Param("source"))
	if err != nil {
		return answer{}, incident.ErrNotFound
	}
	ctx := r.Request.Context()
	in := intake{server: s, source: source, run: incident.NewID("run"), values: url.Values{}}
	conn, err := in.take(r)
	if err == nil {
		path := frontend.ConnectionPath(conn.ID) + "/preview?upload=" + queryEscape(string(in.run))
		if sourceCard(source).Mapped {
			path = mapPath(conn.ID, in.run)
		}
		return goTo(path, frontend.Flash{})
	}
	if removal := s.Uploads.Remove(ctx, in.run); removal != nil {
		return answer{}, errors.Join(err, removal)
	}
	if !errors.Is(err, incident.ErrInvalid) {
		return answer{}, err
	}
	return again(s.uploadPage(r, source, in.form(err)))
}

func mapPath(conn, upload incident.ID) string {
	return frontend.ConnectionPath(conn) + "/map?upload=" + queryEscape(string(upload))
}

// intake takes in a form with files.
type intake struct {
	server *Server
	source importers.Source
	run    incident.ID
	values url.Values
	files  int
}

// take reads the form and returns the connection that it describes.
func (in *intake) take(r *request) (incident.Connection, error) {
	if err := in.read(r); err != nil {
		return incident.Connection{}, err
	}
	plan := desk.Plan{Source: in.source.Name, Name: in.values.Get("name"), Exclude: in.values.Get("exclude"), Settings: map[string]string{}}
	for _, f := range in.source.Settings {
		if values, sent := in.values["set."+f.Name]; sent {
			plan.Settings[f.Name] = strings.Join(values, "")
		}
	}
	ctx := r.Request.Context()
	conn, err := in.server.Prepare(ctx, plan)
	if err != nil {
		return conn, err
	}
	if in.source.File && in.files == 0 {
		return conn, incident.Invalidf("file", "choose a file to import")
	}
	// A file that cannot be read at all is better said here, where another one can be chosen.
	if sourceCard(in.source).Mapped {
		_, err = in.server.Desk.Columns(ctx, conn, in.run)
	} else if in.source.File {
		_, err = in.server.Uploads.Open(ctx, in.run)
	}
	if err != nil {
		return conn, err
	}
	return in.server.Connect(ctx, plan)
}

// read walks through the parts of the form once, in the order in which the browser sends them.
func (in *intake) read(r *request) error {
	kind, params, err := mime.ParseMediaType(r.Request.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return incident.Invalidf("file", "the form was not sent as one with files")
	}
	body := http.MaxBytesReader(r.Writer, r.Request.Body, desk.MaxUpload+formFields*fieldSize)
	parts := multipart.NewReader(body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = in.part(r, part)
		}
		if err != nil {
			return tooLarge(err)
		}
	}
}

// tooLarge turns what a body without end or with a torn one gives into an error of the sender's.
func tooLarge(err error) error {
	var limit *http.MaxBytesError
	switch {
	case errors.As(err, &limit):
		return incident.Invalidf("file", "the files are larger than %d MiB together; divide them, or use the import command", desk.MaxUpload>>20)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, multipart.ErrMessageTooLarge):
		return incident.Invalidf("file", "the upload broke off; send it again")
	}
	return err
}

func (in *intake) part(r *request, part *multipart.Part) error {
	defer part.Close()
	if name := part.FileName(); name != "" {
		if err := in.accepts(name); err != nil {
			return err
		}
		in.files++
		return in.server.AddFile(r.Request.Context(), in.run, name, part)
	}
	if part.FormName() == "file" {
		return nil // no file was chosen
	}
	text, err := io.ReadAll(io.LimitReader(part, fieldSize+1))
	if err != nil {
		return err
	}
	if len(text) > fieldSize || len(in.values) >= formFields {
		return incident.Invalidf(part.FormName(), "this is too long")
	}
	in.values.Add(part.FormName(), strings.ToValidUTF8(string(text), "�"))
	return nil
}

// accepts refuses a file that the source does not read, by the ending of its name.
func (in *intake) accepts(name string) error {
	accept := sourceCard(in.source).Accept
	if slices.ContainsFunc(accept, func(ending string) bool { return strings.HasSuffix(strings.ToLower(name), ending) }) {
		return nil
	}
	return incident.Invalidf("file", "%s is not of a kind that this source reads: %s", name, strings.Join(accept, ", "))
}

// form is what was sent, without secrets, and what was wrong with it. A setting's error belongs to its field.
func (in *intake) form(err error) frontend.Form {
	values := maps.Clone(in.values)
	for _, f := range in.source.Settings {
		if f.Secret {
			values.Del("set." + f.Name)
		}
	}
	form := formOf(values, err)
	for i, e := range form.Errors {
		if slices.ContainsFunc(in.source.Settings, func(f importers.Field) bool { return f.Name == e.Field }) {
			form.Errors[i].Field = "set." + e.Field
		}
	}
	return form
}

var runID = regexp.MustCompile(`^run_[0-9a-z]{20}$`)

// uploadOf returns the upload that a form or an address names: the id of the run that it will be. What
// cannot be one names none.
func (r *request) uploadOf() incident.ID {
	id := r.Request.FormValue("upload")
	if !runID.MatchString(id) {
		return ""
	}
	return incident.ID(id)
}

// mapForm is the third step: what each column means.
func (s *Server) mapForm(r *request) (answer, error) {
	conn, columns, err := s.columns(r)
	if err != nil {
		return s.withoutUpload(r, conn, err)
	}
	return show(s.mapPage(r, conn, columns, frontend.Form{}))
}

func (s *Server) columns(r *request) (incident.Connection, desk.Columns, error) {
	conn, err := s.Store.Connection(r.Request.Context(), incident.ID(r.Param("id")))
	if err != nil {
		return incident.Connection{}, desk.Columns{}, err
	}
	columns, err := s.Columns(r.Request.Context(), *conn, r.uploadOf())
	return *conn, columns, err
}

// withoutUpload leads back to where a file can be chosen when the one of an unfinished import is gone or
// cannot be read.
func (s *Server) withoutUpload(r *request, conn incident.Connection, err error) (answer, error) {
	source, unknown := s.Source(conn.Source)
	if unknown != nil || !source.File || !errors.Is(err, incident.ErrNotFound) && !errors.Is(err, incident.ErrInvalid) {
		return answer{}, err
	}
	text := "The uploaded file is not here any more. Choose it again."
	if errors.Is(err, incident.ErrInvalid) {
		text = message(err)
	}
	page := s.uploadPage(r, source, frontend.Form{Values: url.Values{"name": {conn.Name}}, Errors: []frontend.FieldError{{Field: "file", Message: text}}})
	return again(page)
}

func (s *Server) mapPage(r *request, conn incident.Connection, c desk.Columns, form frontend.Form) frontend.MapPage {
	page := frontend.MapPage{Shell: r.shell("Columns", frontend.NavImports, importsCrumb, frontend.Link{Label: conn.Name, Path: frontend.ConnectionPath(conn.ID)}),
		Connection: conn, Upload: string(r.uploadOf()), Targets: targets(), Zones: s.zonesOf(r, conn, form), Dates: dates(c, form), Form: form}
	for i, name := range c.Header {
		page.Columns = append(page.Columns, columnMap(c, i, name))
	}
	for _, note := range c.Notes {
		page.Flash = append(page.Flash, frontend.Flash{Kind: frontend.Warn, Text: note})
	}
	for _, q := range c.Questions {
		if len(q.Columns) == len(c.Header) {
			page.Flash = append(page.Flash, frontend.Flash{Kind: frontend.Notice, Text: q.Text})
		}
	}
	return page
}

func columnMap(c desk.Columns, i int, name string) frontend.ColumnMap {
	out := frontend.ColumnMap{Name: name, Of: len(c.Rows), Target: c.Meaning(name), Guess: !c.Saved}
	for _, row := range c.Rows {
		value := strings.TrimSpace(row[i])
		if value == "" {
			continue
		}
		out.Filled++
		if value = clip(value, sampleSize); len(out.Samples) < samplesShown && !slices.Contains(out.Samples, value) {
			out.Samples = append(out.Samples, value)
		}
	}
	for _, q := range c.Questions {
		if len(q.Columns) < len(c.Header) && slices.Contains(q.Columns, name) {
			out.Note = strings.TrimSpace(out.Note + " " + q.Text)
		}
	}
	return out
}

// clip cuts a text after n characters.
func clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n]) + "…"
	}
	return text
}

// targets are the meanings that a column can have.
func targets() []frontend.Choice {
	out := []frontend.Choice{{Value: "", Label: "A field of its own"}, {Value: desk.KeyColumn, Label: "Key: identifies the incident for good"}}
	for _, t := range table.Targets() {
		label := capital(strings.ReplaceAll(string(t), "_", " "))
		switch t {
		case table.URL:
			label = "Web address"
		case table.SLAMet:
			label = "Service level met"
		}
		out = append(out, frontend.Choice{Value: string(t), Label: label})
	}
	return out
}

// zonesOf offers the zones of times that name none; the connection's is on, or what the form says.
func (s *Server) zonesOf(r *request, conn incident.Connection, form frontend.Form) []frontend.Choice {
	now := conn.Settings["zone"]
	if now == "" {
		now = "UTC"
	}
	now = form.Value("zone", now)
	names := slices.Clone(zones)
	for _, name := range []string{now, r.zone().String()} {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return each(names, func(name string) frontend.Choice {
		return frontend.Choice{Value: name, Label: name, On: name == now, Count: -1}
	})
}

// dates offers the orders of day and month. Where the table leaves it open nothing is chosen for the person.
func dates(c desk.Columns, form frontend.Form) []frontend.Choice {
	now := form.Value("dates", c.Order())
	out := []frontend.Choice{{Value: desk.YearFirst, Label: "not in this file"}, {Value: desk.DayFirst, Label: "day first: 3 April"}, {Value: desk.MonthFirst, Label: "month first: March 4"}}
	if c.Order() == "" {
		out = append([]frontend.Choice{{Value: "", Label: "please choose"}}, out[1:]...)
	}
	for i := range out {
		out[i].On, out[i].Count = out[i].Value == now, -1
	}
	return out
}

// saveMapping takes the form of the third step. With an upload the preview follows; without one the stored
// records are mapped again.
func (s *Server) saveMapping(r *request) (answer, error) {
	conn, columns, err := s.columns(r)
	if err != nil {
		return s.withoutUpload(r, conn, err)
	}
	mapping, zone, err := assigned(r, columns)
	if errors.Is(err, incident.ErrInvalid) {
		return again(s.mapPage(r, conn, columns, formOf(r.Request.PostForm, err)))
	}
	if err != nil {
		return answer{}, err
	}
	ctx := r.Request.Context()
	if _, err := s.SetMapping(ctx, conn.ID, mapping.JSON(), map[string]string{"zone": zone}); err != nil {
		return answer{}, err
	}
	if upload := r.uploadOf(); upload != "" {
		return goTo(frontend.ConnectionPath(conn.ID)+"/preview?upload="+queryEscape(string(upload)), frontend.Flash{})
	}
	return s.again("remap")(r)
}

func assigned(r *request, columns desk.Columns) (mapping table.Mapping, zone string, err error) {
	meanings := make([]string, len(columns.Header))
	for i, name := range columns.Header {
		meanings[i] = columns.Meaning(name)
		if sent, ok := r.GetPostForm(fmt.Sprintf("col.%d", i)); ok {
			meanings[i] = sent
		}
	}
	if mapping, err = columns.Assign(meanings, r.PostForm("dates")); err != nil {
		return mapping, "", err
	}
	zone = r.PostForm("zone")
	if _, err := importers.Zone(zone); err != nil {
		return mapping, zone, incident.Invalidf("zone", "%v", err)
	}
	return mapping, zone, nil
}

// preview is the fourth step: what would come of the upload.
func (s *Server) preview(r *request) (answer, error) {
	ctx := r.Request.Context()
	conn, err := s.Store.Connection(ctx, incident.ID(r.Param("id")))
	if err != nil {
		return answer{}, err
	}
	source, err := s.Source(conn.Source)
	if err != nil {
		return answer{}, err
	}
	upload := r.uploadOf()
	if upload == "" {
		return s.withoutUpload(r, *conn, incident.ErrNotFound)
	}
	trial, err := s.Try(ctx, *conn, upload)
	if err != nil {
		return s.withoutUpload(r, *conn, err)
	}
	page := frontend.PreviewPage{Shell: r.shell("Preview", frontend.NavImports, importsCrumb, frontend.Link{Label: conn.Name, Path: frontend.ConnectionPath(conn.ID)}),
		Connection: *conn, Source: sourceCard(source), Upload: string(upload), Read: int(trial.Read), Known: int(trial.Changed + trial.Unchanged), Warnings: trial.Warnings}
	if trial.Cut {
		page.Flash = append(page.Flash, frontend.Flash{Kind: frontend.Notice, Text: "Only the beginning was looked at. The import reads everything."})
	}
	for _, d := range trial.Drafts {
		page.Rows = append(page.Rows, previewRow(d, trial.Raws[d.Incident.RawID]))
	}
	for _, l := range trial.Letters {
		l.ID = "" // nothing is stored yet that could be tried again
		page.Rejects = append(page.Rejects, frontend.LetterRow{Letter: l})
	}
	return show(page)
}

func previewRow(d importers.Draft, raw incident.Raw) frontend.PreviewRow {
	return frontend.PreviewRow{Place: raw.Origin, Before: pairs(raw.Body), Incident: &d.Incident, Warnings: d.Warnings,
		Services: each(d.Incident.Services, func(u incident.ServiceUse) string { return u.Name })}
}

// pairs lists the members of a record; of one that is no JSON object, its text.
func pairs(body []byte) []frontend.Pair {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		if len(body) == 0 {
			return nil
		}
		return []frontend.Pair{{Name: "text", Value: clip(strings.ToValidUTF8(string(body), "�"), pairSize)}}
	}
	var out []frontend.Pair
	for _, name := range slices.Sorted(maps.Keys(members)) {
		value := string(members[name])
		var text string
		if json.Unmarshal(members[name], &text) == nil {
			value = text
		}
		if name != "" && value != "" {
			out = append(out, frontend.Pair{Name: name, Value: clip(value, pairSize)})
		}
	}
	return out
}

// startRun is the last step.
func (s *Server) startRun(r *request) (answer, error) {
	ctx := r.Request.Context()
	conn, err := s.Store.Connection(ctx, incident.ID(r.Param("id")))
	if err != nil {
		return answer{}, err
	}
	source, err := s.Source(conn.Source)
	if err != nil {
		return answer{}, err
	}
	if !source.File {
		return s.again("poll")(r)
	}
	upload := r.uploadOf()
	if upload == "" {
		return s.withoutUpload(r, *conn, incident.ErrNotFound)
	}
	run, err := s.StartUpload(ctx, *conn, upload, r.viewer.Name)
	if err != nil {
		return s.withoutUpload(r, *conn, err)
	}
	return goTo(frontend.RunPath(run.ID), frontend.Flash{})
}
