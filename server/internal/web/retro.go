package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// retroRoutes are the pages of retrospectives that are written here.
func (s *Server) retroRoutes(get, post func(path string, needs incident.Ability, h handler)) {
	get("/retrospectives", incident.Read, s.retros)
	get(processKeptPath, incident.Read, s.processKept)
	get(processKeptPath+".csv", incident.Read, s.exportProcess)
	const at = "/incidents/:id/retrospective"
	get(at, incident.Read, s.retro)
	post(at+"/begin", incident.Write, s.beginRetro)
	post(at+"/details", incident.Write, s.changeRetro)
	post(at+"/state", incident.Write, s.moveRetro)
	post(at+"/review", incident.Write, s.askReview)
	post(at+"/answer", incident.Write, s.answerReview)
	post(at+"/sections", incident.Write, s.changeSections)
	get(at+"/sections/:section", incident.Read, s.retroText)
	post(at+"/sections/:section", incident.Write, s.saveSection)
	get(at+"/files/:file", incident.Read, s.retroAttached)
	post(at+"/charts", incident.Write, s.freezeChart)
	post(at+"/files/:file/remove", incident.Write, s.removeAttached)
	get(at+"/comments", incident.Read, s.retroComments)
	post(at+"/comments", incident.Write, s.addComment)
	post(at+"/comments/:comment", incident.Write, s.changeComment)
	get(at+"/export/:file", incident.Read, s.retroFile)
	get(at+"/heard", incident.Read, s.retroHeard)
	get(at+"/history", incident.Read, s.retroHistory)
	post(at+"/history", incident.Write, s.nameSnapshot)
	get(at+"/history/:snapshot", incident.Read, s.retroSnapshot)
	post(at+"/history/:snapshot/restore", incident.Write, s.restoreSection)
	get(at+"/meeting", incident.Write, s.meeting)
	post(at+"/meeting", incident.Write, s.noteMeeting)
	get("/admin/retrospectives", incident.Agree, s.retroProcess)
	post("/admin/retrospectives", incident.Agree, s.saveRetroProcess)
}

func retroPath(id incident.ID) string { return frontend.IncidentPath(id) + "/retrospective" }

func (s *Server) retro(r *request) (answer, error) {
	page, err := s.retroPage(r, frontend.Form{}, "", "")
	return answer{page: page}, err
}

// retroPage is the retrospective, or the offer to begin one. form is one that could not be done; draft is a text of section slug
// that could not be saved.
func (s *Server) retroPage(r *request, form frontend.Form, slug, draft string) (frontend.Page, error) {
	ctx, id := r.Request.Context(), incident.ID(r.Param("id"))
	w, err := s.Writing(ctx, id, r.viewer.Sight())
	if errors.Is(err, incident.ErrNotFound) {
		return s.retroBegin(r, form)
	}
	if err != nil {
		return nil, err
	}
	page := frontend.RetroPage{Shell: r.shell("Retrospective: "+w.Title, frontend.NavIncidents, incidentCrumbs(w.Incident)...), Incident: w.Incident, Retro: w.Retro, Removed: w.Removed,
		Form: form, MayEdit: r.viewer.MayChange(incident.Write), MayAnswer: r.user != nil && r.viewer.User != "" && r.viewer.MayChange(incident.Write), Rule: ruleWords(w.Rule), Facts: s.retroFacts(r, w.Incident),
		Exports: retroExports(id)}
	if r.Request.Method == http.MethodGet {
		s.noteRead(r, w)
	}
	if page.Heard, err = s.heardOf(r, w); err != nil {
		return nil, err
	}
	threads, err := s.retroThreads(ctx, r, w)
	if err != nil {
		return nil, err
	}
	page.Open, page.Talk = openThreads(threads), r.talkOf(w, threads, incident.RetroSection{})
	if page.Reading() {
		if page.Digest, err = s.digestOf(r, w); err != nil {
			return nil, err
		}
	}
	r.fillSections(w, &page, threads, slug, draft)
	files, err := s.retroFiles(ctx, id)
	if err != nil {
		return nil, err
	}
	for i := range page.Sections {
		page.Sections[i].Files = files
	}
	page.Files, page.Charts = fileRows(files, w), chartChoices()
	page.Row = rowChoice(w, r.Query("row"))
	for _, g := range w.Gates(page.Open) {
		page.Gates = append(page.Gates, frontend.RetroGate{Words: g.Words, Lacks: g.Lacks, Met: g.Met, Hard: g.Hard})
		if g.Hard && !g.Met {
			page.Lacking++
		}
	}
	if err := s.fillRows(ctx, r, &page, threads); err != nil {
		return nil, err
	}
	page.Contents = contentsOf(page)
	page.Writing.Names = each(w.Incident.People, func(p incident.Participation) string { return p.Name })
	page.Next = nextStates(w.Retro, page.Lacking)
	if page.Similar, err = s.retroSimilar(ctx, r, id); err != nil {
		return nil, err
	}
	if page.MayEdit {
		users, err := s.Store.Users(ctx)
		if err != nil {
			return nil, err
		}
		page.Users = each(people(users), func(u incident.User) string { return u.Name })
	}
	return page, nil
}

// fillSections shows the sections, with where to go on from each. draft is a text of section slug that could not be saved.
func (r *request) fillSections(w *desk.Writing, page *frontend.RetroPage, threads []frontend.RetroThread, slug, draft string) {
	for _, x := range w.Sections {
		part := retroSection(w, x, page.MayEdit && w.State.Writable())
		part.Said, part.Talk = saidIn(threads, x.Slug), r.talkOf(w, threads, x)
		if open := len(part.Talk.Open()); open > 0 {
			part.Links = append(part.Links, frontend.Link{Label: fmt.Sprintf("Open comments: %d", open), Path: "#talk-" + x.Slug})
		}
		if x.Slug == "timeline" && page.MayEdit {
			part.Links = append(part.Links, frontend.Link{Label: "Build the timeline", Path: frontend.RetroTimelinePath(w.Incident.ID)})
		}
		if x.Slug == "factors" && page.MayEdit {
			part.Links = append(part.Links, frontend.Link{Label: "Outline of factors", Path: frontend.RetroFactorsPath(w.Incident.ID)})
		}
		if x.Slug == slug {
			part.Draft = draft
		}
		page.Sections = append(page.Sections, part)
	}
}

// fewestContents is how many sections there are to read at least where their list helps.
const fewestContents = 4

// contentsOf lists the sections that have something to read; none where there are few.
func contentsOf(page frontend.RetroPage) []frontend.Link {
	var out []frontend.Link
	for _, x := range page.Sections {
		if !x.Empty() || !page.Reading() {
			out = append(out, frontend.Link{Label: x.Title, Path: "#section-" + x.Slug})
		}
	}
	if len(out) < fewestContents {
		return nil
	}
	return out
}

// fillRows shows the rows that stand below some sections.
func (s *Server) fillRows(ctx context.Context, r *request, page *frontend.RetroPage, threads []frontend.RetroThread) error {
	story, err := s.Story(ctx, page.Incident.ID, r.viewer.Sight())
	if err != nil {
		return err
	}
	page.Told, page.Factors = narrative(story), factorTelling(story)
	if page.Actions, err = s.actionPart(ctx, r, page.Incident, page.Form); err != nil {
		return err
	}
	fillRowComments(page, threads)
	rows := map[string]int{"timeline": len(page.Told.Rows), "factors": len(page.Factors.Rows), "actions": len(page.Actions.Items) + len(page.Actions.Dropped)}
	for i := range page.Sections {
		page.Sections[i].Rows = rows[page.Sections[i].Slug] > 0
	}
	return nil
}

func retroSection(w *desk.Writing, x incident.RetroSection, edit bool) frontend.RetroSection {
	at := retroPath(w.Incident.ID)
	return frontend.RetroSection{Retro: at, API: "/api/v1" + at + "/sections/" + x.Slug, Slug: x.Slug, Title: x.Title, Text: x.Text, Version: x.Version, MayEdit: edit,
		Prompts: w.Process.Prompts(w.Template, x.Slug)}
}

// retroText is a section as it reads, for scripts that put it into the page.
func (s *Server) retroText(r *request) (answer, error) {
	w, err := s.Writing(r.Request.Context(), incident.ID(r.Param("id")), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	x, ok := w.Section(r.Param("section"))
	if !ok {
		return answer{}, incident.ErrNotFound
	}
	threads, err := s.retroThreads(r.Request.Context(), r, w)
	if err != nil {
		return answer{}, err
	}
	files, err := s.retroFiles(r.Request.Context(), w.Incident.ID)
	if err != nil {
		return answer{}, err
	}
	return show(frontend.RetroText{Shell: r.shell(x.Title, frontend.NavIncidents), Text: x.Text, Files: files, Said: saidIn(threads, x.Slug)})
}

func incidentCrumbs(inc *incident.Incident) []frontend.Link {
	return []frontend.Link{{Label: "Incidents", Path: incidentsPath}, {Label: inc.Label(), Path: frontend.IncidentPath(inc.ID)}}
}

// retroFacts are what a reader has to know of the incident first, and how each is known.
func (s *Server) retroFacts(r *request, inc *incident.Incident) []frontend.RetroFact {
	var out []frontend.RetroFact
	add := func(name, value, how string) {
		if value != "" {
			out = append(out, frontend.RetroFact{Name: name, Value: value, How: how})
		}
	}
	at := func(label string, names ...incident.MilestoneName) bool {
		m, known := inc.Milestones.First(names...)
		if known {
			add(label, m.At.In(r.zone()).Format("2 Jan 2006 15:04 MST"), knownBy(m))
		}
		return known
	}
	if inc.Severity != incident.SevUnknown {
		add("Severity", inc.Severity.String(), "")
	}
	if !at("Impact began", incident.ImpactStarted) {
		at("Noticed", incident.Detected, incident.Opened)
	}
	at("Over", incident.ImpactEnded, incident.MitigatedAt, incident.ResolvedAt)
	for _, d := range s.durations(inc) {
		if d.Value.State == incident.Recorded {
			from, _ := inc.Milestones.First(d.Span.From...)
			to, _ := inc.Milestones.First(d.Span.To...)
			add(d.Label, incident.FormatDuration(d.Value.Value), fmt.Sprintf("from %s to %s", milestoneWords([]incident.MilestoneName{from.Name}), milestoneWords([]incident.MilestoneName{to.Name})))
		}
	}
	add("Services", strings.Join(each(inc.Services, func(u incident.ServiceUse) string { return u.Name }), ", "), "")
	if inc.Team != "" {
		add("Team", s.Live.Snapshot().Name(inc.Team), "")
	}
	return out
}

// knownBy says how a time is known: "about, as Responder One stated", "to the hour, read out of the text".
func knownBy(m incident.Milestone) string {
	var parts []string
	switch m.Precision {
	case incident.About:
		parts = append(parts, "about")
	case incident.ToHour, incident.ToDay:
		parts = append(parts, "to the "+string(m.Precision))
	}
	switch {
	case m.Basis == incident.FromPerson && m.Source != "":
		parts = append(parts, "as "+m.Source+" stated")
	case m.Basis == incident.FromPerson:
		parts = append(parts, "as a person stated")
	case m.Basis == incident.FromText:
		parts = append(parts, "read out of the text")
	case m.Basis == incident.Derived:
		parts = append(parts, "computed from other times")
	case m.Basis == incident.FromTwin:
		parts = append(parts, "as another record of it states")
	case m.Source != "":
		parts = append(parts, "as "+m.Source+" has it")
	}
	return strings.Join(parts, ", ")
}

// digestOf is the beginning of the SHA-256 of the Markdown export, so that a printed copy can be held against a file.
func (s *Server) digestOf(r *request, w *desk.Writing) (string, error) {
	h := sha256.New()
	file, err := s.RetroExport(r.Request.Context(), w, "md")
	if err == nil {
		err = file.Write(h)
	}
	return fmt.Sprintf("%x", h.Sum(nil))[:16], err
}

// ruleWords says what the rules want of an incident.
func ruleWords(rule incident.RetroRule) string {
	if rule.Name == "" {
		return "The rules here say nothing of such incidents."
	}
	words := "By the rules here (“" + rule.Name + "”) "
	if rule.Required {
		words += "a retrospective is needed"
	} else {
		words += "none is needed, and one can be written"
	}
	if rule.Days > 0 {
		words += ", within " + strconv.Itoa(rule.Days) + " days"
	}
	return words + "."
}

// stateWords are what buttons that lead to a state say.
var stateWords = map[incident.RetroState]string{incident.RetroInReview: "Put it up for review", incident.RetroApproved: "Approve", incident.RetroPublished: "Publish",
	incident.RetroRevised: "Revise it", incident.RetroDraft: "Back to draft"}

// nextStates are the buttons under a retrospective. The first one is what comes next as a rule.
func nextStates(r incident.Retro, lacking int) []frontend.Choice {
	var out []frontend.Choice
	for _, to := range r.State.Next() {
		if to == incident.RetroNotRequired || to == incident.RetroApproved || to == incident.RetroPublished && lacking > 0 {
			continue
		}
		out = append(out, frontend.Choice{Value: string(to), Label: stateWords[to], On: to == incident.RetroPublished})
	}
	return out
}

func (s *Server) retroSimilar(ctx context.Context, r *request, id incident.ID) ([]frontend.SimilarRow, error) {
	found := s.Similar.Similar(id, 3, r.viewer.Sight())
	matches := append(found.Again, found.Before...)
	return s.similarRows(ctx, r, matches[:min(3, len(matches))])
}

func (s *Server) retroBegin(r *request, form frontend.Form) (frontend.Page, error) {
	ctx := r.Request.Context()
	inc, err := s.Incident(ctx, incident.ID(r.Param("id")), r.viewer.Sight())
	if err != nil {
		return nil, err
	}
	rule, err := s.RetroRule(ctx, inc)
	if err != nil {
		return nil, err
	}
	page := frontend.RetroBeginPage{Shell: r.shell("Retrospective: "+cmp.Or(inc.Title, inc.Label()), frontend.NavIncidents, incidentCrumbs(inc)...), Incident: inc, Rule: ruleWords(rule),
		MayEdit: r.viewer.MayChange(incident.Write), Form: form}
	process := s.RetroProcess()
	for i, t := range process.Templates {
		on := t.Name == rule.Template || rule.Template == "" && i == 0
		page.Templates = append(page.Templates, frontend.RetroTemplateChoice{Name: t.Name, About: t.About, On: on,
			Sections: each(t.Sections, func(x incident.TemplateSection) string { return x.Title })})
	}
	imported, err := s.Store.ImportedRetrospective(ctx, inc.ID)
	if errors.Is(err, incident.ErrNotFound) {
		err = nil
	}
	page.Imported = imported
	return page, err
}

// retroDone leads back to the retrospective, or shows it again with what was wrong.
func (s *Server) retroDone(r *request, seq incident.Seq, err error, anchor, done string) (answer, error) {
	if errors.Is(err, incident.ErrInvalid) || errors.Is(err, incident.ErrConflict) {
		form := formOf(r.Request.PostForm, err)
		if errors.Is(err, incident.ErrConflict) {
			form = frontend.Form{Values: r.Request.PostForm, Errors: []frontend.FieldError{{Message: "Somebody else changed this retrospective while you were at it. Look at it below, and do it again if it is still right."}}}
		}
		page, err := s.retroPage(r, form, "", "")
		return answer{page: page, status: http.StatusUnprocessableEntity}, err
	}
	if err != nil {
		return answer{}, err
	}
	s.Wait(r.Request.Context(), seq)
	return goTo(retroPath(incident.ID(r.Param("id")))+anchor, frontend.Flash{Kind: frontend.Done, Text: done})
}

func (s *Server) beginRetro(r *request) (answer, error) {
	ctx, id := r.Request.Context(), incident.ID(r.Param("id"))
	if r.PostForm("not") == "required" {
		_, seq, err := s.DeclineRetro(ctx, id, r.PostForm("template"), r.PostForm("reason"), r.viewer.Sight())
		return s.retroDone(r, seq, err, "", "Decided: no retrospective is needed.")
	}
	_, seq, err := s.BeginRetro(ctx, id, r.PostForm("template"), r.viewer.Sight())
	return s.retroDone(r, seq, err, "", "Begun, with what is known of the incident.")
}

// version is the one that a form was filled in over; 0 when it does not say.
func (r *request) version() int {
	n, _ := strconv.Atoi(r.PostForm("version"))
	return max(0, n)
}

func (s *Server) changeRetro(r *request) (answer, error) {
	title, owner := r.PostForm("title"), r.PostForm("owner")
	p := desk.RetroPatch{Title: &title}
	was, err := s.Store.Retro(r.Request.Context(), incident.ID(r.Param("id")))
	if err == nil && owner != was.OwnerName {
		p.Owner = &owner
	}
	var due time.Time
	if text := r.PostForm("due"); text != "" && err == nil {
		due, err = time.ParseInLocation(time.DateOnly, text, r.zone())
		if err != nil {
			err = incident.Invalidf("due", "%q is not a day such as 2026-11-20", text)
		}
	}
	p.Due = &due
	var seq incident.Seq
	if err == nil {
		_, seq, err = s.ChangeRetro(r.Request.Context(), incident.ID(r.Param("id")), r.version(), p, r.viewer.Sight())
	}
	return s.retroDone(r, seq, err, "", "Saved.")
}

func (s *Server) moveRetro(r *request) (answer, error) {
	to := incident.RetroState(r.PostForm("state"))
	_, seq, err := s.MoveRetro(r.Request.Context(), incident.ID(r.Param("id")), r.version(), to, r.PostForm("reason"), r.viewer.Sight())
	return s.retroDone(r, seq, err, "", map[incident.RetroState]string{incident.RetroPublished: "Published. This version is kept as it is.", incident.RetroInReview: "It is in review.",
		incident.RetroDraft: "It is a draft again.", incident.RetroRevised: "It can be changed; the published version is kept.", incident.RetroNotRequired: "Decided: no retrospective is needed."}[to])
}

func (s *Server) askReview(r *request) (answer, error) {
	var names []string
	for name := range strings.SplitSeq(r.PostForm("reviewers"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	_, seq, err := s.AskReview(r.Request.Context(), incident.ID(r.Param("id")), names, r.viewer.Sight())
	return s.retroDone(r, seq, err, "", "Asked.")
}

func (s *Server) answerReview(r *request) (answer, error) {
	if r.user == nil {
		return answer{}, errForbidden
	}
	_, seq, err := s.AnswerReview(r.Request.Context(), incident.ID(r.Param("id")), r.version(), incident.ReviewAnswer(r.PostForm("answer")), r.PostForm("words"), r.viewer.Sight())
	return s.retroDone(r, seq, err, "", "Your answer is kept.")
}

func (s *Server) changeSections(r *request) (answer, error) {
	c := desk.SectionChange{Action: r.PostForm("action"), Slug: r.PostForm("section"), Title: r.PostForm("title")}
	_, seq, err := s.ChangeSections(r.Request.Context(), incident.ID(r.Param("id")), c, r.viewer.Sight())
	done := "Saved."
	if c.Action == "remove" {
		done = "Removed. Its text is kept, and it can be put back below."
	}
	return s.retroDone(r, seq, err, "#sections", done)
}

// saveSection takes a whole text. What others wrote meanwhile is merged into it; where that cannot be, both are shown.
func (s *Server) saveSection(r *request) (answer, error) {
	slug, base := r.Param("section"), r.PostForm("base")
	_, merged, err := s.WriteText(r.Request.Context(), incident.ID(r.Param("id")), slug, desk.TextWrite{Version: r.version(), Text: r.PostForm("text"), Base: &base}, r.viewer.Sight())
	if errors.Is(err, incident.ErrConflict) {
		page, err := s.retroPage(r, frontend.Form{}, slug, r.PostForm("text"))
		return answer{page: page, status: http.StatusConflict}, err
	}
	done := "Saved."
	if merged {
		done = "Saved, together with what others wrote meanwhile."
	}
	return s.retroDone(r, 0, err, "#s-"+slug, done)
}
