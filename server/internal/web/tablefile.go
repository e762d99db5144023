package web

import (
	"bytes"
	"strings"

	"hindsight/reports"
	"hindsight/reports/table"
)

// tableFile answers with a table as a file of its name: JSON where the address ends so, else CSV.
func tableFile(r *request, t reports.Table) (answer, error) {
	var b bytes.Buffer
	if strings.HasSuffix(r.Request.URL.Path, ".json") {
		err := table.JSON(&b, t)
		return answer{file: &file{name: t.ID + ".json", contentType: "application/json", body: b.Bytes(), rows: len(t.Rows)}}, err
	}
	err := table.CSV(&b, t, true)
	return answer{file: &file{name: t.ID + ".csv", contentType: "text/csv; charset=utf-8", body: b.Bytes(), rows: len(t.Rows)}}, err
}
