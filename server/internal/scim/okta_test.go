package scim_test

import (
	"net/http"
	"testing"

	"hindsight/incident"
	"hindsight/server/internal/auth"
)

// TestOkta sends what Okta documents that it sends: https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20
// ("Okta and SCIM Version 2.0"). Names and ids are made up.
func TestOkta(t *testing.T) {
	onBoth(t, func(p provider) {
		// "Determine if the User already exists"
		p.says(p.must(http.StatusOK, "GET", `/Users?filter=userName%20eq%20%22test.user%40okta.example%22&startIndex=1&count=100`, ""), "totalResults", 0.0, "startIndex", 1.0, "itemsPerPage", 0.0)
		// "Create the User", with the placeholder of a password
		made := p.must(http.StatusCreated, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"test.user@okta.example","name":{"givenName":"Test","familyName":"User"},
			"emails":[{"primary":true,"value":"test.user@okta.example","type":"work"}],"displayName":"Test User","locale":"en-US","externalId":"00ujl29u0le5T6Aj10h7","groups":[],"password":"1mz050nq","active":true}`)
		id := made.at("id").(string)
		p.says(made, "displayName", "Test User", "active", true, "password", nil, "externalId", "00ujl29u0le5T6Aj10h7")
		if u, err := p.store.User(p.Context(), incident.ID(id)); err != nil || u.PasswordHash != "" {
			p.Errorf("the user has a password, or %v", err)
		}
		if _, err := p.auth.Authenticate(p.Context(), "test.user@okta.example", "1mz050nq", auth.Visit{Address: "10.0.0.1"}); err == nil {
			p.Error("a user made by SCIM can sign in by password")
		}
		p.says(p.must(http.StatusConflict, "POST", "/Users", `{"userName":"test.user@okta.example"}`), "status", "409", "scimType", "uniqueness")
		// "Update a specific User (PUT)" leaves out externalId, and sends groups and meta back
		p.says(p.must(http.StatusOK, "PUT", "/Users/"+id, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"`+id+`","userName":"test.user@okta.example","name":{"givenName":"Another","middleName":"Excited","familyName":"User"},
			"emails":[{"primary":true,"value":"test.user@okta.example","type":"work","display":"test.user@okta.example"}],"active":true,"groups":[],"meta":{"resourceType":"User"}}`),
			"name.givenName", "Another", "externalId", "00ujl29u0le5T6Aj10h7", "displayName", nil)
		if u, err := p.store.User(p.Context(), incident.ID(id)); err != nil || u.Display != "Another User" {
			p.Errorf("the user is shown as %+v, %v", u, err)
		}
		// "Update a specific User (PATCH)" has no path
		goes := p.signedIn(id)
		p.says(p.must(http.StatusOK, "PATCH", "/Users/"+id, patchOps(`{"op":"replace","value":{"active":false}}`)), "active", false, "userName", "test.user@okta.example")
		if goes() {
			p.Error("a session of a deactivated user goes on")
		}
		p.says(p.must(http.StatusOK, "PATCH", "/Users/"+id, patchOps(`{"op":"replace","value":{"active":true}}`)), "active", true)
		p.oktaGroups(id)
	})
}

// oktaGroups are the requests of "SCIM Group operations" on the same page.
func (p provider) oktaGroups(user string) {
	p.Helper()
	made := p.must(http.StatusCreated, "POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Test SCIMv2","members":[]}`)
	path := "/Groups/" + made.at("id").(string)
	p.says(p.must(http.StatusOK, "GET", `/Groups?filter=displayName%20eq%20%22Test%20SCIMv2%22&startIndex=1&count=100`, ""), "totalResults", 1.0, "Resources.0.displayName", "Test SCIMv2")
	p.must(http.StatusConflict, "POST", "/Groups", `{"displayName":"test scimv2"}`)
	// "Update a specific Group name" sends the id along
	p.must(http.StatusNoContent, "PATCH", path, patchOps(`{"op":"replace","value":{"id":"`+made.at("id").(string)+`","displayName":"Test SCIMv20"}}`))
	// "Update specific Group membership"
	second, third := p.newUser("second"), p.newUser("third")
	p.must(http.StatusNoContent, "PATCH", path, patchOps(`{"op":"add","path":"members","value":[{"value":"`+second+`","display":"second"}]}`))
	p.must(http.StatusNoContent, "PATCH", path, patchOps(`{"op":"remove","path":"members[value eq \"`+second+`\"]"},{"op":"add","path":"members","value":[{"value":"`+user+`","display":"test.user@okta.example"}]}`))
	left := p.must(http.StatusOK, "GET", path, "")
	p.says(left, "displayName", "Test SCIMv20", "members.0.value", user, "members.1", nil)
	p.must(http.StatusNoContent, "PATCH", path, patchOps(`{"op":"replace","path":"members","value":[{"value":"`+second+`"},{"value":"`+third+`"}]}`))
	if members := p.must(http.StatusOK, "GET", path, "").at("members").([]any); len(members) != 2 {
		p.Errorf("after all members were replaced there are %v", members)
	}
	p.says(p.must(http.StatusOK, "PUT", path, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Test SCIMv2","members":[{"value":"`+user+`","display":"x"}]}`),
		"displayName", "Test SCIMv2", "members.0.value", user, "members.0.display", "Another User", "members.1", nil)
	p.must(http.StatusNoContent, "DELETE", path, "")
	back := p.must(http.StatusCreated, "POST", "/Groups", `{"displayName":"Test SCIMv2"}`)
	p.says(back, "id", made.at("id"), "members", nil)
}
