package live

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
)

// ZabbixServer is a running Zabbix with its frontend and an empty host group, Synthetic. It knows none of the templates
// that come with Zabbix.
type ZabbixServer struct {
	Server
	Token   string // of a user with the role User, who may read the hosts of Synthetic and nothing else
	session string // of the administrator
	group   string // id of Synthetic
	trapper string // where values are sent to
}

// zabbixGroup is the name of the host group.
const zabbixGroup = "Synthetic"

// Changes that people make are in the server's cache a second later; it starts no more processes than it has to.
const zabbixConfig = `
DBHost=127.0.0.1
DBPort=%d
DBName=zabbix
DBUser=zabbix
ListenIP=127.0.0.1
ListenPort=%d
LogType=console
PidFile=%[3]s/zabbix.pid
SocketDir=%[3]s
CacheUpdateFrequency=1
StartPollers=1
StartPollersUnreachable=1
StartPreprocessors=1
StartTrappers=1
StartPingers=0
StartDiscoverers=0
StartHTTPPollers=0
StartTimers=1
StartEscalators=1
StartAlerters=1
StartLLDProcessors=1
StartDBSyncers=1
StartHistoryPollers=1
`

const zabbixFrontendConfig = `<?php
$DB['TYPE'] = 'POSTGRESQL';
$DB['SERVER'] = '127.0.0.1';
$DB['PORT'] = '%d';
$DB['DATABASE'] = 'zabbix';
$DB['USER'] = 'zabbix';
$DB['PASSWORD'] = '';
$DB['SCHEMA'] = '';
$DB['ENCRYPTION'] = false;
$DB['DOUBLE_IEEE754'] = true;
$ZBX_SERVER = '127.0.0.1';
$ZBX_SERVER_PORT = '%d';
`

var zabbix shared[*ZabbixServer]

// Zabbix returns the Zabbix of this test binary, on a PostgreSQL of its own. Tests share it, so each makes its own host.
func Zabbix(t testing.TB) *ZabbixServer {
	t.Helper()
	z := zabbix.get(t, "zabbix", startZabbix)
	if z.Token == "" {
		z.admit(t)
	}
	return z
}

func startZabbix(h *home) (*ZabbixServer, error) {
	trapper, err := zabbixPort()
	if err != nil {
		return nil, err
	}
	database, err := freePort()
	if err != nil {
		return nil, err
	}
	if err := zabbixDatabase(h, database); err != nil {
		return nil, err
	}
	if err := h.write("server.conf", fmt.Sprintf(zabbixConfig, database, trapper, h.dir)); err != nil {
		return nil, err
	}
	server, err := h.start(nil, "/usr/sbin/zabbix_server", "--foreground", "--config", h.path("server.conf"))
	if err != nil {
		return nil, err
	}
	z := &ZabbixServer{trapper: "127.0.0.1:" + strconv.Itoa(trapper)}
	if err := server.until(z.listens); err != nil {
		return nil, err
	}
	if err := h.write("zabbix.conf.php", fmt.Sprintf(zabbixFrontendConfig, database, trapper)); err != nil {
		return nil, err
	}
	if err := zabbixFrontend(h); err != nil {
		return nil, err
	}
	web, err := freePort()
	if err != nil {
		return nil, err
	}
	address := "127.0.0.1:" + strconv.Itoa(web)
	p, err := h.start(nil, "php", "-S", address, "-t", h.path("web"))
	if err != nil {
		return nil, err
	}
	z.URL = "http://" + address
	return z, p.until(z.login)
}

// zabbixPort is freePort for the server, which takes no port above 32767; those are the ones that systems give away.
func zabbixPort() (port int, err error) {
	var l net.Listener
	for range 100 {
		port = 20000 + rand.IntN(12000)
		if l, err = net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port)); err == nil {
			return port, l.Close()
		}
	}
	return 0, err
}

// zabbixFrontend copies what the API needs of Debian's frontend, which knows no other place for its settings than
// /etc, and has the copy read those of this server.
func zabbixFrontend(h *home) error {
	const installed = "/usr/share/zabbix/"
	if err := h.folders("web/local/conf", "web/modules"); err != nil {
		return err
	}
	copied := []string{"-RL", installed + "include", installed + "vendor", installed + "conf", installed + "api_jsonrpc.php", h.path("web")}
	if err := h.run(nil, "cp", copied...); err != nil {
		return err
	}
	const place = "web/include/classes/core/CConfigFile.php"
	text, err := os.ReadFile(h.path(place))
	if err != nil {
		return err
	}
	moved := strings.Replace(string(text), "'/etc/zabbix/zabbix.conf.php'", "'"+h.path("zabbix.conf.php")+"'", 1)
	if moved == string(text) {
		return fmt.Errorf("%s names no place for settings", place)
	}
	return h.write(place, moved)
}
