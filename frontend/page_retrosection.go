package frontend

import (
	"encoding/json"
	"strings"

	"hindsight/incident"
)

// RetroSection is a section of a retrospective, to read and, for who may, to write in place; the partial "retro-section" draws it. A
// page with such sections includes the partial "retro-writing" once. Scripts fetch Retro+"/sections/"+Slug for a [RetroText], follow
// Retro+"/live", and use the operations of docs/writing.md below API. Without scripts POST Retro+"/sections/"+Slug takes text and version.
type RetroSection struct {
	Retro   string // path of the retrospective's page: "/incidents/inc_1/retrospective"
	API     string // path of the section in the API: "/api/v1/incidents/inc_1/retrospective/sections/summary"
	Slug    string
	Title   string
	Text    string // Markdown
	Files   Files
	Said    []Said // what open comments are about
	Talk    RetroTalk
	Version int // of the text
	MayEdit bool
	Prompts []string // questions that help to write it, shown one at a time
	Links   []Link   // beside the heading: open comments, the timeline's builder
	Rows    bool     // rows stand below it: without them and without a text it is left out on paper
	// Draft is what could not be saved without scripts, because others changed the same words; empty: nothing of that sort.
	Draft string
}

// Empty reports whether there is nothing to read in it: no text, no rows and nothing that was said.
func (s RetroSection) Empty() bool {
	return strings.TrimSpace(s.Text) == "" && !s.Rows && len(s.Talk.Threads) == 0
}

// Questions returns the prompts for scripts, as JSON.
func (s RetroSection) Questions() (string, error) { return asJSON(s.Prompts) }

// Prompt is the question that shows without scripts; empty: there is none.
func (s RetroSection) Prompt() string {
	if len(s.Prompts) == 0 {
		return ""
	}
	return s.Prompts[0]
}

// RetroWriting is what the editors of a page share; the partial "retro-writing" draws it.
type RetroWriting struct {
	Names []string // of the people involved, as a text may call them
}

// Rules returns the wordings to look out for, as JSON.
func (RetroWriting) Rules() (string, error) { return asJSON(incident.BlameRules) }

// People returns the names, as JSON.
func (w RetroWriting) People() (string, error) { return asJSON(w.Names) }

func asJSON(it any) (string, error) {
	text, err := json.Marshal(it)
	return string(text), err
}

// RetroText is a section's text as it reads, the answer to GET …/retrospective/sections/{slug}: a piece of HTML without a frame.
type RetroText struct {
	Shell
	Text  string // Markdown
	Files Files
	Said  []Said
}

func (RetroText) template() string { return "retro-text" }
