package recurring

import (
	"testing"

	"hindsight/incident"
)

func TestQualityOf(t *testing.T) {
	p := having("p", "a", "b", "c", "d")
	p.Members[3].Removed = true
	p.Members[0].Score = 0.8
	incidents := map[incident.ID]*incident.Incident{
		"a": {ID: "a", Team: "core", Services: []incident.ServiceUse{{Service: "api"}, {Service: "web"}}},
		"b": {ID: "b", Team: "core", Services: []incident.ServiceUse{{Service: "api"}}, Factors: []incident.Factor{{Category: "config"}, {Category: "Settings"}}},
		"d": {ID: "d", Team: "other", Services: []incident.ServiceUse{{Service: "web"}}},
	}
	agreed := incident.Taxonomy{Categories: []incident.Category{{Name: "config", Synonyms: []string{"settings"}}}}
	// Of c nothing is known, d was taken out.
	want := Quality{Members: 3, Cohesion: 0.6, Service: Share{"api", 2, 2}, Team: Share{"core", 2, 2}, Category: Share{"config", 1, 1}}
	if got := QualityOf(p, incidents, agreed.Name); got != want {
		t.Errorf("QualityOf = %+v, want %+v", got, want)
	}
	if got := QualityOf(incident.Problem{}, nil, agreed.Name); got != (Quality{}) {
		t.Errorf("QualityOf of nothing = %+v, want nothing", got)
	}
}
