# Where things go: make install PREFIX=/usr DESTDIR=stage
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
DESTDIR ?=

# what to install : where
INSTALL_EXE := $(BUILD)/vlagg:$(PREFIX)/bin/vlagg
INSTALL_RUN := scripts/vlrun:$(PREFIX)/bin/vlrun
INSTALL_HELPER := $(BUILD)/vlshim-unwind:$(LIBDIR)/vlshim/vlshim-unwind
INSTALL_LIB := $(BUILD)/libvlshim.so:$(LIBDIR)/libvlshim.so $(BUILD)/libvldeep.so:$(LIBDIR)/libvldeep.so
INSTALL_DATA := $(foreach page,$(wildcard docs/man/*.1),$(page):$(PREFIX)/share/man/man1/$(notdir $(page))) \
	$(foreach page,$(wildcard docs/man/*.7),$(page):$(PREFIX)/share/man/man7/$(notdir $(page))) \
	$(foreach header,$(wildcard include/vl/*),$(header):$(PREFIX)/include/vl/$(notdir $(header))) \
	docs/logs.schema.json:$(PREFIX)/share/vlshim/logs.schema.json \
	docs/io.schema.json:$(PREFIX)/share/vlshim/io.schema.json

split = $(word $(1),$(subst :, ,$(2)))
install_one = install -D -m $(1) $(call split,1,$(2)) $(DESTDIR)$(call split,2,$(2)) &&

install: all
	@$(foreach pair,$(INSTALL_EXE) $(INSTALL_RUN) $(INSTALL_HELPER),$(call install_one,755,$(pair))) true
	@$(foreach pair,$(INSTALL_LIB) $(INSTALL_DATA),$(call install_one,644,$(pair))) true
	@[ -n "$(DESTDIR)" ] || ldconfig 2>/dev/null || echo "run ldconfig as root, so that libvlshim.so is found by name"

uninstall:
	rm -f $(foreach pair,$(INSTALL_EXE) $(INSTALL_RUN) $(INSTALL_HELPER) $(INSTALL_LIB) $(INSTALL_DATA),$(DESTDIR)$(call split,2,$(pair)))
	-rmdir $(DESTDIR)$(LIBDIR)/vlshim $(DESTDIR)$(PREFIX)/include/vl $(DESTDIR)$(PREFIX)/share/vlshim 2>/dev/null

.PHONY: install uninstall

include mk/e2e.mk
