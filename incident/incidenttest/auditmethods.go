package incidenttest

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"hindsight/incident"
)

// untold are the methods of a transaction that leave no entry in the audit log, and why.
var untold = map[string]string{
	"IncidentsByID": "reads", "ChangeEventsByID": "reads", "RostersByID": "reads", "RunbooksByID": "reads", "ProblemsByID": "reads", "ManagementsByID": "reads", "Twins": "reads", "ProblemAnswers": "reads",
	"AddAnswerEvents": "PutProblemAnswers and DeleteProblemAnswers have the entry", "SweepViews": "forgets what was removed long ago",
	"PutRaws":            "what a source says is kept as it is; the import has an entry",
	"PutDeadLetters":     "what a source says; the import's entry counts them",
	"ResolveDeadLetters": "a later import read the record; the import has an entry",
	"PutHealth":          "how far a job has read", "Heard": "counts deliveries",
	"PutPushes": "what a source says", "SettlePushes": "a job worked it off", "SweepPushes": "a job forgets what is settled",
	"PutMissing": "what a source did not say", "FindMissing": "what a source said late",
	"SweepSettings": "jobs forget what they kept for themselves",
	"TouchSession":  "a visit", "ClaimCheck": "a request asks the provider again", "PutGrant": "what a provider gave to be asked with again",
	"SweepSessions": "a job forgets what is long over", "PutDevice": "the sign-in has an entry", "SweepDevices": "a job forgets what was long not seen",
	"OpenRetroShare": "somebody outside reads; it is counted", "SweepRetroShares": "a job forgets what is long over",
	"NoteRetroRead": "somebody reads; nobody shall know who", "FoldRetroReaders": "a job forgets, or the erasure has an entry",
	"RetroByID": "reads", "RetroSection": "reads",
	"PutReading": "is made from what has entries", "AppendText": "its changes and the snapshots tell who wrote what", "SweepTextChanges": "a job forgets what no editor asks for any more",
	"Enqueue":    "work that follows from what has an entry",
	"Note":       "is an entry itself",
	"HoldNewest": "reads", "ConnectionsByID": "reads",
	"PutManaged": "what files changed has entries", "DeleteManaged": "what files changed has entries",
	"PutErased": "the erasure has an entry, which names nobody", "PutErasure": "the erasure has an entry, which names nobody",
	"SweepRetroFiles": "a job forgets what nothing refers to any more",
	"SweepRaws":       "a job keeps to the retention rules, and says so in one entry", "DeleteRetrospectives": "a job keeps to the retention rules, and says so in one entry",
	"AddNotices": "what it tells of has an entry", "ReadNotices": "somebody reads", "SweepNotices": "a job forgets what is long over",
	"ForgetNotices": "the erasure has an entry", "PutNoticeChoice": "how somebody wants to be told is their own",
	"AddOutgoing": "what it tells of has an entry", "ClaimOutgoing": "a job sends", "SettleOutgoing": "a job has sent", "SweepOutgoing": "a job forgets what is long over",
	"ClaimReportSchedule": "a job makes a report", "SettleReportSchedule": "a job has made a report", "PutReportRun": "a job has made a report", "SweepReportRuns": "a job forgets what is long over",
	"PutIntake": "it counts for nothing before it is taken, which has entries", "DeleteIntake": "it counted for nothing", "SweepIntakes": "a job forgets what nobody came back to",
	"ForgetIntakes": "the erasure has an entry",
	"UserByID":      "reads", "Administrators": "reads", "TouchToken": "a use", "SecondFactorOf": "reads",
}

// told calls every other method, as somebody who decided to.
func told(tx incident.Tx) map[string]func() error {
	return map[string]func() error{
		"PutIncidents": func() error { return tx.PutIncidents([]*incident.Incident{Incident(1)}) },
		"PutTimeline": func() error {
			return tx.PutTimeline(map[incident.ID][]incident.TimelineEvent{Incident(1).ID: Timeline(Incident(1))})
		},
		"PutRetrospectives": func() error {
			return tx.PutRetrospectives([]incident.Retrospective{{Incident: Incident(1).ID, Title: "What we learnt"}})
		},
		"PutRetro": func() error { return tx.PutRetro(Retro()) },
		"PutRetroSections": func() error {
			return tx.PutRetroSections([]incident.RetroSection{{Incident: Incident(1).ID, Slug: "summary", Title: "Summary"}})
		},
		"PutRetroSnapshot": func() error {
			return tx.PutRetroSnapshot(incident.RetroSnapshot{ID: "snap_1", Incident: Incident(1).ID, Why: incident.SnapshotNamed, At: Epoch()})
		},
		"PutRetroShare": func() error { return tx.PutRetroShare(RetroShare()) },
		"PutRetroComment": func() error {
			return tx.PutRetroComment(incident.RetroComment{ID: "com_1", Incident: Incident(1).ID, Version: 1, Text: "Why?", At: Epoch()})
		},
		"PutRetroFile":    func() error { return tx.PutRetroFile(RetroFile()) },
		"RemoveRetroFile": func() error { return tx.RemoveRetroFile(Incident(1).ID, RetroFile().ID, "ada", Epoch()) },
		"PutMoment": func() error {
			return tx.PutMoment(incident.Moment{ID: "mom_1", Incident: Incident(1).ID, Version: 1, At: Epoch(), Lane: "key", Title: "The alert came"})
		},
		"PutChangeEvents": func() error {
			return tx.PutChangeEvents([]incident.ChangeEvent{{ID: "chg_1", Ref: incident.Ref{Connection: "con_1", Type: "deploy", ExternalID: "1"}, Title: "Release", StartedAt: Epoch()}})
		},
		"PutRosters": func() error {
			return tx.PutRosters([]incident.Roster{{ID: "ros_1", Ref: incident.Ref{Connection: "con_1", Type: "schedule", ExternalID: "1"}, RawID: "raw_1"}})
		},
		"PutRunbooks": func() error { return tx.PutRunbooks([]incident.Runbook{Runbook(1)}) },
		"PutServices": func() error { return tx.PutServices([]incident.Service{incident.NewService("api")}) },
		"PutTeams":    func() error { return tx.PutTeams([]incident.Team{incident.NewTeam("core")}) },
		"DeleteServices": func() error {
			_, err := tx.DeleteServices([]incident.ID{incident.NewService("api").ID})
			return err
		},
		"DeleteTeams": func() error { _, err := tx.DeleteTeams([]incident.ID{incident.NewTeam("core").ID}); return err },
		"PutPeople":   func() error { return tx.PutPeople([]incident.Person{{ID: "per_1", Name: "Responder One"}}) },
		"PutProblems": func() error {
			return tx.PutProblems([]incident.Problem{{ID: "prb_1", Title: "Disks", State: incident.Confirmed, Basis: "text", At: Epoch()}})
		},
		"DeleteProblems": func() error { return tx.DeleteProblems([]incident.ID{"prb_1"}) },
		"PutManagement": func() error {
			return tx.PutManagement(incident.Management{Problem: "prb_1", Version: 1, Stage: incident.StageOpen, Workaround: "Restart it.", At: Epoch()})
		},
		"PutProblemAnswers": func() error {
			return tx.PutProblemAnswers([]incident.Answer{{A: "inc_1", B: "inc_2", Same: true, At: Epoch()}})
		},
		"DeleteProblemAnswers": func() error { return tx.DeleteProblemAnswers([]incident.Answer{{A: "inc_1", B: "inc_2"}}) },
		"AddProblemEvents": func() error {
			return tx.AddProblemEvents([]incident.ProblemEvent{{Problem: "prb_1", Kind: incident.ProblemJudged, Rule: "confirm", At: Epoch()}})
		},
		"PutProblemAlias":    func() error { return tx.PutProblemAlias("prb_2", "prb_1") },
		"DeleteProblemAlias": func() error { return tx.DeleteProblemAlias("prb_2") },
		"PutPolicy": func() error {
			return tx.PutPolicy(incident.Policy{ID: "pol_1", Version: 1, Kind: "calendar", Name: "Office hours", Body: []byte(`{}`), SavedAt: Epoch()})
		},
		"PutConnection": func() error {
			return tx.PutConnection(incident.Connection{ID: "con_1", Source: "table", Name: "Tickets", CreatedAt: Epoch()})
		},
		"PutMappings": func() error {
			return tx.PutMappings([]incident.MappingVersion{{Connection: "con_1", Version: 1, Mapping: []byte(`{"severity":{"P1":"sev1"}}`), SavedAt: Epoch()}})
		},
		"PutRun": func() error {
			return tx.PutRun(incident.Run{ID: "run_1", Connection: "con_1", State: incident.RunOK, Via: "file", New: 1, StartedAt: Epoch()})
		},
		"Pause":            func() error { return tx.Pause("con_1", Epoch(), "maintenance") },
		"SettleDeadLetter": func() error { return tx.SettleDeadLetter("dl_1", Epoch()) },
		"DeleteConnection": func() error { return tx.DeleteConnection("con_1", "not needed") },
		"PutUser":          func() error { return tx.PutUser(incident.User{ID: "usr_1", Name: "ada", Role: incident.Viewer}) },
		"PutMemberships":   func() error { return tx.PutMemberships("usr_1", []incident.ID{"team_1"}) },
		"PutMembership":    func() error { return tx.PutMembership(incident.Membership{Team: "team_2", User: "usr_1"}) },
		"DeleteMembership": func() error { return tx.DeleteMembership(incident.Membership{Team: "team_1", User: "usr_1"}) },
		"PutSecondFactor": func() error {
			return tx.PutSecondFactor(incident.SecondFactor{User: "usr_1", Secret: []byte("sealed"), ConfirmedAt: Epoch()})
		},
		"DeleteSecondFactor": func() error { return tx.DeleteSecondFactor("usr_1") },
		"PutProvisioned": func() error {
			return tx.PutProvisioned(incident.Provisioned{ID: "usr_1", Kind: "User", ExternalID: "7", Attributes: []byte(`{}`)})
		},
		"PutSession": func() error {
			return tx.PutSession(incident.Session{Hash: "a", User: "usr_1", CreatedAt: Epoch(), SeenAt: Epoch(), ExpiresAt: Epoch()})
		},
		"EndSession": func() error { return tx.EndSession("a", Epoch(), incident.SignedOut) },
		"EndSessions": func() error {
			return errors.Join(tx.PutSession(incident.Session{Hash: "c", User: "usr_1"}), tx.EndSessions("usr_1", "", Epoch(), incident.RoleChanged))
		},
		"EndProviderSessions": func() error {
			if err := tx.PutSession(incident.Session{Hash: "d", User: "usr_1", Issuer: "https://sso.example.com", Subject: "1"}); err != nil {
				return err
			}
			_, err := tx.EndProviderSessions("https://sso.example.com", "1", "", Epoch(), Epoch(), incident.ProviderEnded)
			return err
		},
		"PutIdentity": func() error {
			return tx.PutIdentity(incident.Identity{Issuer: "https://sso.example.com", Subject: "1", User: "usr_1"})
		},
		"DeleteIdentity": func() error { return tx.DeleteIdentity("https://sso.example.com", "1") },
		"DeleteSessions": func() error {
			return errors.Join(tx.PutSession(incident.Session{Hash: "b", User: "usr_1", CreatedAt: Epoch(), SeenAt: Epoch(), ExpiresAt: Epoch()}), tx.DeleteSessions("usr_1", ""))
		},
		"PutToken": func() error {
			return tx.PutToken(incident.Token{ID: "tok_1", Name: "wall", Hash: "h", CreatedAt: Epoch()})
		},
		"PutView": func() error {
			return tx.PutView(incident.View{ID: "view_1", Owner: "usr_1", Name: "The worst", Path: "/incidents?sev=1", SavedAt: Epoch()})
		},
		"DeleteToken": func() error { return tx.DeleteToken("tok_1") },
		"PutChannel": func() error {
			return tx.PutChannel(incident.Channel{ID: "chl_1", Name: "#retros", Format: incident.ChannelSlack, Kinds: []incident.NoticeKind{incident.NoticeDue}, Secret: []byte("sealed"), CreatedAt: Epoch()})
		},
		"DeleteChannel":        func() error { return tx.DeleteChannel("chl_1") },
		"PutReportSchedule":    func() error { return tx.PutReportSchedule(ReportSchedule()) },
		"DeleteReportSchedule": func() error { return tx.DeleteReportSchedule(ReportSchedule().ID) },
		"RetryOutgoing": func() error {
			if err := tx.AddOutgoing([]incident.Outgoing{{ID: "out_1", Way: incident.OutgoingMail, DueAt: Epoch()}}); err != nil {
				return err
			}
			o, err := tx.ClaimOutgoing(incident.OutgoingMail, Epoch(), Epoch().Add(time.Hour))
			if err != nil {
				return err
			}
			return errors.Join(tx.SettleOutgoing(o.Failed(Epoch(), "refused", true)), tx.RetryOutgoing("out_1", Epoch()))
		},
		"PutSetting":     func() error { return tx.PutSetting("title", "Ours") },
		"EraseFromAudit": func() error { _, err := tx.EraseFromAudit("", []string{"Responder One"}, "person 1"); return err },
		"CutAudit":       func() error { _, err := tx.CutAudit(time.Now().AddDate(1, 0, 0)); return err },
	}
}

// inTurn is the order in which told is called, for some need what others wrote.
var inTurn = []string{"PutConnection", "PutMappings", "PutRun", "Pause", "PutIncidents", "PutTimeline", "PutRetrospectives", "PutRetro", "PutRetroSections", "PutRetroSnapshot", "PutRetroShare", "PutRetroComment", "PutRetroFile", "RemoveRetroFile", "PutMoment", "PutChangeEvents", "PutRosters", "PutRunbooks",
	"PutServices", "PutTeams", "DeleteServices", "DeleteTeams", "PutPeople", "PutProblems", "PutManagement", "PutProblemAnswers", "DeleteProblemAnswers", "AddProblemEvents",
	"PutProblemAlias", "DeleteProblemAlias", "DeleteProblems", "PutPolicy", "SettleDeadLetter", "DeleteConnection", "PutUser", "PutMemberships", "PutMembership", "DeleteMembership", "PutSecondFactor", "DeleteSecondFactor", "PutProvisioned", "PutSession", "EndSession", "EndSessions", "EndProviderSessions", "DeleteSessions", "PutIdentity", "DeleteIdentity",
	"PutToken", "DeleteToken", "PutView", "PutChannel", "DeleteChannel", "PutReportSchedule", "DeleteReportSchedule", "RetryOutgoing", "PutSetting", "EraseFromAudit", "CutAudit"}

// testAuditMethods: a method that is new is in one of the two lists, and what is in told leaves an entry.
func testAuditMethods(t *testing.T, s incident.Store) {
	update(t, s, func(tx incident.Tx) error {
		return tx.PutDeadLetters([]incident.DeadLetter{{ID: "dl_1", Connection: "con_2", Place: "row 17", FirstSeen: Epoch(), Count: 1}})
	})
	methods := reflect.TypeFor[incident.Tx]()
	known := map[string]bool{}
	for _, name := range inTurn {
		known[name] = true
		before := check(s.AuditHead(t.Context()))(t, "AuditHead").Seq
		as(t, s, admin, func(tx incident.Tx) error { return told(tx)[name]() })
		if after := check(s.AuditHead(t.Context()))(t, "AuditHead").Seq; after == before {
			t.Errorf("%s leaves no entry in the audit log", name)
		}
	}
	for i := range methods.NumMethod() {
		name := methods.Method(i).Name
		if !known[name] && untold[name] == "" {
			t.Errorf("the audit log knows nothing of Tx.%s: let it leave an entry and add it to told and inTurn, or say in untold why it leaves none", name)
		}
	}
	holds(t, s, 1)
}
