# make quick   what to run first after a change: format, lint, tables and the fast tests, in less than a minute
# make book    the online book, the PDF and the EPUB, in _build/edition
# make serve   the online book at http://127.0.0.1:8000/, as a host would serve it; another port: make serve PORT=8001
# make watch   the same, made again whenever a file of the book is saved
# make test    build everything, then all tests, side by side; JOBS=1 runs one at a time, BUILD_JOBS=1 builds with little memory
# make check   the tables, and whether chapters can be read
# make store   run the chapters and keep their text outputs in book/*.ipynb
# make bench   measure builds, edits, growth and pages (an hour or more); a part of it: make bench ONLY=edits
# make verify  build twice, from two clones under different conditions, and compare every byte
# make scan    start a scan of your own: make scan DIR=my-scan; then make book, serve, check or describe with DATA=my-scan
# make release check that nothing is missing; editions, checksums and list of parts in _build/release
# make clean   remove what was built (the environment stays)

PYTHON ?= python3
JOBS ?= auto
PORT ?= 8000
venv = .venv
run = $(venv)/bin/python
guarded = $(run) scripts/guard.py
# What shared servers set for other programs would lead this one to other packages. Addresses of registries, proxies and
# certificates stay.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONSAFEPATH PYTHONOPTIMIZE PYTHONWARNINGS PYTHONUSERBASE PYTHONPLATLIBDIR
unexport PYTHONINSPECT PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_REQUIREMENT PIP_CONSTRAINT PIP_REQUIRE_HASHES PIP_NO_DEPS
unexport PIP_NO_BINARY PIP_DRY_RUN PIP_PYTHON PIP_EDITABLE PIP_ONLY_BINARY
export PYTHONNOUSERSITE := 1
ifdef DATA
export ECOSYSTEMS_DATA := $(DATA)
endif
ifdef DIR
ifeq ($(filter scan,$(MAKECMDGOALS)),)
$(error DIR is for make scan; here it is DATA=$(DIR))
endif
endif

.PHONY: quick book serve watch test check describe scan store stamp verify bench release clean

book: $(venv)/ready
	@$(guarded) scripts/build.py

serve: $(venv)/ready
	@$(guarded) -m ecosystems.editions.web $(PORT)

watch: $(venv)/ready
	@$(guarded) scripts/watch.py $(PORT)

quick: $(venv)/ready-test
	@$(run) -m ruff format --check --quiet . || { echo "Some files are not formatted: $(run) -m ruff format ."; exit 1; }
	@$(run) -m ruff check --quiet .
	@$(guarded) scripts/check_data.py
	@$(run) -m pytest -m "not book and not browser and not slow" -n $(JOBS) --dist loadfile --no-loadscope-reorder tests

test: $(venv)/ready-test
	@$(guarded) scripts/build.py
	@$(run) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

check: $(venv)/ready
	@$(guarded) scripts/check_data.py

describe: $(venv)/ready
	@$(guarded) scripts/describe_data.py

scan: $(venv)/ready
	@$(guarded) scripts/new_scan.py "$(DIR)"

verify: $(venv)/ready
	@$(guarded) scripts/verify.py

bench: $(venv)/ready-test
	@ONLY="$(ONLY)" $(guarded) scripts/bench.py

release: book
	@$(guarded) scripts/release.py

stamp: $(venv)/ready
	@$(guarded) -m ecosystems.editions.chapters

store: $(venv)/ready stamp
	@$(guarded) scripts/store_outputs.py

pip = $(run) -m pip install --quiet --disable-pip-version-check --no-user

$(venv)/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; %s is %s. Try: make PYTHON=python3.12" % (sys.executable, sys.version.split()[0]))'
	@echo "Making the environment in $(venv) (about 870 MB, once) ..."
	@$(PYTHON) -m venv --clear $(venv)
	@$(pip) --require-hashes -r requirements.txt
	@$(pip) --no-deps --no-build-isolation --editable .
	@touch $@

$(venv)/ready-test: requirements-test.txt $(venv)/ready
	@echo "Adding what tests need to $(venv) (about 300 MB, once) ..."
	@$(pip) --require-hashes -r requirements-test.txt
	@touch $@

clean:
	rm -rf _build
