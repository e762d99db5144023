package web

import (
	"cmp"

	"hindsight/incident"
)

// managedPages are the pages on which people change what files may manage, with the id of what each is about by the last word
// of its address.
var managedPages = map[string]func(id string) incident.ID{
	"/services/:id":        itself,
	"/slo/:id":             itself,
	"/slo/:id/edit":        itself,
	"/contracts/:id":       itself,
	"/admin/contracts/:id": itself,
	"/admin/calendars/:id": itself,
	"/imports/:id":         itself,
	"/imports/:id/map":     itself,
	"/admin/hours/:team": func(team string) incident.ID {
		if team == allTeams {
			return incident.TeamHoursID("")
		}
		return incident.ID(team)
	},
	processPath:       func(string) incident.ID { return incident.RetroPolicyID },
	"/admin/taxonomy": func(string) incident.ID { return incident.TaxonomyPolicyID },
	retentionPath:     func(string) incident.ID { return incident.RetentionID },
	"/admin/delivery": func(string) incident.ID { return incident.DeliveryPolicyID },
	"/slo/terms":      func(string) incident.ID { return incident.WeightsID },
}

func itself(id string) incident.ID { return incident.ID(id) }

// managed returns where files say what a page is about; "" when none do, or when the viewer may not change it anyway.
func (r *request) managed() string {
	of, listed := managedPages[r.FullPath()]
	if !listed || !r.viewer.Role.May(incident.Write) {
		return ""
	}
	id := of(cmp.Or(r.Param("id"), r.Param("team")))
	all, err := r.server.Store.Managed(r.Request.Context())
	if err != nil {
		r.server.Log.Warn("what files manage cannot be read", "err", err)
	}
	for _, m := range all {
		if m.Entity == id && id != "" {
			return m.Place
		}
	}
	return ""
}
