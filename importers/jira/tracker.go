package jira

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

var tracker = &importers.Tracker{Issue: issueAt, Address: called, Look: look, Together: 100, Write: writer}

// issueKey is a project's key and a number. Administrators can allow other keys of projects on a Data Center; these begin with a letter, too.
var issueKey = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_]*)-[1-9][0-9]*$`)

// site is the address below which people see issues. With an OAuth token of Cloud requests go to another host, which is not for people.
func site(cfg importers.Config) string {
	if at := settings.Of(cfg, "site"); at != "" {
		return at
	}
	at := settings.Of(cfg, "url")
	if base, err := url.Parse(at); err != nil || base.Host == "api.atlassian.com" {
		return ""
	}
	return at
}

// browse returns where people see an issue; empty when that is not known.
func browse(cfg importers.Config, key string) string {
	base, err := url.Parse(strings.TrimRight(site(cfg), "/"))
	if key == "" || err != nil || base.Host == "" {
		return ""
	}
	return importers.WebURL(base.JoinPath("browse", importers.Line(key)).String())
}

// linkable are the projects whose issues action items may link to. A connection that names none shows no issue: what its token may
// browse is not for everybody who can write down an address.
func linkable(cfg importers.Config) []string {
	return append(projects(cfg), settings.List(cfg, "link_projects")...)
}

// issueAt knows the addresses of issues: https://example.atlassian.net/browse/OPS-17, and those of boards with ?selectedIssue=OPS-17.
// A project that the connection names by its id is compared by lookAt, which sees it.
func issueAt(cfg importers.Config, address string) (string, bool) {
	path, below := importers.IssuePath(site(cfg), address)
	key, ok := strings.CutPrefix(path, "browse/")
	if u, err := url.Parse(address); !ok && err == nil && u.Query().Has("selectedIssue") {
		key, ok = u.Query().Get("selectedIssue"), true
	}
	parts := issueKey.FindStringSubmatch(key)
	if !below || !ok || parts == nil {
		return "", false
	}
	for _, named := range linkable(cfg) {
		if strings.EqualFold(named, parts[1]) || strings.Trim(named, "0123456789") == "" {
			return strings.ToUpper(key), true
		}
	}
	return "", false
}

// called returns the address of the issue with a key, if the connection may show it.
func called(cfg importers.Config, key string) string {
	if !issueKey.MatchString(key) {
		return ""
	}
	address := browse(cfg, strings.ToUpper(key))
	if _, ours := issueAt(cfg, address); !ours {
		return ""
	}
	return address
}

// lookedFields are what a look reads of an issue.
var lookedFields = []string{"summary", "status", "resolution", "resolutiondate", "assignee", "duedate", "project", "security"}

func api(cfg importers.Config) string {
	if onCloud(cfg) {
		return cloudAPI
	}
	return serverAPI
}

// look reads issues by key: on Cloud in one go (developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues, bulk fetch), on a Data Center with a
// search. Neither says which key an issue had before it was moved, so what they leave out is asked for alone.
func look(ctx context.Context, in importers.Input, asked []importers.IssueAsked) (map[string]importers.IssueSeen, error) {
	keys := make([]string, len(asked))
	for n, a := range asked {
		keys[n] = a.ID
	}
	var f found
	var err error
	if onCloud(in.Config) {
		err = post(ctx, in, cloudAPI+"/issue/bulkfetch", map[string]any{"issueIdsOrKeys": keys, "fields": lookedFields}, &f)
	} else {
		f, err = serverSearch(ctx, in, "key in ("+strings.Join(quoted(keys), ", ")+")", url.Values{"validateQuery": {"false"}, "fields": {strings.Join(lookedFields, ",")}, "expand": nil})
	}
	seen := map[string]importers.IssueSeen{}
	if importers.HasStatus(err, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound) {
		err = nil // one of them is refused: each is asked for alone
	}
	if trouble := importers.MissingIssue(err, permission); trouble != "" { // of the connection
		for _, key := range keys {
			seen[key] = importers.IssueSeen{IssueSays: incident.IssueSays{Name: "Jira " + key, Trouble: trouble}}
		}
		return seen, nil
	}
	if err != nil {
		return seen, err
	}
	for _, raw := range f.Issues {
		i := importers.Decode[issue](raw)
		if slices.Contains(keys, i.Key) {
			seen[i.Key] = importers.IssueSeen{IssueSays: looked(in.Config, i.Key, i)}
		}
	}
	for _, key := range keys {
		if _, done := seen[key]; done {
			continue
		}
		says, err := lookAt(ctx, in, key)
		if err != nil {
			return seen, err
		}
		seen[key] = importers.IssueSeen{IssueSays: says}
	}
	return seen, nil
}

const permission = "Browse projects"

// lookAt reads an issue (developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues). Under a key that an issue had before it was moved
// Jira gives the issue as it is now.
func lookAt(ctx context.Context, in importers.Input, key string) (incident.IssueSays, error) {
	var i issue
	if err := in.Get(ctx, api(in.Config)+"/issue/"+url.PathEscape(key), url.Values{"fields": {strings.Join(lookedFields, ",")}}, &i); err != nil {
		says := incident.IssueSays{Name: "Jira " + key, Trouble: importers.MissingIssue(err, permission)}
		if says.Trouble != "" {
			return says, nil
		}
		return says, err
	}
	return looked(in.Config, key, i), nil
}

// looked is what an issue says. The category of its status decides whether it is done, whose key is not translated; a status or
// resolution that the mapping counts as canceled or merged, as Jira's own "Duplicate", says that it will not be done there.
func looked(cfg importers.Config, asked string, i issue) incident.IssueSays {
	says := incident.IssueSays{Name: "Jira " + asked}
	if !among(linkable(cfg), i.project()) {
		says.Trouble = "it is in none of the projects that the connection names: add its project to the connection, or give another address"
		return says
	}
	if len(get[map[string]any](i, "security")) > 0 {
		says.Trouble = "it has a security level, and the connection shows no issues that have one"
		return says
	}
	s := get[ref](i, "status")
	says.Name, says.Title, says.State, says.Outcome = "Jira "+importers.Line(i.Key), importers.IssueTitle(get[string](i, "summary")), incident.ActionOpen, importers.Line(s.Name)
	says.Assignee, says.Due = importers.Line(get[ref](i, "assignee").person()), importers.IssueDue(get[string](i, "duedate"))
	if s.Category.Key != "done" {
		return says
	}
	says.State, says.Closed = incident.ActionDone, importers.ISO(get[string](i, "resolutiondate"))
	means := cfg.Words(words).Status
	resolution := get[ref](i, "resolution").Name
	for _, word := range []string{"resolution " + resolution, "status " + s.ID, s.Name} {
		if meaning, known := means.Of(word); known {
			if meaning == incident.Canceled || meaning == incident.Merged {
				says.State = incident.ActionDropped
			}
			break
		}
	}
	if resolution != "" && importers.Fold(resolution) != importers.Fold(s.Name) {
		says.Outcome += " (" + importers.Line(resolution) + ")"
	}
	return says
}
