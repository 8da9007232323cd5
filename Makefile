# Makefile -- build, test and install policyd.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Everything made goes to $(BUILD); src/ is never written to.

BUILD ?= build
srcdir := $(CURDIR)

all: $(BUILD)/policyd

ifneq ($(filter-out clean deps,$(or $(MAKECMDGOALS),all)),)
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

# --- both stores answer alike --------------------------------------------------

# Runs on SQLite, and on PostgreSQL if PGHOST or the like names a server;
# otherwise in a throw-away one, if pg_virtualenv is there.
STORE_TEST = $(BUILD)/tests/store/test_store

$(STORE_TEST): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/store/*.c)) \
		$(BUILD)/libpolicyd.a
	$(LINK) -o $@ $^ $(CHECK_LIBS) $(LIBS)

$(BUILD)/tests/store/%.o: LIBS_CFLAGS += $(CHECK_CFLAGS) -Itests/store

check-store: $(STORE_TEST)
	if [ -z "$${PGHOST-}$${PGPORT-}$${PGSERVICE-}" ] && \
	    command -v pg_virtualenv >/dev/null; then \
		pg_virtualenv -v 15 $(STORE_TEST); \
	else \
		$(STORE_TEST); \
	fi

-include $(wildcard $(BUILD)/tests/store/*.d)
.PHONY: check-store
