package scim

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/incident"
)

// resource is a user or a team as the provider sees it.
type resource struct {
	id      incident.ID
	values  map[string]any // what the provider may say, normal
	derived map[string]any // what this side says beside it
	created time.Time
	changed time.Time
}

// collection is the resources of one type.
type collection struct {
	*Server
	schema schema
	// all returns those that the provider may know of, by id.
	all func(context.Context) ([]resource, error)
	// one returns the one with an id, or incident.ErrNotFound; nil: it is looked for among all.
	one func(context.Context, incident.ID) (resource, error)
	// called returns the id of the one that a name is unique to, or incident.ErrNotFound; nil: likewise.
	called func(ctx context.Context, name string) (incident.ID, error)
	// put makes a resource of what the provider says; before is what it was, nil for a new one.
	put func(ctx context.Context, before *resource, values map[string]any) (incident.ID, error)
	// drop takes a resource away.
	drop func(ctx context.Context, it resource) error
	// silent: a PATCH is answered without a body, which could be long.
	silent bool
}

// find returns the resource that a request is about.
func (c collection) find(ctx context.Context, id incident.ID) (resource, error) {
	if c.one != nil {
		it, err := c.one(ctx, id)
		if errors.Is(err, incident.ErrNotFound) {
			err = gone(c.schema, string(id))
		}
		return it, err
	}
	all, err := c.all(ctx)
	if err != nil {
		return resource{}, err
	}
	i := slices.IndexFunc(all, func(r resource) bool { return r.id == id })
	if i < 0 {
		return resource{}, gone(c.schema, string(id))
	}
	return all[i], nil
}

func (c collection) get(w http.ResponseWriter, r *http.Request) (int, any, error) {
	it, err := c.find(r.Context(), incident.ID(r.PathValue("id")))
	if err != nil {
		return 0, nil, err
	}
	if tag := c.tag(it); matches(r.Header.Get("If-None-Match"), tag) {
		w.Header().Set("ETag", tag)
		return http.StatusNotModified, nil, nil
	}
	return c.show(w, r, http.StatusOK, it)
}

// show answers with a resource.
func (c collection) show(w http.ResponseWriter, r *http.Request, status int, it resource) (int, any, error) {
	w.Header().Set("ETag", c.tag(it))
	w.Header().Set("Content-Location", c.location(it))
	if status == http.StatusCreated {
		w.Header().Set("Location", c.location(it))
	}
	shown, err := projected(c.document(it), r.URL.Query(), c.schema)
	return status, shown, err
}

func (c collection) location(it resource) string {
	return c.BaseURL + Prefix + c.schema.path + "/" + string(it.id)
}

// document is a resource with all its attributes.
func (c collection) document(it resource) map[string]any {
	out := c.untagged(it)
	out["meta"].(map[string]any)["version"] = c.tag(it)
	return out
}

// untagged is a resource with all its attributes but the version, which takes a while to compute.
func (c collection) untagged(it resource) map[string]any {
	out := map[string]any{"schemas": []any{c.schema.urn}, "id": string(it.id)}
	for _, values := range []map[string]any{it.values, it.derived} {
		for name, v := range values {
			out[name] = v
		}
	}
	out["meta"] = map[string]any{"resourceType": c.schema.name, "created": stamp(it.created), "lastModified": stamp(it.changed),
		"location": c.location(it)}
	return out
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// tag is the weak entity tag of what a resource is, so that it changes also when somebody else than the provider changes it.
func (c collection) tag(it resource) string {
	text, err := json.Marshal([]any{it.values, it.derived})
	if err != nil {
		panic("scim: a resource of maps and texts is always JSON: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return `W/"` + hex.EncodeToString(sum[:8]) + `"`
}

// matches reports whether a header of entity tags names tag.
func matches(header, tag string) bool {
	for _, t := range strings.Split(header, ",") {
		if t = strings.TrimSpace(t); t == "*" || strings.TrimPrefix(t, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// current returns the resource that a request changes. One that is not as If-Match says is 412.
func (c collection) current(r *http.Request) (resource, error) {
	it, err := c.find(r.Context(), incident.ID(r.PathValue("id")))
	if err != nil {
		return it, err
	}
	if header := r.Header.Get("If-Match"); header != "" && !matches(header, c.tag(it)) {
		return it, &Error{http.StatusPreconditionFailed, "", "it was changed meanwhile; read it again and repeat the change"}
	}
	return it, nil
}

func (c collection) create(w http.ResponseWriter, r *http.Request) (int, any, error) {
	values, err := c.sent(r)
	if err != nil {
		return 0, nil, err
	}
	return c.save(w, r, http.StatusCreated, nil, values)
}

// sent reads a whole resource from a body.
func (c collection) sent(r *http.Request) (map[string]any, error) {
	var body map[string]any
	if err := read(r, &body); err != nil {
		return nil, err
	}
	return normal(body, c.schema)
}

// save puts values and answers with what became of them.
func (c collection) save(w http.ResponseWriter, r *http.Request, status int, before *resource, values map[string]any) (int, any, error) {
	for _, a := range c.schema.attributes {
		if text, _ := values[a.Name].(string); a.Required && strings.TrimSpace(text) == "" {
			return 0, nil, bad("invalidValue", "%s is required", a.Name)
		}
	}
	id, err := c.put(r.Context(), before, values)
	if err != nil {
		return 0, nil, err
	}
	it, err := c.find(r.Context(), id)
	if err != nil {
		return 0, nil, err
	}
	if status == http.StatusNoContent {
		w.Header().Set("ETag", c.tag(it))
		return status, nil, nil
	}
	return c.show(w, r, status, it)
}

// replace puts what a body says in the place of what was. What ties the resource to the provider, and whether it is active,
// stay when the body does not mention them, as section 3.5.1 of RFC 7644 allows: Okta leaves externalId out.
func (c collection) replace(w http.ResponseWriter, r *http.Request) (int, any, error) {
	it, err := c.current(r)
	if err != nil {
		return 0, nil, err
	}
	values, err := c.sent(r)
	if err != nil {
		return 0, nil, err
	}
	for _, name := range []string{"externalId", "active"} {
		if was, ok := it.values[name]; ok && values[name] == nil {
			values[name] = was
		}
	}
	return c.save(w, r, http.StatusOK, &it, values)
}

func (c collection) patch(w http.ResponseWriter, r *http.Request) (int, any, error) {
	it, err := c.current(r)
	if err != nil {
		return 0, nil, err
	}
	var body struct {
		Schemas    []string    `json:"schemas"`
		Operations []operation `json:"Operations"`
	}
	if err := read(r, &body); err != nil {
		return 0, nil, err
	}
	if !slices.Contains(body.Schemas, patchURN) {
		return 0, nil, bad("invalidSyntax", "schemas must name %s", patchURN)
	}
	values, err := patched(it.values, body.Operations, c.schema)
	if err != nil {
		return 0, nil, err
	}
	status := http.StatusOK
	if c.silent && !r.URL.Query().Has("attributes") {
		status = http.StatusNoContent
	}
	return c.save(w, r, status, &it, values)
}

func (c collection) remove(_ http.ResponseWriter, r *http.Request) (int, any, error) {
	it, err := c.current(r)
	if err == nil {
		err = c.drop(r.Context(), it)
	}
	return http.StatusNoContent, nil, err
}

// Pages of a list; see RFC 7644, section 3.4.2.4.
const (
	usualCount = 100
	maxCount   = 500
)

func (c collection) list(_ http.ResponseWriter, r *http.Request) (int, any, error) {
	query := r.URL.Query()
	start, err := number(query.Get("startIndex"), 1)
	if err != nil {
		return 0, nil, err
	}
	count, err := number(query.Get("count"), usualCount)
	if err != nil {
		return 0, nil, err
	}
	found, err := c.selected(r.Context(), query.Get("filter"))
	if err != nil {
		return 0, nil, err
	}
	total, start := len(found), max(start, 1)
	found = found[min(start-1, total):]
	found = found[:min(max(count, 0), maxCount, len(found))]
	page := make([]any, len(found))
	for i, it := range found {
		if page[i], err = projected(c.document(it), query, c.schema); err != nil {
			return 0, nil, err
		}
	}
	return http.StatusOK, map[string]any{"schemas": []string{listURN}, "totalResults": total, "startIndex": start, "itemsPerPage": len(page), "Resources": page}, nil
}

// selected returns the resources that a filter selects, in an order that stays the same.
func (c collection) selected(ctx context.Context, text string) ([]resource, error) {
	var f filter
	if text != "" {
		var err error
		if f, err = parseFilter(text, c.schema); err != nil {
			return nil, err
		}
	}
	all, err := c.candidates(ctx, f)
	if f == nil || err != nil {
		return all, err
	}
	return slices.DeleteFunc(all, func(it resource) bool { return !f.match(c.untagged(it)) }), nil
}

// candidates returns all resources, or, for the question that providers ask most, whether there is one of a name, that one.
func (c collection) candidates(ctx context.Context, f filter) ([]resource, error) {
	eq, ok := f.(compare)
	name, isText := eq.with.(string)
	if !ok || !isText || c.called == nil || eq.op != "eq" || eq.path.attribute.Name != "userName" {
		return c.all(ctx)
	}
	id, err := c.called(ctx, name)
	var it resource
	if err == nil {
		it, err = c.one(ctx, id)
	}
	if errors.Is(err, incident.ErrNotFound) {
		return nil, nil
	}
	return []resource{it}, err
}

func number(text string, usual int) (int, error) {
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, bad("invalidValue", "%q is not a number", text)
	}
	return n, nil
}
