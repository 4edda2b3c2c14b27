# build/vlshim-unwind: the helper that a crashing program starts; libunwind's only home.
UNWIND_SRC := $(wildcard shim/unwind/*.c)
UNWIND_OBJ := $(UNWIND_SRC:%.c=$(BUILD)/obj/%.o)
UNWIND_CFLAGS = -Ishim -D_GNU_SOURCE $(shell pkg-config --cflags libunwind-ptrace)
UNWIND_LIBS = $(shell pkg-config --libs libunwind-ptrace)

all: $(BUILD)/vlshim-unwind

$(BUILD)/vlshim-unwind: $(UNWIND_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(UNWIND_LIBS)

$(UNWIND_OBJ): $(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(CFLAGS) $(UNWIND_CFLAGS) -c -o $@ $<

-include $(UNWIND_OBJ:.o=.d)
