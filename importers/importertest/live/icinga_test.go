package live_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"testing"

	"hindsight/importers/importertest/live"
)

type icingaService struct {
	State             float64
	StateType         float64 `json:"state_type"`
	Acknowledgement   float64
	DowntimeDepth     float64 `json:"downtime_depth"`
	LastStateCritical float64 `json:"last_state_critical"`
	LastCheckResult   *struct {
		ExitStatus float64 `json:"exit_status"`
		Output     string
	} `json:"last_check_result"`
}

func serviceOf(t *testing.T, i *live.IcingaServer, name string) icingaService {
	t.Helper()
	status, answer := i.Ask(t, "GET", "/v1/objects/services/"+url.PathEscape(name), nil)
	var got struct {
		Results []struct{ Attrs icingaService }
	}
	if err := json.Unmarshal(answer, &got); err != nil || status != http.StatusOK || len(got.Results) != 1 {
		t.Fatalf("service %s: status %d, %v in %s", name, status, err, answer)
	}
	return got.Results[0].Attrs
}

func TestIcingaProblemIsAcknowledgedAndEnds(t *testing.T) {
	i := live.Icinga(t)
	web := i.Service(t, "http")
	if got := serviceOf(t, i, web); got.State != 3 || got.LastCheckResult != nil || got.LastStateCritical != 0 {
		t.Errorf("a service without results = %+v, want state 3 and time 0", got)
	}
	i.Report(t, web, 2, "synthetic: 503 from checkout")
	if got := serviceOf(t, i, web); got.State != 2 || got.StateType != 1 || got.LastCheckResult.Output != "synthetic: 503 from checkout" {
		t.Errorf("after a critical result: %+v, want a hard state 2", got)
	}
	i.Acknowledge(t, web, "synthetic: looking")
	i.Comment(t, web, "synthetic: rolling back")
	if got := serviceOf(t, i, web).Acknowledgement; got != 1 {
		t.Errorf("acknowledgement %v, want 1", got)
	}
	i.RemoveAcknowledgement(t, web)
	if got := serviceOf(t, i, web).Acknowledgement; got != 0 {
		t.Errorf("acknowledgement after its removal %v, want 0", got)
	}
	i.Acknowledge(t, web, "synthetic: looking again")
	i.Report(t, web, 0, "synthetic: fine")
	if got := serviceOf(t, i, web); got.State != 0 || got.Acknowledgement != 0 {
		t.Errorf("after recovery: %+v, want state 0, and no acknowledgement", got)
	}
}

func TestIcingaServiceInDowntime(t *testing.T) {
	i := live.Icinga(t)
	disk := i.Service(t, "disk")
	i.Report(t, disk, 0, "synthetic: fine")
	i.Downtime(t, disk, "synthetic: new disk")
	live.Eventually(t, func() error {
		if serviceOf(t, i, disk).DowntimeDepth != 1 {
			return errors.New("the downtime has not begun")
		}
		return nil
	})
}
