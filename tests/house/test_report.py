# SPDX-License-Identifier: Apache-2.0
"""What the report says of second tries: only of waits that ran out, and never in silence."""

import again
import pytest
import report

CASE = '<testcase classname="fault.test_line" name="{}" time="1">{}</testcase>'


def write(path, **failures):
    """A JUnit file; of each test of |failures| its message, or None for a passed one."""
    cases = "".join(CASE.format(name, f'<failure message="{message}"/>' if message else "")
                    for name, message in failures.items())
    path.write_text(f'<testsuites><testsuite name="pytest">{cases}</testsuite></testsuites>')
    return path


def asked_again(path, capsys):
    again.main(path)
    return capsys.readouterr().out.split()


@pytest.mark.parametrize("message, tried", [
    ("TimeoutError: timed out", True),
    ("assert 'TimeoutError: timed out' == 2", False),
    ("AssertionError: one lost", False)])
def test_only_a_wait_that_ran_out_is_tried_again(tmp_path, capsys, message, tried):
    path = write(tmp_path / "pytest.xml", cut=message, well=None)
    assert asked_again(path, capsys) == ["tests/fault/test_line.py::cut"] * tried


def test_many_waits_that_ran_out_are_no_accident(tmp_path, capsys):
    failures = {f"t{number}": "TimeoutError: timed out" for number in range(again.FEW + 1)}
    assert asked_again(write(tmp_path / "pytest.xml", **failures), capsys) == []


@pytest.mark.parametrize("second, last, status", [
    (None, "2 passed, 0 failed", 0),
    ("TimeoutError: timed out", "1 passed, 1 failed", 1)])
def test_a_second_try_counts_and_is_told(tmp_path, capsys, second, last, status):
    path = write(tmp_path / "pytest.xml", cut="TimeoutError: timed out", well=None)
    write(tmp_path / "again.xml", cut=second)
    assert report.main([f"pytest:1:{path}"]) == status
    lines = capsys.readouterr().out.splitlines()
    assert "again   fault: cut: TimeoutError: timed out; alone it " in lines[0]
    assert lines[-1] == last
