package markdown

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/importers/postmortem"
	"hindsight/incident"
)

const runbooksName = "runbooks"

// Runbooks returns the source "runbooks": what to do when something happens, as a team keeps it in Markdown files. A document's key is its path, so a renamed file is
// a new runbook. Its title is that of the front matter, else the first heading, else the name of the file.
func Runbooks() importers.Source {
	return importers.Source{
		Name:    runbooksName,
		Title:   "Runbooks in Markdown",
		Summary: "Runbooks in a folder or zip file: title, services, tags and address from front matter, and the text itself.",
		Docs:    "https://sre.google/workbook/on-call/",
		Origin:  incident.OriginFile,
		File:    true,
		Accept:  []string{".md", ".markdown", ".html.md.erb", ".zip"},
		Settings: []importers.Field{
			{Name: "address", Label: "Address of the folder", Help: "Where the folder is published, so that links in incidents are known to lead to these files: https://git.example.com/ops/runbooks/blob/main/. Empty: nowhere.", Check: checkAddress},
			{Name: "service", Label: "Service", Help: "The service that runbooks which name none are about."},
		},
		Missing:     []string{"when the document was last changed", "in which incidents it was used"},
		Runbooks:    true,
		Collections: []importers.Collection{{Name: "runbooks", Read: read, Map: mapRunbook}},
	}
}

func checkAddress(text string) error {
	if text != "" && importers.WebURL(text) == "" {
		return incident.Invalidf("address", "%q is no http or https address", text)
	}
	return nil
}

// mapRunbook turns one document into a draft.
func mapRunbook(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var d importers.Draft
	doc := parse(raw.Body)
	if doc.fault != "" {
		d.Warn("front matter", "", "it cannot be read and was left out: "+doc.fault)
	}
	value := func(place string) string {
		for _, f := range doc.front {
			if is, _ := names.Of(f.name); is == place && strings.TrimSpace(f.value) != "" {
				return f.value
			}
		}
		return ""
	}
	base, _, _ := strings.Cut(path.Base(raw.ExternalID), ".")
	lines := strings.Split(text(raw.Body), "\n")
	body := strings.TrimSpace(strings.Join(new(document).readFront(lines), "\n"))
	r := incident.Runbook{Ref: incident.Ref{Type: "runbook", ExternalID: raw.ExternalID},
		Title: cmp.Or(postmortem.Plain(value("title")), postmortem.Plain(doc.title), importers.Line(base)), Tags: importers.Tags(importers.List(value("tags"), ",")),
		Services: importers.List(cmp.Or(value("services"), cfg.Setting(Runbooks(), "service")), ",")}
	r.Body = withoutTitle(body, r.Title)
	if stated := value("link"); stated != "" {
		if r.URL = importers.WebURL(stated); r.URL == "" {
			d.Warn("url", importers.Line(stated), "this is no http or https address; it was not made a link")
		}
	}
	if below := cfg.Setting(Runbooks(), "address"); r.URL == "" && below != "" {
		r.URL = strings.TrimSuffix(importers.WebURL(below), "/") + "/" + (&url.URL{Path: raw.ExternalID}).EscapedPath()
	}
	d.Runbook = &r
	return d, nil
}

// withoutTitle leaves out the first heading where it is the title: pages show it themselves.
func withoutTitle(body, title string) string {
	lines := strings.Split(body, "\n")
	at := slices.IndexFunc(lines, func(l string) bool { return strings.TrimSpace(l) != "" })
	if at < 0 || title == "" {
		return body
	}
	if level, first := postmortem.Heading(lines[at]); level == 0 || postmortem.Plain(first) != title {
		return body
	}
	return strings.TrimSpace(strings.Join(lines[at+1:], "\n"))
}
