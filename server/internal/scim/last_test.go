package scim_test

import (
	"net/http"
	"testing"

	"hindsight/incident"
)

// TestTheLastAdministratorStays: a provider can take everybody away but the last who can administer.
func TestTheLastAdministratorStays(t *testing.T) {
	onBoth(t, func(p provider) {
		made := func(name string) string {
			u, err := p.auth.CreateUser(p.Context(), name, "", "forty-two blue cranes", incident.Admin)
			if err != nil {
				p.Fatal(err)
			}
			return "/Users/" + string(u.ID)
		}
		const off = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}`
		one, two := made("one"), made("two")
		for _, step := range []struct {
			what, method, path, body string
			want                     int
		}{
			{"one of two is disabled", http.MethodPatch, one, off, http.StatusOK},
			{"the last is disabled", http.MethodPatch, two, off, http.StatusForbidden},
			{"the last is deleted", http.MethodDelete, two, "", http.StatusForbidden},
			{"a disabled one is deleted", http.MethodDelete, one, "", http.StatusNoContent},
		} {
			if got := p.send(step.method, step.path, step.body); got.status != step.want {
				p.Errorf("%s = %d %s, want %d", step.what, got.status, got.text, step.want)
			}
		}
	})
}
