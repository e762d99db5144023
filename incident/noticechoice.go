package incident

import (
	"slices"
	"time"
)

// NoticeWay is how somebody is told of a notice, beside the app.
type NoticeWay string

const (
	NoticeApp   NoticeWay = "app"   // not
	NoticeNow   NoticeWay = "now"   // by e-mail at once
	NoticeDaily NoticeWay = "daily" // in an e-mail a day
)

// NoticeWays lists the ways, from the quietest.
var NoticeWays = []NoticeWay{NoticeApp, NoticeDaily, NoticeNow}

// NoticeKinds lists the kinds of notices as people choose among them.
var NoticeKinds = []NoticeKind{NoticeMention, NoticeReply, NoticeReview, NoticeAnswer, NoticePublished, NoticeAction, NoticeDue, NoticeOverdue, NoticeVerify}

// NoticeChoice is how somebody wants to be told of what. Kinds that it does not name go the way that they go by default.
type NoticeChoice struct {
	User ID
	Zone string // IANA name of the time zone that their day is in; empty: UTC
	Ways map[NoticeKind]NoticeWay
}

// Way returns how a kind goes. By default what somebody waits for goes at once, and the rest once a day.
func (c NoticeChoice) Way(k NoticeKind) NoticeWay {
	if w, ok := c.Ways[k]; ok {
		return w
	}
	if k == NoticeMention || k == NoticeReview || k == NoticeAction {
		return NoticeNow
	}
	return NoticeDaily
}

// Location returns the zone, and UTC for one that is not known here.
func (c NoticeChoice) Location() *time.Location {
	if zone, err := time.LoadLocation(c.Zone); err == nil && c.Zone != "Local" {
		return zone
	}
	return time.UTC
}

// Validate returns ErrInvalid, naming the field.
func (c NoticeChoice) Validate() error {
	if c.Zone != "" && c.Location().String() != c.Zone {
		return Invalidf("zone", "%q is not a time zone such as Europe/Berlin", c.Zone)
	}
	for k, w := range c.Ways {
		if !slices.Contains(NoticeKinds, k) || !slices.Contains(NoticeWays, w) {
			return Invalidf(string(k), "choose one of %v", NoticeWays)
		}
	}
	return nil
}

// digestHour is the hour of the day at which digests are due.
const digestHour = 8

// DigestDue returns when what happens at a time is told in a digest: at the next 08:00 in a zone, in UTC. The digest is about the time since the
// 08:00 before, which DigestSince returns.
func DigestDue(at time.Time, zone *time.Location) time.Time {
	t := at.In(zone)
	due := time.Date(t.Year(), t.Month(), t.Day(), digestHour, 0, 0, 0, zone)
	if !due.After(t) {
		due = time.Date(t.Year(), t.Month(), t.Day()+1, digestHour, 0, 0, 0, zone)
	}
	return due.UTC()
}

// DigestSince returns where the time begins that a digest is about.
func DigestSince(due time.Time, zone *time.Location) time.Time {
	t := due.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day()-1, digestHour, 0, 0, 0, zone).UTC()
}
