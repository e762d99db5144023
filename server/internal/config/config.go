// Package config reads what the program is told from outside: HINDSIGHT_* environment variables and the
// flags of the same names, which win. Start with Load.
//
// A setting NAME that holds a secret can also be given as NAME_FILE, the path of a file that holds it. Secrets
// have no flag, since a process list shows flags to everybody.
package config

import (
	"flag"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"hindsight/server/internal/auth"
	"hindsight/server/internal/mail"
	"hindsight/server/internal/oidc"
	"hindsight/server/internal/seal"
)

// Config is what is in force.
type Config struct {
	Addr        string // host:port to listen on
	Data        string // folder of the SQLite file, the index and the uploads
	DatabaseURL string // postgres://…, or empty for SQLite in Data
	BaseURL     string // how browsers reach the server, without a slash at the end
	Log         string // "text" or "json"
	// Keys open the secrets of connections; without any, there is a key in a file of Data.
	Keys seal.Keyring
	// AllowNetworks are the networks that may be called although they are not public; usually none.
	AllowNetworks []netip.Prefix
	// Backup says when and where the server takes backups by itself.
	Backup Backup

	// OIDC is the provider of single sign-on; without an issuer there is none.
	OIDC            oidc.Settings
	Joining         auth.Joining // who may sign in from outside, and as what
	OnlyAdminsLocal bool         // passwords are for administrators alone
	Proxies         auth.Proxies

	// Mail is where notices are handed in that leave by e-mail; without a host none do.
	Mail mail.Settings

	// RateLimit is how many requests a second one token or session may make; 0: as many as it likes.
	RateLimit float64

	rateLimit                string
	secretKey, allowNetworks string // as given, until they are parsed
	backupAt, backupKeep     string
	signIn                   signIn
	mail                     mailSettings
}

// Option is one setting, as the outside sees it.
type Option struct {
	Env     string
	Flag    string // empty for secrets
	Default string
	Help    string
	Secret  bool

	field func(*Config) *string
	show  func(Config) string // what Dump prints; nil: the value
}

// Options lists every setting that the program reads.
func Options() []Option {
	return slices.Concat([]Option{
		{Env: "HINDSIGHT_ADDR", Flag: "addr", Default: "127.0.0.1:8080", Help: "host:port to listen on",
			field: func(c *Config) *string { return &c.Addr }},
		{Env: "HINDSIGHT_DATA", Flag: "data", Default: "./hindsight-data", Help: "folder of the embedded database, the search index and the uploads",
			field: func(c *Config) *string { return &c.Data }},
		{Env: "HINDSIGHT_DATABASE_URL", Default: "", Help: "postgres://… to use PostgreSQL; several hosts allowed; empty: SQLite in the data folder", Secret: true,
			field: func(c *Config) *string { return &c.DatabaseURL }, show: func(c Config) string { return redact(c.DatabaseURL) }},
		{Env: "HINDSIGHT_SECRET_KEY", Default: "", Help: "keys of connections' secrets, 32 bytes each in base64 or hex; the first seals, all open; empty: the file secret.key in the data folder", Secret: true,
			field: func(c *Config) *string { return &c.secretKey }, show: func(c Config) string { return keyWords(c.Keys) }},
		{Env: "HINDSIGHT_BASE_URL", Flag: "base-url", Default: "", Help: "how browsers reach the server; empty: http:// and the address",
			field: func(c *Config) *string { return &c.BaseURL }},
		{Env: "HINDSIGHT_ALLOW_NETWORKS", Flag: "allow-networks", Default: "", Help: "private networks that importers and single sign-on may call, such as 10.0.0.0/8,192.168.1.7; empty: none",
			field: func(c *Config) *string { return &c.allowNetworks }, show: func(c Config) string { return networkWords(c.AllowNetworks) }},
		{Env: "HINDSIGHT_BACKUP_DIR", Flag: "backup-dir", Default: "", Help: "folder for a backup every day; empty: the server takes none",
			field: func(c *Config) *string { return &c.Backup.Dir }},
		{Env: "HINDSIGHT_BACKUP_AT", Flag: "backup-at", Default: "02:30", Help: "time of the daily backup, in UTC",
			field: func(c *Config) *string { return &c.backupAt }, show: func(c Config) string { return c.Backup.clock() }},
		{Env: "HINDSIGHT_BACKUP_KEEP", Flag: "backup-keep", Default: "7", Help: "how many of the daily backups stay",
			field: func(c *Config) *string { return &c.backupKeep }, show: func(c Config) string { return strconv.Itoa(c.Backup.Keep) }},
		{Env: "HINDSIGHT_RATE_LIMIT", Flag: "rate-limit", Default: "50", Help: "requests a second that one token or session may make, and a fourth of what one address may; 0: no limit",
			field: func(c *Config) *string { return &c.rateLimit }, show: func(c Config) string { return strconv.FormatFloat(c.RateLimit, 'f', -1, 64) }},
		{Env: "HINDSIGHT_LOG", Flag: "log", Default: "text", Help: "text or json",
			field: func(c *Config) *string { return &c.Log }},
	}, mailOptions(), signInOptions())
}

// Register adds a flag for every setting that may have one. Load reads them after fs has been parsed.
func Register(fs *flag.FlagSet) {
	for _, o := range Options() {
		if o.Flag != "" {
			fs.String(o.Flag, o.Default, o.Help+" ("+o.Env+")")
		}
	}
}

// Load returns the configuration from the flags that were given, the environment that getenv shows and
// the defaults, in this order, and checks it. The error names the setting at fault.
func Load(fs *flag.FlagSet, getenv func(string) string) (Config, error) {
	given := map[string]string{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = f.Value.String() })
	var c Config
	for _, o := range Options() {
		value, err := o.value(given, getenv)
		if err != nil {
			return Config{}, err
		}
		*o.field(&c) = value
	}
	if c.BaseURL == "" {
		c.BaseURL = "http://" + c.Addr
	}
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	return c, c.check()
}

func (o Option) value(given map[string]string, getenv func(string) string) (string, error) {
	if v, ok := given[o.Flag]; ok && o.Flag != "" {
		return v, nil
	}
	if v := getenv(o.Env); v != "" {
		return v, nil
	}
	if path := getenv(o.Env + "_FILE"); path != "" && o.Secret {
		text, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("%s_FILE: %w", o.Env, err)
		}
		value := strings.TrimSpace(string(text))
		if value == "" {
			return "", fmt.Errorf("%s_FILE: %s is empty", o.Env, path)
		}
		return value, nil
	}
	return o.Default, nil
}

func (c *Config) check() error {
	if c.Log != "text" && c.Log != "json" {
		return fmt.Errorf("HINDSIGHT_LOG is %q; it can be text or json", c.Log)
	}
	if c.DatabaseURL != "" && !strings.HasPrefix(c.DatabaseURL, "postgres://") && !strings.HasPrefix(c.DatabaseURL, "postgresql://") {
		return fmt.Errorf("HINDSIGHT_DATABASE_URL does not begin with postgres://; leave it empty to use the embedded database")
	}
	if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("HINDSIGHT_BASE_URL is %q; it must be an address such as https://hindsight.example.com", c.BaseURL)
	}
	data, err := filepath.Abs(c.Data)
	if err != nil {
		return fmt.Errorf("HINDSIGHT_DATA: %w", err)
	}
	c.Data = data
	if c.secretKey != "" {
		if c.Keys, err = seal.ParseKeys(c.secretKey, "HINDSIGHT_SECRET_KEY"); err != nil {
			return err
		}
	}
	if err := c.Backup.parse(c.backupAt, c.backupKeep); err != nil {
		return err
	}
	if c.AllowNetworks, err = parseNetworks("HINDSIGHT_ALLOW_NETWORKS", c.allowNetworks); err != nil {
		return err
	}
	if c.RateLimit, err = strconv.ParseFloat(c.rateLimit, 64); err != nil || !(c.RateLimit >= 0 && c.RateLimit <= 1e6) {
		return fmt.Errorf("HINDSIGHT_RATE_LIMIT is %q; it must be a number of requests a second, or 0 for no limit", c.rateLimit)
	}
	c.secretKey, c.allowNetworks, c.backupAt, c.backupKeep = "", "", "", ""
	if err := c.checkMail(); err != nil {
		return err
	}
	return c.checkSignIn()
}

// Dump writes what is in force, a line each, with secrets left out.
func (c Config) Dump(w io.Writer) {
	for _, o := range Options() {
		value := *o.field(&c)
		if o.show != nil {
			value = o.show(c)
		}
		fmt.Fprintf(w, "%s=%s\n", o.Env, value)
	}
}

// redact keeps of a database address what helps to find a mistake, and no password.
func redact(address string) string {
	if address == "" {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil {
		return "(set)"
	}
	if u.User != nil {
		u.User = url.UserPassword(u.User.Username(), "xxxxx")
	}
	u.RawQuery = ""
	return u.String()
}

// keyWords says which keys are set, by their ids.
func keyWords(keys seal.Keyring) string {
	if keys.Empty() {
		return ""
	}
	ids := keys.IDs()
	words := "set (key " + ids[0]
	if len(ids) > 1 {
		words += "; also opens " + strings.Join(ids[1:], ", ")
	}
	return words + ")"
}
