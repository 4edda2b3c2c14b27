# One non-recursive makefile; a room's folder is its list of sources. Each part adds its own lines below mk/.
ifeq ($(origin CC),default)
CC := gcc
endif
BUILD ?= build
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror
CFLAGS ?= -O2 -g
COMMON := -std=gnu11 $(WARN) -Iinclude -MMD -MP
SANITIZE ?=
SANITIZER := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)

all: ## the recorder, its helper, the late part and vlagg, into build/

include mk/shim.mk
include mk/deep.mk
include mk/unwind.mk
include mk/aggregator.mk
include mk/tests.mk
include mk/shim-tests.mk
include mk/failing.mk
include mk/harm.mk
include mk/bench.mk
include mk/install.mk
include mk/habits.mk

clean: ## removes build/
	rm -rf $(BUILD)

# Every target for people has what it does behind ## at its rule.
help: ## this list
	@sed -nE 's/^([a-z][a-z0-9_.-]*):[^#=]*## (.*)/\1|\2/p' $(filter-out %.d,$(MAKEFILE_LIST)) | LC_ALL=C sort -t'|' -k1,1 | awk -F'|' '{printf "%-22s %s\n", $$1, $$2}'

.PHONY: all clean help
