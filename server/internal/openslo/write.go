package openslo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"hindsight/incident"
)

// Write writes objectives and what was kept as YAML documents. What an objective was read from is written again, with what
// was changed here since.
func Write(objectives []Named, kept []Kept) ([]byte, error) {
	var docs []document
	services := map[string]string{} // by the name that documents use
	for _, k := range kept {
		d, err := parse(k.Document)
		if err != nil {
			return nil, fmt.Errorf("openslo: write %s %s: %w", k.Kind, k.Name, err)
		}
		if k.Kind == "Service" {
			services[k.Name] = text(d, "metadata", "displayName")
		}
		docs = append(docs, d)
	}
	used := map[string]bool{}
	for _, n := range objectives {
		d := document{}
		if n.Objective.OpenSLO != "" {
			var err error
			if d, err = parse(n.Objective.OpenSLO); err != nil {
				return nil, fmt.Errorf("openslo: write objective %s: %w", n.ID, err)
			}
		}
		n.fill(d, services, used)
		docs = append(docs, d)
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	for _, d := range docs {
		if err := enc.Encode(d); err != nil {
			return nil, fmt.Errorf("openslo: write %s: %w", text(d, "metadata", "name"), err)
		}
	}
	if len(docs) == 0 {
		return nil, nil
	}
	return b.Bytes(), enc.Close()
}

func parse(text string) (document, error) {
	var d document
	return d, json.Unmarshal([]byte(text), &d)
}

// fill writes what is known here over a document.
func (n Named) fill(d document, services map[string]string, used map[string]bool) {
	o := n.Objective
	meta, spec := below(d, "metadata"), below(d, "spec")
	if d["kind"] == nil {
		d["apiVersion"], d["kind"] = apiVersion, "SLO"
		meta["name"] = unique(dnsName(n.Name), used)
		spec["budgetingMethod"] = "Occurrences"
		spec["indicator"] = document{"metadata": document{"name": meta["name"].(string)}, "spec": document{"ratioMetric": document{"counter": false,
			"good": seconds("seconds without impact of incidents"), "total": seconds("seconds of the window without maintenance")}}}
		meta["annotations"] = document{idKey: string(n.ID)}
	}
	meta["displayName"] = n.Name
	if name := text(spec, "service"); incident.Slug(name) != incident.Slug(n.Service) && incident.Slug(services[name]) != incident.Slug(n.Service) {
		spec["service"] = n.Service
	}
	put(spec, "description", o.Description)
	if w, why := windowOf(d); why != "" || w != o.Window {
		spec["timeWindow"] = []any{window(o.Window)}
	}
	target, ok := first(spec["objectives"])
	if !ok {
		target = document{}
		spec["objectives"] = []any{target}
	}
	if was, err := targetOf(target); err != nil || was != o.Target {
		delete(target, "targetPercent")
		target["target"] = o.Target
	}
	n.annotate(meta)
}

// annotate writes what OpenSLO has no place for.
func (n Named) annotate(meta document) {
	o := n.Objective
	notes, _ := meta["annotations"].(document)
	if notes == nil {
		notes = document{}
	}
	put(notes, ownerKey, o.Owner)
	put(notes, reviewKey, o.Review)
	weighted := ""
	if o.Weighted {
		weighted = "true"
	}
	put(notes, weightedKey, weighted)
	if len(notes) > 0 {
		meta["annotations"] = notes
	}
}

// put sets a text, or takes it away where there is none.
func put(d document, key, value string) {
	if value == "" {
		delete(d, key)
		return
	}
	d[key] = value
}

func seconds(what string) document {
	return document{"metricSource": document{"type": ourSource, "spec": document{"counts": what}}}
}

func window(w incident.ObjectiveWindow) document {
	if w.Calendar == "" {
		return document{"duration": strconv.Itoa(w.Days) + "d", "isRolling": true}
	}
	duration, zone := "1M", w.Zone
	if w.Calendar == incident.CalendarQuarter {
		duration = "1Q"
	}
	if zone == "" {
		zone = "UTC"
	}
	return document{"duration": duration, "isRolling": false, "calendar": document{"startTime": "2020-01-01 00:00:00", "timeZone": zone}}
}

// dnsName writes a name as RFC 1123 allows: at most 63 lower-case letters, digits and hyphens.
func dnsName(name string) string {
	ascii := strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, incident.Slug(name))
	ascii = strings.Trim(ascii[:min(len(ascii), 60)], "-")
	if ascii == "" {
		return "objective"
	}
	return ascii
}

// unique returns name, numbered where it is taken.
func unique(name string, used map[string]bool) string {
	out := name
	for i := 2; used[out]; i++ {
		out = fmt.Sprintf("%s-%d", name, i)
	}
	used[out] = true
	return out
}
