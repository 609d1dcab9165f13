"""Notebooks are read cell by cell as people see them, pictures as what they are, and the rest of the file as it is."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from keyguard.sources import windows
from keyguard.sources.containers import notebooks
from keyguard.sources.containers.limits import BRACKETS, NOTEBOOK, STRINGS
from tests.sources.containers.reading import BLOB, ORIGIN, Read, read
from tests.support import archives
from tests.support.archives import cell, notebook, picture, shown, stream

Cells = dict[tuple[int | None, int | None], list[bytes]]


def cells(found: Read) -> Cells:
    """Return what stands in each cell, and (with the number of the output) in each output."""
    grouped: Cells = {}
    for chunk in found.chunks:
        if chunk.origin.cell is not None:
            grouped.setdefault((chunk.origin.cell, chunk.origin.output), []).append(chunk.data)
    return grouped


@pytest.mark.parametrize(
    "data",
    [
        b'{"cells": [{"cell_type": "code", "source": "x"}]}',
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x"}',
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x"}]}]',
        b'{"nbformat": 4, "cells": {"cell_type": "code"} "x"}',
        b'{"nbformat": 4, "cells": ["cell_type": "x"]}',
        b'{"nbformat": 4, "cell_type": 1, "cells": ' + b"[" * 99,
        b'{"nbformat": 4, "cell_type": "\\x", "\\x": "y", "cells": []}',
        notebook(cell("x")).decode().encode("utf-16"),
    ],
)
def test_what_is_no_notebook_is_read_as_it_is(data):
    found = read(data)
    assert (found.raw, cells(found), found.opaque, found.unread) == ([data], {}, [], [])


def test_a_notebook_without_cells():
    assert read(notebook()).raw == [notebook()]


@pytest.mark.parametrize("source", ["one\ntwo\n密钥 = 1", ["one\n", "two\n", "密钥 = 1"]])
@pytest.mark.parametrize("indent", [None, 1])
def test_a_source_in_one_piece_or_in_lines(source, indent):
    found = read(notebook(cell("first"), {"cell_type": "markdown", "metadata": {}, "source": source}, indent=indent))
    assert cells(found) == {(1, None): [b"first"], (2, None): ["one\ntwo\n密钥 = 1".encode()]}


def test_escapes_are_what_they_say():
    assert cells(read(notebook(cell('a = "\t\\n\u2028\U0001f511"'))))[1, None] == [
        'a = "\t\\n\u2028\U0001f511"'.encode()
    ]
    half = notebook(cell("x")).replace(b'"x"', b'"x\\ud83d"')
    assert cells(read(half))[1, None] == [b"x?"]


def test_outputs_have_a_number_of_their_own():
    outputs = (
        stream(["one\n", "two\n"]),
        shown(**{"text_plain": "plain", "text_html": ["<b>", "x</b>"], "image_svg+xml": "<svg/>"}),
        {"output_type": "error", "ename": "E", "evalue": "wrong", "traceback": ["line 1", "line 2"]},
        shown(application_json={"a": ["b", 1]}),
    )
    assert cells(read(notebook(cell("x"), cell("y", *outputs)))) == {
        (1, None): [b"x"],
        (2, None): [b"y"],
        (2, 1): [b"one\ntwo\n"],
        (2, 2): [b"plain", b"<b>x</b>", b"<svg/>"],
        (2, 3): [b"wrong", b"line 1\nline 2"],
        (2, 4): [json.dumps({"a": ["b", 1]}, indent=1).replace("\n", "\n      ").encode()],
    }


def test_colours_are_left_out():
    (said,) = cells(read(notebook(cell("x", stream("\x1b[0;32mkey\x1b[0m=\x1b[38;5;124msk\x1b[39m")))))[1, 1]
    assert said == b"key=sk"


def test_the_rest_of_the_file_is_read_with_blanks_where_the_cells_stand():
    data = notebook(cell("hidden = 'x'", stream("print")), metadata={"more": "密钥 kept"}, indent=None)
    (rest,) = read(data).raw
    assert len(rest) == len(data)
    assert b"hidden" not in rest
    assert b"print" not in rest
    assert json.loads(rest)["metadata"] == {"more": "密钥 kept"}
    assert rest.index("密钥 kept".encode()) == data.index("密钥 kept".encode())


def test_lines_and_columns_of_the_rest_stay():
    data = notebook(cell(["密\n", "ü"], shown(application_json={"a": [1, "é"]})), metadata={"z": 1})
    (rest,) = read(data).raw
    assert [len(line) for line in rest.decode().splitlines()] == [len(line) for line in data.decode().splitlines()]


def test_pictures_are_read_as_what_they_are_and_not_as_text():
    payload = picture(b"tEXt inside")
    found = read(notebook(cell("x", shown(image_png=payload), shown(image_jpeg=[payload[:800], payload[800:]]))))
    binary = base64.b64decode(payload)
    assert cells(found) == {(1, None): [b"x"], (1, 1): [binary], (1, 2): [binary]}
    assert payload[:200].encode() not in found.raw[0]


def test_attachments():
    attachments = {"a.png": {"image/png": picture()}}
    found = read(notebook(cell("x", attachments=attachments)))
    assert cells(found)[1, None] == [b"x", base64.b64decode(picture())]


def test_an_archive_in_an_output_is_opened():
    payload = base64.b64encode(archives.zipped({"pad": bytes(600), "a": b"deep"}, 0)).decode()
    chunks = read(notebook(cell("x", shown(application_zip=payload)))).chunks
    (origin,) = [chunk.origin for chunk in chunks if chunk.data == b"deep"]
    assert (origin.member, origin.cell, origin.output) == ("a", 1, 1)


@pytest.mark.parametrize("value", ["short", "not base64 " * 99, "QUJD" * 200 + "!"])
def test_what_is_no_base64_is_text_whatever_it_is_called(value):
    assert cells(read(notebook(cell("x", shown(image_png=value)))))[1, 1] == [value.encode()]


def test_version_3():
    code = {"cell_type": "code", "input": ["a = 1\n"], "outputs": [{"output_type": "stream", "text": "out"}]}
    plot = {
        "cell_type": "code",
        "input": "b",
        "outputs": [{"output_type": "display_data", "png": picture(), "text": "t"}],
    }
    data = json.dumps({"nbformat": 3, "worksheets": [{"cells": [code]}, {"cells": [plot]}]}).encode()
    assert cells(read(data)) == {
        (1, None): [b"a = 1\n"],
        (1, 1): [b"out"],
        (2, None): [b"b"],
        (2, 1): [base64.b64decode(picture()), b"t"],
    }


def test_odd_cells_are_passed_over():
    data = notebook(cell("x")).replace(b'"cells": [', b'"cells": [1, "a", [], {"source": [1, {}]}, {"outputs": "x"}, ')
    assert cells(read(data))[4 + 1, None] == [b"x"]


def test_a_field_that_is_there_twice_is_read_twice():
    data = notebook(cell("second")).replace(b'"source"', b'"source": "first", "source"')
    assert cells(read(data))[1, None] == [b"first", b"second"]


def test_a_notebook_in_an_archive():
    chunks = read(archives.tarred({"n.ipynb": notebook(cell("a"), cell("b"))})).chunks
    assert [each.data for each in chunks if (each.origin.member, each.origin.cell) == ("n.ipynb", 2)] == [b"b"]


TOO_MUCH = {
    "it is a notebook of more than 32 MiB": lambda: notebook(cell("x"), metadata={"pad": "x" * NOTEBOOK}),
    "it is a notebook of more than 500000 strings": lambda: notebook(cell([""] * STRINGS), indent=None),
    "it is a notebook with brackets nested more than 1000 deep": lambda: nested(BRACKETS),
}


def nested(deep: int) -> bytes:
    """Return a notebook that has two brackets more within each other."""
    return notebook(cell("x"), metadata={"a": 0}, indent=None).replace(b"0", b"[" * deep + b"]" * deep)


@pytest.mark.parametrize("why", TOO_MUCH)
def test_what_is_too_much_to_be_taken_apart_is_read_as_it_is_and_told(why: str):
    """31 MB of empty strings took 1.6 GB of memory as values."""
    data = TOO_MUCH[why]()
    found = read(data)
    assert cells(found) == {}
    assert sum(len(each) for each in found.raw) >= len(data)
    assert [(each.why, each.accept) for each in found.unread] == [(f"{why}; its id is {BLOB}", BLOB)]


def test_one_below_the_limits_is_taken_apart():
    assert cells(read(nested(BRACKETS - 2))) == {(1, None): [b"x"]}
    assert len(cells(read(notebook(cell([""] * (STRINGS - 50)), indent=None)))) == 1


def test_one_that_is_too_large_in_an_archive_is_told_by_its_name():
    data = archives.tarred({"a": b"a", "n.ipynb": nested(BRACKETS), "z": b"z"})
    found = read(data)
    assert [each.what for each in found.unread] == [f"blob {BLOB}!/n.ipynb"]
    assert found.members["z"] == b"z"


@pytest.mark.parametrize("at", [0, 1, 5, 9])
def test_what_is_large_and_says_that_it_is_a_notebook_anywhere_is_one(at: int):
    """Other JSON of any size is text, whatever it has of a cell's."""
    size = windows.WINDOW
    data = bytearray(b'{"cell_type": 1, "a": "' + b"x" * (5 * size + 100) + b'"}')
    assert read(bytes(data)).unread == []
    data[5 * size - at : 5 * size - at + 10] = b'"nbformat"'
    assert len(read(bytes(data)).unread) == 1


TEXT = st.text(max_size=30)


@given(st.lists(st.tuples(TEXT | st.lists(TEXT, max_size=3), TEXT), max_size=4), st.sampled_from([None, 1]))
@example([("\x7f", "")], None)
def test_all_that_was_put_in_comes_out_once(contents, indent):
    data = notebook(*(cell(source, stream(text)) for source, text in contents), indent=indent)
    opened = notebooks.opened(data)
    assert opened is not None
    sources = [part.data for part in opened.parts if part.output is None]
    assert sources == ["".join(source).encode("utf-8", "replace") for source, _ in contents]
    assert len(opened.rest) == len(data)
    blank = json.loads(opened.rest)
    assert all(not "".join(each["source"]).isascii() or not "".join(each["source"]).strip() for each in blank["cells"])
    assert ORIGIN.cell is None
