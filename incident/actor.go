package incident

import "context"

// Actor is who does something, as the audit log names them. The zero Actor is the program itself, doing nothing in particular.
type Actor struct {
	Kind ActorKind
	ID   ID     // of the user or token, or the name of the job or command
	Name string // as it was called then
	Role Role   // that it acted as; empty for the program itself and for whoever is not signed in
	// Where a request came from; empty for jobs and commands.
	From    string // address, without port
	Agent   string // the browser's or client's name for itself, at most 200 bytes
	Request string // the request's id, as error pages and the server's log give it
}

// ActorKind says what an actor is.
type ActorKind string

const (
	ActorUser    ActorKind = "user"
	ActorToken   ActorKind = "token"
	ActorVisitor ActorKind = "visitor" // not signed in, or in the demonstration
	ActorCommand ActorKind = "command" // the command line of the machine
	ActorSystem  ActorKind = "system"  // a job
)

// Person reports whether somebody decided to do this one thing, rather than a job or command doing many. Of the commands, the one
// that applies files is such: what they say was decided piece by piece.
func (a Actor) Person() bool {
	return a.Kind == ActorUser || a.Kind == ActorToken || a.Kind == ActorVisitor || a.Kind == ActorCommand && a.ID == "apply"
}

type actorKey struct{}

// Acting returns a context for what a does: each transaction that it is given to is a's in the audit log.
func Acting(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf returns who acts; the program itself when nobody was named.
func ActorOf(ctx context.Context) Actor {
	if a, ok := ctx.Value(actorKey{}).(Actor); ok {
		return a
	}
	return Actor{Kind: ActorSystem}
}
