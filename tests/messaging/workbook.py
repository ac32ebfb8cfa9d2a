"""Write workbooks: large ones row by row, and odd ones as no spreadsheet program would."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def write_workbook(path: Path, rows: Iterable[Sequence[str | float | None]]) -> None:
    """Write one sheet; numbers are cells of numbers, as a person's typing makes them."""
    write_cells(path, (_row(number, cells) for number, cells in enumerate(rows, 1)))


def write_cells(path: Path, xml: Iterable[str], parts: Mapping[str, str] | None = None) -> None:
    """Write one sheet from the XML of its rows; ``parts`` stand in for others, the sheet's own too."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in {**_PARTS, **(parts or {})}.items():
            book.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
        if parts and "xl/worksheets/sheet1.xml" in parts:
            return
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<?xml version="1.0"?><worksheet xmlns="{_SHEET}"><sheetData>'.encode())
            for row in xml:
                sheet.write(row.encode())
            sheet.write(b"</sheetData></worksheet>")


def _row(number: int, cells: Sequence[str | float | None]) -> str:
    parts = [
        _cell(f"{chr(65 + place)}{number}", cell) for place, cell in enumerate(cells) if cell is not None
    ]
    return f'<row r="{number}">{"".join(parts)}</row>'


def _cell(name: str, cell: str | float) -> str:
    if isinstance(cell, str):
        return f'<c r="{name}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
    return f'<c r="{name}"><v>{cell}</v></c>'
