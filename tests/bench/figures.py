# SPDX-License-Identifier: Apache-2.0
"""How figures are told: medians of rounds, beside the floor and the target."""

import os
import statistics
import subprocess


def median(results, name):
    return statistics.median(result[name] for result in results)


def row(what, value, unit, floor, target, less_is_more=True):
    sign = 1 if less_is_more else -1
    reached = next((word for word, limit in (("target", target), ("floor", floor))
                    if sign * value <= sign * limit), "MISSED")
    print(f"{what:54}{value:>9.2f} {unit:3}{floor:>8}{target:>8}   {reached}")


def say_what_else_runs():
    busiest = subprocess.run(["ps", "-eo", "pcpu,comm", "--sort=-pcpu", "--no-headers"],
                             capture_output=True, text=True, check=True).stdout.split("\n")[:4]
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores before the start; busiest: "
          + ", ".join(" ".join(line.split()) for line in busiest))
