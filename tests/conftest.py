# SPDX-License-Identifier: Apache-2.0
"""What every suite may use: the built programs and a folder to work in.

tests/run sets STAFETT_BUILD and STAFETT_WORK. A test that is started by hand
(pytest -c tests/pytest.ini tests/story) uses build-tests/ and a folder of its own.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "tests" / "tools"))
# Read by gRPC when it is imported: its fork handlers wait for threads that a test
# keeps busy, and what we fork only ever becomes another program.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"


@pytest.fixture(scope="session")
def build():
    """The folder of the sanitized build."""
    return Path(os.environ.get("STAFETT_BUILD", TOP / "build-tests"))


@pytest.fixture(scope="session")
def work():
    """A folder of this process for whatever the tests write. Its path is short:
    that of a Unix socket holds 107 bytes."""
    root = os.environ.get("STAFETT_WORK", "/var/tmp")
    folder = Path(tempfile.mkdtemp(prefix="w-", dir=root))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
