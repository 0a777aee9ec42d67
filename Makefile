# Every target sets itself up: git, make and Python 3.11 or newer are all it needs.
# Nothing is activated; everything runs by .venv's own Python, so that spaces in the path are harmless.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: demo test check lint types bench running endure returned kills machines pictures pins clean

demo: .venv/.runs
	@$(PY) -m partwork demo

test: .venv/.develops
	@$(PY) -m pytest --numprocesses 2 --dist loadgroup

check: lint types test

lint: .venv/.develops
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types: .venv/.develops
	@$(PY) -m mypy

# Fuzzes readers, cleaner and manuscripts with atheris, ENDURE seconds each: an hour in all unless
# said otherwise. What crashes is written to .endure/, and goes on with the next target. Then, where
# they are installed, real tools judge the mails of tests/rendering/matrix.py: MAILQ is the judge,
# MAILQ_TOOLS the folder that its setup.sh filled (see benchmarks/mails.py); ten minutes. Then a mailbox of 50,000 mails
# is looked through, an editor's whole way is walked in Chromium, `partwork up` loses its database, and last come
# `returned`, `kills` and `machines`.
ENDURE ?= 720
ENDURED := read_text read_markdown read_html read_mail clean parse_manuscript
MAILQ ?= ../shared/bench/email/mailq.py
MAILQ_TOOLS ?= .mailq
endure: .venv/.endures
	@failed=; for target in $(ENDURED); do \
		echo "$$target: $(ENDURE) s"; \
		$(PY) tests/endure/endure.py $$target $(ENDURE) || failed="$$failed $$target"; \
	done; \
	if test -f "$(MAILQ)"; then \
		tools=; if test -d "$(MAILQ_TOOLS)/venv"; then tools="$(MAILQ_TOOLS)"; \
		else echo "mails: of each the envelope alone is judged, for there are no judges in $(MAILQ_TOOLS)"; fi; \
		$(PY) benchmarks/mails.py "$(MAILQ)" $${tools:+"$$tools"} --to .endure/mails || failed="$$failed mails"; \
	else echo "mails: not judged, there is no $(MAILQ) (see benchmarks/mails.py)"; fi; \
	$(PY) tests/endure/mailbox.py || failed="$$failed mailbox"; \
	for file in from_the_dashboard up_again; do \
		$(PY) -m pytest -q "tests/orchestration/$$file.py" || failed="$$failed $$file"; \
	done; \
	$(MAKE) --no-print-directory returned || failed="$$failed returned"; \
	$(MAKE) --no-print-directory kills || failed="$$failed kills"; \
	$(MAKE) --no-print-directory machines || failed="$$failed machines"; \
	if [ -n "$$failed" ]; then echo "Failed:$$failed. What did it is in .endure/; keep what it shows as a test." >&2; exit 1; fi

# Has a real Postfix tell what became of mails, where that is installed (Debian: postfix and
# dovecot-imapd, which need not run) and this is root, and kills those who judge what comes back: five
# minutes. What held is written to docs/measured/returning.md, unless something did not.
returned: .venv/.develops
	@mkdir -p .endure
	@{ $(PY) tests/endure/postfix.py && $(PY) tests/endure/feedback.py; } > .endure/returning.md || \
		{ echo "Not all held; see .endure/returning.md" >&2; exit 1; }
	@mv .endure/returning.md docs/measured/returning.md

# Kills senders and takes the power away, KILLS times each: half an hour. What held is written to
# docs/measured/endure.md, unless something did not.
KILLS ?= 200
kills: .venv/.develops
	@mkdir -p .endure
	@$(PY) tests/endure/kills.py $(KILLS) > .endure/kills.md || { echo "Not all held; see .endure/kills.md" >&2; exit 1; }
	@mv .endure/kills.md docs/measured/endure.md

# Makes five machines of one, and has parts of them fall while READERS are mailed: a quarter of an hour. Needs
# root and, of Debian, iproute2, postgresql, redis-server, caddy, haproxy and gcc. What held is written
# to docs/measured/machines.md, unless something did not.
READERS ?= 200000
machines: .venv/.develops
	@mkdir -p .endure
	@$(PY) tests/endure/machines.py $(READERS) > .endure/machines.md || { echo "Not all held; see .endure/machines.md" >&2; exit 1; }
	@mv .endure/machines.md docs/measured/machines.md

# Measures sending beside its peers, and ledger and audience; an hour, on a machine that has nothing
# else to do. smtp-source and smtp-sink (Debian: postfix, which need not run) and gcc are wanted.
AUDIENCE ?= --rows 1000000
bench: .venv/.develops
	@mkdir -p .endure
	@$(PY) benchmarks/bench.py $(BENCH) > .endure/sending.md || { echo "Something is wrong; what was measured is in .endure/sending.md" >&2; exit 1; }
	@mv .endure/sending.md docs/measured/sending.md
	@$(PY) benchmarks/audience.py --table $(AUDIENCE) > .endure/audience.md || { echo "Readers are missing; see .endure/audience.md" >&2; exit 1; }
	@mv .endure/audience.md docs/measured/audience.md

# Measures what `partwork up` takes, on a machine that has nothing else to do: 45 minutes.
running: .venv/.develops
	@mkdir -p .endure
	@$(PY) benchmarks/running.py > .endure/running.md || { echo "Something is wrong; what was measured is in .endure/running.md" >&2; exit 1; }
	@mv .endure/running.md docs/measured/running.md

# Takes the documents' pictures anew, from a demo and a newsletter in temporary homes.
pictures: .venv/.develops
	@$(PY) benchmarks/pictures.py
	@$(PY) benchmarks/page_pictures.py

# Writes constraints.txt anew from what is installed: run it after changing a version by hand.
pins: .venv/.develops
	@{ echo '# The versions the tests ran with; names and versions only. Made by: make pins'; \
	$(PY) -m pip --disable-pip-version-check list --format=freeze --exclude-editable | grep -viE '^(pip|setuptools|wheel)=='; } > .pins
	@mv .pins constraints.txt

# Leaves a home's database, keys and outbox alone: they are nobody's to make again.
clean:
	rm -rf .venv .partwork/demo .mypy_cache .pytest_cache .ruff_cache .hypothesis .endure .mailq build dist

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Partwork needs Python 3.11 or newer; none found. Name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv module is missing: on Debian and Ubuntu, install python3-venv" >&2; exit 1; }

.venv/.runs: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing Partwork (about a minute, once) …"
	@$(PIP) --editable .
	@touch $@

.venv/.develops: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing Partwork and what its tests need (about a minute, once) …"
	@$(PIP) --editable '.[dev]'
	@touch .venv/.runs $@

.venv/.endures: .venv/.develops
	@$(PIP) --editable '.[endure]'
	@touch $@
