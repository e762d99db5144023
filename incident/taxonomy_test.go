package incident

import (
	"errors"
	"strings"
	"testing"
)

// names writes a taxonomy: each category with its synonyms.
func names(t Taxonomy) string {
	var out []string
	for _, c := range t.Categories {
		out = append(out, c.Name+"("+strings.Join(c.Synonyms, ",")+")")
	}
	return strings.Join(out, " ")
}

// TestTaxonomy: whatever a category was called before is counted as it; no name stands for two.
func TestTaxonomy(t *testing.T) {
	start := Taxonomy{Categories: []Category{{Name: "Deploy", Synonyms: []string{"release"}}, {Name: "Config", Synonyms: []string{"flag"}}, {Name: "Cache"}}}
	for _, tc := range []struct {
		name string
		f    func(Taxonomy) (Taxonomy, error)
		want string // or the field that is wrong, behind !
	}{
		{"rename", func(x Taxonomy) (Taxonomy, error) { return x.Rename("cache", " Cold  cache ") }, "Deploy(release) Config(flag) Cold  cache(Cache)"},
		{"by a synonym", func(x Taxonomy) (Taxonomy, error) { return x.Rename("RELEASE", "Rollout") }, "Rollout(release,Deploy) Config(flag) Cache()"},
		{"to a synonym of its own", func(x Taxonomy) (Taxonomy, error) { return x.Rename("Deploy", "Release") }, "Release(Deploy) Config(flag) Cache()"},
		{"in other letters", func(x Taxonomy) (Taxonomy, error) { return x.Rename("Deploy", "deploy") }, "deploy(release) Config(flag) Cache()"},
		{"to a name that is taken", func(x Taxonomy) (Taxonomy, error) { return x.Rename("Deploy", "flag") }, "!to"},
		{"to nothing", func(x Taxonomy) (Taxonomy, error) { return x.Rename("Deploy", " ") }, "!name"},
		{"merge", func(x Taxonomy) (Taxonomy, error) { return x.Merge("Config", "Deploy") }, "Deploy(release,Config,flag) Cache()"},
		{"merge with itself", func(x Taxonomy) (Taxonomy, error) { return x.Merge("release", "Deploy") }, "!into"},
		{"merge with none", func(x Taxonomy) (Taxonomy, error) { return x.Merge("Deploy", "nothing") }, "!into"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := tc.f(start)
			var field *FieldError
			if wrong, is := strings.CutPrefix(tc.want, "!"); is {
				if !errors.As(err, &field) || field.Field != wrong {
					t.Errorf("error = %v, want one about %s", err, wrong)
				}
			} else if err != nil || names(got) != tc.want {
				t.Errorf("got %s, %v, want %s", names(got), err, tc.want)
			}
			if names(start) != "Deploy(release) Config(flag) Cache()" {
				t.Errorf("the one that it was made from has changed: %s", names(start))
			}
		})
	}
	if err := StandardTaxonomy().Validate(); err != nil {
		t.Errorf("the standard: %v", err)
	}
	if c := StandardTaxonomy().Find("  software BUG"); c == nil || c.Name != "Software" {
		t.Errorf("a software bug is found as %v", c)
	}
}
