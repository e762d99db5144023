package mail

import (
	"html/template"
	"strings"
)

// Letter is what a message says.
type Letter struct {
	Subject     string
	Lead        string // above the items; may be empty
	Items       []Item
	Reason      string // why one gets it, behind "because": "you are mentioned"; may be empty
	Preferences string // address of the page where one says what one gets
}

// Item is one thing that a letter tells of.
type Item struct {
	Says  string // "Responder One mentions you"
	Title string // what it is about: the title of an incident
	About string // what in it; may be empty
	Link  string
}

// Text returns the letter as plain text.
func (l Letter) Text() string {
	var b strings.Builder
	if l.Lead != "" {
		b.WriteString(oneLine(l.Lead) + "\n\n")
	}
	for _, i := range l.Items {
		b.WriteString(oneLine(i.Says) + ": " + oneLine(i.Title) + "\n")
		if i.About != "" {
			b.WriteString(oneLine(i.About) + "\n")
		}
		b.WriteString(i.Link + "\n\n")
	}
	b.WriteString("-- \n")
	if l.Reason != "" {
		b.WriteString("You get this because " + l.Reason + ". ")
	}
	b.WriteString("Choose what you get by e-mail:\n" + l.Preferences + "\n")
	return b.String()
}

// HTML returns the letter as a page of its own. Styles stand at the elements, for that is what mail programs read.
func (l Letter) HTML() (string, error) {
	var b strings.Builder
	err := page.Execute(&b, l)
	return b.String(), err
}

var page = template.Must(template.New("letter").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>{{.Subject}}</title></head>
<body style="font-family:sans-serif;font-size:16px;line-height:1.5;margin:0;padding:16px"><div style="max-width:600px">
{{with .Lead}}<p style="margin:0 0 16px">{{.}}</p>
{{end}}{{range .Items}}<p style="margin:0 0 16px">{{.Says}}:<br><a href="{{.Link}}" dir="auto"><b>{{.Title}}</b></a>{{with .About}}<br><span dir="auto">{{.}}</span>{{end}}</p>
{{end}}<hr style="border:0;border-top:1px solid #888888"><p style="font-size:14px;margin:8px 0 0">{{with .Reason}}You get this because {{.}}. {{end}}<a href="{{.Preferences}}">Choose what you get by e-mail</a>.</p>
</div></body></html>
`))
