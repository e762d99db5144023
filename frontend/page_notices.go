package frontend

import "hindsight/incident"

// NoticesPage lists what the viewer was told at /notices. POST /notices/read takes id, and notes that the one is read, or all without.
type NoticesPage struct {
	Shell
	Rows  []NoticeRow // unread first
	Older string      // path of the next page; empty: there is none
}

func (NoticesPage) template() string { return "notices" }

// NoticeRow is one notice, and what its incident is called now.
type NoticeRow struct {
	incident.Notice
	Title string
}

// New reports whether it is unread.
func (r NoticeRow) New() bool { return r.ReadAt.IsZero() }
