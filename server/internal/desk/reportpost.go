package desk

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/gitfolder"
	"hindsight/server/internal/hook"
	"hindsight/server/internal/mail"
)

const (
	// ReportRunsPath is where what was made of scheduled reports is read, by the id of a run.
	ReportRunsPath = "/reports/runs/"
	// mostAttached is how many bytes of files an e-mail takes; servers refuse larger ones.
	mostAttached = 7 << 20 // which are a third more on the way
	reportsKept  = 3 * 365 * 24 * time.Hour
)

// Person returns somebody who may sign in, and what they may see; ok is false for an account that is closed or a service's, and for none.
func (d *Desk) Person(ctx context.Context, id incident.ID) (u incident.User, sight incident.Sight, ok bool, err error) {
	a, err := d.tellable(ctx)
	if err != nil {
		return u, sight, false, err
	}
	u, sight, ok = a.person(id)
	return u, sight, ok, nil
}

// reportOf returns the run that a message tells of, with its files. It is a noLetter error when there is nothing to send any more, or not to this
// recipient.
func (d *Desk) reportOf(ctx context.Context, o incident.Outgoing) (*incident.ReportRun, error) {
	everything := incident.Sight{All: true} // what its owner may have is asked below
	run, err := d.Store.ReportRun(ctx, o.Notice, everything)
	switch {
	case notThere(err):
		return nil, noLetter("the report is kept no more")
	case err != nil:
		return nil, err
	case d.Now().Sub(run.At) > tooOld: // also when somebody has it sent again
		return nil, noLetter("it is days old; have the report made again")
	case len(run.Files) == 0:
		return nil, noLetter("its files are kept no more")
	}
	if err := d.maySend(ctx, o, run); err != nil {
		return nil, err
	}
	for i, f := range run.Files {
		file, err := d.Store.ReportFile(ctx, run.ID, f.Name, everything)
		if err != nil {
			return nil, err
		}
		run.Files[i] = *file
	}
	return run, nil
}

// ReportFile returns a file of a run for somebody who may read it. That somebody takes one that may tell of private incidents away is noted.
func (d *Desk) ReportFile(ctx context.Context, run incident.ID, name string, sight incident.Sight) (*incident.ReportFile, error) {
	r, err := d.Store.ReportRun(ctx, run, sight)
	if err != nil {
		return nil, err
	}
	f, err := d.Store.ReportFile(ctx, run, name, sight)
	if err == nil && r.Private {
		err = d.note(ctx, incident.AuditNote{Action: incident.AuditExported, Object: r.Audited(), Facts: map[string]any{"file": f.Name}})
	}
	return f, err
}

// maySend returns a noLetter error when a report is not to be sent to a recipient, as things stand now.
func (d *Desk) maySend(ctx context.Context, o incident.Outgoing, run *incident.ReportRun) error {
	s, err := d.Store.ReportSchedule(ctx, run.Schedule)
	if notThere(err) {
		return noLetter("its schedule is removed")
	}
	if err != nil {
		return err
	}
	owner, sight, there, err := d.Person(ctx, run.Owner)
	switch {
	case err != nil:
		return err
	case o.Way == incident.OutgoingHook && !slices.Contains(s.Channels, o.To),
		o.Way == incident.OutgoingMail && !slices.ContainsFunc(s.To, func(to string) bool { return strings.EqualFold(to, string(o.To)) }):
		return noLetter("its schedule does not name this recipient any more")
	case !there || !owner.Role.May(incident.Write):
		return noLetter("its owner may not send reports any more")
	case !run.ReadBy(sight):
		return noLetter("it tells of private incidents that its owner may not see any more, or that have become private")
	}
	return nil
}

// reportText says what a report says, and where it is kept.
func (d *Desk) reportText(run *incident.ReportRun) incident.OutgoingText {
	return incident.OutgoingText{Lead: run.About, Lines: run.Summary,
		Items: []incident.OutgoingItem{{Kind: "report", Says: "The report as it was made", Title: run.Title, Link: d.BaseURL + ReportRunsPath + string(run.ID)}}}
}

// mailReport tries to send a report by e-mail and returns what became of it.
func (d *Desk) mailReport(ctx context.Context, o incident.Outgoing) incident.Outgoing {
	run, err := d.reportOf(ctx, o)
	if err != nil {
		return d.unsent(o, err)
	}
	owner, _, _, err := d.Person(ctx, run.Owner)
	if err != nil {
		return d.unsent(o, err)
	}
	l := mail.Letter{Subject: run.Title + ", " + run.About, OutgoingText: d.reportText(run), Reason: cmp.Or(owner.Display, owner.Name, "somebody") + " has this report sent to you; ask there to have it changed or ended"}
	m := mail.Message{ID: string(o.ID), At: d.Now().UTC(), Thread: "report." + string(run.Schedule)}
	m.To.Address = string(o.To)
	size := 0
	for _, f := range run.Files {
		size += len(f.Body)
		m.Files = append(m.Files, mail.File{Name: f.Name, Type: f.Type, Body: f.Body})
	}
	if size > mostAttached {
		m.Files, l.Lines = nil, append(l.Lines, "Its files are too large for an e-mail; they are kept with the report.")
	}
	m.Letter = l
	err = d.Mail.Send(ctx, m)
	if errors.Is(err, mail.ErrContent) && len(m.Files) > 0 {
		m.Files, m.Lines = nil, append(l.Lines, "The mail server did not take its files; they are kept with the report.")
		err = d.Mail.Send(ctx, m)
	}
	o.Address, o.Subject, o.Text = m.To.Address, m.Subject, m.Text()
	if err != nil {
		return o.Failed(d.Now().UTC(), err.Error(), errors.Is(err, mail.ErrRefused))
	}
	o.State, o.EndedAt, o.Error = incident.OutgoingSent, d.Now().UTC(), ""
	return o
}

// postReport tries to post a report to a channel, or to put its files in the repository of one, and returns what became of it.
func (d *Desk) postReport(ctx context.Context, o incident.Outgoing) incident.Outgoing {
	run, err := d.reportOf(ctx, o)
	if err != nil {
		return d.unsent(o, err)
	}
	c, err := d.Store.Channel(ctx, o.To)
	if notThere(err) {
		err = noLetter("the channel is gone")
	}
	if err == nil && run.Private {
		err = noLetter("it may tell of private incidents, which are told in no channel")
	}
	if err != nil {
		return d.unsent(o, err)
	}
	m := hook.Message{ID: string(o.ID), At: d.Now().UTC(), OutgoingText: d.reportText(run)}
	o.Address, o.Subject, o.Text = c.Host, run.Title, m.String()
	if c.Format == incident.ChannelGit {
		o.Text, err = d.pushReport(ctx, *c, run)
	} else {
		_, err = d.deliver(ctx, *c, m)
	}
	if err != nil {
		return o.Failed(d.Now().UTC(), err.Error(), errors.Is(err, hook.ErrGone))
	}
	o.State, o.EndedAt, o.Error = incident.OutgoingSent, d.Now().UTC(), ""
	return o
}

// pushReport puts the files of a report into the repository of a channel, in a folder of its own, and says what became of it.
func (d *Desk) pushReport(ctx context.Context, c incident.Channel, run *incident.ReportRun) (string, error) {
	to, err := d.target(c)
	if err != nil {
		return "", err
	}
	files := map[string][]byte{}
	for _, f := range run.Files {
		files[f.Name] = f.Body
	}
	name := run.Kind + "-" + run.At.Format(time.DateOnly) + folderEnding(run.ID)
	change := gitfolder.Change{Files: files, Author: "Hindsight", Email: d.gitEmail(), At: run.At, Named: func([]string) string { return name },
		Message: incident.OneLine(run.Title+", "+run.About) + "\n\n" + d.BaseURL + ReportRunsPath + string(run.ID)}
	commit, err := gitfolder.Put(ctx, d.Hooks.Transport, gitPlace(to), change)
	return pushed(commit, strings.Trim(to.Folder+"/"+name, "/"), to.Branch), err
}

// pushed says what became of files that were to stand somewhere.
func pushed(commit, at, branch string) string {
	if commit == "" {
		return "It stood in " + at + " already, on " + branch + "."
	}
	return "Commit " + commit + " on " + branch + ": " + at
}

// gitEmail is the address of who commits for this installation. Nobody reads what is sent there.
func (d *Desk) gitEmail() string {
	if u, err := url.Parse(d.BaseURL); err == nil && u.Hostname() != "" {
		return "noreply@" + u.Hostname()
	}
	return "noreply@hindsight.invalid"
}

// SweepReports forgets what was made of scheduled reports years ago, and what covers a time whose incidents are kept no more.
func (d *Desk) SweepReports(ctx context.Context) error {
	rule, _, err := d.Retention(ctx)
	if err != nil {
		return err
	}
	now, covered := d.Now().UTC(), time.Time{}
	if rule.IncidentYears > 0 {
		covered = now.AddDate(-rule.IncidentYears, 0, 0)
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.SweepReportRuns(now.Add(-reportsKept), covered) })
	return err
}
