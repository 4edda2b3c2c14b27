# What goes with working on the code: its layout, what editors ask for, and what the tests reach.
format: ## lays out the C files with clang-format 14
	scripts/format

# For clangd and others; asked of make itself, so that nothing has to be built and no tool is needed.
COMPILE_COMMANDS ?= compile_commands.json
COMPILED := all unit-programs e2e-programs $(FUZZ_PROGRAMS) $(BUILD)/bench/load $(BUILD)/bench/make_spool
compile_commands.json: ## how each C file is compiled, for clangd and others
	@$(MAKE) -nB --no-print-directory $(COMPILED) | scripts/compile-commands >$(COMPILE_COMMANDS).new
	@mv $(COMPILE_COMMANDS).new $(COMPILE_COMMANDS)

coverage: ## which lines of each room the tests reach, also in docs/TESTING.md
	scripts/coverage --write

.PHONY: coverage format compile_commands.json
