package scim

import (
	"strings"
	"time"
)

// comparable reports, as invalidFilter, that an operator does not go with an attribute or a value.
func (at path) comparable(op string, with any) error {
	leaf := at.leaf()
	if leaf == nil {
		return bad("invalidFilter", "%s has parts; say which of %s is meant", at.attribute.Name, names(at.attribute.Sub))
	}
	_, isText := with.(string)
	_, isBool := with.(bool)
	switch {
	case with == nil && (op == "eq" || op == "ne"):
		return nil
	case leaf.Type == "boolean" && (op == "eq" || op == "ne") && (isBool || isText && truth(with) != nil):
		return nil
	case leaf.Type == "boolean":
		return bad("invalidFilter", "%s can be compared by eq and ne, with true and false", leaf.Name)
	case !isText:
		return bad("invalidFilter", "%s is compared with a text in double quotes", leaf.Name)
	case leaf.Type == "dateTime" && moment(with).IsZero():
		return bad("invalidFilter", "%s is compared with a time such as \"2011-05-13T04:42:34Z\"", leaf.Name)
	}
	return nil
}

func (f compare) match(values map[string]any) bool {
	leaves, leaf := f.path.leaves(values)
	if f.op == "pr" {
		return f.present(values, leaves)
	}
	if f.with == nil {
		return (len(leaves) == 0) == (f.op == "eq")
	}
	if f.op == "ne" && len(leaves) == 0 {
		return true
	}
	for _, v := range leaves {
		if f.holds(v, leaf) {
			return true
		}
	}
	return false
}

// present reports whether there is a value that is not empty; a complex one is when one of its parts is.
func (f compare) present(values map[string]any, leaves []any) bool {
	if len(f.path.attribute.Sub) > 0 && f.path.sub == nil {
		for _, element := range f.path.elements(values) {
			if len(element) > 0 {
				return true
			}
		}
		return false
	}
	for _, v := range leaves {
		if v != "" {
			return true
		}
	}
	return false
}

func (f compare) holds(v any, leaf *attribute) bool {
	if leaf.Type == "boolean" {
		is, with := truth(v), truth(f.with)
		return is != nil && with != nil && (*is == *with) == (f.op == "eq")
	}
	a, _ := v.(string)
	b, _ := f.with.(string)
	if leaf.Type == "dateTime" && f.op != "co" && f.op != "sw" && f.op != "ew" {
		return ordered(moment(a).Compare(moment(b)), f.op)
	}
	if !leaf.CaseExact {
		a, b = strings.ToLower(a), strings.ToLower(b)
	}
	switch f.op {
	case "co":
		return strings.Contains(a, b)
	case "sw":
		return strings.HasPrefix(a, b)
	case "ew":
		return strings.HasSuffix(a, b)
	}
	return ordered(strings.Compare(a, b), f.op)
}

// ordered reads the sign of a comparison.
func ordered(sign int, op string) bool {
	switch op {
	case "eq":
		return sign == 0
	case "ne":
		return sign != 0
	case "gt":
		return sign > 0
	case "ge":
		return sign >= 0
	case "lt":
		return sign < 0
	}
	return sign <= 0
}

// truth reads a boolean, also one that was sent as a text, as Entra ID does: "True". nil: it is none.
func truth(v any) *bool {
	switch v := v.(type) {
	case bool:
		return &v
	case string:
		yes := strings.EqualFold(v, "true")
		if yes || strings.EqualFold(v, "false") {
			return &yes
		}
	}
	return nil
}

func moment(v any) time.Time {
	text, _ := v.(string)
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return t
}
