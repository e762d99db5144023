package incident

import (
	"errors"
	"fmt"
)

// Three errors decide how a caller reacts; everything else is a failure of the machine.
var (
	// ErrNotFound: there is no such entity, or the viewer may not know of it.
	ErrNotFound = errors.New("not found")
	// ErrConflict: somebody else changed the entity first, or a unique name is taken.
	ErrConflict = errors.New("conflict")
	// ErrInvalid: the input breaks a rule; *FieldError says which.
	ErrInvalid = errors.New("invalid")
)

// FieldError is an ErrInvalid that names the field at fault and says what would be right.
type FieldError struct {
	Field   string
	Message string
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Message }

// Is makes errors.Is(err, ErrInvalid) true.
func (e *FieldError) Is(target error) bool { return target == ErrInvalid }

// Invalidf returns a *FieldError.
func Invalidf(field, format string, args ...any) error {
	return &FieldError{Field: field, Message: fmt.Sprintf(format, args...)}
}
