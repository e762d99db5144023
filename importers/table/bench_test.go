package table

import (
	"testing"

	"hindsight/incident"
)

func BenchmarkMap(b *testing.B) {
	cfg := config(downtimes, map[string]string{"zone": "Europe/Berlin"})
	raw := incident.Raw{Type: collection, ExternalID: "1", Body: []byte(`{"slug":"a","name":"A","down_at":"2022-04-20 18:30:39","up_at":"2022-04-20 19:01:33","first_http_code":"401"}`)}
	for b.Loop() {
		if _, err := mapRow(raw, cfg); err != nil {
			b.Fatal(err)
		}
	}
}
