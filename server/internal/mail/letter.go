package mail

import (
	"html/template"
	"strings"

	"hindsight/incident"
)

// Letter is what a message says.
type Letter struct {
	Subject string
	incident.OutgoingText
	Reason      string // why one gets it, behind "because": "you are mentioned"; may be empty
	Preferences string // address of the page where one says what one gets; empty: there is none
}

// Text returns the letter as plain text.
func (l Letter) Text() string {
	var b strings.Builder
	b.WriteString(l.OutgoingText.String() + "\n\n-- \n")
	if l.Reason != "" {
		b.WriteString("You get this because " + l.Reason + ". ")
	}
	if l.Preferences == "" {
		return strings.TrimSpace(b.String()) + "\n"
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
{{end}}{{with .Lines}}<ul style="margin:0 0 16px;padding-left:20px">{{range .}}<li style="margin:0 0 4px">{{.}}</li>{{end}}</ul>
{{end}}{{range .Items}}<p style="margin:0 0 16px">{{.Says}}:<br><a href="{{.Link}}" dir="auto"><b>{{.Title}}</b></a>{{with .About}}<br><span dir="auto">{{.}}</span>{{end}}</p>
{{end}}{{if .More}}<p style="margin:0 0 16px">{{.Rest}} <a href="{{.List}}">see all</a></p>
{{end}}<hr style="border:0;border-top:1px solid #888888"><p style="font-size:14px;margin:8px 0 0">{{with .Reason}}You get this because {{.}}. {{end}}{{with .Preferences}}<a href="{{.}}">Choose what you get by e-mail</a>.{{end}}</p>
</div></body></html>
`))
