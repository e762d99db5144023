// Package alltest lists the made-up systems that sources can be tried on. It holds nothing else; a source with an API adds one
// line here. Start with [Upstreams].
package alltest

import (
	"hindsight/importers/alertmanager/alertmanagertest"
	"hindsight/importers/argocd/argocdtest"
	"hindsight/importers/datadog/datadogtest"
	"hindsight/importers/firehydrant/firehydranttest"
	"hindsight/importers/github/githubtest"
	"hindsight/importers/gitlab/gitlabtest"
	"hindsight/importers/grafanaincident/grafanaincidenttest"
	"hindsight/importers/icalendar/icalendartest"
	"hindsight/importers/icinga/icingatest"
	"hindsight/importers/importertest"
	"hindsight/importers/incidentio/incidentiotest"
	"hindsight/importers/jenkins/jenkinstest"
	"hindsight/importers/jira/jiratest"
	"hindsight/importers/oncall/oncalltest"
	"hindsight/importers/opsgenie/opsgenietest"
	"hindsight/importers/pagerduty/pagerdutytest"
	"hindsight/importers/redmine/redminetest"
	"hindsight/importers/rootly/rootlytest"
	"hindsight/importers/rt/rttest"
	"hindsight/importers/servicenow/tableapi/tableapitest"
	"hindsight/importers/statuspage/statuspagetest"
	"hindsight/importers/victorops/victoropstest"
	"hindsight/importers/zabbix/zabbixtest"
)

// Upstreams returns a made-up system for each source that reads over the network, sorted by the source's name.
func Upstreams() []importertest.Upstream {
	return []importertest.Upstream{
		alertmanagertest.Upstream,
		argocdtest.Upstream,
		datadogtest.Upstream,
		firehydranttest.Upstream,
		githubtest.Upstream,
		gitlabtest.Upstream,
		grafanaincidenttest.Upstream,
		icalendartest.Upstream,
		icingatest.Upstream,
		incidentiotest.Upstream,
		jenkinstest.Upstream,
		jiratest.Upstream,
		oncalltest.Upstream,
		opsgenietest.Upstream,
		pagerdutytest.Upstream,
		redminetest.Upstream,
		rootlytest.Upstream,
		rttest.Upstream,
		statuspagetest.Upstream,
		tableapitest.Upstream,
		victoropstest.Upstream,
		zabbixtest.Upstream,
	}
}
