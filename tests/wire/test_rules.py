# SPDX-License-Identifier: Apache-2.0
"""The rules of gRPC over HTTP/2, and the tests in which a raw peer sees that they hold.

A table to read: who changes a rule, or a test, finds the other here.
"""

import ast

import pytest
import tree

RULES = {
    "an answer is HEADERS, messages, trailers; grpc-status is there when it is 0, too": "an_answer_is_headers_message_trailers",
    "without a message an answer is one HEADERS frame (Trailers-Only)": "a_refusal_without_a_message_is_one_headers_frame",
    "grpc-status is a decimal number without zeros before it": "a_status_is_a_plain_number_with_its_pushback",
    "grpc-message is percent-encoded, in upper case": "a_status_message_is_percent_encoded_in_upper_case",
    "grpc-status-details-bin is a google.rpc.Status in unpadded base64, of the same code and message":
        "details_are_unpadded_base64 details_are_those_of_the_status",
    "grpc-retry-pushback-ms comes with RetryInfo, where another try may help":
        "who_is_put_off_by_the_engine_is_told_why_and_until_when a_refusal_that_will_pass_says_when",
    "another method than POST is 405 of HTTP": "another_method_than_post_is_405_of_http",
    "another content type is 415 of HTTP": "another_content_type_is_415_of_http every_name_of_grpc_with_protobuf_is_taken",
    "te: trailers is required": "a_call_that_takes_no_trailers_is_refused",
    "paths are compared letter by letter; an unknown one is UNIMPLEMENTED": "an_unknown_path_is_unimplemented",
    "the prefix of a message may be split over frames": "a_message_may_come_byte_by_byte",
    "END_STREAM may come on an empty DATA frame, or with trailers":
        "the_end_may_come_on_an_empty_frame the_end_may_come_as_trailers",
    "compressed flag: INTERNAL without an encoding, UNIMPLEMENTED with one, and what is accepted":
        "a_compressed_message_is_judged_by_its_encoding",
    "an encoding that no message uses does no harm": "an_encoding_that_is_only_announced_does_no_harm",
    "compression is never offered": "no_answer_offers_a_compression",
    "a message over the limit is refused when its prefix is seen": "a_hopeless_request_is_answered_before_its_end_and_then_let_go",
    "a unary call has one message: none or two are UNIMPLEMENTED; a cut one is INTERNAL": "a_malformed_body_has_its_status",
    "what is no message of the method is INTERNAL": "bytes_that_are_no_message_are_internal",
    "grpc-timeout: at most 8 digits and a unit, else INTERNAL":
        "a_malformed_timeout_is_refused every_unit_of_a_timeout_is_understood",
    "a deadline is answered with DEADLINE_EXCEEDED, or cancels what cannot be answered":
        "the_deadline_of_a_waiting_call_is_answered_by_the_server the_deadline_of_a_stream_that_nobody_reads_cancels_it"
        " the_deadline_of_a_request_that_never_comes_is_answered",
    "a call whose deadline has passed is not begun": "a_call_that_comes_too_late_is_not_begun",
    "headers have a budget": "too_many_headers_are_refused_in_words an_hpack_bomb_is_cut_off",
    "an early answer is followed by RST_STREAM(NO_ERROR)":
        "a_hopeless_request_is_answered_before_its_end_and_then_let_go refused_headers_are_answered_before_the_body",
    "REFUSED_STREAM is for what was not begun": "a_stream_too_many_of_a_peer_that_cannot_know_is_refused_untouched",
    "RST_STREAM from the peer cancels its call, and no other": "a_reset_by_the_peer_cancels_its_call_only"
        " a_call_that_is_taken_back_before_its_message_was_never_begun",
    "a drain is two GOAWAY with a round trip between them": "goaway_comes_twice_and_calls_between_the_two_are_served"
        " a_call_right_behind_the_answer_to_our_ping_is_served a_call_after_the_second_goaway_is_not_begun",
    "PING is answered with its own bytes": "a_ping_is_answered_with_its_own_bytes",
    "pings too close together end in too_many_pings": "a_flood_of_pings_is_called_too_many_pings"
        " three_pings_too_early_are_forgiven_and_a_fourth_is_not",
    "what is answered forgives the pings before it": "an_answer_forgives_the_pings_before_it"
        " every_message_of_a_stream_forgives_the_pings_before_it",
    "max_idle and max_age are GOAWAY(NO_ERROR) by their names": "an_idle_peer_is_asked_to_leave"
        " an_old_connection_is_asked_to_leave_and_its_calls_are_served those_who_came_together_do_not_leave_together",
    "who is silent in a call is pinged, and left when it does not answer":
        "a_peer_silent_in_a_call_is_pinged_and_stays_if_it_answers a_peer_that_gives_no_sign_of_life_is_left",
    "messages of a stream are made when the peer has room for them": "streams_that_nobody_reads_cost_no_memory",
    "messages of a client's stream are heard one by one; windows open as they are taken":
        "messages_of_a_stream_are_heard_while_it_is_open a_peer_that_reads_nothing_is_not_heard_either",
    "health: an unknown service is NOT_FOUND in Check, SERVICE_UNKNOWN in Watch": "health_of_what_nobody_knows",
    "reflection has one answer under both of its names": "reflection_is_the_same_under_both_names",
}


def names_there():
    """The names of the tests in tests/wire, and of the raw peer's in tests/story."""
    files = [*(tree.TOP / "tests" / "wire").glob("test_*.py"), tree.TOP / "tests" / "story" / "test_raw_peer.py"]
    return {node.name.removeprefix("test_") for file in files for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("tests", RULES.values(), ids=RULES)
def test_a_rule_has_its_tests(tests):
    assert set(tests.split()) <= names_there()
