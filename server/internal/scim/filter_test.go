package scim

import (
	"encoding/json"
	"testing"
)

// bjensen has the attributes of the full user of RFC 7643, section 8.2, as far as they are kept here.
const bjensen = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"2819c223-7f76-453a-919d-413861904646","externalId":"701984","userName":"bjensen@example.com",
"name":{"formatted":"Ms. Barbara J Jensen, III","familyName":"Jensen","givenName":"Barbara"},"displayName":"Babs Jensen",
"emails":[{"value":"bjensen@example.com","type":"work","primary":true},{"value":"babs@jensen.org","type":"home"}],"active":true,
"groups":[{"value":"e9e30dba-f08f-4109-8486-d5c6a331660a","display":"Tour Guides"}],
"meta":{"resourceType":"User","created":"2010-01-23T04:56:22Z","lastModified":"2011-05-13T04:42:34Z","version":"W\/\"a330bc54f0671c9\""}}`

func object(t testing.TB, text string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestFilters: the examples are those of RFC 7644, section 3.4.2.2, figure 2, whose attributes are kept here; the others follow its rules.
func TestFilters(t *testing.T) {
	user := object(t, bjensen)
	for filter, want := range map[string]bool{
		`userName eq "bjensen"`:             false,
		`userName eq "BJensen@example.com"`: true, // it is not caseExact
		`externalId eq "701984"`:            true,
		`name.familyName co "O'Malley"`:     false,
		`name.familyName co "ens"`:          true,
		`userName sw "J"`:                   false,
		`userName sw "b"`:                   true,
		`urn:ietf:params:scim:schemas:core:2.0:User:userName sw "B"`: true,
		`displayName pr`: true,
		`meta.lastModified gt "2011-05-13T04:42:34Z"`:                                    false,
		`meta.lastModified ge "2011-05-13T04:42:34Z"`:                                    true,
		`meta.lastModified lt "2011-05-13T06:42:34+01:00"`:                               true,
		`meta.lastModified le "2011-05-13T04:42:34Z"`:                                    true,
		`displayName pr and active eq true`:                                              true,
		`displayName pr or userName eq "x"`:                                              true,
		`schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"`:        false,
		`userName eq "x" or active eq true and externalId eq "701984"`:                   true, // "and" binds more than "or"
		`(userName eq "x" or active eq true) and externalId eq "0"`:                      false,
		`active eq false and (emails co "example.com" or emails.value co "example.org")`: false,
		`active eq true and (emails co "example.com" or emails.value co "example.org")`:  true,
		`active ne true and not (emails co "example.com")`:                               false,
		`not (userName eq "x")`:                                                          true,
		`emails[type eq "work" and value co "@example.com"]`:                             true,
		`emails[type eq "home" and value co "@example.com"]`:                             false,
		`emails[type eq "work" and value co "@example.com"] or groups[display co "x"]`:   true,
		`emails[type eq "work"].value eq "bjensen@example.com"`:                          true,
		`emails[type eq "home"].value eq "bjensen@example.com"`:                          false,
		`EMAILS[TYPE EQ "work"].VALUE EW "example.com"`:                                  true,
		`emails.primary eq "True"`:                                                       true,
		`emails[primary eq false]`:                                                       false,
		`emails pr`:                                                                      true,
		`groups.display eq "Tour Guides"`:                                                true,
		`userName eq null`:                                                               false,
		`userName ne null`:                                                               true,
		`userName eq "bj\u0065nsen@example.com"`:                                         true,
		`id eq "2819C223-7f76-453a-919d-413861904646"`:                                   false, // it is caseExact
		`name.givenName ne "Barbara"`:                                                    false,
	} {
		f, err := parseFilter(filter, users)
		if err != nil {
			t.Errorf("parseFilter(%s): %v", filter, err)
			continue
		}
		if got := f.match(user); got != want {
			t.Errorf("%s = %v, want %v", filter, got, want)
		}
	}
}

func TestFiltersThatAreRefused(t *testing.T) {
	deep := ""
	for range 100 {
		deep += "("
	}
	for _, filter := range []string{``, ` `, `userName`, `userName eq`, `eq "x"`, `userName eq "x`, `userName eq "\x"`, `userName is "x"`, `userName eq "x" and`, `userName eq "x" "y"`,
		`(userName eq "x"`, `userName eq "x")`, `emails[type eq "x"`, `emails[type eq "x"]value eq "y"`, `userName[value eq "x"]`, `emails[nickName eq "x"]`, `name eq "x"`,
		`active gt true`, `active eq 7`, `userName eq 7`, `meta.created gt "yesterday"`, `nickName pr`, `name.nickName pr`, `not userName eq "x"`, deep + `userName pr`} {
		if f, err := parseFilter(filter, users); err == nil {
			t.Errorf("parseFilter(%q) = %v, want an error", filter, f)
		} else if e, ok := err.(*Error); !ok || e.Type != "invalidFilter" || e.Status != 400 {
			t.Errorf("parseFilter(%q): %#v, want invalidFilter", filter, err)
		}
	}
}

// FuzzFilter: no filter breaks the parser, and what it reads can be asked of any user.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{`userName eq "bjensen"`, `emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp"]`, `not (a pr) and (b eq 1 or c[d pr].e lt "x")`, `a."b[]`, `((((`, `x]y`, "\"\\"} {
		f.Add(seed)
	}
	user := object(f, bjensen)
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range []schema{users, groups} {
			if parsed, err := parseFilter(text, s); err == nil {
				parsed.match(user)
				parsed.match(map[string]any{})
			}
		}
	})
}
