package desk

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"hindsight/importers"
)

// What proves a delivery is not kept with it; what it says is.
func TestWithoutProof(t *testing.T) {
	header, query := withoutProof(importers.Delivery{
		Header: http.Header{"Authorization": {"Basic dTpzM2NyZXQtMQ=="}, "Cookie": {"a=b"}, "X-Gitlab-Token": {"s3cret-1"}, "X-Event": {"issue"}},
		Query:  url.Values{"token": {"s3cret-2"}, "close": {"1"}},
	}, []string{"s3cret-1", "s3cret-2", ""})
	if got, want := fmt.Sprint(header, query), "map[X-Event:[issue]] map[close:[1]]"; got != want {
		t.Errorf("withoutProof = %s, want %s", got, want)
	}
}
