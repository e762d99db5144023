// Package picture takes in pictures that people upload: PNG, JPEG, GIF and WebP, known by their bytes alone. What comes out shows the same and holds
// nothing else: no place, no camera, no thumbnail of what was cut away, nothing behind the end. Start with [Clean].
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"
)

const (
	// MostPixels is how many pixels a picture may have; a screen of 6K has 20 million.
	MostPixels = 25_000_000
	// mostMoving is how many pixels all frames of a moving picture may have together.
	mostMoving = 100_000_000
	mostFrames = 2000
	// longestEdge is what any reader of pictures takes.
	longestEdge = 20_000
)

// errNone says that the bytes are those of no picture that is known.
var errNone = errors.New("picture: this is no PNG, JPEG, GIF or WebP")

// Picture is a picture without anything but what is to be seen.
type Picture struct {
	Type          string // media type: "image/png"
	Width, Height int    // in pixels, as one looks at it
	Body          []byte
}

// Problem says, for people, why a picture is not taken.
type Problem string

func (p Problem) Error() string { return string(p) }

// TypeOf returns the media type of the picture that bytes begin as; empty: they are none that is known. It reads nothing but the beginning.
func TypeOf(body []byte) string {
	switch {
	case bytes.HasPrefix(body, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case bytes.HasPrefix(body, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(body, []byte("GIF87a")), bytes.HasPrefix(body, []byte("GIF89a")):
		return "image/gif"
	case len(body) >= 12 && string(body[:4]) == "RIFF" && string(body[8:12]) == "WEBP":
		return "image/webp"
	}
	return ""
}

// Clean returns the picture that some bytes are. It is errNone for bytes of something else, and a Problem for a picture that is damaged, too
// large or of a sort that is not taken.
func Clean(body []byte) (Picture, error) {
	switch TypeOf(body) {
	case "image/png":
		return cleanPNG(body)
	case "image/jpeg":
		return cleanJPEG(body)
	case "image/gif":
		return cleanGIF(body)
	case "image/webp":
		return cleanWebP(body)
	}
	return Picture{}, errNone
}

// fits is a Problem for a picture that is too large to be unpacked; it is asked before that is done.
func fits(c image.Config, err error) error {
	switch {
	case err != nil:
		return damaged(err)
	case c.Width <= 0 || c.Height <= 0:
		return Problem("the picture is empty")
	case c.Width > longestEdge || c.Height > longestEdge || c.Width*c.Height > MostPixels:
		return Problem(fmt.Sprintf("the picture has %d × %d pixels; at most %d million are taken: make it smaller", c.Width, c.Height, MostPixels/1_000_000))
	}
	return nil
}

func damaged(error) error {
	return Problem("the picture is damaged, or of a sort that is not read; save it as PNG and try again")
}

// cleanPNG writes a PNG anew: its pixels, and nothing of its other chunks.
func cleanPNG(body []byte) (Picture, error) {
	c, err := png.DecodeConfig(bytes.NewReader(body))
	if err := fits(c, err); err != nil {
		return Picture{}, err
	}
	m, err := png.Decode(bytes.NewReader(body))
	if err != nil {
		return Picture{}, damaged(err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		return Picture{}, damaged(err)
	}
	return Picture{"image/png", c.Width, c.Height, out.Bytes()}, nil
}

// cleanGIF writes a GIF anew, with its frames and how long each is shown.
func cleanGIF(body []byte) (Picture, error) {
	c, err := gif.DecodeConfig(bytes.NewReader(body))
	if err := fits(c, err); err != nil {
		return Picture{}, err
	}
	if err := countFrames(body); err != nil {
		return Picture{}, err
	}
	g, err := gif.DecodeAll(bytes.NewReader(body))
	if err != nil {
		return Picture{}, damaged(err)
	}
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, g); err != nil {
		return Picture{}, damaged(err)
	}
	return Picture{"image/gif", c.Width, c.Height, out.Bytes()}, nil
}

// cleanWebP keeps the chunks that a WebP's picture is made of.
func cleanWebP(body []byte) (Picture, error) {
	out, err := webpChunks(body)
	if err != nil {
		return Picture{}, err
	}
	c, err := webp.DecodeConfig(bytes.NewReader(out))
	if err := fits(c, err); err != nil {
		return Picture{}, err
	}
	if _, err := webp.Decode(bytes.NewReader(out)); err != nil {
		return Picture{}, damaged(err)
	}
	return Picture{"image/webp", c.Width, c.Height, out}, nil
}

// cleanJPEG keeps the segments that a JPEG's picture is made of, and which side of it is up.
func cleanJPEG(body []byte) (Picture, error) {
	out, turned, err := jpegSegments(body)
	if err != nil {
		return Picture{}, err
	}
	c, err := jpeg.DecodeConfig(bytes.NewReader(out))
	if err := fits(c, err); err != nil {
		return Picture{}, err
	}
	if _, err := jpeg.Decode(bytes.NewReader(out)); err != nil {
		return Picture{}, damaged(err)
	}
	if turned >= 5 {
		c.Width, c.Height = c.Height, c.Width
	}
	return Picture{"image/jpeg", c.Width, c.Height, out}, nil
}
