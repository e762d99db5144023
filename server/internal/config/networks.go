package config

import (
	"fmt"
	"net/netip"
	"strings"
)

// parseNetworks reads networks in CIDR notation (RFC 4632, RFC 4291) and single addresses, separated by commas. Errors
// name the setting env.
func parseNetworks(env, text string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		p, err := parseNetwork(word)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", env, err)
		}
		out = append(out, p)
	}
	return out, nil
}

func parseNetwork(word string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(word); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(word)
	switch {
	case err != nil:
		return p, fmt.Errorf("%q is not a network such as 10.0.0.0/8, nor an address such as 192.168.1.7", word)
	case p.Addr().Is4In6():
		return p, fmt.Errorf("%q is a network of IPv4 in the notation of IPv6; write it as one of IPv4, such as 10.0.0.0/8", word)
	case p != p.Masked():
		return p, fmt.Errorf("%q is an address within a network; write %s for the network, or %s for the address alone", word, p.Masked(), p.Addr())
	}
	return p, nil
}

// networkWords is what parseNetworks reads.
func networkWords(networks []netip.Prefix) string {
	words := make([]string, len(networks))
	for i, p := range networks {
		words[i] = p.String()
	}
	return strings.Join(words, ",")
}
