package tableapitest

import (
	"fmt"
	"slices"
	"strings"
)

// find does what an encoded query means; ^OR binds to the condition before it. Without an order the rows come in none.
func find(rows []map[string]string, query string) ([]map[string]string, error) {
	var all [][]string
	var order []string
	for part := range strings.SplitSeq(query, "^") {
		switch {
		case strings.HasPrefix(part, "ORDERBYDESC"):
			order = append(order, "-"+strings.TrimPrefix(part, "ORDERBYDESC"))
		case strings.HasPrefix(part, "ORDERBY"):
			order = append(order, strings.TrimPrefix(part, "ORDERBY"))
		case strings.HasPrefix(part, "OR"):
			all[len(all)-1] = append(all[len(all)-1], strings.TrimPrefix(part, "OR"))
		default:
			all = append(all, []string{part})
		}
	}
	out := slices.Clone(rows)
	for _, any := range all {
		var tests []func(map[string]string) bool
		for _, c := range any {
			test, err := compile(c)
			if err != nil {
				return nil, err
			}
			tests = append(tests, test)
		}
		out = slices.DeleteFunc(out, func(r map[string]string) bool {
			return !slices.ContainsFunc(tests, func(test func(map[string]string) bool) bool { return test(r) })
		})
	}
	slices.SortStableFunc(out, func(a, b map[string]string) int {
		for _, column := range order {
			name, down := strings.CutPrefix(column, "-")
			if c := strings.Compare(a[name], b[name]); c != 0 {
				if down {
					return -c
				}
				return c
			}
		}
		return 0
	})
	return out, nil
}

// compile returns what a condition means.
func compile(condition string) (func(map[string]string) bool, error) {
	if column, ok := strings.CutSuffix(condition, "ISNOTEMPTY"); ok {
		return func(r map[string]string) bool { return r[column] != "" }, nil
	}
	for _, op := range []string{">=", "<=", ">", "<", "=", "IN"} {
		column, value, ok := strings.Cut(condition, op)
		if !ok {
			continue
		}
		list := map[string]bool{}
		for v := range strings.SplitSeq(value, ",") {
			list[v] = true
		}
		return func(r map[string]string) bool {
			switch c := strings.Compare(r[column], value); op {
			case ">=":
				return c >= 0
			case "<=":
				return c <= 0
			case ">":
				return c > 0
			case "<":
				return c < 0
			case "=":
				return c == 0
			}
			return list[r[column]]
		}, nil
	}
	return nil, fmt.Errorf("condition %q is not understood", condition)
}
