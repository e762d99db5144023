package seal

import "testing"

// TestTag compares with what hmac and hashlib of Python make of the same key and text.
func TestTag(t *testing.T) {
	const want = "e4493d4b7cac3624b78a05860c6443b6"
	if got, err := ring(t, two, one).Tag("reads inc_1 usr_1"); err != nil || got != want {
		t.Errorf("Tag = %s, %v; want %s", got, err, want)
	}
	if got, err := ring(t, one, two).Tag("reads inc_1 usr_1"); err != nil || got == want {
		t.Errorf("another key makes the same: %s, %v", got, err)
	}
	if got, err := ring(t, one, two).Tags("reads inc_1 usr_1"); err != nil || len(got) != 2 || got[1] != want {
		t.Errorf("Tags = %v, %v; want that of the key of before, too: %s", got, err, want)
	}
	if _, err := (Keyring{}).Tag("x"); err == nil {
		t.Error("without a key there is a hash")
	}
}
