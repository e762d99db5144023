package importers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"
)

// walked walks a list to its end, or until so many pages were asked for, and returns the cursor behind it.
func walked(t *testing.T, c Collection, in Input, from Cursor, most int) (walkCursor, int, error) {
	t.Helper()
	asked := 0
	page := c.List.Page
	list := *c.List
	list.Page = func(ctx context.Context, in Input, at At) (Slice, error) {
		if asked++; asked > most {
			return Slice{}, errors.New("the walk does not end")
		}
		return page(ctx, in, at)
	}
	c.List = &list
	for p, err := range c.Pages(t.Context(), in, from) {
		if err != nil {
			return walkCursor{}, asked, err
		}
		from = p.Next
	}
	var end walkCursor
	if err := json.Unmarshal(from, &end); err != nil {
		t.Fatal(err)
	}
	return end, asked, nil
}

// at returns a client whose own clock shows noon while the server's shows another time.
func at(server time.Time) *Client {
	return &Client{server: server, clock: Clock{Now: func() time.Time { return noon }}}
}

func TestWalkEndsWhereTheServersClockIsAhead(t *testing.T) {
	for _, ahead := range []time.Duration{3 * time.Hour, 40 * 24 * time.Hour} {
		c := Collection{Name: "tickets", List: &Listing{Window: 24 * time.Hour, Page: func(_ context.Context, _ Input, at At) (Slice, error) {
			if !at.To.After(at.From) {
				return Slice{}, fmt.Errorf("asked for the empty window %v to %v", at.From, at.To)
			}
			return Slice{}, nil
		}}}
		in := Input{Client: at(noon.Add(ahead)), Now: noon, Since: noon.Add(-48 * time.Hour)}
		end, _, err := walked(t, c, in, nil, 50)
		if err != nil || !end.Mark.Equal(noon.Add(ahead)) {
			t.Errorf("with a server %s ahead, the walk ended at %v, %v; want at the server's time", ahead, end.Mark, err)
			continue
		}
		cursor, _ := json.Marshal(end)
		if _, _, err := walked(t, c, in, cursor, 50); err != nil {
			t.Errorf("with a server %s ahead, the next poll: %v", ahead, err)
		}
	}
}

// "More" for ever, with nothing in it: PagerDuty's classic paging answers so behind its ceiling.
func TestEmptyPagesWithoutEndAreNoticed(t *testing.T) {
	n := 0
	c := Collection{Name: "tickets", List: &Listing{Page: func(context.Context, Input, At) (Slice, error) {
		n++
		return Slice{Next: fmt.Sprint(n)}, nil
	}}}
	if _, asked, err := walked(t, c, Input{Now: noon}, nil, 5000); !errors.Is(err, ErrStuck) {
		t.Errorf("after %d empty pages: %v, want ErrStuck", asked, err)
	}
}

// Jira's page tokens live for seven days; a walk that was interrupted for longer begins its window again.
func TestATokenThatHasExpired(t *testing.T) {
	c := Collection{Name: "tickets", List: &Listing{Page: func(_ context.Context, _ Input, at At) (Slice, error) {
		if at.Token == "old" {
			return Slice{}, &StatusError{Status: http.StatusBadRequest}
		}
		return Slice{Records: []Record{{ExternalID: "1", At: noon}}}, nil
	}}}
	cursor, _ := json.Marshal(walkCursor{From: noon.AddDate(0, -1, 0), End: noon, Token: "old"})
	if end, asked, err := walked(t, c, Input{Now: noon.AddDate(0, 0, 8)}, cursor, 5); err != nil || asked != 2 || !end.Mark.Equal(noon) {
		t.Errorf("the walk ended at %v after %d pages: %v; want the window asked for again from its beginning", end.Mark, asked, err)
	}
	broken := Collection{Name: "tickets", List: &Listing{Page: func(context.Context, Input, At) (Slice, error) {
		return Slice{}, &StatusError{Status: http.StatusBadRequest}
	}}}
	if _, asked, err := walked(t, broken, Input{Now: noon}, cursor, 5); !HasStatus(err, 400) || asked != 2 {
		t.Errorf("a request that stays wrong gave %v after %d, want its 400 after 2", err, asked)
	}
}

// What changes while the details of the first page are read is followed: from the page's beginning on.
func TestFollowingBeginsBeforeTheFirstPage(t *testing.T) {
	now := noon
	client := &Client{clock: Clock{Now: func() time.Time { return now }}}
	c := Collection{Name: "tickets", Follow: &Listing{}, List: &Listing{Page: func(context.Context, Input, At) (Slice, error) {
		now = now.Add(20 * time.Minute) // a hundred requests for details
		client.server = now.Add(time.Hour)
		return Slice{Records: []Record{{ExternalID: "1"}}}, nil
	}}}
	if end, _, err := walked(t, c, Input{Client: client, Now: noon}, nil, 5); err != nil || !end.Mark.Equal(noon.Add(time.Hour)) {
		t.Errorf("changes are followed from %v on (%v), want from %v, the server's time when the page was asked for", end.Mark, err, noon.Add(time.Hour))
	}
}

// A walk that nobody gave a beginning begins where the source says, and does not ask for the years before.
func TestWalkBeginsWithTheFirstRecord(t *testing.T) {
	first := noon.Add(-40 * 24 * time.Hour)
	for _, tc := range []struct {
		name       string
		begin      time.Time
		since      time.Time
		from       time.Time
		mostWalked int
	}{
		{"the first record", first, time.Time{}, first, 8},
		{"a time that was said", first, noon.Add(-24 * time.Hour), noon.Add(-24 * time.Hour), 2},
		{"nothing there", time.Time{}, time.Time{}, noon.Add(-7 * 24 * time.Hour), 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var from time.Time
			c := Collection{Name: "incidents", List: &Listing{Window: 7 * 24 * time.Hour, MaxWindow: 7 * 24 * time.Hour,
				Begin: func(context.Context, Input) (time.Time, error) { return tc.begin, nil },
				Page: func(_ context.Context, _ Input, at At) (Slice, error) {
					if from.IsZero() {
						from = at.From
					}
					return Slice{}, nil
				}}}
			_, asked, err := walked(t, c, Input{Client: at(noon), Now: noon, Since: tc.since}, nil, 50)
			if err != nil || !from.Equal(tc.from) || asked > tc.mostWalked {
				t.Errorf("the walk began at %v with %d pages, %v; want %v and at most %d", from, asked, err, tc.from, tc.mostWalked)
			}
		})
	}
	unreachable := errors.New("no connection")
	c := Collection{Name: "incidents", List: &Listing{Window: time.Hour, Page: func(context.Context, Input, At) (Slice, error) { return Slice{}, nil },
		Begin: func(context.Context, Input) (time.Time, error) { return time.Time{}, unreachable }}}
	if _, _, err := walked(t, c, Input{Client: at(noon), Now: noon}, nil, 5); !errors.Is(err, unreachable) {
		t.Errorf("a beginning that cannot be asked for gave %v, want that error", err)
	}
}
