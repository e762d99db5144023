package incident

import (
	"slices"
	"strings"
	"testing"
)

func TestCleanFileName(t *testing.T) {
	for in, want := range map[string]string{
		"queue.png": "queue.png", `C:\Users\ada\log.txt`: "log.txt", "../../etc/passwd": "passwd", "a\r\nSet-Cookie: x": "aSet-Cookie x", "": "file", "..": "file", `"><b>`: "b",
		"invoice\u202egnp.exe": "invoicegnp.exe", "Größe 😀.pdf": "Größe 😀.pdf", "\xff\xfe.txt": ".txt",
	} {
		if got := CleanFileName(in); got != want {
			t.Errorf("CleanFileName(%q) = %q, want %q", in, got, want)
		}
	}
	if got := CleanFileName(strings.Repeat("ü", 300) + ".txt"); len(got) > 200 || !strings.HasSuffix(got, ".txt") {
		t.Errorf("a long name becomes %d bytes, %q; want 200 at most, with its ending", len(got), got)
	}
}

// TestRetroFileID: an address says what it leads to, whatever the file was called. The digest of "abc" is that of FIPS 180-4, appendix B.1.
func TestRetroFileID(t *testing.T) {
	const sum = "ba7816bf8f01cfea414140de5dae2223"
	for _, tc := range []struct {
		kind            RetroFileKind
		mediaType, name string
		ending          string
	}{
		{RetroImage, "image/jpeg", "x.png", ".jpg"}, {RetroImage, "image/png", "x", ".png"}, {RetroChart, "image/svg+xml", "x", ".chart.svg"}, {RetroAttachment, "", "x.LOG", ".log"},
		{RetroAttachment, "", "x.png", ".bin"}, {RetroAttachment, "", "x.chart.svg", ".svg"}, {RetroAttachment, "", "x.ä", ".bin"}, {RetroAttachment, "", "x", ".bin"},
	} {
		id := RetroFileID(tc.kind, tc.mediaType, tc.name, []byte("abc"))
		if kind, ok := RetroFileKindOf(id); id != sum+tc.ending || kind != tc.kind || !ok {
			t.Errorf("RetroFileID(%s, %s) = %s, which is a %s, %v; want %s", tc.kind, tc.name, id, kind, ok, sum+tc.ending)
		}
	}
	for _, id := range []string{"", "abc.png", sum, sum + ".png/..", sum + ".", strings.ToUpper(sum) + ".png"} {
		if _, ok := RetroFileKindOf(id); ok {
			t.Errorf("%q passes for an address", id)
		}
	}
	text := "![a](files/" + sum + ".png) [b](files/" + sum + ".log) ![a](files/" + sum + ".png) ![c](https://x.example/files/abc.png) ![](files/" + sum + `.chart.svg "decorative")`
	if got, want := RetroFilesIn(text), []string{sum + ".png", sum + ".log", sum + ".chart.svg"}; !slices.Equal(got, want) {
		t.Errorf("RetroFilesIn = %v, want %v", got, want)
	}
}
