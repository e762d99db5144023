package importers

import (
	"net/http"
	"slices"
	"testing"
)

func TestFields(t *testing.T) {
	f := Fields{{Name: "url", Default: "https://api.example.com"}, {Name: "teams"}, {Name: "key", Secret: true}}
	cfg := Config{Settings: map[string]string{"teams": "ops, web,,ops", "key": " s3cret\n"}}
	if got := f.From("url")(cfg); got != "https://api.example.com" {
		t.Errorf("what is not set is %q, want the default", got)
	}
	if got, want := f.List(cfg, "teams"), []string{"ops", "web"}; !slices.Equal(got, want) {
		t.Errorf("the list is %q, want %q", got, want)
	}
	req := &http.Request{Header: http.Header{}}
	f.Header("Authorization", "Bearer ", "key")(cfg, req)
	if got := req.Header.Get("Authorization"); got != "Bearer s3cret" {
		t.Errorf("the header is %q, want the key without the line end that was pasted with it", got)
	}
}
