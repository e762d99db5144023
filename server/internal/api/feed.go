package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hindsight/incident"
	"hindsight/search/plain"
	"hindsight/server/internal/desk"
)

// feedPath is the address of the feed of published retrospectives; parameters are team, service, and token.
const feedPath = prefix + "/retrospectives.atom"

// atomFeed is a feed as RFC 4287 has it.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"` // RFC 3339
	Author  atomPerson  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Updated    string         `xml:"updated"`
	Author     atomPerson     `xml:"author"`
	Link       atomLink       `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Summary    string         `xml:"summary,omitempty"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

// feedReader lets somebody in who may read here, and whoever has a token in the address that opens the feed and nothing else. Feed readers
// cannot sign in, and most send no headers of one's own.
func (s *Server) feedReader(c *gin.Context) {
	secret, given := c.GetQuery("token")
	if !given {
		s.identify(incident.Read)(c)
		return
	}
	v, err := s.holder(c, secret)
	acting(c, v)
	if err == nil && !c.GetBool(feedOnlyKey) {
		err = &requestError{http.StatusForbidden, "a token in an address must be able to read the feed and nothing else; make one with the ability “feed” alone, and revoke this one, which stands in logs now"}
	}
	if err == nil {
		err = v.Check(incident.Feed, false)
	}
	if err != nil {
		s.noteRefusal(c, err)
		fail(c, s.desk.Log, err)
		return
	}
	c.Set(viewerKey, v)
}

// feed answers with the newest published retrospectives that the viewer may see.
func (s *Server) feed(c *gin.Context) {
	asked := c.Request.URL.Query()
	asked.Del("token") // the rest may stand in logs
	n := carrying(c)
	all, err := s.desk.PublishedRetros(c.Request.Context(), desk.RetroQuery{Teams: asked["team"], Services: asked["service"]}, viewer(c).Sight())
	if err != nil {
		fail(c, s.desk.Log, err)
		return
	}
	for _, r := range all {
		carries(c.Request.Context(), r.VisibleRetro.Incident)
	}
	feed, latest := s.atom(all, asked)
	body, err := xml.MarshalIndent(feed, "", " ")
	if err == nil && *n > 0 {
		err = s.desk.Carried(c.Request.Context(), c.FullPath(), asked.Encode(), *n)
	}
	if err != nil {
		fail(c, s.desk.Log, err)
		return
	}
	body = append([]byte(xml.Header), append(body, '\n')...)
	sum := sha256.Sum256(body)
	h := c.Writer.Header()
	h.Set("Cache-Control", "private, no-cache") // kept by the reader, who asks each time whether there is something new
	h.Set("ETag", `W/"`+hex.EncodeToString(sum[:16])+`"`)
	h.Set("Content-Type", "application/atom+xml; charset=utf-8")
	http.ServeContent(c.Writer, c.Request, "", latest, strings.NewReader(string(body)))
}

// atom writes retrospectives as a feed, and says when the latest of them was published.
func (s *Server) atom(all []desk.PublishedRetro, asked url.Values) (atomFeed, time.Time) {
	base := strings.TrimSuffix(s.desk.BaseURL, "/")
	self, page := base+feedPath, base+"/retrospectives"
	if query := asked.Encode(); query != "" {
		self, page = self+"?"+query, page+"?"+query
	}
	f := atomFeed{ID: self, Title: "Published retrospectives", Author: atomPerson{"Hindsight"}, Links: []atomLink{{"self", "application/atom+xml", self}, {"alternate", "text/html", page}}}
	latest := time.Unix(0, 0).UTC() // of an empty feed: it has to say some time
	for _, r := range all {
		if r.Snapshot.At.After(latest) {
			latest = r.Snapshot.At
		}
		inc := r.VisibleRetro.Incident
		at := base + "/incidents/" + url.PathEscape(string(inc.ID)) + "/retrospective"
		e := atomEntry{ID: at, Title: words(r.Snapshot.Body.Title), Updated: r.Snapshot.At.UTC().Format(time.RFC3339), Author: atomPerson{words(r.Snapshot.By)}, Link: atomLink{"alternate", "text/html", at}}
		if e.Author.Name == "" {
			e.Author.Name = f.Author.Name
		}
		for _, u := range inc.Services {
			e.Categories = append(e.Categories, atomCategory{words(s.desk.Live.Snapshot().Name(u.Service))})
		}
		for _, x := range r.Snapshot.Body.Sections {
			if x.Slug == "summary" {
				e.Summary = strings.TrimSpace(plain.Text(x.Text, incident.Markdown))
			}
		}
		f.Entries = append(f.Entries, e)
	}
	f.Updated = latest.UTC().Format(time.RFC3339)
	return f, latest
}

// words is a text on one line. What XML cannot hold, encoding/xml replaces.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }
