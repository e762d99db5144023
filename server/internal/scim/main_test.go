package scim_test

import (
	"testing"

	"hindsight/server/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }
