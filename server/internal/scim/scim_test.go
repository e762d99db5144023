package scim_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/pgtest"
	"hindsight/server/internal/scim"
	"hindsight/server/internal/store"
	"hindsight/server/internal/store/storetest"
)

// provider is an identity provider that talks to a server over a real store.
type provider struct {
	*testing.T
	store  *store.Store
	auth   *auth.Service
	server *httptest.Server
	token  string
}

// onBoth runs a test on both databases.
func onBoth(t *testing.T, test func(provider)) {
	t.Run("sqlite", func(t *testing.T) { test(newProvider(t, storetest.SQLite(t))) })
	t.Run("postgres", func(t *testing.T) {
		test(newProvider(t, storetest.Open(t, store.Config{URL: pgtest.URL(t)})))
	})
}

func newProvider(t *testing.T, s *store.Store) provider {
	t.Helper()
	accounts := auth.New(s, time.Now)
	p := provider{T: t, store: s, auth: accounts}
	p.token = p.newToken(incident.Admin)
	handler := (&scim.Server{Store: s, Tokens: accounts, BaseURL: "https://hindsight.example.com", Now: time.Now, Log: slog.New(slog.DiscardHandler)}).Handler()
	p.server = httptest.NewServer(handler)
	t.Cleanup(p.server.Close)
	return p
}

func (p provider) newToken(role incident.Role) string {
	p.Helper()
	owner, err := p.auth.CreateServiceAccount(p.Context(), "provisioning-as-"+string(role), "", role)
	if err != nil {
		p.Fatal(err)
	}
	secret, _, err := p.auth.CreateToken(p.Context(), auth.NewToken{Name: "provisioning", Owner: *owner, Abilities: role.Abilities(), Lasts: time.Hour, Grants: incident.Abilities})
	if err != nil {
		p.Fatal(err)
	}
	return secret
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	text   string
}

// send sends a request as Entra ID and Okta do; body is JSON or empty. header are pairs.
func (p provider) send(method, path, body string, header ...string) answer {
	p.Helper()
	req, err := http.NewRequestWithContext(context.WithoutCancel(p.Context()), method, p.server.URL+scim.Prefix+path, strings.NewReader(body))
	if err != nil {
		p.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	if body != "" {
		req.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		p.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, text: string(text)}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &a.body); err != nil {
			p.Fatalf("%s %s answers no JSON: %v\n%s", method, path, err, text)
		}
		if got := res.Header.Get("Content-Type"); got != "application/scim+json" {
			p.Errorf("%s %s has Content-Type %q", method, path, got)
		}
	}
	return a
}

// must is send for a request that has to have a status.
func (p provider) must(status int, method, path, body string, header ...string) answer {
	p.Helper()
	a := p.send(method, path, body, header...)
	if a.status != status {
		p.Fatalf("%s %s = %d, want %d\n%s", method, path, a.status, status, a.text)
	}
	return a
}

// at returns what stands in an answer under names and numbers: at("emails.0.value").
func (a answer) at(path string) any {
	var v any = a.body
	for _, name := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			i := int(name[0] - '0')
			if i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// says compares parts of an answer with what they should be; pairs of path and value.
func (p provider) says(a answer, pairs ...any) {
	p.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got := a.at(pairs[i].(string)); got != pairs[i+1] {
			p.Errorf("%v is %v, want %v\n%s", pairs[i], got, pairs[i+1], a.text)
		}
	}
}

func (p provider) found(path, filter string) answer {
	p.Helper()
	return p.must(http.StatusOK, "GET", path+"?filter="+url.QueryEscape(filter), "")
}

// newUser makes a user and returns their id.
func (p provider) newUser(name string) string {
	p.Helper()
	a := p.must(http.StatusCreated, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"`+name+`","externalId":"ext-`+name+`","active":true}`)
	return a.at("id").(string)
}

func patchOps(operations string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + operations + `]}`
}

// signedIn opens a session of a user and returns a function that says whether it goes on.
func (p provider) signedIn(id string) func() bool {
	p.Helper()
	secret, err := p.auth.Open(p.Context(), incident.ID(id), auth.Visit{Agent: "test"})
	if err != nil {
		p.Fatal(err)
	}
	goes := func() bool { _, _, err := p.auth.Session(p.Context(), secret, "10.0.0.1"); return err == nil }
	if !goes() {
		p.Fatal("a session that was just opened does not go on")
	}
	return goes
}

func TestWhoMayProvision(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t))
	for _, tc := range []struct {
		name, token string
		want        int
	}{
		{"no token", "", http.StatusUnauthorized},
		{"unknown token", "hst_none", http.StatusUnauthorized},
		{"a token that may not administer", p.newToken(incident.Manager), http.StatusForbidden},
		{"a token that may", p.token, http.StatusOK},
	} {
		t.Run(tc.name, func(t *testing.T) {
			q := p
			q.T, q.token = t, tc.token
			for _, path := range []string{"/Users", "/Groups", "/ServiceProviderConfig", "/Schemas"} {
				if a := q.send("GET", path, ""); a.status != tc.want || tc.want == 401 && !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
					t.Errorf("GET %s = %d, want %d\n%s", path, a.status, tc.want, a.text)
				}
			}
		})
	}
	req, _ := http.NewRequest("GET", p.server.URL+"/scim/v2/Users", nil)
	req.AddCookie(&http.Cookie{Name: "hindsight_session", Value: "x"})
	if res, err := http.DefaultClient.Do(req); err != nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("with a browser's cookie: %v, %v, want 401", res, err)
	}
}

// TestDiscovery reads what sections 4 and 5 of RFC 7643 and section 4 of RFC 7644 ask for.
func TestDiscovery(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t))
	config := p.must(200, "GET", "/ServiceProviderConfig", "")
	p.says(config, "patch.supported", true, "bulk.supported", false, "filter.supported", true, "etag.supported", true, "changePassword.supported", false,
		"authenticationSchemes.0.type", "oauthbearertoken", "schemas.0", "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig")
	types := p.must(200, "GET", "/ResourceTypes", "")
	p.says(types, "totalResults", 2.0, "Resources.0.endpoint", "/Users", "Resources.1.endpoint", "/Groups", "Resources.0.schema", "urn:ietf:params:scim:schemas:core:2.0:User")
	p.says(p.must(200, "GET", "/ResourceTypes/Group", ""), "name", "Group")
	p.must(404, "GET", "/ResourceTypes/Device", "")
	schemas := p.must(200, "GET", "/Schemas", "")
	p.says(schemas, "totalResults", 2.0, "schemas.0", "urn:ietf:params:scim:api:messages:2.0:ListResponse", "Resources.0.attributes.0.name", "userName",
		"Resources.0.attributes.0.uniqueness", "server", "Resources.0.attributes.0.required", true, "Resources.0.attributes.0.caseExact", false)
	if strings.Contains(schemas.text, "null") {
		t.Errorf("a schema has a null, which Entra ID's documentation forbids:\n%s", schemas.text)
	}
	p.says(p.must(200, "GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group", ""), "name", "Group", "attributes.1.name", "members")
	p.must(403, "GET", "/Schemas?filter=name+pr", "")
}

func TestPagesOfAList(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t))
	made := map[string]bool{}
	for _, name := range []string{"u1", "u2", "u3", "u4", "u5"} {
		made[p.newUser(name)] = true
	}
	seen := map[string]bool{}
	for _, start := range []string{"1", "3", "5"} {
		a := p.must(200, "GET", "/Users?count=2&startIndex="+start, "")
		p.says(a, "totalResults", 5.0)
		for _, u := range a.at("Resources").([]any) {
			seen[u.(map[string]any)["id"].(string)] = true
		}
	}
	if len(seen) != len(made) {
		t.Errorf("three pages show %d users, want all %d", len(seen), len(made))
	}
	for _, tc := range []struct {
		query        string
		start, shown float64
	}{{"", 1, 5}, {"?count=0", 1, 0}, {"?count=-1", 1, 0}, {"?startIndex=0", 1, 5}, {"?startIndex=-7", 1, 5}, {"?startIndex=6", 6, 0}, {"?startIndex=99999999", 99999999, 0}} {
		p.says(p.must(200, "GET", "/Users"+tc.query, ""), "totalResults", 5.0, "startIndex", tc.start, "itemsPerPage", tc.shown)
	}
	p.says(p.must(400, "GET", "/Users?count=many", ""), "scimType", "invalidValue", "status", "400")
}

// TestEntityTags: RFC 7644, section 3.14.
func TestEntityTags(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t))
	path := "/Users/" + p.newUser("ann")
	first := p.must(200, "GET", path, "")
	tag := first.header.Get("ETag")
	if !strings.HasPrefix(tag, `W/"`) || first.at("meta.version") != tag {
		t.Errorf("ETag %q, meta.version %v", tag, first.at("meta.version"))
	}
	p.must(304, "GET", path, "", "If-None-Match", tag)
	rename := patchOps(`{"op":"replace","path":"displayName","value":"Ann"}`)
	p.must(200, "PATCH", path, rename, "If-Match", tag)
	p.must(412, "PATCH", path, rename, "If-Match", tag)
	p.must(412, "PUT", path, `{"userName":"ann"}`, "If-Match", tag)
	p.must(412, "DELETE", path, "", "If-Match", tag)
	now := p.must(200, "GET", path, "", "If-None-Match", tag).header.Get("ETag")
	if _, err := p.store.Update(t.Context(), func(tx incident.Tx) error {
		u, err := tx.UserByID(incident.ID(first.at("id").(string)))
		if err != nil {
			return err
		}
		u.Display = "Somebody Else"
		return tx.PutUser(*u)
	}); err != nil {
		t.Fatal(err)
	}
	p.must(412, "PATCH", path, rename, "If-Match", now)
	p.must(200, "PATCH", path, rename, "If-Match", "*")
}

func TestErrorsSayWhatIsWrong(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t))
	id := p.newUser("ann")
	for _, tc := range []struct {
		name, method, path, body string
		status                   int
		scimType                 any
	}{
		{"no JSON", "POST", "/Users", `{"userName":`, 400, "invalidSyntax"},
		{"more behind it", "POST", "/Users", `{"userName":"bob"} {}`, 400, "invalidSyntax"},
		{"a list", "POST", "/Users", `[]`, 400, "invalidSyntax"},
		{"no userName", "POST", "/Users", `{"displayName":"Bob"}`, 400, "invalidValue"},
		{"a number for a name", "POST", "/Users", `{"userName":7}`, 400, "invalidValue"},
		{"active is no boolean", "POST", "/Users", `{"userName":"bob","active":"perhaps"}`, 400, "invalidValue"},
		{"userName taken, other case", "POST", "/Users", `{"userName":"ANN"}`, 409, "uniqueness"},
		{"externalId taken", "POST", "/Users", `{"userName":"bob","externalId":"ext-ann"}`, 409, "uniqueness"},
		{"no such user", "GET", "/Users/usr_none", "", 404, nil},
		{"no such user to change", "PUT", "/Users/usr_none", `{"userName":"x"}`, 404, nil},
		{"no operations", "PATCH", "/Users/" + id, patchOps(""), 400, "invalidSyntax"},
		{"no schema", "PATCH", "/Users/" + id, `{"Operations":[{"op":"add"}]}`, 400, "invalidSyntax"},
		{"unknown op", "PATCH", "/Users/" + id, patchOps(`{"op":"move","path":"userName"}`), 400, "invalidSyntax"},
		{"remove without a path", "PATCH", "/Users/" + id, patchOps(`{"op":"remove"}`), 400, "noTarget"},
		{"remove what is required", "PATCH", "/Users/" + id, patchOps(`{"op":"remove","path":"userName"}`), 400, "mutability"},
		{"change the id", "PATCH", "/Users/" + id, patchOps(`{"op":"replace","path":"id","value":"x"}`), 400, "mutability"},
		{"replace what is not there", "PATCH", "/Users/" + id, patchOps(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"x@example.com"}`), 400, "noTarget"},
		{"a path that does not end", "PATCH", "/Users/" + id, patchOps(`{"op":"replace","path":"emails[type eq \"work","value":"x"}`), 400, "invalidPath"},
		{"a filter that ends early", "GET", "/Users?filter=userName+eq", "", 400, "invalidFilter"},
		{"an unknown attribute", "GET", "/Users?filter=nickName+eq+%22x%22", "", 400, "invalidFilter"},
		{"a member who is nobody", "POST", "/Groups", `{"displayName":"Core","members":[{"value":"usr_none"}]}`, 400, "invalidValue"},
		{"a group without letters", "POST", "/Groups", `{"displayName":"---"}`, 400, "invalidValue"},
		{"both attributes and excludedAttributes", "GET", "/Users?attributes=userName&excludedAttributes=emails", "", 400, "invalidValue"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			q := p
			q.T = t
			a := q.must(tc.status, tc.method, tc.path, tc.body)
			q.says(a, "schemas.0", "urn:ietf:params:scim:api:messages:2.0:Error", "scimType", tc.scimType)
			if status, _ := a.at("status").(string); len(status) != 3 || a.at("detail") == "" {
				t.Errorf("the answer is %s", a.text)
			}
		})
	}
	p.must(415, "POST", "/Users", `{"userName":"bob"}`, "Content-Type", "text/plain")
	p.must(413, "POST", "/Users", `{"userName":"`+strings.Repeat("x", 5<<20)+`"}`)
}

// TestUsersWhoWereHereBefore: a provider takes over a user that it finds, and cannot shut everybody out.
func TestUsersWhoWereHereBefore(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t))
	root, err := p.auth.CreateUser(t.Context(), "root", "Root", "correct horse battery", incident.Admin)
	if err != nil {
		t.Fatal(err)
	}
	found := p.found("/Users", `userName eq "Root"`)
	p.says(found, "totalResults", 1.0, "Resources.0.displayName", "Root", "Resources.0.active", true)
	path := "/Users/" + string(root.ID)
	p.says(p.must(403, "PATCH", path, patchOps(`{"op":"replace","path":"active","value":false}`)), "status", "403")
	p.must(403, "DELETE", path, "")
	second, err := p.auth.CreateUser(t.Context(), "second", "", "correct horse battery", incident.Admin)
	if err != nil {
		t.Fatal(err)
	}
	p.says(p.must(200, "PATCH", path, patchOps(`{"op":"replace","value":{"externalId":"7","name":{"givenName":"Root","familyName":"Admin"},"displayName":null}}`)),
		"externalId", "7", "displayName", nil, "name.familyName", "Admin")
	if u, err := p.store.User(t.Context(), root.ID); err != nil || u.Role != incident.Admin || u.Display != "Root Admin" {
		t.Errorf("after the provider took the user over: %+v, %v", u, err)
	}
	p.must(204, "DELETE", path, "")
	p.must(403, "DELETE", "/Users/"+string(second.ID), "")
	if _, err := p.auth.Authenticate(t.Context(), "root", "correct horse battery", auth.Visit{Address: "10.0.0.1"}); err == nil {
		t.Error("a deleted user signs in")
	}
}

// TestServiceAccountsAreNotShown: a provider has people, and neither sees nor changes the accounts of programs.
func TestServiceAccountsAreNotShown(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t))
	all, err := p.store.Users(t.Context())
	if err != nil || len(all) != 1 || !all[0].Service {
		t.Fatalf("there are %+v, %v; want the service account of the token", all, err)
	}
	path := "/Users/" + string(all[0].ID)
	p.says(p.must(200, "GET", "/Users", ""), "totalResults", 0.0)
	p.says(p.found("/Users", `userName eq "`+all[0].Name+`"`), "totalResults", 0.0)
	p.must(404, "GET", path, "")
	p.must(404, "PATCH", path, patchOps(`{"op":"replace","path":"active","value":false}`))
	p.must(404, "DELETE", path, "")
}

// TestIdentitiesFollow: the identity by which sign-in finds a user has the provider's id, or without one the user's own.
func TestIdentitiesFollow(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t))
	id := p.must(201, "POST", "/Users", `{"userName":"ann","emails":[{"value":"Ann@Example.com"}]}`).at("id").(string)
	known := func() string {
		t.Helper()
		all, err := p.store.Identities(t.Context(), incident.ID(id))
		if err != nil {
			t.Fatal(err)
		}
		out := ""
		for _, i := range all {
			out += i.Issuer + " " + i.Subject + " " + i.Email + ";"
		}
		return out
	}
	if got := known(); got != "scim "+id+" ann@example.com;" {
		t.Errorf("without an externalId: %s", got)
	}
	p.must(200, "PATCH", "/Users/"+id, patchOps(`{"op":"add","path":"externalId","value":"42"}`))
	p.must(200, "PATCH", "/Users/"+id, patchOps(`{"op":"replace","path":"emails","value":[{"value":"other@example.com"}]}`))
	if got := known(); got != "scim 42 other@example.com;" {
		t.Errorf("with one: %s", got)
	}
	p.must(204, "DELETE", "/Users/"+id, "")
	if got := known(); got != "" {
		t.Errorf("after a delete: %s", got)
	}
}

// TestTwoMembersAtOnce: requests that change different members of one group all have their way.
func TestTwoMembersAtOnce(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t))
	path := "/Groups/" + p.must(201, "POST", "/Groups", `{"displayName":"Core"}`).at("id").(string)
	var all sync.WaitGroup
	for _, name := range []string{"u1", "u2", "u3", "u4", "u5", "u6"} {
		id := p.newUser(name)
		all.Go(func() {
			if a := p.send("PATCH", path, patchOps(`{"op":"add","path":"members","value":[{"value":"`+id+`"}]}`)); a.status != 204 {
				t.Errorf("adding %s = %d: %s", name, a.status, a.text)
			}
		})
	}
	all.Wait()
	if members := p.must(200, "GET", path, "").at("members").([]any); len(members) != 6 {
		t.Errorf("%d members, want 6", len(members))
	}
}

// TestWhatIsAskedFor: RFC 7644, section 3.9.
func TestWhatIsAskedFor(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t))
	path := "/Users/" + p.must(201, "POST", "/Users", `{"userName":"ann","name":{"givenName":"Ann","familyName":"Other"},"emails":[{"value":"a@example.com","type":"work"}]}`).at("id").(string)
	p.says(p.must(200, "GET", path+"?attributes=USERNAME,emails.value,name.givenName", ""), "userName", "ann", "emails.0.value", "a@example.com", "emails.0.type", nil,
		"name.givenName", "Ann", "name.familyName", nil, "active", nil, "meta", nil)
	p.says(p.must(200, "GET", path+"?excludedAttributes=emails.type,name,id", ""), "emails.0.value", "a@example.com", "emails.0.type", nil, "name", nil, "active", true)
	if a := p.must(200, "GET", path+"?attributes=nickName", ""); len(a.body) != 2 || a.at("id") == nil {
		t.Errorf("asked for what is not kept, the answer is %s", a.text)
	}
}
