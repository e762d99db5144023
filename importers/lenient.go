package importers

import (
	"encoding/json"
	"time"
)

// Text is a JSON text, or a number, boolean or list as it is written; null is empty. Systems write ids as texts in one
// place and as numbers in another.
type Text string

func (t *Text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) != nil { // null is the empty text
		s = string(b)
	}
	*t = Text(s)
	return nil
}

// Decode decodes what it can of a part of a record: values of another shape than expected count as missing.
func Decode[T any](raw json.RawMessage) (v T) {
	json.Unmarshal(raw, &v) // which goes on behind a value that does not fit
	return v
}

// ISO8601 reads times as most systems write them.
var ISO8601 = TimeFormat{Layout: ISOTime}

// ISO reads a time as ISO 8601 has it; zero when it is missing or none. Times that become milestones are better read by
// Draft.SetTime, which says what is wrong with them.
func ISO(text string) time.Time { return ISO8601.Read(text) }

// Read is Parse for a time that is not worth losing a record for: one that cannot be read is zero.
func (f TimeFormat) Read(text string) time.Time {
	m, err := f.Parse(text)
	if err != nil {
		return time.Time{}
	}
	return m.At
}

// ISO reads a time as ISO 8601 has it; one that cannot be read is missing, with a warning.
func (d *Draft) ISO(field, text string) time.Time {
	m, err := ISO8601.Parse(text)
	if err != nil {
		d.Warn(field, Line(text), err.Error())
	}
	return m.At
}
