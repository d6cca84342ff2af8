# Sportello. `make help` lists the targets. Everything that is built goes below $(BUILD).
BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
V ?= 0
DEVELOPER ?= 0
SAN ?=
# The sentence encoder to build in: e5, or none (nothing is fetched; answers are found by words alone).
ENCODER ?= e5

MODULES := base text conf sandbox kb history convert encode vectors index store metrics publish backup training answer editor gaps ticket connect access http cmd
PKGS := libmicrohttpd jansson sqlite3 yaml-0.1 libutf8proc zlib xapian-core libcmark-gfm libcurl libgit2 libxml-2.0

CC ?= gcc
CXX ?= g++
OPT ?= -O2 -g
WARN := -Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wundef -Wvla -Wformat=2 -Wimplicit-fallthrough -Wbidi-chars=any
CWARN := $(WARN) -Wstrict-prototypes -Wmissing-prototypes -Wtrampolines
# What Debian (dpkg-buildflags hardening=+all) and OpenSSF (Compiler Options Hardening Guide) name for this compiler; tests/cli/test_hardening.py looks.
# "HARDEN=" leaves it out: the sanitizers do not go with it. Of the encoder's loops nothing that costs time in them.
CPU_HARDEN := $(if $(filter x86_64,$(shell uname -m)),-fcf-protection=full,$(if $(filter aarch64,$(shell uname -m)),-mbranch-protection=standard))
FRAME_HARDEN := -fstack-protector-strong -fstack-clash-protection $(CPU_HARDEN) -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
HARDEN := $(FRAME_HARDEN) -D_GLIBCXX_ASSERTIONS -ftrivial-auto-var-init=zero -fno-delete-null-pointer-checks -fno-strict-overflow \
	-fno-strict-aliasing -fPIE
LINK_HARDEN := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code -Wl,--as-needed
# No path of this machine in what is built: the same sources give the same bytes in any folder.
PLACELESS := -ffile-prefix-map=$(CURDIR)=.
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)
INCLUDES := -Iinclude -Isrc -I$(BUILD)/gen -isystem /usr/include/libxml2
CFLAGS_ALL := -std=c17 -D_GNU_SOURCE $(OPT) $(CWARN) $(HARDEN) $(PLACELESS) $(SANFLAGS) $(INCLUDES) -MMD -MP $(CFLAGS)
CXXFLAGS_ALL := -std=c++17 -D_GNU_SOURCE $(OPT) $(WARN) $(HARDEN) $(PLACELESS) $(SANFLAGS) $(INCLUDES) -fvisibility=hidden -MMD -MP $(CXXFLAGS)
LIBS = -lmicrohttpd -ljansson -lsqlite3 -lyaml -lutf8proc -lstemmer -lxapian -lcmark-gfm -lcmark-gfm-extensions -lz -lcurl -lgnutls -lseccomp -lgit2 -lxml2 -lcjose $(if $(E5_OBJECTS),$(E5_LIBS)) -lpthread -lm

.DEFAULT_GOAL := all

# ---- the sentence encoder (src/build/e5.sh): e5.mk sets E5 to 1 where engine and model could be had ----
E5_MAKEFILE := $(BUILD)/e5/$(ENCODER).mk
ifeq ($(MAKE_RESTARTS),)
$(E5_MAKEFILE): src/build/e5.sh
	@sh src/build/e5.sh $(@D) $(ENCODER)
endif
ifneq ($(filter-out help clean uninstall deps% check-headers,$(or $(MAKECMDGOALS),all)),)
include $(E5_MAKEFILE)
endif
# The engine as it came, with a pass of ours on top (E5_SOURCE includes it), for any processor, for those with AVX2 and for those with
# AVX-512 VNNI: its own names get ours, its warnings are not ours.
E5_SOURCE := src/encode/engine/e5_tokens.c
E5_NAMES := load load_mem free token_count dim embed embed_batch load_sae sparse_dim embed_sparse open close dimensions encode
E5_OPT := -Ofast -fPIE -w -MMD -MP $(PLACELESS) $(if $(HARDEN),$(FRAME_HARDEN)) $(if $(filter thread,$(SAN)),,-fopenmp)
# Linked in statically, so that src/encode/e5.c may say how its threads wait before it starts.
E5_LIBS := $(if $(filter thread,$(SAN)),,-l:libgomp.a -ldl)
E5_VARIANTS := plain $(if $(filter x86_64,$(shell uname -m)),avx2 vnni)
E5_OBJECTS := $(if $(filter 1,$(E5)),$(E5_VARIANTS:%=$(BUILD)/obj/e5/%.o))
$(BUILD)/obj/e5/avx2.o: E5_CPU := -mavx2 -mfma -mf16c
$(BUILD)/obj/e5/vnni.o: E5_CPU := -mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni -mprefer-vector-width=512
$(BUILD)/obj/e5/%.o: $(E5_SOURCE) $(E5_MAKEFILE)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(E5_OPT) $(E5_CPU) $(foreach n,$(E5_NAMES),-De5_$(n)=spi_e5_$*_$(n)) -Isrc -I$(BUILD)/e5 -c -o $@ $<
$(BUILD)/e5/.with-$(E5):
	@mkdir -p $(@D); rm -f $(@D)/.with-*; touch $@
$(BUILD)/obj/encode/encoder.o: $(BUILD)/e5/.with-$(E5)
$(BUILD)/obj/encode/encoder.o: CFLAGS_ALL += -DSPI_WITH_E5=$(E5)

# ---- what is there ----
SOURCES := $(foreach m,$(MODULES),$(wildcard src/$(m)/*.c src/$(m)/*/*.c src/$(m)/*.cc))
SOURCES := $(filter-out $(E5_SOURCE) $(if $(filter 1,$(E5)),,src/encode/e5.c),$(SOURCES))
obj = $(addprefix $(BUILD)/obj/,$(addsuffix .o,$(basename $(patsubst src/%,%,$(1)))))
EMBEDDED := texts schema cues skeletons web
GEN_OBJECTS := $(EMBEDDED:%=$(BUILD)/gen/embedded_%.o)
ARCHIVES := $(MODULES:%=$(BUILD)/lib/%.a)
TEXT_FILES := $(sort $(wildcard web/texts/*/*.properties))
SCHEMA_FILES := $(sort $(wildcard src/store/schema/*.sql))
SKELETON_FILES := $(shell find web/skeletons -type f | LC_ALL=C sort)
CUE_FILES := $(sort $(wildcard src/answer/cues/*/*.txt))
UNIT_FILES := $(basename $(notdir $(wildcard tests/unit/*.c tests/unit/*.cc)))
UNIT_TESTS := $(filter test_%,$(UNIT_FILES))

quiet = $(if $(filter 1,$(V)),,@printf '  %-5s %s\n' $(1) $(patsubst $(BUILD)/%,%,$@);)

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all
all: $(BUILD)/sportello $(BUILD)/libsportello.a

$(BUILD)/obj/%.o: src/%.c | deps
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CFLAGS_ALL) -c -o $@ $<

$(BUILD)/obj/%.o: src/%.cc | deps
	@mkdir -p $(@D)
	$(call quiet,CXX)$(CXX) $(CXXFLAGS_ALL) -c -o $@ $<

define archive_rule
$(BUILD)/lib/$(1).a: $(call obj,$(filter src/$(1)/%,$(SOURCES)))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(call quiet,AR)ar rcsD $$@ $$^
endef
$(foreach m,$(MODULES),$(eval $(call archive_rule,$(m))))

# ---- files that go into the library (src/build/embed.sh) ----
$(BUILD)/gen/embedded_texts.c: src/build/embed.sh $(TEXT_FILES)
	@mkdir -p $(@D)
	$(call quiet,EMBED)sh src/build/embed.sh spi_embedded_texts web/texts $(TEXT_FILES:web/texts/%=%) > $@
$(BUILD)/gen/embedded_schema.c: src/build/embed.sh $(SCHEMA_FILES)
	@mkdir -p $(@D)
	$(call quiet,EMBED)sh src/build/embed.sh spi_embedded_schema src/store/schema $(SCHEMA_FILES:src/store/schema/%=%) > $@
$(BUILD)/gen/embedded_cues.c: src/build/embed.sh $(CUE_FILES)
	@mkdir -p $(@D)
	$(call quiet,EMBED)sh src/build/embed.sh spi_embedded_cues src/answer/cues $(CUE_FILES:src/answer/cues/%=%) > $@
$(BUILD)/gen/embedded_skeletons.c: src/build/embed.sh $(SKELETON_FILES)
	@mkdir -p $(@D)
	$(call quiet,EMBED)sh src/build/embed.sh spi_embedded_skeletons web/skeletons $(SKELETON_FILES:web/skeletons/%=%) > $@
$(BUILD)/gen/embedded_web.c: src/build/embed.sh $(BUILD)/web/.stamp
	@mkdir -p $(@D)
	$(call quiet,EMBED)sh src/build/embed.sh spi_embedded_web $(BUILD)/web \
		$$(cd $(BUILD)/web && find . -type f ! -name .stamp | sed 's,^\./,,' | LC_ALL=C sort) > $@
$(BUILD)/gen/embedded_%.o: $(BUILD)/gen/embedded_%.c
	$(call quiet,CC)$(CC) $(CFLAGS_ALL) -c -o $@ $<

# ---- pages: design system from npm, cut to what the pages use (web/build.mjs) ----
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/skeletons/*' -not -path 'web/schema/*' 2>/dev/null)
$(BUILD)/web/.stamp: $(WEB_SOURCES) | deps
	$(call quiet,WEB)sh web/build.sh $(BUILD)/web $(BUILD)/npm
	@touch $@

# ---- program and library ----
$(BUILD)/libsportello.a: $(ARCHIVES) $(GEN_OBJECTS) $(E5_OBJECTS)
	@rm -f $@
	$(call quiet,AR)ar rcsD $@ $(filter-out $(BUILD)/obj/cmd/%,$(call obj,$(filter-out src/cmd/%,$(SOURCES)))) $(GEN_OBJECTS) $(E5_OBJECTS)

$(BUILD)/sportello: $(call obj,src/main.c) $(BUILD)/lib/cmd.a $(BUILD)/libsportello.a
	$(call quiet,LD)$(CXX) $(SANFLAGS) $(LINK_HARDEN) -o $@ $^ $(LIBS) $(LDFLAGS)

# ---- unit tests: tests/unit/test_<name>.c (or .cc: what is Xapian's), linked with what they share and every archive (of that only what is called comes in) ----
$(BUILD)/tests/%.o: tests/unit/%.c | deps
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CFLAGS_ALL) -Itests/unit -c -o $@ $<
$(BUILD)/tests/%.o: tests/unit/%.cc | deps
	@mkdir -p $(@D)
	$(call quiet,CXX)$(CXX) $(CXXFLAGS_ALL) -Itests/unit -c -o $@ $<
# It takes in the engine, whose warnings are not ours.
$(BUILD)/tests/test_encode_split.o: CFLAGS_ALL += -w -I$(BUILD)/e5
$(BUILD)/tests/test_encode_split.o: $(E5_MAKEFILE)
$(BUILD)/tests/shared.a: $(patsubst %,$(BUILD)/tests/%.o,$(filter-out $(UNIT_TESTS),$(UNIT_FILES)))
	@rm -f $@
	$(call quiet,AR)ar rcsD $@ $^
define unit_rule
$(BUILD)/tests/$(1): $(BUILD)/tests/$(1).o $(BUILD)/tests/shared.a $(BUILD)/libsportello.a
	$$(call quiet,LD)$(CXX) $(SANFLAGS) -o $$@ $$^ $(LIBS) $(LDFLAGS)
endef
$(foreach t,$(UNIT_TESTS),$(eval $(call unit_rule,$(t))))
unit-%: $(BUILD)/tests/test_%
	$<



# ---- what a person types ----
KB ?= kb
DATA ?= $(BUILD)/data
LISTEN ?= 127.0.0.1:8080

# The schemas that our own .vscode/settings.json names; a test says when they are old.
.PHONY: schemas
schemas: all
	@mkdir -p web/schema
	LC_ALL=it $(BUILD)/sportello schema article --kb kb > web/schema/article.json
	LC_ALL=it $(BUILD)/sportello schema kb > web/schema/kb.json

.PHONY: help run test check-headers lint sanitize bench install uninstall clean
help:
	@echo "make            build $(BUILD)/sportello and $(BUILD)/libsportello.a"
	@echo "make run        install what is missing, build, index $(KB)/, serve on $(LISTEN) (KB=, DATA=, LISTEN=)"
	@echo "make test       the same, and all tests; make test ONLY=unit (fuzz, cli, http, answers, bench, browser) for a part"
	@echo "make soak-faults   500 kills, cut files, full disks, clock jumps under load; writes tests/RELIABILITY.md (about half an hour)"
	@echo "make soak-tickets  2,000 tickets, 50 kills and faults at random, for each kind of connector (about ten minutes)"
	@echo "make fuzz       each harness of tests/fuzz/ for TIME=60 seconds (FUZZ=\"article chat\": only those)"
	@echo "make bench-index   index, start and a saved article, with 100,000 articles too"
	@echo "make bench-replay  the reference's 870,563 contacts played; REPLAY=0.01 a share of them"
	@echo "make load-hour  an hour (TIME=3600) at 70 % of the maximum: nothing may grow"
	@echo "make bench-ledger  ten million events in the ledger, each view's time"
	@echo "make bench      speed and size, beside their references, in one run; writes tests/bench/RESULTS.md"
	@echo "make lint       clang-tidy, cppcheck, headers alone, what we agreed not to use; sportello check on $(KB)/"
	@echo "make sanitize   unit, command-line and HTTP tests under ASan+UBSan, unit and HTTP tests under TSan"
	@echo "make valgrind   memcheck and helgrind over the core's unit tests"
	@echo "make analyze    gcc -fanalyzer over the library; make coverage: lines and branches that the tests reach"
	@echo "make schemas    JSON Schemas of $(KB)/ for editors' programs (web/schema/)"
	@echo "make deb        a Debian package in $(BUILD)/deb/; make image: an OCI image of it; make image TRY=1: run it, too (src/package/)"
	@echo "make try-deb    that package installed, upgraded, removed and purged; make try-same: built twice, byte for byte the same (tests/package/)"
	@echo "make install    PREFIX=$(PREFIX) DESTDIR=; make uninstall"
	@echo "make clean      remove $(BUILD)/"

run: all
	@mkdir -p $(DATA)
	@SPORTELLO_BANNER=1 exec $(BUILD)/sportello serve --kb $(KB) --data $(DATA) --listen $(LISTEN)

ONLY ?=
BENCH_PROGRAMS := $(BUILD)/bench/bare_http $(BUILD)/bench/encode_queue $(BUILD)/bench/encoder $(BUILD)/bench/decide $(BUILD)/bench/ledger $(BUILD)/bench/topics $(BUILD)/bench/durable
test: deps-test all $(UNIT_TESTS:%=$(BUILD)/tests/%) fuzz-replay $(BUILD)/tests/browser/.stamp $(BUILD)/tests/spec/.stamp $(BENCH_PROGRAMS)
	@SPORTELLO_BIN=$(abspath $(BUILD)/sportello) SPORTELLO_BUILD=$(abspath $(BUILD)) python3 tests/run.py $(ONLY)

# Faults under load; what was tried and lost is written to tests/RELIABILITY.md. About half an hour.
KILLS ?= 500
CUTS ?= 300
ROUNDS ?= 20
.PHONY: soak-faults
soak-faults: deps-test all
	SPORTELLO_BIN=$(abspath $(BUILD)/sportello) SPORTELLO_BUILD=$(abspath $(BUILD)) python3 tests/faults/soak.py --kills $(KILLS) --cuts $(CUTS) --rounds $(ROUNDS) \
		--results tests/RELIABILITY.md

.PHONY: soak-tickets
soak-tickets: all
	@cd tests/http && SPORTELLO_BIN=$(abspath $(BUILD)/sportello) SPORTELLO_SOAK=1 python3 -B -m unittest -v test_connectors_soak

# The browser's driver stays out of the source tree; node finds it by the link.
$(BUILD)/tests/browser/.stamp: tests/browser/package-lock.json tests/browser/package.json | deps
	@mkdir -p $(@D)
	$(call quiet,NPM)cp tests/browser/package.json tests/browser/package-lock.json $(wildcard tests/browser/.npmrc) $(@D)/ && \
		cd $(@D) && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

# Public examples that the service is given as input.
$(BUILD)/tests/spec/.stamp: tests/http/spec/package-lock.json tests/http/spec/package.json | deps
	@mkdir -p $(@D)
	$(call quiet,NPM)cp tests/http/spec/package.json tests/http/spec/package-lock.json tests/http/spec/.npmrc $(@D)/ && \
		cd $(@D) && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

HEADERS := $(wildcard include/sportello/*.h)
check-headers: | deps
	@for h in $(HEADERS); do \
		$(CC) -std=c17 -Wall -Wextra -Werror -Iinclude -fsyntax-only -x c $$h && \
		$(CXX) -std=c++17 -Wall -Wextra -Werror -Iinclude -fsyntax-only -x c++ $$h || exit 1; done
	@echo "$(words $(HEADERS)) headers compile alone, in C and in C++"

LINT_PACKAGES := clang-tidy cppcheck
lint: all check-headers
	@sh src/build/packages.sh $(LINT_PACKAGES)
	@sh tests/lint/agreed.sh
	cppcheck --quiet --std=c17 --language=c --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		--suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches -D__GNUC__ $(INCLUDES) $(filter %.c,$(SOURCES)) src/main.c
	@$(MAKE) -s -k -O -j$$(nproc) lint-tidy
	$(BUILD)/sportello check --kb kb
	@python3 -B tests/lint/proof.py "make lint" "clang-tidy and cppcheck over $(words $(SOURCES)) files, headers alone, agreed rules, the linter on kb/: nothing found"

# A file that nothing was found in is looked at again when it, any header or the rules changed: all of them take a quarter of an hour.
TIDY_NEEDS := .clang-tidy $(shell find src include -name '*.h' -o -name '*.hh')
.PHONY: lint-tidy
lint-tidy: $(patsubst %,$(BUILD)/lint/%.tidy,$(SOURCES) src/main.c)
$(BUILD)/lint/%.c.tidy: %.c $(TIDY_NEEDS)
	@mkdir -p $(@D)
	clang-tidy --quiet $< -- -std=c17 -D_GNU_SOURCE $(INCLUDES) 2>/dev/null
	@touch $@
$(BUILD)/lint/%.cc.tidy: %.cc $(TIDY_NEEDS)
	@mkdir -p $(@D)
	clang-tidy --quiet $< -- -std=c++17 -D_GNU_SOURCE $(INCLUDES) 2>/dev/null
	@touch $@

# gcc's static analysis over the library's C; what it takes wrongly for a fault is explained in tests/lint/analyzer.txt.
.PHONY: analyze
analyze: all
	@sh tests/lint/analyze.sh "$(CC) -std=c17 -D_GNU_SOURCE $(INCLUDES) -DSPI_WITH_E5=$(E5)" $(filter-out src/cmd/%,$(filter %.c,$(SOURCES)))

# Lines and branches of the library (not of the commands) that the tests reach, by folder; at least $(COVERAGE_LINES) % of lines. A service writes what it
# ran when it ends, in its sandbox too (tests/lint/counted.c); one that a test kills does not count.
COVERAGE_PACKAGES := gcovr
COVERAGE_SUITES ?= unit fuzz cli http
COVERAGE_LINES ?= 90
COVERAGE_FLAGS := --coverage -fprofile-update=atomic -Wno-error
COUNTED := $(abspath $(BUILD)-cov)/counted.o
.PHONY: coverage
coverage: deps-test
	@sh src/build/packages.sh $(COVERAGE_PACKAGES)
	@mkdir -p $(BUILD)-cov
	@for kept in e5 npm; do test -e $(BUILD)-cov/$$kept || test ! -e $(BUILD)/$$kept || cp -a $(BUILD)/$$kept $(BUILD)-cov/; done
	@find $(BUILD)-cov -name '*.gcda' -delete
	$(CC) -std=c17 -Wall -Wextra -Iinclude -DCOUNTED_BUILD='"$(abspath $(BUILD)-cov)"' -c -o $(COUNTED) tests/lint/counted.c
	-$(MAKE) BUILD=$(BUILD)-cov HARDEN= OPT="-O1 -g" CFLAGS="$(COVERAGE_FLAGS)" CXXFLAGS="$(COVERAGE_FLAGS)" \
		LDFLAGS="--coverage -Wl,--wrap=sp_sandbox_files $(COUNTED) $(abspath $(BUILD)-cov)/libsportello.a" sanitize-run SUITES="$(COVERAGE_SUITES)"
	@python3 -B tests/lint/coverage.py $(BUILD)-cov $(COVERAGE_LINES) "$(COVERAGE_SUITES)"

# gcc's sanitizers; _FORTIFY_SOURCE hides from them what they look for. A row a suite of tests/PROOF.md tells of each of its files the last run.
# make sanitize ASAN_SUITES="unit http/abuse": only those (a suite, or of a suite the files with that in their name); none with ASAN_SUITES=.
ASAN_SUITES ?= unit fuzz cli http answers
TSAN_SUITES ?= unit fuzz cli http
sanitize: deps-test
	@for made in asan tsan; do mkdir -p $(BUILD)-$$made; for kept in e5 npm; do test -e $(BUILD)-$$made/$$kept || test ! -e $(BUILD)/$$kept || cp -a $(BUILD)/$$kept $(BUILD)-$$made/; done; done
	$(if $(ASAN_SUITES),$(MAKE) BUILD=$(BUILD)-asan SAN=address$(comma)undefined HARDEN= OPT="-O1 -g" sanitize-run SUITES="$(ASAN_SUITES)" PROOF="make sanitize: ASan and UBSan")
	$(if $(TSAN_SUITES),$(MAKE) BUILD=$(BUILD)-tsan SAN=thread HARDEN= OPT="-O1 -g" sanitize-run SUITES="$(TSAN_SUITES)" PROOF="make sanitize: TSan")
comma := ,
.PHONY: sanitize-run
sanitize-run: all $(UNIT_TESTS:%=$(BUILD)/tests/%) fuzz-replay $(BUILD)/tests/spec/.stamp
	@SPORTELLO_BIN=$(abspath $(BUILD)/sportello) SPORTELLO_BUILD=$(abspath $(BUILD)) SPORTELLO_SLOW=1 SPORTELLO_PROOF="$(PROOF)" \
		UBSAN_OPTIONS=print_stacktrace=1 LSAN_OPTIONS="suppressions=$(abspath tests/lint/lsan.supp) print_suppressions=0" TSAN_OPTIONS="halt_on_error=0 exitcode=66 suppressions=$(abspath tests/lint/tsan.supp)" \
		python3 tests/run.py $(SUITES)

# Memory and threads of the core, by valgrind's eyes: they need no build of their own, so that they see the program as it is shipped.
VALGRIND_PACKAGES := valgrind
MEMCHECK ?= base text tokens dates personal kb kb_files markdown lint index index_search index_candidates answer answer_dialogue answer_rank \
	store store_open store_writer store_report ledger ticket outbox history publish http limits order template access metrics encode_remembered
HELGRIND ?= order limits metrics encode_queue encode_remembered store_writer
.PHONY: valgrind
valgrind: all $(MEMCHECK:%=$(BUILD)/tests/test_%) $(HELGRIND:%=$(BUILD)/tests/test_%)
	@sh src/build/packages.sh $(VALGRIND_PACKAGES)
	@sh tests/lint/valgrind.sh memcheck $(MEMCHECK:%=$(BUILD)/tests/test_%)
	@sh tests/lint/valgrind.sh helgrind $(HELGRIND:%=$(BUILD)/tests/test_%)

# ---- fuzzing: tests/fuzz/fuzz_<name>.c, with libFuzzer (clang), or with replay.c in its place by any compiler ----
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SHARED := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%.o,$(filter-out tests/fuzz/fuzz_%.c tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
FUZZ_LIBS := $(BUILD)/lib/cmd.a $(BUILD)/libsportello.a
$(BUILD)/fuzz/%.o: tests/fuzz/%.c | deps
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CFLAGS_ALL) -DFUZZ_KB='"$(abspath tests/http/kb)"' -c -o $@ $<
$(BUILD)/fuzz/replay_%: $(BUILD)/fuzz/fuzz_%.o $(BUILD)/fuzz/replay.o $(FUZZ_SHARED) $(FUZZ_LIBS)
	$(call quiet,LD)$(CXX) $(SANFLAGS) -o $@ $^ $(LIBS) $(LDFLAGS)
$(BUILD)/fuzz/fuzz_%: $(BUILD)/fuzz/fuzz_%.o $(FUZZ_SHARED) $(FUZZ_LIBS)
	$(call quiet,LD)$(CXX) $(SANFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS) $(LDFLAGS)
.SECONDARY: $(FUZZERS:%=$(BUILD)/fuzz/fuzz_%.o) $(FUZZ_SHARED)

FUZZ_PACKAGES := clang libclang-rt-dev llvm
# Seconds of each harness, and which: make fuzz TIME=3600 FUZZ="article chat"
TIME ?= 60
FUZZ ?= $(FUZZERS)
.PHONY: fuzz fuzz-build fuzz-replay
fuzz: deps
	@sh src/build/packages.sh $(FUZZ_PACKAGES)
	@mkdir -p $(BUILD)-fuzz
	@test -e $(BUILD)-fuzz/npm || test ! -e $(BUILD)/npm || cp -a $(BUILD)/npm $(BUILD)-fuzz/
	$(MAKE) BUILD=$(BUILD)-fuzz ENCODER=none CC="$(FUZZ_CC)" CXX="$(FUZZ_CXX)" SAN=fuzzer-no-link,address,undefined HARDEN= WARN="-Wall -Wextra" CWARN="-Wall -Wextra" OPT="-O1 -g" fuzz-build
	python3 -B tests/fuzz/run.py $(BUILD)-fuzz/fuzz $(TIME) $(FUZZ)
FUZZ_CC ?= clang
FUZZ_CXX ?= clang++
fuzz-replay: $(FUZZERS:%=$(BUILD)/fuzz/replay_%)
fuzz-build: $(FUZZ:%=$(BUILD)/fuzz/fuzz_%)

$(BUILD)/bench/%: tests/bench/%.c | deps
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) -std=c17 -D_GNU_SOURCE -O2 $(CWARN) $(INCLUDES) -o $@ $< -lmicrohttpd -ljansson
$(BUILD)/bench/encode_queue $(BUILD)/bench/encoder $(BUILD)/bench/decide $(BUILD)/bench/ledger $(BUILD)/bench/topics $(BUILD)/bench/durable: $(BUILD)/bench/%: tests/bench/%.c $(BUILD)/libsportello.a
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(filter-out -MMD -MP,$(CFLAGS_ALL)) -c -o $@.o $<
	@$(CXX) $(SANFLAGS) -o $@ $@.o $(BUILD)/libsportello.a $(LIBS) $(LDFLAGS)
bench: deps-test all $(BUILD)/tests/browser/.stamp $(BENCH_PROGRAMS)
	SPORTELLO_BIN=$(abspath $(BUILD)/sportello) SPORTELLO_BUILD=$(abspath $(BUILD)) python3 tests/bench/bench.py

# 70 % of the most it can do for TIME seconds (make load-hour TIME=900); fails when memory, file handles, threads or times grow.
.PHONY: load-hour
load-hour: deps-test all
	SPORTELLO_BIN=$(abspath $(BUILD)/sportello) SPORTELLO_BUILD=$(abspath $(BUILD)) python3 -B tests/bench/load_hour.py $(if $(filter file,$(origin TIME)),3600,$(TIME))

# A year of a large service, ten million events: every view of it.
bench-ledger: $(BUILD)/bench/ledger
	rm -rf $(BUILD)/bench/ledger.data
	$(BUILD)/bench/ledger $(BUILD)/bench/ledger.data
	rm -rf $(BUILD)/bench/ledger.data
.PHONY: bench-ledger

# What the thresholds of src/gaps/topics.c are chosen by.
bench-topics: $(BUILD)/bench/topics
	$(BUILD)/bench/topics corpus/questions.it.jsonl $(if $(filter 1,$(E5)),$(BUILD)/e5/e5-small-q4.bin,-) $(BUILD)/bench/topics.vectors
.PHONY: bench-topics
.PHONY: bench-index
bench-index: all
	SPORTELLO_BIN=$(abspath $(BUILD)/sportello) SPORTELLO_BUILD=$(abspath $(BUILD)) python3 -B tests/bench/bench.py --index
REPLAY ?= 1
.PHONY: bench-replay
bench-replay: all
	SPORTELLO_BIN=$(abspath $(BUILD)/sportello) SPORTELLO_BUILD=$(abspath $(BUILD)) python3 tests/bench/bench.py --replay $(REPLAY)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib $(DESTDIR)$(PREFIX)/include/sportello $(DESTDIR)$(PREFIX)/share/man/man1
	$(if $(E5_OBJECTS),install -D -m 644 $(BUILD)/e5/e5-small-q4.bin $(DESTDIR)$(PREFIX)/share/sportello/e5-small-q4.bin)
	install -m 755 $(BUILD)/sportello $(DESTDIR)$(PREFIX)/bin/sportello
	install -m 644 $(BUILD)/libsportello.a $(DESTDIR)$(PREFIX)/lib/libsportello.a
	install -m 644 $(HEADERS) $(DESTDIR)$(PREFIX)/include/sportello/
	install -d $(DESTDIR)$(PREFIX)/share/sportello/monitoring
	install -m 644 web/monitoring/alerts.yaml web/monitoring/grafana.json $(DESTDIR)$(PREFIX)/share/sportello/monitoring/
	LC_ALL=en $(BUILD)/sportello help --man > $(BUILD)/sportello.1
	install -m 644 $(BUILD)/sportello.1 $(DESTDIR)$(PREFIX)/share/man/man1/sportello.1
# A Debian package, the same bytes from the same sources wherever it is built (src/package/deb.sh).
VERSION := $(shell sed -n 's/^.define SP_VERSION "\(.*\)"/\1/p' include/sportello/version.h)
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1)
.PHONY: deb
deb: all
	@sh src/build/packages.sh dpkg-dev binutils xz-utils
	@rm -rf $(BUILD)/deb
	@$(MAKE) -s --no-print-directory install -o all DESTDIR=$(abspath $(BUILD))/deb/root PREFIX=/usr
	@sh src/package/deb.sh $(BUILD) $(BUILD)/deb/root $(VERSION) $(SOURCE_DATE_EPOCH)

# That package installed, upgraded, removed and purged by dpkg, on an overlay of this machine's files; for root. Some minutes.
.PHONY: try-deb
try-deb: deb
	@python3 -B tests/package/try_deb.py $(BUILD)/deb/sportello_$(VERSION)_$$(dpkg --print-architecture).deb

# The same bytes from the same sources: built twice, in other folders, at other times, by other people's settings. A quarter of an hour.
.PHONY: try-same
try-same: deps
	@sh tests/package/try_same.sh $(BUILD) $(SOURCE_DATE_EPOCH) $(ENCODER)

# An OCI image of that package (src/package/Containerfile); make image TRY=1 runs it as well. For root: images are of files of several users.
TRY ?=
.PHONY: image
image: deb
	@sh src/build/packages.sh buildah mmdebstrap runc
	@sh src/package/image.sh $(BUILD) $(VERSION) $(TRY)

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/sportello $(DESTDIR)$(PREFIX)/lib/libsportello.a $(DESTDIR)$(PREFIX)/share/man/man1/sportello.1
	rm -rf $(DESTDIR)$(PREFIX)/include/sportello $(DESTDIR)$(PREFIX)/share/sportello

clean:
	rm -rf $(BUILD) $(BUILD)-cov $(BUILD)-asan $(BUILD)-tsan $(BUILD)-fuzz

# ---- Debian packages ----
BUILD_PACKAGES := build-essential pkg-config libxapian-dev libmicrohttpd-dev libgnutls28-dev libseccomp-dev libcmark-gfm-dev libcmark-gfm-extensions-dev \
	libjansson-dev libsqlite3-dev libyaml-dev libutf8proc-dev libstemmer-dev zlib1g-dev libcurl4-openssl-dev libgit2-dev libxml2-dev libcjose-dev ca-certificates tzdata
TEST_PACKAGES := python3 python3-xapian python3-yaml python3-jsonschema python3-cryptography git chromium chromium-headless-shell wrk valgrind
# nodejs brings npm on some machines; Debian's own needs both.
NODE_PACKAGES := $(if $(shell command -v npm),,nodejs npm)

.PHONY: deps deps-test
deps:
	@sh src/build/packages.sh $(BUILD_PACKAGES) $(NODE_PACKAGES)
deps-test: deps
	@sh src/build/packages.sh $(TEST_PACKAGES)

-include $(shell find $(BUILD)/obj $(BUILD)/tests $(BUILD)/fuzz $(BUILD)/gen -name '*.d' 2>/dev/null)
