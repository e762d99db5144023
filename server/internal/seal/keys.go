package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
)

const keySize = 32

// key is an AES-256 key, ready for use. Printing it shows nothing of it.
type key struct {
	id   [idSize]byte // the first 8 bytes of the key's SHA-256
	aead cipher.AEAD
	tag  []byte // the key of hashes, made from this one
}

func newKey(secret [keySize]byte) (key, error) {
	block, err := aes.NewCipher(secret[:])
	if err != nil {
		return key{}, fmt.Errorf("seal: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return key{}, fmt.Errorf("seal: %w", err)
	}
	sum := sha256.Sum256(secret[:])
	return key{id: [idSize]byte(sum[:]), aead: aead, tag: keyed(secret[:], "hindsight: key of hashes")}, nil
}

// keyed is the HMAC-SHA-256 of a text (RFC 2104).
func keyed(secret []byte, text string) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// ParseKeys reads keys of 32 bytes in base64 (either alphabet) or hex, separated by commas, spaces or line ends. from
// says where they stand; errors name it and the place of the key at fault, and show nothing of it.
func ParseKeys(text, from string) (Keyring, error) {
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	if len(words) == 0 {
		return Keyring{}, fmt.Errorf("%s holds no key; %s", from, wanted)
	}
	ring := Keyring{from: from}
	for i, word := range words {
		secret, ok := parseKey(word)
		if !ok {
			return Keyring{}, fmt.Errorf("key %d in %s, of %d characters, cannot be read; %s", i+1, from, len(word), wanted)
		}
		k, err := newKey(secret)
		if err != nil {
			return Keyring{}, err
		}
		ring.keys = append(ring.keys, k)
	}
	return ring, nil
}

const wanted = "a key is 32 random bytes: 44 characters of base64, as openssl rand -base64 32 prints them, or 64 of hex"

func parseKey(word string) ([keySize]byte, bool) {
	decode := []func(string) ([]byte, error){hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString,
		base64.URLEncoding.DecodeString, base64.RawURLEncoding.DecodeString}
	for _, f := range decode {
		if b, err := f(word); err == nil && len(b) == keySize {
			return [keySize]byte(b), true
		}
	}
	return [keySize]byte{}, false
}
