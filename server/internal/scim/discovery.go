package scim

import (
	"net/http"
)

// config says what of SCIM is answered here (RFC 7643, section 5).
func (s *Server) config(http.ResponseWriter, *http.Request) (int, any, error) {
	not := map[string]any{"supported": false}
	return http.StatusOK, map[string]any{
		"schemas": []string{configURN}, "documentationUri": "https://www.rfc-editor.org/rfc/rfc7644",
		"patch": map[string]any{"supported": true}, "bulk": map[string]any{"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
		"filter": map[string]any{"supported": true, "maxResults": maxCount}, "changePassword": not, "sort": not, "etag": map[string]any{"supported": true},
		"authenticationSchemes": []any{map[string]any{"type": "oauthbearertoken", "name": "API token",
			"description": "An API token with the ability administer, as Authorization: Bearer", "specUri": "https://www.rfc-editor.org/rfc/rfc6750", "primary": true}},
		"meta": map[string]any{"resourceType": "ServiceProviderConfig", "location": s.BaseURL + Prefix + "/ServiceProviderConfig"},
	}, nil
}

func (s *Server) typeOf(of schema) map[string]any {
	return map[string]any{"schemas": []string{typeURN}, "id": of.name, "name": of.name, "endpoint": of.path, "description": of.description, "schema": of.urn,
		"schemaExtensions": []any{}, "meta": map[string]any{"resourceType": "ResourceType", "location": s.BaseURL + Prefix + "/ResourceTypes/" + of.name}}
}

func (s *Server) schemaOf(of schema) map[string]any {
	return map[string]any{"schemas": []string{schemaURN}, "id": of.urn, "name": of.name, "description": of.description, "attributes": of.attributes,
		"meta": map[string]any{"resourceType": "Schema", "location": s.BaseURL + Prefix + "/Schemas/" + of.urn}}
}

func whole(items ...any) map[string]any {
	return map[string]any{"schemas": []string{listURN}, "totalResults": len(items), "startIndex": 1, "itemsPerPage": len(items), "Resources": items}
}

func (s *Server) types(_ http.ResponseWriter, r *http.Request) (int, any, error) {
	return http.StatusOK, whole(s.typeOf(users), s.typeOf(groups)), unfiltered(r)
}

func (s *Server) schemas(_ http.ResponseWriter, r *http.Request) (int, any, error) {
	return http.StatusOK, whole(s.schemaOf(users), s.schemaOf(groups)), unfiltered(r)
}

// unfiltered refuses to filter what describes the service, as RFC 7644, section 4, demands.
func unfiltered(r *http.Request) error {
	if r.URL.Query().Has("filter") {
		return &Error{http.StatusForbidden, "", "this list cannot be filtered"}
	}
	return nil
}

func (s *Server) oneType(_ http.ResponseWriter, r *http.Request) (int, any, error) {
	for _, of := range []schema{users, groups} {
		if name := r.PathValue("name"); name == of.name {
			return http.StatusOK, s.typeOf(of), nil
		}
	}
	return 0, nil, &Error{http.StatusNotFound, "", "there are the types User and Group"}
}

func (s *Server) oneSchema(_ http.ResponseWriter, r *http.Request) (int, any, error) {
	for _, of := range []schema{users, groups} {
		if r.PathValue("urn") == of.urn {
			return http.StatusOK, s.schemaOf(of), nil
		}
	}
	return 0, nil, &Error{http.StatusNotFound, "", "there are the schemas " + userURN + " and " + groupURN}
}
