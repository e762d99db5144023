// Package table writes tables and the numbers of charts for other programs and for people who paste: CSV,
// JSON and Markdown. Numbers go out in full precision and in the units that their keys name; only
// Markdown rounds, as pages do. Start with CSV.
package table
