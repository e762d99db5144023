package store

import (
	"database/sql"
	"time"

	"gorm.io/gorm"

	"hindsight/incident"
)

// part is one of the lists that an incident consists of, kept in a table of its own.
type part struct {
	table  string
	insert func(*gorm.DB, []*incident.Incident) error
	load   func(r reader, ids []incident.ID, incs map[incident.ID]*incident.Incident) error
}

// Key begins every row of a part: whose it is and its place in the list. Its name is exported because gorm
// reads exported fields alone.
type Key struct {
	IncidentID incident.ID
	Pos        int
}

func (k Key) owner() incident.ID { return k.IncidentID }

// listOf makes a part of a list of P, stored as rows R.
func listOf[P any, R interface{ owner() incident.ID }](table string, list func(*incident.Incident) *[]P, row func(Key, P) R, value func(R) P) part {
	return part{
		table: table,
		insert: func(db *gorm.DB, incs []*incident.Incident) error {
			var rows []R
			for _, inc := range incs {
				for i, p := range *list(inc) {
					rows = append(rows, row(Key{inc.ID, i}, p))
				}
			}
			return insert(db, table, rows)
		},
		load: func(r reader, ids []incident.ID, incs map[incident.ID]*incident.Incident) error {
			var rows []R
			err := r.db.Table(table).Where(r.dialect.in("incident_id"), array(ids)).Order("incident_id, pos").Find(&rows).Error
			for _, row := range rows {
				l := list(incs[row.owner()])
				*l = append(*l, value(row))
			}
			return err
		},
	}
}

// parts lists all that an incident consists of besides its own row.
func parts() []part {
	return []part{
		listOf("milestones", func(i *incident.Incident) *[]incident.Milestone { return (*[]incident.Milestone)(&i.Milestones) },
			func(k Key, m incident.Milestone) milestoneRow {
				return milestoneRow{k, m.Name, null(m.At), m.Precision, m.Basis, m.Source, m.Field, m.Reason, null(m.StatedAt)}
			}, milestoneRow.value),
		listOf("segments", func(i *incident.Incident) *[]incident.Segment { return &i.Segments },
			func(k Key, s incident.Segment) segmentRow {
				return segmentRow{k, s.Status, s.StatusRaw, null(s.From), null(s.To), s.By}
			}, segmentRow.value),
		listOf("service_uses", func(i *incident.Incident) *[]incident.ServiceUse { return &i.Services },
			func(k Key, s incident.ServiceUse) serviceUseRow { return serviceUseRow{k, s.Service, s.Name, s.Role} }, serviceUseRow.value),
		listOf("participations", func(i *incident.Incident) *[]incident.Participation { return &i.People },
			func(k Key, p incident.Participation) participationRow {
				return participationRow{k, p.Person, p.Name, p.Role, null(p.From), null(p.To)}
			}, participationRow.value),
		listOf("incident_tags", func(i *incident.Incident) *[]string { return &i.Tags },
			func(k Key, tag string) tagRow { return tagRow{k, tag} }, func(r tagRow) string { return r.Tag }),
		{"incident_audience", insertAudience, loadAudience},
		listOf("custom_values", func(i *incident.Incident) *[]incident.CustomValue { return &i.Custom },
			func(k Key, c incident.CustomValue) customRow { return customRow{k, c.Name, c.Value} },
			func(r customRow) incident.CustomValue { return incident.CustomValue{Name: r.Name, Value: r.Value} }),
		listOf("links", func(i *incident.Incident) *[]incident.Link { return &i.Links },
			func(k Key, l incident.Link) linkRow { return linkRow{k, l.Kind, l.URL, l.Title} },
			func(r linkRow) incident.Link { return incident.Link{Kind: r.Kind, URL: r.URL, Title: r.Title} }),
		listOf("sla_cycles", func(i *incident.Incident) *[]incident.SLACycle { return &i.SLA },
			func(k Key, c incident.SLACycle) slaCycleRow {
				return slaCycleRow{k, c.Goal, c.Name, null(c.Start), c.Target, null(c.Stop), c.Breached}
			}, slaCycleRow.value),
		listOf("factors", func(i *incident.Incident) *[]incident.Factor { return &i.Factors },
			func(k Key, f incident.Factor) factorRow { return factorRow{k, f.Role, f.Category, f.Text, f.Claimed} }, factorRow.value),
		listOf("action_items", func(i *incident.Incident) *[]incident.ActionItem { return &i.Actions },
			func(k Key, a incident.ActionItem) actionRow {
				return actionRow{k, a.Title, a.Owner, a.Kind, a.URL, null(a.Created), null(a.Due), null(a.Done), a.State,
					a.Key, a.Priority, a.Proof, a.Reason, null(a.VerifyBy), null(a.Judged)}
			}, actionRow.value),
		listOf("edits", func(i *incident.Incident) *[]incident.Edit { return &i.Edits },
			func(k Key, e incident.Edit) editRow {
				return editRow{k, e.Field, e.Value, e.Was, e.By, null(e.At)}
			}, editRow.value),
	}
}

type milestoneRow struct {
	Key       `gorm:"embedded"`
	Name      incident.MilestoneName
	At        sql.NullTime
	Precision incident.Precision
	Basis     incident.Basis
	Source    string
	Field     string
	Reason    string
	StatedAt  sql.NullTime
}

func (r milestoneRow) value() incident.Milestone {
	return incident.Milestone{Name: r.Name, At: utc(r.At), Precision: r.Precision, Basis: r.Basis,
		Source: r.Source, Field: r.Field, Reason: r.Reason, StatedAt: utc(r.StatedAt)}
}

type segmentRow struct {
	Key       `gorm:"embedded"`
	Status    incident.Status
	StatusRaw string
	FromAt    sql.NullTime
	ToAt      sql.NullTime
	ChangedBy string
}

func (r segmentRow) value() incident.Segment {
	return incident.Segment{Status: r.Status, StatusRaw: r.StatusRaw, From: utc(r.FromAt), To: utc(r.ToAt), By: r.ChangedBy}
}

type serviceUseRow struct {
	Key       `gorm:"embedded"`
	ServiceID incident.ID
	Name      string
	Role      string
}

func (r serviceUseRow) value() incident.ServiceUse {
	return incident.ServiceUse{Service: r.ServiceID, Name: r.Name, Role: r.Role}
}

type participationRow struct {
	Key      `gorm:"embedded"`
	PersonID incident.ID
	Name     string
	Role     string
	FromAt   sql.NullTime
	ToAt     sql.NullTime
}

func (r participationRow) value() incident.Participation {
	return incident.Participation{Person: r.PersonID, Name: r.Name, Role: r.Role, From: utc(r.FromAt), To: utc(r.ToAt)}
}

type tagRow struct {
	Key `gorm:"embedded"`
	Tag string
}

type customRow struct {
	Key   `gorm:"embedded"`
	Name  string
	Value string
}

type linkRow struct {
	Key   `gorm:"embedded"`
	Kind  string
	URL   string
	Title string
}

type slaCycleRow struct {
	Key      `gorm:"embedded"`
	Goal     string
	Name     string
	StartAt  sql.NullTime
	Target   time.Duration
	StopAt   sql.NullTime
	Breached *bool
}

func (r slaCycleRow) value() incident.SLACycle {
	return incident.SLACycle{Goal: r.Goal, Name: r.Name, Start: utc(r.StartAt), Target: r.Target, Stop: utc(r.StopAt), Breached: r.Breached}
}

type factorRow struct {
	Key      `gorm:"embedded"`
	Role     string
	Category string
	Text     string
	Claimed  bool
}

func (r factorRow) value() incident.Factor {
	return incident.Factor{Role: r.Role, Category: r.Category, Text: r.Text, Claimed: r.Claimed}
}

type actionRow struct {
	Key     `gorm:"embedded"`
	Title   string
	Owner   string
	Kind    string
	URL     string
	Created sql.NullTime
	Due     sql.NullTime
	Done    sql.NullTime
	State   string

	ItemKey, Priority, Proof, Reason string
	VerifyBy, Judged                 sql.NullTime
}

func (r actionRow) value() incident.ActionItem {
	return incident.ActionItem{Key: r.ItemKey, Title: r.Title, Owner: r.Owner, Kind: r.Kind, Priority: r.Priority, Proof: r.Proof, URL: r.URL,
		Created: utc(r.Created), Due: utc(r.Due), VerifyBy: utc(r.VerifyBy), Done: utc(r.Done), Judged: utc(r.Judged), Reason: r.Reason, State: r.State}
}

type editRow struct {
	Key      `gorm:"embedded"`
	Field    string
	Value    string
	Was      string
	EditedBy string
	At       sql.NullTime
}

func (r editRow) value() incident.Edit {
	return incident.Edit{Field: r.Field, Value: r.Value, Was: r.Was, By: r.EditedBy, At: utc(r.At)}
}

// null stores the zero time, which means that there is none, as null.
func null(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: !t.IsZero()} }

// utc undoes null.
func utc(t sql.NullTime) time.Time { return t.Time.UTC() }
