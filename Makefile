# 每个命令都能在刚克隆下来的目录里直接运行：缺什么自己装，装在 .venv 里。
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# 编译好的字节码留着用：测试和命令行每起一个进程都要重新编译的话，光启动就多花三成时间。
export PYTHONDONTWRITEBYTECODE =

# 一个测试常常在等数据库、子进程和时钟：比核数多一半的进程，核才不闲着。
WORKERS := $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) * 3 / 2 )))

.PHONY: demo test coverage mutants serve check bench clean

# 有 uv 就用 uv（快），没有就用 pip；锁文件带哈希，两边装出来一样。
define install
	@echo "正在安装 $(1) 里的依赖，第一次约一两分钟……"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@if command -v uv >/dev/null 2>&1; then \
		VIRTUAL_ENV=$(VENV) uv pip install --quiet --require-hashes -r $(1); \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); \
	fi
	@cp $(1) $@
endef

$(VENV)/run.lock: requirements.lock
	$(call install,requirements.lock)

$(VENV)/dev.lock: requirements-dev.lock
	$(call install,requirements-dev.lock)

demo: $(VENV)/run.lock
	@$(BIN)/python -m bot demo

serve: $(VENV)/run.lock
	@$(BIN)/python -m bot serve

test: $(VENV)/dev.lock
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(if $(REST),--part rest)

# 纯的包靠自己的测试就要跑到下限（随机造例子的不算：每次走的路不一样）；ALL=1 是跑全部测试、看所有的包，比 make test 慢一倍。
# 这里跑过的，make test REST=1 不再跑：两样都跑，每个测试正好一遍。
coverage: $(VENV)/dev.lock
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n $(WORKERS) --dist worksteal \
		$(if $(ALL),,--part pure $$($(BIN)/python -m tests.checks.floors tests))
	@$(BIN)/python -m tests.checks.floors $(if $(ALL),all,pure)

check: $(VENV)/dev.lock
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# 把引擎改坏三千多次，看测试发不发现（约半小时到一小时）；只试一个文件：make mutants OF=flow.engine.verbs.*
# 工具装在自己的 .venv/mutants 里，不进锁文件。
MUTMUT := $(VENV)/mutants/bin/python -m mutmut
$(VENV)/mutants: $(VENV)/dev.lock
	@$(PYTHON) -m venv $@
	@$@/bin/python -m pip install --quiet --disable-pip-version-check "$$(sed -n 's/^mutants = \["\(.*\)"\]/\1/p' pyproject.toml)"
	@echo "$(abspath $(VENV))/lib/$$($(PYTHON) -c 'import sys; print("python%d.%d" % sys.version_info[:2])')/site-packages" \
		> $$(echo $@/lib/python*/site-packages)/project.pth

mutants: $(VENV)/mutants
	@$(MUTMUT) run $(if $(OF),'$(OF)')
	@$(MUTMUT) results

bench: $(VENV)/dev.lock
	@$(BIN)/python -m bench

clean:
	rm -rf $(VENV) mutants var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './node_modules/*' -prune -exec rm -rf {} +
