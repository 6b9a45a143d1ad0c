# SPDX-License-Identifier: Apache-2.0
"""What other people's checkers say about the tree: clang-format, cppcheck,
shellcheck, mandoc, and the compiler on every header alone."""

import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
import tree

INCLUDES = ["include", "server", "proto", "."]


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, cwd=tree.TOP, **more)


def test_c_files_are_formatted_as_agreed():
    paths = [str(path) for path in tree.files(".c", ".h")]
    done = run("clang-format", "--dry-run", "-Werror", *paths)
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.fixture(scope="module")
def include_flags(build):
    """-I for the tree and for what protobuf-c generated."""
    folders = [tree.TOP / folder for folder in INCLUDES] + [build / "proto"]
    libraries = run("pkg-config", "--cflags", "libevent", "openssl", "libnghttp2", "libprotobuf-c",
                    "libpq", "inih", "jansson", "smartcols", "cmocka").stdout.split()
    foreign = ["-isystem" + flag[2:] for flag in libraries if flag.startswith("-I")]
    return [f"-I{folder}" for folder in folders] + foreign


def test_every_header_compiles_alone(include_flags):
    def compile_alone(path):
        return run("cc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror",
                   "-Wno-unused-function", "-fsyntax-only", *include_flags, "-x", "c", "-",
                   input=f'#include "{path}"\n#include "{path}"\n')
    headers = tree.files(".h", under=("include", "proto", "server", "client", "tests"))
    with ThreadPoolExecutor(2) as pool:
        results = list(zip(headers, pool.map(compile_alone, headers)))
    broken = [f"{tree.name(path)}: {done.stderr[:300]}" for path, done in results if done.returncode]
    assert broken == []


def test_cppcheck_has_nothing_to_say():
    # Without the generated headers, and without following out-parameters into
    # other files: it takes what they fill for uninitialised.
    done = run("cppcheck", "--quiet", "--std=c11", "-j2", "--enable=warning,performance,portability",
               "--error-exitcode=1", "--inline-suppr", "--suppress=missingInclude",
               "--suppress=unknownMacro", "--suppress=varFuncNullUB", "--suppress=uninitvar",
               "--suppress=uninitStructMember", "--template={file}:{line}: {id}: {message}",
               "-D_GNU_SOURCE", *[f"-I{folder}" for folder in INCLUDES],
               "server", "client", "proto/codec", "tests/bench")
    assert done.returncode == 0, done.stderr[-4000:]


def test_clang_tidy_has_nothing_to_say(include_flags):
    def tidy(paths):
        return run("clang-tidy", "--quiet", *paths, "--", "-std=c11", "-D_GNU_SOURCE",
                   '-DSTAFETT_VERSION="0"', *include_flags)
    paths = [str(path) for path in tree.files(
        ".c", under=("server", "client", "proto/codec", "tests/bench"))]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(tidy, (paths[0::2], paths[1::2])))
    said = "\n".join(line for done in results for line in done.stdout.splitlines()
                     if re.search(r": (warning|error): ", line))
    assert said == ""
    assert all(done.returncode == 0 for done in results), results[0].stderr[-2000:]


@pytest.mark.skipif("STAFETT_BUF" not in os.environ, reason="buf is not installed (tests/run installs it where there is npm)")
def test_the_contract_passes_buf_lint():
    done = run(os.environ["STAFETT_BUF"], "lint", "proto")
    assert done.returncode == 0, done.stdout + done.stderr


def test_shell_scripts_are_clean():
    done = run("shellcheck", *[str(path) for path in tree.scripts()])
    assert done.returncode == 0, done.stdout[-4000:]


def test_every_file_that_tests_run_names_is_there():
    named = re.findall(r'"\$top"/(tests/\S+?)(?=\)|\s)', (tree.TOP / "tests" / "run").read_text())
    files = run("bash", "-c", "printf '%s\\n' " + " ".join(named)).stdout.split()
    assert len(files) > len(named) and all((tree.TOP / file).exists() for file in files), files


def manuals():
    return [path for path in tree.files() if re.search(r"\.[1578]$", path.name)]


def test_man_pages_are_clean():
    pages = manuals()
    assert {page.name for page in pages} >= {"stafett.1", "stafettd.8"}
    done = run("mandoc", "-T", "lint", "-W", "warning", *[str(page) for page in pages])
    assert done.returncode == 0, done.stdout[-4000:]
