package web

import "testing"

func TestLogsHoldNoToken(t *testing.T) {
	for path, want := range map[string]string{"/shared/abc": "/shared/…", "/shared/abc/export/retrospective.md": "/shared/…", "//shared/abc": "//shared/…", "/incidents/inc_1": "/incidents/inc_1", "/": "/"} {
		if got := logged(path); got != want {
			t.Errorf("logged(%q) = %q, want %q", path, got, want)
		}
	}
}
