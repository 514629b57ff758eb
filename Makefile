# Two commands matter: `make demo` and `make test`. Each installs what it needs first.
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
SWIFT ?= swift
BUILD := .build/debug/tenure

.PHONY: demo demo-clouds test crash-test crash-test-defences build release deps test-systems lint format clean help bench bench-peers \
	growth profile

help:
	@echo 'make demo    install, build, and run the whole story on embedded parts'
	@echo 'make demo-clouds  the same story on slapd, PostgreSQL, a Kubernetes API server and moto at once'
	@echo 'make test    install the test systems, build, lint, and run every test'
	@echo 'make crash-test            break it at every durable step, on every target (see docs/operating/crashes.md)'
	@echo 'make crash-test-defences   show that it notices when a defence is missing'
	@echo 'make build   build the tenure command at $(BUILD)'
	@echo 'make release build the optimised command at .build/release/tenure'
	@echo 'make bench   measure against limits and peers; results go to docs/performance.md'
	@echo 'make profile flame graphs of plan, apply and append under .build/profiles'
	@echo 'make lint    check format and style'

deps:
	@SUDO='$(SUDO)' Scripts/install-dependencies.sh

build: deps
	$(SWIFT) build --product tenure

release: deps
	$(SWIFT) build -c release --product tenure

# `make demo ARGS=--serve` leaves the server running afterwards, and prints its address.
demo: build
	@Scripts/demo.sh $(BUILD) $(ARGS)

# The story on real systems, asked by their own clients.
demo-clouds: test-systems build
	$(SWIFT) build --product clouds-demo
	@.build/debug/clouds-demo

test-systems: deps
	@SUDO='$(SUDO)' Scripts/install-test-systems.sh

test: test-systems lint
	$(SWIFT) build --build-tests
	$(SWIFT) build --product CrashFaults
	@SWIFT='$(SWIFT)' Scripts/test.sh
	$(MAKE) growth

# Fails when a plan's time grows faster than its input; how fast it grows is the same without optimisation.
growth:
	$(SWIFT) build --product tenure-benchmarks
	.build/debug/tenure-benchmarks growth

# Names in BENCH run those workloads alone.
bench: release bench-peers
	$(SWIFT) build -c release --product tenure-benchmarks
	.build/release/tenure-benchmarks run $(BENCH)
	.build/release/tenure-benchmarks report

bench-peers:
	@Scripts/install-bench-peers.sh

profile: release
	$(SWIFT) build -c release --product tenure-benchmarks
	Scripts/profile.sh

# Thousands of processes are started: an optimised build of them pays for itself.
crash-test: test-systems release
	$(SWIFT) build -c release --product CrashFaults
	$(SWIFT) build -c release --product crash-test
	@.build/release/crash-test

crash-test-defences: test-systems
	$(SWIFT) build --product tenure
	$(SWIFT) build --product CrashFaults
	$(SWIFT) build --product tenure-undefended
	$(SWIFT) build --product crash-test
	@.build/debug/crash-test --connector directory --database sqlite --without journal --without idempotency-key \
		--without fencing --without read-back

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Benchmarks Package.swift

format:
	$(SWIFT) format --in-place --recursive Sources Tests Benchmarks Package.swift

clean:
	rm -rf .build
