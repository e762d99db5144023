package desk

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"hindsight/incident"
	"hindsight/search"
	"hindsight/server/internal/query"
)

// mostViewsAsked bounds how many saved views one question may use, those within views included.
const mostViewsAsked = 20

// opened are the saved views that a question is being resolved within.
type opened struct {
	ids   []incident.ID // from the outermost inwards
	names []string
	n     int // resolved so far
}

// viewsIn returns what each view:NAME of a query asks, by NAME. ErrInvalid says which name nobody who looks may use, which view is no question
// about incidents, and which views lead to one another.
func (d *Desk) viewsIn(ctx context.Context, q search.Query, sight incident.Sight, within *opened) (map[string]search.Request, error) {
	out := map[string]search.Request{}
	for _, c := range q.Clauses {
		if c.Field != search.ViewField {
			continue
		}
		for _, t := range c.Any {
			if _, done := out[t.Text]; done {
				continue
			}
			v, err := d.viewNamed(ctx, t.Text, sight.User)
			if err != nil {
				return nil, err
			}
			if out[t.Text], err = d.viewAsked(ctx, v, sight, within); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// viewAsked returns the question of a view, without its order.
func (d *Desk) viewAsked(ctx context.Context, v incident.View, sight incident.Sight, within *opened) (search.Request, error) {
	if slices.Contains(within.ids, v.ID) {
		return search.Request{}, incident.Invalidf("q", "the saved view %q asks for itself: %s", v.Name, strings.Join(append(within.names, v.Name), ", which asks for "))
	}
	if within.n++; within.n > mostViewsAsked {
		return search.Request{}, incident.Invalidf("q", "this question uses more than %d saved views, those within views included; use fewer", mostViewsAsked)
	}
	page, text, _ := strings.Cut(v.Path, "?")
	if page != "/incidents" && page != "/search" {
		return search.Request{}, incident.Invalidf("q", "the saved view %q is a list of another sort (%s); view: takes those of incidents and searches", v.Name, ViewPages[page])
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		return search.Request{}, err
	}
	q, err := query.Parse(values, d.Now())
	if err == nil {
		within.ids, within.names = append(within.ids, v.ID), append(within.names, v.Name)
		var req search.Request
		req, _, err = d.scope(ctx, q, sight, within)
		within.ids, within.names = within.ids[:len(within.ids)-1], within.names[:len(within.names)-1]
		if err == nil {
			return req, nil
		}
	}
	var fault *incident.FieldError
	if errors.As(err, &fault) && fault.Field != "q" {
		return search.Request{}, incident.Invalidf("q", "the saved view %q cannot be used any more: %v", v.Name, err)
	}
	return search.Request{}, err
}

// viewNamed finds a view in use that a user may see: by its id, else their own of that name, else the one that is shared.
func (d *Desk) viewNamed(ctx context.Context, wanted string, user incident.ID) (incident.View, error) {
	all, err := d.Store.Views(ctx, user)
	if err != nil {
		return incident.View{}, err
	}
	all = slices.DeleteFunc(all, func(v incident.View) bool { return v.Removed() || !v.Shared && !v.Of(user) })
	slug := incident.Slug(wanted)
	for _, fits := range []func(v incident.View) bool{
		func(v incident.View) bool { return string(v.ID) == wanted },
		func(v incident.View) bool { return v.Of(user) && v.Name == wanted },
		func(v incident.View) bool { return v.Of(user) && slug != "" && incident.Slug(v.Name) == slug },
		func(v incident.View) bool { return v.Name == wanted },
		func(v incident.View) bool { return slug != "" && incident.Slug(v.Name) == slug },
	} {
		var found []incident.View
		for _, v := range all {
			if fits(v) {
				found = append(found, v)
			}
		}
		if len(found) > 1 {
			return incident.View{}, incident.Invalidf("q", "%d saved views are called %q; write the id of one: %s", len(found), wanted, viewIDs(found))
		}
		if len(found) == 1 {
			return found[0], nil
		}
	}
	return incident.View{}, incident.Invalidf("q", "there is no saved view %q that you may use; the page Saved views lists those that you may", wanted)
}

func viewIDs(views []incident.View) string {
	var out []string
	for _, v := range views {
		out = append(out, "view:"+string(v.ID)+" by "+v.By)
	}
	return strings.Join(out, ", ")
}
