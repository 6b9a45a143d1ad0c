# SPDX-License-Identifier: Apache-2.0
"""Health and reflection, as other people's tools ask for them."""

import json
import os
import shutil
import subprocess

import grpc
import pytest
from stack import health_method
from stubs import contract

REFLECTION = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
SERVICES = {"stafett.v1.AdminService", "stafett.v1.AuditService", "stafett.v1.BodyService", "stafett.v1.ReferralService",
            "stafett.v1.InboxService", "stafett.v1.StatisticsService", "stafett.v1.DirectoryService",
            "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"}


@pytest.mark.parametrize("service", ["", "stafett.v1.ReferralService"])
def test_health_says_serving(maria, service):
    method, request = health_method(maria.channel)
    assert method(request(service=service), timeout=10).status == 1


def test_health_does_not_know_other_services(maria):
    method, request = health_method(maria.channel)
    with pytest.raises(grpc.RpcError) as error:
        method(request(service="stafett.v1.Burn"), timeout=10)
    assert error.value.code() == grpc.StatusCode.NOT_FOUND


def test_health_can_be_watched(maria):
    request = contract.other["grpc.health.v1.HealthCheckRequest"]
    response = contract.other["grpc.health.v1.HealthCheckResponse"]
    watch = maria.channel.unary_stream(
        "/grpc.health.v1.Health/Watch", request.SerializeToString, response.FromString)
    call = watch(request(), timeout=10)
    assert next(call).status == 1
    call.cancel()


def ask_reflection(caller, **question):
    request = contract.other["grpc.reflection.v1.ServerReflectionRequest"]
    response = contract.other["grpc.reflection.v1.ServerReflectionResponse"]
    stream = caller.channel.stream_stream(REFLECTION, request.SerializeToString, response.FromString)
    answer, = list(stream(iter([request(**question)]), timeout=10))
    return answer


def test_reflection_lists_all_services(maria):
    answer = ask_reflection(maria, list_services="")
    listed = {service.name for service in answer.list_services_response.service}
    assert SERVICES <= listed


def test_reflection_gives_the_file_of_a_method_and_what_it_imports(maria):
    from google.protobuf import descriptor_pb2
    answer = ask_reflection(maria, file_containing_symbol="stafett.v1.ReferralService.Send")
    files = {descriptor_pb2.FileDescriptorProto.FromString(data).name
             for data in answer.file_descriptor_response.file_descriptor_proto}
    assert "stafett/v1/referral_service.proto" in files


def test_reflection_does_not_know_what_is_not_there(maria):
    answer = ask_reflection(maria, file_containing_symbol="stafett.v1.Burn")
    assert answer.error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]


def buf():
    """The `buf` program, where tests/run or the user has put one."""
    return os.environ.get("STAFETT_BUF") or shutil.which("buf")


@pytest.mark.skipif(not buf(), reason="buf is not installed (tests/run installs it where there is npm)")
def test_buf_curl_lists_the_methods_and_calls_one(stack, maria, tmp_path):
    (tmp_path / "ca.pem").write_bytes(stack.authority.certificate)
    certificate, key = stack.identity(maria.member).write(tmp_path, "maria")
    curl = [buf(), "curl", "--cacert", tmp_path / "ca.pem", "--cert", certificate, "--key", key]
    address = f"https://{stack.address}"

    def run(*words):
        return subprocess.run([*curl, *words], capture_output=True, text=True, check=True,
                              stdin=subprocess.DEVNULL, timeout=60).stdout

    methods = run("--protocol", "grpc", address, "--list-methods").split()
    assert "stafett.v1.ReferralService/Send" in methods
    answer = json.loads(run(
        "--protocol", "grpc", "-H", "stafett-unit: lund/vuxen", "-d", '{"need":"alcohol"}',
        f"{address}/stafett.v1.DirectoryService/Search"))
    assert "skane/beroende-lund" in {unit["handle"] for unit in answer["units"]}
