package tableapi

import (
	"encoding/json"
	"strings"
	"time"

	"hindsight/importers"
)

// cell is a value of a column. value is the database's own (times are UTC, choices are codes, references are sys_ids);
// display is what the reading user is shown, in that user's language, zone and format.
type cell struct{ value, display string }

// UnmarshalJSON reads every shape in which the Table API gives a value: a text, {"value", "display_value"}, and
// {"value", "link"} or {"display_value", "link"} for references.
func (c *cell) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, &c.value) == nil {
		c.display = c.value
		return nil
	}
	var pair struct {
		Value   any `json:"value"`
		Display any `json:"display_value"`
	}
	json.Unmarshal(raw, &pair) // what is neither is empty
	c.value, c.display = plain(pair.Value), plain(pair.Display)
	if c.display == "" {
		c.display = c.value
	}
	return nil
}

func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool, float64:
		text, _ := json.Marshal(v)
		return string(text)
	}
	return ""
}

// row is a row of a table by column.
type row map[string]cell

func decodeRow(raw json.RawMessage) (r row) {
	json.Unmarshal(raw, &r) // what is no row has no columns
	return r
}

// id returns the row's sys_id.
func (r row) id() string { return strings.TrimSpace(r["sys_id"].value) }

// shown returns what people are shown of a column, on one line.
func (r row) shown(column string) string {
	if text := importers.Line(r[column].display); !importers.Unset(text) {
		return text
	}
	return ""
}

// code returns the database's value of a column.
func (r row) code(column string) string {
	if text := importers.Line(r[column].value); !importers.Unset(text) {
		return text
	}
	return ""
}

var utc = importers.TimeFormat{Layout: importers.ISOTime}

// at returns a time of a column; zero when there is none that can be read.
func (r row) at(column string) time.Time {
	m, err := utc.Parse(r[column].value)
	if err != nil {
		return time.Time{}
	}
	return m.At
}

// span returns a duration, which is written as a time since 1970 began: 1970-01-01 04:00:00 is four hours.
func (r row) span(column string) time.Duration {
	at, err := time.Parse(time.DateTime, r[column].value)
	if err != nil || at.Year() > 1990 {
		return 0
	}
	return max(time.Duration(at.Unix())*time.Second, 0)
}
