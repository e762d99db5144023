package api

import (
	"context"
	"net/http"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

// FactorStatement is a factor of an incident and who vouches for it.
type FactorStatement struct {
	Key      string     `json:"key" doc:"names the factor; it stays when the factor is put in other words"`
	State    string     `json:"state" doc:"claimed: a source or a document says so; confirmed: a person here does; rejected: a person here says that it is not so"`
	Role     string     `json:"role" doc:"trigger, contributing, mitigating, went_well or surprise"`
	Category string     `json:"category,omitempty"`
	Text     string     `json:"text"`
	About    string     `json:"about,omitempty" doc:"service or component, as a person wrote it"`
	Source   string     `json:"source_says,omitempty" doc:"where a person says it in other words"`
	Told     bool       `json:"told_by_source"`
	By       string     `json:"by,omitempty"`
	At       *time.Time `json:"at" doc:"null: nobody here has judged it"`

	Confidence string `json:"confidence,omitempty" doc:"seen, inferred or guess"`
	Before     string `json:"present_before,omitempty" doc:"yes, no or unknown: whether it was there before the incident, too"`
	Evidence   string `json:"evidence,omitempty" doc:"addresses or ids of timeline events, one a line"`
	Parent     string `json:"parent,omitempty" doc:"key of the factor that it made possible; missing: it led to the incident itself"`
	Also       string `json:"also,omitempty" doc:"keys of further factors that it contributed to, with spaces between them"`
}

// FactorList is the factors of an incident: those in force, and behind them rejected ones.
type FactorList struct {
	Items []FactorStatement `json:"items"`
}

// FactorBody is what a person says of a factor.
type FactorBody struct {
	Action   string `json:"action" doc:"confirm, reject, reword, add, undo: takes back the last of the others about this factor; in, out, up or down: moves it in the outline; place: says of which factor it is a part, and nothing else"`
	Key      string `json:"key,omitempty" doc:"of the factor; none to add one"`
	Role     string `json:"role,omitempty" doc:"for reword and add, as the next ones"`
	Category string `json:"category,omitempty"`
	Text     string `json:"text,omitempty"`
	About    string `json:"about,omitempty"`

	Confidence *string `json:"confidence,omitempty" doc:"missing: as it is; so with the next ones"`
	Before     *string `json:"present_before,omitempty"`
	Evidence   *string `json:"evidence,omitempty"`
	Parent     *string `json:"parent,omitempty"`
	Also       *string `json:"also,omitempty"`
	From       *string `json:"from,omitempty" doc:"ids of the incidents that it was suggested by, with spaces between them, when it is added: their retrospectives count as reused"`
}

func factorStatement(x incident.FactorStatement) FactorStatement {
	return FactorStatement{x.Key, string(x.State), x.Role, x.Category, x.Text, x.About, x.Source, x.Told, x.By, when(x.At),
		string(x.Confidence), string(x.Before), x.Evidence, x.Parent, x.Also}
}

func factorList(inc *incident.Incident) FactorList {
	out := FactorList{Items: []FactorStatement{}}
	for _, x := range inc.FactorStatements() {
		out.Items = append(out.Items, factorStatement(x))
	}
	return out
}

func (s *Server) factors(ctx context.Context, v Viewer, p IDParams) (FactorList, error) {
	inc, err := s.desk.Incident(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return FactorList{}, err
	}
	return factorList(inc), nil
}

func (s *Server) judgeFactor(ctx context.Context, v Viewer, p IDParams, b FactorBody) (FactorList, error) {
	inc, seq, err := s.desk.JudgeFactor(ctx, incident.ID(p.ID), desk.FactorVerdict{Key: b.Key, Action: b.Action, Role: b.Role, Category: b.Category, Text: b.Text, About: b.About,
		FactorDetail: desk.FactorDetail{Evidence: b.Evidence, Confidence: b.Confidence, Before: b.Before, Also: b.Also, Parent: b.Parent, From: b.From}}, v.Name, v.Sight())
	if err != nil {
		return FactorList{}, err
	}
	s.desk.Wait(ctx, seq)
	return factorList(inc), nil
}

// ClaimList is what sources and documents say contributed and nobody here has judged, by name, what stands for most time first.
type ClaimList struct {
	Items     []Claim `json:"items"`
	Incidents int     `json:"incidents" doc:"that count and have such factors, perhaps"`
	Read      int     `json:"read" doc:"of them, the longest: items are of these"`
}

// Claim is claimed factors of one name.
type Claim struct {
	Name       string    `json:"name"`
	Seconds    float64   `json:"lasted_seconds" doc:"of its incidents, added up: as long as users suffered, else as long as the record was open"`
	Unmeasured int       `json:"unmeasured" doc:"incidents of which nobody knows how long"`
	Factors    []Claimed `json:"factors"`
}

// Claimed is a claimed factor of one incident.
type Claimed struct {
	Incident incident.ID     `json:"incident_id"`
	Seconds  *float64        `json:"lasted_seconds"`
	Factor   FactorStatement `json:"factor"`
}

func (s *Server) claimedFactors(ctx context.Context, v Viewer, p PopulationParams) (ClaimList, error) {
	q, err := query.Parse(values(p), s.desk.Now())
	if err != nil {
		return ClaimList{}, err
	}
	found, err := s.desk.ClaimedFactors(ctx, q, v.Sight())
	out := ClaimList{Items: []Claim{}, Incidents: found.Incidents, Read: found.Read}
	for _, g := range found.Groups {
		c := Claim{Name: g.Name, Seconds: g.Took.Seconds(), Unmeasured: g.Unmeasured}
		for _, x := range g.Items {
			item := Claimed{Incident: x.Incident.ID, Factor: factorStatement(x.Statement)}
			if seconds := x.Took.Seconds(); x.Known {
				item.Seconds = &seconds
			}
			c.Factors = append(c.Factors, item)
		}
		out.Items = append(out.Items, c)
	}
	return out, err
}

// factorOps are the operations about what contributed.
func (s *Server) factorOps() []operation {
	return []operation{
		get("/incidents/{id}/factors", "What contributed to an incident, and who vouches for it", s.factors),
		write(http.MethodPost, "/incidents/{id}/factors", "Confirm, reject, reword or add a factor", incident.Write, http.StatusOK, s.judgeFactor),
		get("/factors/claimed", "Claimed factors, by how much time they stand for", s.claimedFactors),
	}
}
