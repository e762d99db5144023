package analytics

const ofProblem = "incidents of the problem that count and that nobody took out of it"

// problemMetrics are the definitions of figures of one recurring problem.
func problemMetrics() []Metric {
	return []Metric{
		{ID: "problem_year", Title: "Incidents and time lost of a problem", Unit: Seconds, FewerIsBetter: true, Page: "/problems",
			Definition: "of the incidents that began in the last 12 months: how many, and their lengths added up, as long as users suffered or, where nobody knows that, as long as the record was open; overlaps count twice. Where several are alerts of one flood, the number is of occurrences, in which a flood is one, and that of the incidents stands beside it",
			Population: ofProblem, Missing: "open incidents, and those without a length, are in the number and not in the time, and how many are measured stands beside it", Source: "this product"},
		{ID: "problem_interval", Title: "Interval between incidents of a problem", Unit: Seconds, Page: "/problems", Definition: "median time from the beginning of one incident to that of the next; the alerts of one flood are one, which begins with the first of them",
			Population: ofProblem, Missing: startMissing, Method: "linear quantile with order-statistic interval; not told where there are too few gaps to bound the median", Source: "Conover, Practical Nonparametric Statistics, 3.2"},
		{ID: "problem_trend", Title: "Trend of a problem", Unit: Number, FewerIsBetter: true, Page: "/problems",
			Definition: "two questions: the rate of the last 12 months divided by that of the 12 before, and whether the beginnings since the first incident lie early, which is improvement; the alerts of one flood are one",
			Population: ofProblem, Missing: startMissing + "; nothing is compared with a time before the record of the sources, nor with one after it fell silent", Method: "the rate as on the page of a service; the trend by Lewis-Robinson, beside it Laplace and Mann-Kendall; the first incident begins the observation and is not in the test, which needs 6 more",
			Source: "Przyborowski and Wilenski (1940); Lewis and Robinson (1974); Cox and Lewis (1966)"},
		{ID: "action_effect", Title: "Did an action work?", Unit: Number, FewerIsBetter: true, Page: "/problems",
			Definition: "for each action item that is done: how often it came back in the time since, a year at most, divided by how often in as long a time before, without the incident that the item was promised after, and how long it took to the next one, or has taken so far; the alerts of one flood are one. It says what happened after, not what the action caused: items are made when it was bad, and what is bad by chance becomes better by itself",
			Population: "incidents of the confirmed problem that the item’s incident belongs to, without those that people took out; else those of the same service with the same factor", Missing: startMissing + "; items of which nobody says when they were done are not judged; nothing is compared with a time before the record of the sources, nor with one after it fell silent", Method: "ratio of Poisson rates with exact conditional interval, negative binomial where weeks vary more",
			Source: "Przyborowski and Wilenski (1940); Clopper and Pearson (1934)"},
		{ID: "problem_cost", Title: "Cost of a problem", Unit: Money, FewerIsBetter: true, Page: "/problems",
			Definition: "for each service the time that the incidents took from it in the last 12 months, each minute by the weight of its severity, overlaps once, maintenance and excluded time not at all; the least time at the low rate to the most at the high one, added up by currency",
			Population: ofProblem, Missing: "incidents of which nobody knows how long users suffered are in no cost, and counted beside it; open ones cost up to now", Source: "the cost rates in force, with the reason that was given for each"},
		{ID: "problem_purity", Title: "What incidents of a problem have in common", Unit: Share, Page: "/problems",
			Definition: "incidents that name a service, team or factor divided by those that name any; no share below 5 of them",
			Population: "incidents of the problem that nobody took out of it, those that count nowhere too", Missing: "incidents that name none are counted beside it", Source: "interval: Wilson (1927)"},
		{ID: "exit_criterion", Title: "Exit criterion of a problem", Unit: Number, Page: "/problems",
			Definition: "whole days of 24 hours since the newest incident began, of the days without one that are asked for; 0 while one goes on; incidents that began after the problem was resolved are told of by number and date",
			Population: ofProblem, Missing: "without a date it is not met; days after the record of the sources fell silent prove nothing, which stands beside it", Source: "what people wrote; it is worked out each time and never stored"},
	}
}
