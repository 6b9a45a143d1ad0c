# SPDX-License-Identifier: Apache-2.0
"""The echo server, one a file of tests."""

import echo
import pytest


@pytest.fixture(scope="module")
def server(build, work, request):
    server = echo.EchoServer(build, work / request.module.__name__)
    yield server
    server.stop()
