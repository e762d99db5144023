package pgtest_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"hindsight/server/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestEachDatabaseIsFresh(t *testing.T) {
	for range 2 {
		conn, err := pgx.Connect(t.Context(), pgtest.URL(t))
		if err != nil {
			t.Fatalf("Connect: %v", err)
		}
		defer conn.Close(t.Context())
		// The same table can be made only once in one database.
		if _, err := conn.Exec(t.Context(), "CREATE TABLE mine (id int)"); err != nil {
			t.Errorf("CREATE TABLE in a fresh database: %v", err)
		}
	}
}
