package incident

import (
	"encoding/json"
	"time"
)

// AuditEntry is one entry of the audit log: who did what to what, and what was there before and after. Entries are never
// changed. Hash covers the entry and Prev, the hash of the one before, so that none can be changed, left out or put in
// between unnoticed. What is said of people (names, address, browser, Before, After) is covered by a salted digest, so
// that it can be erased and the chain still holds.
type AuditEntry struct {
	Seq    int64 // without gaps, in the order of commits
	At     time.Time
	Actor  Actor
	Action AuditAction
	Object AuditObject
	// Before and After are JSON objects of the fields that changed; null when there is nothing to tell. Of a list they
	// have what went and what came. A secret is told as "set", "changed" or "removed".
	Before, After json.RawMessage
	Facts         json.RawMessage // what else there is to know, without anything personal: counts, reasons; null: nothing
	ErasedBy      int64           // the entry that tells of an erasure in this one's texts; 0: nothing was erased
	Prev, Hash    string          // SHA-256, hex
}

// AuditObject is what an entry is about.
type AuditObject struct {
	Kind string // incident, problem, policy, connection, user, session, token, setting, import, export, …
	ID   ID
	Name string // as it was called then
}

// AuditAction is what was done.
type AuditAction string

const (
	AuditCreated      AuditAction = "created"
	AuditChanged      AuditAction = "changed"
	AuditDeleted      AuditAction = "deleted"
	AuditSignedIn     AuditAction = "signed in"
	AuditSignedOut    AuditAction = "signed out"
	AuditSignInFailed AuditAction = "sign-in failed"
	AuditRefused      AuditAction = "refused"  // a page or operation to somebody who may not have it, or a request that was not let in
	AuditStarted      AuditAction = "started"  // an import
	AuditFinished     AuditAction = "finished" // an import, however it went
	AuditRead         AuditAction = "read"     // a private incident
	AuditExported     AuditAction = "exported"
	AuditRestored     AuditAction = "restored" // everything, from a backup: what came between the two is gone
	AuditCut          AuditAction = "cut"      // entries at the old end of the log
	AuditErased       AuditAction = "erased"   // a person, from the texts of entries
)

// AuditActions lists all of them, in the order in which pages offer them.
var AuditActions = []AuditAction{AuditCreated, AuditChanged, AuditDeleted, AuditSignedIn, AuditSignedOut, AuditSignInFailed, AuditRefused,
	AuditStarted, AuditFinished, AuditRead, AuditExported, AuditRestored, AuditCut, AuditErased}

// AuditNote is what a transaction says for the audit log where no entity tells it by itself: reads, exports, failed sign-ins, refusals.
// Secrets must not be in it.
type AuditNote struct {
	Actor         Actor // zero: who the transaction belongs to
	Action        AuditAction
	Object        AuditObject
	Before, After map[string]any // what can be erased
	Facts         map[string]any // what cannot; nothing personal
}

// AuditFilter selects entries. The zero filter selects all.
type AuditFilter struct {
	Actor      ID // of a user or token, or the name of a job or command
	ActorKind  ActorKind
	Action     AuditAction
	ObjectKind string
	Object     ID
	From, To   time.Time // half-open; zero: no bound
	Limit      int       // default 50
	Before     int64     // entries with smaller numbers alone; 0: from the newest
}

// AuditHead is the end of the chain. Noted outside, it proves later that nothing up to there was changed.
type AuditHead struct {
	Seq  int64 // 0: no entry yet
	Hash string
	Cut  int64 // the last entry that was cut off at the old end; 0: none
}

// AuditProof is what following the chain from its first entry to its last one found.
type AuditProof struct {
	Entries int64     // that were followed
	Erased  int64     // of them with something erased
	Head    AuditHead // where they ended
	// Broken is the number of the first entry that does not hold; 0: all do. Why says in words what is wrong with it.
	Broken int64
	Why    string
}
