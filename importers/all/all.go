// Package all lists the sources that the program can read. It holds nothing else; a new source is one line
// here. Start with [Sources].
package all

import (
	"hindsight/importers"
	"hindsight/importers/alertmanager"
	"hindsight/importers/argocd"
	"hindsight/importers/datadog"
	"hindsight/importers/deploy"
	"hindsight/importers/dispatch"
	"hindsight/importers/firehydrant"
	"hindsight/importers/github"
	"hindsight/importers/gitlab"
	"hindsight/importers/grafanaincident"
	"hindsight/importers/icalendar"
	"hindsight/importers/icinga"
	"hindsight/importers/incidentio"
	"hindsight/importers/jenkins"
	"hindsight/importers/jira"
	"hindsight/importers/markdown"
	"hindsight/importers/morgue"
	"hindsight/importers/oncall"
	"hindsight/importers/opsgenie"
	"hindsight/importers/pagerduty"
	"hindsight/importers/redmine"
	"hindsight/importers/rootly"
	"hindsight/importers/rt"
	"hindsight/importers/servicenow"
	"hindsight/importers/servicenow/tableapi"
	"hindsight/importers/statuspage"
	"hindsight/importers/table"
	"hindsight/importers/victorops"
	"hindsight/importers/zabbix"
)

// Sources returns every source, sorted by name.
func Sources() []importers.Source {
	return []importers.Source{
		alertmanager.Source(),
		argocd.Source(),
		datadog.Source(),
		deploy.Source(),
		dispatch.Source(),
		firehydrant.Source(),
		github.Source(),
		gitlab.Source(),
		grafanaincident.Source(),
		icalendar.Source(),
		icinga.Source(),
		incidentio.Source(),
		jenkins.Source(),
		jira.Source(),
		markdown.Source(),
		morgue.Source(),
		oncall.Source(),
		opsgenie.Source(),
		pagerduty.Source(),
		redmine.Source(),
		rootly.Source(),
		rt.Source(),
		markdown.Runbooks(),
		servicenow.Source(),
		tableapi.Source(),
		statuspage.Source(),
		table.Source(),
		victorops.Source(),
		zabbix.Source(),
	}
}
