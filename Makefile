# The commands of this project. `make` alone lists them.
export PATH := /opt/swift/usr/bin:$(PATH)

# What `sluice version` says; empty outside of a Git checkout.
export SLUICE_COMMIT := $(shell git describe --always --dirty --abbrev=12 2>/dev/null)

SLUICE := .build/release/sluice
PORT   ?= 8080

.PHONY: help run demo test build bench chaos format lint clean packages

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build, then serve flows/ with secrets/ on http://127.0.0.1:8080 (PORT=…)
	@echo "Try it without setting anything up: make demo"
	exec $(SLUICE) server --port $(PORT) --data data --flows flows --secrets secrets

demo: build ## see flows come from Git, run, change and go back, on a repository of its own
	scripts/demo $(SLUICE)

test: packages ## build everything with its tests and run them
	swift build --build-tests
	swift test --skip-build

build: packages ## build the program: .build/release/sluice
	swift build -c release --product sluice --static-swift-stdlib -Xlinker --strip-debug

bench: build ## measure, as a table and as bench.json (QUICK=1: within two minutes)
	python3 Benchmarks/bench.py $(if $(QUICK),--quick)

chaos: build ## kill the server again and again under load; nothing answered may be lost
	python3 Benchmarks/chaos.py

format: ## lay all Swift sources out as .swift-format says
	swift format format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

lint: ## check the layout of all Swift sources
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

clean: ## remove what was built
	rm -rf .build

packages: # system packages that are missing
	@scripts/install-system-packages
