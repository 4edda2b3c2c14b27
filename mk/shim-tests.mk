# Unit tests of the shim's rooms: its sources without the hooks and the constructor, linked into one Check program.
SHIM_UNIT_SOURCES := $(wildcard tests/unit/shim/*.c)
SHIM_UNIT_OBJECTS := $(SHIM_UNIT_SOURCES:%.c=$(BUILD)/%.o)
SHIM_PARTS := $(filter-out shim/init.c shim/text.c,$(wildcard $(SHIM_ROOMS:%=%/*.c))) shim/unwind/python_lines.c $(if $(SANITIZE),tests/sanitized/raw.c)
SHIM_PART_OBJECTS := $(SHIM_PARTS:%.c=$(BUILD)/parts/%.o)
SHIM_UNIT_PROGRAM := $(BUILD)/tests/unit/vlshim
SHIM_UNIT_FLAGS := -Ishim -I$(BUILD)/gen -D_GNU_SOURCE -U_FORTIFY_SOURCE $(if $(SANITIZE),$(SANITIZER) -DVL_RAW_INSTEAD)

$(SHIM_UNIT_OBJECTS): $(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(CFLAGS) $(SHIM_UNIT_FLAGS) $(shell pkg-config --cflags check) -c -o $@ $<

$(SHIM_PART_OBJECTS): $(BUILD)/parts/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(CFLAGS) $(SHIM_UNIT_FLAGS) -c -o $@ $<

$(SHIM_UNIT_PROGRAM): $(SHIM_UNIT_OBJECTS) $(SHIM_PART_OBJECTS) $(BUILD)/tests/unit/folders.o
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SHIM_UNIT_FLAGS) -o $@ $^ $(shell pkg-config --libs check)

unit-programs: $(SHIM_UNIT_PROGRAM)

-include $(SHIM_UNIT_OBJECTS:.o=.d) $(SHIM_PART_OBJECTS:.o=.d)
