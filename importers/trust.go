package importers

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"

	"hindsight/incident"
)

// CheckCA is the Check of settings that hold certificates of authorities, in PEM.
func CheckCA(pem string) error {
	if !x509.NewCertPool().AppendCertsFromPEM([]byte(pem)) {
		return errors.New("this is no certificate in PEM; it begins with -----BEGIN CERTIFICATE-----")
	}
	return nil
}

// trusting returns a transport like t that also trusts the authorities in pem. Certificates are verified all the same.
func trusting(t http.RoundTripper, pem string) (http.RoundTripper, error) {
	if pem == "" {
		return t, nil
	}
	plain, ok := t.(*http.Transport)
	if !ok {
		return nil, fmt.Errorf("importers: a %T cannot be told whom to trust", t)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM([]byte(pem)) {
		return nil, incident.Invalidf("ca", "%s", CheckCA(pem))
	}
	plain = plain.Clone()
	if plain.TLSClientConfig == nil {
		plain.TLSClientConfig = &tls.Config{}
	}
	plain.TLSClientConfig.RootCAs = pool
	return plain, nil
}
