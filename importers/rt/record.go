package rt

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hindsight/importers"
)

// body is what a record holds: the answers about one ticket, and the names of users whom its history calls by number.
type body struct {
	Ticket      json.RawMessage   `json:"ticket"`
	History     []json.RawMessage `json:"history"`
	Attachments []json.RawMessage `json:"attachments,omitempty"`
	Users       map[string]string `json:"users,omitempty"`
}

// transaction is one entry of a history.
type transaction struct {
	ID                 text
	ObjectID           text   `json:"ObjectId"` // the ticket's; another's where that was merged into this one
	Type               string `json:"Type"`
	Sort               string `json:"type"` // always "transaction"; here so that it is not taken for Type
	Field              string
	OldValue, NewValue text
	Created            string
	Creator            ref
}

// attachment is a text or a file of a transaction.
type attachment struct {
	ID            text
	TransactionID text `json:"TransactionId"`
	ContentType   string
	Filename      string
	ContentLength text
	Content       text // base64 unless it is a text
}

// ref refers to a queue or a user, with those of its fields that were asked for.
type ref struct {
	ID       text
	Name     string
	RealName string
}

type text = importers.Text

// people are users' names by number, as far as they were asked for in a page.
type people map[string]string

// record reads what belongs to a ticket: history, texts, and the names of owners.
func record(ctx context.Context, in importers.Input, id string, ticket json.RawMessage, known people) (importers.Record, error) {
	b := body{Ticket: ticket}
	var err error
	if b.History, err = all(ctx, in, "/ticket/"+url.PathEscape(id)+"/history", "Type,Field,OldValue,NewValue,Created,Creator,ObjectId"); err != nil {
		return importers.Record{}, err
	}
	history, err := decode[transaction](b.History)
	if err != nil {
		return importers.Record{}, fmt.Errorf("rt: history of ticket %s: %w", id, err)
	}
	if b.Attachments, err = attachments(ctx, in, id, history); err != nil {
		return importers.Record{}, err
	}
	if b.Users, err = known.of(ctx, in, history); err != nil {
		return importers.Record{}, err
	}
	whole, err := json.Marshal(b)
	return importers.Record{ExternalID: id, Body: whole}, err
}

// all reads every page of a list that belongs to one ticket. Nothing in it is ever removed, so its order does not move.
func all(ctx context.Context, in importers.Input, path, fields string) ([]json.RawMessage, error) {
	return importers.AllParts(func(token string) ([]json.RawMessage, string, error) {
		page, _ := strconv.Atoi(cmp.Or(token, "1"))
		var f found
		err := get(ctx, in, path, url.Values{"fields": {fields}, "per_page": {strconv.Itoa(most)}, "page": {strconv.Itoa(page)}}, &f)
		if len(f.Items) < most {
			return f.Items, "", err
		}
		return f.Items, strconv.Itoa(page + 1), err
	})
}

func decode[T any](items []json.RawMessage) ([]T, error) {
	out := make([]T, len(items))
	for i, text := range items {
		if err := json.Unmarshal(text, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// attachments reads texts of a ticket: what is no file, and, unless they are wanted, no comment. Sizes are
// asked for first, since files come with the texts.
func attachments(ctx context.Context, in importers.Input, id string, history []transaction) ([]json.RawMessage, error) {
	path := "/ticket/" + url.PathEscape(id) + "/attachments"
	const about = "TransactionId,ContentType,Filename,ContentLength"
	heads, err := all(ctx, in, path, about)
	if err != nil || len(heads) == 0 {
		return nil, err
	}
	list, err := decode[attachment](heads)
	if err != nil {
		return nil, fmt.Errorf("rt: attachments of ticket %s: %w", id, err)
	}
	size := 0
	for _, a := range list {
		n, _ := strconv.Atoi(string(a.ContentLength))
		size += n
	}
	if size <= fewBytes {
		if heads, err = all(ctx, in, path, about+",Content"); err != nil {
			return nil, err
		}
		if list, err = decode[attachment](heads); err != nil {
			return nil, fmt.Errorf("rt: attachments of ticket %s: %w", id, err)
		}
	}
	private := settings.Of(in.Config, "private") == "yes"
	var texts []json.RawMessage
	for i, a := range list {
		if !strings.HasPrefix(a.ContentType, "text/") || a.Filename != "" || !private && isComment(history, a.TransactionID) {
			continue
		}
		n, _ := strconv.Atoi(string(a.ContentLength))
		if size > fewBytes && n <= fewBytes {
			if err := get(ctx, in, "/attachment/"+url.PathEscape(string(a.ID)), nil, &heads[i]); err != nil {
				return nil, err
			}
		}
		texts = append(texts, heads[i])
	}
	return texts, nil
}

func isComment(history []transaction, id text) bool {
	return slices.ContainsFunc(history, func(t transaction) bool { return t.ID == id && t.Type == "Comment" })
}

// of returns the names of the users whom a history calls by number, as owners before and after.
func (p people) of(ctx context.Context, in importers.Input, history []transaction) (map[string]string, error) {
	names := map[string]string{}
	for _, t := range history {
		if t.Field != "Owner" {
			continue
		}
		for _, id := range []text{t.OldValue, t.NewValue} {
			if id == "" {
				continue
			}
			name, asked := p[string(id)]
			if !asked {
				var user struct{ Name, RealName string }
				err := get(ctx, in, "/user/"+url.PathEscape(string(id)), nil, &user)
				if err != nil && !importers.HasStatus(err, http.StatusNotFound, http.StatusForbidden) {
					return nil, err
				}
				name = user.Name
				p[string(id)] = name
			}
			if name != "" {
				names[string(id)] = name
			}
		}
	}
	return names, nil
}
