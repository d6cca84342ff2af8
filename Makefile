# Sportello. `make help` lists the targets. Everything that is built goes below $(BUILD).
BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
V ?= 0
DEVELOPER ?= 0
SAN ?=

MODULES := base text conf kb encode index store metrics publish answer ticket http cmd
PKGS := libmicrohttpd jansson sqlite3 yaml-0.1 libutf8proc zlib xapian-core libcmark-gfm

CC ?= gcc
CXX ?= g++
OPT ?= -O2 -g
WARN := -Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wundef -Wvla -Wformat=2
CWARN := $(WARN) -Wstrict-prototypes -Wmissing-prototypes
HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)
INCLUDES := -Iinclude -Isrc -I$(BUILD)/gen
CFLAGS_ALL := -std=c17 -D_GNU_SOURCE $(OPT) $(CWARN) $(HARDEN) $(SANFLAGS) $(INCLUDES) -MMD -MP $(CFLAGS)
CXXFLAGS_ALL := -std=c++17 -D_GNU_SOURCE $(OPT) $(WARN) $(HARDEN) $(SANFLAGS) $(INCLUDES) -fvisibility=hidden -MMD -MP $(CXXFLAGS)
LIBS := -lmicrohttpd -ljansson -lsqlite3 -lyaml -lutf8proc -lstemmer -lxapian -lcmark-gfm -lcmark-gfm-extensions -lz -lpthread -lm

# ---- what is there ----
SOURCES := $(foreach m,$(MODULES),$(wildcard src/$(m)/*.c src/$(m)/*/*.c src/$(m)/*.cc))
obj = $(addprefix $(BUILD)/obj/,$(addsuffix .o,$(basename $(patsubst src/%,%,$(1)))))
EMBEDDED := texts schema cues web
GEN_OBJECTS := $(EMBEDDED:%=$(BUILD)/gen/embedded_%.o)
ARCHIVES := $(MODULES:%=$(BUILD)/lib/%.a)
TEXT_FILES := $(sort $(wildcard web/texts/*/*.properties))
SCHEMA_FILES := $(sort $(wildcard src/store/schema/*.sql))
CUE_FILES := $(sort $(wildcard src/answer/cues/*/*.txt))
UNIT_TESTS := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))

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

# ---- files that go into the library (src/base/embed.sh) ----
$(BUILD)/gen/embedded_texts.c: src/base/embed.sh $(TEXT_FILES)
	@mkdir -p $(@D)
	$(call quiet,EMBED)sh src/base/embed.sh spi_embedded_texts web/texts $(TEXT_FILES:web/texts/%=%) > $@
$(BUILD)/gen/embedded_schema.c: src/base/embed.sh $(SCHEMA_FILES)
	@mkdir -p $(@D)
	$(call quiet,EMBED)sh src/base/embed.sh spi_embedded_schema src/store/schema $(SCHEMA_FILES:src/store/schema/%=%) > $@
$(BUILD)/gen/embedded_cues.c: src/base/embed.sh $(CUE_FILES)
	@mkdir -p $(@D)
	$(call quiet,EMBED)sh src/base/embed.sh spi_embedded_cues src/answer/cues $(CUE_FILES:src/answer/cues/%=%) > $@
$(BUILD)/gen/embedded_web.c: src/base/embed.sh $(BUILD)/web/.stamp
	@mkdir -p $(@D)
	$(call quiet,EMBED)sh src/base/embed.sh spi_embedded_web $(BUILD)/web \
		$$(cd $(BUILD)/web && find . -type f ! -name .stamp | sed 's,^\./,,' | LC_ALL=C sort) > $@
$(BUILD)/gen/embedded_%.o: $(BUILD)/gen/embedded_%.c
	$(call quiet,CC)$(CC) $(CFLAGS_ALL) -c -o $@ $<

# ---- pages: design system from npm, cut to what the pages use (web/build.mjs) ----
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/texts/*' 2>/dev/null)
$(BUILD)/web/.stamp: $(WEB_SOURCES) | deps
	$(call quiet,WEB)sh web/build.sh $(BUILD)/web $(BUILD)/npm
	@touch $@

# ---- program and library ----
$(BUILD)/libsportello.a: $(ARCHIVES) $(GEN_OBJECTS)
	@rm -f $@
	$(call quiet,AR)ar rcsD $@ $(filter-out $(BUILD)/obj/cmd/%,$(call obj,$(filter-out src/cmd/%,$(SOURCES)))) $(GEN_OBJECTS)

$(BUILD)/sportello: $(call obj,src/main.c) $(BUILD)/lib/cmd.a $(BUILD)/libsportello.a
	$(call quiet,LD)$(CXX) $(SANFLAGS) -pie -Wl,-z,relro,-z,now -o $@ $^ $(LIBS) $(LDFLAGS)

# ---- unit tests: tests/unit/test_<name>.c, linked with every archive (only what is called comes in) ----
$(BUILD)/tests/%.o: tests/unit/%.c | deps
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CFLAGS_ALL) -Itests/unit -c -o $@ $<
# While the tree is young a test links only the archives that its module stands on.
unit_modules = $(if $(filter test_text test_personal,$(1)),base text,\
	$(if $(filter test_base%,$(1)),base text,\
	$(if $(filter test_kb test_lint test_markdown,$(1)),base text kb,\
	$(if $(filter test_index test_publish test_encode,$(1)),base text kb encode index publish,\
	$(if $(filter test_store test_ticket,$(1)),base text kb store ticket,$(MODULES))))))
define unit_rule
$(BUILD)/tests/$(1): $(BUILD)/tests/$(1).o $(BUILD)/tests/harness.o $(foreach m,$(call unit_modules,$(1)),$(BUILD)/lib/$(m).a) \
		$(filter-out $(if $(filter-out $(MODULES),$(call unit_modules,$(1))),,$(if $(filter http,$(call unit_modules,$(1))),,%embedded_web.o)),$(GEN_OBJECTS))
	$$(call quiet,LD)$(CXX) $(SANFLAGS) -o $$@ $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $(LIBS) $(LDFLAGS)
endef
$(foreach t,$(UNIT_TESTS),$(eval $(call unit_rule,$(t))))
unit-%: $(BUILD)/tests/test_%
	$<

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# ---- Debian packages ----
BUILD_PACKAGES := build-essential pkg-config libxapian-dev libmicrohttpd-dev libcmark-gfm-dev libcmark-gfm-extensions-dev \
	libjansson-dev libsqlite3-dev libyaml-dev libutf8proc-dev libstemmer-dev zlib1g-dev ca-certificates tzdata
TEST_PACKAGES := python3 chromium wrk
# nodejs brings npm on some machines; Debian's own needs both.
NODE_PACKAGES := $(if $(shell command -v npm),,nodejs npm)

.PHONY: deps deps-test
deps:
	@sh src/base/packages.sh $(BUILD_PACKAGES) $(NODE_PACKAGES)
deps-test: deps
	@sh src/base/packages.sh $(TEST_PACKAGES)
