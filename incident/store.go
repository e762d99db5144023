package incident

import (
	"context"
	"iter"
	"time"
)

// Store is the database as the rest of the program sees it. Implementations pass
// incidenttest.TestStore. Getters return ErrNotFound; all times come back in UTC, with microseconds.
//
// What a Store returns belongs to the caller.
type Store interface {
	Reader
	// Update runs f in one transaction and returns the number of its change: every entity that f put
	// carries it, and Changes shows them under it once the transaction has committed. When f
	// returns an error nothing is written. f may be run again after a serialization failure. What people can look up later,
	// who did it and what was there before goes to the audit log in the same transaction; who it is, ctx says (Acting).
	Update(ctx context.Context, f func(Tx) error) (Seq, error)
	// Close waits for running transactions and closes the database.
	Close() error
}

// Reader is the reading half of a Store.
type Reader interface {
	// Incident returns the incident with all but its timeline, tombstones included.
	Incident(ctx context.Context, id ID) (*Incident, error)
	// FindIncident returns the newest incarnation of an external id, read by any connection whose
	// source or name is source.
	FindIncident(ctx context.Context, source, externalID string) (*Incident, error)
	// Incidents streams what f selects in f's order; it holds no transaction between steps.
	Incidents(ctx context.Context, f Filter) iter.Seq2[*Incident, error]
	// Facts returns those of ids that are no tombstones, in no order, with nothing but what figures are made from: id,
	// connection, number, title, status, severity, priority, kind, origin, privacy, the audience of private ones, reason to leave it out, reopenings, team, SameAs,
	// ExternalCreatedAt, milestones, segments, services, tags, custom values, SLA, factors and edits.
	Facts(ctx context.Context, ids []ID) ([]*Incident, error)
	// Page returns at most f.Limit incidents (default 50), the total that f selects without its cursor,
	// and the cursor of the next page, empty on the last one. A malformed cursor is ErrInvalid.
	Page(ctx context.Context, f Filter) (incs []*Incident, total int, next string, err error)
	// Actions returns where the action items are that f selects, at most f.Limit behind f.Skip, and how many there are in all.
	Actions(ctx context.Context, f ActionFilter) (found []ActionPlace, total int, err error)
	// ActionOwners returns the owners of the action items that f selects, those with most first; the empty name is of those
	// without one.
	ActionOwners(ctx context.Context, f ActionFilter, limit int) ([]ActionOwner, error)
	Timeline(ctx context.Context, id ID) ([]TimelineEvent, error)
	// Timelines returns the events of many incidents at once, each in time order.
	Timelines(ctx context.Context, ids []ID) (map[ID][]TimelineEvent, error)
	// Retrospective returns what there is to read: the reading copy of the one that is written here, else the imported one.
	Retrospective(ctx context.Context, id ID) (*Retrospective, error)
	// Retrospectives returns those of many incidents at once; one without is not a key.
	Retrospectives(ctx context.Context, ids []ID) (map[ID]Retrospective, error)
	// ImportedRetrospective returns what a source gave, also of an incident whose retrospective is written here.
	ImportedRetrospective(ctx context.Context, incident ID) (*Retrospective, error)

	// Retro returns the retrospective that is written here about an incident.
	Retro(ctx context.Context, incident ID) (*Retro, error)
	Retros(ctx context.Context) ([]Retro, error) // the last changed first
	// RetroSections returns the sections in their order, removed ones too.
	RetroSections(ctx context.Context, incident ID) ([]RetroSection, error)
	// TextChanges returns the accepted changes of a section's text that come after a version, in order. When some of them are
	// kept no more it is ErrNotFound, and so it is for a version that is none.
	TextChanges(ctx context.Context, incident ID, slug string, after int) ([]TextChange, error)
	// RetroPulses tells of several retrospectives how far they are; one that is not there is not a key.
	RetroPulses(ctx context.Context, incidents []ID) (map[ID]RetroPulse, error)
	// StaleRetros returns the incidents whose retrospective was changed at or before a time and after its reading copy was made.
	StaleRetros(ctx context.Context, changed time.Time) ([]ID, error)
	// RetroSnapshots returns the snapshots of a retrospective without their bodies, the newest first.
	RetroSnapshots(ctx context.Context, incident ID) ([]RetroSnapshot, error)
	RetroSnapshot(ctx context.Context, id ID) (*RetroSnapshot, error)
	// RetroShares returns the links to the retrospective of an incident, or to all where it is empty, that sight sees, without what they
	// show, the newest first.
	RetroShares(ctx context.Context, of ID, sight Sight) ([]RetroShare, error)
	RetroShare(ctx context.Context, id ID) (*RetroShare, error)
	// SharedRetro returns the link whose token has a hash if it opens something now: it has not expired and was not revoked, and the
	// incident is there and not private. Everything else is ErrNotFound.
	SharedRetro(ctx context.Context, hash string, now time.Time) (*RetroShare, error)
	// RetroReach returns how far retrospectives that are written here were heard, those of some incidents, or all where none is named.
	// Incidents that sight does not see are not among those that cite and reuse.
	RetroReach(ctx context.Context, sight Sight, of ...ID) (map[ID]RetroReach, error)
	// RetroReadOn returns the day when a reader last read a retrospective, as [Tx.NoteRetroRead] was told; zero: nothing tells of them.
	RetroReadOn(ctx context.Context, incident ID, reader string) (time.Time, error)
	// RetroComments returns the comments on a retrospective, the oldest first, without removed ones.
	RetroComments(ctx context.Context, incident ID) ([]RetroComment, error)
	// RetroFiles returns the files of a retrospective without their bodies, the oldest first, removed ones too.
	RetroFiles(ctx context.Context, incident ID) ([]RetroFile, error)
	RetroFile(ctx context.Context, incident ID, file string) (*RetroFile, error)
	// Intake returns the document that a user is about to take rows out of for an incident, or ErrNotFound.
	Intake(ctx context.Context, incident, user ID) (*Intake, error)
	// Moments returns the moments of a retrospective in time order, removed ones too.
	Moments(ctx context.Context, incident ID) ([]Moment, error)

	// ChangeEvent returns the change event, also when only its tombstone is left.
	ChangeEvent(ctx context.Context, id ID) (*ChangeEvent, error)
	// ChangeEvents returns at most f.Limit change events (default 50) in f's order, and the cursor of the
	// next page, empty on the last one. A malformed cursor is ErrInvalid.
	ChangeEvents(ctx context.Context, f ChangeFilter) (events []ChangeEvent, next string, err error)
	// Roster returns the roster with all its shifts, also when only its tombstone is left.
	Roster(ctx context.Context, id ID) (*Roster, error)
	// Shifts returns shifts as ChangeEvents returns change events.
	Shifts(ctx context.Context, f ShiftFilter) (shifts []Shift, next string, err error)

	// Runbook returns the runbook, also when only its tombstone is left.
	Runbook(ctx context.Context, id ID) (*Runbook, error)
	// Runbooks returns those that exist, by title, then by id, without Body.
	Runbooks(ctx context.Context) ([]Runbook, error)
	// RunbookUses returns what runbooks have to do with incidents that sight sees, tombstones and records that another one counts for left out, by incident; of those
	// incidents alone, where any are given.
	RunbookUses(ctx context.Context, sight Sight, incidents ...ID) ([]RunbookUse, error)

	Services(ctx context.Context) ([]Service, error) // by name
	Teams(ctx context.Context) ([]Team, error)       // by name
	People(ctx context.Context) ([]Person, error)    // by name
	Problems(ctx context.Context) ([]Problem, error) // most members first
	// Problem returns the problem, or the one that it was merged into: then the id is another one.
	Problem(ctx context.Context, id ID) (*Problem, error)
	// Managements returns what people decided to do about problems, by problem; one that nobody wrote about is not a key.
	Managements(ctx context.Context) (map[ID]Management, error)
	ProblemAnswers(ctx context.Context) ([]Answer, error) // in order of their incidents
	// AnswerEvents returns at most limit steps in what people said of an incident and others, the newest first.
	AnswerEvents(ctx context.Context, incident ID, limit int) ([]AnswerEvent, error)
	// ProblemEvents returns at most limit steps in the life of a problem, the newest first, also of one that is gone.
	ProblemEvents(ctx context.Context, problem ID, limit int) ([]ProblemEvent, error)
	// Policies returns those in force, by name.
	Policies(ctx context.Context) ([]Policy, error)
	// PolicyVersions returns all versions of a policy, the newest first, also of one that was removed.
	PolicyVersions(ctx context.Context, id ID) ([]Policy, error)
	// Managed returns what is made from files, by kind and name.
	Managed(ctx context.Context) ([]Managed, error)

	// Changes returns at most limit entries of the feed behind after, ascending: for each entity its
	// newest change only. Entries of one transaction share a number and are never split between two
	// calls, so a call may return more than limit.
	Changes(ctx context.Context, after Seq, limit int) ([]Change, error)
	// Head returns the number of the newest change.
	Head(ctx context.Context) (Seq, error)
	// Erased returns what is kept of the names that were erased.
	Erased(ctx context.Context) ([]ErasedName, error)
	Erasures(ctx context.Context) ([]Erasure, error) // newest first
	// Newest returns the number of the newest change of some kinds; 0 when there is none.
	Newest(ctx context.Context, kinds ...EntityKind) (Seq, error)

	Connections(ctx context.Context) ([]Connection, error) // by name
	Connection(ctx context.Context, id ID) (*Connection, error)
	// Mappings returns the mappings that a connection has had, the newest first.
	Mappings(ctx context.Context, connection ID) ([]MappingVersion, error)
	Run(ctx context.Context, id ID) (*Run, error)
	Runs(ctx context.Context, connection ID, limit int) ([]Run, error) // newest first; empty id: all
	Raw(ctx context.Context, id ID) (*Raw, error)
	// LatestRaws streams the newest version of every raw record of a connection, in order of
	// Type and ExternalID.
	LatestRaws(ctx context.Context, connection ID) iter.Seq2[*Raw, error]
	// RawHashes returns the hash of the newest stored version of each external id that has one.
	RawHashes(ctx context.Context, connection ID, typ string, externalIDs []string) (map[string]string, error)
	// DeadLetters returns the waiting ones, newest first; empty id: of all connections.
	DeadLetters(ctx context.Context, connection ID, limit int) ([]DeadLetter, error)
	// DeadLetter returns a letter, whether it waits or not.
	DeadLetter(ctx context.Context, id ID) (*DeadLetter, error)
	// Health returns how a connection fares; the zero Health with its id when it was never read.
	Health(ctx context.Context, connection ID) (Health, error)
	// Healths returns those of all connections that have one.
	Healths(ctx context.Context) (map[ID]Health, error)
	// Pushes returns deliveries that wait, oldest first.
	Pushes(ctx context.Context, connection ID, limit int) ([]Push, error)
	// Missing returns the records of a connection that their source did not give when it was asked.
	Missing(ctx context.Context, connection ID) ([]Missing, error)
	// Tallies counts what is kept of each connection that has anything.
	Tallies(ctx context.Context) (map[ID]Tally, error)

	Users(ctx context.Context) ([]User, error) // by name
	User(ctx context.Context, id ID) (*User, error)
	UserByName(ctx context.Context, name string) (*User, error)
	// Memberships returns who belongs to which team, by team, then by user.
	Memberships(ctx context.Context) ([]Membership, error)
	TeamsOf(ctx context.Context, user ID) ([]ID, error) // ascending; none for an unknown user
	// Session returns a session, also one that has expired or was ended.
	Session(ctx context.Context, hash string) (*Session, error)
	// Sessions returns those that nobody ended, expired ones too, the most recently seen first.
	Sessions(ctx context.Context, user ID) ([]Session, error)
	// Identity returns whom an issuer means by a subject.
	Identity(ctx context.Context, issuer, subject string) (*Identity, error)
	// Identities returns those of a user, or of all users for an empty id, by issuer and subject.
	Identities(ctx context.Context, user ID) ([]Identity, error)
	// KnownDevice reports whether a user has signed in from a browser that keeps the secret with this hash.
	KnownDevice(ctx context.Context, user ID, hash string) (bool, error)
	Tokens(ctx context.Context) ([]Token, error) // newest first
	Token(ctx context.Context, id ID) (*Token, error)
	TokenByHash(ctx context.Context, hash string) (*Token, error)
	SecondFactor(ctx context.Context, user ID) (*SecondFactor, error)
	SecondFactors(ctx context.Context) ([]SecondFactor, error) // by user, those that do not count yet, too
	// Provisioned returns what an identity provider said of users or of teams, by id, deleted ones too.
	Provisioned(ctx context.Context, kind string) ([]Provisioned, error)
	ProvisionedOf(ctx context.Context, id ID) (*Provisioned, error) // of one user or team

	// Views returns all views of a user, removed ones too, in their places, and behind them those that others share, by name.
	Views(ctx context.Context, owner ID) ([]View, error)
	View(ctx context.Context, id ID) (*View, error) // removed ones, too

	// Notices returns what a user was told about incidents that sight sees, unread ones first, then the newest; at most limit behind skip.
	Notices(ctx context.Context, user ID, sight Sight, skip, limit int) ([]Notice, error)
	// UnreadNotices counts those of Notices that are unread.
	UnreadNotices(ctx context.Context, user ID, sight Sight) (int, error)

	Notice(ctx context.Context, id ID) (*Notice, error)
	// NoticesBetween returns what a user was told from a time until before another one and has not read, about incidents that sight sees; the
	// oldest first, at most 500.
	NoticesBetween(ctx context.Context, user ID, sight Sight, from, to time.Time) ([]Notice, error)
	NoticeChoices(ctx context.Context) ([]NoticeChoice, error) // of those who chose
	Channels(ctx context.Context) ([]Channel, error)           // by name
	Channel(ctx context.Context, id ID) (*Channel, error)
	// Outgoing returns what has left the product and what is about to, the newest first.
	Outgoing(ctx context.Context, f OutgoingFilter) ([]Outgoing, error)
	// OutgoingCounts counts the messages that were made since a time, by what became of them.
	OutgoingCounts(ctx context.Context, since time.Time) (map[OutgoingState]int, error)

	ReportSchedules(ctx context.Context) ([]ReportSchedule, error) // by name
	ReportSchedule(ctx context.Context, id ID) (*ReportSchedule, error)
	// ReportRuns returns runs of a schedule, or of all where it is empty, that sight may read (see [ReportRun.ReadBy]), the newest first, at most limit
	// behind skip. Their files have no bodies.
	ReportRuns(ctx context.Context, schedule ID, sight Sight, skip, limit int) ([]ReportRun, error)
	ReportRun(ctx context.Context, id ID, sight Sight) (*ReportRun, error) // ErrNotFound also for one that sight may not read
	// ReportFile returns a file of a run with its body.
	ReportFile(ctx context.Context, run ID, name string, sight Sight) (*ReportFile, error)

	// Setting returns the value stored under key, or ErrNotFound.
	Setting(ctx context.Context, key string) (string, error)

	// Audit returns at most f.Limit entries of the audit log, the newest first.
	Audit(ctx context.Context, f AuditFilter) ([]AuditEntry, error)
	AuditHead(ctx context.Context) (AuditHead, error)
	// VerifyAudit follows the chain of the audit log from its first entry to its last one, without holding it in memory.
	// noted are heads that were noted outside: each must be in the chain, unless it was cut off.
	VerifyAudit(ctx context.Context, noted ...AuditHead) (AuditProof, error)
}

// Tx is a running transaction. Reads through it see its own writes.
// Put replaces the whole entity, children included; slices are written in batches.
type Tx interface {
	// IncidentsByID returns those that exist, tombstones included, in no order.
	IncidentsByID(ids []ID) (map[ID]*Incident, error)
	PutIncidents(incs []*Incident) error
	// Twins returns the other incidents that the given ones claim to be the same as, that claim it of them, or that
	// are tied to them by SameAs, in no order and perhaps repeated; empty for those that have none.
	Twins(ids []ID) ([]ID, error)
	// PutTimeline replaces the events of the given incidents; an incident that is not a key keeps its own.
	PutTimeline(events map[ID][]TimelineEvent) error
	PutRetrospectives(rs []Retrospective) error // imported ones
	// RetroByID returns the retrospective that is written about an incident, or ErrNotFound. Nobody else changes it, its sections'
	// list, its moments or comments before the transaction ends.
	RetroByID(incident ID) (*Retro, error)
	// PutRetro writes a version. It is ErrConflict when that is not the one behind the stored, for then somebody else wrote
	// meanwhile; and a change of its incident.
	PutRetro(r Retro) error
	// PutReading replaces the reading copy, as of a time: a change of its incident.
	PutReading(r Retrospective, asOf time.Time) error
	// PutRetroSections adds sections with their text, of which the version must be 0; of those that are there it changes place,
	// title and whether they are removed, and leaves the text as it is. Who does so puts the Retro, too, which says when it changed.
	PutRetroSections(ss []RetroSection) error
	// RetroSection returns a section, removed or not. Nobody else changes its text before the transaction ends.
	RetroSection(incident ID, slug string) (*RetroSection, error)
	// AppendText gives a section a new text, which is the stored one after changes. It is ErrConflict unless the version of the
	// first change is the one behind the stored, and those of the others follow; and ErrInvalid for a text that cannot be stored.
	AppendText(incident ID, slug, text string, changes []TextChange) error
	PutRetroSnapshot(s RetroSnapshot) error
	// PutRetroShare leaves how often a link was opened. One that was revoked stays so: to put it as open is ErrInvalid.
	PutRetroShare(s RetroShare) error
	// OpenRetroShare notes that a link was opened.
	OpenRetroShare(id ID, at time.Time) error
	// SweepRetroShares forgets links that expired or were revoked before a time.
	SweepRetroShares(before time.Time) error
	// NoteRetroRead counts a reader of a retrospective, once while it is known that they read it, and keeps the day. reader is a hash that
	// tells nobody who they are.
	NoteRetroRead(incident ID, reader string, day time.Time) error
	// FoldRetroReaders forgets when readers read, whose last day is before a time or who are named, and keeps their number.
	FoldRetroReaders(before time.Time, named ...string) error
	// PutRetroComment writes a version; ErrConflict as PutRetro.
	PutRetroComment(c RetroComment) error
	// PutMoment writes a version; ErrConflict as PutRetro.
	PutMoment(m Moment) error
	// PutRetroFile adds a file. One of the same content stays as it is, unless it was removed; nothing refers to it yet.
	PutRetroFile(f RetroFile) error
	// RemoveRetroFile takes the content of a file away, wherever it is referred to; that it was there stays known. ErrNotFound when there is none.
	RemoveRetroFile(incident ID, file, by string, at time.Time) error
	// SweepRetroFiles notes of each file since when nothing refers to it, forgets those of which that was before a time.
	SweepRetroFiles(now, before time.Time) error
	// SweepTextChanges forgets changes of texts that were accepted before a time; the texts stay as they are.
	SweepTextChanges(before time.Time) error
	// ChangeEventsByID returns those that exist, tombstones included.
	ChangeEventsByID(ids []ID) (map[ID]*ChangeEvent, error)
	PutChangeEvents(cs []ChangeEvent) error
	// RostersByID returns those that exist, tombstones included.
	RostersByID(ids []ID) (map[ID]*Roster, error)
	// PutRosters replaces all shifts of each roster.
	PutRosters(rs []Roster) error
	// RunbooksByID returns those that exist, tombstones included.
	RunbooksByID(ids []ID) (map[ID]*Runbook, error)
	PutRunbooks(rs []Runbook) error
	PutServices(ss []Service) error // adds unknown ones, updates known ones
	PutTeams(ts []Team) error       // one that a person renamed keeps its name, unless Renamed is set here, too
	PutPeople(ps []Person) error
	// ProblemsByID returns those that exist. Nobody else changes them before the transaction ends.
	ProblemsByID(ids []ID) (map[ID]Problem, error)
	PutProblems(ps []Problem) error
	// DeleteProblems keeps what people wrote about them, for a problem can come back.
	DeleteProblems(ids []ID) error
	// ManagementsByID returns those that exist.
	ManagementsByID(problems []ID) (map[ID]Management, error)
	// PutManagement writes a version. It is ErrConflict when that is not the one behind the stored, for then somebody else
	// wrote meanwhile; and a change of its problem.
	PutManagement(m Management) error
	// ProblemAnswers returns all answers. Nobody else gives or takes back one before the transaction ends.
	ProblemAnswers() ([]Answer, error)
	PutProblemAnswers(as []Answer) error    // one about a pair that has one replaces it
	DeleteProblemAnswers(as []Answer) error // those about the same pairs
	AddAnswerEvents(es []AnswerEvent) error
	AddProblemEvents(es []ProblemEvent) error
	// PutProblemAlias lets the id of a problem, and those that lead to it, lead to another problem.
	PutProblemAlias(alias, problem ID) error
	DeleteProblemAlias(alias ID) error
	// PutPolicy adds a version. It is ErrConflict when that is not the one behind the newest, for then
	// somebody else changed the policy meanwhile.
	PutPolicy(p Policy) error
	PutManaged(ms []Managed) error    // one of a known kind and name is replaced
	DeleteManaged(ms []Managed) error // by kind and name
	PutErased(ns []ErasedName) error  // one with a known hash is left as it is
	PutErasure(e Erasure) error
	// SweepRaws removes the raw records of closed matters that were received before a time, and returns how many. Those with a
	// waiting dead letter stay.
	SweepRaws(before time.Time) (int64, error)
	// DeleteRetrospectives removes what was written about incidents, and what messages said of them.
	DeleteRetrospectives(incidents []ID) error
	// HoldNewest is Newest, and nobody else changes anything of the feed before the transaction ends.
	HoldNewest(kinds ...EntityKind) (Seq, error)
	// DeleteServices removes those that no incident and no change event names, and returns them.
	DeleteServices(ids []ID) ([]ID, error)
	// DeleteTeams removes those that no incident, shift or service names, and returns them. Their channels tell of nothing any more.
	DeleteTeams(ids []ID) ([]ID, error)

	// ConnectionsByID returns those that exist. Nobody else changes them before the transaction ends.
	ConnectionsByID(ids []ID) (map[ID]Connection, error)
	PutConnection(c Connection) error
	PutMappings(ms []MappingVersion) error // one of a known version is left as it is
	// DeleteConnection removes the connection, its raw records, runs, dead letters and lock, and leaves
	// tombstones of its incidents, change events, rosters and runbooks with reason.
	DeleteConnection(id ID, reason string) error
	PutRun(r Run) error
	PutRaws(rs []Raw) error // a raw with a known id is left as it is; Latest is maintained here
	// PutDeadLetters adds letters; one with a known id counts up and waits again.
	PutDeadLetters(ds []DeadLetter) error
	// ResolveDeadLetters marks the waiting letters of these records as resolved.
	ResolveDeadLetters(connection ID, typ string, externalIDs []string, at time.Time) error
	// SettleDeadLetter marks one letter as resolved, also one of no known record.
	SettleDeadLetter(id ID, at time.Time) error

	// PutHealth writes how far a connection was read: all but what Pause and Heard write.
	PutHealth(h Health) error
	// Pause says since when and why a connection is not polled; the zero time lets it go on.
	Pause(connection ID, since time.Time, reason string) error
	// Heard notes the latest proven delivery, unless at is zero, and counts forged ones.
	Heard(connection ID, at time.Time, forged int64) error
	PutPushes(ps []Push) error // one with a known id, settled or not, is left as it is
	// SettlePushes marks deliveries as dealt with; their content goes, their ids stay for a while.
	SettlePushes(ids []ID, at time.Time) error
	// SweepPushes forgets deliveries that were settled before a time.
	SweepPushes(before time.Time) error
	PutMissing(ms []Missing) error // one that is known keeps its Since
	// FindMissing takes back that records were missing.
	FindMissing(connection ID, typ string, externalIDs []string) error

	PutUser(u User) error // ErrConflict when another user has the name
	// PutMemberships replaces the teams that a user belongs to. It is no change of the feed: what a user sees is looked up
	// with each request.
	PutMemberships(user ID, teams []ID) error
	PutMembership(m Membership) error    // one that is there stays
	DeleteMembership(m Membership) error // one that is not there is gone already
	// UserByID returns a user. Nobody else changes it before the transaction ends.
	UserByID(id ID) (*User, error)
	PutProvisioned(p Provisioned) error
	// Administrators returns the people with the role Admin who may sign in. Nobody else changes them before the transaction ends.
	Administrators() ([]ID, error)
	PutSession(s Session) error
	// TouchSession notes a visit. A session that was ended stays as it is.
	TouchSession(hash string, at time.Time, address string) error
	// ClaimCheck notes at as the time of a check, unless there was one after before or the session was ended, and reports
	// whether it did: of several that ask at once one is told yes.
	ClaimCheck(hash string, before, at time.Time) (bool, error)
	PutGrant(hash string, grant []byte) error // of a session that goes on
	// EndSession ends a session; one that is over or unknown stays as it is.
	EndSession(hash string, at time.Time, why Ending) error
	EndSessions(user ID, exceptHash string, at time.Time, why Ending) error // all of a user but one
	// EndProviderSessions ends those that were opened before a time for a subject or in a session of an issuer, of
	// which one may be empty, and returns how many. A session of the subject that does not say its provider's session ends, too.
	EndProviderSessions(issuer, subject, providerSession string, before, at time.Time, why Ending) (int, error)
	DeleteSessions(user ID, exceptHash string) error // all of a user but one, ended ones too
	// SweepSessions forgets sessions that were last seen before a time.
	SweepSessions(seenBefore time.Time) error
	// PutIdentity is ErrConflict when another user has the identity, and ErrInvalid when a text cannot be stored as it is.
	PutIdentity(i Identity) error
	DeleteIdentity(issuer, subject string) error // an unknown one is deleted already
	// PutDevice keeps the hash of a secret of a browser that a user has signed in from.
	PutDevice(user ID, hash string, at time.Time) error
	SweepDevices(seenBefore time.Time) error
	PutToken(t Token) error
	// TouchToken notes when and from which address a token was used.
	TouchToken(id ID, at time.Time, from string) error
	DeleteToken(id ID) error
	// SecondFactorOf returns a user's second factor, or ErrNotFound. Nobody else changes it before the transaction ends.
	SecondFactorOf(user ID) (*SecondFactor, error)
	PutSecondFactor(f SecondFactor) error
	DeleteSecondFactor(user ID) error
	PutView(v View) error // ErrConflict when its owner has another one of the name in use
	// SweepViews forgets views that were removed before a time.
	SweepViews(before time.Time) error
	// AddNotices adds those whose id is not there already, and returns them.
	AddNotices(ns []Notice) ([]Notice, error)
	// ReadNotices notes that a user has read some of their notices, or all when there are no ids.
	ReadNotices(user ID, ids []ID, at time.Time) error
	// SweepNotices forgets notices of before a time.
	SweepNotices(before time.Time) error
	// ForgetNotices removes all that was told to a user, in the app or outside, and how they wanted to be told.
	ForgetNotices(user ID) error
	PutNoticeChoice(c NoticeChoice) error
	PutChannel(c Channel) error // ErrConflict when another one has the name
	// DeleteChannel removes a channel and what was sent there; ErrNotFound when there is none.
	DeleteChannel(id ID) error
	// AddOutgoing puts messages in the outbox, to be sent from DueAt on; those whose id is there already stay as they are.
	AddOutgoing(os []Outgoing) error
	// ClaimOutgoing hands a message that may be sent by now to one sender alone, until a time, and counts the try; nil when there is none. Who has not
	// settled it by then may not be there any more, and it is handed out again.
	ClaimOutgoing(way OutgoingWay, now, until time.Time) (*Outgoing, error)
	// SettleOutgoing writes what became of a message that was claimed. It is ErrConflict when it was handed out again since.
	SettleOutgoing(o Outgoing) error
	// RetryOutgoing lets a message that was set aside be sent from a time on; ErrConflict when it is not.
	RetryOutgoing(id ID, at time.Time) error
	// SweepOutgoing forgets the words of messages of before a time, and messages of before another one.
	SweepOutgoing(texts, all time.Time) error
	// PutReportSchedule writes a version. It is ErrConflict when that is not the one behind the stored, for then somebody else wrote meanwhile.
	PutReportSchedule(s ReportSchedule) error
	// DeleteReportSchedule removes a schedule with its runs and their files; ErrNotFound when there is none.
	DeleteReportSchedule(id ID) error
	// ClaimReportSchedule hands a schedule that is due by now to one maker alone, until a time, and counts it as a try; nil when there is none. Who has
	// not settled it by then may not be there any more, and it is handed out again.
	ClaimReportSchedule(now, until time.Time) (*ReportSchedule, error)
	// SettleReportSchedule writes when a schedule that was claimed is due next, what it said, and whether it has stopped. It is ErrConflict when it
	// was settled or changed meanwhile; due is when it was due.
	SettleReportSchedule(s ReportSchedule, due time.Time) error
	PutReportRun(r ReportRun) error // ErrConflict when it is there already
	// SweepReportRuns forgets runs that were made before a time, and those that cover a time before another one, with their files.
	SweepReportRuns(made, covered time.Time) error
	PutIntake(i Intake) error // in place of the one that its user has for the incident
	DeleteIntake(incident, user ID) (was bool, err error)
	// ForgetIntakes removes all documents that a user was about to take rows out of.
	ForgetIntakes(user ID) error
	// SweepIntakes forgets documents that nobody has touched since a time.
	SweepIntakes(before time.Time) error
	PutSetting(key, value string) error
	// SweepSettings forgets the settings whose key begins with prefix and whose value, as text, sorts before another.
	SweepSettings(prefix, before string) error

	// Note adds an entry to the audit log. What Put and Delete methods change is there without it; see Acting.
	Note(n AuditNote)
	// CutAudit removes the entries of the audit log that are older than before, and notes in a new one how many and the
	// hash of the last. It returns how many there were.
	CutAudit(before time.Time) (int64, error)
	// EraseFromAudit replaces each of names, however it is spelt, by pseudonym in what the audit log says of people, and drops
	// address and browser from the entries of actor (which may be empty). It returns how many entries have changed; entries
	// of their own tell of it.
	EraseFromAudit(actor ID, names []string, pseudonym string) (int64, error)

	// Enqueue adds a background job that becomes visible with the transaction's commit.
	Enqueue(job Job) error
}

// Job names background work that must happen once per installation. Which kinds exist and what they
// do is the business of server/internal/jobs.
type Job struct {
	Kind string // "import", "group"
	ID   ID     // what it is about; two waiting jobs of one kind and id are one
}

// EntityKind says what a change is about.
type EntityKind string

const (
	EntityIncident    EntityKind = "incident"
	EntityService     EntityKind = "service"
	EntityTeam        EntityKind = "team"
	EntityProblem     EntityKind = "problem"
	EntityPolicy      EntityKind = "policy"
	EntityAnswer      EntityKind = "answer" // what people say of two incidents; see Answer.ID
	EntityChangeEvent EntityKind = "change_event"
	EntityRoster      EntityKind = "roster" // its shifts change with it
	EntityRunbook     EntityKind = "runbook"
)

// Change is an entry of the change feed: entity ID of sort Kind was last written by change Seq.
type Change struct {
	Seq  Seq
	Kind EntityKind
	ID   ID
	Gone bool // only a tombstone is left
}
