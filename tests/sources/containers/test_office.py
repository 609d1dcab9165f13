"""The text of documents, in which formatting splits words, is read as people see it."""

from __future__ import annotations

import io

import pytest

from keyguard.sources.containers import office
from keyguard.sources.containers.streams import Plain
from tests.sources.containers.reading import read
from tests.support import archives


def said(xml: bytes, piece: int = 1 << 18) -> bytes:
    text = office.Text(Plain(io.BytesIO(xml).read))
    parts = iter(lambda: text.read(piece), b"")
    return b"".join(parts)


def test_an_ordinary_archive_has_no_text_besides_its_members():
    assert set(read(archives.zipped({"a.xml": b"<a>x</a>"})).members) == {"a.xml"}


@pytest.mark.parametrize(
    ("build", "part"), [(archives.docx, "word/document.xml"), (archives.odt, "content.xml")], ids=["docx", "odt"]
)
def test_runs_are_joined_and_paragraphs_are_lines(build, part):
    found = read(build(["Hello"], ["key: ", "sk-", "abc", "密"], [], ["end"]))
    lines = found.members[f"{part}!/text"].split(b"\n")
    assert [line for line in lines if line] == [b"Hello", "key: sk-abc密".encode(), b"end"]
    assert b"sk-abc" not in found.members[part]


def test_the_shared_strings_of_a_sheet():
    xml = (
        b"<sst><si><r><t>one</t></r><r><t>two</t></r></si>\n <si><t>a &lt;b&gt; &amp;amp; &quot;c&quot;</t></si></sst>"
    )
    assert said(xml) == b'onetwo\ta <b> &amp; "c"\t'


def test_tabs_breaks_and_spaces():
    assert said(b'<w:t>a</w:t><w:tab/><w:t>b</w:t><w:br w:type="page"/>c<text:s/>d<w:table/>') == b"a\tb\nc d"


@pytest.mark.parametrize("piece", [1, 7, 100])
def test_it_does_not_matter_how_it_is_read(piece, monkeypatch):
    xml = b"<w:p><w:t>one</w:t>\n  <w:t>two &amp; three</w:t></w:p>\n" * 9 + b"<end/>"
    whole = said(xml)
    monkeypatch.setattr(office, "_PIECE", piece)
    assert said(xml, piece) == whole == b"onetwo & three\n" * 9


def test_what_has_no_tags_comes_out_as_it_is(monkeypatch):
    monkeypatch.setattr(office, "_LONGEST", 1000)
    monkeypatch.setattr(office, "_PIECE", 100)
    assert said(b"x" * 5000) == b"x" * 5000
