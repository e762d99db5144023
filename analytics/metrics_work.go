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
			Population: deployments, Missing: "deployments that have not ended are not counted yet", Source: "dora.dev, the guide of 2026; interval: Garwood (1936)"},
		{ID: "change_fail_rate", Title: "Change fail rate", Unit: Share, FewerIsBetter: true, Page: "/delivery",
			Definition: "failed deployments divided by all; " + chosenOrStood, Population: deployments, Missing: "deployments that have not ended are not counted yet", Source: "dora.dev, the guide of 2026; interval: Wilson (1927)"},
		{ID: "failed_deployment_recovery", Title: "Failed deployment recovery time", Unit: Seconds, FewerIsBetter: true, Page: "/delivery",
			Definition: "from a failed deployment to the end of impact or the resolution of the last incident laid to it, or, without an incident, to the next deployment of one of its services that succeeded; those that go on are counted beside it and enter the second median as lasting until now",
			Population: "failed deployments", Missing: "recoveries that go on are counted beside the figure", Source: "dora.dev, the guide of 2026; median with order-statistic interval, Kaplan-Meier with those that go on"},
		{ID: "deployment_rework", Title: "Deployment rework rate", Unit: Share, FewerIsBetter: true, Page: "/delivery",
			Definition: "unplanned deployments that repair what an incident showed, divided by all; no value while no source says which they are", Population: deployments, Missing: "deployments that have not ended are not counted yet", Source: "dora.dev, the guide of 2026"},
		{ID: "near_deployment", Title: "Incidents near a deployment", Unit: Share, FewerIsBetter: true, Page: "/delivery",
			Definition: "incidents that began within the cap after a deployment of a service that they touched, divided by all; beside it the share of the time that lies within the cap after such a deployment, which is what chance alone would give",
			Population: "incidents that count and started in the period", Missing: startMissing, Source: "interval: Wilson (1927); base rate: length of the union of the stretches behind deployments, clipped to the period"},
		{ID: "interruptions", Title: "Interruptions a week", Unit: Number, FewerIsBetter: true, Page: "/load",
			Definition: "beginnings of incidents, escalations and reopenings of a team per week of the period; shown only where the sources name five people of the team or more",
			Population: "incidents that count, started in the period and fell to the team or to a service that it owns", Missing: startMissing, Source: "interval: Garwood (1936)"},
		{ID: "sleep_interruptions", Title: "Interruptions by hours", Unit: Share, FewerIsBetter: true, Page: "/load",
			Definition: "interruptions in sleep hours, or outside business hours, divided by all, by the clock of the team's zone; shown only from five people upwards",
			Population: "interruptions inside the period", Missing: "escalations and reopenings without a time are not counted", Source: "hours: those agreed on for the team, else of all teams, else Monday to Friday 08:00-18:00, sleep 22:00-08:00, UTC; interval: Wilson (1927)"},
		{ID: "overlap_share", Title: "Several incidents at once", Unit: Share, FewerIsBetter: true, Page: "/load",
			Definition: "of the time that people of a team spent on incidents, counted for each incident, the share that one of them spent on others at the same time; from when to when a source says somebody worked, else from acknowledgement to resolution; no interval; shown only from five people upwards",
			Population: "people who acknowledged, worked on, led or resolved an incident of the team", Missing: "work without a beginning and an end is not counted", Source: "interval union"},
		{ID: "escalated", Title: "Escalated", Unit: Share, FewerIsBetter: true, Page: "/load", Definition: "incidents escalated at least once divided by all",
			Population: "incidents of the team whose source tells of such things", Missing: historyMissing, Source: "interval: Wilson (1927)"},
		{ID: "reassigned", Title: "Reassigned", Unit: Share, FewerIsBetter: true, Page: "/load", Definition: "incidents that were assigned to somebody and later to somebody else, divided by all",
			Population: "incidents of the team whose source tells of such things", Missing: historyMissing, Source: "interval: Wilson (1927)"},
		{ID: "learning_funnel", Title: "Learning funnel", Unit: Share, Page: "/learning", Definition: "incidents with a retrospective, with factors named, with action items, and with all of these done, each divided by all incidents",
			Population: "incidents that count and started in the period", Missing: startMissing, Source: "interval: Wilson (1927)"},
		{ID: "actions_done", Title: "Action items done", Unit: Share, Page: "/learning", Definition: "action items that are done, whether they worked or not, divided by those that are done, open or in progress; those that it was decided not to do are in neither, and those of unknown state are counted beside it",
			Population: "action items of incidents that count and started in the period", Missing: "items of unknown state are not done and are counted beside the figure", Source: "interval: Wilson (1927)"},
		{ID: "actions_on_time", Title: "Action items done in time", Unit: Share, Page: "/learning", Definition: "action items done by their due time divided by those done or overdue; no value while no source says when an item was done",
			Population: "action items with a due time", Missing: "items without a due time are left out, and so are those done of which nobody says when, which are counted beside it", Source: "interval: Wilson (1927)"},
		{ID: "actions_age", Title: "Age of action items when done", Unit: Seconds, FewerIsBetter: true, Page: "/learning", Definition: "median time from when an action item was made to when it was done; those that are open count as far as they are, so that what is put off does not look quick",
			Population: "action items of incidents that count and started in the period", Missing: "items of which nobody says when they were made, or done, are left out and counted beside it", Source: "Kaplan and Meier (1958), interval on the log-log scale"},
		{ID: "shared_factors", Title: "Factors that recur", Unit: Number, FewerIsBetter: true, Page: "/causes", Definition: "incidents that name a trigger or a contributing factor, by factor, service and quarter; a factor is its category or, without one, its text up to 100 bytes; names that differ in case or blanks alone are one; factors of one incident alone are counted beside it",
			Population: "incidents that count and started in the period; confirmed where a person here said so, claimed where a source or a document alone does", Missing: "incidents that name no factor, or tell one in prose, are counted beside the figure; without a start they are in no quarter", Source: "counts; share of the incidents with a factor: Wilson (1927)"},
		{ID: "co_failure", Title: "Services that fail together", Unit: Number, FewerIsBetter: true, Page: "/causes",
			Definition: "for two services, incidents that name both, and beside them how often separate incidents of the two began within an hour of each other; incidents of one service within an hour of its first one are one failure, and a failure is in one such meeting at most; pairs with three or more are listed. Expected by chance: the meetings with one timeline moved by one to eight whole weeks either way, which leaves each service its rate, its bursts and the hours and weekdays at which it fails, over as much of the record as both share then; lift: the count over that, given the total a binomial count, both divided by the over-dispersion of the moved counts; q: corrected for all pairs of services with three failures or more; more than chance: q up to 0.05",
			Population: "incidents that count, started in the period and name a service; of more than 400 services those with the most incidents", Missing: "incidents without a start are in the first count alone; where the record that both share has no six moves of half its length there is no test", Source: "referents of the same hour and weekday: Levy et al. (2001); interval: Przyborowski and Wilenski (1940), Clopper and Pearson (1934); over-dispersion: McCullagh and Nelder (1989); q: Benjamini and Hochberg (1995)"},
		{ID: "change_before_failure", Title: "Changes before failures", Unit: Share, FewerIsBetter: true, Page: "/causes",
			Definition: "failures of a service before which it, or what it is configured to need, was changed within the cap, divided by all failures; incidents within an hour of the first one are one failure. By chance: the same share of the same failures moved by one to eight whole weeks either way. Suspected: q up to 0.05 over all services shown; strongly suspected: the lower end of the lift is 2 or more, so that at least half of these failures would not follow a change by chance",
			Population: "failures of incidents that count and began while changes are on record; changes that were not called off and went to where users are", Missing: startMissing, Source: "as for services that fail together; share not due to chance: Levin (1953)"},
		{ID: "alert_floods", Title: "Alert floods", Unit: Number, FewerIsBetter: true, Page: "/causes",
			Definition: "five or more incidents opened by a pager or a monitor, each at most 5 minutes after the one before and related to it (they share a service, one of their services is configured to need the other's, or they came through one connection and their titles are equal once numbers, ids, hosts and dates are masked), and ten times as many as the same services have in so long a time otherwise. A flood stands behind the first incident that people opened about one of its services while it went on, or else behind its first alert. Lists fold the others behind it; nothing is stored or deleted. Figures count each incident of a flood, but those of a recurring problem count a flood once, with both numbers beside each other; those of failures (services that fail together, changes before failures) count the incidents of a service within an hour as one",
			Population: "incidents opened by a pager or a monitor, those that do not count included", Missing: "incidents without a start are in no flood", Source: "own rule; masking as for templates of titles"},
		{ID: "repeat_rate", Title: "Repeats", Unit: Share, FewerIsBetter: true, Page: "/learning", Definition: "incidents of a problem that had struck up to 90 days before, divided by all; those of no problem are no repeats and are counted beside it",
			Population: "incidents that count and started in the period; problems that a person confirmed, or that the source names", Missing: startMissing, Source: "interval: Wilson (1927)"},
	}
}
