# rftsim.  `make` builds, `make demo` shows it, `make check` tests it, `make help` lists the rest.

FLAVOR  ?= debug
B       := build/$(FLAVOR)
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
PKGS    := jansson libcurl yaml-0.1 libmicrohttpd
VERSION := $(shell sed -n 's/^\#\# \([0-9][0-9.]*\).*/\1/p' CHANGELOG.md 2>/dev/null | head -n 1)

# Debian's names for what building, testing and the demo need; `make deps` installs what is missing.
DEPS := gcc libc6-dev make pkg-config libjansson-dev libcurl4-openssl-dev libyaml-dev libmicrohttpd-dev \
        check python3 curl diffutils

# Ours; CFLAGS, CPPFLAGS and LDFLAGS stay the user's and come last.
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef \
        -Wpointer-arith -Wwrite-strings -Wcast-qual -Wformat=2 -Wswitch-enum \
        -Wimplicit-fallthrough -Wconversion -Wno-sign-conversion -fno-common
ifdef CI
WARN += -Werror
endif
FLAGS.debug   := -Og -g3
FLAGS.release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection \
                 -fcf-protection -fPIE
LINK.release  := -pie -Wl,-z,relro,-z,now,-z,noexecstack
FLAGS.asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
                 -fno-omit-frame-pointer
FLAGS.tsan    := -O1 -g -fsanitize=thread
FLAGS.cov     := -O0 -g --coverage
FLAGS.fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
                 -fno-omit-frame-pointer
DIALECT = -std=c17 -D_GNU_SOURCE -DRFTSIM_VERSION='"$(VERSION)"' -I. -pthread $(WARN) \
          $(shell pkg-config --cflags $(PKGS))
OURS    = $(DIALECT) -MMD -MP $(FLAGS.$(FLAVOR))
LIBS    = $(shell pkg-config --libs $(PKGS)) -lm

SRC      := $(sort $(wildcard sim/*/*.c grader/*.c tools/*.c tools/demo/*.c))
OBJ      := $(SRC:%.c=$(B)/%.o)
TEST_SRC := $(sort $(wildcard tests/unit/*.c))
TEST_OBJ := $(TEST_SRC:%.c=$(B)/%.o)
FUZZ     := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/fuzz/*.c))
FUZZ_SECONDS ?= 60
HEADERS  := $(sort $(wildcard sim/*/*.h grader/*.h tools/*.h tools/demo/*.h tests/*/*.h))

.DEFAULT_GOAL := all
$(V).SILENT:
.PHONY: all check unit headers fuzz fuzz-replay bench-scan clean
.SECONDARY: $(FUZZ_OBJ)

all: $(B)/rftsim                       ## build the program into build/FLAVOR/

$(B)/rftsim: $(B)/sim/main.o $(B)/librftsim.a
	echo "  LD    $@"
	$(CC) $(OURS) $(CFLAGS) $(LINK.$(FLAVOR)) $(LDFLAGS) $^ $(LIBS) -o $@

$(B)/librftsim.a: $(OBJ)
	echo "  AR    $@"
	rm -f $@
	$(AR) rcsD $@ $^

check: unit headers fuzz-replay         ## every test there is

$(B)/%.o: %.c Makefile
	mkdir -p $(@D)
	echo "  CC    $<"
	$(CC) $(OURS) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(B)/unit: $(TEST_OBJ) $(B)/tests/fuzz/oracle.o $(B)/librftsim.a
	echo "  LD    $@"
	$(CC) $(OURS) $(CFLAGS) $(LDFLAGS) $^ $(LIBS) $$(pkg-config --libs check) -o $@

unit: $(B)/unit                         ## unit tests; CK_RUN_SUITE=rollout for one suite
	$(B)/unit

$(B)/replay_%: $(B)/tests/fuzz/replay.o $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/oracle.o \
               $(B)/librftsim.a
	echo "  LD    $@"
	$(CC) $(OURS) $(CFLAGS) $(LDFLAGS) $^ $(LIBS) -o $@

fuzz-replay: $(FUZZ:%=$(B)/replay_%)    ## the fuzz targets over the inputs kept in tests/fuzz/corpus
	for f in $(FUZZ); do $(B)/replay_$$f tests/fuzz/corpus/$$f || exit 1; done

$(B)/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/oracle.o $(B)/librftsim.a
	echo "  LD    $@"
	$(CC) $(OURS) -fsanitize=fuzzer $(CFLAGS) $(LDFLAGS) $^ $(LIBS) -o $@

fuzz:                                   ## fuzz each target for FUZZ_SECONDS (default 60); needs clang
ifneq ($(FLAVOR),fuzz)
	$(MAKE) FLAVOR=fuzz CC=clang fuzz
else
fuzz: $(FUZZ:%=$(B)/fuzz_%)
	for f in $(FUZZ); do mkdir -p $(B)/corpus/$$f && \
	  $(B)/fuzz_$$f -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -dict=tests/fuzz/json.dict -print_final_stats=1 \
	    -artifact_prefix=$(B)/$$f- $(B)/corpus/$$f tests/fuzz/corpus/$$f || exit 1; done
endif

$(B)/bench_%: $(B)/tests/bench/%.o $(B)/librftsim.a
	echo "  LD    $@"
	$(CC) $(OURS) $(CFLAGS) $(LINK.$(FLAVOR)) $(LDFLAGS) $^ $(LIBS) -o $@

bench-scan:                             ## rows to values: the tape beside jansson and Python
ifneq ($(FLAVOR),release)
	$(MAKE) FLAVOR=release bench-scan
else
bench-scan: $(B)/bench_scan
	$(B)/bench_scan
endif

headers:                                ## each header compiles on its own
	for h in $(HEADERS); do $(CC) $(DIALECT) -fsyntax-only -include $$h -x c /dev/null || exit 1; done

clean:                                  ## remove build/
	rm -rf build

-include $(OBJ:.o=.d) $(TEST_OBJ:.o=.d) $(FUZZ_OBJ:.o=.d) $(B)/sim/main.d
