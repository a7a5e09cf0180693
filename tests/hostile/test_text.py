"""Text, paths and files that anybody may choose: nothing of them commands a terminal, forges a line,
reaches another file, or makes a failure look like a success."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from harness import Graph, System, eventually, program
from harness.command import run_program
from raw_session import RawSession, make_hello, open_channel, task

# Escape sequences, C1 controls, a line break, a mark that turns the direction of the text.
NASTY = "x\x1b[2J\x9b31m\r\nforged line\u202etxt"
# What a terminal obeys, and the marks of direction; line breaks are the caller's.
COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def failing(message: str) -> Graph:
    graph = Graph()
    graph.output(value=graph.call("test_worker.fail", message=message))
    return graph


def constant(value: object) -> Graph:
    graph = Graph()
    graph.output(value=graph.const(value))
    return graph


def run_shell(system: System, script: str) -> subprocess.CompletedProcess[bytes]:
    """A line of bash in which $O is the command."""
    return subprocess.run(["bash", "-c", script], capture_output=True, timeout=60, check=False,
                          env=system.environment(O=program("orrery"), D=program("orreryd"),
                                                 W=program("test_worker")))


# --- Text that is shown ---


def test_a_message_commands_no_terminal_and_forges_no_line(system: System) -> None:
    """A task fails with control characters and a line break in its message. Every command that shows
    the message escapes them, and its second line does not begin where a line of the command does."""
    system.start()
    system.add_worker("test_worker")
    workflow = system.submit(failing(NASTY))
    system.await_status(workflow, "failed")

    for words in (["show", workflow], ["wait", workflow], ["explain", workflow], ["list"],
                  ["watch", workflow]):
        result = system.command(*words)
        text = result.out + result.err
        assert not COMMANDS.search(text), f"{words}: {text!r}"
        assert not re.search("^forged line", text, re.MULTILINE), f"{words}: {text!r}"
    assert "\\x1b[2J" in system.command("show", workflow).out


def test_the_log_of_the_controller_is_not_forged(system: System) -> None:
    """A peer sends text with line breaks. Each line of the log begins with its time."""
    controller = system.start()
    with open_channel(system.address) as channel:
        with RawSession(channel, make_hello("w", [task()], host=NASTY)) as raw:
            raw.await_end()
        with RawSession(channel, make_hello("w", [task()])) as raw:
            raw.receive("welcome")
            raw.send(draining={"reason": NASTY})
            eventually("the reason is in the log", lambda: "worker.draining" in controller.errors())
    system.stop_controller()
    for line in controller.errors().splitlines():
        assert re.match(r"\d{4}-\d\d-\d\dT|orreryd: ", line), line
        assert not COMMANDS.search(line), repr(line)


@pytest.mark.parametrize("field", ["host", "labels", "sdk_version", "worker"])
def test_names_of_workers_have_no_control_characters(system: System, field: str) -> None:
    """A Hello whose host, label, version or name has a control character is refused."""
    system.start()
    name = NASTY if field == "worker" else "w"
    fields = {} if field == "worker" else {field: {"k": NASTY} if field == "labels" else NASTY}
    with open_channel(system.address) as channel:
        with RawSession(channel, make_hello(name, [task()], **fields)) as raw:
            assert "cannot be shown" in raw.receive("refused").message


def test_names_of_workflows_have_no_control_characters(system: System) -> None:
    """A workflow's name with a control character is refused; a file's name is escaped."""
    system.start()
    result = system.orrery("submit", "-f", system.graph_file(constant(1)), "--name", NASTY, code=3)
    assert "cannot be shown" in result.message
    file = system.write_file("a\x1b[2J.json", json.dumps(constant(1).data()).encode())
    assert system.show(system.submit(file))["name"] == "a\\x1b[2J"


# --- Text that comes in ---


def test_words_that_are_not_utf8_are_refused_and_named(system: System) -> None:
    """Words of the command line in Latin-1: exit code 2 or 3 before a request, with the word."""
    system.start()
    graph = system.graph_file(constant(1))
    for option, code in (("submit -f $G --name $'caf\\xe9'", 2), ("cancel 7 --reason $'caf\\xe9'", 2),
                         ("explain 7 --node $'-.caf\\xe9'", 2), ("output 7 $'caf\\xe9'", 2),
                         ("submit -f $G -i $'caf\\xe9=1'", 3), ("trace 7 $'caf\\xe9'", 2)):
        done = run_shell(system, f"G={graph} && $O {option}")
        assert done.returncode == code, (option, done)
        assert b"caf\\xe9" in done.stderr, done
    assert system.workflows() == []


def test_a_root_and_files_of_any_bytes_work(system: System) -> None:
    """A root, a graph, an input and an output in Latin-1 paths: a worker runs a task that reads and
    writes a blob below the root."""
    root = os.fsencode(system.folder) + b"/r\xe9"
    os.mkdir(root)
    latin = System(system.folder, root=Path(os.fsdecode(root)))
    with latin:
        latin.start()
        latin.add_worker("test_worker")
        graph = Graph()
        graph.output(value=graph.call("test_worker.echo_bytes", value=graph.input("value")))
        file = Path(os.fsdecode(os.fsencode(system.folder) + b"/gr\xe9ph.json"))
        file.write_text(json.dumps(graph.data()))
        large = Path(os.fsdecode(os.fsencode(system.folder) + b"/l\xe9rge"))
        large.write_bytes(b"x" * 200_000)
        workflow = latin.run(file, "-i", f"value:{large}").json["workflow"]
        target = os.fsdecode(os.fsencode(system.folder) + b"/t\xe9rget")
        assert latin.command("output", workflow, "value", "-O", target).code == 0
        assert Path(target).read_bytes() == large.read_bytes()
        backup = os.fsdecode(os.fsencode(system.folder) + b"/b\xe9ckup")
        assert latin.command("backup", backup).code == 0
        assert os.path.isdir(backup)


# --- Addresses ---


@pytest.mark.parametrize("name", ["a#b", "a?b", "a%41", "a%2Fb", "a b", "a,b", "a\"'$`b", "a\\b", "é"])
def test_a_root_of_any_characters_is_reached(system: System, name: str) -> None:
    """The characters of a root have no meaning in an address: command and worker connect."""
    root = system.folder / name
    with System(system.folder, root=root) as other:
        other.start()
        other.add_worker("test_worker")
        assert other.run(constant(5)).outputs == {"value": 5}
        assert (root / "orreryd.sock").is_socket()


def test_an_escaped_slash_reaches_no_other_controller(system: System) -> None:
    """The root `x%2Fy` is a folder of that name. Its controller leaves the socket of x/y alone."""
    (system.folder / "x" / "y").mkdir(parents=True)
    with System(system.folder, root=system.folder / "x" / "y") as victim:
        victim.start()
        with System(system.folder, root=system.folder / "x%2Fy") as other:
            other.start()
        assert (victim.root / "orreryd.sock").is_socket()
        assert victim.workflows() == []


def test_a_step_up_behind_a_link_means_the_same_to_all(system: System) -> None:
    """ORRERY_HOME is link/../root: the controller and the command mean the folder behind the link."""
    behind = system.folder / "deep" / "below"
    behind.mkdir(parents=True)
    (system.folder / "link").symlink_to(behind)
    (system.folder / "deep" / "r").mkdir()
    with System(system.folder, root=Path(f"{system.folder}/link/../r")) as other:
        other.address = f"unix:{system.folder}/link/../r/orreryd.sock"
        other.start(ORRERY_HOME=f"{system.folder}/link/../r")
        assert (system.folder / "deep" / "r" / "orreryd.sock").is_socket()
        assert other.run(constant(5)).outputs == {"value": 5}


def test_a_path_too_long_for_a_socket_is_named(system: System) -> None:
    """An address of 200 bytes: refused with both sizes."""
    result = system.command("list", "--server", "unix:/" + "x" * 200)
    assert result.code == 3
    assert "unix_path_bytes" in result.err


# --- JSON ---


@pytest.mark.parametrize("text", ["NaN", "[1.0, -Infinity]", "\"\\ud800\"", "{\"\\udfff\": 1}"])
def test_json_output_is_json(system: System, text: str) -> None:
    """An output that standard JSON cannot express is shown as bytes; list and show go on working."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    system.start()
    graph = Graph()
    graph.output(value=graph.input("value"))
    result = system.run(graph, "-i", f"value={text}")
    workflow = json.loads(result.out, parse_constant=refuse)["workflow"]
    for words in (["list"], ["show", workflow], ["output", workflow, "value"], ["wait", workflow]):
        shown = system.orrery(*words).out
        json.loads(shown, parse_constant=refuse)
        assert not re.search(r"\\ud[89a-f]", shown), shown
    assert result.outputs["value"]["media_type"] == "application/json"
    # The value itself is as it was.
    assert system.command("output", workflow, "value").out_bytes.decode() == text


def test_a_number_beyond_a_float_is_refused(system: System) -> None:
    """1e999 is not Infinity."""
    system.start()
    graph = Graph()
    graph.output(value=graph.input("value"))
    result = system.orrery("run", "-f", system.graph_file(graph), "-i", "value=1e999", code=3)
    assert "too large for a float" in result.message


# --- Names as paths ---


@pytest.mark.parametrize("port", ["../../../etc/passwd", "..", "a/b", "a\x00b", NASTY])
def test_a_port_of_an_unknown_task_is_a_name(system: System, port: str) -> None:
    """A port that no worker has declared yet cannot be a path."""
    system.start()
    data = constant(1).data()
    data["nodes"] = [
        {"type": "function", "function_name": "later.task", "inputs": {}},
        {"type": "output", "inputs": {"value": [0, port]}}]
    file = system.write_file("graph.json", json.dumps(data).encode())
    result = system.orrery("submit", "-f", str(file), "--wait-for-workers", code=3)
    assert "source" in result.message, result


# --- Output files ---


def test_an_output_file_keeps_its_links_and_mode(system: System) -> None:
    """-O to a link with a private target: the link stays a link, the target stays private."""
    system.start()
    workflow = system.run(constant(5)).json["workflow"]
    target = system.write_file("target", b"a longer old content")
    target.chmod(0o600)
    link = target.with_name("link")
    link.symlink_to("target")
    assert system.command("output", workflow, "value", "-O", str(link)).code == 0
    assert link.is_symlink()
    assert target.read_bytes() == b"5"
    assert target.stat().st_mode & 0o777 == 0o600
    other = target.with_name("other")
    other.hardlink_to(target)
    assert system.command("output", workflow, "value", "-O", str(other)).code == 0
    assert target.stat().st_nlink == 2


def test_an_output_file_on_a_full_device_is_an_error(system: System) -> None:
    """-O /dev/full: exit code 6 with the reason."""
    system.start()
    workflow = system.run(constant(5)).json["workflow"]
    result = system.command("output", workflow, "value", "-O", "/dev/full")
    assert result.code == 6
    assert "No space left" in result.err


# --- Input files ---


def test_an_input_may_be_anything_that_opens(system: System) -> None:
    """Process substitution, a FIFO, standard input, a file of /proc: read to their end."""
    system.start()
    graph = Graph()
    graph.output(value=graph.input("value"))
    file = system.graph_file(graph)
    for words in (f"-f <(cat {file}) -i value=5", f"-f {file} -i <(echo '{{\"value\": 5}}')",
                  f"-f {file} -i value:<(printf 12345)", f"-f {file} -i value:/proc/self/status",
                  f"-f {file} -i value:- < {file}", f"-f /dev/stdin -i value=5 < {file}"):
        done = run_shell(system, f"$O run -q {words} -o json")
        assert done.returncode == 0, (words, done)
        value = json.loads(done.stdout)["outputs"]["value"]
        assert value == 5 or value["size"] > 0, (words, value)


def test_an_endless_input_is_bounded(system: System) -> None:
    """/dev/zero as a graph: refused with the limit, not read for ever."""
    result = system.command("graph", "check", "/dev/zero")
    assert result.code == 3
    assert "graph_file_bytes" in result.err


def test_an_endless_configuration_is_bounded(system: System) -> None:
    """/dev/zero as the file of --config: refused with the limit."""
    result = run_program([program("orreryd"), "--config", "/dev/zero"], environment=system.environment())
    assert result.code == 2
    assert "configuration_bytes" in result.err


# --- Output that is lost ---


@pytest.mark.parametrize("sink", [">/dev/full", ">&-"])
@pytest.mark.parametrize("words", [
    "$O version", "$O --help", "$O --version", "$O list", "$O list -o json", "$O worker list",
    "$O run -q -f $G", "$O run -q -f $G -o json", "$O show 1", "$O output 1 value", "$O graph show $G",
    "$O graph check $G", "$O graph convert $G", "$O completion bash", "$D --help", "$D --version",
    "$W --help", "$W --catalog", "$W --stubs", "$O explain 1"])
def test_lost_output_is_no_success(shared_system: System, words: str, sink: str) -> None:
    """Standard output is full or closed: exit code 6 and a message, whatever the command."""
    system = shared_system
    graph = system.graph_file(constant(5))
    if system.command("show", "1").code != 0:
        system.run(constant(5), "--id", "1")
    done = run_shell(system, f"G={graph}; {words} {sink}")
    assert done.returncode == 6, done
    assert b"standard output" in done.stderr, done


# --- Unknown outcomes ---


@contextmanager
def silent_controller(folder: Path) -> Iterator[str]:
    """A peer that accepts connections and answers like a controller until a request arrives."""
    listener = socket.socket(socket.AF_UNIX)
    path = folder / "silent.sock"
    listener.bind(str(path))
    listener.listen(8)

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.sendall(b"\0\0\0\4\0\0\0\0\0")  # Settings, so that the channel is ready.
            data = b""
            while b"orrery.workflow" not in data:
                piece = connection.recv(65536)
                if not piece:
                    break
                data += piece
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"unix:{path}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.mark.parametrize("words", [
    ["submit", "--clean", "-f"], ["cancel", "7"], ["pause", "7"], ["unpause", "7"],
    ["resume", "7", "-d"], ["rerun", "7", "-d"]])
def test_a_change_without_an_answer_is_told_as_unknown(system: System, words: list[str]) -> None:
    """The connection breaks after the request was sent: exit code 10 with the id and `orrery show`."""
    arguments = [*words, system.graph_file(constant(5))] if words[-1] == "-f" else words
    with silent_controller(system.folder) as address:
        result = run_program([program("orrery"), *arguments, "--server", address], limit=60,
                             environment=system.environment())
    assert result.code == 10, result
    assert re.search(r"workflow [0-9a-f-]{36} may have been", result.err), result
    assert "orrery show" in result.err


def test_a_controller_that_is_not_there_is_no_unknown_outcome(system: System) -> None:
    """Nothing listens: exit code 7."""
    assert system.command("cancel", "7").code == 7
