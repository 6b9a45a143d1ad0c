# SPDX-License-Identifier: Apache-2.0
"""Daemons with one bug each, to see whether the checker sees it.

A seed edits a source file in a copy, compiles that file as the build did, and
links it in front of the libraries of the build: their own version of it is then
not taken. Nothing of this is in the tree, and nothing of the build is touched.
"""

import json
import re
import shlex
import subprocess
from dataclasses import dataclass

import tree


@dataclass(frozen=True)
class Seed:
    name: str
    edits: tuple     # (source file, regular expression that fits once, what stands there instead)
    found_as: set    # kinds of findings, of which one at least must come up
    provoke: str = ""   # what the proxy does meanwhile: see test_checker.py


BATCH, LANE, EFFECTS = (f"server/store/{name}.c" for name in ("batch", "lane", "effects"))
STATEMENTS, READS = "server/store/statements.c", "server/schema/0003-read.sql"

SEEDS = [
    # The statement's own result is taken for the commit's.
    Seed("acknowledge before COMMIT", (
        (BATCH, r"(db_conn_execute\(b->conn, \(int\)b->effects\.statement[^;]*?) &&\s*\(b->n == 1"
                r"[^;]*WRITE_COMMIT, [^;]*;",
         r"\1)\n(void)!db_conn_flush(b->conn);"),
        (BATCH, r"(static void batch_enter_commit\(struct batch \*b\)\n\{[^}]*)\}",
         r"static void batch_on_commit(void *arg, const PGresult *result);\n"
         r"\1batch_settle(b, BATCH_COMMITTING);\n"
         r"if (db_conn_execute(b->conn, WRITE_COMMIT, NULL, batch_on_commit, b) == 0)\n"
         r"(void)!db_conn_sync(b->conn, batch_on_sync, b);\n}")),
        {"lost"}, "cut"),
    # A known key is answered from what was read, and its transaction writes nothing.
    Seed("acknowledge a duplicate without a write", (
        (EFFECTS, r"(bool applies = d->kind == DECISION_DO;)",
         r"\1\nif (d->kind == DECISION_DUPLICATE)\nreturn;"),),
        {"unrecorded"}),
    # COMMIT of a failed transaction says ROLLBACK, and is no error.
    Seed("tag not compared", (
        (BATCH, r'strcmp\(PQcmdStatus\([^;]*"COMMIT"\) == 0', "true"),),
        {"lost"}, "rollback"),
    # Two operations of a chain in one batch: the update applies one of them.
    Seed("second operation of a chain dropped", (
        (LANE, r"if \(uuid_equal\(&lane->chain, chain\)\)", "if (lane->chain.b[0] != chain->b[0])"),
        (BATCH, r"(slot_keep\(slot, l\);)",
         r"\1\nfor (int i = 0; i < l->index; i++)\n"
         r"if (b->slots[i].write && slot->decision.kind == DECISION_DO &&\n"
         r"uuid_equal(&b->slots[i].write->order.chain, &slot->write->order.chain))\nreturn;")),
        {"lost"}, "hot"),
    # A delivery is written for the first message of a chain only.
    Seed("lost delivery row", (
        (STATEMENTS, r"('stored', false, tell_owner, stafett\.now\(\) FROM ok WHERE sends)", r"\1 AND opens"),),
        {"lost"}),
    # A list that forgot its WHERE.
    Seed("wrong unit's row in a list", (
        (READS, r"WHERE p\.unit = acting(\s+AND \(p\.since, p\.referral\))", r"WHERE true\1"),),
        {"foreign"}),
]


def edited(path, edits):
    text = (tree.TOP / path).read_text()
    for _, pattern, replacement in edits:
        text, times = re.subn(pattern, replacement, text, flags=re.S)
        assert times == 1, f"{path} has {times} places that look like {pattern}"
    return text


def compile_copy(build, source, target, source_of):
    """Compiles |source| to |target| as the build compiled |source_of|."""
    entries = json.loads((build / "compile_commands.json").read_text())
    command, = [entry["command"] for entry in entries
                if entry["file"].endswith(source_of) and "/lib" in entry["output"]]
    words = shlex.split(command)
    words = words[:words.index("-MD")] + ["-o", str(target), "-c", str(source)]
    subprocess.run(words, cwd=build, check=True)


def link(build, objects, target):
    """Links stafettd as the build did, with |objects| in front."""
    commands = subprocess.run(["ninja", "-t", "commands", "server/stafettd"], cwd=build, check=True,
                              capture_output=True, text=True).stdout
    words = shlex.split(commands.splitlines()[-1])
    at = words.index("server/stafettd")
    words[at:at + 1] = [str(target), *map(str, objects)]
    subprocess.run(words, cwd=build, check=True)


def plant(build, folder, seed):
    """Builds the daemon of |seed| in the new |folder|; its program."""
    folder.mkdir()
    folder.chmod(0o755)
    objects = []
    for path in dict.fromkeys(path for path, *_ in seed.edits):
        copy = folder / path.rsplit("/", 1)[1]
        copy.write_text(edited(path, [edit for edit in seed.edits if edit[0] == path]))
        object_ = copy.with_suffix(".o")
        if copy.suffix == ".sql":
            compile_copy(build, embed(folder, copy), object_, "schema/schema.c")
        else:
            compile_copy(build, copy, object_, path)
        objects.append(object_)
    link(build, objects, folder / "stafettd")
    return folder / "stafettd"


def embed(folder, copy):
    """The schema as a C file, with |copy| in its place."""
    paths = [copy if path.name == copy.name else path
             for path in tree.files(".sql", under=("server/schema",))]
    target = folder / "schema.c"
    subprocess.run([tree.TOP / "server" / "schema" / "embed.py", target, *paths], check=True)
    return target
