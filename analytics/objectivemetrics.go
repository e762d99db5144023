package analytics

// impactPopulation is the population of what is measured in minutes of impact.
const impactPopulation = "incidents of the service that count and have a known stretch of impact inside the window, whenever they started; open ones last until now; those without a start or an end of impact are in no number and listed"

// objectiveMetrics are the definitions around objectives.
func objectiveMetrics() []Metric {
	return []Metric{
		{ID: "weighted_availability", Title: "Availability by weight", Unit: Share,
			Definition: "1 less the share of the period, the service's own maintenance and what contracts exclude for it aside, that was lost, where a minute of impact counts by the weight of its incident's severity; of incidents at one time the worst counts, or their sum up to 1 where the weights say so; plus or minus what times known to the minute, hour or day leave open",
			Population: impactPopulation, Missing: impactMissing + "; no value for a period that the record of the service's sources does not reach into", Source: "weights: the policy in force, or SEV1 1, SEV2 0.5, SEV3 0.25, SEV4 0.1, SEV5 0, unset 1; interval union; SRE Workbook, chapter 2"},
		{ID: "composed_availability", Title: "Availability with dependencies", Unit: Share,
			Definition: "availability by weight where the service also loses what the services lose that it needs: the most that any of a group loses of which all are needed, the least where one is enough; maintenance of what it needs is no excuse",
			Population: impactPopulation + "; likewise of the services that it needs", Missing: impactMissing, Source: "the dependencies in force; series and parallel structure, piece by piece in time and not by multiplying averages"},
		{ID: "error_budget", Title: "Error budget spent", Unit: Seconds, FewerIsBetter: true,
			Definition: "time lost in the objective's window by the service and by what it needs, beside the budget of (1 − objective) times the window less maintenance and what contracts exclude; what the service lost by itself is stated beside it; an incident's own part is by how much less would be spent without it, and what several spent at once is shared",
			Population: impactPopulation, Missing: impactMissing, Source: "SRE Workbook, chapters 2 and 5"},
		{ID: "burn_rate", Title: "Burn rate", Unit: Number, FewerIsBetter: true,
			Definition: "share of time lost divided by 1 − objective: at 1 the budget lasts exactly its window; alerts compare a long and a short time with thresholds of 2 %, 5 % and 10 % of the budget in 1 hour, 6 hours and 3 days",
			Population: impactPopulation, Missing: impactMissing, Source: "SRE Workbook, chapter 5, table 5-8, thresholds recomputed for the window; projection: gamma interval of Fay and Feuer (1997) for what a Poisson number of episodes spends"},
		{ID: "incident_cost", Title: "Cost of lost time", Unit: Money, FewerIsBetter: true,
			Definition: "lost minutes by weight times the rate per minute: the fewest minutes at the low rate to the most at the high rate",
			Population: impactPopulation, Missing: impactMissing, Source: "the cost rate in force, with the reason that was given for it; nothing where none is set"},
	}
}
