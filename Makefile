# One command each; `make` or `make help` lists them.
SHELL := bash
TARGET := $(or $(CARGO_TARGET_DIR),target)

.DEFAULT_GOAL := help
.PHONY: help setup build demo run test e2e lint fmt sim planted soak fuzz chaos bench

help: ## this list
	@grep -E '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## install what is missing (PostgreSQL and Chromium for the tests)
	@scripts/setup

build: ## the optimised binary
	cargo build --release --locked -p einklang

demo: setup ## everything with sample data, no account needed: http://127.0.0.1:8080
	cargo build --locked -p einklang
	$(TARGET)/debug/einklang demo

run: build ## the server on this machine's configuration
	$(TARGET)/release/einklang serve

test: setup ## everything: both databases and the browser
	@scripts/with-postgres scripts/test

e2e: setup ## the browser tests alone
	cargo build --locked -p einklang
	@scripts/e2e

lint: ## formatting and clippy, warnings denied
	cargo fmt --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

fmt: ## format
	cargo fmt

sim: ## the engine against faults in any order, 1,000 seeds (SEEDS=n for more, SEED=n for one and its steps)
	@cargo test --release --locked -p engine --test sim --no-run
	@$(if $(SEED),SEED=$(SEED),SEEDS=$(or $(SEEDS),1000)) cargo test --release --locked -q -p engine --test sim $(if $(SEED),-- seeds --exact)

planted: ## whether the simulation finds the mistakes that can be planted in the engine (BUG=name,name for some)
	@cargo test --release --locked -q -p engine --features planted --test sim -- planted_mistakes_are_found --exact

soak: ## a week of 50 salons and 20,000 appointments, with lost webhooks and two outages (SALONS=n, APPOINTMENTS=n, DAYS=n, SEED=n)
	@SALONS=$(or $(SALONS),50) APPOINTMENTS=$(or $(APPOINTMENTS),20000) DAYS=$(or $(DAYS),7) $(if $(SEED),SEED=$(SEED)) \
	  cargo test --release --locked -q -p engine --test sim -- a_week_of_many_salons_ends_well --exact

fuzz: ## calls as no model should make them, against the phone agent, 2,000 of each sort (CASES=n; MINUTES=n for as long)
	@CASES=$(or $(CASES),2000) MINUTES=$(or $(MINUTES),0) scripts/fuzz

chaos: setup ## real processes, database and Cal.com, killed and cut off all the time, two minutes (CHAOS_SECONDS=n, CHAOS_SEED=n)
	CHAOS_SECONDS=$(or $(CHAOS_SECONDS),110) cargo test --locked -p einklang --test chaos nothing_is_lost -- --nocapture

bench: setup ## how much of what the machine allows the engine reaches, as ratios taken in one run; how long pages take, and callers wait; writes bench.json, bench-pages.json and bench-phone.json (BENCH_FULL=1: at a million appointments too; ONLY=verification, ONLY=pages or ONLY=phone)
	@cargo bench --locked -p engine --bench operations -p web --bench pages --bench phone --no-run
	@$(if $(filter pages phone,$(ONLY)),,DURABLE=1 scripts/with-postgres cargo bench --locked -q -p engine --bench operations -- $(ONLY))
	@$(if $(filter-out pages,$(ONLY)),,DURABLE=1 scripts/with-postgres cargo bench --locked -q -p web --bench pages)
	@$(if $(filter-out phone,$(ONLY)),,DURABLE=1 scripts/with-postgres cargo bench --locked -q -p web --bench phone)
