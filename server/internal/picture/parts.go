package picture

import (
	"bytes"
	"encoding/binary"
	"image"
)

// jpegSegments returns a JPEG (ITU-T T.81, annex B) with those segments only that the picture is made of, cut off at its end, and
// which side is up: 1 to 8, as Exif 2.3 has it in tag 0x0112; 1 when it does not say. When it is another, a segment says that and nothing else.
func jpegSegments(body []byte) (out []byte, turned int, err error) {
	turned = 1
	out = append(out, 0xff, 0xd8)
	for at := 2; ; {
		for at < len(body) && body[at] == 0xff && at+1 < len(body) && body[at+1] == 0xff { // fill bytes
			at++
		}
		if at+4 > len(body) || body[at] != 0xff {
			if at+2 <= len(body) && body[at] == 0xff && body[at+1] == 0xd9 {
				return upright(append(out, 0xff, 0xd9), turned), turned, nil
			}
			return nil, 0, damaged(nil)
		}
		marker := body[at+1]
		if marker == 0xd9 {
			return upright(append(out, 0xff, 0xd9), turned), turned, nil
		}
		size := int(binary.BigEndian.Uint16(body[at+2:]))
		end := at + 2 + size
		if size < 2 || end > len(body) {
			return nil, 0, damaged(nil)
		}
		switch segment := body[at+4 : end]; {
		case marker == 0xe1 && bytes.HasPrefix(segment, []byte("Exif\x00\x00")):
			if t := orientation(segment[6:]); t != 0 {
				turned = t
			}
		case marker == 0xe0 && bytes.HasPrefix(segment, []byte("JFIF\x00")) && len(segment) >= 14:
			head := append([]byte{0xff, 0xe0, 0, 16}, segment[:12]...)
			out = append(append(out, head...), 0, 0) // no thumbnail, which may show what was cut away
		case marker == 0xee && bytes.HasPrefix(segment, []byte("Adobe")) && len(segment) >= 12: // how its colours are written
			out = append(append(out, 0xff, 0xee, 0, 14), segment[:12]...)
		case marker >= 0xe0 && marker <= 0xef, marker == 0xfe: // what programs add, and comments
		case marker >= 0xc0 && marker <= 0xcf, marker == 0xda, marker == 0xdb, marker == 0xdd:
			out = append(out, body[at:end]...)
		default:
			return nil, 0, damaged(nil)
		}
		at = end
		if marker == 0xda { // the picture itself, up to the next marker that is none of its own
			for at < len(body) && (body[at] != 0xff || at+1 < len(body) && (body[at+1] == 0 || body[at+1] >= 0xd0 && body[at+1] <= 0xd7)) {
				at++
			}
			out = append(out, body[end:at]...)
		}
	}
}

// orientation reads tag 0x0112 of the first directory of a TIFF; 0 when there is none.
func orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	n := int64(order.Uint16(tiff[at:]))
	for i := range n {
		entry := at + 2 + 12*i
		if entry+12 > int64(len(tiff)) {
			return 0
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			if v := int(order.Uint16(tiff[entry+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 0
		}
	}
	return 0
}

// upright puts a segment behind the beginning of a JPEG that says which side is up, unless that is the usual one.
func upright(jpeg []byte, turned int) []byte {
	if turned == 1 {
		return jpeg
	}
	exif := []byte("\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	exif[29] = byte(turned)
	return append(append([]byte{0xff, 0xd8}, exif...), jpeg[2:]...)
}

// webpChunks returns a WebP (RFC 9649) with the chunks only that a still picture is made of.
func webpChunks(body []byte) ([]byte, error) {
	out := []byte("RIFF\x00\x00\x00\x00WEBP")
	end := min(int64(len(body)), int64(binary.LittleEndian.Uint32(body[4:]))+8)
	for at := int64(12); at+8 <= end; {
		size := int64(binary.LittleEndian.Uint32(body[at+4:]))
		next := at + 8 + size + size&1
		if at+8+size > end {
			return nil, damaged(nil)
		}
		chunk := bytes.Clone(body[at : at+8+size])
		switch string(chunk[:4]) {
		case "ANIM", "ANMF":
			return nil, Problem("a moving WebP is not taken; save it as GIF")
		case "VP8X":
			if size < 10 {
				return nil, damaged(nil)
			}
			c := image.Config{Width: 1 + little24(chunk[12:]), Height: 1 + little24(chunk[15:])} // what reads it makes room for that many
			if err := fits(c, nil); err != nil {
				return nil, err
			}
			chunk[8] &= 0x10 // of its flags, that it can be seen through
			out = append(out, chunk...)
		case "VP8 ", "VP8L", "ALPH":
			out = append(out, chunk...)
			if size&1 == 1 {
				out = append(out, 0)
			}
		}
		at = next
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}

func little24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// countFrames is a Problem for a GIF whose frames are too many, or too large together, to be unpacked (GIF89a specification, appendix A).
func countFrames(body []byte) error {
	if len(body) < 13 {
		return damaged(nil)
	}
	colours := func(flags byte) int {
		if flags&0x80 == 0 {
			return 0
		}
		return 3 << (flags&7 + 1)
	}
	at := 13 + colours(body[10])
	frames, pixels := 0, 0
	for at < len(body) {
		switch body[at] {
		case 0x3b: // the end
			return nil
		case 0x21: // an extension; image/gif reads these two on beyond where they end if their first block is not whole
			if at+2 >= len(body) || body[at+1] == 0xff && body[at+2] == 0 || body[at+1] == 0x01 && body[at+2] != 12 {
				return damaged(nil)
			}
			at += 2
		case 0x2c:
			if at+10 > len(body) {
				return damaged(nil)
			}
			frames++
			pixels += int(binary.LittleEndian.Uint16(body[at+5:])) * int(binary.LittleEndian.Uint16(body[at+7:]))
			if frames > mostFrames || pixels > mostMoving {
				return Problem("the moving picture has too many frames; make it shorter or smaller, or add it as a file")
			}
			at += 10 + colours(body[at+9]) + 1
		default:
			return damaged(nil)
		}
		for at < len(body) && body[at] != 0 { // sub-blocks
			at += int(body[at]) + 1
		}
		at++
	}
	return damaged(nil)
}
