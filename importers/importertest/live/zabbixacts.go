package live

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// listens is an error until the server takes values in.
func (z *ZabbixServer) listens() error {
	conn, err := net.DialTimeout("tcp", z.trapper, time.Second)
	if err != nil {
		return err
	}
	return conn.Close()
}

// login lets the administrator of a new Zabbix in.
func (z *ZabbixServer) login() error {
	return z.rpc("user.login", Fields{"username": "Admin", "password": "zabbix"}, &z.session)
}

// rpc calls a method of the API, as the administrator unless that is not in yet. Errors come with status 200.
func (z *ZabbixServer) rpc(method string, params, into any) error {
	body := Fields{"jsonrpc": "2.0", "method": method, "params": params, "id": 1}
	if z.session != "" {
		body["auth"] = z.session
	}
	status, text, err := z.ask("POST", "/api_jsonrpc.php", body)
	if err != nil {
		return err
	}
	var answer struct {
		Result json.RawMessage
		Error  *struct{ Message, Data string }
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return fmt.Errorf("%s: status %d: %.500s", method, status, text)
	}
	if answer.Error != nil {
		return fmt.Errorf("%s: %s %s", method, answer.Error.Message, answer.Error.Data)
	}
	return json.Unmarshal(answer.Result, into)
}

// call is rpc for calls that have to succeed.
func (z *ZabbixServer) call(t testing.TB, method string, params, into any) {
	t.Helper()
	if err := z.rpc(method, params, into); err != nil {
		t.Fatalf("live: %v", err)
	}
}

// make calls a method that makes something, and returns its id, which stands in a list under a name of its own.
func (z *ZabbixServer) make(t testing.TB, method, ids string, params Fields) string {
	t.Helper()
	var made map[string][]string
	z.call(t, method, params, &made)
	if len(made[ids]) != 1 {
		t.Fatalf("live: %s made %v, want one of %s", method, made, ids)
	}
	return made[ids][0]
}

// admit makes the group Synthetic, and a user with a token who may read it.
func (z *ZabbixServer) admit(t testing.TB) {
	t.Helper()
	z.group = z.make(t, "hostgroup.create", "groupids", Fields{"name": zabbixGroup})
	const userRole, mayRead = "1", 2
	readers := z.make(t, "usergroup.create", "usrgrpids", Fields{"name": "Readers", "rights": []Fields{{"id": z.group, "permission": mayRead}}})
	reader := z.make(t, "user.create", "userids", Fields{"username": "reader", "passwd": "a synthetic one", "roleid": userRole, "usrgrps": []Fields{{"usrgrpid": readers}}})
	token := z.make(t, "token.create", "tokenids", Fields{"name": "hindsight", "userid": reader})
	var generated []struct{ Token string }
	z.call(t, "token.generate", []string{token}, &generated)
	z.Token = generated[0].Token
}

// ZabbixTrigger is a trigger that people may close by hand, on a host of its own that belongs to the group Synthetic.
type ZabbixTrigger struct {
	Host   string // its name
	ID     string
	hostID string
}

// Trigger makes a host with a trigger of a severity, 0 to 5, and with the tag service: checkout.
func (z *ZabbixServer) Trigger(t testing.TB, host, name string, severity int) ZabbixTrigger {
	t.Helper()
	hostID := z.make(t, "host.create", "hostids", Fields{"host": host, "groups": []Fields{{"groupid": z.group}}})
	const trapper, unsigned, byHand = 2, 3, 1
	z.make(t, "item.create", "itemids", Fields{"hostid": hostID, "name": "errors", "key_": "errors", "type": trapper, "value_type": unsigned})
	id := z.make(t, "trigger.create", "triggerids", Fields{"description": name, "expression": "last(/" + host + "/errors)>0", "priority": severity,
		"manual_close": byHand, "tags": []Fields{{"tag": "service", "value": "checkout"}}})
	return ZabbixTrigger{host, id, hostID}
}

// zabbixEvent is what tests want to know of an event.
type zabbixEvent struct {
	ID       string `json:"eventid"`
	Recovery string `json:"r_eventid"`
}

// event returns the first problem that is as asked for; without an id when there is none.
func (z *ZabbixServer) event(t testing.TB, asked Fields) (e zabbixEvent) {
	t.Helper()
	asked["output"], asked["value"], asked["sortfield"], asked["sortorder"] = "extend", 1, "eventid", "DESC"
	var found []zabbixEvent
	z.call(t, "event.get", asked, &found)
	if len(found) > 0 {
		e = found[0]
	}
	return e
}

// Fire sends bad values until the trigger has a problem, and returns the id of its event. The server has to learn of a new
// trigger first, and one that has a problem makes no other.
func (z *ZabbixServer) Fire(t testing.TB, trigger ZabbixTrigger) (event string) {
	t.Helper()
	Eventually(t, func() error {
		if err := z.send(trigger.Host, 1); err != nil {
			return err
		}
		e := z.event(t, Fields{"objectids": trigger.ID})
		if e.ID == "" || e.Recovery != "0" {
			return errors.New("a bad value made no problem")
		}
		event = e.ID
		return nil
	})
	return event
}

// Recover sends a good value, and waits for the end of the trigger's problem.
func (z *ZabbixServer) Recover(t testing.TB, trigger ZabbixTrigger, event string) {
	t.Helper()
	if err := z.send(trigger.Host, 0); err != nil {
		t.Fatalf("live: %v", err)
	}
	z.over(t, event)
}

// over waits for the end of a problem. Another of the same trigger may follow at once, out of a value that was sent before.
func (z *ZabbixServer) over(t testing.TB, event string) {
	t.Helper()
	Eventually(t, func() error {
		if z.event(t, Fields{"eventids": event}).Recovery == "0" {
			return fmt.Errorf("the problem %s has not ended", event)
		}
		return nil
	})
}

// send tells a value of the host's item as zabbix_sender does
// (https://www.zabbix.com/documentation/6.0/en/manual/appendix/items/trapper): a header with the length, then JSON.
func (z *ZabbixServer) send(host string, value int) error {
	body, err := json.Marshal(Fields{"request": "sender data", "data": []Fields{{"host": host, "key": "errors", "value": fmt.Sprint(value)}}})
	if err != nil {
		return err
	}
	conn, err := net.DialTimeout("tcp", z.trapper, time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	packet := append(binary.LittleEndian.AppendUint64([]byte("ZBXD\x01"), uint64(len(body))), body...)
	if _, err := conn.Write(packet); err != nil {
		return err
	}
	answer, err := io.ReadAll(conn)
	if err == nil && !strings.Contains(string(answer), "processed: 1;") {
		err = fmt.Errorf("the server did not take the value in: %q", answer)
	}
	return err
}

// Act does to a problem what the bits of action say
// (https://www.zabbix.com/documentation/6.0/en/manual/api/reference/event/acknowledge), with further fields.
func (z *ZabbixServer) Act(t testing.TB, event string, action int, more Fields) {
	t.Helper()
	params := Fields{"eventids": event, "action": action}
	for field, value := range more {
		params[field] = value
	}
	var answer any
	z.call(t, "event.acknowledge", params, &answer)
}

// Close ends a problem by hand, and waits for that.
func (z *ZabbixServer) Close(t testing.TB, event string) {
	t.Helper()
	const closes = 1
	z.Act(t, event, closes, nil)
	z.over(t, event)
}

// Maintain begins an hour of maintenance of the trigger's host, and waits until the server knows, which looks once a minute.
func (z *ZabbixServer) Maintain(t testing.TB, trigger ZabbixTrigger) {
	t.Helper()
	now := time.Now()
	z.make(t, "maintenance.create", "maintenanceids", Fields{"name": trigger.Host, "active_since": now.Add(-time.Minute).Unix(), "active_till": now.Add(time.Hour).Unix(),
		"hosts": []Fields{{"hostid": trigger.hostID}}, "timeperiods": []Fields{{"timeperiod_type": 0, "start_date": now.Add(-time.Minute).Unix(), "period": 3600}}})
	within(t, patience, func() error {
		var hosts []struct {
			Status string `json:"maintenance_status"`
		}
		z.call(t, "host.get", Fields{"hostids": trigger.hostID, "output": []string{"maintenance_status"}}, &hosts)
		if len(hosts) != 1 || hosts[0].Status != "1" {
			return fmt.Errorf("the maintenance of %s has not begun: %v", trigger.Host, hosts)
		}
		return nil
	})
}

// Delete deletes the trigger.
func (z *ZabbixServer) Delete(t testing.TB, trigger ZabbixTrigger) {
	t.Helper()
	var answer any
	z.call(t, "trigger.delete", []string{trigger.ID}, &answer)
}
