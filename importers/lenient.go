package importers

import (
	"encoding/json"
	"time"
)

// Decode decodes what it can of a part of a record: values of another shape than expected count as missing.
func Decode[T any](raw json.RawMessage) (v T) {
	json.Unmarshal(raw, &v) // which goes on behind a value that does not fit
	return v
}

// ISO reads a time as ISO 8601 has it; zero when it is missing or none.
func ISO(text string) time.Time {
	m, err := TimeFormat{Layout: ISOTime}.Parse(text)
	if err != nil {
		return time.Time{}
	}
	return m.At
}

// ISO reads a time as ISO 8601 has it; one that cannot be read is missing, with a warning.
func (d *Draft) ISO(field, text string) time.Time {
	m, err := TimeFormat{Layout: ISOTime}.Parse(text)
	if err != nil {
		d.Warn(field, Line(text), err.Error())
	}
	return m.At
}
