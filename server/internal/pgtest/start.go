package pgtest

// Start starts a PostgreSQL server for a program that is no test, such as a benchmark. It returns the address of
// an empty database, and what ends the server and removes all that it kept.
func Start() (url string, stop func(), err error) {
	s, err := newServer()
	if err != nil {
		return "", nil, err
	}
	return s.url(), s.stop, nil
}
