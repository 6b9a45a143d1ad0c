# SPDX-License-Identifier: Apache-2.0
"""What tests/hostile/attack.c can do, and how it ends."""

CALM, PROTOCOL_ERROR = 11, 1
CUT_OFF = [  # attack, HTTP/2 error, words of the goodbye, metric
    ("rapid reset", CALM, "too_many_(cancels|frames)", "rapid_reset|control_frames"),
    ("made you reset", CALM, "too_many_(resets|frames)", "own_resets|control_frames"),
    ("forbidden headers", CALM, "too_many_resets", "own_resets"),
    ("too many streams", PROTOCOL_ERROR, "max concurrent streams", "protocol"),
    ("continuations", CALM, "too_many_continuations", "continuation"),
    ("hpack bomb", CALM, "too_many_headers", "header_list"),
    ("settings", CALM, "too_many_frames", "control_frames"),
    ("settings of 100 entries", CALM, "too many setting entries", "settings"),
    ("pings", CALM, "too_many_(pings|frames)", "pings|control_frames"),
    ("window updates", CALM, "too_many_frames", "control_frames"),
    ("priorities", CALM, "too_many_frames", "control_frames"),
    ("unknown frames", CALM, "too_many_frames", "control_frames"),
    ("empty data", CALM, "too_many_frames", "control_frames"),
    ("data byte by byte", CALM, "too_many_frames", "control_frames"),
    ("key updates", CALM, "too_many_key_updates", "key_updates"),
    ("key updates that ask for ours", CALM, "too_many_key_updates", "key_updates"),
    ("no http2", PROTOCOL_ERROR, "does not speak HTTP/2", "protocol"),
]
ANSWERED = ["messages of 4 GiB", "unknown methods", "field bombs", "messages nested 10,000 deep",
            "texts that are none"]
HELD = ["half requests", "half headers", "zero windows", "silence after the handshake"]
HARMLESS = ["bare connects", "noise", "vanishing clients"]
CROWDS = ["slow handshakes", "connections of one member"]
EVERY = [*(row[0] for row in CUT_OFF), "pings whose answers nobody reads", *ANSWERED, *HELD, *HARMLESS, *CROWDS]
