// Package calendar measures business time: how much of it passed between two instants, and when a promise that is
// counted in it is due. It knows no incident and no contract; it is not for calendar periods such as months, which
// are package analytics' business.
//
// Start with [New], which makes a [Calendar] of what people agreed on, and [Clock], which runs in it.
//
// Instants and lengths are whole microseconds, instants since 1970-01-01 UTC, as everywhere in analytics. Hours are
// clock times of a zone; how they become instants is said at resolve.
package calendar
