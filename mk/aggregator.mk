# vlagg and the library it is made of. A new .c file in a room below aggregator/ is found by itself.
# Files of data/ are embedded, see aggregator/base/embed.h; the report's page is put together first.
AGG_SOURCES := $(filter-out aggregator/main.c,$(wildcard aggregator/*.c aggregator/*/*.c aggregator/*/*/*.c))
AGG_OBJECTS := $(AGG_SOURCES:%.c=$(BUILD)/%.o)
AGG_MAIN := $(BUILD)/aggregator/main.o
AGG_PACKAGES := jansson libpcre2-8 zlib libdw libelf sqlite3

# Deferred, so that `make clean` and the shim alone need none of the libraries.
AGG_CFLAGS = $(COMMON) -D_GNU_SOURCE -Iaggregator -Wa,-I$(BUILD) $(shell pkg-config --cflags $(AGG_PACKAGES)) -pthread $(SANITIZER)
AGG_LIBS = $(shell pkg-config --libs $(AGG_PACKAGES)) -pthread -lm

all: $(BUILD)/vlagg

$(BUILD)/aggregator/%.o: aggregator/%.c
	@mkdir -p $(@D)
	$(CC) $(AGG_CFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/libvlagg.a: $(AGG_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/vlagg: $(AGG_MAIN) $(BUILD)/libvlagg.a
	$(CC) $(CFLAGS) $(SANITIZER) $(LDFLAGS) -o $@ $^ $(AGG_LIBS)

# A file that an object embeds is one of its sources.
AGG_DATA := $(wildcard data/*.*) $(BUILD)/report.html
$(foreach o,$(AGG_OBJECTS),$(if $(shell grep -l ^EMBED $(o:$(BUILD)/%.o=%.c)),$(eval $(o): $(AGG_DATA))))

# The page of `vlagg report`: one file, with the digests of its own scripts and styles as its policy.
$(BUILD)/report.html: scripts/inline-page $(wildcard data/report/*)
	@mkdir -p $(@D)
	scripts/inline-page data/report/report.html >$@.new
	@mv $@.new $@

-include $(AGG_OBJECTS:.o=.d) $(AGG_MAIN:.o=.d)
