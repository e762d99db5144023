package desk

import (
	"reflect"
	"time"
)

// At returns a desk that takes a moment for now, for reports that say the same whenever they are made again. It shares everything with d but what d
// keeps at hand.
func (d *Desk) At(now time.Time) *Desk {
	out := &Desk{}
	from, to := reflect.ValueOf(d).Elem(), reflect.ValueOf(out).Elem()
	for i := range from.NumField() {
		if to.Field(i).CanSet() {
			to.Field(i).Set(from.Field(i))
		}
	}
	out.Now = func() time.Time { return now }
	return out
}
