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

all:

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

clean:
	rm -rf $(BUILD)

.PHONY: all clean
