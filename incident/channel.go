package incident

import (
	"slices"
	"strings"
	"time"
)

// Channel is a place outside where notices are posted by a webhook: those about the incidents of a team, or about all. Private incidents are
// told in no channel.
type Channel struct {
	ID        ID
	Name      string
	Format    ChannelFormat
	Team      ID           // empty: of everybody
	Kinds     []NoticeKind // none: it is off, for its team was removed
	Host      string       // of its address, which is a secret itself
	Secret    []byte       // sealed: the address, and what signs
	CreatedAt time.Time
	CreatedBy string
}

// ChannelFormat says what is posted.
type ChannelFormat string

const (
	ChannelSlack      ChannelFormat = "slack"      // what incoming webhooks of Slack take, and of systems that take the same
	ChannelMattermost ChannelFormat = "mattermost" // Slack's with Markdown in the text, as incoming webhooks of Mattermost take it
	ChannelTeams      ChannelFormat = "teams"      // a message with an adaptive card, as workflows of Microsoft Teams take it
	ChannelSigned     ChannelFormat = "signed"     // JSON, signed as Standard Webhooks has it
	ChannelGit        ChannelFormat = "git"        // no message: what was published, as files in a folder of a git repository
)

// ChannelFormats lists the formats.
var ChannelFormats = []ChannelFormat{ChannelSlack, ChannelMattermost, ChannelTeams, ChannelSigned, ChannelGit}

// ChannelKinds lists the kinds of notices that a channel can tell; the others are between people.
var ChannelKinds = []NoticeKind{NoticeReview, NoticeAnswer, NoticePublished, NoticeAction, NoticeDue, NoticeOverdue, NoticeVerify}

// Tells reports whether a channel tells of a kind of notice about an incident.
func (c Channel) Tells(k NoticeKind, inc *Incident) bool {
	return !inc.Private && slices.Contains(c.Kinds, k) && (c.Team == "" || c.Team == inc.Team)
}

// Validate returns ErrInvalid, naming the field.
func (c Channel) Validate() error {
	switch {
	case strings.TrimSpace(c.Name) == "" || len(c.Name) > 100:
		return Invalidf("name", "give a name of at most 100 characters")
	case !slices.Contains(ChannelFormats, c.Format):
		return Invalidf("format", "choose one of %v", ChannelFormats)
	case c.Format == ChannelGit && !slices.Equal(c.Kinds, []NoticeKind{NoticePublished}):
		return Invalidf("kind", "a git repository takes what is published, and nothing else")
	case len(c.Kinds) == 0:
		return Invalidf("kind", "choose at least one kind of notice")
	}
	for _, k := range c.Kinds {
		if !slices.Contains(ChannelKinds, k) {
			return Invalidf("kind", "choose among %v", ChannelKinds)
		}
	}
	return nil
}
