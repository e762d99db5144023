package frontend

import "time"

// Enrolment is what a device needs to compute codes. The zero Enrolment has nothing to show.
type Enrolment struct {
	Secret string // base32, in groups of four
	Size   int    // side of the QR code with its margin, in modules
	Path   string // of an SVG that draws the dark modules
}

// LoginCodePage asks for the second factor of somebody whose password was right, at /login/code. POST takes code, next.
type LoginCodePage struct {
	Shell
	Form Form
	Next string
}

func (LoginCodePage) template() string { return "login-code" }

// LoginEnrolPage has somebody set up a second factor, without which their role may not sign in, at /login/enrol. POST
// takes code, next.
type LoginEnrolPage struct {
	Shell
	Enrolment Enrolment
	Form      Form
	Next      string
}

func (LoginEnrolPage) template() string { return "login-enrol" }

// FactorPage is about the viewer's own second factor, at /me/factor. POST …/begin draws a secret; …/confirm takes code;
// …/recovery makes new recovery codes; …/off takes password, code.
type FactorPage struct {
	Shell
	On        bool
	Since     time.Time // when it was set up
	Left      int       // recovery codes that were not used
	Enrolment Enrolment // of a secret that waits for its first code
	Password  bool      // the viewer has a password
	Form      Form
}

func (FactorPage) template() string { return "factor" }

// RecoveryPage shows recovery codes, once.
type RecoveryPage struct {
	Shell
	Codes []string
	Next  string // the page that one goes on to
}

func (RecoveryPage) template() string { return "recovery" }

// ConfirmPage asks somebody who is signed in to prove who they are, at /me/confirm. POST takes password or code, next.
type ConfirmPage struct {
	Shell
	Password bool   // they have a password
	Code     bool   // they have a second factor
	Provider string // of single sign-on, that signed them in; empty: none did
	Form     Form
	Next     string
}

func (ConfirmPage) template() string { return "confirm" }
