# The unit tests: one Check program from tests/unit/**, linked with the library of vlagg.
#   make check-unit            all of them        make check-unit ROOM=read    one room's
#   make fuzz                  the chunk reader under libFuzzer, FUZZ_SECONDS long
# The recorder has a program of its own.
UNIT_SOURCES := $(filter-out tests/unit/shim/% tests/unit/deep/%,$(wildcard tests/unit/*.c tests/unit/*/*.c))
UNIT_OBJECTS := $(UNIT_SOURCES:%.c=$(BUILD)/%.o)
UNIT_PROGRAM := $(BUILD)/tests/unit/vlagg
UNIT_CHECK_CFLAGS = $(shell pkg-config --cflags check)
UNIT_CHECK_LIBS = $(shell pkg-config --libs check)

$(UNIT_OBJECTS): $(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(AGG_CFLAGS) -Itests/unit $(UNIT_CHECK_CFLAGS) $(CFLAGS) -c -o $@ $<

$(UNIT_PROGRAM): $(UNIT_OBJECTS) $(BUILD)/libvlagg.a
	$(CC) $(CFLAGS) $(SANITIZER) $(LDFLAGS) -o $@ $^ $(UNIT_CHECK_LIBS) $(AGG_LIBS)

unit-programs: $(UNIT_PROGRAM) ## the unit tests, built

check-unit: $(UNIT_PROGRAM) ## unit tests of vlagg: ROOM=name for one room's
	$(UNIT_PROGRAM) $(ROOM)

# libFuzzer is clang's; the corpus that it finds stays in the build folder.
FUZZ_SECONDS ?= 20
FUZZ_BUILD := $(BUILD)/fuzz
FUZZ_PROGRAMS := $(patsubst tests/fuzz/%.c,$(FUZZ_BUILD)/%,$(wildcard tests/fuzz/*.c))

$(FUZZ_BUILD)/%: tests/fuzz/%.c $(AGG_SOURCES) $(AGG_DATA) $(wildcard aggregator/*.h aggregator/*/*.h aggregator/*/*/*.h include/vl/*)
	@mkdir -p $(@D)
	clang $(filter-out -MMD -MP,$(AGG_CFLAGS)) -g -O1 -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=undefined -o $@ $< $(AGG_SOURCES) $(AGG_LIBS)

fuzz: $(FUZZ_PROGRAMS) ## every fuzz target for FUZZ_SECONDS; needs clang
	@for program in $(FUZZ_PROGRAMS); do \
	    mkdir -p $$program.corpus && \
	    $$program -max_total_time=$(FUZZ_SECONDS) -max_len=16384 -len_control=20 -timeout=10 -artifact_prefix=$(FUZZ_BUILD)/ \
	        $$program.corpus $(wildcard tests/fuzz/corpus) $$(ls -d tests/fuzz/$${program##*/} 2>/dev/null) || exit 1; \
	done

.PHONY: unit-programs check-unit fuzz

-include $(UNIT_OBJECTS:.o=.d)

# How fast a recording is read, plain and packed: events a second on one core, and the memory that it takes.
FOLD_EVENTS ?= 100000000
$(BUILD)/bench/make_spool: tests/bench/make_spool.c $(BUILD)/libvlagg.a
	@mkdir -p $(@D)
	$(CC) $(AGG_CFLAGS) $(CFLAGS) $(SANITIZER) -o $@ $^ $(AGG_LIBS)

bench-fold: $(BUILD)/bench/make_spool $(BUILD)/vlagg ## events a second that vlagg reads, of FOLD_EVENTS
	rm -rf $(BUILD)/bench/spool
	$(BUILD)/bench/make_spool $(BUILD)/bench/spool $(FOLD_EVENTS) 50
	@tests/bench/fold-rate $(BUILD)/vlagg $(BUILD)/bench/spool $(FOLD_EVENTS)
	@find $(BUILD)/bench/spool -name '*.vls' -exec touch -d '2 days ago' {} + # of another host: finished after a day
	$(BUILD)/vlagg pack $(BUILD)/bench/spool | tail -1
	@tests/bench/fold-rate $(BUILD)/vlagg $(BUILD)/bench/spool $(FOLD_EVENTS)
	rm -rf $(BUILD)/bench/spool

.PHONY: bench-fold
