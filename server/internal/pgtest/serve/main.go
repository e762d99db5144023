// Command serve runs a throwaway PostgreSQL: it prints the address of an empty database, keeps the server until
// its standard input ends or it is interrupted, and then removes everything. It is for benchmarks and for trying
// things out; nothing in it is synced to disk. Start with pgtest.Start, which it calls.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"hindsight/server/internal/pgtest"
)

func main() {
	url, stop, err := pgtest.Start()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer stop()
	fmt.Println(url)
	ctx, end := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		end()
	}()
	<-ctx.Done()
}
