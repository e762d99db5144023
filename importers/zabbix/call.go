package zabbix

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"hindsight/importers"
)

// caller calls methods of one server.
type caller struct {
	in      importers.Input
	version string // "6.0.14"
}

// sign sends the token as Zabbix 6.4 and later take it.
func sign(cfg importers.Config, req *http.Request) {
	req.Header.Set("Content-Type", "application/json-rpc")
	req.Header.Set("Authorization", "Bearer "+settings.Of(cfg, "token"))
}

// connect asks for the version, by which the token's place is decided.
func connect(ctx context.Context, in importers.Input) (*caller, error) {
	c := &caller{in: in}
	return c, c.ask(ctx, request{Method: "apiinfo.version", Params: []string{}}, &c.version)
}

// request is a call of JSON-RPC 2.0.
type request struct {
	JSONRPC string `json:"jsonrpc"`
	Method  string `json:"method"`
	Params  any    `json:"params"`
	ID      int    `json:"id"`
	Auth    string `json:"auth,omitempty"`
}

// call calls a method with the token. Before 6.4 it stands in the body, and 7.2 refuses it there.
func (c *caller) call(ctx context.Context, method string, params, into any) error {
	r := request{Method: method, Params: params}
	if c.old() {
		r.Auth = settings.Of(c.in.Config, "token")
	}
	return c.ask(ctx, r, into)
}

// old reports whether the server is older than 6.4.
func (c *caller) old() bool {
	major, rest, _ := strings.Cut(c.version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	x, _ := strconv.Atoi(major)
	y, _ := strconv.Atoi(minor)
	return x < 6 || x == 6 && y < 4
}

// ask sends a call. Errors come with status 200; a refused token is made the 401 that it is.
func (c *caller) ask(ctx context.Context, r request, into any) error {
	r.JSONRPC, r.ID = "2.0", 1
	a, err := c.in.Client.Post(ctx, "/api_jsonrpc.php", r)
	if err != nil {
		return err
	}
	var answer struct {
		Result json.RawMessage
		Error  *struct{ Message, Data string }
	}
	if err := json.Unmarshal(a.Body, &answer); err != nil {
		return fmt.Errorf("zabbix: %s: the server did not answer as the API does; is this the address of the frontend? %w", r.Method, err)
	}
	if e := answer.Error; e != nil {
		said := importers.Line(e.Message + " " + e.Data)
		for _, refusal := range []string{"re-login", "Not authori", "not authori", "token expired", "API token"} {
			if strings.Contains(said, refusal) {
				return &importers.StatusError{Status: http.StatusUnauthorized, Method: r.Method, Path: "/api_jsonrpc.php", Body: said}
			}
		}
		if strings.Contains(said, "No permissions") {
			return &importers.StatusError{Status: http.StatusForbidden, Method: r.Method, Path: "/api_jsonrpc.php", Body: said}
		}
		return fmt.Errorf("zabbix: %s: %s", r.Method, said)
	}
	if err := json.Unmarshal(answer.Result, into); err != nil {
		return fmt.Errorf("zabbix: %s: %w", r.Method, err)
	}
	return nil
}
