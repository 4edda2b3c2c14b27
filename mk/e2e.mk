# End-to-end tests: real programs under the recorder. tests/e2e/programs/*.c are programs that the tests run.
E2E_PROGRAMS := $(patsubst tests/e2e/programs/%.c,$(BUILD)/e2e/%,$(wildcard tests/e2e/programs/*.c))

$(BUILD)/e2e/%: tests/e2e/programs/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O1 -g $(WARN) -o $@ $< -pthread

$(BUILD)/e2e/frames: tests/e2e/programs/frames.def
$(BUILD)/e2e/pointers: tests/e2e/programs/pointers.def

e2e-programs: $(E2E_PROGRAMS) ## the programs that end-to-end tests run

check-e2e: all e2e-programs ## end-to-end tests: TESTS=name-part for some of them
	BUILD=$(BUILD) /usr/bin/python3 tests/run e2e

# What test_frames.py finds, as a table.
docs-hooks: all e2e-programs ## writes docs/HOOKS.md from what the tests of hooks find
	BUILD=$(BUILD) PYTHONPATH=tests/e2e/lib /usr/bin/python3 tests/e2e/tests/test_frames.py --write docs/HOOKS.md

.PHONY: e2e-programs check-e2e check docs-hooks

check: all unit-programs e2e-programs ## unit, contract and end-to-end tests
	BUILD=$(BUILD) /usr/bin/python3 tests/run

# On a bare Debian 12 made by debootstrap; needs root.
check-bare: ## scripts/check on a bare Debian 12 made by debootstrap; needs root
	tests/bare

.PHONY: check-bare

# Many small programs in one; tests/e2e/tests/test_cases.py runs each with and without the recorder.
CASES := $(BUILD)/e2e/cases
$(CASES): $(wildcard tests/e2e/programs/cases/*.c) tests/e2e/programs/cases/case.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O1 -g -w -D_GNU_SOURCE -o $@ $(wildcard tests/e2e/programs/cases/*.c) -pthread

e2e-programs: $(CASES)

# docs/pictures/ anew, from the demo; needs what scripts/setup all installs.
pictures: all ## draws docs/pictures/ from the demo anew
	scripts/pictures

.PHONY: pictures
