package scim_test

import (
	"net/http"
	"strings"
	"testing"

	"hindsight/incident"
)

// TestEntraID sends what Microsoft documents that Entra ID sends, in its order and spelling:
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups (as of March 2025).
// Names and ids are made up.
func TestEntraID(t *testing.T) {
	onBoth(t, func(p provider) {
		// "Test Connection" and "Get User by query - Zero results"
		p.says(p.found("/Users", `userName eq "Test_User_1"`), "totalResults", 0.0, "Resources.0", nil, "schemas.0", "urn:ietf:params:scim:api:messages:2.0:ListResponse")
		// "Create User"
		made := p.must(http.StatusCreated, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
			"externalId":"0a21f0f2","userName":"Test_User_1@example.com","active":true,"emails":[{"primary":true,"type":"work","value":"Test_Mail_1@example.com"}],
			"meta":{"resourceType":"User"},"name":{"formatted":"Given Family","familyName":"Family","givenName":"Given"},"roles":[],
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Ops"}}`)
		id := made.at("id").(string)
		p.says(made, "userName", "Test_User_1@example.com", "externalId", "0a21f0f2", "active", true, "emails.0.value", "Test_Mail_1@example.com", "emails.0.primary", true,
			"name.formatted", "Given Family", "meta.resourceType", "User", "meta.location", "https://hindsight.example.com/scim/v2/Users/"+id, "schemas.0", "urn:ietf:params:scim:schemas:core:2.0:User")
		if made.header.Get("Location") != made.at("meta.location") {
			p.Errorf("Location is %q", made.header.Get("Location"))
		}
		u, err := p.store.User(p.Context(), incident.ID(id))
		if err != nil || u.Name != "test_user_1@example.com" || u.Display != "Given Family" || u.Email != "test_mail_1@example.com" || u.Role != incident.Viewer || u.PasswordHash != "" {
			p.Errorf("the user is stored as %+v, %v", u, err)
		}
		if identity, err := p.store.Identity(p.Context(), incident.BySCIM, "0a21f0f2"); err != nil || identity.User != u.ID {
			p.Errorf("the externalId leads to %v, %v", identity, err)
		}
		// "Get User by query", by what may be matched with; the last as the text without quotes of "Example 1".
		for _, filter := range []string{`userName eq "test_user_1@EXAMPLE.com"`, `externalId eq "0a21f0f2"`, `emails[type eq "work"].value eq "Test_Mail_1@example.com"`,
			`emails.value eq "test_mail_1@example.com"`, `externalId eq 0a21f0f2`} {
			p.says(p.found("/Users", filter), "totalResults", 1.0, "Resources.0.id", id)
		}
		// "Update User [Multi-valued properties]"
		p.says(p.must(http.StatusOK, "PATCH", "/Users/"+id, patchOps(`{"op":"Replace","path":"emails[type eq \"work\"].value","value":"updated@example.com"},{"op":"Replace","path":"name.familyName","value":"Updated"}`)),
			"emails.0.value", "updated@example.com", "emails.0.type", "work", "emails.0.primary", true, "name.familyName", "Updated", "name.givenName", "Given")
		// "Update User [Single-valued properties]"
		p.says(p.must(http.StatusOK, "PATCH", "/Users/"+id, patchOps(`{"op":"Replace","path":"userName","value":"5b50642d@example.com"}`)), "userName", "5b50642d@example.com")
		// An address that was not there before, and attributes that are not kept here.
		p.says(p.must(http.StatusOK, "PATCH", "/Users/"+id, patchOps(`{"op":"Add","path":"emails[type eq \"other\"].value","value":"second@example.com"},
			{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Ops"},{"op":"Add","path":"phoneNumbers[type eq \"work\"].value","value":"1"}`)),
			"emails.1.value", "second@example.com", "emails.1.type", "other", "phoneNumbers", nil)
		// "Disable User", and with the text that Entra ID sends without the flag aadOptscim062020.
		for _, no := range []string{`false`, `"False"`} {
			goes := p.signedIn(id)
			p.says(p.must(http.StatusOK, "PATCH", "/Users/"+id, patchOps(`{"op":"Replace","path":"active","value":`+no+`}`)), "active", false)
			if goes() {
				p.Errorf("a session goes on after active was set to %s", no)
			}
			p.says(p.found("/Users", `userName eq "5b50642d@example.com"`), "totalResults", 1.0, "Resources.0.active", false)
			p.says(p.must(http.StatusOK, "PATCH", "/Users/"+id, patchOps(`{"op":"Replace","path":"active","value":"True"}`)), "active", true)
		}
		p.entraGroups(id)
		// "Delete User"
		goes := p.signedIn(id)
		if a := p.must(http.StatusNoContent, "DELETE", "/Users/"+id, ""); a.text != "" || goes() {
			p.Errorf("after a delete a session goes on, or there is a body: %q", a.text)
		}
		p.must(http.StatusNotFound, "GET", "/Users/"+id, "")
		p.says(p.found("/Users", `externalId eq "0a21f0f2"`), "totalResults", 0.0)
		if u, err := p.store.User(p.Context(), incident.ID(id)); err != nil || !u.Disabled || u.Display != "Given Updated" && u.Display != "Given Family" {
			p.Errorf("the deleted user is %+v, %v; want them disabled and there", u, err)
		}
		again := p.must(http.StatusCreated, "POST", "/Users", `{"userName":"5b50642d@example.com","externalId":"0a21f0f2"}`)
		if again.at("id") == id {
			p.Error("whoever gets the name of a deleted user is the same user")
		}
	})
}

// entraGroups are the requests of "Group Operations" on the same page.
func (p provider) entraGroups(user string) {
	p.Helper()
	made := p.must(http.StatusCreated, "POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
		"externalId":"8aa1a0c0","displayName":"Payments","meta":{"resourceType":"Group"}}`)
	id := made.at("id").(string)
	p.says(made, "displayName", "Payments", "externalId", "8aa1a0c0")
	path := "/Groups/" + id
	p.must(http.StatusNoContent, "PATCH", path, patchOps(`{"op":"Add","path":"members","value":[{"$ref":null,"value":"`+user+`"}]}`))
	p.says(p.must(http.StatusOK, "GET", path, ""), "members.0.value", user)
	p.says(p.must(http.StatusOK, "GET", path+"?excludedAttributes=members", ""), "displayName", "Payments", "members", nil)
	p.says(p.must(http.StatusOK, "GET", `/Groups?excludedAttributes=members&filter=displayName%20eq%20%22payments%22`, ""), "totalResults", 1.0, "Resources.0.members", nil)
	for filter, want := range map[string]float64{`id eq "` + id + `" and members eq "` + user + `"`: 1, `id eq "` + id + `" and members eq "usr_other"`: 0} {
		p.says(p.found("/Groups", filter), "totalResults", want)
	}
	p.says(p.must(http.StatusOK, "GET", "/Users/"+user, ""), "groups.0.value", id, "groups.0.display", "Payments")
	if teams, err := p.store.TeamsOf(p.Context(), incident.ID(user)); err != nil || len(teams) != 1 || string(teams[0]) != id {
		p.Errorf("the user belongs to %v, %v", teams, err)
	}
	p.must(http.StatusNoContent, "PATCH", path, patchOps(`{"op":"Replace","path":"displayName","value":"Payments and Refunds"}`))
	p.says(p.must(http.StatusOK, "GET", path, ""), "displayName", "Payments and Refunds", "members.0.value", user)
	// "Update Group [Remove Members]" names the members in value; only they go.
	other := p.newUser("other")
	p.must(http.StatusNoContent, "PATCH", path, patchOps(`{"op":"Add","path":"members","value":[{"value":"`+other+`"}]}`))
	p.must(http.StatusNoContent, "PATCH", path, patchOps(`{"op":"Remove","path":"members","value":[{"$ref":null,"value":"`+user+`"}]}`))
	left := p.must(http.StatusOK, "GET", path, "")
	if p.says(left, "members.0.value", other); strings.Contains(left.text, user) {
		p.Errorf("the removed member is still there:\n%s", left.text)
	}
	p.must(http.StatusNoContent, "DELETE", path, "")
	p.must(http.StatusNotFound, "GET", path, "")
	if teams, err := p.store.TeamsOf(p.Context(), incident.ID(other)); err != nil || len(teams) != 0 {
		p.Errorf("after the group was deleted its member belongs to %v, %v", teams, err)
	}
}
