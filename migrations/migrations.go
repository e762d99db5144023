// Package migrations holds the schema of the database as numbered SQL files, once for SQLite and once for
// PostgreSQL. It does not run them: server/internal/store does, when it opens the database.
// Files with the same number make the same tables; start with sqlite/0001_incidents.sql.
//
// A released file is never changed; a new number is added in both folders.
package migrations

import "embed"

// Files holds the folders sqlite and postgres.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS
