package frontend

import "html/template"

// funcs are what templates may call.
func funcs(assets *Assets) template.FuncMap {
	return template.FuncMap{
		"asset":    assets.URL,
		"incident": IncidentPath,
	}
}
