package seal

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
)

// Safe seals and opens with the keys that were configured, or else with the key in a file, which it makes when the first
// secret is sealed. It is safe for concurrent use, also by several processes on one file.
type Safe struct {
	mu     sync.Mutex
	ring   Keyring
	file   string
	shared bool
	log    *slog.Logger
}

// OpenSafe returns a safe with the configured keys, or, when there are none, with the key in the file secret.key of
// dir, where there is one: a file that holds something else is an error. shared says that other replicas, which do not
// see dir, open the same secrets: then a key in a file is worth a warning in log.
func OpenSafe(configured Keyring, dir string, shared bool, log *slog.Logger) (*Safe, error) {
	s := &Safe{ring: configured, file: filepath.Join(dir, "secret.key"), shared: shared, log: log}
	if _, err := s.keys(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return s, nil
}

// Seal is [Keyring.Seal].
func (s *Safe) Seal(text []byte, about string) ([]byte, error) {
	ring, err := s.made()
	if err != nil {
		return nil, err
	}
	return ring.Seal(text, about)
}

// Tag is [Keyring.Tag].
func (s *Safe) Tag(text string) (string, error) {
	ring, err := s.made()
	if err != nil {
		return "", err
	}
	return ring.Tag(text)
}

// Tags is [Keyring.Tags].
func (s *Safe) Tags(text string) ([]string, error) {
	ring, err := s.made()
	if err != nil {
		return nil, err
	}
	return ring.Tags(text)
}

// made returns the keys in force, and makes one where there is none.
func (s *Safe) made() (Keyring, error) {
	ring, err := s.keys()
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeKey(s.file); err == nil {
			ring, err = s.keys()
		}
	}
	if err != nil {
		return ring, fmt.Errorf("seal: %w", err)
	}
	return ring, nil
}

// Open is [Keyring.Open]. It makes no key.
func (s *Safe) Open(sealed []byte, about string) ([]byte, error) {
	ring, err := s.keys()
	if errors.Is(err, fs.ErrNotExist) {
		ring, err = Keyring{from: s.file}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return ring.Open(sealed, about)
}

// KeyIDs returns the ids of the keys in force, and none where there is no key yet. It makes no key.
func (s *Safe) KeyIDs() ([]string, error) {
	ring, err := s.keys()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return ring.IDs(), nil
}

// keys returns the keys in force. The file is read once it is there, and only once.
func (s *Safe) keys() (Keyring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ring.Empty() {
		return s.ring, nil
	}
	text, err := os.ReadFile(s.file)
	if err != nil {
		return Keyring{}, err
	}
	if s.ring, err = ParseKeys(string(text), s.file); err != nil {
		return Keyring{}, err
	}
	if s.shared {
		s.log.Warn("secrets are sealed with a key of this replica's own: others cannot open them; give all replicas the same HINDSIGHT_SECRET_KEY", "file", s.file)
	}
	return s.ring, nil
}

// makeKey writes a new key into a file of its own and gives it its name in one step, which fails when there is a file of
// that name: of several processes one makes the key, and none reads half of it.
func makeKey(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), "secret.key-*") // with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	var secret [keySize]byte
	rand.Read(secret[:]) // ends the program rather than fail
	_, err = fmt.Fprintln(f, base64.StdEncoding.EncodeToString(secret[:]))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(file))
}

// syncDir makes the name of a new file last through a power cut, as the secrets will that need it.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
