# SPDX-License-Identifier: Apache-2.0
"""The contract in Python.

stafett.v1 comes as any programmer would make it: Debian's protoc and its gRPC
plugin, into a folder on sys.path. The google.rpc, health and reflection messages
come from a descriptor set instead: generated packages called `google` or `grpc`
would hide the real ones.
"""

import importlib
import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PROTO = Path(__file__).resolve().parents[2] / "proto"
OTHERS = ["google/rpc/status.proto", "google/rpc/error_details.proto",
          "grpc/health/v1/health.proto", "grpc/reflection/v1/reflection.proto"]
SERVICES = ["admin_service", "audit_service", "body_service", "chain_service", "clock_service", "referral_service", "inbox_service", "directory_service",
            "statistics_service"]
MODULES = ["message", "referral", *SERVICES]


def _protoc(*words):
    subprocess.run(["protoc", f"-I{PROTO}", "-I/usr/include", *words], check=True,
                   stdin=subprocess.DEVNULL)


def _generate(folder):
    files = sorted(str(path) for path in PROTO.glob("stafett/**/*.proto"))
    _protoc(f"--python_out={folder}", f"--grpc_out={folder}",
            "--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin", *files)
    sys.path.insert(0, str(folder))


def _other_messages(folder):
    """Every message of OTHERS by its full name."""
    path = folder / "others.binpb"
    _protoc("--include_imports", f"--descriptor_set_out={path}", *OTHERS)
    pool = descriptor_pool.DescriptorPool()
    factory = message_factory.MessageFactory(pool)
    found = {}
    for file in descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes()).file:
        pool.Add(file)
        for name in pool.FindFileByName(file.name).message_types_by_name.values():
            found[name.full_name] = factory.GetPrototype(name)
    return found


class _Contract:
    """The modules as attributes; other messages by their full name in |other|."""

    def __init__(self):
        with tempfile.TemporaryDirectory(prefix="stubs-") as name:
            folder = Path(name)
            _generate(folder)
            self.other = _other_messages(folder)
            for name in MODULES:
                setattr(self, name, importlib.import_module(f"stafett.v1.{name}_pb2"))
            for name in SERVICES:
                setattr(self, f"{name}_grpc", importlib.import_module(f"stafett.v1.{name}_pb2_grpc"))
            self.answers = importlib.import_module("stafett.client.v1.answers_pb2")
            sys.path.remove(str(folder))


contract = _Contract()
