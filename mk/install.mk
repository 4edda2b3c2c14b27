# Where things go: make install PREFIX=/usr DESTDIR=stage
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
DESTDIR ?=

# what to install : where
INSTALL_EXE := $(BUILD)/vlagg:$(PREFIX)/bin/vlagg
INSTALL_RUN := scripts/vlrun:$(PREFIX)/bin/vlrun
INSTALL_HELPER := $(BUILD)/vlshim-unwind:$(LIBDIR)/vlshim/vlshim-unwind
INSTALL_LIB := $(BUILD)/libvlshim.so:$(LIBDIR)/libvlshim.so $(BUILD)/libvldeep.so:$(LIBDIR)/libvldeep.so
COMMANDS := $(filter-out help,$(shell grep -o '^COMMAND.[a-z]*' aggregator/cmd/commands.def | cut -c9-))
PAGES := $(wildcard docs/man/*) $(COMMANDS:%=$(BUILD)/man/vlagg-%.1)
PYTHON_FILES := $(wildcard python/enhanced_logging_system/*.py) data/error-patterns.tsv data/prices.tsv
PYTHON_PLACE := $(PREFIX)/share/vlshim/python/enhanced_logging_system
COMPLETIONS := $(BUILD)/completion/vlagg $(BUILD)/completion/_vlagg $(BUILD)/completion/vlagg.fish
INSTALL_DATA := $(foreach page,$(PAGES),$(page):$(PREFIX)/share/man/man$(subst .,,$(suffix $(page)))/$(notdir $(page))) \
	$(BUILD)/completion/vlagg:$(PREFIX)/share/bash-completion/completions/vlagg \
	$(BUILD)/completion/_vlagg:$(PREFIX)/share/zsh/vendor-completions/_vlagg \
	$(BUILD)/completion/vlagg.fish:$(PREFIX)/share/fish/vendor_completions.d/vlagg.fish \
	$(foreach header,$(wildcard include/vl/*),$(header):$(PREFIX)/include/vl/$(notdir $(header))) \
	include/vlshim.h:$(PREFIX)/include/vlshim.h \
	docs/logs.schema.json:$(PREFIX)/share/vlshim/logs.schema.json \
	docs/io.schema.json:$(PREFIX)/share/vlshim/io.schema.json \
	$(foreach file,$(PYTHON_FILES),$(file):$(PYTHON_PLACE)/$(notdir $(file)))

split = $(word $(1),$(subst :, ,$(2)))
install_one = install -D -m $(1) $(call split,1,$(2)) $(DESTDIR)$(call split,2,$(2)) &&

# Made of the program's own help.
$(COMMANDS:%=$(BUILD)/man/vlagg-%.1) &: $(BUILD)/vlagg scripts/gen-man docs/man/vlagg.1
	scripts/gen-man $(BUILD)/vlagg $(BUILD)/man

# And so is what vlagg.1 says of commands.
docs-man: $(BUILD)/vlagg ## writes what vlagg.1 says of commands from vlagg's help
	scripts/gen-man $(BUILD)/vlagg $(BUILD)/man
	cp $(BUILD)/man/vlagg.1 docs/man/vlagg.1

$(COMPLETIONS) &: $(BUILD)/vlagg scripts/gen-completion
	@mkdir -p $(BUILD)/completion
	scripts/gen-completion $(BUILD)/vlagg bash >$(BUILD)/completion/vlagg
	scripts/gen-completion $(BUILD)/vlagg zsh >$(BUILD)/completion/_vlagg
	scripts/gen-completion $(BUILD)/vlagg fish >$(BUILD)/completion/vlagg.fish

install: all $(PAGES) $(COMPLETIONS) ## puts all in place: PREFIX, LIBDIR, DESTDIR
	@$(foreach pair,$(INSTALL_EXE) $(INSTALL_RUN) $(INSTALL_HELPER),$(call install_one,755,$(pair))) true
	@$(foreach pair,$(INSTALL_LIB) $(INSTALL_DATA),$(call install_one,644,$(pair))) true
	@[ -n "$(DESTDIR)" ] || ldconfig 2>/dev/null || echo "run ldconfig as root, so that libvlshim.so is found by name"

uninstall: ## removes what install put there
	rm -f $(foreach pair,$(INSTALL_EXE) $(INSTALL_RUN) $(INSTALL_HELPER) $(INSTALL_LIB) $(INSTALL_DATA),$(DESTDIR)$(call split,2,$(pair)))
	rm -rf $(DESTDIR)$(PYTHON_PLACE)/__pycache__
	-rmdir $(DESTDIR)$(LIBDIR)/vlshim $(DESTDIR)$(PREFIX)/include/vl $(DESTDIR)$(PYTHON_PLACE) \
	    $(DESTDIR)$(dir $(PYTHON_PLACE)) $(DESTDIR)$(PREFIX)/share/vlshim 2>/dev/null

# A Debian package, build/vlshim_VERSION_ARCH.deb; its library is where every program finds it by name.
MULTIARCH = $(shell dpkg-architecture -qDEB_HOST_MULTIARCH)
deb: all ## a Debian package in build/
	rm -rf $(BUILD)/deb
	$(MAKE) -s install PREFIX=/usr LIBDIR=/usr/lib/$(MULTIARCH) DESTDIR=$(abspath $(BUILD))/deb
	packaging/make-deb $(BUILD)/deb $(BUILD)

# Into a Debian of its own, used there, removed without a trace; needs root.
check-deb: deb ## the package in a Debian of its own; needs root
	tests/deb $(BUILD)/vlshim_*.deb

.PHONY: docs-man install uninstall deb check-deb

include mk/e2e.mk
