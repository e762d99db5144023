package redmine

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// mapping is an issue on its way to a draft.
type mapping struct {
	issue
	names
	words   importers.Words
	draft   importers.Draft
	journal []dated // in the order in which they happened
}

// dated is a journal with its time.
type dated struct {
	journal
	at time.Time
}

func mapIssue(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var body struct {
		Issue *issue
		names
	}
	if err := json.Unmarshal(raw.Body, &body); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "this is no issue: " + err.Error()}
	}
	if body.Issue == nil {
		return importers.Draft{}, &importers.MapError{Field: "issue", Reason: "the record holds no issue"}
	}
	m := mapping{issue: *body.Issue, names: body.names, words: cfg.Words(words), draft: importers.NewIncident("issues", raw.ExternalID, incident.OriginTicket)}
	d := &m.draft
	d.Incident.URL = importers.WebURL(strings.TrimRight(settings.Of(cfg, "url"), "/") + "/issues/" + raw.ExternalID)
	if err := m.times(); err != nil {
		return importers.Draft{}, err
	}
	m.attributes(raw.ExternalID)
	m.history()
	m.timeline()
	m.relate()
	d.CheckOrder()
	return m.draft, nil
}

// times reads when the issue and its journals were made.
func (m *mapping) times() error {
	d, inc := &m.draft, &m.draft.Incident
	if err := d.Instants(importers.ISO8601, importers.Into{At: &inc.ExternalCreatedAt, Field: "issue.created_on", Text: m.CreatedOn},
		importers.Into{At: &inc.ExternalUpdatedAt, Field: "issue.updated_on", Text: m.UpdatedOn}); err != nil {
		return err
	}
	inc.Milestones.Set(incident.Opened, inc.ExternalCreatedAt, incident.ToSecond, incident.FromField, name, "created_on")
	for _, j := range m.Journals {
		at, err := d.Instant("issue.journals.created_on", j.CreatedOn, importers.ISO8601)
		if err != nil {
			return err
		}
		m.journal = append(m.journal, dated{j, at})
	}
	slices.SortStableFunc(m.journal, func(a, b dated) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.ID, b.ID)) })
	return nil
}

func (m *mapping) attributes(id string) {
	d, inc := &m.draft, &m.draft.Incident
	inc.Number, inc.Private = "#"+importers.Line(id), m.Private
	d.SetTitle("issue.subject", m.Subject)
	inc.Description = importers.Clean(m.Description)
	inc.StatusRaw = importers.Line(m.Status.Name)
	if inc.Status = m.status(m.Status); inc.Status == incident.StatusUnknown {
		d.SetStatus("issue.status", m.Status.Name, m.words.Status)
	}
	inc.PriorityRaw = importers.Line(m.Priority.Name)
	inc.Severity = d.SeverityOf("issue.priority", m.Priority.Name, m.words.Severity)
	// Trackers are named freely: one that is in no map holds real incidents.
	if kind, ok := m.words.Kind.Of(m.Tracker.Name); ok {
		inc.Kind = kind
	}
	d.AddPerson(m.Author.Name, "reporter")
	d.AddPerson(m.AssignedTo.Name, "assignee")
	d.AddCustom("project", m.Project.Name)
	d.AddCustom("tracker", m.Tracker.Name)
	d.AddCustom("target version", m.FixedVersion.Name)
	service := cmp.Or(m.Category.Name, m.Project.Name)
	for _, f := range m.Custom {
		d.AddCustom(f.Name, f.text())
		service = cmp.Or(d.Place(m.words, name, f.Name, f.text()), service)
	}
	d.AddServices(m.words.ServiceNames(service)...)
}

// status returns what a status means: by its name, else closed if Redmine counts it among the closed ones.
func (m *mapping) status(s named) incident.Status {
	if known, ok := m.words.Status.Of(s.Name); ok {
		return known
	}
	if s.IsClosed {
		return incident.Closed
	}
	return incident.StatusUnknown
}

// history reads turns of status from the journals, which know of reopenings; closed_on does not.
func (m *mapping) history() {
	first := m.status(m.Status)
	var turns []importers.Turn
	var taken importers.Turn // when somebody took it
	for _, j := range m.journal {
		for _, c := range j.Details {
			switch {
			case c.Property == "attr" && c.Name == "status_id":
				if len(turns) == 0 {
					first = m.status(find(m.Statuses, c.Old))
				}
				to := find(m.Statuses, c.New)
				turns = append(turns, importers.Turn{At: j.at, Status: m.status(to), Raw: to.Name, By: j.User.Name, Field: "journals/status_id"})
			case c.Property == "attr" && c.Name == "assigned_to_id" && c.New != "" && taken.At.IsZero():
				taken = importers.Turn{At: j.at, By: j.User.Name, Field: "journals/assigned_to_id"}
			}
		}
	}
	d, inc := &m.draft, &m.draft.Incident
	if i := slices.IndexFunc(turns, func(t importers.Turn) bool {
		return t.Status == incident.Acknowledged || t.Status == incident.Investigating || t.Status == incident.Mitigated
	}); i >= 0 && (taken.At.IsZero() || !turns[i].At.After(taken.At)) {
		taken = turns[i]
	}
	if _, stated := inc.Milestones.Current(incident.Acked); !stated {
		inc.Milestones.Set(incident.Acked, taken.At, incident.ToSecond, incident.FromLog, name, taken.Field)
		d.AddPerson(taken.By, "acknowledger")
	}
	if len(turns) == 0 && inc.Status.Over() {
		m.bornClosed()
		return
	}
	d.SetHistory(name, inc.ExternalCreatedAt, first, turns)
	d.AddResolver(turns)
}

// bornClosed takes the end from closed_on: no journal tells of one, for the issue was made as a closed one.
func (m *mapping) bornClosed() {
	inc := &m.draft.Incident
	m.draft.SetHistory(name, time.Time{}, "", nil)
	at := m.draft.ISO("issue.closed_on", m.ClosedOn)
	if inc.Status == incident.Resolved || inc.Status == incident.Closed {
		inc.Milestones.Set(incident.ResolvedAt, at, incident.ToSecond, incident.FromField, name, "closed_on")
	}
	if inc.Status == incident.Closed {
		inc.Milestones.Set(incident.ClosedAt, at, incident.ToSecond, incident.FromField, name, "closed_on")
	}
}

// relate reads the parent and what the issue duplicates. A duplicate that is over counts as merged: Redmine closes it
// with its original.
func (m *mapping) relate() {
	inc := &m.draft.Incident
	if m.Parent.ID > 0 {
		inc.Parent = incident.ID(strconv.FormatInt(m.Parent.ID, 10))
	}
	for _, r := range m.Relations {
		if r.Type != "duplicates" || r.From != m.ID || r.To == m.ID {
			continue
		}
		inc.DuplicateOf = incident.ID(strconv.FormatInt(r.To, 10))
		if inc.Status.Over() {
			inc.Status, inc.MergedInto = incident.Merged, inc.DuplicateOf
		}
	}
}
