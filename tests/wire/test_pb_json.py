# SPDX-License-Identifier: Apache-2.0
"""The JSON printer against Python's: the same bytes for the same message."""

import json
import random
import struct
import subprocess

import pytest
import tree
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

SAMPLE = "sample.v1.Sample"
OTHERS = ["google.rpc.ErrorInfo", "google.rpc.RetryInfo", "google.rpc.BadRequest",
          "google.rpc.PreconditionFailure", "stafett.v1.Header", "stafett.v1.Receipt",
          "stafett.v1.Refusal", "stafett.v1.SendRequest", "stafett.v1.GetResponse",
          "stafett.v1.ReferralServiceListResponse", "stafett.v1.InboxServiceListResponse",
          "stafett.v1.SearchResponse"]
TEXTS = ["", "a", "Räksmörgås 😀", 'say "hi" \\o/', "line\nbreak\ttab\r\b\f", "\x01\x1f", "</script>"]
INTS = {"32": (-2**31, 2**31 - 1), "64": (-2**63, 2**63 - 1), "u32": (0, 2**32 - 1), "u64": (0, 2**64 - 1)}


@pytest.fixture(scope="session")
def types(tmp_path_factory):
    """Every message class of the contract and of the sample, by full name."""
    path = tmp_path_factory.mktemp("sample") / "all.binpb"
    protos = sorted(str(p) for p in (tree.TOP / "proto").rglob("*.proto"))
    subprocess.run(["protoc", f"-I{tree.TOP / 'proto'}", f"-I{tree.TOP / 'tests' / 'tools'}",
                    "-I/usr/include", "--include_imports", f"--descriptor_set_out={path}",
                    "sample.proto", *protos], check=True)
    pool = descriptor_pool.DescriptorPool()
    factory = message_factory.MessageFactory(pool)
    for file in descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes()).file:
        pool.Add(file)
    return {name: factory.GetPrototype(pool.FindMessageTypeByName(name)) for name in [SAMPLE, *OTHERS]}


@pytest.fixture(scope="session")
def printed(build):
    """printed(type name, [bytes], indent) gives what the tool prints for each."""
    def run(name, messages, indent=0):
        frames = b"".join(struct.pack(">BI", 0, len(m)) + m for m in messages)
        done = subprocess.run([build / "tests/tools/pb_json_tool", name, str(indent)],
                              input=frames, stdout=subprocess.PIPE, check=True)
        records = done.stdout.split(b"\0")
        assert records.pop() == b"" and len(records) == len(messages)
        return [record.decode() for record in records]
    return run


def python_json(message, indent=0):
    return json_format.MessageToJson(message, indent=indent or None, ensure_ascii=False)


def expect_same_bytes(printed, messages):
    name = messages[0].DESCRIPTOR.full_name
    for indent in (0, 2):
        got = printed(name, [m.SerializeToString() for m in messages], indent)
        assert got == [python_json(m, indent) for m in messages]


def fill_time(rng, message):
    if message.DESCRIPTOR.name == "Timestamp":
        message.seconds = rng.choice([0, 1, -1, 1793612345, -62135596800, 253402300799])
        message.nanos = rng.choice([0, 1, 1000, 125000000, 999999999])
    else:
        sign = rng.choice([1, -1])
        message.seconds = sign * rng.choice([0, 1, 59, 315576000000])
        message.nanos = sign * rng.choice([0, 1, 1000, 125000000, 999999999])


def some_scalar(rng, field):
    kind = field.type
    if kind in (field.TYPE_INT32, field.TYPE_SINT32, field.TYPE_SFIXED32):
        return rng.choice([0, 1, -1, *INTS["32"]])
    if kind in (field.TYPE_INT64, field.TYPE_SINT64, field.TYPE_SFIXED64):
        return rng.choice([0, 1, -1, *INTS["64"]])
    if kind in (field.TYPE_UINT32, field.TYPE_FIXED32):
        return rng.choice([0, 1, *INTS["u32"]])
    if kind in (field.TYPE_UINT64, field.TYPE_FIXED64):
        return rng.choice([0, 1, *INTS["u64"]])
    if kind == field.TYPE_BOOL:
        return rng.random() < 0.5
    if kind == field.TYPE_STRING:
        return rng.choice(TEXTS)
    if kind == field.TYPE_BYTES:
        return rng.randbytes(rng.randrange(6))
    if kind == field.TYPE_ENUM:
        return rng.choice([*field.enum_type.values_by_number, 1000, -5])
    # Values whose shortest digits C and Python spell alike.
    return rng.choice([0.0, 1.0, -2.5, 0.1, 1e-3, 123456.0])


def fill_map(rng, field, entries, depth):
    """One entry: the order of more is not defined."""
    key = some_scalar(rng, field.message_type.fields_by_name["key"])
    value = field.message_type.fields_by_name["value"]
    if value.type == value.TYPE_MESSAGE:
        fill(rng, entries[key], depth - 1)
    else:
        entries[key] = some_scalar(rng, value)


def fill_field(rng, message, field, depth):
    is_message = field.type == field.TYPE_MESSAGE
    if is_message and field.message_type.GetOptions().map_entry:
        fill_map(rng, field, getattr(message, field.name), depth)
    elif field.label == field.LABEL_REPEATED:
        for _ in range(rng.randrange(3)):
            if is_message:
                fill(rng, getattr(message, field.name).add(), depth - 1)
            else:
                getattr(message, field.name).append(some_scalar(rng, field))
    elif is_message:
        getattr(message, field.name).SetInParent()
        fill(rng, getattr(message, field.name), depth - 1)
    else:
        setattr(message, field.name, some_scalar(rng, field))


def fill(rng, message, depth=3):
    if message.DESCRIPTOR.full_name in ("google.protobuf.Timestamp", "google.protobuf.Duration"):
        fill_time(rng, message)
        return message
    for field in message.DESCRIPTOR.fields:
        if depth > 0 and rng.random() < 0.5:
            fill_field(rng, message, field, depth)
    return message


@pytest.mark.parametrize("name", [SAMPLE, *OTHERS])
def test_random_messages_print_as_in_python(types, printed, name):
    rng = random.Random(name)
    expect_same_bytes(printed, [types[name]()] + [fill(rng, types[name]()) for _ in range(100)])


def test_an_empty_message_is_an_empty_object(printed):
    assert printed(SAMPLE, [b""]) == ["{}"]
    assert printed(SAMPLE, [b""], 2) == ["{}"]


def test_a_chosen_default_is_printed(types, printed):
    sample = types[SAMPLE]
    expect_same_bytes(printed, [sample(chosen_number=0), sample(chosen_text=""), sample(chosen_bytes=b""),
                                sample(chosen_child=sample()), sample(chosen_colour=0)])


def test_names_are_those_of_protoc(types, printed):
    message = types[SAMPLE](UpperCase="1", double__under="2", trailing_="3", _leading="4",
                            with_2_digits="5", a_b_c="6")
    expect_same_bytes(printed, [message])
    assert list(json.loads(printed(SAMPLE, [message.SerializeToString()])[0])) == [
        "UpperCase", "doubleUnder", "trailing", "Leading", "with2Digits", "aBC"]


def test_floating_point_has_the_same_value(types, printed):
    rng = random.Random(7)
    values = [struct.unpack("<d", rng.randbytes(8))[0] for _ in range(300)] + [1e300, 5e-324, -0.0]
    messages = [types[SAMPLE](double_value=v, double_list=[v]) for v in values]
    messages += [types[SAMPLE](float_value=v) for v in (3.4e38, 1e-45, 0.1, 16777217, float("inf"))]
    for message, text in zip(messages, printed(SAMPLE, [m.SerializeToString() for m in messages])):
        assert json.loads(text) == json.loads(python_json(message))


def test_not_a_number_is_a_text(types, printed):
    messages = [types[SAMPLE](double_value=float(v)) for v in ("nan", "inf", "-inf")]
    expect_same_bytes(printed, messages)


def test_a_map_of_many_keys_has_each_of_them_once(types, printed):
    message = types[SAMPLE](labels={f"k{i}": str(i) for i in range(50)}, by_truth={True: 1, False: 7})
    for key in (-2**63, 0, 5):
        message.by_number[key].bool_value = True
    # The wire may hold a key twice; the last one counts.
    again = types[SAMPLE](labels={"k3": "new"}).SerializeToString()
    text = printed(SAMPLE, [message.SerializeToString() + again])[0]
    message.labels["k3"] = "new"
    pairs = json.loads(text, object_pairs_hook=lambda pairs: pairs)
    assert len(dict(pairs)["labels"]) == 50
    assert json.loads(text) == json.loads(python_json(message))


def test_what_a_terminal_obeys_is_escaped(types, printed):
    text = "a\x7f\x9b31m\u2028\u202e\u2066z"
    got = printed(SAMPLE, [types[SAMPLE](string_value=text).SerializeToString()])[0]
    assert json.loads(got) == {"stringValue": text}
    assert got == r'{"stringValue": "a\u007f\u009b31m\u2028\u202e\u2066z"}'


@pytest.mark.parametrize("seconds, nanos", [(-62135596801, 0), (253402300800, 0), (0, -1), (0, 10**9)])
def test_a_time_outside_of_the_calendar_is_refused(types, printed, seconds, nanos):
    message = types[SAMPLE]()
    message.time.seconds, message.time.nanos = seconds, nanos
    assert printed(SAMPLE, [message.SerializeToString()]) == ["!Numerical result out of range"]


def test_bytes_that_are_no_message_are_not_printed(printed):
    assert printed(SAMPLE, [b"\x72\x01\xff"]) == ["!string_value: a text is not valid UTF-8"]
