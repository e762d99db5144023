package desk

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"path"
	"regexp"
	"strings"

	"hindsight/incident"
)

// ReferredFiles returns the files that the shown sections refer to, with their bodies, in the order of the text. Those that are not there, or were
// removed, are left out.
func (d *Desk) ReferredFiles(ctx context.Context, w *Writing) ([]incident.RetroFile, error) {
	all, err := d.Store.RetroFiles(ctx, w.Incident.ID)
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for _, f := range all {
		there[f.ID] = f.RemovedAt.IsZero()
	}
	var out []incident.RetroFile
	for _, s := range w.Sections {
		for _, id := range incident.RetroFilesIn(s.Text) {
			if !there[id] {
				continue
			}
			there[id] = false // once
			f, err := d.Store.RetroFile(ctx, w.Incident.ID, id)
			if err != nil {
				return nil, err
			}
			out = append(out, *f)
		}
	}
	return out, nil
}

// FileURLs returns files as data: URLs (RFC 2397) by their addresses.
func FileURLs(files []incident.RetroFile) map[string]string {
	out := map[string]string{}
	for _, f := range files {
		out[f.ID] = "data:" + f.Type + ";base64," + base64.StdEncoding.EncodeToString(f.Body)
	}
	return out
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

// Pack returns all that a retrospective says, with its files.
func (d *Desk) Pack(ctx context.Context, w *Writing) (RetroPack, error) {
	p := RetroPack{RetroBody: w.Body()}
	files, err := d.ReferredFiles(ctx, w)
	for _, f := range files {
		p.Files = append(p.Files, PackedFile{f.ID, f.Name, f.Type, f.Body, f.Data})
	}
	return p, err
}

// ZipRetro writes a retrospective's Markdown, and beside it the files that it refers to, where it refers to them.
func (d *Desk) ZipRetro(ctx context.Context, w *Writing, markdown []byte) ([]byte, error) {
	files, err := d.ReferredFiles(ctx, w)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name string, body []byte) {
		if err != nil {
			return
		}
		var f io.Writer
		if f, err = z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: d.Now().UTC()}); err == nil {
			_, err = f.Write(body)
		}
	}
	add("retrospective.md", markdown)
	for _, f := range files {
		add(incident.RetroFileFolder+f.ID, f.Body)
		if f.Kind == incident.RetroChart {
			add(incident.RetroFileFolder+strings.TrimSuffix(f.ID, "svg")+"json", []byte(f.Data))
		}
	}
	if err == nil {
		err = z.Close()
	}
	return b.Bytes(), err
}

const (
	mostPacked      = 1000
	longestMarkdown = 4 << 20
)

// linkTarget finds what images and links of a text lead to.
var linkTarget = regexp.MustCompile(`(\]\()([^()\s]+)((?: "[^"]*")?\))`)

// UnpackRetro reads a Markdown file out of an archive, takes the files beside it that it refers to, and returns the text, which refers to them here.
// What leads elsewhere stays a link.
func (d *Desk) UnpackRetro(ctx context.Context, id incident.ID, packed []byte, sight incident.Sight) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil || len(z.File) > mostPacked {
		return "", incident.Invalidf("file", "the archive cannot be read, or holds more than %d files", mostPacked)
	}
	beside := map[string]*zip.File{}
	var text string
	folder := ""
	for _, f := range z.File {
		name := path.Clean(strings.ReplaceAll(f.Name, `\`, "/"))
		if ending := strings.ToLower(path.Ext(name)); text == "" && (ending == ".md" || ending == ".markdown") {
			body, err := unpacked(f, longestMarkdown)
			if err != nil {
				return "", err
			}
			text, folder = string(body), path.Dir(name)
			continue
		}
		beside[name] = f
	}
	if text == "" {
		return "", incident.Invalidf("file", "there is no Markdown file in the archive")
	}
	var failure error
	taken := map[string]string{}
	text = linkTarget.ReplaceAllStringFunc(text, func(m string) string {
		part := linkTarget.FindStringSubmatch(m)
		target := path.Join(folder, part[2])
		f := beside[target]
		if f == nil || failure != nil {
			return m
		}
		if taken[target] == "" {
			in, err := f.Open()
			if err != nil {
				failure = incident.Invalidf("file", "%s cannot be read from the archive", f.Name)
				return m
			}
			defer in.Close()
			kept, err := d.AddRetroFile(ctx, id, path.Base(target), int64(min(f.UncompressedSize64, 1<<62)), in, sight)
			if err != nil {
				failure = err
				return m
			}
			taken[target] = incident.RetroFileFolder + kept.ID
		}
		return part[1] + taken[target] + part[3]
	})
	return text, failure
}

func unpacked(f *zip.File, most int64) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, incident.Invalidf("file", "%s cannot be read from the archive", f.Name)
	}
	defer in.Close()
	body, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil || int64(len(body)) > most {
		return nil, incident.Invalidf("file", "%s cannot be read from the archive, or is larger than %d MB", f.Name, most>>20)
	}
	return body, nil
}
