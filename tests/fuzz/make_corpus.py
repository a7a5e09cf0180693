#!/usr/bin/python3
"""Writes the first inputs of the fuzz targets to tests/fuzz/corpus.

Messages are written here as text and encoded by protoc. Inputs that a fuzzer found are files beside
these, named after what they show; they are left alone. The same every time it is run.

Usage: tests/fuzz/make_corpus.py
"""

from __future__ import annotations

import json
import struct
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT / "tests/fuzz/corpus"

ID = r"\000\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017"
DIGEST = ID + ID
AT = "seconds: 1700000000 nanos: 5"
ORIGIN = (f'origin {{ epoch: 1 number: 2 instance_id: "{ID}" worker: "ada" host: "h" '
          f"started_at {{ {AT} }} finished_at {{ {AT} }} }}")
VALUE = '{ inline: "[1, 2.5]" media_type: "application/json" type_name: "list" }'
BLOB = f'{{ blob {{ digest: "{DIGEST}" size_bytes: 70000 }} media_type: "application/x-npy" }}'

ONE_TASK = """
    nodes { function { function_name: "ada.add" } }
    nodes { output {} inputs { name: "value" source { node: 0 port: "value" } } }"""
NESTED = r'''{\"nodes\": [{\"name\": \"x\", \"type\": \"input\"}, {\"type\": \"output\", \"inputs\":
    {\"value\": [0, \"x\"]}}]}'''.replace("\n    ", " ")
EVERY_NODE = f"""
    name: "every node"
    nodes {{ input {{ name: "x" }} }}
    nodes {{ const {{ value {{ inline: "{NESTED}" media_type: "application/json"
                              type_name: "graph" }} }} }}
    nodes {{ const {{ value {BLOB} }} }}
    nodes {{ eval {{ graph {{ node: 1 port: "value" }} }}
             inputs {{ name: "x" source {{ node: 0 port: "x" }} }} }}
    nodes {{ map {{ body {{ node: 1 port: "value" }} }}
             inputs {{ name: "x" source {{ node: 3 port: "*" }} }} }}
    nodes {{ loop {{ body {{ node: -1 port: "body" }} continue_port: "go" name: "l" }} }}
    nodes {{ if_else {{ pred {{ node: 0 port: "x" }} if_true {{ node: 2 port: "value" }}
                        if_false {{ node: 3 port: "value" }} eager: true }} }}
    nodes {{ function {{ function_name: "any.same" }}
             inputs {{ name: "value" source {{ node: 6 port: "value" }} }} }}
    nodes {{ output {{}} inputs {{ name: "value" source {{ node: 7 port: "value" }} }} }}
    fixed_inputs {{ name: "x" value {VALUE} }}"""
TYPES = """struct { name: "Point"
    fields { name: "x" type { union { alternatives { simple: SIMPLE_TYPE_INT }
                                      alternatives { simple: SIMPLE_TYPE_NONE } } } }
    fields { name: "l" type { list { map { variable: "T" } } } }
    fields { name: "t" type { tuple { elements { opaque: "numpy.ndarray" } elements {} } } } }"""
CATALOG = f"""
    worker: "ada"
    tasks {{ name: "add" version: "1" description: "adds" cacheable: true
      inputs {{ name: "a" type {{ {TYPES} }} formats: "application/json" }}
      inputs {{ name: "b" optional: true default_value {VALUE} }}
      outputs {{ name: "value" type {{ simple: SIMPLE_TYPE_COMPLEX }}
                 formats: "application/x-npy" }} }}"""

GRAPH = ("orrery/graph/v1/graph.proto", "orrery.graph.v1.Graph")
CATALOGS = ("orrery/graph/v1/catalog.proto", "orrery.graph.v1.Catalog")
TYPE = ("orrery/graph/v1/type.proto", "orrery.graph.v1.Type")
WORKFLOW = "orrery/workflow/v1/workflow_service.proto"
SUBMIT = (WORKFLOW, "orrery.workflow.v1.SubmitWorkflowRequest")
SESSION = "orrery/worker/v1/worker_service.proto"
REQUEST = (SESSION, "orrery.worker.v1.SessionRequest")
RESPONSE = (SESSION, "orrery.worker.v1.SessionResponse")
RECORD = ("orrery/storage/v1/journal.proto", "orrery.storage.v1.Record")

SUBMITTED = f"""at {{ {AT} }} workflow_submitted {{ number: 1 workflow_id: "{ID}" name: "w"
    graph {{ {ONE_TASK} }} inputs {{ name: "x" value {VALUE} }} }}"""
NODE = 'node { workflow_number: 1 location: "-.N0" }'
RECORDS = {
    "started": f"at {{ {AT} }} controller_started {{ epoch: 1 }}",
    "joined": f'at {{ {AT} }} worker_joined {{ instance_id: "{ID}" worker: "ada" }}',
    "left": f'at {{ {AT} }} worker_left {{ instance_id: "{ID}" }}',
    "submitted": SUBMITTED,
    "finished": f"""at {{ {AT} }} node_finished {{ {NODE} {ORIGIN}
        outputs {{ name: "value" value {VALUE} }} }}""",
    "failed": f"""at {{ {AT} }} node_failed {{ {NODE} {ORIGIN}
        error {{ kind: TASK_ERROR_KIND_TASK message: "m" details: "d" retryable: true }} }}""",
    "lost": f"at {{ {AT} }} attempt_lost {{ {NODE} {ORIGIN} }}",
    "workflow_failed": f"at {{ {AT} }} workflow_failed {{ number: 1 }}",
    "cancelled": f'at {{ {AT} }} workflow_cancelled {{ number: 1 reason: "r" }}',
    "forgotten": f"at {{ {AT} }} workflow_forgotten {{ number: 1 }}",
    "restarted": f"""at {{ {AT} }} workflow_submitted {{ number: 2 workflow_id: "{ID}" name: "w"
        graph {{ {ONE_TASK} }} inputs {{ name: "x" value {VALUE} }}
        reuse {{ source_number: 1 source_id: "{ID}" from_location: "-.N1" }} }}""",
    "reuse_ended": f"at {{ {AT} }} reuse_ended {{ number: 2 }}",
}
STORIES = {
    "succeeds": ("started", "joined", "submitted", "lost", "finished", "forgotten", "left"),
    "fails": ("started", "submitted", "failed", "workflow_failed", "forgotten"),
    "cancelled": ("started", "submitted", "cancelled", "forgotten"),
    "runs": ("started", "joined", "submitted"),
    "runs_again": ("started", "submitted", "failed", "workflow_failed", "forgotten", "restarted",
                   "reuse_ended"),
}


def encode(message: tuple[str, str], text: str) -> bytes:
    path, name = message
    return subprocess.run(["protoc", "-I", "proto", f"--encode={name}", path], cwd=ROOT,
                          input=text.encode(), stdout=subprocess.PIPE, check=True).stdout


def batch(records: list[bytes]) -> bytes:
    """The inside of a journal batch; the fuzz target adds version and checksum."""
    framed = b"".join(struct.pack("<I", len(record)) + record for record in records)
    return struct.pack("<I", len(records)) + framed


def raw_array(kind: bytes, size: int, shape: tuple[int, ...], elements: bytes) -> bytes:
    lengths = b"".join(struct.pack("<Q", length) for length in shape)
    return b"\x01" + kind + bytes([size, len(shape)]) + bytes(4) + lengths + elements


def npy(description: str, shape: str, elements: bytes) -> bytes:
    header = f"{{'descr': '{description}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + elements


def json_inputs() -> dict[str, bytes]:
    return {
        "scalars": b'[null, true, -0, 1.5e-7, 1e400, NaN, -Infinity, 123456789012345678901]',
        "text": rb'{"": "\u00e9\ud83d\ude00\ud800 \"\\\/\b\f\n\r\t\u0000", "\u00e9": 1}',
        "markers": b'[{"__tkr_bytes__": true, "bytes": "AAEC/w=="}, '
                   b'{"__tkr_complex__": [1.0, -0.5]}]',
        "repeated_keys": b'{"a": 1, "b": {"a": 2, "a": [3]}, "a": 4}',
        "nested_to_the_limit": b"[" * 512 + b"]" * 512,
        "nested_beyond_the_limit": b'{"a":[' * 300,
        "mixed_list": b'[1, 2.0, "x", [], [[]], {"x": 1}, {"x": null}]',
    }


def array_inputs() -> dict[str, bytes]:
    return {
        "raw_float64_2x2": raw_array(b"f", 8, (2, 2), struct.pack("<4d", 1, 2, -0.0, 1e300)),
        "raw_bool_3": raw_array(b"b", 1, (3,), b"\x00\x01\x07"),
        "raw_uint64_scalar": raw_array(b"u", 8, (), b"\xff" * 8),
        "raw_claims_a_billion_elements": raw_array(b"i", 4, (10**9,), b"\x00" * 16),
        "raw_claims_more_than_memory": raw_array(b"c", 16, (2**62, 2**62), b""),
        "npy_claims_a_billion_elements": npy("<f8", "(1000000000,)", b"\x00" * 16),
        "npy_of_a_billion_empty_rows": npy("|i1", "(1000000000, 0)", b""),
        "npy_of_ten_million_empty_rows": npy("|i1", "(10000000, 0)", b""),
        "raw_of_thirty_million_empty_rows": raw_array(b"i", 4, (30_000_000, 0), b""),
        "lists_int": b"[[1, 2, 3], [4, 5, 6]]",
        "lists_complex": b'[1, 2.5, {"__tkr_complex__": [1.0, 2.0]}, true]',
        "lists_ragged": b"[[1, 2], [3]]",
        "lists_empty": b"[[], []]",
    }


def graph_inputs() -> dict[str, bytes]:
    wrapper = (b'{"nodes": [{"type": "const", "value": {"__orrery_value__": {"media_type": '
               b'"application/x-npy", "type_name": "numpy.ndarray", "bytes": {"__tkr_bytes__": '
               b'true, "bytes": "AAE="}}}}]}')
    nested = b'{"nodes": [{"type": "input", "name": "x"}]}'
    for _ in range(40):
        nested = (b'{"nodes": [{"type": "const", "value": ' + nested +
                  b'}, {"type": "eval", "graph": [0, "value"], "inputs": {}}]}')
    typed = (b'{"nodes": [{"type": "const", "value": [1, "a"]}, {"type": "function", '
             b'"function_name": "any.head", "inputs": {"list": [0, "value"]}}, {"type": '
             b'"function", "function_name": "any.pair", "inputs": {"a": [1, "value"], "b": '
             b'[1, "tail"]}}, {"type": "output", "inputs": {"value": [2, "value"]}}]}')
    return {"wrapped_constant": wrapper, "nested_forty_times": nested, "type_variables": typed}


def text_inputs() -> dict[str, bytes]:
    texts = {
        "uuid_number": "207", "uuid": "00000000-0000-0000-0000-0000000000cf",
        "digest": "0123456789abcdef" * 4, "location": "-.N3.L2.M1.N-1",
        "location_large": "-.N9223372036854775807", "name": "worker.task", "name_utf8": "größe",
        "address_unix": "unix:/run/orrery.sock", "address": "127.0.0.1:7717",
        "address_ipv6": "[::1]:0", "address_brackets": "[[]]:7717",
        "input_json": 'port=[1, {"a": "b"}]',
        "input_path": "port:./value.npy", "durability": "process",
    }
    return {name: text.encode() for name, text in texts.items()}


def stride_inputs() -> dict[str, bytes]:
    """For targets that make something of any bytes: enough of them for large things."""
    return {f"stride_{stride}": bytes(i * stride % 251 for i in range(400))
            for stride in (1, 3, 7, 31, 97, 113)}


def workflow_inputs() -> dict[str, bytes]:
    workflow = f"""workflow_id: "207" name: "n" status: WORKFLOW_STATUS_SUCCEEDED
        submitted_at {{ {AT} }} settled_at {{ {AT} }} nodes {{ finished: 1 }}
        outputs {{ name: "value" value {VALUE} }}
        error {{ location: "-.N0" message: "m" }} waiting_for: "a worker" """
    worker = f"""instance_id: "00000000-0000-0000-0000-0000000000cf" name: "ada" host: "h"
        slots: 2 state: WORKER_STATE_CONNECTED catalog {{ {CATALOG} }}
        connected_at {{ {AT} }}"""
    submit = f"""workflow_id: "207" name: "n" graph {{ {EVERY_NODE} }}
        inputs {{ name: "y" value {BLOB} }} clean: true wait_for_workers: true"""
    return {
        "submit": encode(SUBMIT, submit),
        "submit_small": encode(SUBMIT, f"graph {{ {ONE_TASK} }}"),
        "resume": encode((WORKFLOW, "orrery.workflow.v1.ResumeWorkflowRequest"),
                         'workflow_id: "207" from_location: "-.N3.L1.N2" dry_run: true'),
        "rerun": encode((WORKFLOW, "orrery.workflow.v1.RerunWorkflowRequest"),
                        f"""workflow_id: "207" new_workflow_id: "208" from_location: "-.N3"
                        inputs {{ name: "y" value {BLOB} }}"""),
        "plan": encode((WORKFLOW, "orrery.workflow.v1.RerunPlan"),
                       'kept: 3 again: 2 again_locations: "-.N3" again_locations: "-.N4"'),
        "workflow": encode((WORKFLOW, "orrery.workflow.v1.Workflow"), workflow),
        "worker": encode((WORKFLOW, "orrery.workflow.v1.Worker"), worker),
    }


def session_inputs() -> dict[str, bytes]:
    node = f'node {{ workflow_id: "{ID}" location: "-.N0" }}'
    attempt = "attempt { epoch: 1 number: 2 }"
    hello = f"""hello {{ protocol_versions: 1 instance_id: "{ID}" host: "h" process_id: 7
        labels {{ key: "zone" value: "a" }} slots: 2 catalog {{ {CATALOG} }}
        storage_token: "t" sdk_version: "1" held {{ {attempt} {node} task: "add"
        inputs_digest: "{DIGEST}" state: HELD_STATE_FINISHED }} }}"""
    outcomes = f"""outcomes {{
        outcomes {{ {attempt} sequence: 1 started_at {{ {AT} }} finished_at {{ {AT} }}
                    outputs {{ values {{ name: "value" value {VALUE} }} }} }}
        outcomes {{ {attempt} sequence: 2 error {{ kind: TASK_ERROR_KIND_STORAGE message: "m" }} }}
        }}"""
    assign = f"""assign {{ assignments {{ {attempt} {node} task_index: 1
        inputs {{ name: "a" value {BLOB} }} wanted_outputs: "value"
        inputs_digest: "{DIGEST}" }} }}"""
    welcome = f"""welcome {{ protocol_version: 1 session_id: "1" epoch: 1
        heartbeat_interval {{ seconds: 5 }} inline_value_bytes_max: 65536
        storage_root: "/r" verdicts {{ {attempt} verdict: VERDICT_KEEP }} }}"""
    cancel = f'cancel {{ {attempt.replace("attempt", "attempts")} grace {{ seconds: 10 }} }}'
    return {
        "hello": encode(REQUEST, hello),
        "outcomes": encode(REQUEST, outcomes),
        "released": encode(REQUEST, "released { attempts { epoch: 1 number: 2 } }"),
        "assign": encode(RESPONSE, assign),
        "welcome": encode(RESPONSE, welcome),
        "cancel": encode(RESPONSE, cancel),
    }


def journal_inputs() -> dict[str, bytes]:
    records = {name: encode(RECORD, text) for name, text in RECORDS.items()}
    inputs = {f"record_{name}": record for name, record in records.items()}
    for story, names in STORIES.items():
        inputs[f"story_{story}"] = batch([records[name] for name in names])
    inputs["batch_of_a_billion_records"] = struct.pack("<I", 10**9) + bytes(64)
    return inputs


def blob_inputs() -> dict[str, bytes]:
    """Calls as the target reads them: what to do, texts led by their length, choices."""
    text = bytes([5]) + b"bytes"
    write = bytes([0, 2]) + text + text + bytes([0, 2, 0, 0])
    return {
        "write": write + bytes([0]),
        "write_and_read": write + bytes([0, 1, 10]) + b"bytesbytes" + bytes([2, 0, 2, 1, 0]),
        "announces_more": bytes([0, 1]) + text + bytes([0, 2, 1]) + b"\xff" * 9,
    }


def configuration_inputs() -> dict[str, bytes]:
    every_key = b"""root: /var/lib/orrery
listen: [127.0.0.1:7717, "unix:/run/orrery.sock"]
registry: /usr/lib/orrery
slots: 4
pool_size: 2
durability: process
checkpoint_tree: off
insecure_allow_remote: no
reconnect_grace: 12.5
out_of_memory_max: 3
retain_for: 30d
retain_count: 10000
gc_interval: 10m
blob_grace: 2h
pools:
  - name: array
    command: [worker, --fast]
    size: 2
    slots: 1
    env: {HOME: /tmp, A: "1"}
"""
    return {
        "every_key": every_key,
        "anchors": b"root: &a [&b {x: *a}, *b]\nlisten: *a\n",
        "nested_without_end": b"root: " + b"[" * 2000,
        "nested_blocks": b"".join(b" " * i + b"- \n" for i in range(60)),
        "document_markers": b"%YAML 1.2\n---\nroot: |\n  text\n...\n--- !tag {slots: 0x10}\n",
    }


def session_order_inputs() -> dict[str, bytes]:
    """Choices of session_order.cc, a line a step: hello, submit, outcome; then the connection breaks."""
    hello = bytes([0, 0, 0, 0, 0, 0, 0, 0, 0])
    submit = bytes([0, 1, 0])
    outcome = bytes([0, 3, 0, 0, 1, 0])
    cut = bytes([0, 2, 0])
    hello_again = bytes([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0])
    heartbeat = bytes([0, 3, 3, 1, 0, 0, 0, 50])
    release = bytes([0, 3, 2, 1, 0, 0, 0])
    other_hello = bytes([1, 0, 0, 1, 0, 0, 0, 0, 0])
    return {
        "a_task": hello + submit + outcome,
        "held_over_a_break": hello + submit + heartbeat + cut + hello_again + outcome,
        "given_back": hello + submit + release + other_hello + outcome,
        "twice": hello + submit + outcome + outcome + hello + outcome,
        "no_hello": bytes([0, 0, 1, 3]) + b"\x12\x00\x00" + outcome,
        "stride": bytes(index * 31 % 256 for index in range(200)),
    }


def connection_inputs() -> dict[str, bytes]:
    """Streams of connections.cc: frames are type, flags, stream, length and content."""
    def frame(kind: int, flags: int, stream: int, content: bytes) -> bytes:
        return bytes([kind, flags, stream, len(content)]) + content

    def header(name: bytes, value: bytes) -> bytes:
        return bytes([0, len(name)]) + name + bytes([len(value)]) + value

    def call(path: bytes, message: bytes) -> bytes:
        headers = b"\x83\x86" + header(b":path", path) + header(b":authority", b"localhost") + header(
            b"content-type", b"application/grpc") + header(b"te", b"trailers")
        return frame(1, 4, 1, headers) + frame(0, 1, 1, struct.pack(">BI", 0, len(message)) + message)

    return {
        "half_a_preface": bytes([0, 12]) + b"PRI * HTTP/2",
        "another_protocol": bytes([0, 18]) + b"GET / HTTP/1.1\r\n\r\n",
        "settings": bytes([2]) + frame(4, 1, 0, b""),
        "health": bytes([2]) + call(b"/grpc.health.v1.Health/Check", b""),
        "session": bytes([2]) + call(b"/orrery.worker.v1.WorkerService/Session", b"\x0a\x02\x08\x01"),
        "unknown_method": bytes([2]) + call(b"/orrery.worker.v1.WorkerService/Nothing", b""),
        "ping_and_reset": bytes([2]) + frame(6, 0, 0, bytes(8)) + frame(3, 0, 1, bytes(4)),
        "window": bytes([2]) + frame(8, 0, 0, b"\x7f\xff\xff\xff") * 2,
        "end": bytes([2]) + frame(7, 0, 0, bytes(8)),
    }


def builtin_inputs() -> dict[str, bytes]:
    """The first golden call of each builtin."""
    calls = json.loads((ROOT / "tests/golden/builtins/builtin_golden.json").read_text())
    inputs: dict[str, bytes] = {}
    for call in calls:
        name = call["function"].removeprefix("builtins.")
        arguments = ", ".join(call["inputs"].values())
        inputs.setdefault(name, f"{name} [{arguments}]".encode())
    inputs["pow_of_a_billion"] = b"pow [1000000000, 1000000000]"
    return inputs


def main() -> None:
    corpus = {
        "json": json_inputs(),
        "arrays": array_inputs(),
        "graph_data": graph_inputs(),
        "checker": stride_inputs(),
        "engine": stride_inputs(),
        "graph_proto": {
            "graph_one_task": encode(GRAPH, ONE_TASK),
            "graph_every_node": encode(GRAPH, EVERY_NODE),
            "catalog": encode(CATALOGS, CATALOG),
            "type": encode(TYPE, TYPES),
            "type_nested_beyond_the_limit": encode(TYPE, "list { " * 70 + "}" * 70),
        },
        "text": text_inputs(),
        "workflow_messages": workflow_inputs(),
        "session_messages": session_inputs(),
        "journal": journal_inputs(),
        "configuration": configuration_inputs(),
        "builtins": builtin_inputs(),
        "blob_service": blob_inputs(),
        "session_order": session_order_inputs(),
        "connections": connection_inputs(),
    }
    for target, inputs in corpus.items():
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in inputs.items():
            (folder / name).write_bytes(data)
    names = "".join(f'"{name} ["\n' for name in corpus["builtins"] if "_of_a_" not in name)
    (ROOT / "tests/fuzz/builtins.dict").write_text(
        "# The builtins, and numbers that are hard; written by make_corpus.py.\n" + names +
        '"-0.0"\n"1e308"\n"5e-324"\n"NaN"\n"Infinity"\n"9223372036854775807"\n'
        '"-9223372036854775808"\n"18446744073709551616"\n"true"\n"null"\n'
        '"{\\"__tkr_complex__\\": [1.0, 2.0]}"\n'
        '"{\\"__tkr_bytes__\\": true, \\"bytes\\": \\"AAE=\\"}"\n')


if __name__ == "__main__":
    main()
