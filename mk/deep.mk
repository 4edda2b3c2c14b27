# build/libvldeep.so: the parsers of Claude's API, loaded late. Its libraries are inside, their symbols hidden.
DEEP_SRC := $(wildcard shim/deep/*.c)
DEEP_OBJ := $(DEEP_SRC:%.c=$(BUILD)/obj/%.o)
DEEP_FLAGS := -Ishim -fPIC -fvisibility=hidden -D_GNU_SOURCE $(SANITIZER)
DEEP_LINK := -shared -Wl,-soname,libvldeep.so -Wl,-z,now -Wl,-z,relro -Wl,-z,defs -Wl,--hash-style=gnu -Wl,--as-needed -Wl,--exclude-libs,ALL
DEEP_STATIC := -lnghttp2 -lbrotlidec -lbrotlicommon -lzstd -lz
DEEP_LIBS := -Wl,-Bstatic $(DEEP_STATIC) -Wl,-Bdynamic

all: $(BUILD)/libvldeep.so

$(BUILD)/libvldeep.so: $(DEEP_OBJ)
	$(CC) $(CFLAGS) $(SANITIZER) $(DEEP_LINK) -o $@ $^ $(DEEP_LIBS)

$(DEEP_OBJ): $(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(CFLAGS) $(DEEP_FLAGS) $(CALL_GRAPH) -c -o $@ $<

-include $(DEEP_OBJ:.o=.d)

# Unit tests of the parsers: a Check program of their own, under ASan and UBSan.
DEEP_UNIT_PROGRAM := $(BUILD)/tests/unit/vldeep

$(DEEP_UNIT_PROGRAM): $(wildcard tests/unit/deep/*.[ch] shim/deep/*.[ch])
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(WARN) -Iinclude -g -O1 $(filter --coverage -fprofile%,$(CFLAGS)) -fsanitize=address,undefined -fno-sanitize-recover=all -D_GNU_SOURCE -Ishim -o $@ \
		$(wildcard tests/unit/deep/*.c) $(DEEP_SRC) $(shell pkg-config --cflags --libs check) $(DEEP_STATIC)

unit-programs: $(DEEP_UNIT_PROGRAM)

# The fuzz target of the whole tap, from the functions that a program's calls of a TLS library lead to down to the
# parsers; make fuzz runs it with the others. Its own deep_get holds what passes by against what should.
$(BUILD)/fuzz/tap: $(wildcard tests/fuzz/tap*.[ch] tests/fuzz/tap.covered shim/*.[ch] shim/*/*.[ch]) $(SPAN_WORDS)
	@mkdir -p $(@D)
	clang -std=gnu11 $(WARN) -Iinclude -Ishim -I$(BUILD)/gen -D_GNU_SOURCE -DVL_RAW_INSTEAD -g -O2 -fsanitize=fuzzer,address,undefined \
	    -fsanitize-coverage-allowlist=tests/fuzz/tap.covered -fno-sanitize-recover=undefined -o $@ tests/fuzz/tap.c $(filter-out shim/deep.c tests/sanitized/%,$(SHIM_PARTS)) $(DEEP_SRC) $(DEEP_STATIC)

# A campaign of the same: RUNS inputs, what it finds in the build folder.
RUNS ?= 10000000
fuzz-tap: $(BUILD)/fuzz/tap ## RUNS=n inputs for the reading of API calls, from hooks to parsers
	@mkdir -p $<.corpus
	$< -runs=$(RUNS) -entropic=0 -max_len=4400 -len_control=20 -timeout=10 -print_final_stats=1 -artifact_prefix=$(BUILD)/fuzz/ $<.corpus tests/fuzz/tap

.PHONY: fuzz-tap
