package analytics

const (
	deployments   = "changes of kind deploy, unless others are asked for, that ended, were not canceled, and name no environment or one where users are"
	chosenOrStood = "a deployment counts as failed when its source says so, when a person lays an incident to it, or when an incident of a service of its own began within the cap after it and nobody says otherwise"
)

// workMetrics are the definitions of figures that need more than incidents: deployments, people, action items. They are shown at
// Page and not by Durations and its like.
func workMetrics() []Metric {
	return []Metric{
		{ID: "deployment_frequency", Title: "Deployment frequency", Unit: Number, Page: "/delivery", Definition: "deployments per day of 24 hours of the observed period",
			Population: deployments, Source: "dora.dev, the guide of 2026; interval: Garwood (1936)"},
		{ID: "change_fail_rate", Title: "Change fail rate", Unit: Share, FewerIsBetter: true, Page: "/delivery",
			Definition: "failed deployments divided by all; " + chosenOrStood, Population: deployments, Source: "dora.dev, the guide of 2026; interval: Wilson (1927)"},
		{ID: "failed_deployment_recovery", Title: "Failed deployment recovery time", Unit: Seconds, FewerIsBetter: true, Page: "/delivery",
			Definition: "from a failed deployment to the end of impact or the resolution of the last incident laid to it, or, without an incident, to the next deployment of one of its services that succeeded; those that go on are counted beside it and enter the second median as lasting until now",
			Population: "failed deployments", Source: "dora.dev, the guide of 2026; median with order-statistic interval, Kaplan-Meier with those that go on"},
		{ID: "deployment_rework", Title: "Deployment rework rate", Unit: Share, FewerIsBetter: true, Page: "/delivery",
			Definition: "unplanned deployments that repair what an incident showed, divided by all; no value while no source says which they are", Population: deployments, Source: "dora.dev, the guide of 2026"},
		{ID: "near_deployment", Title: "Incidents near a deployment", Unit: Share, FewerIsBetter: true, Page: "/delivery",
			Definition: "incidents that began within the cap after a deployment of a service that they touched, divided by all; beside it the share of the time that lies within the cap after such a deployment, which is what chance alone would give",
			Population: "incidents that count and started in the period", Source: "interval: Wilson (1927); base rate: length of the union of the stretches behind deployments, clipped to the period"},
	}
}
