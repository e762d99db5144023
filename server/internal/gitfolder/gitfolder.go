// Package gitfolder commits files to a folder of a git repository elsewhere, over HTTP(S), and holds of it only its newest commit, in memory. It never
// forces: whoever was there first stays. Start with [Put].
package gitfolder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/storage/memory"
)

const (
	// largest is how many bytes one answer of a server may have: what the newest commit of a repository weighs, packed.
	largest = 100 << 20
	// attempts is how often files are committed anew on what others pushed meanwhile.
	attempts = 5
	// longestError is how much is repeated of what a server says, in bytes.
	longestError = 300
)

// Place is where files go. User and Password may be empty.
type Place struct {
	URL, Branch    string
	Folder         string // within the repository, without slashes around it; empty: at its top
	User, Password string
}

// ValidBranch reports whether a branch can be called so, as git check-ref-format has it.
func ValidBranch(name string) bool {
	return !strings.HasPrefix(name, "-") && plumbing.NewBranchReferenceName(name).Validate() == nil
}

// Change is what is to stand in a folder, and who says so.
type Change struct {
	// Named returns the name of the folder, within Place.Folder, by what stands beside it.
	Named                  func(beside []string) string
	Files                  map[string][]byte // by their paths in the folder, with slashes; all others there go
	Author, Email, Message string
	At                     time.Time
}

// errOvertaken: somebody else pushed meanwhile.
var errOvertaken = errors.New("somebody else pushes to this branch all the time")

// Put commits a change and pushes it, through a transport that says where one may go. It returns the hash of the commit, empty when all of it
// stood there already. No error names the password.
func Put(ctx context.Context, through http.RoundTripper, p Place, c Change) (commit string, err error) {
	client, ep, auth, err := open(through, p)
	if err != nil {
		return "", err
	}
	for range attempts {
		commit, err = put(ctx, client, ep, auth, p, c)
		if !errors.Is(err, errOvertaken) {
			break
		}
	}
	if err != nil {
		return "", fmt.Errorf("git: %w", said(err, p))
	}
	return commit, nil
}

// Look returns where the branch stands: whether a place can be reached, and pushed to as far as a server says so before.
func Look(ctx context.Context, through http.RoundTripper, p Place) (commit string, err error) {
	client, ep, auth, err := open(through, p)
	if err != nil {
		return "", err
	}
	s, err := client.NewReceivePackSession(ep, auth)
	if err != nil {
		return "", fmt.Errorf("git: %w", said(err, p))
	}
	defer s.Close()
	refs, err := s.AdvertisedReferencesContext(ctx)
	if errors.Is(err, transport.ErrEmptyRemoteRepository) || err == nil && len(refs.References) == 0 {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("git: %w", said(err, p))
	}
	hash, there := refs.References[plumbing.NewBranchReferenceName(p.Branch).String()]
	if !there {
		return "", fmt.Errorf("git: the repository has no branch %q", p.Branch)
	}
	return hash.String(), nil
}

func open(through http.RoundTripper, p Place) (transport.Transport, *transport.Endpoint, transport.AuthMethod, error) {
	ep, err := transport.NewEndpoint(p.URL)
	if err != nil || ep.Protocol != "https" && ep.Protocol != "http" {
		return nil, nil, nil, errors.New("git: the address has to begin with https://")
	}
	var auth transport.AuthMethod
	if p.User != "" || p.Password != "" {
		auth = &githttp.BasicAuth{Username: p.User, Password: p.Password}
	}
	return githttp.NewClientWithOptions(&http.Client{Transport: bounded{through}}, &githttp.ClientOptions{RedirectPolicy: githttp.NoFollowRedirects}), ep, auth, nil
}

// said is an error in words that help whoever set the place up, without what is secret of it.
func said(err error, p Place) error {
	switch {
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed):
		return errors.New("the server does not take this user and password, or they may not push there")
	case errors.Is(err, transport.ErrRepositoryNotFound):
		return errors.New("there is no such repository, or this user may not see it")
	}
	var in *url.Error
	for errors.As(err, &in) {
		err = in.Err
	}
	text := err.Error()
	for _, secret := range []string{p.Password, p.User} { // a token may stand in either
		if secret != "" && strings.Contains(text, secret) {
			return errors.New("it did not go, and why names the user or the password")
		}
	}
	if len(text) > longestError {
		return errors.New(strings.ToValidUTF8(text[:longestError], "") + "…")
	}
	return err
}

func put(ctx context.Context, client transport.Transport, ep *transport.Endpoint, auth transport.AuthMethod, p Place, c Change) (string, error) {
	push, err := client.NewReceivePackSession(ep, auth)
	if err != nil {
		return "", err
	}
	defer push.Close()
	refs, err := push.AdvertisedReferencesContext(ctx)
	if err != nil && !errors.Is(err, transport.ErrEmptyRemoteRepository) {
		return "", err
	}
	branch := plumbing.NewBranchReferenceName(p.Branch)
	b := builder{store: memory.NewStorage()}
	var old plumbing.Hash
	if err == nil && len(refs.References) > 0 {
		hash, there := refs.References[branch.String()]
		if !there {
			return "", fmt.Errorf("the repository has no branch %q", p.Branch)
		}
		old = hash
		if err := fetch(ctx, client, ep, auth, old, b.store); err != nil {
			return "", err
		}
	}
	commit, err := b.commit(old, p, c)
	if err != nil || commit.IsZero() {
		return "", err
	}
	caps := capability.NewList()
	if refs != nil {
		caps = refs.Capabilities
	}
	req := packp.NewReferenceUpdateRequestFromCapabilities(caps)
	req.Commands = []*packp.Command{{Name: branch, Old: old, New: commit}}
	var pack bytes.Buffer
	if _, err := packfile.NewEncoder(&pack, b.store, false).Encode(b.made, 0); err != nil {
		return "", err
	}
	req.Packfile = io.NopCloser(&pack)
	report, err := push.ReceivePack(ctx, req)
	if err == nil && report != nil {
		err = report.Error()
	}
	if err != nil && moved(ctx, client, ep, auth, branch, old) {
		return "", errOvertaken
	}
	return commit.String(), err
}

// moved reports whether a branch stands elsewhere than it did: why a push was refused is told by each server in its own words.
func moved(ctx context.Context, client transport.Transport, ep *transport.Endpoint, auth transport.AuthMethod, branch plumbing.ReferenceName, old plumbing.Hash) bool {
	s, err := client.NewReceivePackSession(ep, auth)
	if err != nil {
		return false
	}
	defer s.Close()
	refs, err := s.AdvertisedReferencesContext(ctx)
	return err == nil && refs.References[branch.String()] != old
}

// fetch gets one commit without what came before it.
func fetch(ctx context.Context, client transport.Transport, ep *transport.Endpoint, auth transport.AuthMethod, commit plumbing.Hash, into *memory.Storage) error {
	s, err := client.NewUploadPackSession(ep, auth)
	if err != nil {
		return err
	}
	defer s.Close()
	refs, err := s.AdvertisedReferencesContext(ctx)
	if err != nil {
		return err
	}
	req := packp.NewUploadPackRequestFromCapabilities(refs.Capabilities)
	req.Wants = []plumbing.Hash{commit}
	if refs.Capabilities.Supports(capability.Shallow) {
		req.Depth = packp.DepthCommits(1)
		if err := req.Capabilities.Set(capability.Shallow); err != nil {
			return err
		}
	}
	got, err := s.UploadPack(ctx, req)
	if err != nil {
		return err
	}
	defer got.Close()
	var pack io.Reader = got
	switch {
	case req.Capabilities.Supports(capability.Sideband64k):
		pack = sideband.NewDemuxer(sideband.Sideband64k, got)
	case req.Capabilities.Supports(capability.Sideband):
		pack = sideband.NewDemuxer(sideband.Sideband, got)
	}
	return packfile.UpdateObjectStorage(into, pack)
}

// builder makes the objects of a commit.
type builder struct {
	store *memory.Storage
	made  []plumbing.Hash
}

// commit makes the commit that follows old, zero for the first one; it is zero when nothing would be different.
func (b *builder) commit(old plumbing.Hash, p Place, c Change) (plumbing.Hash, error) {
	var top plumbing.Hash
	var parents []plumbing.Hash
	if !old.IsZero() {
		was, err := object.GetCommit(b.store, old)
		if err != nil {
			return old, err
		}
		top, parents = was.TreeHash, []plumbing.Hash{old}
	}
	steps := strings.FieldsFunc(p.Folder, func(r rune) bool { return r == '/' })
	beside, err := b.names(top, steps)
	if err != nil {
		return top, err
	}
	files, err := b.tree(c.Files)
	if err != nil {
		return top, err
	}
	tree, err := b.with(top, append(steps, c.Named(beside)), files)
	if err != nil || tree == top {
		return plumbing.ZeroHash, err
	}
	who := object.Signature{Name: plainName(c.Author), Email: c.Email, When: c.At}
	return b.keep(&object.Commit{Author: who, Committer: who, Message: c.Message + "\n", TreeHash: tree, ParentHashes: parents})
}

// plainName is a name without what would end it in a commit.
func plainName(name string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("<", "", ">", "", "\x00", "").Replace(name)), " ")
}

func (b *builder) keep(o object.Object) (plumbing.Hash, error) {
	e := b.store.NewEncodedObject()
	if err := o.Encode(e); err != nil {
		return plumbing.ZeroHash, err
	}
	return b.add(e)
}

func (b *builder) add(e plumbing.EncodedObject) (plumbing.Hash, error) {
	hash := e.Hash()
	if b.store.HasEncodedObject(hash) == nil {
		return hash, nil
	}
	b.made = append(b.made, hash)
	return b.store.SetEncodedObject(e)
}

// tree makes a tree of files by their paths.
func (b *builder) tree(files map[string][]byte) (plumbing.Hash, error) {
	t, below := &object.Tree{}, map[string]map[string][]byte{}
	for path, body := range files {
		if folder, rest, deeper := strings.Cut(path, "/"); deeper {
			if below[folder] == nil {
				below[folder] = map[string][]byte{}
			}
			below[folder][rest] = body
			continue
		}
		e := b.store.NewEncodedObject()
		e.SetType(plumbing.BlobObject)
		w, err := e.Writer()
		if err == nil {
			_, err = w.Write(body)
		}
		if err != nil {
			return plumbing.ZeroHash, err
		}
		hash, err := b.add(e)
		if err != nil {
			return hash, err
		}
		t.Entries = append(t.Entries, object.TreeEntry{Name: path, Mode: filemode.Regular, Hash: hash})
	}
	for folder, some := range below {
		hash, err := b.tree(some)
		if err != nil {
			return hash, err
		}
		t.Entries = append(t.Entries, object.TreeEntry{Name: folder, Mode: filemode.Dir, Hash: hash})
	}
	sort.Sort(object.TreeEntrySorter(t.Entries))
	return b.keep(t)
}

// read returns a tree, an empty one for the zero hash.
func (b *builder) read(hash plumbing.Hash) (*object.Tree, error) {
	if hash.IsZero() {
		return &object.Tree{}, nil
	}
	return object.GetTree(b.store, hash)
}

func entry(t *object.Tree, name string) int {
	return slices.IndexFunc(t.Entries, func(e object.TreeEntry) bool { return e.Name == name })
}

// names lists what stands in a folder; nothing where there is none.
func (b *builder) names(top plumbing.Hash, steps []string) ([]string, error) {
	t, err := b.read(top)
	for _, step := range steps {
		if err != nil {
			return nil, err
		}
		i := entry(t, step)
		if i < 0 || t.Entries[i].Mode != filemode.Dir {
			return nil, nil
		}
		t, err = b.read(t.Entries[i].Hash)
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range t.Entries {
		if e.Mode == filemode.Dir {
			out = append(out, e.Name)
		}
	}
	return out, nil
}

// with returns a tree in which another stands at a path.
func (b *builder) with(top plumbing.Hash, steps []string, sub plumbing.Hash) (plumbing.Hash, error) {
	if len(steps) == 0 {
		return sub, nil
	}
	was, err := b.read(top)
	if err != nil {
		return top, err
	}
	t := &object.Tree{Entries: slices.Clone(was.Entries)}
	i, below := entry(t, steps[0]), plumbing.ZeroHash
	switch {
	case i < 0:
		i = len(t.Entries)
		t.Entries = append(t.Entries, object.TreeEntry{Name: steps[0], Mode: filemode.Dir})
	case t.Entries[i].Mode != filemode.Dir:
		return top, fmt.Errorf("%q is no folder there", steps[0])
	default:
		below = t.Entries[i].Hash
	}
	if t.Entries[i].Hash, err = b.with(below, steps[1:], sub); err != nil {
		return top, err
	}
	sort.Sort(object.TreeEntrySorter(t.Entries))
	return b.keep(t)
}

// bounded refuses answers that are too long to be held.
type bounded struct{ through http.RoundTripper }

func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := b.through.RoundTrip(req)
	if err == nil {
		resp.Body = &boundedBody{resp.Body, largest}
	}
	return resp, err
}

type boundedBody struct {
	io.ReadCloser
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, fmt.Errorf("the newest commit of the repository is larger than %d MB: give it a repository or branch of its own", largest>>20)
	}
	return n, err
}
