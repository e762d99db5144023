package jira

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// writer makes and closes issues (developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues).
var writer = &importers.IssueWriter{Permission: "Create issues, Transition issues and Add comments in the project", Places: places, Create: create, Find: find, Close: closeIssue, Comment: comment}

// places are the projects that are named by key. Without an address for people there is none: an issue could not be linked to.
func places(cfg importers.Config) []string {
	if site(cfg) == "" {
		return nil
	}
	var keys []string
	for _, p := range linkable(cfg) {
		if key := strings.ToUpper(p); issueKey.MatchString(key+"-1") && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// text is paragraphs as Jira takes them: the Atlassian Document Format on Cloud, else wiki markup, of which nothing in the text is any.
func text(cfg importers.Config, plain string) any {
	if !onCloud(cfg) {
		return inert.Replace(plain)
	}
	var blocks []any
	for part := range strings.SplitSeq(plain, "\n\n") {
		var inline []any
		for n, line := range strings.Split(strings.TrimSpace(part), "\n") {
			if n > 0 {
				inline = append(inline, map[string]any{"type": "hardBreak"})
			}
			inline = append(inline, linked(line)...)
		}
		if len(inline) > 0 {
			blocks = append(blocks, map[string]any{"type": "paragraph", "content": inline})
		}
	}
	return map[string]any{"type": "doc", "version": 1, "content": blocks}
}

// linked makes addresses in a line links.
func linked(line string) (inline []any) {
	add := func(text string, marks ...any) {
		if text == "" {
			return
		}
		node := map[string]any{"type": "text", "text": text}
		if len(marks) > 0 {
			node["marks"] = marks
		}
		inline = append(inline, node)
	}
	for line != "" {
		from := strings.Index(line, "http")
		if from < 0 {
			add(line)
			break
		}
		end := from + strings.IndexAny(line[from:]+" ", " \t<>\"")
		if at := importers.WebURL(line[from:end]); at != "" {
			add(line[:from])
			add(line[from:end], map[string]any{"type": "link", "attrs": map[string]any{"href": at}})
		} else {
			add(line[:end])
		}
		line = line[end:]
	}
	return inline
}

// inert escapes what begins macros, links and mentions in wiki markup, as its notation has it: a backslash in front. Of a backslash itself it makes the reference
// to the character, for two of them are the end of a line: https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
var inert = strings.NewReplacer(`\`, `&#92;`, `{`, `\{`, `[`, `\[`, `!`, `\!`)

// create makes an issue of the type that the connection names, else of the type Task, else of the first one that is no subtask.
func create(ctx context.Context, in importers.Input, project string, n importers.NewIssue) (string, error) {
	var types struct {
		Cloud []issueType `json:"issueTypes"`
		DC    []issueType `json:"values"`
	}
	if err := in.Get(ctx, api(in.Config)+"/issue/createmeta/"+url.PathEscape(project)+"/issuetypes", nil, &types); err != nil {
		return "", err
	}
	kind, err := chosen(append(types.Cloud, types.DC...), settings.Of(in.Config, "issue_type"))
	if err != nil {
		return "", err
	}
	var made struct{ Key string }
	title := []rune(n.Title)
	err = in.Client.Change(ctx, http.MethodPost, api(in.Config)+"/issue", map[string]any{"fields": map[string]any{"project": map[string]string{"key": project},
		"issuetype": map[string]string{"id": kind.ID}, "summary": string(title[:min(len(title), 255)]), "description": text(in.Config, n.Text)}}, &made)
	if err != nil {
		return "", err
	}
	return browse(in.Config, made.Key), nil
}

type issueType struct {
	ID      string
	Name    string
	Subtask bool
	Level   int `json:"hierarchyLevel"` // Cloud alone; epics are above 0
}

func chosen(types []issueType, wanted string) (issueType, error) {
	names := []string{}
	first := -1
	for n, k := range types {
		if k.Subtask || k.Level != 0 {
			continue
		}
		names = append(names, k.Name)
		switch {
		case wanted != "" && (strings.EqualFold(k.Name, wanted) || k.ID == wanted), wanted == "" && k.Name == "Task":
			return k, nil
		case first < 0:
			first = n
		}
	}
	if wanted != "" || first < 0 {
		return issueType{}, incident.Invalidf("connection", "the connection's account can make no issue of the type %q there; it can make: %s", wanted, strings.Join(names, ", "))
	}
	return types[first], nil
}

// find lists what was made since. Jira lists an issue some seconds after it was made.
func find(ctx context.Context, in importers.Input, project, marker string, since time.Time) (string, error) {
	jql := fmt.Sprintf("project in (%s) AND created >= %d ORDER BY created ASC, id ASC", quoted([]string{project})[0], since.UnixMilli())
	var f found
	var err error
	if onCloud(in.Config) {
		err = post(ctx, in, cloudAPI+"/search/jql", map[string]any{"jql": jql, "fields": []string{"description"}, "maxResults": pageSize}, &f)
	} else {
		f, err = serverSearch(ctx, in, jql, url.Values{"fields": {"description"}, "expand": nil})
	}
	for _, raw := range f.Issues {
		if i := importers.Decode[issue](raw); strings.Contains(string(i.Fields["description"]), marker) {
			return browse(in.Config, i.Key), nil
		}
	}
	return "", err
}

// closeIssue takes a transition to a status of the category done, whose key is not translated: for what was decided against one that the mapping counts as
// canceled, if there is one, else the first other one.
func closeIssue(ctx context.Context, in importers.Input, key string, dropped bool) error {
	at := api(in.Config) + "/issue/" + url.PathEscape(key)
	var can struct {
		Transitions []struct {
			ID string
			To ref
		}
	}
	if err := in.Get(ctx, at+"/transitions", nil, &can); err != nil {
		return err
	}
	id := ""
	for _, t := range can.Transitions {
		meaning, _ := in.Config.Words(words).Status.Of(t.To.Name)
		if fits := (meaning == incident.Canceled) == dropped; t.To.Category.Key == "done" && (id == "" || fits) {
			if id = t.ID; fits {
				break
			}
		}
	}
	if id == "" {
		return incident.Invalidf("issue", "from the status that %s has, the connection's account can move it to none that is done: close it in Jira", key)
	}
	return in.Client.Change(ctx, http.MethodPost, at+"/transitions", map[string]any{"transition": map[string]string{"id": id}}, nil)
}

func comment(ctx context.Context, in importers.Input, key, plain string) error {
	return in.Client.Change(ctx, http.MethodPost, api(in.Config)+"/issue/"+url.PathEscape(key)+"/comment", map[string]any{"body": text(in.Config, plain)}, nil)
}
