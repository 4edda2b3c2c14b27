# build/libvlshim.so: needs libc alone, exports its hooks alone.
# With SANITIZE it is a recorder for tests: to be preloaded behind the sanitizer's runtime (tests/sanitized).
SHIM_ROOMS := shim shim/crash shim/python
SHIM_SRC := $(wildcard $(SHIM_ROOMS:%=%/*.c) shim/hooks/*.c) $(if $(SANITIZE),$(wildcard tests/sanitized/*.c))
# What every process runs as it starts and ends lies together: the kernel brings pages in by sixteens.
SHIM_BEGIN := init hook text raw config self words paths memory state env spool threads video video_patterns writers chunk clock \
	tz apart samples ending fds record redact command args outputs seals tls python/python python/api crash/crash crash/report hooks/process
SHIM_SRC := $(filter $(SHIM_BEGIN:%=shim/%.c),$(SHIM_SRC)) $(filter-out $(SHIM_BEGIN:%=shim/%.c),$(SHIM_SRC))
SHIM_OBJ := $(SHIM_SRC:%.c=$(BUILD)/obj/%.o)
SHIM_FLAGS = -Ishim -fPIC -fvisibility=hidden -fno-stack-protector -U_FORTIFY_SOURCE -D_GNU_SOURCE -ftls-model=initial-exec -fno-semantic-interposition $(if $(SANITIZE),$(SANITIZER) -DVL_RAW_INSTEAD)
# Without _init and _fini, which do nothing: a page each.
SHIM_LINK := -shared -Wl,-init=none -Wl,-fini=none -Wl,-soname,libvlshim.so -Wl,-z,now -Wl,-z,relro -Wl,-z,defs -Wl,--hash-style=gnu -Wl,--as-needed -Wl,--sort-section=name -Wl,--version-script=shim/hooks/versions.map

all: $(BUILD)/libvlshim.so

$(BUILD)/libvlshim.so: $(SHIM_OBJ) shim/hooks/versions.map
	$(CC) $(CFLAGS) $(SANITIZER) $(SHIM_LINK) -o $@ $(SHIM_OBJ)

$(BUILD)/obj/shim/python/rules.o: data/spans.json

# The words by which modules are told that the built-in rules may name something of: the last part of the module, the
# first of the function.
SPAN_WORDS := $(BUILD)/gen/span_words.def
SHIM_FLAGS += -I$(BUILD)/gen

$(SPAN_WORDS): data/spans.json
	@mkdir -p $(@D)
	grep -oE '"[A-Za-z0-9_.*?]+:[A-Za-z0-9_.*?<>]+"' $< | tr -d '"' | \
	    awk -F: '{n = split($$1, m, "."); split($$2, w, "."); print "SPAN_WORD(\"" m[n] "\", \"" w[1] "\")"}' | sort -u >$@

$(foreach kind,obj parts failing,$(BUILD)/$(kind)/shim/python/filter.o): $(SPAN_WORDS)

# Who calls whom, and how much of the stack each takes: for tests/contract/stack. Only gcc tells.
CALL_GRAPH := $(if $(shell $(CC) --version | grep -i 'free software'),-fcallgraph-info=su)

$(SHIM_OBJ): $(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(CFLAGS) $(SHIM_FLAGS) $(CALL_GRAPH) -c -o $@ $<

# The sanitizers' runtimes call dlsym before they are ready: what it passes here is not theirs to look at.
$(foreach part,hook text hooks/dl,$(BUILD)/obj/shim/$(part).o): SANITIZER :=

-include $(SHIM_OBJ:.o=.d)
