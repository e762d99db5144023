package incident

// RetroFlavours are processes to begin with, by the school that they follow. Each can be changed in every part.
var RetroFlavours = []RetroProcess{sreProcess(), itilProcess(), devopsProcess()}

// StandardRetroProcess is in force until somebody saves another one.
func StandardRetroProcess() RetroProcess { return sreProcess() }

// The sections that templates are made of. What the questions ask for follows the guides of Etsy ("Debriefing Facilitation Guide"),
// Jeli ("Howie") and Google's SRE books: how and what, never who or why not.
var (
	sectionSummary = TemplateSection{Slug: "summary", Title: "Summary", Prompts: []string{
		"What would a colleague who was away need to know, in three sentences?", "What did users notice?", "What ended it?"}}
	sectionImpact = TemplateSection{Slug: "impact", Title: "Impact", Prompts: []string{
		"Who was affected, how many, and how did it show for them?", "What kept working?", "How do we know? Link to the graph or the query."}}
	sectionTimeline  = TemplateSection{Slug: "timeline", Title: "Timeline"}
	sectionDetection = TemplateSection{Slug: "detection", Title: "Detection", Prompts: []string{
		"What told us first: a monitor, a colleague, a customer?", "What could be seen before that, and where?", "What would have made it visible sooner?"}}
	sectionResponse = TemplateSection{Slug: "response", Title: "Response", Prompts: []string{
		"What helped?", "What was hard, and what made it hard?", "Where did we get lucky?", "How did people find each other and share what they saw?"}}
	sectionFactors = TemplateSection{Slug: "factors", Title: "Contributing factors", Prompts: []string{
		"What had to be true for this to happen?", "Which of these were there long before?", "What kept it from being worse?"}}
	sectionSurprises = TemplateSection{Slug: "surprises", Title: "What surprised us", Prompts: []string{
		"What did people expect to happen instead?", "What did we learn about how the system really works?"}}
	sectionKnew = TemplateSection{Slug: "knew", Title: "What we knew then", Prompts: []string{
		"What did it look like from where people stood?", "Which explanations were considered, and what made each plausible?"}}
	sectionActions = TemplateSection{Slug: "actions", Title: "Action items", Prompts: []string{
		"What will be different, and how will we see that it worked?"}}
	sectionDecided = TemplateSection{Slug: "decided", Title: "Decided not to do", Prompts: []string{
		"What was considered and left, and for which reason?"}}
	sectionExternal = TemplateSection{Slug: "external", Title: "What we tell customers"}
	sectionEvidence = TemplateSection{Slug: "evidence", Title: "Evidence"}
)

// sreProcess follows Google's SRE books (chapter "Postmortem Culture") and PagerDuty's postmortem guide: a full retrospective for what
// users felt badly, a short one for the rest and for what is known already.
func sreProcess() RetroProcess {
	known := true
	full := RetroTemplate{Name: "Full", About: "For what users felt badly.", Sections: []TemplateSection{sectionSummary, sectionImpact, sectionTimeline, sectionDetection,
		sectionResponse, sectionFactors, sectionSurprises, sectionKnew, sectionActions, sectionDecided, sectionExternal, sectionEvidence}}
	short := RetroTemplate{Name: "Short", About: "For what was small, or is known already.", Sections: []TemplateSection{sectionSummary, sectionImpact, sectionTimeline,
		sectionFactors, sectionActions, sectionEvidence}}
	note := RetroTemplate{Name: "Note", About: "One paragraph.", Sections: []TemplateSection{sectionSummary, sectionEvidence}}
	return RetroProcess{Flavour: "SRE", Templates: []RetroTemplate{full, short, note}, Rules: []RetroRule{
		{Name: "Drills, tests and maintenance", Kinds: []Kind{Drill, Test, Maintenance, Request}, Template: "Note"},
		{Name: "Near misses", Tags: []string{"near-miss", "near miss"}, Required: true, Template: "Short", Days: 10},
		{Name: "Severe, and a known problem", Severities: []Severity{Sev1, Sev2}, Known: &known, Required: true, Template: "Short", Days: 5, Approvals: 1, Gates: []string{"window", "actions"}},
		{Name: "Severe", Severities: []Severity{Sev1, Sev2}, Required: true, Template: "Full", Days: 5, Approvals: 1, Gates: []string{"window", "summary", "factor", "actions"}},
		{Name: "Across teams", Teams: 3, Required: true, Template: "Short", Days: 10, Gates: []string{"summary"}},
		{Name: "Small", Severities: []Severity{Sev3}, Template: "Short"},
		{Name: "All others", Template: "Note"},
	}}
}

// itilProcess follows ITIL 4's practices of incident and problem management: a report of each major incident, with the cause and
// workaround that make a known error of it.
func itilProcess() RetroProcess {
	report := RetroTemplate{Name: "Major incident report", About: "For major incidents.", Sections: []TemplateSection{
		{Slug: "summary", Title: "Executive summary", Prompts: sectionSummary.Prompts}, {Slug: "impact", Title: "Business impact", Prompts: append([]string{"Which service levels were missed, for which customers?"}, sectionImpact.Prompts...)},
		{Slug: "timeline", Title: "Chronology"}, sectionDetection, {Slug: "response", Title: "Handling and communication", Prompts: sectionResponse.Prompts},
		{Slug: "factors", Title: "Causes", Prompts: sectionFactors.Prompts}, {Slug: "workaround", Title: "Workaround and known error", Prompts: []string{"How does the next responder end it, step by step?"}},
		{Slug: "actions", Title: "Improvements", Prompts: sectionActions.Prompts}, sectionDecided, sectionEvidence}}
	review := RetroTemplate{Name: "Incident review", About: "For other incidents.", Sections: []TemplateSection{sectionSummary, {Slug: "factors", Title: "Causes", Prompts: sectionFactors.Prompts},
		{Slug: "actions", Title: "Improvements", Prompts: sectionActions.Prompts}, sectionEvidence}}
	return RetroProcess{Flavour: "ITIL", Templates: []RetroTemplate{report, review}, Rules: []RetroRule{
		{Name: "Tests, maintenance and requests", Kinds: []Kind{Drill, Test, Maintenance, Request}, Template: "Incident review"},
		{Name: "Major incident", Severities: []Severity{Sev1}, Required: true, Template: "Major incident report", Days: 5, Approvals: 2, Gates: []string{"window", "summary", "factor", "actions", "moments"}},
		{Name: "High priority", Severities: []Severity{Sev2}, Required: true, Template: "Incident review", Days: 10, Approvals: 1, Gates: []string{"window", "factor"}},
		{Name: "All others", Template: "Incident review"},
	}}
}

// devopsProcess asks for little and asks for it soon: one page, by whoever was there, after each change that failed.
func devopsProcess() RetroProcess {
	page := RetroTemplate{Name: "One page", About: "What happened, what we learnt, what we change.", Sections: []TemplateSection{sectionSummary, sectionTimeline,
		{Slug: "surprises", Title: "What we learnt", Prompts: sectionSurprises.Prompts}, {Slug: "factors", Title: "What made it possible", Prompts: sectionFactors.Prompts},
		{Slug: "actions", Title: "What we change", Prompts: sectionActions.Prompts}}}
	return RetroProcess{Flavour: "DevOps", Templates: []RetroTemplate{page}, Rules: []RetroRule{
		{Name: "Tests, maintenance and requests", Kinds: []Kind{Drill, Test, Maintenance, Request}, Template: "One page"},
		{Name: "What users felt", Severities: []Severity{Sev1, Sev2, Sev3}, Required: true, Template: "One page", Days: 3, Gates: []string{"summary"}},
		{Name: "All others", Template: "One page"},
	}}
}
