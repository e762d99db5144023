package auth

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// quiet is the white margin around a QR code, in modules: ISO/IEC 18004 asks for four.
const quiet = 4

// QR is a QR code for an SVG image: Path, filled with black on white, draws its dark modules in a square of Size units.
type QR struct {
	Size int
	Path string
}

// drawQR draws text as a QR code of error correction level M.
func drawQR(text string) (QR, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return QR{}, fmt.Errorf("auth: QR code of %d bytes: %w", len(text), err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; {
			n := 0
			for x+n < code.Size && code.Black(x+n, y) {
				n++
			}
			if n > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, n, n)
			}
			x += max(n, 1)
		}
	}
	return QR{code.Size + 2*quiet, path.String()}, nil
}
