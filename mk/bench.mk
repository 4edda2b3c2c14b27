# make bench: what the shim costs, A B A B in one run.
BENCH_ROUNDS ?= 9

$(BUILD)/bench/load: tests/bench/load.c
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(CFLAGS) -D_GNU_SOURCE -o $@ $<

$(BUILD)/bench/empty.so:
	@mkdir -p $(@D)
	echo 'int vlshim_bench_nothing;' | $(CC) -shared -fPIC -x c -o $@ -

bench: all $(BUILD)/bench/load $(BUILD)/bench/empty.so ## what a recorded call costs, and a Python program
	/usr/bin/python3 tests/bench/run.py $(BUILD) $(BENCH_ROUNDS)

# The same of Python programs, with every CPython that is there.
bench-python: all ## what Python programs pay for being recorded
	/usr/bin/python3 tests/bench/python_ratio.py $(BUILD) $(BENCH_ROUNDS)

bench: bench-python

.PHONY: bench bench-python
