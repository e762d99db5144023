package frontend

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
)

// paper is the style of pages that stand alone. It is in the page, so that one is a single file and asks for nothing.
//
//go:embed paper.css
var paper string

// PaperPolicy is the Content-Security-Policy of a page that stands alone: its style and nothing else.
func PaperPolicy() string {
	sum := sha256.Sum256([]byte(paper))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

func paperStyle() template.CSS { return template.CSS(paper) }
