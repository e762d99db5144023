package scim

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"

	"hindsight/incident"
)

// Error is an answer that says what is wrong, as RFC 7644, section 3.12, has it.
type Error struct {
	Status int
	Type   string // scimType: "invalidFilter", "uniqueness", …; empty: none fits
	Detail string
}

func (e *Error) Error() string { return e.Detail }

func bad(scimType, format string, args ...any) error {
	return &Error{http.StatusBadRequest, scimType, fmt.Sprintf(format, args...)}
}

func taken(format string, args ...any) error {
	return &Error{http.StatusConflict, "uniqueness", fmt.Sprintf(format, args...)}
}

func gone(s schema, id string) error {
	return &Error{http.StatusNotFound, "", fmt.Sprintf("there is no %s with the id %q", s.name, id)}
}

// fail answers with what is wrong. What only the log should know is not in the answer.
func fail(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	var e *Error
	if !errors.As(err, &e) {
		switch {
		case errors.Is(err, incident.ErrConflict):
			e = &Error{http.StatusConflict, "uniqueness", "another user or team has this name"}
		case errors.Is(err, incident.ErrInvalid):
			e = &Error{http.StatusBadRequest, "invalidValue", err.Error()}
		default:
			log.Error("SCIM request failed", "method", r.Method, "path", r.URL.Path, "error", err)
			e = &Error{http.StatusInternalServerError, "", "something went wrong here; the server's log says what"}
		}
	}
	if e.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="scim"`)
	}
	body := map[string]any{"schemas": []string{errorURN}, "status": strconv.Itoa(e.Status), "detail": e.Detail}
	if e.Type != "" {
		body["scimType"] = e.Type
	}
	write(w, e.Status, body)
}
