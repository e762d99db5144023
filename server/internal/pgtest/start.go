package pgtest

// Start starts a PostgreSQL server for a program that is no test, such as a benchmark. It gathers statistics as
// servers do, without which the planner takes a table that has just been filled for an empty one. Start returns the
// address of an empty database, and what ends the server and removes all that it kept.
func Start() (url string, stop func(), err error) {
	s, err := newServer("autovacuum=on")
	if err != nil {
		return "", nil, err
	}
	return s.url(), s.stop, nil
}
