package incident

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// RetroFile is an image, an attachment or a frozen chart of a retrospective. Its text refers to it as to a file beside it, with
// [RetroFileFolder]: "![What it shows](files/0f3c….png)". What stands for an image that cannot be seen belongs to the text.
type RetroFile struct {
	Incident ID
	// ID is the address of the content, with an ending that says what it is; see RetroFileID.
	ID     string
	Name   string // as its file was called
	Kind   RetroFileKind
	Type   string // media type (RFC 6838)
	Size   int64  // in bytes
	Width  int    // in pixels, of an image as it is looked at; 0 of others
	Height int
	User   ID // who added it; may be empty: a token
	By     string
	At     time.Time
	// LooseSince is since when no text and no snapshot refers to it; zero while one does.
	LooseSince time.Time
	RemovedAt  time.Time // zero unless somebody took it away; then its content is kept no more
	RemovedBy  string
	Data       string // of a chart: what it is drawn from, as JSON
	Body       []byte // empty in lists; of a chart it is its drawing, as SVG
}

// RetroFileKind says how a file is shown.
type RetroFileKind string

const (
	RetroImage      RetroFileKind = "image"      // a picture whose bytes were looked at, and cleaned
	RetroAttachment RetroFileKind = "attachment" // any file, to be downloaded
	RetroChart      RetroFileKind = "chart"      // one of our own charts, as it was then
)

const (
	// RetroFileFolder is where texts find files.
	RetroFileFolder = "files/"
	// LargestImage and LargestAttachment are how large one file may be, and RetroFilesQuota what all of a retrospective may, in bytes.
	LargestImage      = 10 << 20
	LargestAttachment = 20 << 20
	RetroFilesQuota   = 200 << 20
	longestFileName   = 200
)

var (
	retroFileID = regexp.MustCompile(`^[0-9a-f]{32}(\.chart)?\.[a-z0-9]{1,8}$`)
	// retroFileLink finds files in a text.
	retroFileLink = regexp.MustCompile(`\bfiles/([0-9a-f]{32}(?:\.chart)?\.[a-z0-9]{1,8})\b`)
	imageEndings  = []string{"png", "jpg", "gif", "webp"}
)

// RetroFileID returns the address of a content: 128 bits of its SHA-256, and the ending of images, of charts, or of an attachment's name.
// An attachment has none that images have, so that an address tells what it leads to.
func RetroFileID(kind RetroFileKind, mediaType, name string, content []byte) string {
	sum := sha256.Sum256(content)
	id := hex.EncodeToString(sum[:16])
	switch kind {
	case RetroChart:
		return id + ".chart.svg"
	case RetroImage:
		ending := strings.TrimPrefix(mediaType, "image/")
		if ending == "jpeg" {
			ending = "jpg"
		}
		return id + "." + ending
	}
	ending := strings.TrimPrefix(strings.ToLower(path.Ext(name)), ".")
	if slices.Contains(imageEndings, ending) || !retroFileID.MatchString(id+"."+ending) {
		ending = "bin"
	}
	return id + "." + ending
}

// RetroFileKindOf returns what an address leads to; ok is false when it is none.
func RetroFileKindOf(id string) (kind RetroFileKind, ok bool) {
	if !retroFileID.MatchString(id) {
		return "", false
	}
	if strings.HasSuffix(id, ".chart.svg") {
		return RetroChart, true
	}
	if slices.Contains(imageEndings, strings.TrimPrefix(path.Ext(id), ".")) {
		return RetroImage, true
	}
	return RetroAttachment, true
}

// RetroFilesIn returns the addresses of the files that a text refers to, each once, in order.
func RetroFilesIn(text string) []string {
	var out []string
	for _, m := range retroFileLink.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// CleanFileName returns the name of a file without its folders and without characters that do not belong into one; "file" when nothing is left.
func CleanFileName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`"<>|*?:[]`, r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1 // with control characters of the direction, a name could show another ending
		}
		return r
	}, name))
	for len(name) > longestFileName {
		_, size := utf8.DecodeRuneInString(name)
		name = name[size:]
	}
	if strings.Trim(name, ".") == "" {
		return "file"
	}
	return name
}

// Validate returns ErrInvalid, naming the field, for what cannot be.
func (f RetroFile) Validate() error {
	kind, ok := RetroFileKindOf(f.ID)
	switch {
	case !ok || kind != f.Kind:
		return Invalidf("file", "%.80q is not the address of such a file", f.ID)
	case f.Name == "" || len(f.Name) > longestFileName:
		return Invalidf("name", "give the file a name of at most %d characters", longestFileName)
	case f.Size != int64(len(f.Body)) || f.Size == 0:
		return Invalidf("file", "the file is empty")
	}
	return nil
}

// Decorative is the title in Markdown of a picture that says nothing: ![](files/….png "decorative").
const Decorative = "decorative"

// Markdown returns a reference to a file: a picture or chart with what it says to somebody who cannot see it, or a link.
func (f RetroFile) Markdown(alt string, decorative bool) string {
	alt = strings.NewReplacer("\\", "\\\\", "<", `\<`, "[", `\[`, "]", `\]`, "\r", "", "\n", " ").Replace(strings.TrimSpace(alt))
	switch {
	case f.Kind == RetroAttachment:
		if alt == "" {
			alt = f.Name
		}
		return "[" + alt + "](" + RetroFileFolder + f.ID + ")"
	case decorative:
		return "![](" + RetroFileFolder + f.ID + ` "` + Decorative + `")`
	}
	return "![" + alt + "](" + RetroFileFolder + f.ID + ")"
}

// FormatBytes returns a number of bytes for people: "340 kB", "12 MB".
func FormatBytes(n int64) string {
	switch {
	case n >= 10<<20:
		return strconv.FormatInt(n>>20, 10) + " MB"
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
	case n >= 1<<10:
		return strconv.FormatInt(n>>10, 10) + " kB"
	}
	return strconv.FormatInt(n, 10) + " bytes"
}
