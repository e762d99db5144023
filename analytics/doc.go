// Package analytics answers questions about many incidents with numbers: durations, counts, time between
// failures, availability, service levels, reopening, and whether a change is more than chance. It
// keeps every incident as a row of columns in memory and computes from them; it knows no database, no
// page and no chart.
//
// Start with [Snapshot]: an immutable view as of one number of the change feed, from which every
// figure of one page or document is taken, so that they agree to the digit. [Live] makes snapshots from
// the feed. A [Query] says which incidents and how to group them; [Metrics] defines what is measured.
//
// Rules that hold for every figure:
//
//  1. Incidents belong to the period in which they started ([incident.Incident.StartedAt]), except for
//     availability and time between failures, which look at the stretches of impact inside the period.
//  2. An incident that does not count ([incident.Incident.Uncounted]) is listed as left out, with its reason.
//  3. A missing time is never zero; open, missing and invalid durations are counted apart.
//  4. Private incidents are invisible, also as left out, unless the query says otherwise.
//  5. A number without enough incidents behind it is no number but a reason ([Estimate]).
//
// The formulas live in analytics/stats.
package analytics
