# Each target does its own set-up. Needed: cargo, Python >= 3.10 with venv, Node >= 20 with npm.
.PHONY: help setup demo test check deny bench fuzz generate catalogue clean
help:      ## list the targets
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/: .*##/:/'
setup:     ## build and install both packages: a venv in .venv, the addon in bindings-node
	@tools/setup
demo: setup ## the main job, without any key: mock providers, both packages, plain and streamed
	@tools/demo/run
test: setup ## every test, in Rust, Python and Node
	@tools/test
check:     ## format, lints and types, in all three languages
	@tools/check
deny:      ## licences, bans and sources of all dependencies
	@tools/deny
bench:     ## the table of BENCHMARKS.md, in one run
	@tools/bench/run
fuzz:      ## framing and the stream machines, a minute each
	@cargo run --profile fuzz -p roocode-core --example fuzz -- all --seconds 60
generate:  ## refresh what is generated: types, provider table, snapshots
	@tools/generate/run
catalogue: ## refresh the catalogue of models and prices from ../shared/catalog
	@python3 tools/catalogue/generate.py
clean:     ## remove what the other targets made
	rm -rf target .venv .tools node_modules bindings-node/js/*.node bindings-python/roocode/*.so
