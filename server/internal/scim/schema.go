package scim

import (
	"strings"
)

// The URNs of RFC 7643 and 7644.
const (
	userURN     = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupURN    = "urn:ietf:params:scim:schemas:core:2.0:Group"
	schemaURN   = "urn:ietf:params:scim:schemas:core:2.0:Schema"
	typeURN     = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	configURN   = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	listURN     = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	patchURN    = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	errorURN    = "urn:ietf:params:scim:api:messages:2.0:Error"
	contentType = "application/scim+json"
)

// attribute describes one attribute as RFC 7643, section 7, has it.
type attribute struct {
	Name        string      `json:"name"`
	Type        string      `json:"type"` // string, boolean, complex, reference or dateTime
	Sub         []attribute `json:"subAttributes,omitempty"`
	Multi       bool        `json:"multiValued"`
	Description string      `json:"description"`
	Required    bool        `json:"required"`
	CaseExact   bool        `json:"caseExact"`
	Mutability  string      `json:"mutability"`
	Returned    string      `json:"returned"`
	Uniqueness  string      `json:"uniqueness"`
	References  []string    `json:"referenceTypes,omitempty"`
}

// schema is the attributes of one type of resource.
type schema struct {
	urn, name, path, description string
	attributes                   []attribute
}

// common are the attributes of every resource, which no schema lists (RFC 7643, section 3.1).
var common = []attribute{
	readOnly("id", "string", "", exact),
	text("externalId", "", exact),
	{Name: "schemas", Type: "reference", Multi: true, CaseExact: true, Mutability: "readOnly"},
	readOnly("meta", "complex", "", with(
		readOnly("resourceType", "string", "", exact), readOnly("created", "dateTime", ""), readOnly("lastModified", "dateTime", ""),
		readOnly("location", "reference", "", exact))), // and version, which no filter asks for
}

var users = schema{urn: userURN, name: "User", path: "/Users", description: "Somebody who may sign in", attributes: []attribute{
	text("userName", "What the user is called when signing in; unique, whatever its case.", func(a *attribute) { a.Required, a.Uniqueness = true, "server" }),
	{Name: "name", Type: "complex", Description: "The parts of the user's name.", Mutability: "readWrite", Returned: "default", Uniqueness: "none", Sub: []attribute{
		text("formatted", "The whole name."), text("familyName", "The family name."), text("givenName", "The given name.")}},
	text("displayName", "The name that pages show."),
	{Name: "active", Type: "boolean", Description: "Whether the user may sign in; false signs them out everywhere at once.", Mutability: "readWrite", Returned: "default", Uniqueness: "none"},
	{Name: "emails", Type: "complex", Multi: true, Description: "E-mail addresses; the primary one, or else the first, is the user's.", Mutability: "readWrite", Returned: "default", Uniqueness: "none", Sub: []attribute{
		text("value", "The address."), text("display", "The address, to be shown."), text("type", "What it is for: work, home or other."),
		{Name: "primary", Type: "boolean", Description: "Whether it is the preferred one.", Mutability: "readWrite", Returned: "default", Uniqueness: "none"}}},
	readOnly("groups", "complex", "The teams that the user belongs to. They are changed at the groups.", many, with(
		readOnly("value", "string", "The id of the team.", exact), refers("$ref", "Group"), readOnly("display", "string", "The name of the team."))),
}}

var groups = schema{urn: groupURN, name: "Group", path: "/Groups", description: "A team and its members", attributes: []attribute{
	text("displayName", "The name of the team; unique, whatever its case, spaces and punctuation.", func(a *attribute) { a.Required, a.Uniqueness = true, "server" }),
	{Name: "members", Type: "complex", Multi: true, Description: "Who belongs to the team.", Mutability: "readWrite", Returned: "default", Uniqueness: "none", Sub: []attribute{
		{Name: "value", Type: "string", CaseExact: true, Description: "The id of the user.", Mutability: "immutable", Returned: "default", Uniqueness: "none"},
		refers("$ref", "User"), readOnly("display", "string", "The name that pages show of the user.")}},
}}

type option func(*attribute)

func text(name, description string, options ...option) attribute {
	a := attribute{Name: name, Type: "string", Description: description, Mutability: "readWrite", Returned: "default", Uniqueness: "none"}
	for _, o := range options {
		o(&a)
	}
	return a
}

func readOnly(name, kind, description string, options ...option) attribute {
	a := text(name, description, options...)
	a.Type, a.Mutability = kind, "readOnly"
	return a
}

func refers(name, to string) attribute {
	return readOnly(name, "reference", "The address of the "+strings.ToLower(to)+".", exact, func(a *attribute) { a.References = []string{to} })
}

func exact(a *attribute)                  { a.CaseExact = true }
func many(a *attribute)                   { a.Multi = true }
func with(sub ...attribute) option        { return func(a *attribute) { a.Sub = sub } }
func (s schema) all() []attribute         { return append(append([]attribute{}, common...), s.attributes...) }
func (s schema) find(n string) *attribute { return find(s.all(), n) }

// find returns the attribute of a name, in which case does not matter (RFC 7643, section 2.1), or nil.
func find(among []attribute, name string) *attribute {
	for i, a := range among {
		if strings.EqualFold(a.Name, name) {
			return &among[i]
		}
	}
	return nil
}
