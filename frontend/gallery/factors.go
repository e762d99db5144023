package gallery

import "hindsight/frontend"

// enrolment holds the secret of RFC 6238's appendix B, and of a QR code one finder pattern.
func enrolment() frontend.Enrolment {
	return frontend.Enrolment{Secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ", Size: 53, Path: "M4 4h7v1h-7zM4 5h1v5h-1zM10 5h1v5h-1zM6 6h3v3h-3zM4 10h7v1h-7z"}
}

func (w world) factor() frontend.FactorPage {
	return frontend.FactorPage{Shell: w.on("Second factor", frontend.NavSettings, "/me/factor", frontend.Link{Label: "Settings", Path: "/me"}), On: true, Since: w.shell.Now.AddDate(0, -2, 0), Left: 7, Password: true}
}

// factorStates returns the pages about second factors, step by step.
func factorStates(w world) []State {
	wrong := frontend.Form{Errors: []frontend.FieldError{{Field: "code", Message: "This code is not right."}}}
	codes := []string{"abcde-fghij", "klmno-pqrst", "uvwxy-z2345"}
	off, setUp, none, elsewhere, refused := w.factor(), w.factor(), w.factor(), w.factor(), w.factor()
	off.On = false
	setUp.On, setUp.Enrolment, setUp.Form = false, enrolment(), wrong
	none.Left, elsewhere.Password, refused.Form = 0, false, wrong
	demo := w.factor()
	demo.Demo = true
	again := frontend.ConfirmPage{Shell: w.on("Confirm that it is you", frontend.NavSettings, "/me/confirm"), Password: true, Code: true, Next: "/admin/users"}
	unable, mistaken := again, again
	unable.Password, unable.Code = false, false
	through := unable
	through.Provider = w.say("Example Login")
	mistaken.Form = frontend.Form{Errors: []frontend.FieldError{{Field: "password", Message: "This is not your password."}}}
	profile := w.profile()
	profile.Factor = true
	return []State{
		{"factor/off", off}, {"factor/set-up", setUp}, {"factor/no-codes-left", none}, {"factor/without-password", elsewhere}, {"factor/refused", refused}, {"factor/demo", demo},
		{"profile/factor", profile},
		{"confirm/provider", through},
		{"login-code/typical", frontend.LoginCodePage{Shell: w.alone("Second step", "/login/code"), Next: "/"}},
		{"login-code/wrong", frontend.LoginCodePage{Shell: w.alone("Second step", "/login/code"), Next: "/", Form: wrong}},
		{"login-enrol/typical", frontend.LoginEnrolPage{Shell: w.alone("Set up a second factor", "/login/enrol"), Enrolment: enrolment(), Next: "/"}},
		{"recovery/signed-in", frontend.RecoveryPage{Shell: w.on("Recovery codes", frontend.NavSettings, "/me/factor/recovery"), Codes: codes, Next: "/me/factor"}},
		{"recovery/signing-in", frontend.RecoveryPage{Shell: w.alone("Recovery codes", "/login/enrol"), Codes: codes, Next: "/"}},
		{"confirm/typical", again}, {"confirm/unable", unable}, {"confirm/wrong", mistaken},
	}
}
