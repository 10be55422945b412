# rftsim.  `make` builds, `make demo` shows it, `make check` tests it, `make help` lists the rest.

FLAVOR  ?= debug
B       := build/$(FLAVOR)
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
PKGS    := jansson libcurl yaml-0.1 libmicrohttpd libutf8proc sqlite3 zlib
VERSION := $(shell sed -n 's/^\#\# \([0-9][0-9.]*\).*/\1/p' CHANGELOG.md 2>/dev/null | head -n 1)

# Debian's names for what building and the demo need, and what the tests need besides; `make deps` installs
# what is missing of the first, `make check` of both.
DEPS := gcc libc6-dev make pkg-config python3 bubblewrap wordnet-base \
        libjansson-dev libcurl4-openssl-dev libyaml-dev libmicrohttpd-dev libutf8proc-dev libsqlite3-dev zlib1g-dev
TEST_DEPS := libasan8 libubsan1 libtsan2 diffutils check openssl libstemmer-dev json-schema-test-suite \
             protobuf-compiler chromium
TEST_DEPS += $(if $(shell command -v npm 2>/dev/null),,nodejs npm) # Node from elsewhere will do
JOBS ?= $(shell nproc)

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
# Asked for when first used, so `make deps` comes before it, and then once, not for every file.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
DIALECT = -std=c17 -D_GNU_SOURCE -DRFTSIM_VERSION='"$(VERSION)"' -I. -pthread $(WARN) $(PKG_CFLAGS)
OURS    = $(DIALECT) -MMD -MP $(FLAGS.$(FLAVOR))
LIBS    = $(shell pkg-config --libs $(PKGS)) -lm

SRC      := $(sort $(wildcard sim/*/*.c grader/*.c grader/*/*.c tools/*.c tools/demo/*.c))
OBJ      := $(SRC:%.c=$(B)/%.o)
TEST_SRC := $(sort $(wildcard tests/unit/*.c))
TEST_OBJ := $(TEST_SRC:%.c=$(B)/%.o)
STATS_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/stats/*.c))
FUZZ     := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/fuzz/*.c))
PAGE_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/browser/*.c))
FUZZ_SECONDS ?= 60
CHAOS    := $(addprefix chaos-,faults graders mixed away python command document)
HEADERS  := $(sort $(wildcard sim/*/*.h grader/*.h grader/*/*.h tools/*.h tools/demo/*.h tests/*/*.h))

.DEFAULT_GOAL := all
$(V).SILENT:
# Every target without a dot or a slash in its name is a word, not a file.
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*/\1/p' $(firstword $(MAKEFILE_LIST))) $(CHAOS)
.SECONDARY: $(FUZZ_OBJ) $(B)/tests/bench/endpoint.o $(PAGE_OBJ)

all: $(B)/rftsim                       ## build the program into build/FLAVOR/

$(B)/rftsim: $(B)/sim/main.o $(B)/librftsim.a
	echo "  LD    $@"
	$(CC) $(OURS) $(CFLAGS) $(LINK.$(FLAVOR)) $(LDFLAGS) $^ $(LIBS) -o $@

$(B)/librftsim.a: $(OBJ)
	echo "  AR    $@"
	rm -f $@
	$(AR) rcsD $@ $^

$(B)/%.o: %.c Makefile
	mkdir -p $(@D)
	echo "  CC    $<"
	$(CC) $(OURS) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(B)/grader/python/script.o: $(wildcard grader/python/*.py)
$(B)/sim/store/schema.o: $(wildcard sim/store/*.sql)
$(B)/sim/view/page.o: $(wildcard sim/view/page/*.* sim/view/page/uplot/*)

$(B)/unit: $(TEST_OBJ) $(B)/tests/fuzz/oracle.o $(B)/tests/browser/sample.o $(B)/librftsim.a
	echo "  LD    $@"
	$(CC) $(OURS) $(CFLAGS) $(LDFLAGS) $^ $(LIBS) -lstemmer $$(pkg-config --libs check) -o $@

unit: $(B)/unit                         ## unit tests; CK_RUN_SUITE=rollout for one suite
	CK_DEFAULT_TIMEOUT=60 $(B)/unit

$(B)/pages: $(PAGE_OBJ) $(B)/librftsim.a
	echo "  LD    $@"
	$(CC) $(OURS) $(CFLAGS) $(LDFLAGS) $^ $(LIBS) -o $@

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

$(B)/ask_stats: $(STATS_OBJ) $(B)/librftsim.a
	echo "  LD    $@"
	$(CC) $(OURS) $(CFLAGS) $(LDFLAGS) $^ $(LIBS) -o $@

stats: $(B)/ask_stats                   ## sim/stats against slow computations of the same
	tests/stats/run.py $(B)/ask_stats

cli: $(B)/rftsim                        ## the program from outside, against golden files
	tests/cli/run.sh $(B)/rftsim

contract: contract-tools contract-graders contract-models contract-retail contract-replay  ## the service's rules, against a scripted endpoint

contract-tools: $(B)/rftsim
	tests/contract/run.py $(B)/rftsim

contract-graders: $(B)/rftsim
	tests/contract/graders.py $(B)/rftsim

contract-models: $(B)/rftsim
	tests/contract/models.py $(B)/rftsim

contract-replay: $(B)/rftsim
	tests/contract/replay.py $(B)/rftsim

contract-retail: $(B)/rftsim
	tests/contract/retail.py $(B)/rftsim

# The sanitizers make everything slower: longer limits, and fewer rollouts.
PATIENCE.asan := --patience 2
PATIENCE.tsan := --patience 2
ROLLOUTS.asan := --rollouts 1000
ROLLOUTS.tsan := --rollouts 1000

chaos: $(CHAOS)                         ## every way in which an endpoint can misbehave, one by one and all at once

chaos-faults: $(B)/rftsim
	tests/chaos/run.py $(PATIENCE.$(FLAVOR)) $(B)/rftsim

chaos-graders: $(B)/rftsim
	tests/chaos/graders.py $(PATIENCE.$(FLAVOR)) $(B)/rftsim

chaos-mixed: $(B)/rftsim
	tests/chaos/mixed.py $(PATIENCE.$(FLAVOR)) $(ROLLOUTS.$(FLAVOR)) $(B)/rftsim

chaos-away: $(B)/rftsim
	tests/chaos/away.py $(PATIENCE.$(FLAVOR)) $(B)/rftsim

chaos-python: $(B)/rftsim
	tests/chaos/python.py $(PATIENCE.$(FLAVOR)) $(B)/rftsim

chaos-command: $(B)/rftsim
	tests/chaos/command.py $(PATIENCE.$(FLAVOR)) $(B)/rftsim

chaos-document: $(B)/rftsim
	tests/chaos/document.py $(B)/rftsim docs/faults.md

findings: $(B)/rftsim                   ## each finding of `rftsim check`: what provokes it, and what nearly does
	tests/findings/run.py $(B)/rftsim
	tests/findings/document.py $(B)/rftsim docs/findings.md

exports: $(B)/rftsim                    ## a run as CSV, JSON lines and TensorBoard events, as other programs read them
	tests/export/run.py $(B)/rftsim

# What a sanitizer takes in memory is its own.
ODD.asan := --no-memory --patience 4
ODD.tsan := --no-memory --patience 4

odd: $(B)/rftsim                        ## files as nobody should have them: huge, nested, shrinking, unreadable; a full disk
	tests/odd/run.py $(ODD.$(FLAVOR)) $(B)/rftsim

# Each round of kill.py is a start of the program, and the sanitizers make those slow.
KILL       := --rounds 12 --rollouts 5000
KILL.asan  := --rounds 5 --rollouts 1000
KILL.tsan  := --rounds 5 --rollouts 1000

store: store-kill store-faults          ## run.db: killed runs go on, and what can be wrong with one

store-kill: $(B)/rftsim $(B)/bench_endpoint
	tests/store/kill.py $(or $(KILL.$(FLAVOR)),$(KILL)) $(B)/rftsim $(B)/bench_endpoint
	tests/store/kill.py --policy learner $(or $(KILL.$(FLAVOR)),$(KILL)) $(B)/rftsim $(B)/bench_endpoint

store-faults: $(B)/rftsim $(B)/bench_endpoint
	tests/store/faults.py $(B)/rftsim $(B)/bench_endpoint

kill: $(B)/rftsim $(B)/bench_endpoint   ## the same at length: 45 times kill -9 over 20,000 rollouts
	tests/store/kill.py $(B)/rftsim $(B)/bench_endpoint
	tests/store/kill.py --policy learner $(B)/rftsim $(B)/bench_endpoint

# Runs under a sanitizer take their time.
SEEDS      := --seeds 4
SEEDS.asan := --seeds 1
SEEDS.tsan := --seeds 1

learn: $(B)/rftsim                      ## that the shipped cases learn what they are there to show, or do not; a few seeds
	tests/learning/run.py $(or $(SEEDS.$(FLAVOR)),$(SEEDS)) $(B)/rftsim

learning: deps                          ## the same over 20 seeds
	+$(MAKE) --no-print-directory -j$(JOBS) FLAVOR=release build/release/rftsim
	tests/learning/run.py build/release/rftsim

browser: $(B)/pages                     ## the report page in Chromium: axe, keyboard, hostile texts; BROWSER_TEST=words for some
	tests/browser/run.sh $(B)/pages build/browser

docs: $(B)/rftsim                       ## write docs/faults.md and docs/findings.md anew, from the tables of the code and the tests
	tests/chaos/document.py $(B)/rftsim > $(B)/faults.md
	mv $(B)/faults.md docs/faults.md
	tests/findings/document.py $(B)/rftsim > $(B)/findings.md
	mv $(B)/findings.md docs/findings.md

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

# cJSON is only raced against, so it need not be there.
CJSON := $(shell pkg-config --exists libcjson 2>/dev/null && echo -DHAVE_CJSON)
$(B)/tests/bench/pass.o: CPPFLAGS += $(CJSON)
$(B)/bench_pass: LIBS += $(if $(CJSON),-lcjson)

bench-check: deps                       ## rftsim check on 1,000,000 rows beside wc, bare scanners and Python
	+$(MAKE) --no-print-directory -j$(JOBS) FLAVOR=release build/release/rftsim build/release/bench_pass
	tests/bench/check.py build/release/rftsim build/release/bench_pass $(BENCH_FLAGS)

bench-text:                             ## text metrics beside rapidfuzz and NLTK, where they are installed
ifneq ($(FLAVOR),release)
	$(MAKE) FLAVOR=release bench-text
else
bench-text: $(B)/bench_text
	tests/bench/text.py $(B)/bench_text
endif

bench-python:                           ## python grades beside a bare pipe and a fork for each grade
ifneq ($(FLAVOR),release)
	$(MAKE) FLAVOR=release bench-python
else
bench-python: $(B)/bench_python
	tests/bench/python.py $(B)/bench_python
endif

headers:                                ## each header compiles on its own
	for h in $(HEADERS); do $(CC) $(DIALECT) -fsyntax-only -include $$h -x c /dev/null || exit 1; done
	echo "headers: each of $(words $(HEADERS)) compiles alone"

layers:                                 ## no #include points up
	tests/layers.sh

built: $(B)/rftsim $(B)/unit $(B)/ask_stats $(FUZZ:%=$(B)/replay_%) $(B)/bench_endpoint $(B)/pages

# Those that wait the most stand first, so that others work meanwhile. The report page is the same in every
# flavour, and Chromium takes its time.
BROWSER.debug := browser
tests: chaos store contract odd learn cli findings exports stats fuzz-replay $(BROWSER.$(FLAVOR)) unit  ## the tests of one FLAVOR

# Built and tested with all cores; what a part of the tests prints is kept until it ends, to be read whole.
check: DEPS += $(TEST_DEPS)
check: deps                             ## every test there is: debug, then under the sanitizers
	+for flavor in debug asan tsan; do \
	  echo "== $$flavor" && $(MAKE) --no-print-directory -j$(JOBS) FLAVOR=$$flavor built && \
	  $(MAKE) --no-print-directory -j$(JOBS) --output-sync=target FLAVOR=$$flavor tests || exit 1; done
	+$(MAKE) --no-print-directory -j1 headers layers
	echo "check: everything passed; what could not run here says skipped, and in CI fails"

demo: deps                              ## run the main job on shipped data against an endpoint of our own
	+$(MAKE) --no-print-directory -j$(JOBS) FLAVOR=release all
	configs/demo.sh build/release/rftsim

CASE ?= countdown
case: deps                              ## run a job of configs/ and report on it: CASE=hackable; configs/README.md lists them
	+$(MAKE) --no-print-directory -j$(JOBS) FLAVOR=release all
	configs/demo.sh build/release/rftsim $(CASE)

# Packages of Node's that rftsim is compared with; without npm the comparison is made without them.
build/bench/installed: tests/bench/package.json tests/bench/package-lock.json
	mkdir -p $(@D)
	cp tests/bench/package.json tests/bench/package-lock.json $(@D)
	if command -v npm >/dev/null; then cd $(@D) && npm ci --silent --no-audit --no-fund; fi
	touch $@

bench: deps build/bench/installed       ## speed and memory beside wrk, Python and Node; needs wrk
	+$(MAKE) --no-print-directory -j$(JOBS) FLAVOR=release build/release/rftsim build/release/bench_endpoint
	tests/bench/tools.py build/release/rftsim build/release/bench_endpoint $(BENCH_FLAGS)

bench-rate: deps                        ## simulation.max_qps at 50 and at 5,000 a second, over ten seconds
	+$(MAKE) --no-print-directory -j$(JOBS) FLAVOR=release build/release/rftsim
	tests/bench/rate.py build/release/rftsim

bench-scale: deps                       ## 20,000 rollouts in flight; memory over 1,000,000 tool calls
	+$(MAKE) --no-print-directory -j$(JOBS) FLAVOR=release build/release/rftsim build/release/bench_endpoint
	tests/bench/scale.py build/release/rftsim build/release/bench_endpoint $(BENCH_FLAGS)

bench-learner: deps                     ## learning: rollouts a second beside a script that does the same
	+$(MAKE) --no-print-directory -j$(JOBS) FLAVOR=release build/release/rftsim
	tests/bench/learner.py build/release/rftsim $(BENCH_FLAGS)

bench-store: deps                       ## recording a run: rollouts a second beside the same run without run.db
	+$(MAKE) --no-print-directory -j$(JOBS) FLAVOR=release build/release/rftsim build/release/bench_endpoint
	tests/bench/store.py build/release/rftsim build/release/bench_endpoint $(BENCH_FLAGS)

deps:                                   ## install what is missing of Debian's packages
	missing=$$(for p in $(DEPS); do \
	  dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done | xargs); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	install="apt-get install -y --no-install-recommends $$missing"; \
	if ! command -v apt-get >/dev/null; then echo "please install: $$missing"; exit 1; \
	elif [ "$$(id -u)" = 0 ]; then apt-get update -qq && $$install; \
	elif sudo -n true 2>/dev/null; then sudo apt-get update -qq && sudo $$install; \
	else echo "please run: sudo $$install"; exit 1; fi

lint:                                   ## what a reviewer should not have to say
	clang-format --dry-run -Werror $(SRC) $(HEADERS) $(TEST_SRC) $(wildcard sim/*.c tests/fuzz/*.c tests/stats/*.c tests/bench/*.c tests/browser/*.c)
	for c in $(SRC) sim/main.c; do clang-tidy --quiet $$c -- $(DIALECT) || exit 1; done
	cppcheck --quiet --enable=warning,portability --inline-suppr --error-exitcode=1 -I. \
	    '-Djson_object_foreach(o,k,v)=for (k = 0; (o) && (v);)' '-Djson_array_foreach(a,i,v)=for (i = 0; (a) && (v);)' $(SRC)
	shellcheck tests/*.sh tests/*/*.sh configs/*.sh
	groff -man -ww -z docs/rftsim.1

format:                                 ## apply .clang-format
	clang-format -i $(SRC) $(HEADERS) $(TEST_SRC) $(wildcard sim/*.c tests/fuzz/*.c tests/stats/*.c tests/bench/*.c tests/browser/*.c)

valgrind: $(B)/unit                     ## unit tests in one process, under memcheck
	CK_FORK=no valgrind -q --error-exitcode=1 --leak-check=full $(B)/unit

coverage:                               ## lines the tests reach, file by file
	find . -name "*.gcda" -delete
	+$(MAKE) FLAVOR=cov built tests
	gcov -n -r -s . $$(find build/cov/sim build/cov/grader build/cov/tools -name '*.gcda') | awk -F"[%:' ]+" \
	    '/^File/ { file = $$2 } /^Lines/ && file ~ /[.]c$$/ { print $$3 "%", file; file = "" }' | sort -n

install:                                ## the release build, into DESTDIR/PREFIX
	+$(MAKE) --no-print-directory FLAVOR=release all
	install -D -m755 build/release/rftsim $(DESTDIR)$(PREFIX)/bin/rftsim
	install -D -m644 docs/rftsim.1 $(DESTDIR)$(PREFIX)/share/man/man1/rftsim.1
	install -D -m644 datasets/catalog/products.jsonl $(DESTDIR)$(PREFIX)/share/rftsim/catalog/products.jsonl
	install -D -m644 datasets/retail/desk.jsonl $(DESTDIR)$(PREFIX)/share/rftsim/retail/desk.jsonl
	mkdir -p $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	build/release/rftsim completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/rftsim

uninstall:                              ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/rftsim $(DESTDIR)$(PREFIX)/share/man/man1/rftsim.1 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/rftsim
	rm -rf $(DESTDIR)$(PREFIX)/share/rftsim

clean:                                  ## remove build/
	rm -rf build

help:                                   ## this list
	sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  \1\t\2/p' Makefile | expand -t 16

-include $(OBJ:.o=.d) $(TEST_OBJ:.o=.d) $(FUZZ_OBJ:.o=.d) $(PAGE_OBJ:.o=.d) $(STATS_OBJ:.o=.d) $(B)/sim/main.d
