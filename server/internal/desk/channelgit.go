package desk

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/gitfolder"
	"hindsight/server/internal/hook"
)

const (
	longestFolderName = 60  // of the title in it
	longestPlace      = 200 // of a branch, and of a folder
)

// checkPlace returns ErrInvalid, naming the field, for a branch or a folder that a repository cannot have.
func checkPlace(to hook.Target) error {
	bad := func(text string) bool {
		return len(text) > longestPlace || strings.ContainsAny(text, " ~^:?*[]\\\x7f") || strings.Contains(text, "..") || strings.Contains(text, "//") || strings.Contains(text, "@{") ||
			strings.ContainsFunc(text, func(r rune) bool { return r < ' ' })
	}
	parts := strings.Split(to.Folder, "/")
	switch {
	case len(to.Branch) > longestPlace || !gitfolder.ValidBranch(to.Branch):
		return incident.Invalidf("branch", "give the name of a branch, such as main")
	case bad(to.Folder) || slices.ContainsFunc(parts, func(p string) bool { return p == "." || strings.EqualFold(p, ".git") }):
		return incident.Invalidf("folder", "give a folder such as docs/postmortems, or none")
	}
	return nil
}

// FolderOf returns the branch and the folder of a channel that pushes to a git repository; they alone of how it is opened may be shown.
func (d *Desk) FolderOf(c incident.Channel) (branch, folder string, err error) {
	to, err := d.target(c)
	return to.Branch, to.Folder, err
}

func gitPlace(to hook.Target) gitfolder.Place {
	return gitfolder.Place{URL: to.URL, Branch: to.Branch, Folder: to.Folder, User: to.User, Password: to.Key}
}

// lookAtFolder says whether the repository of a channel can be reached.
func (d *Desk) lookAtFolder(ctx context.Context, c incident.Channel) (string, error) {
	to, err := d.target(c)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	commit, err := gitfolder.Look(ctx, d.Hooks.Transport, gitPlace(to))
	if err == nil && commit == "" {
		return "the repository is empty; its first commit will make " + to.Branch, nil
	}
	return to.Branch + " is at " + commit, err
}

// pushPublished puts a retrospective as it was last published into the repository of a channel, and says what became of it.
func (d *Desk) pushPublished(ctx context.Context, c incident.Channel, id incident.ID) (string, error) {
	to, err := d.target(c)
	if err != nil {
		return "", err
	}
	var everybody incident.Sight
	w, err := d.Writing(ctx, id, everybody)
	if err != nil {
		return "", err
	}
	snap, err := d.publishedSnapshot(ctx, w)
	if err != nil {
		return "", err
	}
	files, err := d.packedFiles(ctx, w.published(*snap))
	if err != nil {
		return "", err
	}
	name := folderName(w.Incident, snap.Body.Title)
	change := gitfolder.Change{Files: files, Author: cmp.Or(snap.By, "Hindsight"), Email: d.gitEmail(), At: snap.At,
		Message: incident.OneLine(snap.Body.Title) + ", version " + strconv.Itoa(snap.Number) + "\n\n" + d.BaseURL + "/incidents/" + string(id) + "/retrospective",
		Named: func(beside []string) string {
			i := slices.IndexFunc(beside, func(x string) bool { return strings.HasSuffix(x, folderEnding(id)) })
			if i >= 0 {
				name = beside[i] // what it was called first, whatever its title is now
			}
			return name
		}}
	commit, err := gitfolder.Put(ctx, d.Hooks.Transport, gitPlace(to), change)
	if err != nil {
		return "", err
	}
	return pushed(commit, strings.Trim(to.Folder+"/"+name, "/"), to.Branch), nil
}

// published is a retrospective as a snapshot has it, for its files.
func (w *Writing) published(snap incident.RetroSnapshot) *Writing {
	then, inc := *w, *w.Incident
	inc.Factors, inc.Actions, inc.Milestones = snap.Body.Factors, snap.Body.Actions, snap.Body.Milestones
	then.Incident, then.Title, then.State, then.Number, then.Sections, then.Moments = &inc, snap.Body.Title, snap.Body.State, snap.Number, snap.Body.Sections, snap.Body.Moments
	return &then
}

// packedFiles are the files of an exported archive by their names.
func (d *Desk) packedFiles(ctx context.Context, w *Writing) (map[string][]byte, error) {
	markdown, err := d.retroMarkdown(ctx, w)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	return out, d.packRetro(ctx, w, markdown, func(name string, body []byte) error {
		out[name] = body
		return nil
	})
}

// folderName is what the folder of a retrospective is called: when its incident began, the number, the title, and what tells it from all others.
func folderName(inc *incident.Incident, title string) string {
	slug := incident.Slug(title)
	if len(slug) > longestFolderName {
		slug = strings.ToValidUTF8(slug[:longestFolderName], "")
	}
	var parts []string
	if at := inc.StartedAt(); !at.IsZero() {
		parts = append(parts, at.UTC().Format(time.DateOnly))
	}
	for _, part := range []string{incident.Slug(inc.Number), strings.Trim(slug, "-")} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "-") + folderEnding(inc.ID)
}

func folderEnding(id incident.ID) string {
	text := incident.Slug(string(id))
	return "-" + text[max(0, len(text)-8):]
}
