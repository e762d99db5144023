package e2e

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"

	"hindsight/server/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// browser is the one process that all tests share; each has windows of its own, with cookies of their own.
type browser struct{ ctx context.Context }

// TestInBrowser runs every flow in one browser, for starting it takes longer than most of them.
func TestInBrowser(t *testing.T) {
	b := start(t)
	for _, flow := range []struct {
		name string
		test func(*testing.T, browser)
	}{
		{"setting up", setUp},
		{"importing a table", importTable},
		{"importing on PostgreSQL", importOnPostgres},
		{"connecting a system", connectJira},
		{"connecting on PostgreSQL", connectOnPostgres},
		{"every source", everySource},
		{"some sources on PostgreSQL", someOnPostgres},
		{"every file", everyFile},
		{"a source that only pushes", pushDeploy},
		{"searching", searching},
		{"keyboard", keyboard},
		{"correcting an incident", correcting},
		{"hostile text", hostileText},
		{"judging a service", judgingService},
		{"changes before an incident", beforeAnIncident},
		{"themes", themes},
		{"service levels", serviceLevels},
		{"signing in", signingIn},
		{"single sign-on", singleSignOn},
		{"roles", roles},
		{"writing together", writing},
		{"taking rows out of a document", takingRows},
		{"looks", looks},
	} {
		t.Run(flow.name, func(t *testing.T) { flow.test(t, b) })
	}
}

func start(t *testing.T) browser {
	t.Helper()
	ctx, cancel := chromedp.NewContext(t.Context(), chromedp.WithAllocatorOptions(chromedp.ExecPath(chromium(t)),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("force-prefers-reduced-motion", true), chromedp.Flag("hide-scrollbars", true)))
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return browser{ctx}
}

// chromium is where the browser is. Without one the tests fail, for nobody reads what was skipped.
func chromium(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("HINDSIGHT_TEST_CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("these tests need Chromium: make tools installs it, or HINDSIGHT_TEST_CHROMIUM says where it is")
	return ""
}
