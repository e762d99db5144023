package manifest

import (
	"fmt"
	"reflect"

	"hindsight/incident"
)

// prunable notes which objects an earlier apply made that the files do not name any more.
func (w *writer) prunable() {
	for k, m := range w.managed {
		_, named := w.wanted[k]
		_, there := w.now[k]
		if !named && there && m.Made && k.kind != "Connection" && k.kind != "Mapping" {
			w.going[k] = true
		}
	}
}

// prune adds what takes back the objects that files made and do not name any more, and lets go of those that they did not make.
func (w *writer) prune() error {
	if !w.opts.Prune {
		return nil
	}
	w.stillNeeded()
	for _, k := range sortedKeys(w.managed) {
		m := w.managed[k]
		if _, named := w.wanted[k]; named {
			continue
		}
		w.plan.loose = append(w.plan.loose, m)
		if !w.going[k] {
			if o, there := w.now[k]; there {
				w.plan.Notes = append(w.plan.Notes, fmt.Sprintf("%s %q stays as it is and is not managed by files any more: %s", o.Kind, o.Name, whyKept(m)))
			}
			continue
		}
		if err := w.pruneOne(w.now[k]); err != nil {
			return err
		}
	}
	return nil
}

func whyKept(m incident.Managed) string {
	switch m.Kind {
	case "Connection":
		return "its records would go with it; remove it on its page"
	case "Mapping":
		return "a connection reads its records by it"
	}
	return "it was there before the files named it"
}

func (w *writer) pruneOne(o Object) error {
	was, err := w.text(o)
	if err != nil {
		return err
	}
	change := Change{Action: Remove, Kind: o.Kind, Name: o.Name, Diff: unified(title(o, true), "/dev/null", was, "")}
	switch o.Spec.(type) {
	case *TeamSpec:
		change.Note = "it stays, without its hours, where incidents, shifts or services are of it"
		w.takeBack(incident.TeamHoursID(o.entity))
		w.stepRemove(o, incident.Tx.DeleteTeams, nil)
	case *ServiceSpec:
		change.Note = "it stays, without team, tier, aliases, needs and cost, where incidents or changes name it"
		w.takeBack(incident.RateID(o.entity))
		w.takeBack(incident.DependenciesID(o.entity))
		bare := incident.Service{ID: o.entity, Name: o.Name}
		w.stepRemove(o, incident.Tx.DeleteServices, func(tx incident.Tx) error { return tx.PutServices([]incident.Service{bare}) })
	default:
		w.takeBack(o.entity)
	}
	w.plan.Changes = append(w.plan.Changes, change)
	return nil
}

// stepRemove adds the step that removes a service or team, or else does what is done to one that stays.
func (w *writer) stepRemove(o Object, remove func(incident.Tx, []incident.ID) ([]incident.ID, error), stays func(incident.Tx) error) {
	w.last = append(w.last, func(tx incident.Tx) error {
		removed, err := remove(tx, []incident.ID{o.entity})
		if err != nil || len(removed) == 1 || stays == nil {
			return err
		}
		return stays(tx)
	})
}

// stillNeeded notes what would be pruned although an object refers to it that files do not manage.
func (w *writer) stillNeeded() {
	for _, k := range sortedKeys(w.now) {
		o := w.now[k]
		if _, wanted := w.wanted[k]; wanted || w.going[k] {
			continue
		}
		eachRef(reflect.ValueOf(o.Spec).Elem(), "spec", func(ref string, v reflect.Value, _ string) {
			needed := Object{Kind: ref, Name: v.String()}.key()
			if w.going[needed] {
				w.faults.add(place{w.managed[needed].Place, 0}, "%s %q is not in the files any more, but %s %q refers to it; write it again, or change that first", ref, v.String(), o.Kind, o.Name)
			}
		})
	}
}

// eachRef calls f for each name in a spec that refers to an object.
func eachRef(v reflect.Value, path string, f func(ref string, v reflect.Value, path string)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			eachRef(v.Elem(), path, f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachRef(v.Index(i), fmt.Sprintf("%s[%d]", path, i), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			name, _ := fieldName(field)
			ref := field.Tag.Get("ref")
			switch {
			case ref == "" && field.IsExported():
				eachRef(v.Field(i), below(path, name), f)
			case ref == "":
			case field.Type.Kind() == reflect.Slice:
				for j := range v.Field(i).Len() {
					f(ref, v.Field(i).Index(j), fmt.Sprintf("%s[%d]", below(path, name), j))
				}
			case v.Field(i).String() != "":
				f(ref, v.Field(i), below(path, name))
			}
		}
	}
}

// marked notes that files manage all that they name.
func (w *writer) marked(had map[key]bool) {
	for _, k := range sortedKeys(w.wanted) {
		o := w.wanted[k]
		m, known := w.managed[k]
		if !known {
			m = incident.Managed{Kind: k.kind, Name: k.name, Made: !had[k]}
		}
		was := m
		m.Entity, m.Place = w.ids[k], o.place.String()
		if known && m == was {
			continue
		}
		m.At, m.By = w.desk.Now().UTC(), w.opts.By
		w.plan.marks = append(w.plan.marks, m)
	}
}
