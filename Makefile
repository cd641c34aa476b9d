# make book    the online book, the PDF and the EPUB, in _build/edition
# make serve   the online book at http://127.0.0.1:8000/, as a host would serve it
# make watch   the same, made again whenever a file of the book is saved
# make test    all tests
# make check   the tables, and whether chapters can be read
# make store   run the chapters and keep their text outputs in book/*.ipynb
# make bench   measure builds, edits, growth and pages (an hour or more); a part of it: make bench ONLY=edits
# make verify  build twice, from two clones under different conditions, and compare every byte
# make scan    start a scan of your own: make scan DIR=my-scan; then make book, serve, check or describe with DATA=my-scan
# make release check that nothing is missing; editions, checksums and list of parts in _build/release
# make clean   remove what was built (the environment stays)

PYTHON ?= python3
venv = .venv
run = $(venv)/bin/python
ifdef DATA
export ECOSYSTEMS_DATA := $(DATA)
endif

.PHONY: book serve watch test check describe scan store stamp verify bench release clean

book: $(venv)/ready
	@$(run) scripts/build.py

serve: $(venv)/ready
	@$(run) -m ecosystems.editions.web

watch: $(venv)/ready
	@$(run) scripts/watch.py

test: $(venv)/ready
	@$(run) scripts/build.py
	@$(run) -m pytest

check: $(venv)/ready
	@$(run) scripts/check_data.py

describe: $(venv)/ready
	@$(run) scripts/describe_data.py

scan: $(venv)/ready
	@$(run) scripts/new_scan.py "$(DIR)"

verify: $(venv)/ready
	@$(run) scripts/verify.py

bench: $(venv)/ready
	@ONLY="$(ONLY)" $(run) scripts/bench.py

release: book
	@$(run) scripts/release.py

stamp: $(venv)/ready
	@$(run) -m ecosystems.editions.chapters

store: $(venv)/ready stamp
	@$(run) scripts/store_outputs.py

$(venv)/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; %s is %s. Try: make PYTHON=python3.12" % (sys.executable, sys.version.split()[0]))'
	@echo "Making the environment in $(venv) (about 700 MB, once) ..."
	@$(PYTHON) -m venv --clear $(venv)
	@$(run) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(run) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

clean:
	rm -rf _build
