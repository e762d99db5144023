package api

import (
	"context"
	"strconv"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// AuditParams select entries of the audit log.
type AuditParams struct {
	Who    string `query:"who" doc:"a user, token, job or command, by name or id"`
	Action string `query:"action" doc:"as entries have it: created, changed, signed in, …"`
	Kind   string `query:"kind" doc:"the sort of object: incident, user, policy, …"`
	Object string `query:"object" doc:"the id of an object"`
	From   string `query:"from" doc:"a time as RFC 3339; entries at it or later"`
	To     string `query:"to" doc:"a time as RFC 3339; entries before it"`
	After  string `query:"after" doc:"next of the page before"`
	Limit  int    `query:"limit" default:"50" doc:"at most 500"`
}

// AuditPage is entries of the audit log, the newest first.
type AuditPage struct {
	Items []desk.AuditLine `json:"items"`
	Next  string           `json:"next" doc:"after of the next page; empty: there is none"`
}

// AuditHead is where the audit log ends.
type AuditHead struct {
	Seq  int64  `json:"seq" doc:"number of the last entry; 0: there is none"`
	Hash string `json:"hash" doc:"its hash, which covers all before it"`
	Cut  int64  `json:"cut" doc:"the last entry that was cut off at the old end; 0: none"`
}

const mostAudited = 500

func (s *Server) listAudit(ctx context.Context, v Viewer, p AuditParams) (AuditPage, error) {
	f := incident.AuditFilter{Action: incident.AuditAction(p.Action), ObjectKind: p.Kind, Object: incident.ID(p.Object), Limit: min(p.Limit, mostAudited) + 1}
	if f.Limit == 1 {
		return AuditPage{}, incident.Invalidf("limit", "ask for 1 to %d entries", mostAudited)
	}
	for name, into := range map[string]*time.Time{"from": &f.From, "to": &f.To} {
		text := map[string]string{"from": p.From, "to": p.To}[name]
		if text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return AuditPage{}, incident.Invalidf(name, "%q is not a time as 2025-01-31T14:00:00Z", text)
		}
		*into = at.UTC()
	}
	if p.After != "" {
		before, err := strconv.ParseInt(p.After, 10, 64)
		if err != nil || before < 1 {
			return AuditPage{}, incident.Invalidf("after", "%q is not where a page ended", p.After)
		}
		f.Before = before
	}
	var err error
	if f.Actor, err = s.desk.AuditActor(ctx, p.Who); err != nil {
		return AuditPage{}, err
	}
	lines, err := s.desk.AuditLines(ctx, f, v.Sight())
	page := AuditPage{Items: []desk.AuditLine{}}
	if len(lines) == f.Limit {
		lines = lines[:f.Limit-1]
		page.Next = strconv.FormatInt(lines[len(lines)-1].Seq, 10)
	}
	page.Items = append(page.Items, lines...)
	return page, err
}

func (s *Server) auditHead(ctx context.Context, _ Viewer, _ none) (AuditHead, error) {
	head, err := s.desk.Store.AuditHead(ctx)
	return AuditHead(head), err
}

// auditOps are the operations on the audit log.
func (s *Server) auditOps() []operation {
	ops := []operation{
		get("/audit", "Who did what, the newest first, with what was there before and after", s.listAudit),
		get("/audit/head", "Where the audit log ends: keep it elsewhere, to prove later that nothing before it was changed", s.auditHead),
	}
	for i := range ops {
		ops[i].needs = incident.Audit
	}
	return ops
}
