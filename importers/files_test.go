package importers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Behind the cursor of each page comes what came behind it the first time, and nothing is made twice.
func TestReadFiles(t *testing.T) {
	made := 0
	read := ReadFiles("made-up", 2, func(_ context.Context, _ Input, f File, b *Batch) error {
		b.Total = 3
		if err := b.Reject(Reject{Place: f.Name + " bad", Body: strings.Repeat("x", 70_000)}); err != nil {
			return err
		}
		for n := range 3 {
			if b.Skip() {
				continue
			}
			made++
			if err := b.Add(Record{ExternalID: fmt.Sprintf("%s %d", f.Name, n)}); err != nil {
				return err
			}
		}
		return nil
	})
	told := func(from Cursor) (out []string, next []Cursor) {
		for page, err := range read(context.Background(), Input{Files: []File{{Name: "b"}, {Name: "a"}}}, from) {
			if err != nil || page.Total != 3 {
				t.Fatalf("a page of %d, error %v", page.Total, err)
			}
			for _, r := range page.Rejects {
				out = append(out, fmt.Sprint(r.Place, len(r.Body)))
			}
			for _, r := range page.Records {
				out = append(out, r.ExternalID)
			}
			next = append(next, page.Next)
		}
		return out, next
	}
	all, cursors := told(nil)
	if want := "a bad65536,a 0,a 1,a 2,b bad65536,b 0,b 1,b 2"; strings.Join(all, ",") != want || len(cursors) != 4 || made != 6 {
		t.Fatalf("read %q in %d pages, %d were made; want %q in 4, and 6", all, len(cursors), made, want)
	}
	for i, c := range cursors {
		if got, _ := told(c); !slices.Equal(got, all[2*(i+1):]) {
			t.Errorf("behind page %d came %q, want %q", i, got, all[2*(i+1):])
		}
	}
	if made != 6+5+3+2 {
		t.Errorf("%d records were made; what was given is not to be made again", made)
	}
}
