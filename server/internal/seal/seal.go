// Package seal keeps secrets unreadable in the database: AES-256-GCM with keys that are kept elsewhere. It knows
// neither connections nor settings. Start with [Safe]; [Keyring] is what it works with.
package seal

import (
	"crypto/rand"
	"errors"
	"fmt"
)

// A sealed value is, in this order: the version, the id of its key, a random nonce, and what AES-256-GCM (NIST SP
// 800-38D) makes of the text with the 16 bytes of its tag behind it.
const (
	version   = 1
	idSize    = 8
	nonceSize = 12
	tagSize   = 16
	headSize  = 1 + idSize + nonceSize
)

// ErrSealed is in every error about a value that cannot be opened: its key is missing, or it was damaged, or it is
// about something else. Only its owner can bring it back, by entering it again.
var ErrSealed = errors.New("the secret cannot be opened")

// Keyring holds the keys in force. The first one seals, all of them open. The zero Keyring holds none.
type Keyring struct {
	keys []key
	from string // what people have to look at: "HINDSIGHT_SECRET_KEY", or the path of a file
}

// Empty reports whether there is no key.
func (k Keyring) Empty() bool { return len(k.keys) == 0 }

// IDs returns the ids of the keys, the sealing one first. They give nothing of the keys away.
func (k Keyring) IDs() []string {
	ids := make([]string, len(k.keys))
	for i, key := range k.keys {
		ids[i] = fmt.Sprintf("%x", key.id)
	}
	return ids
}

// Seal returns text sealed with the first key. It can be opened about the same thing only: about is the id of what it
// belongs to, so that a secret that is moved to another row of the database stays shut.
func (k Keyring) Seal(text []byte, about string) ([]byte, error) {
	if k.Empty() {
		return nil, errors.New("seal: there is no key")
	}
	first := k.keys[0]
	head := append([]byte{version}, first.id[:]...)
	head = append(head, make([]byte, nonceSize)...)
	nonce := head[1+idSize:]
	rand.Read(nonce) // ends the program rather than fail
	return first.aead.Seal(head, nonce, text, []byte(about)), nil
}

// Tag returns a hash of a text in hex, which nobody can make or check without the first key: the first 128 bits of an HMAC-SHA-256.
func (k Keyring) Tag(text string) (string, error) {
	if k.Empty() {
		return "", errors.New("seal: there is no key")
	}
	return fmt.Sprintf("%x", keyed(k.keys[0].tag, text)[:16]), nil
}

// Tags returns what Tag gave with each key, the first one first.
func (k Keyring) Tags(text string) ([]string, error) {
	if k.Empty() {
		return nil, errors.New("seal: there is no key")
	}
	var out []string
	for _, key := range k.keys {
		out = append(out, fmt.Sprintf("%x", keyed(key.tag, text)[:16]))
	}
	return out, nil
}

// Open returns the text of a sealed value about something. Its errors are ErrSealed.
func (k Keyring) Open(sealed []byte, about string) ([]byte, error) {
	if len(sealed) < headSize+tagSize || sealed[0] != version {
		return nil, fmt.Errorf("%w: what is stored is not a sealed secret of this version of the program; enter the secret again", ErrSealed)
	}
	key, ok := k.find([idSize]byte(sealed[1:]))
	if !ok {
		return nil, k.missing([idSize]byte(sealed[1:]))
	}
	text, err := key.aead.Open(nil, sealed[1+idSize:headSize], sealed[headSize:], []byte(about))
	if err != nil {
		return nil, fmt.Errorf("%w: it was changed since it was sealed with key %x, or belongs to something else; enter the secret again", ErrSealed, key.id)
	}
	return text, nil
}

// KeyID returns the id of the key that a value was sealed with; false for what cannot be a sealed value. What is no sealed value
// may look like one.
func KeyID(sealed []byte) (id string, ok bool) {
	if len(sealed) < headSize+tagSize || sealed[0] != version {
		return "", false
	}
	return fmt.Sprintf("%x", sealed[1:1+idSize]), true
}

func (k Keyring) find(id [idSize]byte) (key, bool) {
	for _, key := range k.keys {
		if key.id == id {
			return key, true
		}
	}
	return key{}, false
}

func (k Keyring) missing(id [idSize]byte) error {
	where := "which is not among the keys in " + k.from
	if k.Empty() {
		where = "and there is no key in " + k.from
	}
	return fmt.Errorf("%w: this secret was sealed with key %x, %s; put that key behind the others in HINDSIGHT_SECRET_KEY, or enter the secret again", ErrSealed, id, where)
}
