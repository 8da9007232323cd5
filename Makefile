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

SOURCES := $(sort $(wildcard src/*/*.c src/*/*/*.c))
SQL := $(sort $(wildcard src/store/schema/*/*.sql))
STATEMENTS := src/store/statements/pgsql.sql src/store/statements/sqlite.sql
PAGE := $(addprefix src/admin/page/,index.html page.css page.svg \
	world.json) $(sort $(wildcard src/admin/page/*.js))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/gen/page.o \
	$(BUILD)/gen/schema.o $(BUILD)/gen/statements.o

$(BUILD)/policyd: $(BUILD)/src/main.o $(BUILD)/libpolicyd.a
	$(Q)$(LINK) -o $@ $^ $(LIBS)

$(BUILD)/libpolicyd.a: $(OBJECTS)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/%.o: %.c $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -c -o $@ $<

# The SQL files, built in: a table of {store, number, name, text}.
$(BUILD)/gen/schema.c: src/store/schema/embed.sh $(SQL)
	@mkdir -p $(@D)
	sh src/store/schema/embed.sh $(SQL) >$@.tmp
	mv $@.tmp $@

# The statements of both stores, side by side: a table of {name, texts}.
$(BUILD)/gen/statements.c: src/store/statements/embed.sh $(STATEMENTS)
	@mkdir -p $(@D)
	sh src/store/statements/embed.sh $(STATEMENTS) >$@.tmp
	mv $@.tmp $@

# The status page, built in: a table of {path, type, text}.
$(BUILD)/gen/page.c: src/admin/page/embed.sh $(PAGE)
	@mkdir -p $(@D)
	sh src/admin/page/embed.sh $(PAGE) >$@.tmp
	mv $@.tmp $@

# What of it is made of packages of npm: the world. It is kept in the tree, so
# this is for whoever changes world.mjs; `make lint-page` says when.
NPM = cd $(BUILD)/npm && npm ci --silent --ignore-scripts --no-audit --no-fund

page: $(BUILD)/npm/node_modules
	node src/admin/page/world.mjs "$(abspath $(BUILD))/npm" >$(BUILD)/world.json
	mv $(BUILD)/world.json src/admin/page/world.json

$(BUILD)/npm/node_modules: src/admin/page/package.json \
		src/admin/page/package-lock.json
	@mkdir -p $(BUILD)/npm
	cp $^ $(BUILD)/npm
	$(NPM)
	@touch $@

$(BUILD)/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/config.mk
	$(Q)$(COMPILE) -c -o $@ $<

-include $(OBJECTS:.o=.d) $(BUILD)/src/main.d

# --- unit tests --------------------------------------------------------------

# Each tests/unit/ROOM/test_FILE.c is a program. They run in $(srcdir), all of
# them (-k), and the failure of one is the failure of all.
# What compares is not what has to be fast: it is compiled in half the time.
QUICK = -O0 -U_FORTIFY_SOURCE
UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(sort \
	$(wildcard tests/unit/*/test_*.c tests/unit/*/*/test_*.c)))

check-unit: $(UNIT_TESTS)
	+@$(MAKE) --no-print-directory -k $(UNIT_TESTS:=.run)

%.run: %
	@$(UNIT_WRAPPER) $<

$(UNIT_TESTS): $(BUILD)/tests/unit/%: tests/unit/%.c $(BUILD)/libpolicyd.a
	@mkdir -p $(@D)
	@test -n "$(CHECK_LIBS)" || { echo "check is missing: see make deps"; \
		exit 1; }
	$(Q)$(COMPILE) $(QUICK) -Itests/unit $(CHECK_CFLAGS) -MF $@.d -MT $@ \
		$(HARDEN_LDFLAGS) $(LDFLAGS) -o $@ $< \
		$(BUILD)/libpolicyd.a $(CHECK_LIBS) $(LIBS)

-include $(UNIT_TESTS:=.d)

# --- programs that the system tests drive -------------------------------------

PROBES = $(BUILD)/tests/system/mail_probe $(BUILD)/tests/system/ldap_probe \
	$(BUILD)/tests/detect/player

$(PROBES): %: %.o $(BUILD)/libpolicyd.a
	$(Q)$(LINK) -o $@ $^ $(LIBS)

-include $(PROBES:=.d)

# The program as a version to come might be: its schema goes on.
NEXT = $(BUILD)/tests/system/next/policyd
NEXT_SQL := $(sort $(wildcard tests/system/next/*/*.sql))

$(BUILD)/gen/next.c: src/store/schema/embed.sh $(SQL) $(NEXT_SQL)
	@mkdir -p $(@D)
	sh src/store/schema/embed.sh $(SQL) $(NEXT_SQL) >$@.tmp
	mv $@.tmp $@

$(NEXT): $(BUILD)/src/main.o $(BUILD)/gen/next.o $(BUILD)/libpolicyd.a
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $^ $(LIBS)

# --- fuzzing -----------------------------------------------------------------

# Each tests/fuzz/fuzz_NAME.c is run for a while by clang's libFuzzer; files in
# tests/fuzz/NAME/ are what it begins with. What it finds stays in $(BUILD)/fuzz.
FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

fuzz: $(FUZZERS:%=fuzz-%)

$(FUZZERS:%=fuzz-%): fuzz-%: $(BUILD)/fuzz/fuzz_%
	@mkdir -p $(BUILD)/fuzz/$*
	$< -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=10 \
		-verbosity=0 -print_final_stats=1 \
		-artifact_prefix=$(BUILD)/fuzz/ $(BUILD)/fuzz/$* \
		$(wildcard tests/fuzz/$*)

# All of policyd once, with the eyes of the fuzzer in it.
FUZZ_CC = clang
FUZZ_FLAGS = -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_OBJECTS := $(SOURCES:%.c=$(BUILD)/fuzz/%.o) $(BUILD)/fuzz/gen/page.o \
	$(BUILD)/fuzz/gen/schema.o $(BUILD)/fuzz/gen/statements.o
FUZZ_COMPILE = $(FUZZ_CC) $(FUZZ_FLAGS) $(filter-out -W%,$(STRICT)) -Isrc \
	-DPOLICYD_VERSION='"$(VERSION)"' -DPOLICYD_SYSCONFDIR='"$(confdir)"' \
	$(LIBS_CFLAGS) -MMD -MP

$(BUILD)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(BUILD)/fuzz/libpolicyd.a
	$(Q)$(FUZZ_COMPILE) -fsanitize=fuzzer -MF $@.d -MT $@ -o $@ $< \
		$(BUILD)/fuzz/libpolicyd.a $(LIBS)

$(BUILD)/fuzz/libpolicyd.a: $(FUZZ_OBJECTS)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/fuzz/src/%.o: src/%.c $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(Q)$(FUZZ_COMPILE) -fsanitize=fuzzer-no-link -c -o $@ $<

$(BUILD)/fuzz/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(Q)$(FUZZ_COMPILE) -fsanitize=fuzzer-no-link -c -o $@ $<

-include $(wildcard $(FUZZ_OBJECTS:.o=.d) $(BUILD)/fuzz/*.d)

# --- configure ---------------------------------------------------------------

$(BUILD)/configure: configure.ac
	@mkdir -p $(@D)
	cd $(BUILD) && autoconf -I /usr/share/aclocal -o configure \
		"$(srcdir)/configure.ac"

$(BUILD)/config.mk: $(BUILD)/configure src/config.mk.in
	cd $(BUILD) && ./configure --quiet --srcdir="$(srcdir)" $(CONFIGURE_FLAGS)
	@touch $@

# --- what is missing on this machine -----------------------------------------

deps:
	sh tests/deps.sh

clean:
	rm -rf $(BUILD)

.PHONY: all check-unit page fuzz deps clean
.DELETE_ON_ERROR:

# --- tests -------------------------------------------------------------------

# So many system tests run at once: most of them wait for something.
PYTEST_WORKERS ?= 6
PYTEST = /usr/bin/python3 -B -m pytest --tb=short -q \
	-n $(PYTEST_WORKERS) --dist loadgroup \
	-o cache_dir="$(abspath $(BUILD))/pytest"
SANITIZE = -g -O1 -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all
VALGRIND = valgrind -q --vgdb=no --error-exitcode=99 --leak-check=full \
	--show-leak-kinds=definite --errors-for-leak-kinds=definite \
	--suppressions='$(srcdir)/tests/valgrind.supp'

# Everything: installs what is missing, builds, runs all tests.
CHECKS = check-unit check-store check-store-proxy check-system

check: deps
	+@MAKE="$(MAKE)" tests/check.sh $(BUILD) $(CHECKS)

# What several of the checks are made of.
programs: $(BUILD)/policyd $(PROBES) $(NEXT) $(BUILD)/tests/store/test_store

check-system: $(BUILD)/policyd $(PROBES) $(NEXT)
	@BUILD=$(BUILD) POLICYD_BUILD="$(abspath $(BUILD))" \
		$(PYTEST) $(PYTEST_FLAGS) tests/system tests/detect

# The status page in a headless Chromium; a part of check-system.
check-page: $(BUILD)/policyd
	@BUILD=$(BUILD) POLICYD_BUILD="$(abspath $(BUILD))" \
		$(PYTEST) $(PYTEST_FLAGS) tests/system/test_page*.py

# The pictures of README, made anew.
screenshots: $(BUILD)/policyd
	POLICYD_BUILD="$(abspath $(BUILD))" \
		POLICYD_SCREENSHOTS="$(srcdir)/tests/screenshots" \
		/usr/bin/python3 -B -m pytest -q \
		tests/system/test_page_screenshots.py

demo: deps
	+@$(MAKE) --no-print-directory $(BUILD)/policyd
	POLICYD_BUILD="$(abspath $(BUILD))" /usr/bin/python3 -B tests/demo.py

check-asan:
	+@POLICYD_PATIENCE=4 $(MAKE) --no-print-directory BUILD=$(BUILD)/asan \
		CONFIGURE_FLAGS=--disable-hardening CFLAGS="$(SANITIZE)" check

# The unit tests, and what a daemon mostly does, under valgrind, side by side:
# memory that nobody frees, and files that a daemon still has at its end.
VALGRIND_TESTS = test_protocol or test_geoip.py or test_decision and override \
	or test_process and reload

check-valgrind:
	+@MAKE="$(MAKE)" tests/check.sh $(BUILD) check-valgrind-unit \
		check-valgrind-system

check-valgrind-unit:
	+@CK_TIMEOUT_MULTIPLIER=10 $(MAKE) --no-print-directory check-unit \
		UNIT_WRAPPER="$(VALGRIND)"

# A start may take 10 s, whatever else is under way.
check-valgrind-system: PYTEST_WORKERS = 3
check-valgrind-system: $(BUILD)/policyd
	@POLICYD_BUILD="$(abspath $(BUILD))" POLICYD_PATIENCE=10 \
	POLICYD_WRAPPER="$(VALGRIND) --track-fds=yes" \
		$(PYTEST) $(PYTEST_FLAGS) -k "$(VALGRIND_TESTS)" tests/system

# --- lint --------------------------------------------------------------------

# What was found clean stays so until it changes: $(BUILD)/lint holds stamps.
HEADERS := $(wildcard src/*/*.h src/*/*/*.h)
HEADERS_LINTED := $(HEADERS:%=$(BUILD)/lint/%.alone)
ANALYZED := $(patsubst %.c,$(BUILD)/lint/%.analyzed,$(SOURCES) src/main.c)

lint: lint-rooms lint-headers lint-analyze lint-text lint-page

lint-rooms:
	tests/lint-rooms.py

# Every header compiles alone.
lint-headers: $(HEADERS_LINTED)

$(HEADERS_LINTED): $(BUILD)/lint/%.alone: % $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -Werror -fsyntax-only -MF $@.d -MT $@ -x c $<
	@touch $@

lint-analyze: lint-cppcheck $(ANALYZED)

# As it is compiled: each #ifdef of jansson.h would be another configuration.
lint-cppcheck: $(BUILD)/config.mk
	@mkdir -p $(BUILD)/lint/cppcheck
	cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr -j2 \
		--max-configs=1 --cppcheck-build-dir=$(BUILD)/lint/cppcheck \
		--enable=warning,performance,portability \
		--suppress=missingIncludeSystem --suppress=*:/usr/include/* \
		--suppress=preprocessorErrorDirective:src/base/counters.def \
		--suppress=syntaxError:src/config/macros.c \
		--include=/usr/include/jansson.h -Isrc src

$(ANALYZED): $(BUILD)/lint/%.analyzed: %.c $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -Werror -O2 -g0 -fanalyzer -MF $@.d -MT $@ -S \
		-o /dev/null $<
	@touch $@

-include $(wildcard $(HEADERS_LINTED:=.d) $(ANALYZED:=.d))

# world.json is of the sources that are there, and nobody wrote in it since.
lint-page:
	@cd src/admin/page && sum() { sha256sum | cut -d ' ' -f 1; } && \
	grep -q "\"made_of\": \"$$(cat world.mjs package-lock.json | sum)\"" \
		world.json && \
	grep -q "\"digest\": \"$$(sed 1,3d world.json | sum)\"" world.json || \
		{ echo "src/admin/page/world.json is not current: make page"; \
		exit 1; }

lint-text:
	mandoc -Tlint -W warning man/*.[578]
	shellcheck .ci/run tests/*.sh tests/package/*.sh \
		debian/policyd.config debian/policyd.p*[mt] \
		src/store/schema/embed.sh src/admin/page/embed.sh

# --- install, dist -----------------------------------------------------------

unitdir ?= $(prefix)/lib/systemd/system
zshdir ?= $(datadir)/zsh/site-functions
INSTALL_DATA = install -m 644
# Where the program and its configuration are, in units and the like.
PLACES = sed -e 's|/usr/sbin/policyd|$(sbindir)/policyd|g' \
	-e 's|/etc/policyd/|$(confdir)/|g' \
	-e 's|/usr/share/policyd/|$(datadir)/policyd/|g'

install: $(BUILD)/policyd
	install -d $(DESTDIR)$(sbindir)
	install -m 755 $(BUILD)/policyd $(DESTDIR)$(sbindir)/policyd
	for section in 5 7 8; do \
		install -d $(DESTDIR)$(mandir)/man$$section; \
		$(INSTALL_DATA) man/*.$$section \
			$(DESTDIR)$(mandir)/man$$section || exit; done
	install -d $(DESTDIR)$(datadir)/policyd
	$(INSTALL_DATA) etc/openapi.yaml etc/prometheus-rules.yaml \
		etc/grafana-dashboard.json etc/providers.txt \
		$(DESTDIR)$(datadir)/policyd
	for store in pgsql proxy sqlite; do \
		install -d $(DESTDIR)$(datadir)/policyd/schema/$$store; \
		$(INSTALL_DATA) src/store/schema/$$store/*.sql \
			$(DESTDIR)$(datadir)/policyd/schema/$$store || exit; \
	done
	install -d $(DESTDIR)$(unitdir)
	set -e; for unit in systemd/*; do \
		$(PLACES) $$unit >$(BUILD)/unit; $(INSTALL_DATA) $(BUILD)/unit \
			$(DESTDIR)$(unitdir)/$${unit#systemd/}; done
	install -d $(DESTDIR)$(prefix)/lib/sysusers.d \
		$(DESTDIR)$(prefix)/lib/tmpfiles.d \
		$(DESTDIR)$(datadir)/bash-completion/completions \
		$(DESTDIR)$(zshdir) \
		$(DESTDIR)$(sysconfdir)/apparmor.d \
		$(DESTDIR)$(sysconfdir)/logcheck/ignore.d.server
	$(INSTALL_DATA) etc/policyd.sysusers \
		$(DESTDIR)$(prefix)/lib/sysusers.d/policyd.conf
	$(INSTALL_DATA) etc/policyd.tmpfiles \
		$(DESTDIR)$(prefix)/lib/tmpfiles.d/policyd.conf
	$(INSTALL_DATA) etc/policyd.bash-completion \
		$(DESTDIR)$(datadir)/bash-completion/completions/policyd
	$(INSTALL_DATA) etc/policyd.zsh-completion \
		$(DESTDIR)$(zshdir)/_policyd
	$(PLACES) etc/policyd.apparmor >$(BUILD)/apparmor
	$(INSTALL_DATA) $(BUILD)/apparmor \
		$(DESTDIR)$(sysconfdir)/apparmor.d/policyd
	$(INSTALL_DATA) etc/policyd.logcheck \
		$(DESTDIR)$(sysconfdir)/logcheck/ignore.d.server/policyd
	install -d $(DESTDIR)$(sysconfdir)/cron.d
	$(PLACES) etc/policyd.cron >$(BUILD)/cron
	$(INSTALL_DATA) $(BUILD)/cron $(DESTDIR)$(sysconfdir)/cron.d/policyd
	# What an administrator wrote is kept.
	install -d $(DESTDIR)$(confdir)
	$(PLACES) -e 's|^# Every key is here with its default, so|# Every key is here with its default, but for providers.file, so|' \
		-e 's|^  file: ""$$|  file: $(datadir)/policyd/providers.txt|' \
		etc/policyd.yaml >$(BUILD)/policyd.yaml
	grep -q '^  file: $(datadir)/policyd/providers.txt' $(BUILD)/policyd.yaml
	test -e $(DESTDIR)$(confdir)/policyd.yaml || $(INSTALL_DATA) \
		$(BUILD)/policyd.yaml $(DESTDIR)$(confdir)/policyd.yaml

dist: $(BUILD)/config.mk
	git archive --prefix=policyd-$(VERSION)/ \
		-o $(BUILD)/policyd-$(VERSION).tar.gz HEAD
	@echo $(BUILD)/policyd-$(VERSION).tar.gz

.PHONY: check programs check-system check-page screenshots check-asan check-valgrind \
	check-valgrind-unit check-valgrind-system demo lint lint-rooms \
	lint-headers lint-analyze lint-cppcheck lint-text lint-page install dist

# --- make bench: a table of what this machine does ---------------------------

BENCH_PROGRAMS = $(BUILD)/tests/bench/null $(BUILD)/tests/bench/load

$(BUILD)/tests/bench/null: $(BUILD)/tests/bench/null.o
	$(LINK) -o $@ $^

$(BUILD)/tests/bench/load: $(BUILD)/tests/bench/load.o \
		$(BUILD)/tests/bench/workload.o $(BUILD)/tests/bench/histogram.o
	$(LINK) -o $@ $^ -lm

$(BUILD)/tests/bench/crowded: $(BUILD)/tests/bench/crowded.o \
		$(BUILD)/libpolicyd.a
	$(LINK) -o $@ $^ $(LIBS)

-include $(wildcard $(BUILD)/tests/bench/*.d)

# Options of tests/bench/run.py, such as BENCH="--seconds 10 --rounds 3".
bench: $(BUILD)/policyd $(BENCH_PROGRAMS)
	POLICYD_BUILD=$(BUILD) /usr/bin/python3 tests/bench/run.py $(BENCH)

# The kinds of traffic, and all else that a request may cost: BENCH=--short
# takes some minutes, BENCH=--keep writes tests/bench/RESULTS, and
# BENCH="--parts growth --rows 10000000 --budget 3600" is for who has an hour.
bench-workloads: $(BUILD)/policyd $(BENCH_PROGRAMS)
	POLICYD_BUILD=$(BUILD) /usr/bin/python3 tests/bench/workloads.py $(BENCH)

# A block on one host, heeded on another, 1,000 times.
bench-heeding: $(BUILD)/policyd
	POLICYD_BUILD=$(BUILD) /usr/bin/python3 tests/bench/heeding.py $(BENCH)

.PHONY: bench-workloads bench-heeding

# Many hosts on one store: directly, by pgbouncer, on four shards; options of
# tests/bench/fleet.py: BENCH="--hosts 50 --memory 60s".
bench-fleet: $(BUILD)/policyd $(BENCH_PROGRAMS)
	POLICYD_BUILD=$(BUILD) /usr/bin/python3 -B tests/bench/fleet.py $(BENCH)

.PHONY: bench-fleet

# What a login costs when nothing blocks its account, which is tried from
# everywhere; BENCH_CROWDED="10 1000" are other numbers of attempts.
bench-crowded: $(BUILD)/tests/bench/crowded
	tests/bench/crowded.sh $(BUILD) $(BENCH_CROWDED)

# What clients notice of a long list of custom settings; options of
# tests/bench/lists.py: BENCH="--entries 20000 --stores sqlite".
bench-lists: $(BUILD)/policyd $(BENCH_PROGRAMS)
	POLICYD_BUILD=$(BUILD) /usr/bin/python3 -B tests/bench/lists.py $(BENCH)

.PHONY: bench bench-crowded bench-lists

# --- the Debian package --------------------------------------------------------

# Builds the package and plays its life in a booted Debian: takes minutes, and
# fetches from Debian's mirror. Where that is not possible it says why.
check-package:
	dpkg-buildpackage -us -uc -b
	lintian --fail-on error,warning ../policyd_$$(dpkg-parsechangelog \
		-S Version)_$$(dpkg --print-architecture).changes
	tests/package/nspawn.sh $(BUILD) ../policyd_$$(dpkg-parsechangelog \
		-S Version)_$$(dpkg --print-architecture).deb

.PHONY: check-package

# --- both stores answer alike --------------------------------------------------

# On SQLite, and on a PostgreSQL server of its own.
STORE_TEST = $(BUILD)/tests/store/test_store

$(STORE_TEST): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/store/*.c)) \
		$(BUILD)/libpolicyd.a
	$(LINK) -o $@ $^ $(CHECK_LIBS) $(LIBS)

$(BUILD)/tests/store/%.o: LIBS_CFLAGS += $(CHECK_CFLAGS) -Itests/store
$(BUILD)/tests/store/%.o: CFLAGS += $(QUICK)

check-store: $(STORE_TEST)
	POLICYD_BUILD="$(abspath $(BUILD))" \
		/usr/bin/python3 -B tests/with_postgres.py $(STORE_TEST)

# The same before four shards, but for what is of files alone.
check-store-proxy: $(STORE_TEST) $(BUILD)/policyd
	POLICYD_BUILD="$(abspath $(BUILD))" \
		/usr/bin/python3 -B tests/with_cluster.py $(STORE_TEST)

-include $(wildcard $(BUILD)/tests/store/*.d)
.PHONY: check-store check-store-proxy

# --- whom does it stop, and whom by mistake? ------------------------------------

# Options of tests/detect/evaluate.py: DETECT="--accounts 20000 --seed 7 --keep".
# By default 2,000 accounts, which takes some minutes.
detect: $(BUILD)/policyd
	/usr/bin/python3 -B tests/detect/evaluate.py --build $(BUILD) $(DETECT)

.PHONY: detect

# --- the container image ---------------------------------------------------------

# Builds the image from a Debian of debootstrap's and runs it: takes minutes, and
# fetches from Debian's mirror. Where that is not possible it says why.
check-container:
	/usr/bin/python3 -B tests/container/story.py $(BUILD)

.PHONY: check-container
