package web

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/server/internal/query"
)

func TestCellsStandUnderTheirPeriod(t *testing.T) {
	group := func(promise, label string, month time.Month, met int) analytics.ComplianceGroup {
		g := analytics.ComplianceGroup{Promise: analytics.Promise{Key: promise}, Met: met, Group: analytics.Group{Label: label}}
		if month != 0 {
			g.From, g.To = time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, month+1, 1, 0, 0, 0, 0, time.UTC)
		}
		return g
	}
	cells, labels := slaCells([]analytics.ComplianceGroup{
		group("stated", "Jan", 1, 1), group("stated", "Mar", 3, 3), group("stated", "no start time", 0, 9),
		group("rare", "Feb", 2, 2),
		group("target", "Jan", 1, 10), group("target", "Feb", 2, 20), group("target", "Mar", 3, 30),
	}, query.Query{Zone: time.UTC})
	if want := []string{"Jan", "Feb", "Mar", "no start time"}; !slices.Equal(labels, want) {
		t.Errorf("labels = %v, want %v", labels, want)
	}
	got := map[string][]int{}
	for key, row := range cells {
		for _, c := range row {
			got[key] = append(got[key], c.N)
		}
	}
	want := map[string][]int{"stated": {1, 0, 3, 9}, "rare": {0, 2, 0, 0}, "target": {10, 20, 30, 0}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("cells = %v, want %v", got, want)
	}
}
