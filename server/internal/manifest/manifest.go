// Package manifest is the configuration as code: services, teams, contracts, calendars, objectives and the other terms that
// people agreed on, as YAML documents that can be reviewed, kept under version control and applied. It reads files strictly,
// says what they would change, changes it in one transaction, and writes what is in force as files. It does not
// know about incidents. Start with Parse, Export and Prepare.
package manifest

import (
	"reflect"
	"strings"

	"hindsight/incident"
	"hindsight/server/internal/openslo"
)

// APIVersion is what every document begins with; those of OpenSLO (openslo/v1) are taken as they are.
const APIVersion = "hindsight/v1"

// openSLOKind is the kind of objects whose documents are of OpenSLO; their Spec is an *openslo.Named or an *openslo.Kept.
const openSLOKind = "OpenSLO"

// Object is one document: an object of the configuration by its kind and name.
type Object struct {
	Kind, Name string
	Spec       any // a pointer to the type of its kind: *ServiceSpec, …

	entity incident.ID // of one in force: the service, team, policy or connection
	place  place
	lines  map[string]int // of the fields, by their path below the document: "spec.promises[0].span"
}

// key tells objects apart. Names of services, teams and durations are compared as incident.Slug writes them.
func (o Object) key() key {
	name := o.Name
	switch spec := o.Spec.(type) {
	case *openslo.Named:
		name = "SLO " + documentName(spec.Objective.OpenSLO)
	case *openslo.Kept:
		name = spec.Kind + " " + spec.Name
	}
	if k, ok := kindOf(o.Kind); ok && k.slug {
		name = incident.Slug(name)
	}
	return key{o.Kind, name}
}

type key struct{ kind, name string }

// kind is a sort of object.
type kind struct {
	name   string
	plural string // names the file of an export
	doc    string
	slug   bool // names that differ only in case, spaces or punctuation are one
	single bool // there is one, called "default"
	spec   reflect.Type
}

// theOne is the name of an object of a kind of which there is one.
const theOne = "default"

// kinds lists what files can say, each behind those that it refers to, but for services that need each other.
var kinds = []kind{
	{name: "Team", plural: "teams", slug: true, spec: reflect.TypeFor[TeamSpec](), doc: "A team: who belongs to it, and when its people work and sleep."},
	{name: "Service", plural: "services", slug: true, spec: reflect.TypeFor[ServiceSpec](), doc: "A service: whose it is, what else it is called, what it cannot do without, and what a minute without it costs."},
	{name: "Calendar", plural: "calendars", spec: reflect.TypeFor[CalendarSpec](), doc: "When business time runs."},
	{name: "Contract", plural: "contracts", spec: reflect.TypeFor[ContractSpec](), doc: "A service-level agreement: what is promised to whom, and which time does not count."},
	{name: "Objective", plural: "objectives", spec: reflect.TypeFor[ObjectiveSpec](), doc: "A service-level objective, measured by the impact of incidents on a service."},
	{name: "Duration", plural: "durations", slug: true, spec: reflect.TypeFor[DurationSpec](), doc: "A duration of your own, which is measured like those that the program defines. Its name is that of the figure."},
	{name: "DeliveryRule", plural: "delivery-rule", single: true, spec: reflect.TypeFor[DeliverySpec](), doc: "Which changes count as deployments, and how long after one an incident may begin to be laid at its door."},
	{name: "ImpactWeights", plural: "impact-weights", single: true, spec: reflect.TypeFor[WeightsSpec](), doc: "What share of a service is taken to be lost while an incident of a severity has impact."},
	{name: "CostRate", plural: "cost-rate", single: true, spec: reflect.TypeFor[CostSpec](), doc: "What a minute without a service costs that has no `cost` of its own."},
	{name: "WorkingHours", plural: "working-hours", single: true, spec: reflect.TypeFor[HoursSpec](), doc: "When the people of teams work and sleep that have no `hours` of their own."},
	{name: "Retention", plural: "retention", single: true, spec: reflect.TypeFor[RetentionSpec](), doc: "How long what is kept. Without one, and in all that it leaves out, everything is kept for ever. It is applied once a day; `hindsight retention` says what it would take away."},
	{name: "Taxonomy", plural: "taxonomy", single: true, spec: reflect.TypeFor[TaxonomySpec](), doc: "What factors are called, so that one thing has one name in figures."},
	{name: "Retrospectives", plural: "retrospectives", single: true, spec: reflect.TypeFor[RetrospectivesSpec](), doc: "Which incidents need a retrospective, in which form, by when, and what has to stand in it. Without one a standard after Google's SRE books is in force."},
	{name: "Connection", plural: "connections", spec: reflect.TypeFor[ConnectionSpec](), doc: "A connected source, without what its secrets say."},
	{name: "Mapping", plural: "mappings", spec: reflect.TypeFor[MappingSpec](), doc: "What the words of a source mean; the name is that of the connection. The spec is the mapping in the shape of its source, as the page of the connection shows it."},
}

func kindOf(name string) (kind, bool) {
	for _, k := range kinds {
		if k.name == name {
			return k, true
		}
	}
	return kind{}, false
}

func kindNames() string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return strings.Join(names, ", ")
}
