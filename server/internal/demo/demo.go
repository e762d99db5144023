// Package demo holds the public data that ships inside the program, so that a first visit shows real incidents.
// It only names and hands out files: they go through the same importers as anybody's. Only data whose licence
// allows redistribution is here; data/LICENCES.md holds the notices. Start with [Sets].
package demo

import (
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/importers/table"
	"hindsight/incident"
)

//go:embed data
var data embed.FS

// Set is one collection of public incidents and how to import it: the fields from Source to Files are
// what a person would choose in the form.
type Set struct {
	Name     string // "uci-incidents": stable, for connections and commands
	Title    string // "ServiceNow log of an IT company"
	Source   string // name of the importer
	Settings map[string]string
	Mapping  json.RawMessage // for the source "table"; else empty
	Files    []importers.File

	Incidents int    // that come out of it
	Licence   string // SPDX identifier
	Credit    string // attribution to show wherever the data is shown
	URL       string // where the data was published
}

// Licences returns the notices of all sets, in Markdown.
func Licences() string {
	text, err := data.ReadFile("data/LICENCES.md")
	if err != nil {
		panic("demo: " + err.Error()) // the file is embedded or the program would not have been built
	}
	return string(text)
}

// Sets returns every set. The files' contents stay in the program; opening one never fails.
func Sets() []Set {
	sets := []Set{serviceNow(), justice(), binder(), hubs(), aws(), azure(), checks()}
	for i := range sets {
		sets[i].Files = files(sets[i].Name)
	}
	return sets
}

func serviceNow() Set {
	return Set{
		Name:      "uci-incidents",
		Title:     "ServiceNow log of an IT company, 2016",
		Source:    "servicenow",
		Incidents: 17610,
		Licence:   "CC-BY-4.0",
		Credit:    "Incident management process enriched event log, UCI Machine Learning Repository 498, doi:10.24432/C57S4H",
		URL:       "https://doi.org/10.24432/C57S4H",
	}
}

func justice() Set {
	return Set{
		Name:      "moj-incidents",
		Title:     "Postmortems of the UK Ministry of Justice Cloud Platform",
		Source:    "markdown",
		Settings:  map[string]string{"zone": "Europe/London", "service": "Cloud Platform", "team": "Cloud Platform team"},
		Incidents: 26,
		Licence:   "MIT",
		Credit:    "Copyright (c) 2018 Ministry of Justice",
		URL:       "https://github.com/ministryofjustice/cloud-platform",
	}
}

func binder() Set {
	return Set{
		Name:      "mybinder",
		Title:     "Postmortems of mybinder.org",
		Source:    "markdown",
		Settings:  map[string]string{"service": "mybinder.org", "team": "Binder team"},
		Incidents: 17,
		Licence:   "BSD-3-Clause",
		Credit:    "Copyright (c) 2017 JupyterHub",
		URL:       "https://github.com/jupyterhub/mybinder.org-deploy",
	}
}

func hubs() Set {
	return Set{
		Name:      "2i2c",
		Title:     "Postmortems of 2i2c's hubs",
		Source:    "markdown",
		Settings:  map[string]string{"service": "2i2c hubs", "team": "2i2c"},
		Incidents: 3,
		Licence:   "BSD-3-Clause",
		Credit:    "Copyright (c) 2022 2i2c-org",
		URL:       "https://github.com/2i2c-org/incident-reports",
	}
}

const cloudCredit = "Provider incident reports annotated by @Large Research, CC0 1.0"

// aws: the notices state clock times without a day, so no time of theirs is imported: the year and the
// annotated duration are custom values, and the texts serve search and comparison.
func aws() Set {
	return Set{
		Name:   "cloud-aws",
		Title:  "Notices of AWS, 2017 to 2022",
		Source: "table",
		Mapping: mapping(map[table.Target]table.Field{
			table.Title:       {Columns: []string{"headline"}},
			table.Description: {Columns: []string{"text"}},
			table.Service:     {Columns: []string{"service"}},
			table.Status:      {Default: "resolved"}, // what is still going on was not archived
		}, []string{
			"year", "duration_minutes", "labels.service_category", "labels.location",
			"symptom_categories", "labels.root_cause",
		}),
		Incidents: 526,
		Licence:   "CC0-1.0",
		Credit:    cloudCredit,
		URL:       "https://github.com/atlarge-research/llm-cloud-incident-extraction",
	}
}

// azure: the annotated start and end of the labelled reviews are when customers were affected. The others
// state theirs only in their text.
func azure() Set {
	return Set{
		Name:   "cloud-azure",
		Title:  "Post-incident reviews of Azure, 2020 to 2024",
		Source: "table",
		Mapping: mapping(map[table.Target]table.Field{
			table.Title:                          {Columns: []string{"headline"}},
			table.Description:                    {Columns: []string{"text"}},
			table.Service:                        {Columns: []string{"labels.service_name"}},
			table.Status:                         {Default: "resolved"}, // a review is written afterwards
			table.Factors:                        {Columns: []string{"root_cause_categories"}},
			table.Target(incident.ImpactStarted): {Columns: []string{"start_utc"}, Layout: importers.ISOTime},
			table.Target(incident.ResolvedAt):    {Columns: []string{"end_utc"}, Layout: importers.ISOTime},
		}, []string{
			"duration_minutes", "labels.service_category", "labels.location",
			"symptom_categories", "labels.root_cause",
		}),
		Incidents: 88,
		Licence:   "CC0-1.0",
		Credit:    cloudCredit,
		URL:       "https://github.com/atlarge-research/llm-cloud-incident-extraction",
	}
}

func mapping(fields map[table.Target]table.Field, custom []string) json.RawMessage {
	return table.Mapping{Key: []string{"id"}, Fields: fields, Custom: custom}.JSON()
}

// checks: an outage was detected by the first failing check and resolved by the next one that passed.
func checks() Set {
	return Set{
		Name:   "upptime",
		Title:  "Outages of eight internal services, found by Upptime",
		Source: "table",
		Mapping: table.Mapping{
			Key: []string{"slug", "down_at"},
			Fields: map[table.Target]table.Field{
				table.Title:                       {Columns: []string{"name"}},
				table.Service:                     {Columns: []string{"name"}},
				table.Target(incident.Detected):   {Columns: []string{"down_at"}, Layout: importers.ISOTime},
				table.Target(incident.ResolvedAt): {Columns: []string{"up_at"}, Layout: importers.ISOTime},
			},
			Custom: []string{"first_http_code", "down_checks"},
		}.JSON(),
		Incidents: 71,
		Licence:   "ODbL-1.0",
		Credit:    "GrupoSabra/upptime-monitor, Open Database License 1.0",
		URL:       "https://github.com/GrupoSabra/upptime-monitor",
	}
}

// files lists a set's files by their path in its folder.
func files(name string) []importers.File {
	root := "data/" + name
	var out []importers.File
	err := fs.WalkDir(data, root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		out = append(out, importers.File{
			Name: strings.TrimPrefix(path, root+"/"),
			Size: info.Size(),
			Open: func() (io.ReadCloser, error) { return data.Open(path) },
		})
		return err
	})
	if err != nil {
		panic(fmt.Sprintf("demo: list %s: %v", root, err)) // a set without its embedded folder is a slip that tests catch
	}
	return slices.Clip(out)
}
