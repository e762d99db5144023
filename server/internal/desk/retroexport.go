package desk

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"hindsight/incident"
	"hindsight/server/internal/retrodoc"
)

// RetroExport is a file that a retrospective leaves as.
type RetroExport struct {
	Type  string                // media type
	Write func(io.Writer) error // of an archive one file after the other is read, so that never all of them are held; JSON holds them all
}

// RetroExport returns the file of a retrospective of one of the endings md (docs/retrospectives.md has its form), zip (the same with the files that
// it refers to beside it) and json (a RetroPack). Any other ending is ErrNotFound.
func (d *Desk) RetroExport(ctx context.Context, w *Writing, ending string) (RetroExport, error) {
	switch ending {
	case "md", "zip":
		text, err := d.retroMarkdown(ctx, w)
		if ending == "zip" {
			return RetroExport{"application/zip", func(out io.Writer) error { return d.zipRetro(ctx, out, w, text) }}, err
		}
		return RetroExport{"text/markdown; charset=utf-8", func(out io.Writer) error { _, err := out.Write(text); return err }}, err
	case "json":
		return RetroExport{"application/json", func(out io.Writer) error {
			pack := RetroPack{RetroBody: w.Body()}
			err := d.eachReferred(ctx, w, func(f incident.RetroFile) error {
				pack.Files = append(pack.Files, PackedFile{f.ID, f.Name, f.Type, f.Body, f.Data})
				return nil
			})
			if err != nil {
				return err
			}
			e := json.NewEncoder(out)
			e.SetIndent("", "  ")
			return e.Encode(pack)
		}}, nil
	}
	return RetroExport{}, fmt.Errorf("desk: a retrospective as a file .%.20s: %w", ending, incident.ErrNotFound)
}

// RetroPack is what stands in an exported JSON: what the retrospective says, and the files that it refers to.
type RetroPack struct {
	incident.RetroBody
	Files []PackedFile `json:"files,omitempty"`
}

// PackedFile is a file in an exported JSON. What a chart is drawn from is JSON itself.
type PackedFile struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"media_type"`
	Body []byte `json:"base64"`
	Data string `json:"data,omitempty"`
}

func (d *Desk) retroMarkdown(ctx context.Context, w *Writing) ([]byte, error) {
	return retrodoc.Write(retrodoc.Document{Incident: w.Incident.ID, Number: w.Incident.Number, Title: w.Title, State: w.State, Version: w.Number, Authors: d.Authors(ctx, w),
		Sections: w.Sections, Moments: w.Moments, Factors: w.Incident.Factors, Actions: w.Incident.Actions})
}

// packRetro adds a retrospective's Markdown, and beside it the files that it refers to, where it refers to them.
func (d *Desk) packRetro(ctx context.Context, w *Writing, markdown []byte, add func(name string, body []byte) error) error {
	if err := add("retrospective.md", markdown); err != nil {
		return err
	}
	return d.eachReferred(ctx, w, func(f incident.RetroFile) error {
		err := add(incident.RetroFileFolder+f.ID, f.Body)
		if f.Kind == incident.RetroChart && err == nil {
			err = add(incident.RetroFileFolder+strings.TrimSuffix(f.ID, "svg")+"json", []byte(f.Data))
		}
		return err
	})
}

func (d *Desk) zipRetro(ctx context.Context, out io.Writer, w *Writing, markdown []byte) error {
	z := zip.NewWriter(out)
	err := d.packRetro(ctx, w, markdown, func(name string, body []byte) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: d.Now().UTC()})
		if err == nil {
			_, err = f.Write(body)
		}
		return err
	})
	if err == nil {
		err = z.Close()
	}
	return err
}

// ReferredFiles returns the files that the shown sections refer to, with their bodies, in the order of the text. Those that are not there, or were
// removed, are left out.
func (d *Desk) ReferredFiles(ctx context.Context, w *Writing) ([]incident.RetroFile, error) {
	var out []incident.RetroFile
	err := d.eachReferred(ctx, w, func(f incident.RetroFile) error { out = append(out, f); return nil })
	return out, err
}

// eachReferred calls do with what ReferredFiles returns, one after the other.
func (d *Desk) eachReferred(ctx context.Context, w *Writing, do func(incident.RetroFile) error) error {
	all, err := d.Store.RetroFiles(ctx, w.Incident.ID)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, f := range all {
		there[f.ID] = f.RemovedAt.IsZero()
	}
	for _, s := range w.Sections {
		for _, id := range incident.RetroFilesIn(s.Text) {
			if !there[id] {
				continue
			}
			there[id] = false // once
			f, err := d.Store.RetroFile(ctx, w.Incident.ID, id)
			if err == nil {
				err = do(*f)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
