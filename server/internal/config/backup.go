package config

import (
	"fmt"
	"path/filepath"
	"strconv"
	"time"
)

// Backup says when and where a server takes a backup every day.
type Backup struct {
	Dir  string        // absolute; empty: it takes none
	At   time.Duration // since midnight in UTC
	Keep int           // how many of them stay, at least 1
}

func (b *Backup) parse(at, keep string) error {
	clock, err := time.Parse("15:04", at)
	if err != nil {
		return fmt.Errorf("HINDSIGHT_BACKUP_AT is %q; it must be a time in UTC such as 02:30", at)
	}
	b.At = time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute
	if b.Keep, err = strconv.Atoi(keep); err != nil || b.Keep < 1 {
		return fmt.Errorf("HINDSIGHT_BACKUP_KEEP is %q; it must be a number from 1 on", keep)
	}
	if b.Dir == "" {
		return nil
	}
	if b.Dir, err = filepath.Abs(b.Dir); err != nil {
		return fmt.Errorf("HINDSIGHT_BACKUP_DIR: %w", err)
	}
	return nil
}

// clock is At as it was given.
func (b Backup) clock() string { return time.Time{}.Add(b.At).Format("15:04") }
