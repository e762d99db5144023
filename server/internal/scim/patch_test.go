package scim

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
)

// TestPatches applies operations as RFC 7644, section 3.5.2, describes them. Where a case is an example of it, its name says so.
func TestPatches(t *testing.T) {
	const user = `{"userName":"ann","emails":[{"value":"a@example.com","type":"work","primary":true},{"value":"h@example.com","type":"home"}],"name":{"givenName":"Ann"}}`
	const group = `{"displayName":"Core","members":[{"value":"u1"},{"value":"u2"}]}`
	for _, tc := range []struct {
		name, before, operations, want string
	}{
		{"example: add a member", group, `[{"op":"add","path":"members","value":[{"display":"Babs Jensen","$ref":"https://example.com/v2/Users/u3","value":"u3"}]}]`, `{"displayName":"Core","members":[{"value":"u1"},{"value":"u2"},{"value":"u3"}]}`},
		{"a member who is there already", group, `[{"op":"add","path":"members","value":[{"value":"u1"}]}]`, group},
		{"example: add without a path", user, `[{"op":"add","value":{"emails":[{"value":"babs@jensen.org","type":"other"}],"displayName":"Babs"}}]`,
			`{"userName":"ann","displayName":"Babs","emails":[{"value":"a@example.com","type":"work","primary":true},{"value":"h@example.com","type":"home"},{"value":"babs@jensen.org","type":"other"}],"name":{"givenName":"Ann"}}`},
		{"example: remove one member", group, `[{"op":"remove","path":"members[value eq \"u1\"]"}]`, `{"displayName":"Core","members":[{"value":"u2"}]}`},
		{"example: remove all members", group, `[{"op":"remove","path":"members"}]`, `{"displayName":"Core"}`},
		{"example: remove by two conditions", user, `[{"op":"remove","path":"emails[type eq \"work\" and value ew \"example.com\"]"}]`, `{"userName":"ann","emails":[{"value":"h@example.com","type":"home"}],"name":{"givenName":"Ann"}}`},
		{"example: remove all and add one", group, `[{"op":"remove","path":"members"},{"op":"add","path":"members","value":[{"value":"u9"}]}]`, `{"displayName":"Core","members":[{"value":"u9"}]}`},
		{"example: replace all members", group, `[{"op":"replace","path":"members","value":[{"value":"u7"},{"value":"u8"}]}]`, `{"displayName":"Core","members":[{"value":"u7"},{"value":"u8"}]}`},
		{"a sub-attribute of one value", user, `[{"op":"replace","path":"emails[type eq \"home\"].value","value":"new@example.com"}]`,
			`{"userName":"ann","emails":[{"value":"a@example.com","type":"work","primary":true},{"value":"new@example.com","type":"home"}],"name":{"givenName":"Ann"}}`},
		{"primary moves", user, `[{"op":"replace","path":"emails[type eq \"home\"].primary","value":"True"}]`,
			`{"userName":"ann","emails":[{"value":"a@example.com","type":"work","primary":false},{"value":"h@example.com","type":"home","primary":true}],"name":{"givenName":"Ann"}}`},
		{"a part of a name", user, `[{"op":"Add","path":"name.familyName","value":"Other"},{"op":"remove","path":"name.givenName"}]`,
			`{"userName":"ann","emails":[{"value":"a@example.com","type":"work","primary":true},{"value":"h@example.com","type":"home"}],"name":{"familyName":"Other"}}`},
		{"parts named with dots and a URN", `{"userName":"ann"}`, `[{"op":"replace","value":{"name.familyName":"Other","urn:ietf:params:scim:schemas:core:2.0:User:displayName":"A","urn:ietf:params:scim:schemas:core:2.0:User":{"active":false}}}]`,
			`{"userName":"ann","displayName":"A","active":false,"name":{"familyName":"Other"}}`},
		{"a null replaces by nothing", user, `[{"op":"replace","path":"name","value":null},{"op":"replace","path":"emails","value":null}]`, `{"userName":"ann"}`},
		{"an address as a bare text", `{"userName":"ann"}`, `[{"op":"replace","path":"emails","value":"a@example.com"}]`, `{"userName":"ann","emails":[{"value":"a@example.com"}]}`},
		{"what is not kept here", `{"userName":"ann"}`, `[{"op":"add","path":"nickName","value":"Babs"},{"op":"replace","value":{"title":"Guide"}},{"op":"remove","path":"addresses[type eq \"work\"]"}]`, `{"userName":"ann"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := users
			if tc.before == group {
				s = groups
			}
			var operations []operation
			if err := json.Unmarshal([]byte(tc.operations), &operations); err != nil {
				t.Fatal(err)
			}
			before := object(t, tc.before)
			got, err := patched(before, operations, s)
			if err != nil || !reflect.DeepEqual(got, object(t, tc.want)) {
				text, _ := json.Marshal(got)
				t.Errorf("patched = %s, %v\nwant %s", text, err, tc.want)
			}
			if !reflect.DeepEqual(before, object(t, tc.before)) {
				t.Error("what was before is changed")
			}
		})
	}
}

// FuzzPatch: no operation breaks the server, and what comes out is as normal as what went in.
func FuzzPatch(f *testing.F) {
	for _, seed := range [][3]string{{"add", "members", `[{"value":"u1"}]`}, {"Remove", `members[value eq "u1"]`, `null`}, {"replace", `emails[type eq "work"].value`, `"x"`}, {"replace", "", `{"name":{"givenName":[]}}`},
		{"add", "name.familyName", `{}`}, {"remove", "emails.primary", `[null,{"value":{}}]`}, {"replace", "emails", `[[],"a",{"primary":"TRUE"}]`}} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, op, path, value string) {
		var v any
		if json.Unmarshal([]byte(value), &v) != nil {
			return
		}
		for _, s := range []schema{users, groups} {
			before, err := normal(object(t, `{"userName":"ann","displayName":"Core","members":["u1",{"value":"u2"}],"emails":[{"value":"a@example.com","type":"work","primary":true}],"name":{"givenName":"Ann"}}`), s)
			if err != nil {
				t.Fatal(err)
			}
			after, err := patched(before, []operation{{op, path, v}, {op, path, v}}, s)
			var told *Error
			if err != nil {
				if !errors.As(err, &told) || told.Status != 400 {
					t.Errorf("%s %s %s: %v, want a 400", op, path, value, err)
				}
				continue
			}
			again, err := normal(after, s)
			if err != nil || !reflect.DeepEqual(again, after) {
				t.Errorf("%s %s %s leaves %v, which normal makes %v, %v", op, path, value, after, again, err)
			}
		}
	})
}
