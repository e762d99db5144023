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

// FileURLs returns files as data: URLs (RFC 2397) by their addresses.
func FileURLs(files []incident.RetroFile) map[string]string {
	out := map[string]string{}
	for _, f := range files {
		out[f.ID] = "data:" + f.Type + ";base64," + base64.StdEncoding.EncodeToString(f.Body)
	}
	return out
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
