package seal

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func ring(t testing.TB, keys ...string) Keyring {
	t.Helper()
	k, err := ParseKeys(strings.Join(keys, ","), "HINDSIGHT_SECRET_KEY")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

const (
	// one is the key of test case 16 below; its id is what sha256sum prints for its 32 bytes.
	one   = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
	oneID = "7f70dfd819c3c582"
	two   = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	twoID = "630dcd2966c43366"
)

// TestPublishedVectors opens values put together from published ciphertexts.
func TestPublishedVectors(t *testing.T) {
	for _, tc := range []struct{ name, key, id, nonce, about, text, cipher, tag string }{
		{"McGrew and Viega, The Galois/Counter Mode of Operation, appendix B, test case 16", one, oneID,
			"cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
			"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
			"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
			"76fc6ece0f4e1768cddf8853bb2d551b"},
		{"NIST CAVP GCMVS, 256-bit key, 96-bit nonce, 160 bits of associated data",
			"83688deb4af8007f9b713b47cfa6c73e35ea7a3aa4ecdb414dded03bf7a0fd3a", "", "0b459724904e010a46901cf3",
			"794a14ccd178c8ebfd1379dc704c5e208f9d8424", "33d893a2114ce06fc15d55e454cf90c3", "cc66bee423e3fcd4c0865715e9586696", "0fb291bd3dba94a1dfd8b286cfb97ac5"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k := ring(t, tc.key)
			id := k.IDs()[0]
			if tc.id != "" && id != tc.id {
				t.Errorf("the key's id is %s, want %s", id, tc.id)
			}
			text, err := k.Open(unhex(t, "01"+id+tc.nonce+tc.cipher+tc.tag), string(unhex(t, tc.about)))
			if err != nil || hex.EncodeToString(text) != tc.text {
				t.Errorf("Open = %x, %v; want %s", text, err, tc.text)
			}
		})
	}
}

func TestRoundTrip(t *testing.T) {
	k := ring(t, one)
	for _, text := range []string{"", "s", strings.Repeat("a secret ", 1000)} {
		a, err := k.Seal([]byte(text), "con_1")
		if err != nil {
			t.Fatal(err)
		}
		b, err := k.Seal([]byte(text), "con_1")
		if err != nil || bytes.Equal(a, b) {
			t.Errorf("sealing %q twice gives the same bytes, error %v", text, err)
		}
		if len(text) > 8 && bytes.Contains(a, []byte(text[:8])) {
			t.Error("the sealed value shows its text")
		}
		got, err := k.Open(a, "con_1")
		if err != nil || string(got) != text {
			t.Errorf("Open(Seal(%.20q)) = %.20q, %v", text, got, err)
		}
	}
}

// TestEveryBitCounts changes each bit of a sealed value in turn.
func TestEveryBitCounts(t *testing.T) {
	k := ring(t, one, two)
	sealed, err := k.Seal([]byte("secret"), "con_1")
	if err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len(sealed) {
		changed := bytes.Clone(sealed)
		changed[bit/8] ^= 1 << (bit % 8)
		if text, err := k.Open(changed, "con_1"); !errors.Is(err, ErrSealed) {
			t.Fatalf("with bit %d changed, Open = %q, %v", bit, text, err)
		}
	}
	for n := range sealed {
		if _, err := k.Open(sealed[:n], "con_1"); !errors.Is(err, ErrSealed) {
			t.Fatalf("of %d bytes, Open opens the first %d: %v", len(sealed), n, err)
		}
	}
	if _, err := k.Open(sealed, "con_2"); !errors.Is(err, ErrSealed) || !strings.Contains(err.Error(), "belongs to something else") {
		t.Errorf("about another connection, Open: %v", err)
	}
}

func TestRotation(t *testing.T) {
	old, err := ring(t, one).Seal([]byte("secret"), "con_1")
	if err != nil {
		t.Fatal(err)
	}
	both := ring(t, two, one)
	text, err := both.Open(old, "con_1")
	if err != nil || string(text) != "secret" {
		t.Fatalf("with the old key second, Open = %q, %v", text, err)
	}
	renewed, err := both.Seal(text, "con_1")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := ring(t, two).Open(renewed, "con_1"); err != nil || string(text) != "secret" {
		t.Errorf("what the first key sealed, it alone opens as %q, %v", text, err)
	}
	_, err = ring(t, two).Open(old, "con_1")
	want := "this secret was sealed with key " + oneID + ", which is not among the keys in HINDSIGHT_SECRET_KEY"
	if !errors.Is(err, ErrSealed) || !strings.Contains(err.Error(), want) {
		t.Errorf("without the old key, Open: %v; want %q", err, want)
	}
}

func TestKeysAreRead(t *testing.T) {
	const base64Two = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	for _, tc := range []struct{ name, text, want string }{
		{"hex", one, oneID},
		{"capital hex", strings.ToUpper(one), oneID},
		{"base64", base64Two, twoID},
		{"base64 without padding", base64Two[:43], twoID},
		{"base64 of addresses", "_v_pkoZlcxxtao-UZzCDCP7_6ZKGZXMcbWqPlGcwgwg=", oneID},
		{"several, however separated", one + ", " + base64Two + "\r\n" + two, oneID + "," + twoID + "," + twoID},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k, err := ParseKeys(tc.text, "HINDSIGHT_SECRET_KEY")
			if got := strings.Join(k.IDs(), ","); err != nil || got != tc.want {
				t.Errorf("ids %s, error %v; want %s", got, err, tc.want)
			}
		})
	}
}

// TestMistakesShowNothing holds the errors about keys to say where and what, and none of the text.
func TestMistakesShowNothing(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"nothing", " , \n", "HINDSIGHT_SECRET_KEY holds no key"},
		{"a password", "correct-horse", "key 1 in HINDSIGHT_SECRET_KEY, of 13 characters"},
		{"16 bytes", one[:32], "key 1 in HINDSIGHT_SECRET_KEY, of 32 characters"},
		{"the second", one + " zz" + two[2:], "key 2 in HINDSIGHT_SECRET_KEY, of 64 characters"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := ParseKeys(tc.text, "HINDSIGHT_SECRET_KEY")
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("error %v, want one with %q", err, tc.want)
			}
			for _, word := range strings.FieldsFunc(tc.text, func(r rune) bool { return r == ' ' || r == ',' || r == '\n' }) {
				if strings.Contains(err.Error(), word) {
					t.Errorf("the error shows the key: %v", err)
				}
			}
		})
	}
}

func TestPrintingShowsNoKey(t *testing.T) {
	k := ring(t, one)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		got := strings.ToLower(fmt.Sprintf(verb, struct {
			Keys Keyring
			safe *Safe
		}{k, &Safe{ring: k}}) + fmt.Sprintf(verb, Safe{ring: k}.ring))
		for _, shown := range []string{one[:8], "254 255 233", "fe ff e9", "0xfe, 0xff, 0xe9"} {
			if strings.Contains(got, shown) {
				t.Errorf("%s prints %s", verb, got)
			}
		}
	}
}

// FuzzOpen opens what nobody sealed: it is refused, and only what was sealed opens. The sealed value is test case 16.
func FuzzOpen(f *testing.F) {
	k := ring(f, two, one)
	sealed := unhex(f, "01"+oneID+"cafebabefacedbaddecaf888"+
		"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"+
		"76fc6ece0f4e1768cddf8853bb2d551b")
	about := string(unhex(f, "feedfacedeadbeeffeedfacedeadbeefabaddad2"))
	f.Add(sealed, about)
	f.Add(sealed[:headSize], about)
	f.Add([]byte{}, "")
	f.Fuzz(func(t *testing.T, value []byte, of string) {
		text, err := k.Open(value, of)
		if authentic := bytes.Equal(value, sealed) && of == about; authentic != (err == nil) {
			t.Errorf("Open(%x, %q) = %q, %v", value, of, text, err)
		}
		if err != nil && !errors.Is(err, ErrSealed) {
			t.Errorf("Open(%x, %q): %v is not ErrSealed", value, of, err)
		}
	})
}
