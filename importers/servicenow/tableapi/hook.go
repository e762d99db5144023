package tableapi

import (
	"encoding/json"
	"fmt"

	"hindsight/importers"
)

const secretHeader = "X-Hindsight-Secret"

const setup = `ServiceNow pushes nothing by itself. Create a **business rule** on the table *incident* (and another one on *change_request*): when
*async*, on insert, update and delete, advanced, with this script:

    (function executeRule(current, previous) {
        var message = new sn_ws.RESTMessageV2();
        message.setEndpoint('{url}');
        message.setHttpMethod('post');
        message.setRequestHeader('Content-Type', 'application/json');
        message.setRequestHeader('` + secretHeader + `', '{secret}');
        message.setRequestBody(JSON.stringify({
            table: current.getTableName(),
            sys_id: current.getUniqueValue(),
            operation: current.operation(),
            sys_mod_count: current.getValue('sys_mod_count')
        }));
        message.executeAsync();
    })(current, previous);`

var secret = importers.SharedSecret(secretHeader)

// verify checks the shared secret. What the rule posts tells two changes of a row apart by sys_mod_count.
func verify(d importers.Delivery, secrets []string) (string, error) { return "", secret(d, secrets) }

// readHook says which row a business rule posted about.
func readHook(d importers.Delivery, _ importers.Config) ([]importers.News, error) {
	var told struct {
		Table     string `json:"table"`
		ID        string `json:"sys_id"`
		Operation string `json:"operation"`
	}
	if err := json.Unmarshal(d.Body, &told); err != nil {
		return nil, fmt.Errorf("%s: read what the business rule posted: %w", name, err)
	}
	if told.ID == "" || told.Table != incidents && told.Table != changes {
		return nil, nil
	}
	return []importers.News{{Collection: told.Table, ID: told.ID, Gone: told.Operation == "delete"}}, nil
}
