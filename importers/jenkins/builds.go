package jenkins

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
)

const perPage = 100

// fields are what is asked for of a build.
const fields = "number,timestamp,duration,result,building,url,displayName,description," +
	"actions[causes[userName,shortDescription],lastBuiltRevision[SHA1],parameters[name,value]]"

// place is where the walk stands: in which job, behind how many of its builds, and which jobs are still to come.
type place struct {
	Job  where   `json:"job"`
	Skip int     `json:"skip,omitempty"`
	Todo []where `json:"todo,omitempty"`
}

// where is a job by its path, and the multibranch project that it is a branch of, else itself.
type where struct {
	Path    string `json:"path"`
	Project string `json:"project"`
}

func placeOf(cfg importers.Config, token string) (p place, err error) {
	if token != "" {
		err = json.Unmarshal([]byte(token), &p)
		return p, err
	}
	for _, path := range jobs(cfg) {
		p.Todo = append(p.Todo, where{path, path})
	}
	if len(p.Todo) > 0 {
		p.Job, p.Todo = p.Todo[0], p.Todo[1:]
	}
	return p, nil
}

// next returns the token of the page behind this one; more says that the job has more builds that are wanted.
func (p place) next(more bool) string {
	switch {
	case more:
		p.Skip += perPage
	case len(p.Todo) == 0:
		return ""
	default:
		p = place{Job: p.Todo[0], Todo: p.Todo[1:]}
	}
	text, _ := json.Marshal(p) // of texts and a number: it cannot fail
	return string(text)
}

// job is a job, or a folder or multibranch project with jobs in it.
type job struct {
	Class  string `json:"_class"`
	Jobs   []struct{ Name string }
	Builds []json.RawMessage `json:"allBuilds"`
}

// multibranch reports whether the jobs in it are branches of one project.
func (j job) multibranch() bool { return strings.HasSuffix(j.Class, ".WorkflowMultiBranchProject") }

type build struct {
	Number    int64 `json:"number"`
	Timestamp int64 `json:"timestamp"` // when it was scheduled, in milliseconds since 1970
}

func (b build) at() time.Time { return time.UnixMilli(b.Timestamp).UTC() }

// builds reads a page of the builds of one job, the newest first, until it comes to what is older than at.From. "builds"
// would stop at the newest 100. Of a folder it only learns which jobs are in it.
func builds(ctx context.Context, in importers.Input, from importers.At) (importers.Slice, error) {
	var s importers.Slice
	p, err := placeOf(in.Config, from.Token)
	if err != nil || p.Job.Path == "" {
		return s, err
	}
	var j job
	tree := fmt.Sprintf("_class,jobs[name],allBuilds[%s]{%d,%d}", fields, p.Skip, p.Skip+perPage)
	a, err := in.Client.Get(ctx, at(p.Job.Path)+"/api/json", url.Values{"tree": {tree}})
	if importers.HasStatus(err, http.StatusNotFound) && !slices.Contains(jobs(in.Config), p.Job.Path) {
		s.Next = p.next(false) // its branch was deleted meanwhile
		return s, nil
	}
	if err == nil {
		err = a.JSON(&j)
	}
	if err != nil {
		return s, err
	}
	s.Held = []string{p.Job.Path}
	for _, child := range j.Jobs {
		inside := where{Path: p.Job.Path + "/" + child.Name}
		if inside.Project = inside.Path; j.multibranch() {
			inside.Project = p.Job.Path
		}
		p.Todo = append(p.Todo, inside)
	}
	older := false
	for _, text := range j.Builds {
		var b build
		if err := json.Unmarshal(text, &b); err != nil || b.Number <= 0 || b.Timestamp <= 0 {
			s.Reject(p.Job.Path, "this build has no number or no time", text)
			continue
		}
		if older = b.at().Before(from.From); !older {
			rec, err := recordOf(p.Job, b, text)
			if err != nil {
				return s, err
			}
			s.Records = append(s.Records, rec)
		}
	}
	s.Next = p.next(len(j.Builds) >= perPage && !older)
	return s, nil
}

// recordOf makes the record of a build: {"job": its path, "project": …, "build": …}. Numbers begin anew when a job is made again,
// so the time is part of the id.
func recordOf(j where, b build, text json.RawMessage) (importers.Record, error) {
	body, err := json.Marshal(map[string]any{"job": j.Path, "project": j.Project, "build": text})
	return importers.Record{ExternalID: fmt.Sprintf("%s#%d@%d", j.Path, b.Number, b.Timestamp), Place: fmt.Sprintf("%s, build %d", j.Path, b.Number), At: b.at(), Body: body}, err
}

// fetch reads one build again.
func fetch(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	gone := importers.NotOurs(id)
	i := strings.LastIndexByte(id, '#')
	if i < 0 || !slices.ContainsFunc(jobs(in.Config), func(p string) bool { return id[:i] == p || strings.HasPrefix(id[:i], p+"/") }) {
		return importers.Record{}, gone
	}
	number, stamp, _ := strings.Cut(id[i+1:], "@")
	if _, err := strconv.ParseUint(number, 10, 63); err != nil {
		return importers.Record{}, gone
	}
	a, err := in.Client.Get(ctx, at(id[:i])+"/"+number+"/api/json", url.Values{"tree": {fields}})
	if err != nil {
		return importers.Record{}, err
	}
	var b build
	if err := a.JSON(&b); err != nil {
		return importers.Record{}, err
	}
	if strconv.FormatInt(b.Timestamp, 10) != stamp {
		return importers.Record{}, gone // the number was given again
	}
	j := where{id[:i], id[:i]}
	if parent := strings.LastIndexByte(id[:i], '/'); parent > 0 {
		var above job
		a, err := in.Client.Get(ctx, at(id[:parent])+"/api/json", url.Values{"tree": {"_class"}})
		if err == nil {
			err = a.JSON(&above)
		}
		if err != nil {
			return importers.Record{}, err
		}
		if above.multibranch() {
			j.Project = id[:parent]
		}
	}
	return recordOf(j, b, a.Body)
}
