package analytics

import (
	"time"

	"hindsight/analytics/stats"
)

// Deployment is a change that went to production, as far as the figures of delivery need it.
type Deployment struct {
	At        time.Time
	Failed    bool      // it needed a rollback, a hotfix or a fix forward at once; not every incident after it
	Recovered time.Time // when service was back; zero when it is not
	Unknown   bool      // service is back, and nobody knows since when: the failure is in no time to recovery
	Rework    bool      // unplanned, made because of an incident
}

// Delivery are the figures of DORA (dora.dev, the guide of 2026) that deployments tell.
type Delivery struct {
	Deployments int
	PerDay      Estimate
	Failed      int
	FailRate    Estimate // Failed / Deployments, Wilson
	Rework      Estimate // share of deployments that were rework
	// Recovery is the median time from a failed deployment to its recovery in seconds, of those that recovered.
	// WithOpen counts the others as lasting until now: leaving them out flatters.
	Recovery, WithOpen Estimate
	Open               int // failed and not recovered
	Missing            int // failed, and recovered at a time that nobody knows
	values, open       []float64
}

// Deliver measures the deployments inside [from, to) as of now.
func Deliver(from, to, now time.Time, deployments []Deployment) Delivery {
	var d Delivery
	rework := 0
	for _, x := range deployments {
		if x.At.Before(from) || !x.At.Before(to) {
			continue
		}
		d.Deployments++
		if x.Rework {
			rework++
		}
		if x.Failed {
			d.fail(x, now)
		}
	}
	d.PerDay = countGroup(Group{}, d.Deployments, max(0, to.Sub(from).Hours()/24)).PerDay
	d.FailRate, d.Rework = share(d.Failed, d.Deployments), share(rework, d.Deployments)
	g := DurationGroup{N: len(d.values), NOpen: len(d.open), Values: sorted(d.values), OpenValues: sorted(d.open)}
	d.Recovery = quantile(g.Values, 0.5)
	g.Median = d.Recovery
	d.WithOpen = g.medianWithOpen()
	return d
}

func (d *Delivery) fail(x Deployment, now time.Time) {
	d.Failed++
	if x.Unknown {
		d.Missing++
		return
	}
	if x.Recovered.IsZero() {
		d.Open++
		d.open = append(d.open, max(0, now.Sub(x.At).Seconds()))
		return
	}
	d.values = append(d.values, max(0, x.Recovered.Sub(x.At).Seconds()))
}

// RecoveryTimes returns the median time to recovery in seconds, of failures that recovered and of all, however few they
// are; NaN where there is none. Recovery and WithOpen are for people: they abstain when there are too few.
func (d Delivery) RecoveryTimes() (recovered, all float64) {
	g := DurationGroup{N: len(d.values), NOpen: len(d.open), Values: sorted(d.values), OpenValues: sorted(d.open)}
	all, _ = g.Survival().Quantile(0.5, stats.LogLog, Level)
	return stats.Quantile(g.Values, 0.5), all
}
