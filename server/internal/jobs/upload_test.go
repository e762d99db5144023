package jobs

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

func TestSafeName(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"plain", "incidents.csv", "incidents.csv"},
		{"folders", "../../etc/passwd", "passwd"},
		{"folders of Windows", `C:\Users\x\log 1.csv`, "log_1.csv"},
		{"hidden", ".htaccess", "upload.htaccess"},
		{"dots", "..", "upload."},
		{"nothing", "", "upload."},
		{"letters of other scripts", "störung 障害.json", "störung_障害.json"},
		{"marks and controls", "a\x00b\n;|$(x).csv", "a_b_____x_.csv"},
		{"broken UTF-8", "a\xffb.csv", "a_b.csv"},
		{"too long", strings.Repeat("é", 300) + ".csv", strings.Repeat("é", 50) + ".csv"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := safeName(tc.in); got != tc.want {
				t.Errorf("safeName(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func TestSaveUpload(t *testing.T) {
	dir := t.TempDir()
	save := func(name, body string, limit int64) (string, error) {
		return SaveUpload(dir, "run_1", name, strings.NewReader(body), limit)
	}
	first, err := save("../a.csv", "first", 5)
	if want := filepath.Join(dir, "uploads", "run_1", "a.csv"); err != nil || first != want {
		t.Errorf("SaveUpload = %q, %v, want %q", first, err, want)
	}
	second, err := save("a.csv", "more", 5)
	if want := filepath.Join(dir, "uploads", "run_1", "a-2.csv"); err != nil || second != want {
		t.Errorf("SaveUpload of a second file = %q, %v, want %q", second, err, want)
	}
	if _, err := save("b.csv", "sixsix", 5); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("SaveUpload above its limit = %v, want ErrInvalid", err)
	}
	if got, want := contents(t, dir+"/uploads/run_1"), map[string]string{"a.csv": "first", "a-2.csv": "more"}; !maps.Equal(got, want) {
		t.Errorf("uploads = %q, want %q", got, want)
	}
}

// contents opens the upload in dir and returns its files' texts by name.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := OpenUpload(dir)
	if err != nil {
		t.Fatalf("OpenUpload: %v", err)
	}
	return texts(t, files)
}

func texts(t *testing.T, files []importers.File) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range files {
		r, err := f.Open()
		if err != nil {
			t.Fatalf("open %s: %v", f.Name, err)
		}
		body, err := io.ReadAll(r)
		if err != nil || int64(len(body)) != f.Size {
			t.Errorf("read %s = %d bytes, %v, want %d", f.Name, len(body), err, f.Size)
		}
		r.Close()
		out[f.Name] = string(body)
	}
	return out
}

type entry struct {
	name string
	body string
	mode fs.FileMode
}

func archive(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
		if e.mode != 0 {
			h.SetMode(e.mode)
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, e.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchives(t *testing.T) {
	for _, tc := range []struct {
		name    string
		archive []byte
		want    map[string]string
		err     string
	}{
		{"folders", archive(t, entry{name: "b/2.md", body: "two"}, entry{name: "a/1.md", body: "one"}), map[string]string{"a/1.md": "one", "b/2.md": "two"}, ""},
		{"of Windows", archive(t, entry{name: `a\1.md`, body: "one"}), map[string]string{"a/1.md": "one"}, ""},
		{"hidden files and additions", archive(t, entry{name: ".git/config", body: "x"}, entry{name: "__MACOSX/1.md", body: "x"}, entry{name: "1.md", body: "one"}), map[string]string{"1.md": "one"}, ""},
		{"folders and links", archive(t, entry{name: "a/"}, entry{name: "l", body: "/etc/passwd", mode: fs.ModeSymlink | 0o777}, entry{name: "1.md", body: "one"}), map[string]string{"1.md": "one"}, ""},
		{"way out", archive(t, entry{name: "../../x.md", body: "x"}), nil, `impossible name "../../x.md"`},
		{"absolute", archive(t, entry{name: "/etc/x.md", body: "x"}), nil, `impossible name "/etc/x.md"`},
		{"bomb", archive(t, entry{name: "x.md", body: strings.Repeat("\x00", 10<<20)}), nil, "unpacks to 10485760 bytes"},
		{"no archive", []byte("PK? no"), nil, "no zip archive"},
		{"empty", archive(t), nil, "there is no file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "docs.ZIP"), tc.archive, 0o600); err != nil {
				t.Fatal(err)
			}
			files, err := OpenUpload(dir)
			if tc.err != "" {
				if !errors.Is(err, incident.ErrInvalid) || !strings.Contains(err.Error(), tc.err) {
					t.Errorf("OpenUpload = %v, want ErrInvalid with %q", err, tc.err)
				}
				return
			}
			if err != nil {
				t.Fatalf("OpenUpload: %v", err)
			}
			if got := texts(t, files); !maps.Equal(got, tc.want) {
				t.Errorf("OpenUpload = %q, want %q", got, tc.want)
			}
		})
	}
}

func TestTooManyEntries(t *testing.T) {
	var entries []entry
	for range maxEntries + 1 {
		entries = append(entries, entry{name: "x"})
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "many.zip"), archive(t, entries...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenUpload(dir); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("OpenUpload of %d entries = %v, want ErrInvalid", len(entries), err)
	}
}

func TestDirFiles(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	for name, body := range map[string]string{"b.md": "b", "a/z.md": "z", "a/.hidden": "x", ".git/config": "x"} {
		file := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(body), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	secret := filepath.Join(outside, "secret")
	if err := errors.Join(os.WriteFile(secret, []byte("secret"), 0o600),
		os.Symlink(secret, filepath.Join(root, "link.md")), os.Symlink(outside, filepath.Join(root, "folder"))); err != nil {
		t.Fatal(err)
	}
	files, err := DirFiles(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	if want := []string{"a/z.md", "b.md"}; !slices.Equal(names, want) {
		t.Errorf("DirFiles = %q, want %q", names, want)
	}
	// Between listing and reading, a file becomes a link.
	if err := errors.Join(os.Remove(filepath.Join(root, "b.md")), os.Symlink(secret, filepath.Join(root, "b.md"))); err != nil {
		t.Fatal(err)
	}
	if _, err := files[1].Open(); err == nil {
		t.Error("Open of a file that became a link out of the folder = nil, want an error")
	}
	if _, err := DirFiles(filepath.Join(root, "nowhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("DirFiles of nothing = %v, want ErrNotExist", err)
	}
}

func FuzzArchive(f *testing.F) {
	f.Add(archive(f, entry{name: "a/1.md", body: "one"}, entry{name: "2.md", body: strings.Repeat("two ", 1000)}))
	f.Add(archive(f, entry{name: "../x", body: "x"}))
	f.Add([]byte("PK\x05\x06"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, body []byte) {
		file := filepath.Join(dir, "x.zip")
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
		files, err := zipFiles(file, int64(len(body)))
		if err != nil && !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("zipFiles = %v, want an ErrInvalid", err)
		}
		for _, file := range files {
			if !fs.ValidPath(file.Name) {
				t.Errorf("zipFiles gives the name %q", file.Name)
			}
			if r, err := file.Open(); err == nil {
				if n, _ := io.Copy(io.Discard, r); n > file.Size {
					t.Errorf("%s gives %d bytes, and says %d", file.Name, n, file.Size)
				}
				r.Close()
			}
		}
	})
}

func FuzzPosition(f *testing.F) {
	f.Add([]byte(`{"done":1,"before":7,"next":{"tickets":"NQ=="}}`))
	f.Add([]byte(`null`))
	f.Add([]byte(`{"done":-1}`))
	f.Fuzz(func(t *testing.T, cursor []byte) {
		p, err := decodePosition(cursor)
		if err != nil {
			return
		}
		again, err := decodePosition(p.encode())
		if err != nil || again.Done != p.Done || again.Before != p.Before || len(again.Next) != len(p.Next) {
			t.Errorf("decodePosition of its own encoding of %+v = %+v, %v", p, again, err)
		}
		if p.Done < 0 {
			t.Errorf("decodePosition(%q) has read %d collections", cursor, p.Done)
		}
	})
}
