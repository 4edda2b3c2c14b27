# build/failing/libvlshim.so: the recorder with system calls of its own that fail when told to. For tests alone.
FAILING_SRC := $(SHIM_SRC) tests/failing/failing.c
FAILING_OBJ := $(FAILING_SRC:%.c=$(BUILD)/failing/%.o)

$(BUILD)/failing/libvldeep.so: $(BUILD)/libvldeep.so
	@mkdir -p $(@D)
	ln -sf ../libvldeep.so $@

$(BUILD)/failing/libvlshim.so: $(FAILING_OBJ) | $(BUILD)/failing/libvldeep.so
	$(CC) $(CFLAGS) $(SHIM_LINK) -o $@ $(FAILING_OBJ)

$(FAILING_OBJ): $(BUILD)/failing/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(CFLAGS) $(SHIM_FLAGS) -DVL_RAW_INSTEAD -c -o $@ $<

ifeq ($(SANITIZE),)
e2e-programs: $(BUILD)/failing/libvlshim.so
endif

-include $(FAILING_OBJ:.o=.d)
