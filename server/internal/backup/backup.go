// Package backup writes the whole database into one file that can be read without this program, reads such files, and checks
// them. It knows no table: which there are, the database's own catalogue says (server/internal/store). Start with [Take], which
// makes a file, [Check], which reads one, and [Restore]. docs/operating.md describes the format for operators.
//
// A backup is a gzip-compressed tar archive (POSIX.1-2001) of text files in UTF-8:
//
//  1. backup.json: what and when, and each table with its columns and their kinds ([Header]).
//  2. tables/NAME/00001.jsonl and so on, for each table in the order of backup.json: JSON Lines. The first line of each file is
//     an array of the columns' names, every other line an array of one row's values, in the same order.
//  3. manifest.json: rows, bytes and SHA-256 of every file before it, and the digest of the whole ([Manifest]).
//
// Values: text is a string; integer a number of up to 64 bits; real a number, or "NaN", "Infinity" or "-Infinity"; boolean true
// or false; time a string as in RFC 3339, in UTC with six decimals, or, outside the years 0 to 9999, the number of microseconds
// since 1970; bytes a string of base64 (RFC 4648, section 4). NULL is null, and differs from "".
package backup

import (
	"time"

	"hindsight/incident"
	"hindsight/server/internal/store"
)

// Format is the version of the format that this program writes. It reads no later one.
const Format = 1

// Header is backup.json.
type Header struct {
	Format   int       `json:"format"`   // see Format
	Program  string    `json:"program"`  // version of the program that wrote it
	Schema   int64     `json:"schema"`   // number of the newest migration of the tables
	Database string    `json:"database"` // sqlite or postgres
	TakenAt  time.Time `json:"taken_at"` // UTC
	Change   int64     `json:"change"`   // position of the change feed
	// Tables in the order of their files, each behind those that it refers to.
	Tables []store.Table `json:"tables"`
}

// Manifest is manifest.json.
type Manifest struct {
	Files []File `json:"files"`
	// SHA256 is that of the whole: of a text with a line "DIGEST  NAME\n" for each file, as sha256sum prints them.
	SHA256 string `json:"sha256"`
	// Keys are the ids of the keys that sealed secrets in the tables are sealed with, sorted. The keys themselves are nowhere.
	Keys []string `json:"keys"`
}

// File is a file in a backup.
type File struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"` // of a table; 0 for others
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // hexadecimal
}

// Summary says what a backup holds.
type Summary struct {
	Format   int       `json:"format"`
	Program  string    `json:"program"`
	Schema   int64     `json:"schema"`
	Database string    `json:"database"`
	TakenAt  time.Time `json:"taken_at"`
	Change   int64     `json:"change"`
	Tables   int       `json:"tables"`
	Rows     int64     `json:"rows"`
	Bytes    int64     `json:"bytes"` // without compression
	SHA256   string    `json:"sha256"`
	Keys     []string  `json:"keys"`
	LeftOut  []string  `json:"left_out,omitempty"` // tables beside Hindsight's in the same database
}

// Note is what the audit log says of a backup that was taken, or that the installation was restored from.
func (s Summary) Note(action incident.AuditAction, file string) incident.AuditNote {
	return incident.AuditNote{Action: action, Object: incident.AuditObject{Kind: "backup", Name: file},
		Facts: map[string]any{"rows": s.Rows, "sha256": s.SHA256, "taken_at": s.TakenAt.Format(time.RFC3339), "change": s.Change}}
}

func summary(h Header, m Manifest) Summary {
	s := Summary{Format: h.Format, Program: h.Program, Schema: h.Schema, Database: h.Database, TakenAt: h.TakenAt, Change: h.Change,
		Tables: len(h.Tables), SHA256: m.SHA256, Keys: m.Keys}
	for _, f := range m.Files {
		s.Rows, s.Bytes = s.Rows+f.Rows, s.Bytes+f.Bytes
	}
	return s
}

// Progress says how far something is.
type Progress struct {
	Doing  string // "writing", "checking" or "restoring"
	Table  string
	Number int // of the table, from 1
	Tables int
	Rows   int64 // so far, of all tables
}

// The names of the files that are not tables.
const (
	headerName   = "backup.json"
	manifestName = "manifest.json"
)
