package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/picture"
)

// looseFilesKept is how long files are kept that nothing refers to.
const looseFilesKept = 30 * 24 * time.Hour

// SweepFiles forgets files that nothing has referred to for looseFilesKept. It reads the texts of all retrospectives that have files.
func (d *Desk) SweepFiles(ctx context.Context) error {
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		return tx.SweepRetroFiles(d.Now().UTC(), d.Now().UTC().Add(-looseFilesKept))
	})
	return err
}

// RetroFiles lists the files of the retrospective of an incident that the viewer may see, the oldest first.
func (d *Desk) RetroFiles(ctx context.Context, id incident.ID, sight incident.Sight) ([]incident.RetroFile, error) {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return nil, err
	}
	if _, err := d.Store.Retro(ctx, id); err != nil {
		return nil, err
	}
	return d.Store.RetroFiles(ctx, id)
}

// RetroFile returns a file with its body; one that was removed is ErrNotFound. Of a private incident the audit log notes it once for a while, not with
// each picture of a page.
func (d *Desk) RetroFile(ctx context.Context, id incident.ID, file string, sight incident.Sight) (*incident.RetroFile, error) {
	inc, err := d.Store.Incident(ctx, id)
	if err == nil && !inc.SeenBy(sight) {
		err = fmt.Errorf("desk: incident %s: %w", id, incident.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	f, err := d.Store.RetroFile(ctx, id, file)
	if err == nil && !f.RemovedAt.IsZero() {
		err = fmt.Errorf("desk: file %s of incident %s was removed: %w", file, id, incident.ErrNotFound)
	}
	if err != nil || !inc.Private {
		return f, err
	}
	return f, d.Carried(ctx, "/incidents/"+string(id)+"/retrospective/files", "", 1)
}

// AddRetroFile takes a file in the name of the actor: a picture, known by its bytes, without anything but what is to be seen, or any other file as it
// is. size is how large it says to be, -1 when it does not. It is ErrInvalid for what is too large, before it is read where that is known,
// for a picture that cannot be taken, and for a retrospective that cannot be written in.
func (d *Desk) AddRetroFile(ctx context.Context, id incident.ID, name string, size int64, content io.Reader, sight incident.Sight) (incident.RetroFile, error) {
	f := incident.RetroFile{Incident: id, Name: incident.CleanFileName(name)}
	if err := d.mayWriteAbout(ctx, id, sight); err != nil {
		return f, err
	}
	left, err := d.roomForFiles(ctx, id)
	if err == nil {
		err = fitting(f.Name, size, left)
	}
	if err != nil {
		return f, err
	}
	if f.Body, err = io.ReadAll(io.LimitReader(content, incident.LargestAttachment+1)); err != nil {
		return f, incident.Invalidf("file", "the upload broke off; send it again")
	}
	if err := d.lookAtFile(&f); err != nil {
		return f, err
	}
	if err := fitting(f.Name, f.Size, left); err != nil {
		return f, err
	}
	return f, d.keepFile(ctx, &f)
}

// keepFile stores a file in the name of the actor, and makes of it the one that is stored.
func (d *Desk) keepFile(ctx context.Context, f *incident.RetroFile) error {
	who := incident.ActorOf(ctx)
	f.By, f.At = who.Name, d.Now().UTC().Truncate(time.Microsecond)
	if who.Kind == incident.ActorUser {
		f.User = who.ID
	}
	f.Size = int64(len(f.Body))
	f.ID = incident.RetroFileID(f.Kind, f.Type, f.Name, f.Body)
	if err := f.Validate(); err != nil {
		return err
	}
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		return cmp.Or(openRetro(tx, f.Incident), tx.PutRetroFile(*f))
	})
	if err != nil {
		return err
	}
	kept, err := d.Store.RetroFile(ctx, f.Incident, f.ID) // the one that was there before, when it has the same content
	if err == nil {
		*f = *kept
	}
	return err
}

// roomForFiles returns how many bytes more a retrospective may hold that can be written in.
func (d *Desk) roomForFiles(ctx context.Context, id incident.ID) (int64, error) {
	r, err := d.Store.Retro(ctx, id)
	if err == nil {
		err = writable(*r)
	}
	if err != nil {
		return 0, err
	}
	files, err := d.Store.RetroFiles(ctx, id)
	left := int64(incident.RetroFilesQuota)
	for _, f := range files {
		if f.RemovedAt.IsZero() {
			left -= f.Size
		}
	}
	return left, err
}

// fitting is ErrInvalid for a file that is too large, or that there is no room for.
func fitting(name string, size, left int64) error {
	switch {
	case size > incident.LargestAttachment:
		return incident.Invalidf("file", "“%s” is larger than %d MB, which is the most that is taken; link to where it lies instead", name, incident.LargestAttachment>>20)
	case size > left:
		return incident.Invalidf("file", "the files of a retrospective may have %d MB together, and there is room for %s more; remove some, or link to where it lies instead",
			incident.RetroFilesQuota>>20, incident.FormatBytes(max(0, left)))
	}
	return nil
}

// lookAtFile finds out what a file is. A picture is cleaned.
func (d *Desk) lookAtFile(f *incident.RetroFile) error {
	f.Kind, f.Type, f.Size = incident.RetroAttachment, "application/octet-stream", int64(len(f.Body))
	if f.Size == 0 {
		return incident.Invalidf("file", "“%s” is empty", f.Name)
	}
	if picture.TypeOf(f.Body) == "" {
		return nil
	}
	if f.Size > incident.LargestImage {
		return incident.Invalidf("file", "“%s” is a picture of more than %d MB; make it smaller, or pack it and add it as a file", f.Name, incident.LargestImage>>20)
	}
	d.pictures.Lock() // one after the other: each may need some hundred MB while it is unpacked
	defer d.pictures.Unlock()
	p, err := picture.Clean(f.Body)
	var problem picture.Problem
	if errors.As(err, &problem) {
		return incident.Invalidf("file", "“%s”: %s", f.Name, problem)
	}
	if err != nil {
		return err
	}
	f.Kind, f.Type, f.Width, f.Height, f.Body, f.Size = incident.RetroImage, p.Type, p.Width, p.Height, p.Body, int64(len(p.Body))
	return nil
}

// RemoveRetroFile takes the content of a file away for good, also from published versions: a picture that shows what it should not.
func (d *Desk) RemoveRetroFile(ctx context.Context, id incident.ID, file string, sight incident.Sight) error {
	if err := d.mayWriteAbout(ctx, id, sight); err != nil {
		return err
	}
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		if _, err := tx.RetroByID(id); err != nil {
			return err
		}
		return tx.RemoveRetroFile(id, file, incident.ActorOf(ctx).Name, d.Now())
	})
	return err
}

// PlaceFile puts a reference to a file at the end of a section. alt is what stands for a picture that cannot be seen; decorative: it says nothing.
func (d *Desk) PlaceFile(ctx context.Context, f incident.RetroFile, slug, alt string, decorative bool, sight incident.Sight) error {
	section, err := d.SectionText(ctx, f.Incident, slug, sight)
	if err != nil {
		return err
	}
	text := strings.TrimRight(section.Text, "\n")
	if text != "" {
		text += "\n\n"
	}
	_, _, err = d.WriteText(ctx, f.Incident, slug, TextWrite{Version: section.Version, Base: &section.Text, Text: text + f.Markdown(alt, decorative) + "\n"}, sight)
	return err
}
