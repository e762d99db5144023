package statuspage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// posts is the collection that is read over the network. It has the name that incidents from files bear as their type,
// so that both roads lead to the same incidents.
const posts = "status_post"

var settings = importers.Fields{
	{Name: "url", Label: "Address", Help: "Of the page, such as https://status.example.com; with an API key it may be left empty. Not needed for files"},
	{Name: "page", Label: "Page id", Help: "With an API key: the id of the page, such as y2j98763l56x"},
	{Name: "key", Label: "API key", Secret: true, Help: "Of a user of the company whose page it is, to read it through the management API. Empty: what the public sees"},
}

// check refuses a key that does not say which page it is for.
func check(cfg importers.Config) error {
	if managed(cfg) && settings.Of(cfg, "page") == "" {
		return incident.Invalidf("page", "with an API key the id of the page is needed")
	}
	return nil
}

// managed reports whether the page is read as its company.
func managed(cfg importers.Config) bool { return settings.Of(cfg, "key") != "" }

func base(cfg importers.Config) string {
	if u := settings.Of(cfg, "url"); u != "" || !managed(cfg) {
		return u
	}
	return "https://api.statuspage.io"
}

func sign(cfg importers.Config, req *http.Request) {
	if managed(cfg) {
		req.Header.Set("Authorization", "OAuth "+settings.Of(cfg, "key"))
	}
}

// rates are the vendor's for its management API, one request a second of which half is used, and for public pages, which
// state none, one a second.
var rates = map[string]importers.Rate{"": {Requests: 2, Per: time.Second}, "/v1/": {Requests: 1, Per: time.Second}}

// cost is a request for a hundred incidents of a page that is managed, and one for each incident of a public one.
func cost(cfg importers.Config) importers.Cost {
	if managed(cfg) {
		return importers.Cost{Page: 100, Path: "/v1/"}
	}
	return importers.Cost{Page: 100, Each: 1}
}

// backfill reads the whole page, newest first. The public lists hold the 50 most recent incidents and maintenances, so the
// page's archive follows, which names all of them by their codes, three months on a page. Every incident is then fetched by
// its code: that is the one form in which all roads give it.
func backfill(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	if managed(in.Config) {
		return manage(ctx, in, at)
	}
	number, empty := 0, 0
	if at.Token == "" {
		recent, _, err := recentLists(ctx, in, time.Time{}, tags{})
		recent.Next = "1 0"
		return recent, err
	}
	if _, err := fmt.Sscanf(at.Token, "%d %d", &number, &empty); err != nil {
		return importers.Slice{}, fmt.Errorf("statuspage: token %q: %w", at.Token, err)
	}
	a, err := in.Client.Get(ctx, "/history.json", url.Values{"page": {strconv.Itoa(number)}})
	if importers.HasStatus(err, http.StatusNotFound, http.StatusForbidden, http.StatusNotAcceptable) {
		return importers.Slice{}, nil // some companies switch the archive off
	}
	var history struct {
		Months []struct {
			Year      int
			Incidents []struct{ Code string }
		}
	}
	if err == nil {
		err = a.JSON(&history)
	}
	if err != nil {
		return importers.Slice{}, err
	}
	var s importers.Slice
	before := len(history.Months) == 0
	for _, month := range history.Months {
		before = before || month.Year > 0 && month.Year < at.From.Year()
		for _, i := range month.Incidents {
			if i.Code != "" {
				s.Touched = append(s.Touched, i.Code)
			}
		}
	}
	s.Held = s.Touched
	if empty++; len(s.Touched) > 0 {
		empty = 0
	}
	if !before && empty < 2 {
		s.Next = fmt.Sprintf("%d %d", number+1, empty)
	}
	return s, nil
}

// tags is the token of polls: what was seen last, and the entity tags of the two lists.
type tags struct {
	Seen         time.Time `json:"seen"`
	Incidents    string    `json:"incidents,omitempty"`
	Maintenances string    `json:"maintenances,omitempty"`
}

// follow tells what changed on the two public lists, which are not sent again while they are the same.
func follow(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	if managed(in.Config) {
		s, err := manage(ctx, in, importers.At{})
		s.Next, s.Last = "1", true
		return s, err
	}
	known := tags{Seen: at.From}
	if at.Token != "" {
		if err := json.Unmarshal([]byte(at.Token), &known); err != nil {
			return importers.Slice{}, fmt.Errorf("statuspage: token %q: %w", at.Token, err)
		}
	}
	s, known, err := recentLists(ctx, in, known.Seen, known)
	if err != nil {
		return s, err
	}
	token, err := json.Marshal(known)
	s.Next, s.Last = string(token), true
	return s, err
}

// recentLists reads both public lists and touches what was updated since.
func recentLists(ctx context.Context, in importers.Input, since time.Time, known tags) (s importers.Slice, now tags, err error) {
	now = known
	for path, tag := range map[string]*string{"/api/v2/incidents.json": &now.Incidents, "/api/v2/scheduled-maintenances.json": &now.Maintenances} {
		req := importers.Request{Path: path}
		if *tag != "" {
			req.Header = http.Header{"If-None-Match": {*tag}}
		}
		a, err := in.Client.Do(ctx, req)
		if importers.HasStatus(err, http.StatusNotModified) {
			continue
		}
		var list struct {
			Incidents    []head
			Maintenances []head `json:"scheduled_maintenances"`
		}
		if err == nil {
			err = a.JSON(&list)
		}
		if err != nil {
			return s, known, err
		}
		*tag = a.Header.Get("ETag")
		for _, h := range append(list.Incidents, list.Maintenances...) {
			if at := h.updated(); h.ID != "" && (at.IsZero() || !at.Before(since)) {
				s.Touched = append(s.Touched, h.ID)
				if at.After(now.Seen) {
					now.Seen = at
				}
			}
		}
	}
	return s, now, nil
}

// head is what an incident is told apart by, and when it changed.
type head struct {
	ID, Code  string
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
}

func (h head) updated() time.Time {
	return importers.ISO(h.UpdatedAt)
}

// manage reads a page of the management API's list, newest first. New incidents push others on to the next page, so that
// some come twice, and none is lost.
func manage(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	const most = 100
	number, _ := strconv.Atoi(at.Token)
	number = max(number, 1)
	var list []json.RawMessage
	err := in.Get(ctx, pagePath(in.Config)+"/incidents", url.Values{"page": {strconv.Itoa(number)}, "limit": {strconv.Itoa(most)}, "per_page": {strconv.Itoa(most)}}, &list)
	if err != nil {
		return importers.Slice{}, err
	}
	var s importers.Slice
	for _, raw := range list {
		body, id, err := identify(raw)
		if err != nil {
			s.Reject("", err.Error(), raw)
			continue
		}
		s.Held = append(s.Held, id)
		s.Records = append(s.Records, importers.Record{ExternalID: id, Body: body})
	}
	if len(list) == most {
		s.Next = strconv.Itoa(number + 1)
	}
	return s, nil
}

func pagePath(cfg importers.Config) string {
	return "/v1/pages/" + url.PathEscape(settings.Of(cfg, "page"))
}

// fetch reads one incident by its code. The public form may hold it under "incident".
func fetch(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	path := "/incidents/" + url.PathEscape(id) + ".json"
	if managed(in.Config) {
		path = pagePath(in.Config) + "/incidents/" + url.PathEscape(id)
	}
	a, err := in.Client.Get(ctx, path, nil)
	if err != nil {
		return importers.Record{}, err
	}
	var wrapped struct{ Incident json.RawMessage }
	if err := a.JSON(&wrapped); err != nil {
		return importers.Record{}, err
	}
	raw := []byte(wrapped.Incident)
	if len(raw) == 0 || string(raw) == "null" {
		raw = a.Body
	}
	body, found, err := identify(raw)
	if err != nil {
		return importers.Record{}, fmt.Errorf("statuspage: fetch %s: %w", id, err)
	}
	var h head
	if json.Unmarshal(raw, &h); h.Code == id {
		found = id
	}
	return importers.Record{ExternalID: found, Body: body}, nil
}

// probe proves that the address is a status page, and says which one.
func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	if managed(in.Config) {
		a, err := in.Client.Get(ctx, pagePath(in.Config), nil)
		var page struct{ Name string }
		if err == nil {
			err = a.JSON(&page)
		}
		return importers.Scope{Identity: "API key", Reach: []string{importers.Line(page.Name)}}, err
	}
	var status struct{ Page struct{ Name string } }
	err := in.Get(ctx, "/api/v2/status.json", nil, &status)
	if err == nil && status.Page.Name == "" {
		err = errors.New("statuspage: the address does not answer as a page of Statuspage does; compatible pages of other vendors may lack its API")
	}
	if err != nil {
		return importers.Scope{}, err
	}
	scope := importers.Scope{Identity: "the public", Reach: []string{importers.Line(status.Page.Name)}}
	if _, err := in.Client.Get(ctx, "/history.json", url.Values{"page": {"1"}}); err != nil {
		scope.Notes = append(scope.Notes, "The page gives no archive: only the 50 most recent incidents and maintenances can be read. Its company may read all with an API key.")
	}
	return scope, nil
}
