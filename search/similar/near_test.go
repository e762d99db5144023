package similar

import "testing"

// TestBareNumber: parts of dates are no reason that a person could use; codes and ports are.
func TestBareNumber(t *testing.T) {
	for form, want := range map[string]bool{"21": true, "06": true, "2023": true, "504": false, "8443": false, "1e5": false, "node": false, "": false} {
		if got := bareNumber(form); got != want {
			t.Errorf("bareNumber(%q) = %v, want %v", form, got, want)
		}
	}
}
