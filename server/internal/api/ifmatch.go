package api

import (
	"errors"
	"net/http"
	"strings"

	"hindsight/incident"
)

// unquoted returns the version in an If-Match header (RFC 9110, 13.1.1); empty where any is meant.
func unquoted(header string) string {
	version := strings.Trim(strings.TrimPrefix(strings.TrimSpace(header), "W/"), `"`)
	if version == "*" {
		return ""
	}
	return version
}

// unmatched makes a conflict 412 where the request named a version.
func unmatched(err error, version string) error {
	if version != "" && errors.Is(err, incident.ErrConflict) {
		return &requestError{http.StatusPreconditionFailed, "it has changed since the version in If-Match; read it again"}
	}
	return err
}
