package desk

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/query"
)

const (
	mostViews       = 200 // of one owner
	longestViewPath = 4000
	// ViewsKept is how long a removed view can be put back.
	ViewsKept = 30 * 24 * time.Hour
)

// ViewPages are the pages whose questions can be saved, and what they are called.
var ViewPages = map[string]string{"/incidents": "Incidents", "/search": "Search", "/problems": "Recurring problems", "/causes": "Across services", "/changes": "Changes"}

// Saver is who saves or changes a view.
type Saver struct {
	User  incident.ID // empty: a token that acts for nobody
	Name  string
	Share bool // may share with everybody
	All   bool // may change what others share
}

// mayChange reports whether a view is theirs to change.
func (s Saver) mayChange(v incident.View) bool {
	return v.Of(s.User) || v.Shared && (s.All || v.Owner == "" && s.Share)
}

// ViewPatch is what should be different about a view; nil leaves it as it is.
type ViewPatch struct {
	Name   *string
	Shared *bool
}

// VisibleView is a view and whether the one who looks may change it.
type VisibleView struct {
	incident.View
	MayChange bool
}

// Views returns the views that somebody may see: their own, removed ones too, in their places, and behind them those that others share.
func (d *Desk) Views(ctx context.Context, who Saver) ([]VisibleView, error) {
	all, err := d.Store.Views(ctx, who.User)
	var out []VisibleView
	for _, v := range all {
		if v.Of(who.User) || v.Shared && !v.Removed() {
			out = append(out, VisibleView{v, who.mayChange(v)})
		}
	}
	return out, err
}

// View returns a view in use that somebody may see.
func (d *Desk) View(ctx context.Context, id incident.ID, who Saver) (incident.View, error) {
	v, err := d.Store.View(ctx, id)
	if err != nil {
		return incident.View{}, err
	}
	if v.Removed() || !v.Shared && !v.Of(who.User) {
		return incident.View{}, fmt.Errorf("desk: view %s: %w", id, incident.ErrNotFound)
	}
	return *v, nil
}

// FindView returns a view by its id, or one that is shared by its name. A name that several have is ErrInvalid.
func (d *Desk) FindView(ctx context.Context, wanted string) (incident.View, error) {
	if v, err := d.Store.View(ctx, incident.ID(wanted)); err == nil && !v.Removed() {
		return *v, nil
	} else if err != nil && !errors.Is(err, incident.ErrNotFound) {
		return incident.View{}, err
	}
	shared, err := d.Store.Views(ctx, "")
	if err != nil {
		return incident.View{}, err
	}
	slug := incident.Slug(wanted)
	shared = slices.DeleteFunc(shared, func(v incident.View) bool {
		return v.Removed() || v.Name != wanted && (slug == "" || incident.Slug(v.Name) != slug)
	})
	switch len(shared) {
	case 0:
		return incident.View{}, incident.Invalidf("view", "no shared view is called %q; give the name of one, or an id", wanted)
	case 1:
		return shared[0], nil
	}
	var ids []string
	for _, v := range shared {
		ids = append(ids, string(v.ID)+" by "+v.By)
	}
	return incident.View{}, incident.Invalidf("view", "%d shared views are called %q; give the id of one: %s", len(shared), wanted, strings.Join(ids, ", "))
}

// SaveView keeps a question under a name. path is the address of a list without its host; of its parameters those are kept that the
// page knows, in canonical order and from the first page on.
func (d *Desk) SaveView(ctx context.Context, name, path string, shared bool, who Saver) (incident.View, error) {
	kept, err := viewPath(path, d.Now())
	if err != nil {
		return incident.View{}, err
	}
	if shared && !who.Share {
		return incident.View{}, incident.Invalidf("shared", "your role saves views for yourself alone; who may write can share them")
	}
	all, err := d.Store.Views(ctx, who.User)
	if err != nil {
		return incident.View{}, err
	}
	v := incident.View{ID: incident.NewID("view"), Owner: who.User, By: who.Name, Name: strings.TrimSpace(name), Path: kept, Shared: shared, Place: 1,
		SavedAt: d.Now().UTC().Truncate(time.Microsecond)}
	n := 0
	for _, o := range all {
		if o.Owner == v.Owner && !o.Removed() {
			n++
			v.Place = max(v.Place, o.Place+1)
		}
	}
	if n >= mostViews {
		return incident.View{}, incident.Invalidf("name", "you have %d views, which is as many as there can be; remove one first", n)
	}
	return v, d.putViews(ctx, v)
}

// ChangeView renames a view, or shares it or not.
func (d *Desk) ChangeView(ctx context.Context, id incident.ID, p ViewPatch, who Saver) (incident.View, error) {
	v, err := d.changeable(ctx, id, who)
	if err != nil {
		return v, err
	}
	if p.Name != nil {
		v.Name = strings.TrimSpace(*p.Name)
	}
	if p.Shared != nil && *p.Shared && !v.Shared && !who.Share {
		return v, incident.Invalidf("shared", "your role saves views for yourself alone; who may write can share them")
	}
	if p.Shared != nil {
		v.Shared = *p.Shared
	}
	return v, d.putViews(ctx, v)
}

// RemoveView takes a view out of use. For ViewsKept it can be put back.
func (d *Desk) RemoveView(ctx context.Context, id incident.ID, who Saver) (incident.View, error) {
	v, err := d.changeable(ctx, id, who)
	if err != nil || v.Removed() {
		return v, err
	}
	v.RemovedAt = d.Now().UTC().Truncate(time.Microsecond)
	return v, d.putViews(ctx, v)
}

// PutBackView takes a removal back.
func (d *Desk) PutBackView(ctx context.Context, id incident.ID, who Saver) (incident.View, error) {
	v, err := d.changeable(ctx, id, who)
	if err != nil {
		return v, err
	}
	v.RemovedAt = time.Time{}
	return v, d.putViews(ctx, v)
}

// MoveView exchanges a view of somebody's own with the one before it, or behind it. At the end nothing happens.
func (d *Desk) MoveView(ctx context.Context, id incident.ID, up bool, who Saver) error {
	all, err := d.Store.Views(ctx, who.User)
	if err != nil {
		return err
	}
	own := slices.DeleteFunc(all, func(v incident.View) bool { return !v.Of(who.User) || v.Removed() })
	i := slices.IndexFunc(own, func(v incident.View) bool { return v.ID == id })
	if i < 0 {
		return fmt.Errorf("desk: view %s of %s: %w", id, who.Name, incident.ErrNotFound)
	}
	j := i + 1
	if up {
		j = i - 1
	}
	if j < 0 || j == len(own) {
		return nil
	}
	own[i], own[j] = own[j], own[i]
	for at := range own {
		own[at].Place = at + 1
	}
	return d.putViews(ctx, own...)
}

// changeable returns a view, in use or removed, that is somebody's to change. One that they may not see is not found.
func (d *Desk) changeable(ctx context.Context, id incident.ID, who Saver) (incident.View, error) {
	v, err := d.Store.View(ctx, id)
	if err != nil {
		return incident.View{}, err
	}
	if who.mayChange(*v) {
		return *v, nil
	}
	if v.Shared && !v.Removed() {
		return *v, incident.Invalidf("view", "%s saved this view; who saved it, or an administrator, can change it", v.By)
	}
	return incident.View{}, fmt.Errorf("desk: view %s: %w", id, incident.ErrNotFound)
}

// putViews writes views, and forgets those that were removed long ago.
func (d *Desk) putViews(ctx context.Context, vs ...incident.View) error {
	for _, v := range vs {
		if err := v.Validate(); err != nil {
			return err
		}
	}
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		for _, v := range vs {
			if err := tx.PutView(v); err != nil {
				return err
			}
		}
		return tx.SweepViews(d.Now().UTC().Add(-ViewsKept))
	})
	if errors.Is(err, incident.ErrConflict) {
		return incident.Invalidf("name", "there is a view called %q already; choose another name", vs[0].Name)
	}
	return err
}

// viewPath reads the address of a list and writes it canonically.
func viewPath(path string, now time.Time) (string, error) {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" || ViewPages[u.Path] == "" {
		return "", incident.Invalidf("path", "%.80q is not the address of a list that can be saved; there are %s", path, "/incidents, /search, /problems, /causes and /changes")
	}
	var text string
	switch u.Path {
	case "/problems":
		text = problemParameters(u.Query())
	case "/changes":
		text, err = firstPage(query.ParseChanges(u.Query(), now))
	default:
		text, err = firstPage(query.Parse(u.Query(), now))
	}
	switch {
	case err != nil:
		return "", err
	case len(text) > longestViewPath:
		return "", incident.Invalidf("path", "this question is longer than %d characters; take some of its filters away", longestViewPath)
	case text == "":
		return u.Path, nil
	}
	return u.Path + "?" + text, nil
}

func firstPage(q query.Query, err error) (string, error) {
	q.After, q.Limit = "", 0
	return q.Encode(), err
}

// problemParameters are those that the list of problems knows, in the order in which its links have them.
func problemParameters(v url.Values) string {
	var out []string
	for _, name := range []string{"q", "state", "stage", "owner", "service", "sort"} {
		for _, value := range v[name] {
			if value = strings.TrimSpace(value); value != "" {
				out = append(out, name+"="+url.QueryEscape(value))
			}
		}
	}
	return strings.Join(out, "&")
}
