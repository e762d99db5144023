package web

import (
	"context"
	"errors"
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
	archive       = ".zip" // every source reads the files in one
)

// sourceCard describes a source as the pages show it.
func sourceCard(s importers.Source) frontend.SourceCard {
	card := frontend.SourceCard{Name: s.Name, Title: s.Title, Summary: s.Summary, Docs: s.Docs, File: s.File, Accept: s.Accept,
		Network: s.API != nil, Hook: s.Hook != nil, Missing: s.Missing, Permission: s.Permission, Mapped: s.Name == table.Source().Name}
	if s.File && !slices.Contains(s.Accept, archive) {
		card.Accept = append(slices.Clone(s.Accept), archive)
	}
	for _, f := range s.Settings {
		field := frontend.SourceField{Name: f.Name, Label: f.Label, Help: f.Help, Default: f.Default, Options: f.Options, Required: f.Required, Secret: f.Secret, Lines: f.Lines}
		if len(f.Options) > 0 && f.Default == "" && !f.Required {
			field.Options = append([]string{""}, f.Options...) // it may be left open
		}
		card.Fields = append(card.Fields, field)
	}
	return card
}

// sources is the first step: choose one.
func (s *Server) sources(r *request) (answer, error) {
	page := frontend.SourcesPage{Shell: r.shell("Add a source", frontend.NavImports, importsCrumb), Query: strings.TrimSpace(r.Query("q")), All: len(s.Sources)}
	for _, source := range s.Sources {
		if wanted := strings.ToLower(page.Query); strings.Contains(strings.ToLower(source.Title+" "+source.Name+" "+source.Summary), wanted) {
			page.Sources = append(page.Sources, sourceCard(source))
		}
	}
	var err error
	page.Samples, err = s.samples(r.Request.Context())
	return answer{page: page}, err
}

// remote reports whether a source speaks over the network at all: it is asked, or it pushes.
func remote(source importers.Source) bool { return source.API != nil || source.Hook != nil }

// byFile reports whether a form that says from is about files.
func byFile(source importers.Source, from string) bool {
	return source.File && (from == "file" || !remote(source))
}

// uploadPage is the second step. from says which way is wanted where there are two.
func (s *Server) uploadPage(r *request, source importers.Source, from string, form frontend.Form) frontend.UploadPage {
	crumbs := []frontend.Link{importsCrumb, {Label: "Add a source", Path: newImportPath}}
	page := frontend.UploadPage{Shell: r.shell(source.Title, frontend.NavImports, crumbs...), Source: sourceCard(source), Form: form, MaxSize: desk.MaxUpload,
		File: byFile(source, from)}
	if path := newImportPath + "/" + source.Name; source.File && remote(source) {
		page.Ways = []frontend.Choice{{Label: "Over the network", Path: path, On: !page.File, Count: -1}, {Label: "From a file", Path: path + "?from=file", On: page.File, Count: -1}}
	}
	if !page.File {
		page.Steps = stepsOf(source, "", "settings")
	}
	return page
}

// uploadForm is the second step: name, settings, and a file where one is read.
func (s *Server) uploadForm(r *request) (answer, error) {
	source, err := s.Source(r.Param("source"))
	if err != nil {
		return answer{}, incident.ErrNotFound
	}
	return show(s.uploadPage(r, source, r.Query("from"), frontend.Form{}))
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
		return goTo(in.next(conn.ID), frontend.Flash{})
	}
	if removal := s.Uploads.Remove(ctx, in.run); removal != nil {
		return answer{}, errors.Join(err, removal)
	}
	if !errors.Is(err, incident.ErrInvalid) {
		return answer{}, err
	}
	return again(s.uploadPage(r, source, in.values.Get("from"), in.form(err)))
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

// next is where the step after this form is.
func (in *intake) next(conn incident.ID) string {
	switch path := frontend.ConnectionPath(conn); {
	case !in.byFile() && in.source.API != nil:
		return path + "/test"
	case !in.byFile():
		return path + "/webhook"
	case sourceCard(in.source).Mapped:
		return mapPath(conn, in.run)
	default:
		return path + "/preview?upload=" + queryEscape(string(in.run))
	}
}

func (in *intake) byFile() bool { return byFile(in.source, in.values.Get("from")) }

// take reads the form and returns the connection that it describes.
func (in *intake) take(r *request) (incident.Connection, error) {
	if err := in.read(r); err != nil {
		return incident.Connection{}, err
	}
	plan := desk.Plan{Source: in.source.Name, Name: in.values.Get("name"), Exclude: in.values.Get("exclude"), Settings: map[string]string{}, By: r.viewer.Name}
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
	if !in.byFile() {
		return in.connect(ctx, plan, conn)
	}
	if in.files == 0 {
		return conn, incident.Invalidf("file", "choose a file to import")
	}
	// A file that cannot be read at all is better said here, where another one can be chosen.
	if sourceCard(in.source).Mapped {
		_, err = in.server.Desk.Columns(ctx, conn, in.run, incident.Sight{})
	} else {
		_, err = in.server.Uploads.Open(ctx, in.run)
	}
	if err != nil {
		return conn, err
	}
	return in.server.Connect(ctx, plan)
}

// connect makes a connection over the network. A name that is taken is refused: the settings of the connection that has
// it are changed at its own page.
func (in *intake) connect(ctx context.Context, plan desk.Plan, conn incident.Connection) (incident.Connection, error) {
	if _, err := in.server.Store.Connection(ctx, conn.ID); !errors.Is(err, incident.ErrNotFound) {
		if err == nil {
			err = incident.Invalidf("name", "there is a connection %q already; give this one another name, or change that one's settings", conn.Name)
		}
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
	return settingErrors(in.source, formOf(values, err))
}

// settingErrors makes errors about a setting errors about its field.
func settingErrors(source importers.Source, form frontend.Form) frontend.Form {
	for i, e := range form.Errors {
		if slices.ContainsFunc(source.Settings, func(f importers.Field) bool { return f.Name == e.Field }) {
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
	page := s.uploadPage(r, source, "file", frontend.Form{Values: url.Values{"name": {conn.Name}}, Errors: []frontend.FieldError{{Field: "file", Message: text}}})
	return again(page)
}
