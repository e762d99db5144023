package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// finish writes how the run ended. It does so even when ctx is over.
func (p *pass) finish(ctx context.Context, err error) (Outcome, error) {
	run, err := p.ended(ctx, err)
	if errors.Is(err, errLost) {
		return p.outcome(run), err
	}
	if p.dry {
		p.run = run
	} else {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = errors.Join(err, p.close(ctx, run))
	}
	run = p.run
	p.progress(run)
	p.log.Info("import run ended", "run", run.ID, "source", p.source.Name, "state", run.State, "read", run.Read,
		"new", run.New, "changed", run.Changed, "dead", run.Dead, "dry", p.dry)
	return p.outcome(run), err
}

// ended returns the run's last row, and the error that remains when that is written.
func (p *pass) ended(ctx context.Context, err error) (incident.Run, error) {
	run := p.run
	if !p.pos.Then.IsZero() { // of which a page alone does not tell
		run.Cursor = p.pos.encode()
	}
	run.FinishedAt, run.ResumesAt = p.clock(), time.Time{}
	var parked *importers.Parked
	var refused *refusedError
	switch {
	case err == nil:
		run.State, run.Message = result(run, p.pos.Troubles)
	case errors.Is(err, errCanceled):
		run.State, run.Message, err = incident.RunCanceled, "canceled", nil
	case errors.Is(err, errLost):
	case errors.As(err, &parked):
		run.State, run.Message, run.FinishedAt, run.ResumesAt = incident.RunQueued, parked.Reason, time.Time{}, parked.Until
	case ctx.Err() != nil:
		run.State, run.Message, run.FinishedAt = incident.RunQueued, "interrupted; it goes on where it stopped", time.Time{}
	case errors.As(err, &refused):
		run.State, run.Message = incident.RunFailed, "the source refuses the credentials: "+clean(err.Error())
		if !p.dry {
			err = errors.Join(err, p.pause(context.WithoutCancel(ctx), run.Message))
		}
	default:
		run.State, run.Message = incident.RunFailed, clean(err.Error())
	}
	return run, err
}

// result says how a run that reached its end went. Dead letters make it partial, however few.
func result(run incident.Run, troubles []string) (incident.RunState, string) {
	message := strings.Join(troubles, "; ")
	switch {
	case run.Dead == 0 && message == "":
		return incident.RunOK, ""
	case run.Dead == 0:
		return incident.RunPartial, message
	case message != "":
		message += "; "
	}
	message += fmt.Sprintf("%d of %d records could not be imported", run.Dead, run.Read)
	if run.Dead*20 > run.Read {
		return incident.RunPartial, message + ": more than 1 in 20, so the mapping is probably wrong"
	}
	return incident.RunPartial, message + "; they wait as dead letters"
}
