// Package alertmanager reads the alerts of Prometheus: what Alertmanager pushes and shows, and what Prometheus itself
// remembers of alerts in the series ALERTS. It is written from Alertmanager's description of its API
// (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml) and of its webhook
// (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config), and from what 0.25 sends.
//
// Each firing is an incident of its own, known by the alert's fingerprint and the time at which it began. What
// is known of it arrives in parts by several roads; see record.
package alertmanager

import (
	"context"
	"net/http"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

const name = "alertmanager"

// Source returns the source.
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "Prometheus Alertmanager",
		Summary:    "Alerts that Alertmanager pushes and shows, and past ones out of Prometheus.",
		Docs:       "https://prometheus.io/docs/alerting/latest/configuration/#webhook_config",
		Origin:     incident.OriginMonitor,
		Settings:   settings,
		Missing:    []string{"acknowledgement and people: Alertmanager knows neither", "impact start and mitigation", "alerts that ended before the webhook was set up, without Prometheus or beyond what it keeps"},
		Permission: "Reading only: GET on Alertmanager's /api/v2/alerts and /api/v2/status, and on Prometheus's /api/v1/query.",
		API:        &importers.API{Base: settings.From("url"), Also: also, Sign: sign, CA: settings.From("ca")},
		Probe:      probe,
		Hook:       &importers.Hook{Verify: verify, Read: readHook, Setup: setup},
		Words:      words,
		Check:      check,
		Collections: []importers.Collection{{
			Name: "alerts", Map: mapAlert, Combine: combine,
			List:  &importers.Listing{Page: page, Keyset: true},
			Fetch: fetch,
		}},
	}
}

var settings = importers.Fields{
	{Name: "url", Label: "Address of Alertmanager", Help: "Such as https://alertmanager.example.com", Required: true},
	{Name: "prometheus", Label: "Address of Prometheus", Help: "Where past alerts are read from (Prometheus, or Thanos and Mimir with the prefix of their API). Empty: no past alerts"},
	{Name: "token", Label: "Bearer token", Help: "Where a proxy before both servers asks for one", Secret: true},
	{Name: "user", Label: "User", Help: "Of basic authentication, where there is some"},
	{Name: "password", Label: "Password", Help: "Of basic authentication", Secret: true},
	{Name: "ca", Label: "Certificate authority", Lines: true, Help: "In PEM, where the servers' certificates come from an authority of your own", Check: importers.CheckCA},
	{Name: "filter", Label: "Only alerts with", Help: `Matchers of labels, one a line, such as severity="critical". Pushes are chosen by the route in Alertmanager`},
	{Name: "external_labels", Label: "External labels", Help: "external_labels of Prometheus, such as cluster=eu, replica=a: it adds them to the alerts that it sends, but does not store them, and past alerts are the same as pushed ones only with them"},
}

var words = importers.Words{
	Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{
		"firing": incident.Triggered, "active": incident.Triggered, "suppressed": incident.Triggered, "unprocessed": incident.Triggered, "resolved": incident.Resolved,
	}),
	Severity: importers.SeverityWords().With(map[string]incident.Severity{"page": incident.Sev2}),
	// By the alert's name: alerts that fire always, to prove that alerts arrive.
	Kind: importers.Values[incident.Kind]{}.With(map[string]incident.Kind{
		"Watchdog": incident.Test, "DeadMansSwitch": incident.Test, "InfoInhibitor": incident.Test,
	}),
	Fields: map[string]string{"severity": "severity", "service": "service", "team": "team"},
}

func also(cfg importers.Config) []string {
	if p := prometheus(cfg); p != "" {
		return []string{p}
	}
	return nil
}

// prometheus returns the address of Prometheus, without a slash at its end; empty: there is none.
func prometheus(cfg importers.Config) string {
	return strings.TrimRight(settings.Of(cfg, "prometheus"), "/")
}

func sign(cfg importers.Config, req *http.Request) {
	if token := settings.Of(cfg, "token"); token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	} else if user := settings.Of(cfg, "user"); user != "" {
		req.SetBasicAuth(user, cfg.Settings["password"])
	}
}

// check refuses labels that cannot be read.
func check(cfg importers.Config) error {
	if _, err := externalLabels(cfg); err != nil {
		return incident.Invalidf("external_labels", "%s", err.Error())
	}
	return nil
}

func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	var status struct {
		VersionInfo struct{ Version string }
		Cluster     struct{ Status string }
	}
	err := in.Get(ctx, "/api/v2/status", nil, &status)
	if err != nil {
		return importers.Scope{}, err
	}
	scope := importers.Scope{Identity: "Alertmanager " + importers.Line(status.VersionInfo.Version) + ", which does not tell users apart"}
	active, _, err := current(ctx, in, nil)
	if err != nil {
		return scope, err
	}
	scope.Sees("%d alerts fire now", len(active))
	if prometheus(in.Config) == "" {
		scope.Note("Without the address of Prometheus no past alerts can be read.")
		return scope, nil
	}
	begin, err := beginning(ctx, in, in.Client.Now())
	switch {
	case err != nil:
		return scope, err
	case begin.IsZero():
		scope.Note("Prometheus remembers no alert that matches.")
	default:
		scope.Sees("alerts that Prometheus remembers since %s", begin.Format("2006-01-02"))
	}
	return scope, nil
}
