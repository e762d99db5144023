package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"strings"
	"testing"

	"golang.org/x/image/webp"
)

// secret stands where cameras and programs write what nobody is to learn.
const secret = "GPS 48.8584 N 2.2945 E, made by Responder One"

func sample(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{uint8(40 * x), uint8(60 * y), 90, 255})
		}
	}
	return m
}

func pngOf(t testing.TB, m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, sample(6, 4), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gifOf(t testing.TB) []byte {
	pal := color.Palette{color.Black, color.White}
	frame := func(at int) *image.Paletted {
		m := image.NewPaletted(image.Rect(0, 0, 5, 3), pal)
		m.SetColorIndex(at, 1, 1)
		return m
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame(0), frame(1)}, Delay: []int{10, 20}}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// chunk is a chunk of a PNG.
func chunk(kind, data string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(b, kind+data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(kind+data)))
}

// exif is a segment of a JPEG that says which side is up, and more.
func exif(turned byte) []byte {
	tiff := append([]byte("Exif\x00\x00II\x2a\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00"), turned, 0, 0, 0, 0, 0, 0, 0)
	tiff = append(tiff, secret...)
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(tiff)+2)), tiff...)
}

func insert(body []byte, at int, more []byte) []byte {
	return append(append(bytes.Clone(body[:at]), more...), body[at:]...)
}

func read(t testing.TB, name string) []byte {
	body, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// withEXIF adds a chunk with a secret to a plain WebP, as RFC 9649 has it.
func withEXIF(body []byte, width, height int) []byte {
	little := func(n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n)) }
	head := append([]byte("VP8X\x0a\x00\x00\x00\x08\x00\x00\x00"), append(little(width - 1)[:3], little(height - 1)[:3]...)...)
	told := secret
	if len(told)%2 == 1 {
		told += " "
	}
	all := append(append(append([]byte("WEBP"), head...), body[12:]...), append([]byte("EXIF"), append(little(len(told)), told...)...)...)
	return append(append([]byte("RIFF"), little(len(all))...), all...)
}

// TestNothingButThePicture: places, names, thumbnails and what was put behind the end are gone, and the pixels are the same.
func TestNothingButThePicture(t *testing.T) {
	plain := sample(6, 4)
	pngBody := pngOf(t, plain)
	jpegBody := jpegOf(t)
	for _, tc := range []struct {
		name, kind string
		body       []byte
		w, h       int
	}{
		{"PNG with texts", "image/png", insert(pngBody, 33, append(chunk("tEXt", "Comment\x00"+secret), chunk("eXIf", secret)...)), 6, 4},
		{"PNG with something behind it", "image/png", append(bytes.Clone(pngBody), "PK\x03\x04"+secret...), 6, 4},
		{"JPEG with Exif", "image/jpeg", insert(jpegBody, 2, exif(1)), 6, 4},
		{"JPEG that lies on its side", "image/jpeg", insert(jpegBody, 2, exif(6)), 4, 6},
		{"JPEG with a comment", "image/jpeg", insert(jpegBody, 2, append([]byte{0xff, 0xfe, 0, byte(len(secret) + 2)}, secret...)), 6, 4},
		{"JPEG with something behind it", "image/jpeg", append(bytes.Clone(jpegBody), "<script>"+secret...), 6, 4},
		{"GIF with a comment", "image/gif", insert(gifOf(t), len(gifOf(t))-1, append([]byte{0x21, 0xfe, byte(len(secret))}, secret+"\x00"...)), 5, 3},
		{"GIF with something behind it", "image/gif", append(gifOf(t), secret...), 5, 3},
		{"WebP", "image/webp", append(read(t, "lossless.webp"), secret...), 75, 100},
		{"lossy WebP with Exif", "image/webp", withEXIF(read(t, "lossy.webp"), 150, 100), 150, 100},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if !bytes.Contains(tc.body, []byte(secret)) {
				t.Fatal("the sample does not hold the secret")
			}
			p, err := Clean(tc.body)
			if err != nil {
				t.Fatal(err)
			}
			if p.Type != tc.kind || p.Width != tc.w || p.Height != tc.h {
				t.Errorf("Clean = %s of %d × %d, want %s of %d × %d", p.Type, p.Width, p.Height, tc.kind, tc.w, tc.h)
			}
			if bytes.Contains(p.Body, []byte("GPS")) || bytes.Contains(p.Body, []byte("Responder")) {
				t.Error("what the picture was taken with, and where, is still in it")
			}
			was, is := decoded(t, tc.kind, tc.body), decoded(t, p.Type, p.Body)
			for _, at := range []image.Point{{0, 0}, {3, 2}, {2, 1}} {
				if was.At(at.X, at.Y) != is.At(at.X, at.Y) {
					t.Errorf("pixel %v = %v, want %v", at, is.At(at.X, at.Y), was.At(at.X, at.Y))
				}
			}
		})
	}
}

func decoded(t testing.TB, kind string, body []byte) image.Image {
	t.Helper()
	decode := map[string]func(*bytes.Reader) (image.Image, error){
		"image/png":  func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) },
		"image/jpeg": func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) },
		"image/gif":  func(r *bytes.Reader) (image.Image, error) { return gif.Decode(r) },
		"image/webp": func(r *bytes.Reader) (image.Image, error) { return webp.Decode(r) },
	}[kind]
	m, err := decode(bytes.NewReader(body))
	if err != nil {
		t.Fatalf("a %s cannot be read: %v", kind, err)
	}
	return m
}

// TestSideways: which side is up stays known, as Exif 2.3, 4.6.4 writes it, and nothing else of that.
func TestSideways(t *testing.T) {
	p, err := Clean(insert(jpegOf(t), 2, exif(6)))
	if err != nil {
		t.Fatal(err)
	}
	if want := []byte("\xff\xd8\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06"); !bytes.HasPrefix(p.Body, want) {
		t.Errorf("it begins with % x, want % x", p.Body[:40], want)
	}
}

// TestMoving: frames and how long they are shown stay.
func TestMoving(t *testing.T) {
	p, err := Clean(gifOf(t))
	if err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(bytes.NewReader(p.Body))
	if err != nil || len(g.Image) != 2 || g.Delay[1] != 20 {
		t.Errorf("the GIF has %d frames, delays %v, %v; want 2 frames, the second for 20", len(g.Image), g.Delay, err)
	}
}

func TestNotTaken(t *testing.T) {
	huge := pngOf(t, sample(1, 1))
	binary.BigEndian.PutUint32(huge[16:], 19_999)
	binary.BigEndian.PutUint32(huge[20:], 19_999)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	moving := gifOf(t)
	for range 3000 {
		moving = insert(moving, len(moving)-1, []byte("\x2c\x00\x00\x00\x00\x05\x00\x03\x00\x00\x02\x01\x2c\x00"))
	}
	for _, tc := range []struct {
		name, says string
		body       []byte
	}{
		{"400 million pixels in 70 bytes", "at most 25 million", huge},
		{"a WebP that says it has 16777216 × 16777216", "at most 25 million", withEXIF(read(t, "lossy.webp"), 1<<24, 1<<24)},
		{"half of a PNG", "damaged", pngOf(t, sample(6, 4))[:50]},
		{"half of a JPEG", "damaged", jpegOf(t)[:200]},
		{"a GIF of 3002 frames", "too many frames", moving},
		{"a GIF whose application extension has no block", "damaged", insert(gifOf(t), len(gifOf(t))-1, []byte{0x21, 0xff, 0})},
		{"a GIF whose plain text has a header of 1 byte", "damaged", insert(gifOf(t), len(gifOf(t))-1, []byte{0x21, 0x01, 1, 0, 0})},
		{"a moving WebP", "save it as GIF", []byte("RIFF\x14\x00\x00\x00WEBPANIM\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00")},
	} {
		var p Problem
		if _, err := Clean(tc.body); !errors.As(err, &p) || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("Clean(%s) = %v, want a problem that says %q", tc.name, err, tc.says)
		}
	}
	for _, tc := range []string{"", "hello", "<svg xmlns='http://www.w3.org/2000/svg'/>", "%PDF-1.7", "BM", "II*\x00"} {
		if _, err := Clean([]byte(tc)); !errors.Is(err, errNone) {
			t.Errorf("Clean(%q) = %v, want errNone", tc, err)
		}
	}
}

// FuzzClean: whatever comes in, what comes out is a picture that can be read, within its bounds, and cleaning it again changes nothing of its size.
func FuzzClean(f *testing.F) {
	for _, body := range [][]byte{pngOf(f, sample(6, 4)), insert(jpegOf(f), 2, exif(6)), gifOf(f), read(f, "lossless.webp"), withEXIF(read(f, "lossy.webp"), 150, 100), []byte("hello")} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := Clean(body)
		if err != nil {
			return
		}
		if p.Width*p.Height > MostPixels {
			t.Errorf("%d × %d pixels", p.Width, p.Height)
		}
		again, err := Clean(p.Body)
		if err != nil || again.Type != p.Type || again.Width != p.Width || again.Height != p.Height {
			t.Errorf("cleaned again: %s of %d × %d, %v; want %s of %d × %d", again.Type, again.Width, again.Height, err, p.Type, p.Width, p.Height)
		}
	})
}
