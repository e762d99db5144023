package live_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"hindsight/importers/importertest/live"
)

func TestPrometheusRemembersWhatAlertmanagerForgets(t *testing.T) {
	hookURL, got := hook(t)
	am := live.Alertmanager(t, hookURL)
	p := live.Prometheus(t, am)
	before := time.Now()
	p.Fire(t)
	fired := next(t, got, "firing").Alerts[0].StartsAt
	p.Clear(t)
	next(t, got, "resolved")
	query := url.Values{"query": {`ALERTS{alertstate="firing"}`}, "step": {"1s"},
		"start": {fmt.Sprint(before.Unix())}, "end": {fmt.Sprint(time.Now().Unix() + 1)}}
	status, answer := p.Ask(t, "GET", "/api/v1/query_range?"+query.Encode(), nil)
	var history struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Values [][2]any
			}
		}
	}
	if err := json.Unmarshal(answer, &history); err != nil || status != http.StatusOK || len(history.Data.Result) != 1 {
		t.Fatalf("query_range: status %d, %v in %s", status, err, answer)
	}
	series := history.Data.Result[0]
	if m := series.Metric; m["alertname"] != "HighErrorRatio" || m["service"] != "checkout" || m["severity"] != "critical" {
		t.Errorf("labels = %v", m)
	}
	if first := series.Values[0][0].(float64) - float64(fired.Unix()); first < -1 || first > 2 {
		t.Errorf("the first sample lies %v s after startsAt, want one evaluation at most", first)
	}
}
