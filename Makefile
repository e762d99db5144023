# Hindsight. `make help` lists the targets.
export CGO_ENABLED = 0
GO ?= go

## run: start Hindsight on the bundled sample data, at http://127.0.0.1:8080
run:
	$(GO) run ./server --demo

## build: one static binary, bin/hindsight
build:
	$(GO) build -trimpath -ldflags='-s -w' -o bin/hindsight ./server

## test: everything that has to pass; installs PostgreSQL, Chromium, the frontend's packages and the servers of live first if they are missing
test: tools check unit race live

## check: formatting, vet, staticcheck, types of the scripts; make tools installs what that needs
check:
	@unformatted=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); \
	 if [ -n "$$unformatted" ]; then echo "not gofmt-ed, run gofmt -w on: $$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	@test -x frontend/node_modules/.bin/tsc || { echo "the compiler of TypeScript is missing, run make tools"; exit 1; }
	frontend/node_modules/.bin/tsc --project frontend

## unit: all Go tests but live, the browser's and both databases' included
unit:
	$(GO) test -timeout 45m $$($(GO) list ./... | grep -Ev '/(live|nightly)$$')

## live: importers against real Redmine, Request Tracker, Prometheus, Alertmanager and Icinga; needs Debian 12
live: servers
	$(GO) test -timeout 20m $$($(GO) list ./... | grep '/live$$')

## nightly: importers against servers that take too long for make test: Zabbix; installs them first; needs Debian 12
nightly:
	@./.ci/nightly
	$(GO) test -timeout 20m $$($(GO) list ./... | grep '/nightly$$')

## race: the concurrent packages again, under the race detector
race:
	CGO_ENABLED=1 $(GO) test -race -timeout 20m ./analytics ./search ./server/internal/follow ./server/internal/auth

## golden: rewrite the expected outputs of the tests; read the diff before you commit it
golden:
	UPDATE_GOLDEN=1 $(GO) test $$($(GO) list ./importers/... ./reports/... ./frontend/... ./server/... | grep -Ev '/(live|nightly)$$')

## gen: rebuild the web assets in frontend/dist (needs npm for a fresh node_modules)
gen:
	$(GO) run ./frontend/build

## bench: measure imports, start-up, search and pages, with ratios; takes minutes
bench:
	$(GO) run ./bench

## columns: figures by service and week, beside DuckDB, PostgreSQL and SQLite; needs a C compiler and fetches DuckDB (0.6 GB)
columns:
	cd bench/columns && CGO_ENABLED=1 $(GO) run .

## tools: what the tests need beyond Go: PostgreSQL server binaries, Chromium, poppler, the packages of the frontend
tools:
	@./.ci/tools

## servers: the upstream servers that live starts
servers:
	@./.ci/servers

## help: this list
help:
	@sed -n 's/^## //p' Makefile

.PHONY: run build test check unit live race golden gen bench columns tools servers help
