// Package template finds what alert titles and log lines have in common: the template that a program filled in. It is for
// saying "the same alert, the fourteenth time"; it is not for prose, and it does not understand anything.
//
// Two steps do the work. [Mask] replaces what looks like a value (numbers, ids, addresses, paths, times, amounts) by
// marks, by form alone, so it needs no history. A [Miner] keeps the templates that it has seen and
// makes a word variable when that position has shown many different values beside the same other words: eight, or six where
// values usually stand. That is more than anything has states: "VM paused" and "VM resumed" stay two events.
//
// Start with [Mask] and [Miner.Add].
package template
