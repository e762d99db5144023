// Command provider is a provider of OpenID Connect for tests: the provider of github.com/zitadel/oidc with the users and
// the login page of its example, as a process of its own. On top it does as a test says at /control: it adds claims, signs
// with keys that nobody knows, changes its keys, refuses to refresh, and makes logout tokens. It prints its issuer once it
// listens.
package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"

	"context"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// control is what a test says. The zero control is a provider as it should be.
type control struct {
	Claims   map[string]any `json:"claims"`   // put into ID tokens; null takes one away
	Userinfo map[string]any `json:"userinfo"` // put into userinfo
	Unknown  bool           `json:"unknown"`  // sign with a key that is published nowhere
	Rotate   bool           `json:"rotate"`   // change the key, once
	Refuse   bool           `json:"refuse"`   // refuse to refresh
	Down     bool           `json:"down"`     // answer nothing but 503
}

type provider struct {
	*storage.Storage
	op http.Handler

	mu      sync.Mutex
	control control
	key     key
}

// key is a signing key, public and private.
type key struct {
	id      string
	private *rsa.PrivateKey
}

func newKey(id string) key {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Fatal(err)
	}
	return key{id, private}
}

func (k key) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k key) Algorithm() jose.SignatureAlgorithm          { return jose.RS256 }
func (k key) ID() string                                  { return k.id }
func (k key) Use() string                                 { return "sig" }

type private struct{ key }

func (p private) Key() any { return p.private }

type public struct{ key }

func (p public) Key() any { return &p.private.PublicKey }

// SigningKey implements op.Storage.
func (p *provider) SigningKey(context.Context) (op.SigningKey, error) {
	return private{p.current()}, nil
}

// KeySet implements op.Storage.
func (p *provider) KeySet(context.Context) ([]op.Key, error) {
	return []op.Key{public{p.current()}}, nil
}

func (p *provider) current() key {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.key
}

func (p *provider) told() control {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.control
}

// ServeHTTP implements http.Handler.
func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch c := p.told(); {
	case r.URL.Path == "/control":
		p.listen(w, r)
	case r.URL.Path == "/control/logout":
		p.logoutToken(w, r)
	case c.Down:
		http.Error(w, "down for a test", http.StatusServiceUnavailable)
	case r.URL.Path == "/oauth/token":
		p.token(w, r, c)
	case r.URL.Path == "/userinfo" && len(c.Userinfo) > 0:
		p.changed(w, r, func(body map[string]any) { maps.Copy(body, c.Userinfo) })
	default:
		p.op.ServeHTTP(w, r)
	}
}

func (p *provider) listen(w http.ResponseWriter, r *http.Request) {
	var c control
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	next := newKey("rotated")
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.control = c; c.Rotate {
		next.id = p.key.id + "+"
		p.key = next
	}
}

// logoutToken answers with a logout token that has the claims in the body.
func (p *provider) logoutToken(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprint(w, p.sign(body, r.URL.Query().Get("typ"), p.told()))
}

func (p *provider) sign(payload []byte, typ string, c control) string {
	k := p.current()
	if c.Unknown {
		k = newKey("unknown")
	}
	opts := &jose.SignerOptions{}
	if typ != "" {
		opts = opts.WithType(jose.ContentType(typ))
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: k.private, KeyID: k.id}}, opts)
	if err != nil {
		log.Fatal(err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		log.Fatal(err)
	}
	text, err := jws.CompactSerialize()
	if err != nil {
		log.Fatal(err)
	}
	return text
}

// token lets the library answer and signs the ID token again, with the claims that the test wants.
func (p *provider) token(w http.ResponseWriter, r *http.Request, c control) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if c.Refuse && strings.Contains(string(body), "grant_type=refresh_token") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant","error_description":"refused for a test"}`)
		return
	}
	p.changed(w, r, func(body map[string]any) {
		raw, ok := body["id_token"].(string)
		if !ok {
			return
		}
		jws, err := jose.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256})
		if err != nil {
			log.Fatal(err)
		}
		var claims map[string]any
		if err := json.Unmarshal(jws.UnsafePayloadWithoutVerification(), &claims); err != nil {
			log.Fatal(err)
		}
		for name, value := range c.Claims {
			if value == nil {
				delete(claims, name)
			} else {
				claims[name] = value
			}
		}
		payload, err := json.Marshal(claims)
		if err != nil {
			log.Fatal(err)
		}
		body["id_token"] = p.sign(payload, "", c)
	})
}

// changed answers as the library does, after change.
func (p *provider) changed(w http.ResponseWriter, r *http.Request, change func(map[string]any)) {
	rec := httptest.NewRecorder()
	p.op.ServeHTTP(rec, r)
	var body map[string]any
	if rec.Code == http.StatusOK && json.Unmarshal(rec.Body.Bytes(), &body) == nil {
		change(body)
		rec.Body.Reset()
		if err := json.NewEncoder(rec.Body).Encode(body); err != nil {
			log.Fatal(err)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(rec.Code)
	if _, err := w.Write(rec.Body.Bytes()); err != nil {
		log.Print(err)
	}
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	issuer := "http://" + listener.Addr().String()
	storage.RegisterClients(storage.WebClient("hindsight", "a secret for tests", os.Args[1:]...))
	p := &provider{Storage: storage.NewStorage(storage.NewUserStore(issuer)), key: newKey("first")}
	p.op = exampleop.SetupServer(issuer, p, slog.New(slog.DiscardHandler), false)
	fmt.Println(issuer)
	log.Fatal(http.Serve(listener, p))
}
