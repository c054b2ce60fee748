# 每个命令都能在刚克隆下来的目录里直接运行：缺什么自己装，装在 .venv 里。
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# 编译好的字节码留着用：测试和命令行每起一个进程都要重新编译的话，光启动就多花三成时间。
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test serve check bench clean

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
	@$(BIN)/python -m pytest -n auto

check: $(VENV)/dev.lock
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/dev.lock
	@$(BIN)/python -m bench

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './node_modules/*' -prune -exec rm -rf {} +
