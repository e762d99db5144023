package gallery

import (
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

func (w world) notices() frontend.NoticesPage {
	p := frontend.NoticesPage{Shell: w.on("Notices", "", "/notices"), Older: "/notices?skip=50"}
	kinds := []incident.NoticeKind{incident.NoticeMention, incident.NoticeReply, incident.NoticeReview, incident.NoticeAnswer, incident.NoticePublished, incident.NoticeAction, incident.NoticeDue, incident.NoticeOverdue, incident.NoticeVerify}
	for i := range w.rows {
		n := incident.Notice{ID: number("ntc", i), Kind: kinds[i%len(kinds)], Incident: number("inc", i), Place: "/retrospective#c-com_1", About: w.say("Summary"), By: w.say("Responder One"), At: w.shell.Now.Add(-time.Duration(i) * time.Hour)}
		if n.Kind == incident.NoticeDue || n.Kind == incident.NoticeOverdue || n.Kind == incident.NoticeVerify {
			n.By = ""
		}
		if i > w.rows/2 {
			n.ReadAt = w.shell.Now
		}
		p.Rows = append(p.Rows, frontend.NoticeRow{Notice: n, Title: w.say("Checkout was slow")})
	}
	p.Unread = w.rows/2 + 1
	return p
}

func (w world) noticeChoice() frontend.NoticeChoicePage {
	p := frontend.NoticeChoicePage{Shell: w.on("Notices by e-mail", frontend.NavSettings, "/me/notices"), Address: w.say("responder") + "@example.com", Zones: []string{"UTC", "Europe/Berlin"}}
	p.Mail, p.User.ID = true, "usr_1"
	p.Choice = incident.NoticeChoice{Zone: "Europe/Berlin", Ways: map[incident.NoticeKind]incident.NoticeWay{incident.NoticeReply: incident.NoticeApp}}
	return p
}

// outbox has a message in each state.
func (w world) outbox() frontend.OutboxPage {
	p := frontend.OutboxPage{Shell: w.on("Outbox", frontend.NavSettings, "/admin/outbox"), Server: "smtp.example.com:587", Older: "/admin/outbox?skip=50",
		States: []frontend.Choice{{Label: "All", Path: "/admin/outbox", On: true, Count: -1}, {Label: "Set aside", Path: "/admin/outbox?state=failed", Count: -1}}}
	p.Mail = true
	for i := range w.rows {
		o := incident.Outgoing{ID: number("out", i), Kind: incident.OutgoingNotice, Way: incident.OutgoingMail, State: incident.OutgoingStates[i%4], At: w.shell.Now.Add(-time.Duration(i) * time.Hour), NextAt: w.shell.Now}
		if o.State != incident.OutgoingDropped && i > 0 {
			o.Tries, o.Address, o.Subject, o.Text = 1+i%3, "responder@example.com", w.say("Checkout was slow"), w.say("Responder One mentions you: Checkout was slow")+"\nSummary\n"
		}
		if o.State != incident.OutgoingWaiting {
			o.EndedAt = w.shell.Now
		}
		if o.State == incident.OutgoingFailed || o.State == incident.OutgoingWaiting && i > 0 {
			o.Error = w.say("mail: refused for good: sending SMTP RCPT TO command: 550 no such mailbox")
		}
		p.Rows = append(p.Rows, frontend.OutboxRow{Outgoing: o, Recipient: w.say("Responder Two")})
	}
	return p
}

func (w world) channels() frontend.ChannelsPage {
	p := frontend.ChannelsPage{Shell: w.on("Channels", frontend.NavSettings, "/admin/channels"), Key: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Teams: []incident.Team{{ID: "team_1", Name: w.say("Payments")}}}
	for i, f := range incident.ChannelFormats {
		c := incident.Channel{ID: number("chl", i), Name: w.say("#retrospectives"), Format: f, Kinds: incident.ChannelKinds[i:], Host: "hooks.example.com", CreatedAt: w.shell.Now, CreatedBy: "admin"}
		if i > 0 {
			c.Team = "team_1"
		}
		if i == 2 {
			c.Team, c.Kinds = "team_gone", nil
		}
		if f == incident.ChannelGit {
			p.Places = map[incident.ID]frontend.GitPlace{c.ID: {Branch: "main", Folder: w.say("docs/postmortems")}}
		}
		p.Channels = append(p.Channels, c)
	}
	return p
}
