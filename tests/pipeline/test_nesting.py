"""Of places that lie in each other the innermost is kept."""

from __future__ import annotations

from dataclasses import replace

from keyguard.model import Origin, Place, Where
from keyguard.pipeline.nesting import innermost

FILE = Origin(Where.FILE, "a.tar")


def at(origin: Origin, line: int = 1) -> Place:
    return Place(origin, line, 1, line, 9)


def test_places_beside_each_other_are_all_kept():
    places = [at(FILE), at(FILE, 2), at(Origin(Where.FILE, "b")), at(replace(FILE, cell=1)), at(replace(FILE, cell=2))]
    assert innermost(places) == places


def test_what_an_archive_shows_of_its_members_is_left_out():
    member = at(replace(FILE, member="x"))
    deep = at(replace(FILE, member="y.zip!/z!/w"))
    shown = [at(FILE, 7), at(replace(FILE, member="y.zip")), at(replace(FILE, member="y.zip!/z"))]
    assert innermost([*shown, member, deep]) == [member, deep]


def test_other_files_and_other_members_are_kept():
    member = at(replace(FILE, member="x"))
    others = [at(Origin(Where.FILE, "b.tar")), at(replace(FILE, blob="1")), at(replace(FILE, member="x2"))]
    assert innermost([member, *others]) == [member, *others]


def test_the_name_of_the_file_is_not_in_it():
    name, member = at(replace(FILE, where=Where.FILE_NAME)), at(replace(FILE, member="x"))
    assert innermost([name, member]) == [name, member]


def test_the_name_of_a_member_is_in_the_archive():
    name = at(replace(FILE, where=Where.FILE_NAME, member="x"))
    assert innermost([at(FILE), name]) == [name]


def test_a_cell_in_an_archive_and_an_archive_in_a_cell():
    cell = at(replace(FILE, member="n.ipynb", cell=3))
    payload = at(replace(FILE, member="x", cell=1, output=2))
    assert innermost([at(FILE), cell, payload, at(replace(FILE, cell=1, output=2))]) == [cell, payload]
    assert innermost([payload, at(replace(FILE, cell=1))]) == [payload, at(replace(FILE, cell=1))]
