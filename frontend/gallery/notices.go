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
