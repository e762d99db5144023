package web

import "testing"

func TestSetupText(t *testing.T) {
	const address, secret = "https://h.example.com/hooks/con_1", "S3"
	for _, tc := range []struct{ name, setup, want string }{
		{"a word at the end of a line", "1. URL: {url}\n2. Secret: {secret}.", "1. URL: `https://h.example.com/hooks/con_1`\n2. Secret: `S3`."},
		{"both in one word", "takes it in the address: {url}?token={secret}", "takes it in the address: `https://h.example.com/hooks/con_1?token=S3`"},
		{"code already", "Run `curl {url} -H X:{secret}` once", "Run `curl https://h.example.com/hooks/con_1 -H X:S3` once"},
		{"a block of code", "```\nurl: {url}\n```", "```\nurl: https://h.example.com/hooks/con_1\n```"},
		{"an indented block of code", "So:\n\n    curl '{url}' -H 'Authorization: Bearer {secret}'\n", "So:\n\n    curl 'https://h.example.com/hooks/con_1' -H 'Authorization: Bearer S3'\n"},
		{"in brackets", "the address ({url})", "the address (`https://h.example.com/hooks/con_1`)"},
	} {
		if got := setupText(tc.setup, address, secret); got != tc.want {
			t.Errorf("%s: setupText gives %q, want %q", tc.name, got, tc.want)
		}
	}
	if got := setupText("{secret}", address, ""); got != "`YOUR-SECRET`" {
		t.Errorf("without a secret, setupText gives %q", got)
	}
}
