// Package sqlite3 stands in for the cgo SQLite driver that gorm's SQLite dialector imports for its
// side effect only. Hindsight uses modernc.org/sqlite, so the C code is never wanted.
package sqlite3
