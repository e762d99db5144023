package manifest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hindsight/incident"
)

// standardInput is the name of the file that is read from standard input.
const standardInput = "-"

// ReadAll reads files, and those of folders that end in .yaml or .yml, in order of their paths below the folder. What begins
// with a dot is passed over. "-" is read from in.
func ReadAll(paths []string, in io.Reader) ([]File, error) {
	var out []File
	for _, path := range paths {
		if path == standardInput {
			text, err := readUpTo(in, MaxFile+1)
			if err != nil {
				return nil, fmt.Errorf("read standard input: %w", err)
			}
			out = append(out, File{"standard input", text})
			continue
		}
		some, err := readPath(path)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

func readPath(path string) ([]File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		f, err := readFile(path, filepath.Base(path))
		return []File{f}, err
	}
	var out []File
	err = filepath.WalkDir(path, func(found string, entry fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(entry.Name(), ".") && found != path
		switch {
		case err != nil:
			return err
		case hidden && entry.IsDir():
			return fs.SkipDir
		case hidden || entry.IsDir() || !slices.Contains([]string{".yaml", ".yml"}, strings.ToLower(filepath.Ext(found))):
			return nil
		}
		name, err := filepath.Rel(path, found)
		if err != nil {
			return err
		}
		f, err := readFile(found, filepath.ToSlash(name))
		out = append(out, f)
		return err
	})
	if err == nil && len(out) == 0 {
		err = incident.Invalidf("files", "%s holds no file that ends in .yaml or .yml", path)
	}
	return out, err
}

func readFile(path, name string) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	text, err := readUpTo(f, MaxFile+1)
	return File{name, text}, err
}

// readUpTo reads at most n bytes: more than MaxFile is for Parse to refuse.
func readUpTo(r io.Reader, n int64) (string, error) {
	text, err := io.ReadAll(io.LimitReader(r, n))
	return string(text), err
}

// WriteAll writes an export to a folder, and takes away what an earlier export wrote of kinds of which there is nothing any more. A file
// that no export wrote is not touched: then it is an error, and nothing is written.
func WriteAll(dir string, files []File) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range ExportNames() {
		text, err := os.ReadFile(filepath.Join(dir, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case !strings.HasPrefix(string(text), Written):
			return fmt.Errorf("%s was not written by an export; choose another folder, or move it away", filepath.Join(dir, name))
		}
	}
	for _, name := range ExportNames() {
		i := slices.IndexFunc(files, func(f File) bool { return f.Name == name })
		path := filepath.Join(dir, name)
		var err error
		if i >= 0 {
			err = os.WriteFile(path, []byte(files[i].Text), 0o644)
		} else if err = os.Remove(path); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}
