# build/libvldeep.so: the parsers of Claude's API, loaded late. Its libraries are inside, their symbols hidden.
DEEP_SRC := $(wildcard shim/deep/*.c)
DEEP_OBJ := $(DEEP_SRC:%.c=$(BUILD)/obj/%.o)
DEEP_FLAGS := -Ishim -fPIC -fvisibility=hidden -D_GNU_SOURCE
DEEP_LINK := -shared -Wl,-soname,libvldeep.so -Wl,-z,now -Wl,-z,relro -Wl,-z,defs -Wl,--hash-style=gnu -Wl,--as-needed -Wl,--exclude-libs,ALL
DEEP_LIBS := -Wl,-Bstatic -lz -Wl,-Bdynamic

all: $(BUILD)/libvldeep.so

$(BUILD)/libvldeep.so: $(DEEP_OBJ)
	$(CC) $(CFLAGS) $(DEEP_LINK) -o $@ $^ $(DEEP_LIBS)

$(DEEP_OBJ): $(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(CFLAGS) $(DEEP_FLAGS) -c -o $@ $<

-include $(DEEP_OBJ:.o=.d)
