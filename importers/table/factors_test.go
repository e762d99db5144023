package table

import (
	"encoding/json"
	"slices"
	"testing"

	"hindsight/importers"
	"hindsight/incident"
)

// A column of causes is what its writer claims: each once, and nothing where it says nothing.
func TestFactors(t *testing.T) {
	m := Mapping{Key: []string{"id"}, Fields: map[Target]Field{Factors: {Columns: []string{"cause", "more"}, Separator: ";"}}}
	claimed := func(text string) incident.Factor {
		return incident.Factor{Role: "contributing", Text: text, Claimed: true}
	}
	for _, tc := range []struct {
		name, cause, more string
		want              []incident.Factor
	}{
		{"two of them", "Expired certificate; Cold cache", "Cold cache", []incident.Factor{claimed("Expired certificate"), claimed("Cold cache")}},
		{"none", "", "n/a", nil},
	} {
		row, err := json.Marshal(map[string]string{"id": "1", "cause": tc.cause, "more": tc.more})
		if err != nil {
			t.Fatal(err)
		}
		draft, err := mapRow(incident.Raw{ExternalID: "1", Body: row}, importers.Config{Mapping: m.JSON()})
		if err != nil {
			t.Fatal(err)
		}
		if got := draft.Incident.Factors; !slices.Equal(got, tc.want) {
			t.Errorf("%s: factors %+v, want %+v", tc.name, got, tc.want)
		}
	}
	if got := byName([]string{"id", "Root cause"}).Fields[Factors].Columns; !slices.Equal(got, []string{"Root cause"}) {
		t.Errorf("the column “Root cause” is suggested for factors as %q", got)
	}
}
