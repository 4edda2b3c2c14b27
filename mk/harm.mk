# Do no harm: what is broken on purpose must be noticed; kills at random moments; whole test suites of other programs.
KILLS ?= 1000
KILL_SEED ?= 2015

check-mutants: all e2e-programs ## breaks the recorder on purpose: a test must notice each
	BUILD=$(BUILD) /usr/bin/python3 tests/mutants/run

# KILLS rounds of calls alone; a quarter each of threads and programs that come and go, of a spool that rotates, of calls over TLS.
check-kills: all e2e-programs ## KILLS=n kills of busy programs at random moments
	KILL_ROUNDS=$(KILLS) KILL_SEED=$(KILL_SEED) BUILD=$(BUILD) TESTS=test_kill.Kill.test /usr/bin/python3 tests/run e2e

check-suites: all ## the test suites of CPython, GLib and Go, recorded and not
	ALL_SUITES=1 BUILD=$(BUILD) TESTS=suites /usr/bin/python3 tests/run e2e

# The recorder and vlagg built with sanitizers, under real loads and the unit tests.
check-sanitized: ## unit tests and real loads with ASan and UBSan, and with TSan
	for kind in address,undefined thread; do \
	    $(MAKE) -s BUILD=$(BUILD)/$${kind%,*} SANITIZE=$$kind all unit-programs e2e-programs && \
	    BUILD=$(BUILD)/$${kind%,*} tests/run unit sanitized || exit 1; \
	done

# The table of promises in docs/TESTING.md.
docs-promises: ## writes the table of promises in docs/TESTING.md
	/usr/bin/python3 tests/contract/promises --write

.PHONY: check-mutants check-kills check-suites check-sanitized docs-promises

# What ends with the interpreter, in the newest CPythons, which Debian testing has; needs root and a network.
check-testing-pythons: all e2e-programs ## keepers and scripts in the CPythons of Debian testing; needs root
	BUILD=$(BUILD) tests/testing-pythons

.PHONY: check-testing-pythons
