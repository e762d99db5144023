package manifest

import "hindsight/incident"

// TaxonomySpec is the spec of the Taxonomy.
type TaxonomySpec struct {
	Categories []CategorySpec `yaml:"categories" doc:"what factors are called here"`
}

// CategorySpec is one name for factors.
type CategorySpec struct {
	Name     string   `yaml:"name" doc:"as figures call it"`
	Text     string   `yaml:"text,omitempty" doc:"what belongs to it"`
	Synonyms []string `yaml:"synonyms,omitempty" doc:"what is called so is counted as it"`
	Source   string   `yaml:"source,omitempty" doc:"where it was taken from"`
}

func taxonomySpec(t incident.Taxonomy) (out TaxonomySpec) {
	for _, c := range t.Categories {
		out.Categories = append(out.Categories, CategorySpec(c))
	}
	return out
}

func (s *TaxonomySpec) taxonomy() (out incident.Taxonomy) {
	for _, c := range s.Categories {
		out.Categories = append(out.Categories, incident.Category(c))
	}
	return out
}

// RetrospectivesSpec is the spec of Retrospectives.
type RetrospectivesSpec struct {
	Flavour   string          `yaml:"flavour,omitempty" doc:"the set that it was made from, for people"`
	Rules     []RetroRuleSpec `yaml:"rules" doc:"the first that fits an incident decides"`
	Templates []TemplateSpec  `yaml:"templates" doc:"the forms to begin with"`
}

// RetroRuleSpec says what is done about some incidents; of its conditions all that are given must hold.
type RetroRuleSpec struct {
	Name       string              `yaml:"name" doc:"what people call such incidents"`
	Severities []incident.Severity `yaml:"severities,omitempty,flow" doc:"1, the worst, to 5; 0: unset"`
	Kinds      []incident.Kind     `yaml:"kinds,omitempty,flow" doc:"as incidents have them: real, drill, test …"`
	Tags       []string            `yaml:"tags,omitempty,flow" doc:"one of them"`
	Known      *bool               `yaml:"known,omitempty" doc:"it belongs to a confirmed recurring problem, or does not"`
	Minutes    int                 `yaml:"minutes,omitempty" doc:"it lasted at least so long"`
	Teams      int                 `yaml:"teams,omitempty" doc:"at least so many teams had to do with it"`
	Required   bool                `yaml:"required,omitempty" doc:"a retrospective is needed"`
	Template   string              `yaml:"template" doc:"the name of the form"`
	Days       int                 `yaml:"days,omitempty" doc:"until it should be published, since the incident was over"`
	Approvals  int                 `yaml:"approvals,omitempty" doc:"how many have to approve"`
	Gates      []string            `yaml:"gates,omitempty,flow" doc:"window, summary, factor, actions, moments: without them it cannot be published"`
}

// TemplateSpec is a form that retrospectives are begun with.
type TemplateSpec struct {
	Name     string                `yaml:"name" doc:"what rules call it"`
	About    string                `yaml:"about,omitempty" doc:"what it is for"`
	Sections []TemplateSectionSpec `yaml:"sections" doc:"in order"`
}

// TemplateSectionSpec is a section as it is begun.
type TemplateSectionSpec struct {
	Slug    string   `yaml:"slug" doc:"its name in addresses; summary, timeline, factors and actions have rows or gates of their own"`
	Title   string   `yaml:"title" doc:"its heading"`
	Text    string   `yaml:"text,omitempty" doc:"Markdown that it begins with"`
	Prompts []string `yaml:"prompts,omitempty" doc:"questions that help to write it"`
}

func retrospectivesSpec(p incident.RetroProcess) RetrospectivesSpec {
	out := RetrospectivesSpec{Flavour: p.Flavour}
	for _, r := range p.Rules {
		out.Rules = append(out.Rules, RetroRuleSpec(r))
	}
	for _, t := range p.Templates {
		spec := TemplateSpec{Name: t.Name, About: t.About}
		for _, s := range t.Sections {
			spec.Sections = append(spec.Sections, TemplateSectionSpec(s))
		}
		out.Templates = append(out.Templates, spec)
	}
	return out
}

func (s *RetrospectivesSpec) process() incident.RetroProcess {
	out := incident.RetroProcess{Flavour: s.Flavour}
	for _, r := range s.Rules {
		out.Rules = append(out.Rules, incident.RetroRule(r))
	}
	for _, t := range s.Templates {
		template := incident.RetroTemplate{Name: t.Name, About: t.About}
		for _, x := range t.Sections {
			template.Sections = append(template.Sections, incident.TemplateSection(x))
		}
		out.Templates = append(out.Templates, template)
	}
	return out
}
