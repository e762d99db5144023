package jobs

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"hindsight/importers"
	"hindsight/incident"
)

// Bounds of an uploaded archive. They are far above what a folder of documents or an export holds, and keep
// a small archive from filling the disk or the memory.
const (
	maxEntries = 20_000
	maxFile    = 1 << 30 // bytes of one file, unpacked
	maxTotal   = 4 << 30 // bytes of all files, unpacked
	maxRatio   = 200     // unpacked to packed size; text shrinks to a tenth, rarely to a fiftieth
	smallFile  = 1 << 20 // bytes up to which the ratio does not matter
)

// UploadDir returns the folder of the files uploaded for a run.
func UploadDir(dataDir string, run incident.ID) string {
	return filepath.Join(dataDir, "uploads", safeName(string(run)))
}

// SaveUpload stores an uploaded file for a run and returns its path. The name is made safe: it says nothing
// about folders; a second file of one name gets a number. More than limit bytes are ErrInvalid, and
// nothing of them is kept.
func SaveUpload(dataDir string, run incident.ID, name string, r io.Reader, limit int64) (string, error) {
	dir := UploadDir(dataDir, run)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("jobs: save upload %q: %w", name, err)
	}
	f, err := create(dir, safeName(name))
	if err != nil {
		return "", fmt.Errorf("jobs: save upload %q: %w", name, err)
	}
	n, err := io.Copy(f, io.LimitReader(r, limit+1))
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil && n > limit {
		err = incident.Invalidf("file", "%s is larger than %d bytes", filepath.Base(f.Name()), limit)
	}
	if err != nil {
		os.Remove(f.Name())
		return "", fmt.Errorf("jobs: save upload %q: %w", name, err)
	}
	return f.Name(), nil
}

// create makes a file that was not there, numbering the name if it must.
func create(dir, name string) (*os.File, error) {
	ext := path.Ext(name)
	for n := 1; ; n++ {
		numbered := name
		if n > 1 {
			numbered = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), n, ext)
		}
		f, err := os.OpenFile(filepath.Join(dir, numbered), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !os.IsExist(err) {
			return f, err
		}
	}
}

// safeName returns the last part of a file's name with nothing in it but letters, digits and a few
// marks that mean nothing to any file system.
func safeName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, strings.ToValidUTF8(name, "_"))
	ext := cut(path.Ext(name), 20)
	name = cut(strings.TrimLeft(strings.TrimSuffix(name, ext), "."), 100)
	if strings.Trim(name, "_-") == "" {
		name = "upload"
	}
	return name + ext
}

// OpenUpload returns the files of a folder of uploads in order of their names. Archives (.zip) are replaced
// by the files in them; one that is broken, or unpacks to more than makes sense, is ErrInvalid.
func OpenUpload(dir string) ([]importers.File, error) {
	files, err := DirFiles(dir)
	if err != nil {
		return nil, err
	}
	var out []importers.File
	for _, f := range files {
		if !strings.EqualFold(path.Ext(f.Name), ".zip") {
			out = append(out, f)
			continue
		}
		unpacked, err := zipFiles(filepath.Join(dir, filepath.FromSlash(f.Name)), f.Size)
		if err != nil {
			return nil, fmt.Errorf("jobs: open upload %s: %w", f.Name, err)
		}
		out = append(out, unpacked...)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("jobs: open upload: %w", incident.Invalidf("file", "there is no file in the upload"))
	}
	return out, nil
}

// DirFiles returns the regular files below root in order of their names, without hidden ones. Links are
// not followed, neither now nor when a file is opened, so that nothing outside root is read.
func DirFiles(root string) ([]importers.File, error) {
	var files []importers.File
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if hidden := name != "." && strings.HasPrefix(entry.Name(), "."); hidden || !entry.Type().IsRegular() {
			if hidden && entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		files = append(files, importers.File{Name: name, Size: info.Size(), Open: func() (io.ReadCloser, error) { return openIn(root, name) }})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: list files of %s: %w", root, err)
	}
	byName(files)
	return files, nil
}

func openIn(root, name string) (io.ReadCloser, error) {
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return dir.Open(filepath.FromSlash(name))
}

func byName(files []importers.File) {
	slices.SortStableFunc(files, func(a, b importers.File) int { return strings.Compare(a.Name, b.Name) })
}

// onDisk reads a file that is opened anew for every read, so that nobody has to close it.
type onDisk string

func (d onDisk) ReadAt(p []byte, off int64) (int, error) {
	f, err := os.Open(string(d))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return f.ReadAt(p, off)
}

// zipFiles returns the files in an archive, without hidden ones and what some systems add on their own.
func zipFiles(file string, size int64) ([]importers.File, error) {
	archive, err := zip.NewReader(onDisk(file), size)
	if err != nil {
		return nil, incident.Invalidf("file", "it is no zip archive, or a broken one: %v", err)
	}
	if len(archive.File) > maxEntries {
		return nil, incident.Invalidf("file", "it holds %d files; at most %d are read", len(archive.File), maxEntries)
	}
	var files []importers.File
	var total uint64
	for _, entry := range archive.File {
		name := strings.ReplaceAll(entry.Name, `\`, "/")
		if !entry.Mode().IsRegular() || skipped(name) {
			continue
		}
		if !fs.ValidPath(name) {
			return nil, incident.Invalidf("file", "it holds a file with the impossible name %q", cut(clean(entry.Name), maxValue))
		}
		size := entry.UncompressedSize64
		if total += size; size > maxFile || total > maxTotal || size > smallFile && size > maxRatio*entry.CompressedSize64 {
			return nil, incident.Invalidf("file", "%s unpacks to %d bytes, which is more than makes sense", name, size)
		}
		files = append(files, importers.File{Name: name, Size: int64(size), Open: func() (io.ReadCloser, error) { return openEntry(entry) }})
	}
	byName(files)
	return files, nil
}

// skipped reports whether a name in an archive is hidden, or of the folder that macOS adds.
func skipped(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if part != "." && part != ".." && strings.HasPrefix(part, ".") || part == "__MACOSX" {
			return true
		}
	}
	return false
}

// openEntry opens a file in an archive. Reading ends with an error where it turns out larger than it says.
func openEntry(entry *zip.File) (io.ReadCloser, error) {
	r, err := entry.Open()
	if err != nil {
		return nil, err
	}
	return &bounded{ReadCloser: r, left: int64(entry.UncompressedSize64)}, nil
}

type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, incident.Invalidf("file", "it is larger than its archive says")
	}
	return n, err
}
