# Postern. `make` alone says what there is. Every target installs what it needs.

GO ?= go
# auto: TinyGo where it is or can be built, else Go. tinygo insists on it; go is chosen on purpose.
COMPILER ?= auto
# Built for this machine first: `go run` would build it for js/wasm too.
STATICCHECK := .toolchain/bin/staticcheck
WASM := GOOS=js GOARCH=wasm
RUN_WASM := -exec "$$($(GO) env GOROOT)/lib/wasm/go_js_wasm_exec"
# What is linked into the module, and what can be tested outside of a browser.
PRODUCT := ./pkce ./storage ./internal/... ./wasm
UNIT := ./pkce ./storage ./internal/...
# Of these the core lacks something, which its own tests say; the rest is the same in both editions.
CORE := ./internal/session ./internal/vault
# Beside the product: what is tested without a browser.
BESIDE := ./tools/... ./e2e/builds ./e2e/chromium ./conformance/cases ./conformance/hostile ./conformance/native ./bench/app ./bench/load ./bench/peers ./bench/speed
FUZZTIME ?= 2m
PORT ?= 4300

.DEFAULT_GOAL := help
.PHONY: help demo test build pack test-package consumers test-unit model test-wasm e2e e2e-all e2e-soak conformance conformance-browser conformance-matrix fuzz fuzz-short lint fmt size types docs bench bench-rotation bench-load bench-soak clean

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## build the module and serve the demo, with an OpenID Provider and an API of its own
	$(GO) run ./tools/serve -app :$(PORT) -dist $(DIST) $(ARGS)

test: lint types test-unit test-wasm fuzz-short e2e conformance-browser test-package size ## everything that CI checks

build: ## build dist/ (COMPILER=go for Go's own compiler, in dist-go/)
	$(GO) run ./tools/pack -compiler $(COMPILER) -out $(DIST)

pack: build ## another name for build: dist/ is the npm package

test-unit: ## unit tests under Go, with the race detector, and the core's
	$(GO) run ./tools/toolchain cc
	$(GO) test -race -timeout 20m $(UNIT) $(BESIDE)
	$(GO) test -run 'TestExplore|TestMutants' ./internal/vault
	$(GO) test -tags core -skip 'TestExplore|TestMutants' $(CORE)

model: ## search the refresh protocol exhaustively, at the full bound: minutes, and some GB of memory
	POSTERN_MODEL=full $(GO) test -count 1 -timeout 60m -v -run 'TestExplore|TestMutants' ./internal/vault

test-wasm: ## the unit tests as WebAssembly, in Node
	$(WASM) $(GO) test $(RUN_WASM) $(UNIT)

# Both compilers' builds, for the tests in a browser.
BOTH = $(GO) run ./tools/pack -compiler go -out dist-go && $(GO) run ./tools/pack -compiler auto -out dist

e2e: ## browser tests: Chromium against a real OpenID Provider, with both compilers' builds
	$(BOTH)
	$(GO) test -timeout 60m -p 1 ./e2e ./e2e/demo

e2e-all: ## the core of the browser tests in Chromium, Firefox and WebKitGTK, which it installs on Debian as root
	$(BOTH)
	$(GO) test -count 1 -timeout 30m ./e2e/engines

.PHONY: screenshot lighthouse
screenshot: build ## write the pictures of the demo that README.md shows
	$(GO) test -count 1 ./e2e/demo -run '^TestPicture$$' -write

lighthouse: build ## measure the demo with Lighthouse, on a machine that does nothing else: every score must be 95 (npm fetches it)
	$(GO) test -count 1 -v ./e2e/demo -run '^TestLighthouse$$' -lighthouse

# Hours: once the cases F1 to F17 twenty times over, and once a long session with faults drawn at random. SEED repeats one.
SEED ?= 0
e2e-soak: ## the refresh protocol's cases 20 times over, then 20 tabs and 200 rotations with faults from a printed seed (SEED=n repeats one)
	$(BOTH)
	$(GO) test -timeout 12h ./e2e -run '^TestF[0-9]' -count 20
	$(GO) test -timeout 12h ./e2e -run '^TestLedgerSoak$$' -count 1 -v -tabs 20 -rotations 200 -seed $(SEED)

# The package as npm makes it: built twice, judged by publint and attw, and in use.
test-package:
	$(BOTH)
	$(GO) test -timeout 10m ./npm/consumers

consumers: ## the package as npm makes it, with an application for each tool: Vite, webpack, esbuild, Rollup, Parcel, SvelteKit, and auth0-react (npm fetches them)
	$(BOTH)
	$(GO) test -v -count=1 -timeout 20m ./npm/consumers -tools all

conformance: conformance-browser ## the hostile provider's cases, natively and in Chromium with both builds
	$(GO) test ./conformance/cases ./conformance/hostile ./conformance/native

conformance-browser:
	$(BOTH)
	$(GO) test -timeout 10m ./conformance/browser

conformance-matrix: ## the hostile provider's cases against the peers too: writes conformance/README.md (npm fetches the peers)
	$(BOTH)
	$(GO) test -v -count=1 -timeout 60m ./conformance/browser -run '^TestMatrix$$' -matrix

# A target and its package on each line. One process each, as many at a time as there are processors: most targets don't fill two. Go before 1.27 may
# call it a failure that the time is over (golang/go#75804): then there is no failing input.
FUZZERS := grep -ro --include='*_test.go' '^func Fuzz[A-Za-z0-9]*' pkce storage internal | sed 's|^\(.*\)/[^/]*:func \(.*\)|\2 ./\1|' | sort
FUZZ = $(FUZZERS) | xargs -n 2 -P "$$(getconf _NPROCESSORS_ONLN)" sh -c \
	'out=$$($(GO) test -run "^$$" -fuzz "^$$0$$" -fuzztime $(1) -fuzzminimizetime 10x -parallel 1 "$$1" 2>&1) || \
	{ echo "$$out" | grep -q "^    context deadline exceeded$$" && ! echo "$$out" | grep -q "Failing input"; } || \
	{ echo "$$0: $$out"; exit 1; }; echo "$$out" | tail -n 1 | sed "s/^\(ok\|FAIL\)/$$0/"'

fuzz: ## fuzz every parser and judgement for FUZZTIME each (default 2m); what fails is kept under testdata/fuzz
	@$(call FUZZ,$(FUZZTIME))

fuzz-short: ## fuzz them for 15 seconds each, as CI does
	@$(call FUZZ,15s)

lint: $(STATICCHECK) ## gofmt, go vet and staticcheck, natively and for js/wasm
	@out=$$(gofmt -l $$(git ls-files '*.go' 2>/dev/null || find . -name '*.go')); \
		if [ -n "$$out" ]; then echo "not formatted (make fmt):"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	$(WASM) $(GO) vet $(PRODUCT)
	$(WASM) $(GO) vet -tags core $(PRODUCT)
	$(STATICCHECK) ./...
	$(WASM) $(STATICCHECK) $(PRODUCT)
	$(WASM) $(STATICCHECK) -tags core $(PRODUCT)

$(STATICCHECK):
	GOBIN=$(CURDIR)/.toolchain/bin $(GO) install honnef.co/go/tools/cmd/staticcheck@v0.8.2

fmt: ## format the Go code
	gofmt -w $$(git ls-files '*.go')

types: ## check js/index.d.ts with tsc, and the snippets in README.md and docs/ against it
	$(GO) run ./tools/types

docs: ## write the API reference, from js/index.d.ts and its siblings, to docs/api/ (npm fetches typedoc)
	$(GO) run ./tools/docs

size: ## build, print raw, gzip and brotli sizes and what each package and feature takes, and fail over budget
	$(GO) run ./tools/pack -compiler auto -out dist -explain

bench: build ## bytes, milliseconds, memory and requests, side by side with the peers: writes bench/results.md and .svg (npm fetches the peers)
	$(GO) test -v -count=1 -timeout 60m ./bench/speed -write

bench-rotation: build ## refresh-token faults, side by side with the peers: writes bench/rotation.md (npm fetches the peers)
	$(GO) test -v -count=1 -timeout 90m ./bench/rotation -write

bench-load: ## what a million clients ask of their provider, and their peers: writes bench/load.md and bench/load.svg
	$(GO) test -v -count=1 -timeout 10m ./bench/load -write

bench-soak: ## a page that is open for a day, with both builds: writes bench/soak.md and bench/soak.svg (a quarter of an hour)
	$(BOTH)
	$(GO) test -v -count=1 -timeout 60m ./e2e -run '^TestDay$$' -day 100

clean: ## remove what was built, but not the toolchain (rm -r .toolchain for that)
	rm -rf dist dist-go

# Go's build has a place of its own, so that neither is mistaken for the other.
DIST := $(if $(filter go,$(COMPILER)),dist-go,dist)
