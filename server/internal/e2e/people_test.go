package e2e

import (
	"strings"
	"testing"

	"hindsight/incident"
)

// signingIn tries a wrong password, comes in, and goes.
func signingIn(t *testing.T, b browser) {
	p := b.tab(t, filled(t))
	p.open("/incidents?priority=P1")
	p.want("where a stranger is led", p.where(), "/login?next=%2Fincidents%3Fpriority%3DP1")
	p.fill("#f-name", "admin")
	p.fill("#f-password", "forty-two blue cranes")
	p.follow("main", "Sign in")
	p.wantIn("[role=alert]", "name or password")
	p.want("the name after a mistake", eval[string](p, `document.querySelector('#f-name').value`), "admin")
	p.want("the password after a mistake", eval[string](p, `document.querySelector('#f-password').value`), "")
	p.fill("#f-password", password)
	p.follow("main", "Sign in")
	p.want("where signing in leads", p.where(), "/incidents?priority=P1")

	p.click(".top", "Account of")
	p.follow(".top", "Sign out")
	p.wantIn("main", "You are signed out.")
	p.open("/")
	p.wantIn("h1", "Sign in")
}

// roles: what an administrator made private, a viewer does not see, nor the pages of administrators.
func roles(t *testing.T, b browser) {
	s := filled(t)
	s.user(t, "viewer", incident.Viewer)
	admin := b.tab(t, s)
	admin.signIn("admin", password)
	admin.incident("INC-048")
	secret := admin.where()
	admin.click("main", "Who may see this")
	admin.choose("#f-private", "Its team, those named below")
	admin.follow("main", "Save who may see it")
	admin.wantIn("main", "private")
	admin.open("/incidents")
	admin.wantIn("#results", of(50))

	p := b.tab(t, s)
	p.signIn("viewer", password)
	p.open("/incidents")
	p.wantIn("#results", of(49))
	p.open("/incidents?q=INC-048")
	p.wantIn("#results", "No incident matches")
	p.open(secret)
	p.wantIn("h1", "There is no such page")
	p.open("/")
	p.want("the number of incidents", p.texts(".stat-value")[0], "49")
	for _, path := range []string{"/admin/users", "/admin/tokens", "/admin/contracts/new", "/imports/new", "/imports/letters"} {
		p.open(path)
		p.want("the heading", p.text("h1"), "Your role does not allow this")
	}
	p.incident("INC-047")
	if got := p.text("main"); strings.Contains(got, "Change a fact") || strings.Contains(got, "Correct a time") || strings.Contains(got, "as received") {
		t.Errorf("a viewer is offered more than reading: %q", got)
	}
}
