# Makefile -- build, test and install policyd.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Everything made goes to $(BUILD); src/ is never written to.

BUILD ?= build
srcdir := $(CURDIR)

all: $(BUILD)/policyd

# These work before configure does; the last two install what it wants.
ifneq ($(filter-out clean deps check demo,$(or $(MAKECMDGOALS),all)),)
-include $(BUILD)/config.mk
endif

# --- how things are compiled -------------------------------------------------

STRICT = -std=c17 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 \
	-Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
	-Wcast-qual -Wwrite-strings -Wformat=2 -Wundef -Wvla \
	-Wnull-dereference -Wswitch-enum -Werror=implicit \
	-Werror=incompatible-pointer-types -Werror=int-conversion
COMPILE = $(CC) $(STRICT) $(WERROR) $(HARDEN_CFLAGS) -Isrc \
	-DPOLICYD_VERSION='"$(VERSION)"' -DPOLICYD_SYSCONFDIR='"$(confdir)"' \
	$(LIBS_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP
LINK = $(CC) $(HARDEN_LDFLAGS) $(CFLAGS) $(LDFLAGS)
confdir ?= /etc/policyd

# A line a file; V=1 shows the whole commands.
Q = $(if $(V),,@echo "  $(if $(filter %.o,$@),CC  ,MAKE)  $@";)

SOURCES := $(sort $(wildcard src/*/*.c))
SQL := $(sort $(wildcard src/facts/schema/*/*.sql))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/gen/schema.o

$(BUILD)/policyd: $(BUILD)/src/main.o $(BUILD)/libpolicyd.a
	$(Q)$(LINK) -o $@ $^ $(LIBS)

$(BUILD)/libpolicyd.a: $(OBJECTS)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/%.o: %.c $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -c -o $@ $<

# The SQL files, built in: a table of {store, number, name, text}.
$(BUILD)/gen/schema.c: src/facts/schema/embed.sh $(SQL)
	@mkdir -p $(@D)
	sh src/facts/schema/embed.sh $(SQL) >$@.tmp
	mv $@.tmp $@

$(BUILD)/gen/schema.o: $(BUILD)/gen/schema.c $(BUILD)/config.mk
	$(Q)$(COMPILE) -c -o $@ $<

-include $(OBJECTS:.o=.d) $(BUILD)/src/main.d

# --- unit tests --------------------------------------------------------------

# Each tests/unit/ROOM/test_FILE.c is a program. They run in $(srcdir), all of
# them, and the failure of one is the failure of all.
UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(sort \
	$(wildcard tests/unit/*/test_*.c)))

check-unit: $(UNIT_TESTS)
	@failed=; for test in $(UNIT_TESTS); do \
		$(UNIT_WRAPPER) $$test || failed="$$failed $$test"; \
	done; \
	test -z "$$failed" || { echo "failed:$$failed" >&2; exit 1; }

$(UNIT_TESTS): $(BUILD)/tests/unit/%: tests/unit/%.c $(BUILD)/libpolicyd.a
	@mkdir -p $(@D)
	@test -n "$(CHECK_LIBS)" || { echo "check is missing: see make deps"; \
		exit 1; }
	$(COMPILE) -Itests/unit $(CHECK_CFLAGS) -MF $@.d -MT $@ \
		$(HARDEN_LDFLAGS) $(LDFLAGS) -o $@ $< \
		$(BUILD)/libpolicyd.a $(CHECK_LIBS) $(LIBS)

-include $(UNIT_TESTS:=.d)

# --- what sends mail, hooks and webhooks, for tests/system/delivery.py --------

MAIL_PROBE = $(BUILD)/tests/system/mail_probe
$(MAIL_PROBE): $(BUILD)/tests/system/mail_probe.o \
    $(filter $(BUILD)/src/base/% $(foreach n,delivery dialog hook mail mailbox \
	message mime notice template transfer webhook, \
	$(BUILD)/src/jobs/$n.o),$(OBJECTS))
	$(LINK) -o $@ $^ $(LIBS)

-include $(MAIL_PROBE).d

# --- configure ---------------------------------------------------------------

$(BUILD)/configure: configure.ac
	@mkdir -p $(@D)
	cd $(BUILD) && autoconf -I /usr/share/aclocal -o configure \
		$(srcdir)/configure.ac

$(BUILD)/config.mk: $(BUILD)/configure src/config.mk.in
	cd $(BUILD) && ./configure --quiet --srcdir=$(srcdir) $(CONFIGURE_FLAGS)
	@touch $@

# --- a program for tests/system/test_ldap.py ----------------------------------

LDAP_PROBE = $(addprefix $(BUILD)/,tests/system/ldap_probe.o \
	$(patsubst %.c,%.o,$(wildcard src/base/*.c src/facts/ldap_*.c)) \
	src/facts/account.o src/facts/cache.o src/facts/directory.o \
	src/facts/identity.o)

$(BUILD)/ldap_probe: $(LDAP_PROBE)
	$(LINK) -o $@ $^ $(LIBS)

-include $(BUILD)/tests/system/ldap_probe.d

# --- what is missing on this machine -----------------------------------------

deps:
	sh tests/deps.sh

clean:
	rm -rf $(BUILD)

.PHONY: all check-unit deps clean
.DELETE_ON_ERROR:

# --- tests -------------------------------------------------------------------

PYTEST = /usr/bin/python3 -B -m pytest -p no:cacheprovider --tb=short -q
SANITIZE = -g -O1 -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all
VALGRIND = valgrind -q --error-exitcode=99 --leak-check=full \
	--errors-for-leak-kinds=definite --trace-children=no

# Everything: installs what is missing, builds, runs unit and system tests.
check: deps
	+@MAKE="$(MAKE)" tests/check.sh $(BUILD)

check-system: $(BUILD)/policyd
	POLICYD_BUILD=$(abspath $(BUILD)) $(PYTEST) $(PYTEST_FLAGS) \
		tests/system

demo: deps
	+@$(MAKE) --no-print-directory $(BUILD)/policyd
	POLICYD_BUILD=$(abspath $(BUILD)) /usr/bin/python3 -B tests/demo.py

check-asan:
	+@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan \
		CONFIGURE_FLAGS=--disable-hardening CFLAGS="$(SANITIZE)" check

# The unit tests, and what a daemon mostly does, under valgrind.
check-valgrind: $(BUILD)/policyd
	+@$(MAKE) --no-print-directory check-unit \
		UNIT_WRAPPER="$(VALGRIND)" CK_FORK=no
	POLICYD_BUILD=$(abspath $(BUILD)) POLICYD_WRAPPER="$(VALGRIND)" \
	POLICYD_PATIENCE=10 $(PYTEST) $(PYTEST_FLAGS) \
		-k "protocol or override or geoip or reload" tests/system

# --- lint --------------------------------------------------------------------

HEADERS := $(wildcard src/*/*.h)

lint: lint-rooms lint-headers lint-analyze lint-text

lint-rooms:
	tests/lint-rooms.py

# Every header compiles alone.
lint-headers: $(BUILD)/config.mk
	set -e; for header in $(HEADERS); do \
		$(COMPILE) -Werror -fsyntax-only -MF /dev/null \
		-x c $$header; done

lint-analyze: $(BUILD)/config.mk $(BUILD)/gen/schema.c
	cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr \
		--enable=warning,performance,portability \
		--suppress=missingIncludeSystem -Isrc src
	set -e; for source in $(SOURCES) src/main.c; do \
		$(COMPILE) -Werror -O2 -fanalyzer -MF /dev/null \
		-c -o /dev/null $$source; done

lint-text:
	mandoc -Tlint -W warning man/*.[58]
	if command -v shellcheck >/dev/null; then \
		shellcheck .ci/run tests/*.sh src/facts/schema/embed.sh; fi

# --- install, dist -----------------------------------------------------------

unitdir ?= $(prefix)/lib/systemd/system
INSTALL_DATA = install -m 644

install: $(BUILD)/policyd
	install -d $(DESTDIR)$(sbindir) $(DESTDIR)$(confdir) \
		$(DESTDIR)$(mandir)/man5 $(DESTDIR)$(mandir)/man8 \
		$(DESTDIR)$(unitdir) \
		$(DESTDIR)$(datadir)/policyd/schema/pgsql \
		$(DESTDIR)$(datadir)/policyd/schema/sqlite
	install -m 755 $(BUILD)/policyd $(DESTDIR)$(sbindir)/policyd
	$(INSTALL_DATA) man/*.5 $(DESTDIR)$(mandir)/man5
	$(INSTALL_DATA) man/*.8 $(DESTDIR)$(mandir)/man8
	$(INSTALL_DATA) systemd/* $(DESTDIR)$(unitdir)
	for store in pgsql sqlite; do \
		$(INSTALL_DATA) src/facts/schema/$$store/*.sql \
			$(DESTDIR)$(datadir)/policyd/schema/$$store; done
	# What an administrator wrote is kept.
	test -e $(DESTDIR)$(confdir)/policyd.yaml || $(INSTALL_DATA) \
		etc/policyd.yaml $(DESTDIR)$(confdir)/policyd.yaml

dist: $(BUILD)/config.mk
	git archive --prefix=policyd-$(VERSION)/ \
		-o $(BUILD)/policyd-$(VERSION).tar.gz HEAD
	@echo $(BUILD)/policyd-$(VERSION).tar.gz

.PHONY: check check-system check-asan check-valgrind demo lint lint-rooms \
	lint-headers lint-analyze lint-text install dist
