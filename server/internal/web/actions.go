package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/desk"
)

const (
	actionsPath  = desk.ActionsPath
	actionsShown = 50 // of a group
)

// actionParams are the parameters of the list, in canonical order.
var actionParams = []string{"owner", "team", "service", "kind", "state", "effect", "group", "verify", "after"}

// actionQuery reads the parameters of the list.
func actionQuery(v url.Values) desk.ActionQuery {
	q := desk.ActionQuery{Owners: kept(v, "owner"), Teams: kept(v, "team"), Services: kept(v, "service"), Kinds: kept(v, "kind"), States: kept(v, "state"), Effects: kept(v, "effect"), Groups: kept(v, "group"),
		VerifyBy: v.Get("verify") == "due", Limit: actionsShown}
	if q.VerifyBy {
		q.Groups = []string{desk.ActionsVerify}
	}
	if n, err := strconv.Atoi(v.Get("after")); err == nil && n > 0 {
		q.Skip = n
	}
	return q
}

// kept are the values of a parameter that say something.
func kept(v url.Values, name string) []string {
	return slices.DeleteFunc(each(v[name], strings.TrimSpace), func(x string) bool { return x == "" })
}

func actionsAddress(page string, v url.Values, pairs ...string) string {
	return narrowed(page, actionParams, v, pairs...)
}

// narrowed is the address of a list with some parameters changed: pairs of name and value, of which one that is there is taken
// away. params are those of the list, in canonical order; what pages it is left out.
func narrowed(page string, params []string, v url.Values, pairs ...string) string {
	to := url.Values{}
	for _, name := range params {
		if len(v[name]) > 0 && name != "after" {
			to[name] = slices.Clone(v[name])
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if at := slices.Index(to[pairs[i]], pairs[i+1]); at >= 0 {
			to[pairs[i]] = slices.Delete(to[pairs[i]], at, at+1)
		} else {
			to[pairs[i]] = append(to[pairs[i]], pairs[i+1])
		}
	}
	var parts []string
	for _, name := range params {
		for _, value := range to[name] {
			parts = append(parts, name+"="+queryEscape(value))
		}
	}
	if len(parts) == 0 {
		return page
	}
	return page + "?" + strings.Join(parts, "&")
}

// actions lists what was promised after incidents.
func (s *Server) actions(r *request) (answer, error) {
	v := r.Request.URL.Query()
	page := frontend.ActionsPage{Shell: r.shell("Action items", frontend.NavProblems, frontend.Link{Label: "Recurring problems", Path: problemsPath}), Tabs: problemTabs(actionsPath),
		Clear: actionsPath, MayEdit: r.viewer.MayChange(incident.Write), Exports: []frontend.Link{{Label: "CSV", Path: actionsAddress(actionsPath+"/export.csv", v)},
			{Label: "JSON", Path: actionsAddress(actionsPath+"/export.json", v)}}}
	q := actionQuery(v)
	groups, err := s.Actions(r.Request.Context(), q, r.viewer.Sight())
	if errors.Is(err, incident.ErrInvalid) {
		page.Empty = frontend.Empty{Kind: frontend.NothingMatches, Text: capital(message(err)) + "."}
	} else if err != nil {
		return answer{}, err
	}
	for _, g := range groups {
		page.Total += g.Total
		shown := s.actionGroup(r, g, q, v)
		if err := s.sightIssues(r.Request.Context(), shown.Rows); err != nil {
			return answer{}, err
		}
		page.Groups = append(page.Groups, shown)
	}
	page.Asked, page.Chips = actionViews(r, v), r.actionChips(v)
	if page.Facets, err = s.actionFacets(r, v); err != nil {
		return answer{}, err
	}
	if page.Empty.Kind == "" && len(page.Chips) > 0 {
		page.Empty.Kind = frontend.NothingMatches
	}
	if page.Total == 0 && page.Empty.Kind == "" {
		page.Unsaid, err = s.unsaidActions(r)
	}
	return answer{page: page}, err
}

// unsaidActions counts the items of which no source says whether they are done.
func (s *Server) unsaidActions(r *request) (n int, err error) {
	groups, err := s.Actions(r.Request.Context(), desk.ActionQuery{States: []string{incident.ActionUnknown}, Limit: 1}, r.viewer.Sight())
	for _, g := range groups {
		n += g.Total
	}
	return n, err
}

// groupWords are the titles and ledes of groups.
var groupWords = map[string][2]string{
	desk.ActionsOverdue: {"Overdue", ""},
	desk.ActionsSoon:    {fmt.Sprintf("Due within %d days", desk.ActionsSoonDays), ""},
	desk.ActionsVerify:  {"Waiting to be verified", "Done, and somebody wrote down how or until when to see whether it worked."},
	desk.ActionsLater:   {"Due later, or without a date", ""},
	"":                  {"Items", ""},
}

func (s *Server) actionGroup(r *request, g desk.ActionGroup, q desk.ActionQuery, v url.Values) frontend.ActionListGroup {
	words := groupWords[g.Name]
	out := frontend.ActionListGroup{ID: g.Name, Title: words[0], Lede: words[1], Total: g.Total}
	if g.Name == "" {
		out.ID = "items"
	}
	out.Rows = each(g.Items, func(x desk.FoundAction) frontend.ActionEntry {
		e := s.actionEntry(x.ActionStatement, x.Incident)
		e.Back, e.Effect = r.here(), effectPart(x.Effect)
		return e
	})
	end := q.Skip + len(g.Items)
	switch {
	case end >= g.Total:
	case len(q.Groups) == 0 && g.Name != "":
		out.All, out.More = actionsAddress(actionsPath, v, "group", g.Name), fmt.Sprintf("All %d", g.Total)
	default:
		next := actionsAddress(actionsPath, v)
		out.All, out.More = next+map[bool]string{true: "&", false: "?"}[strings.Contains(next, "?")]+"after="+strconv.Itoa(q.Skip+q.Limit), fmt.Sprintf("Next %d", min(q.Limit, g.Total-end))
	}
	return out
}

// actionEntry is an action item as pages show it.
func (s *Server) actionEntry(x incident.ActionStatement, inc *incident.Incident) frontend.ActionEntry {
	now := s.Now().UTC()
	e := frontend.ActionEntry{ActionStatement: x, Of: inc, IssueGaps: inc.IssueGaps(x.Key), Age: ageOf(x.ActionItem, now), Late: x.Overdue(now)}
	e.Issue, _ = inc.IssueOf(x.Key)
	if inc.Team != "" {
		e.Team = s.Live.Snapshot().Name(inc.Team)
	}
	switch {
	case !x.AwaitsVerification() || x.VerifyBy.IsZero():
	case x.VerifyBy.Before(now):
		e.Wait = "verification was due " + days(now.Sub(x.VerifyBy)) + " ago"
	default:
		e.Wait = "to be verified within " + days(x.VerifyBy.Sub(now))
	}
	return e
}

// sightIssues says of items with an issue when it was seen, and whether it still can be.
func (s *Server) sightIssues(ctx context.Context, entries []frontend.ActionEntry) error {
	var addresses []string
	for _, e := range entries {
		if e.Issue.Name != "" {
			addresses = append(addresses, e.URL)
		}
	}
	sights, err := s.IssueSights(ctx, addresses)
	if err != nil {
		return err
	}
	for i := range entries {
		if e := &entries[i]; e.Issue.Name != "" {
			sight := sights[e.URL]
			e.Seen, e.Adrift = sight.Seen, !sight.Connected
			e.MayClose = sight.Closable && e.Issue.State == incident.ActionOpen && e.Issue.Trouble == "" && (e.State == incident.ActionVerified || e.State == incident.ActionDropped)
			if e.Adrift {
				e.IssueGaps = nil
			}
		}
	}
	return nil
}

// actionViews are the questions that are asked most.
func actionViews(r *request, v url.Values) []frontend.Choice {
	views := []frontend.Choice{{Label: "Open", Path: actionsPath}}
	if r.viewer.User != "" {
		views = append(views, frontend.Choice{Label: "Mine", Path: actionsPath + "?owner=me"})
	}
	views = append(views, frontend.Choice{Label: "Without owner", Path: actionsPath + "?owner=none"}, frontend.Choice{Label: "Verification due", Path: actionsPath + "?verify=due"},
		frontend.Choice{Label: "Done", Path: actionsPath + "?state=done&state=verified&state=ineffective"}, frontend.Choice{Label: "Decided not to do", Path: actionsPath + "?state=dropped"},
		frontend.Choice{Label: "State not known", Path: actionsPath + "?state=" + incident.ActionUnknown})
	here := actionsAddress(actionsPath, v)
	for i := range views {
		views[i].Count, views[i].On = -1, views[i].Path == here
	}
	return views
}

// actionFacets are the ways to narrow the list down.
func (s *Server) actionFacets(r *request, v url.Values) ([]frontend.Facet, error) {
	facet := func(name, label string, values ...frontend.Choice) frontend.Facet {
		f := frontend.Facet{Name: name, Label: label, Options: values, More: max(0, len(values)-facetOptions)}
		f.Options = f.Options[:min(len(f.Options), facetOptions)]
		for i := range f.Options {
			c := &f.Options[i]
			c.On, c.Path = slices.Contains(v[name], c.Value), actionsAddress(actionsPath, v, name, c.Value)
		}
		return f
	}
	of := func(values []string) []frontend.Choice {
		return each(values, func(x string) frontend.Choice {
			return frontend.Choice{Value: x, Label: capital(strings.ReplaceAll(x, "_", " ")), Count: -1}
		})
	}
	owners, err := s.ActionOwners(r.Request.Context(), r.viewer.Sight())
	if err != nil {
		return nil, err
	}
	owner := each(owners, func(o incident.ActionOwner) frontend.Choice {
		if o.Name == "" {
			return frontend.Choice{Value: "none", Label: "Nobody", Count: o.N}
		}
		return frontend.Choice{Value: o.Name, Label: o.Name, Count: o.N}
	})
	snapshot := s.Live.Snapshot()
	services := each(desk.ByIncidents(snapshot.Services(r.viewer.Sight()), s.ServiceCounts(snapshot, r.viewer.Sight())), func(x incident.Service) frontend.Choice {
		return frontend.Choice{Value: string(x.ID), Label: x.Name, Count: -1}
	})
	team := each(snapshot.Teams(r.viewer.Sight()), func(x incident.Team) frontend.Choice {
		return frontend.Choice{Value: string(x.ID), Label: x.Name, Count: -1}
	})
	facets := []frontend.Facet{facet("owner", "Owner", owner...), facet("team", "Team", team...), facet("kind", "Kind", of(incident.ActionKinds)...),
		facet("state", "State", of(incident.ActionStates)...), facet("effect", "Since it was done", each(desk.ActionEffects, func(x string) frontend.Choice {
			return frontend.Choice{Value: x, Label: capital(frontend.EffectWords(x)), Count: -1}
		})...), facet("service", "Service", services...)}
	return slices.DeleteFunc(facets, func(f frontend.Facet) bool { return len(f.Options) == 0 }), nil
}

// actionChips are the filters in force.
func (r *request) actionChips(v url.Values) []frontend.Chip {
	var out []frontend.Chip
	for _, name := range actionParams {
		if name == "after" {
			continue
		}
		for _, value := range v[name] {
			label := strings.ReplaceAll(value, "_", " ")
			switch {
			case name == "service" || name == "team":
				label = r.server.Live.Snapshot().Name(incident.ID(value))
			case name == "effect":
				label = frontend.EffectWords(value)
			case name == "group":
				label = groupWords[value][0]
			}
			out = append(out, frontend.Chip{Label: capital(name) + ": " + label, Remove: actionsAddress(actionsPath, v, name, value)})
		}
	}
	return out
}

// exportActions writes the list as a file: all that the filters select, in the order of the page.
func (s *Server) exportActions(r *request) (answer, error) {
	groups, all, err := s.AllActions(r.Request.Context(), actionQuery(r.Request.URL.Query()), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	t := s.actionTable(groups)
	t.Source.AsOf = s.Live.Seq()
	if !all {
		t.Source.Method = "the first 10,000 of each group; there are more"
	}
	return tableFile(r, t)
}

func (s *Server) actionTable(groups []desk.ActionGroup) reports.Table {
	t := reports.Table{ID: "actions", Title: "Action items"}
	for _, c := range [][2]string{{"key", "Key"}, {"title", "What is to be done"}, {"state", "State"}, {"group", "Group"}, {"owner", "Owner"}, {"kind", "Kind"}, {"priority", "Priority"},
		{"proof", "Proof that it worked"}, {"reason", "Reason or observation"}, {"url", "Issue"}, {"incident", "Incident"}, {"incident_id", "Incident id"}, {"team", "Team"}, {"effect", "Since it was done"}, {"compared", "What is compared"}, {"effect_text", "What was counted"}, {"came_back", "Came back with"}} {
		t.Columns = append(t.Columns, reports.Column{Key: c[0], Title: c[1], Unit: reports.Text})
	}
	for _, c := range [][2]string{{"created", "Made"}, {"due", "Due"}, {"verify_by", "Verify by"}, {"done", "Done"}, {"judged", "Judged"}} {
		t.Columns = append(t.Columns, reports.Column{Key: c[0], Title: c[1], Unit: reports.Instant})
	}
	for _, g := range groups {
		for _, x := range g.Items {
			e := s.actionEntry(x.ActionStatement, x.Incident)
			e.Effect = effectPart(x.Effect)
			row := each([]string{x.Key, x.Title, x.State, g.Name, x.Owner, x.Kind, x.Priority, x.Proof, x.Reason, x.URL, x.Incident.Label(), string(x.Incident.ID), e.Team, e.Effect.Outcome, e.Effect.Of, e.Effect.Text, e.Effect.Again.Label}, reports.Str)
			for _, at := range []time.Time{x.Created, x.Due, x.VerifyBy, x.Done, x.Judged} {
				c := reports.Missing("not known")
				if !at.IsZero() {
					c = reports.Cell{Time: at}
				}
				row = append(row, c)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	t.Source.N = len(t.Rows)
	return t
}

// fillActions lists the action items of an incident.
func (s *Server) fillActions(ctx context.Context, r *request, page *frontend.IncidentPage) (err error) {
	page.Actions, err = s.actionPart(ctx, r, page.Incident, page.Form)
	return err
}

// actionPart is the action items of an incident, for the partial "retro-actions".
func (s *Server) actionPart(ctx context.Context, r *request, inc *incident.Incident, form frontend.Form) (part frontend.ActionPart, err error) {
	part = frontend.ActionPart{Incident: inc.ID, MayEdit: r.viewer.MayChange(incident.Write), Form: form}
	if r.Request.Method == "GET" && !strings.HasPrefix(r.here(), frontend.IncidentPath(inc.ID)+"?") && r.here() != frontend.IncidentPath(inc.ID) {
		part.Back = r.here() + "#actions"
	}
	for _, x := range inc.ActionStatements() {
		e := s.actionEntry(x, inc)
		if x.Dropped() {
			part.Dropped = append(part.Dropped, e)
		} else {
			part.Items = append(part.Items, e)
		}
	}
	if err := cmp.Or(s.sightIssues(ctx, part.Items), s.sightIssues(ctx, part.Dropped)); err != nil {
		return part, err
	}
	if err := s.judgeActions(ctx, r, inc, part.Items); err != nil || !part.MayEdit {
		return part, err
	}
	if part.MakesIssues, err = s.MakesIssues(ctx); err != nil {
		return part, err
	}
	owners, err := s.Owners(ctx, r.viewer.Sight())
	for _, o := range owners[:min(len(owners), ownersOffered)] {
		if !slices.Contains(part.Owners, o.Name) {
			part.Owners = append(part.Owners, o.Name)
		}
	}
	return part, err
}

// actionDone says what an edit of an action item did.
var actionDone = map[string]string{"save": "Saved.", "add": "Added.", "in_progress": "Started.", "done": "Done. Say whether it worked once that can be seen.", "open": "Open again.",
	"verified": "Verified: it worked.", "ineffective": "Noted: it did not work.", "dropped": "Noted: it will not be done.", "undo": "The last change is taken back.",
	"issue_mine": "What is here stands; the issue is as it was.", "issue_theirs": "The issue’s word stands.",
	"keep": "What is here stands.", "take": "The source’s word stands."}

// addAction writes down a new action item of an incident.
func (s *Server) addAction(r *request) (answer, error) { return s.saveAction(r, "") }

// changeAction changes an action item.
func (s *Server) changeAction(r *request) (answer, error) { return s.saveAction(r, r.Param("key")) }

func (s *Server) saveAction(r *request, key string) (answer, error) {
	id, do := incident.ID(r.Param("id")), r.PostForm("do")
	if all := r.Request.PostForm["do"]; len(all) > 1 { // a button beside the one that the form has by itself
		do = all[len(all)-1]
	}
	e := desk.ActionEdit{Key: key, Undo: do == "undo"}
	e.Set, e.Seen = map[string]string{}, map[string]string{}
	switch {
	case do == "issue_mine" || do == "issue_theirs":
		e.Decide, e.Theirs = r.PostForm("field"), do == "issue_theirs"
	case do == "keep":
		e.Keep = []string{r.PostForm("field")}
	case do == "take":
		e.Take = []string{r.PostForm("field")}
	case !e.Undo:
		s.sentAction(r, do, &e)
	}
	if actionDone[do] == "" {
		return answer{}, incident.Invalidf("do", "%q is nothing that can be done to an action item", do)
	}
	x, seq, err := s.EditAction(r.Request.Context(), id, e, r.viewer.Name, r.viewer.Sight())
	var clash *incident.ActionClash
	if errors.As(err, &clash) {
		err = incident.Invalidf(clash.Field, "Meanwhile somebody changed this to %q. Yours is still here; save again to overwrite theirs.", clash.Theirs)
	}
	if errors.Is(err, incident.ErrInvalid) {
		return s.patchFailed(r, err)
	}
	if err != nil {
		return answer{}, err
	}
	s.Wait(r.Request.Context(), seq)
	back := r.PostForm("back")
	if !localPath(back) {
		back = frontend.IncidentPath(id) + "#action-" + queryEscape(x.Key)
	}
	if key == "" && do == "save" {
		do = "add"
	}
	return goTo(back, frontend.Flash{Kind: frontend.Done, Text: actionDone[do], Link: frontend.Link{Label: "See the item", Path: frontend.IncidentPath(id) + "#action-" + queryEscape(x.Key)}})
}

// sentAction reads the fields of a form, and what its writer saw in them.
func (s *Server) sentAction(r *request, do string, e *desk.ActionEdit) {
	for _, name := range incident.ActionFields() {
		seen, compared := r.GetPostForm("seen_" + name)
		if compared {
			e.Seen[name] = seen
		}
		value, sent := r.GetPostForm(name)
		switch {
		case name == "state" && do != "save":
			e.Set[name] = do
		case name == "state" || !sent:
		case name == "due" || name == "verify_by":
			e.Set[name] = lastOfDay(value, seen, r.zone())
		default:
			e.Set[name] = value
		}
	}
}

// lastOfDay makes a date of a form the last second of that day in a zone; a time of the same day that was there before stays.
func lastOfDay(value, before string, zone *time.Location) string {
	day, err := time.ParseInLocation(time.DateOnly, value, zone)
	if err != nil {
		return value
	}
	if at, err := time.Parse(time.RFC3339Nano, before); err == nil && at.In(zone).Format(time.DateOnly) == value {
		return before
	}
	return day.AddDate(0, 0, 1).Add(-time.Second).UTC().Format(time.RFC3339)
}
