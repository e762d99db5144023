package main

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/config"
	"hindsight/server/internal/desk"
)

// audit looks after the audit log: where its chain ends, whether it holds, its entries as a file, and cutting off its old end.
func audit(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	noted := fs.String("noted", "", "verify: an end of the log, NUMBER:HASH, that was noted earlier")
	format := fs.String("format", "jsonl", "export: jsonl or csv")
	before := fs.String("before", "", "cut: remove the entries older than this day, as 2025-01-31")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return usage("say head, verify, export or cut")
	}
	a, err := p.openStored(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	switch words[0] {
	case "head":
		head, err := a.Desk.Store.AuditHead(ctx)
		if err == nil {
			fmt.Fprintf(p.out, "%d:%s\n", head.Seq, head.Hash)
		}
		return err
	case "verify":
		return p.verifyAudit(ctx, a.Desk, *noted)
	case "export":
		return p.exportAudit(ctx, a.Desk, *format)
	case "cut":
		return p.cutAudit(ctx, a.Desk, *before)
	}
	return usage("%q is not head, verify, export or cut", words[0])
}

// verifyAudit follows the chain and says where it ends, or at which entry it breaks.
func (p program) verifyAudit(ctx context.Context, d *desk.Desk, noted string) error {
	var heads []incident.AuditHead
	if noted != "" {
		head, err := parseHead(noted)
		if err != nil {
			return err
		}
		heads = append(heads, head)
	}
	proof, err := d.Store.VerifyAudit(ctx, heads...)
	if err != nil {
		return err
	}
	if proof.Broken != 0 {
		return fmt.Errorf("the audit log does not hold: %s", proof.Why)
	}
	fmt.Fprintf(p.out, "audit log     %d entries, all hold", proof.Entries)
	if proof.Erased > 0 {
		fmt.Fprintf(p.out, ", %d with something erased", proof.Erased)
	}
	if proof.Head.Cut > 0 {
		fmt.Fprintf(p.out, ", the first %d cut off", proof.Head.Cut)
	}
	if proof.Head.Seq > 0 {
		fmt.Fprintf(p.out, "; it ends at %d:%s", proof.Head.Seq, proof.Head.Hash)
	}
	fmt.Fprintln(p.out)
	return nil
}

func parseHead(text string) (incident.AuditHead, error) {
	number, hash, ok := strings.Cut(text, ":")
	seq, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || seq < 1 || len(hash) != 64 {
		return incident.AuditHead{}, usage("--noted %q is not NUMBER:HASH as hindsight audit head prints it", text)
	}
	return incident.AuditHead{Seq: seq, Hash: hash}, nil
}

func (p program) exportAudit(ctx context.Context, d *desk.Desk, format string) error {
	if format != "jsonl" && format != "csv" {
		return usage("--format %q is not jsonl or csv", format)
	}
	_, err := d.ExportAudit(ctx, p.out, incident.AuditFilter{}, format, incident.Sight{All: true})
	return err
}

func (p program) cutAudit(ctx context.Context, d *desk.Desk, before string) error {
	day, err := time.Parse(time.DateOnly, before)
	if err != nil || day.After(p.now()) {
		return usage("--before %q is not a day in the past, as 2025-01-31", before)
	}
	var n int64
	_, err = d.Store.Update(ctx, func(tx incident.Tx) (err error) {
		n, err = tx.CutAudit(day)
		return err
	})
	if err == nil {
		fmt.Fprintf(p.out, "%d entries before %s are gone; a new entry notes the hash of the last\n", n, before)
	}
	return err
}
