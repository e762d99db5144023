package statuspage

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"

	"hindsight/importers"
	"hindsight/incident"
)

// notice is an event in the archive of the AWS Service Health Dashboard. Its history is one HTML text; the
// meaning of its status, a number from 1 to 3, is published nowhere, so it is kept as it stands.
type notice struct {
	ServiceName string          `json:"service_name"`
	Summary     string          `json:"summary"`
	Date        json.RawMessage `json:"date"` // Unix seconds of the first post, as text or number
	Status      json.RawMessage `json:"status"`
	Details     string          `json:"details"`
	Description string          `json:"description"`
	Service     string          `json:"service"`
}

// mapAWS turns a notice into a draft. The only end that it knows is when the last post said "resolved".
func mapAWS(raw incident.Raw) (importers.Draft, error) {
	var n notice
	if err := json.Unmarshal(raw.Body, &n); err != nil {
		return importers.Draft{}, wrongShape(err)
	}
	var d importers.Draft
	date := strings.Trim(string(n.Date), `"`)
	if err := d.SetTime(incident.Opened, name, "date", date, importers.TimeFormat{Layout: importers.UnixTime}); err != nil {
		return d, err
	}
	opened := d.Incident.Milestones.At(incident.Opened)
	if opened.IsZero() {
		return d, &importers.MapError{Field: "date", Value: date, Reason: "the notice does not say when it appeared"}
	}
	inc := &d.Incident
	inc.Ref = incident.Ref{Type: posts, ExternalID: raw.ExternalID}
	inc.Origin = incident.OriginStatusPage
	inc.Kind, inc.Status = incident.Real, incident.Investigating
	title, resolved := strings.CutPrefix(importers.Line(n.Summary), "[RESOLVED]")
	d.SetTitle("summary", title)
	d.AddServices(n.ServiceName)
	d.AddCustom("service", n.Service)
	d.AddCustom("status", strings.Trim(string(n.Status), `"`))
	d.AddCustom("details", n.Details)

	posts := readPosts(n.Description, opened)
	var texts []string
	for i, p := range posts {
		texts = append(texts, p.text)
		d.Timeline = append(d.Timeline, incident.TimelineEvent{At: p.at, Kind: incident.EventNote, Text: p.text, RawKind: p.clock, Pos: i})
	}
	inc.Description, inc.Format = strings.Join(texts, "\n\n"), incident.Plain
	if !resolved || len(posts) == 0 {
		return d, nil
	}
	last := posts[len(posts)-1]
	inc.Status, inc.StatusRaw = incident.Resolved, "RESOLVED"
	d.Timeline[len(posts)-1].Kind = incident.EventResolved
	inc.Milestones.Set(incident.ResolvedAt, last.at, incident.ToMinute, incident.FromText, name, "description")
	if len(posts) == 1 {
		inc.Kind = incident.AfterTheFact // the first word about it was that it is over
	}
	return d, nil
}

// message is one post of a notice.
type message struct {
	at    time.Time
	clock string // as written: "Dec 22, 12:34 AM PST"
	text  string
}

var clockPattern = regexp.MustCompile(`(\d{1,2}:\d{2} [AP]M) (PST|PDT)$`)

// readPosts splits a description at its clock times, which stand in spans and name no year and mostly no
// day. Posts follow each other, so a clock that went back means the next day. Text before any clock
// belongs to a post at the opening.
func readPosts(description string, opened time.Time) []message {
	var posts []message
	var text, clock strings.Builder
	at, written, inSpan := opened, "", false
	end := func() {
		if t := importers.Line(text.String()); t != "" {
			posts = append(posts, message{at: at, clock: written, text: t})
		}
		text.Reset()
	}
	for z := html.NewTokenizer(strings.NewReader(description)); ; {
		switch token := z.Next(); token {
		case html.ErrorToken:
			end()
			return posts
		case html.TextToken:
			if inSpan {
				clock.Write(z.Text())
				continue
			}
			text.Write(z.Text()) // entities are resolved by now
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			tag, _ := z.TagName()
			text.WriteByte(' ')
			if string(tag) != "span" {
				continue
			}
			if inSpan = token == html.StartTagToken; inSpan {
				clock.Reset()
			} else if next, ok := readClock(clock.String(), at); ok {
				end()
				at, written = next, importers.Line(clock.String())
			} else {
				text.WriteString(clock.String())
			}
		}
	}
}

// readClock returns the first instant from the minute of after on at which clocks show what text says.
func readClock(text string, after time.Time) (time.Time, bool) {
	g := clockPattern.FindStringSubmatch(importers.Line(text))
	if g == nil {
		return time.Time{}, false
	}
	clock, err := time.Parse("3:04 PM", g[1])
	if err != nil {
		return time.Time{}, false
	}
	zone := time.FixedZone("PST", -8*60*60)
	if g[2] == "PDT" {
		zone = time.FixedZone("PDT", -7*60*60)
	}
	from := after.Truncate(time.Minute)
	day := from.In(zone)
	at := time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, zone)
	if at.Before(from) {
		at = at.AddDate(0, 0, 1)
	}
	return at.UTC(), true
}
