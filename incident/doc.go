// Package incident holds the words of the domain: incidents and their milestones, timelines, services,
// teams, problems, retrospectives, service levels, and the Store that keeps them. It imports the
// standard library alone, so that it outlives every other library in the program.
//
// Start reading here. The life of a fact runs through the packages in this order:
//
//  1. A source in importers reads a [Raw] record from a pager, a ticket system or a file. It is
//     stored before anything is made of it. The source's pure Map function turns it into an
//     [Incident] with a timeline, or says why it cannot: then it becomes a [DeadLetter].
//  2. server/internal/store, the one [Store], writes it in a transaction that takes a number in the
//     change feed. Numbers follow commit order ([Seq]).
//  3. server/internal/follow reads the feed on every replica and hands what changed to search (the
//     full-text index, similar incidents) and to analytics (columns in memory).
//  4. reports turns a snapshot of analytics into charts and tables, each a value that every page, file
//     and API answer renders.
//  5. frontend draws pages; server/internal/web and server/internal/api serve them.
//
// Three ideas carry the rest. A [Milestone] is a statement with a source, and people's statements outrank
// imported ones without replacing them. A [Duration] has four states, so that a missing time is
// never zero and a negative one never counted. What is private ([Incident.Private]) is
// invisible to those who may not see it, everywhere.
package incident
