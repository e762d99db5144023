package live

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
)

// zabbixRows are the rows of Zabbix's initial data that it cannot do without: roles, users and settings. The rest is
// templates, which take minutes to store.
var zabbixRows = regexp.MustCompile(`(?m)^INSERT INTO (role|role_rule|users|usrgrp|users_groups|hstgrp|config|config_autoreg_tls|graph_theme) .*$`)

// zabbixDatabase starts a PostgreSQL with Zabbix's tables on a port.
func zabbixDatabase(h *home, port int) error {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return fmt.Errorf("there is no PostgreSQL below /usr/lib/postgresql; \"make tools\" installs it")
	}
	bin := filepath.Dir(found[len(found)-1])
	if err := h.run(nil, bin+"/initdb", "-D", h.path("pg"), "-U", "zabbix", "--auth=trust", "--encoding=UTF8", "--no-sync"); err != nil {
		return err
	}
	// A socket's path may be too long, and nobody minds when this data is lost.
	p, err := h.start(nil, bin+"/postgres", "-D", h.path("pg"), "-p", strconv.Itoa(port), "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	if err != nil {
		return err
	}
	p.end = syscall.SIGQUIT // killed, it would leave shared memory behind
	psql := func(database string, args ...string) error {
		return h.run(nil, "psql", append([]string{"-h", "127.0.0.1", "-p", strconv.Itoa(port), "-U", "zabbix", "-q", "-v", "ON_ERROR_STOP=1", database}, args...)...)
	}
	if err := p.until(func() error { return psql("postgres", "-c", "CREATE DATABASE zabbix") }); err != nil {
		return err
	}
	if err := zabbixTables(h); err != nil {
		return err
	}
	return psql("zabbix", "-1", "-f", h.path("zabbix.sql"))
}

// zabbixTables writes the file zabbix.sql, with tables and the rows that count.
func zabbixTables(h *home) error {
	const installed = "/usr/share/zabbix-server-pgsql/"
	schema, err := unpacked(installed + "schema.sql.gz")
	if err != nil {
		return err
	}
	data, err := unpacked(installed + "data.sql.gz")
	if err != nil {
		return err
	}
	rows := bytes.Join(zabbixRows.FindAll(data, -1), []byte("\n"))
	return h.write("zabbix.sql", string(schema)+"\n"+string(rows)+"\n")
}

func unpacked(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w; \"make nightly\" installs it", err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return io.ReadAll(text)
}
