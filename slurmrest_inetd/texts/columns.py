"""What sacctmgr, sshare and sreport print as columns, taken apart where it cannot be forged: by the widths that were
asked for.

``format=Name%-40`` is 40 bytes and a space, whatever the value holds: newlines, ``|``, ``=``, the name of another
column. A value that is longer is cut, and ends in ``+``; then the column is asked for wider, until nothing is cut. A
column stands at the left for the spaces that a text begins with, and once more at the right for those that it ends
with. Law: pure but for what it asks; raises rather than tell less than there is. Called by the builders.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from slurmrest_inetd.errors import InternalFault, NotImplementedHere
from slurmrest_inetd.texts.asking import Ask

Row = Mapping[str, str]
# A double may have this many digits before its point.
DOUBLE_BYTES = 330
GROWTH = 16
# No column of the database is longer than 64 KiB; names that sacctmgr puts in place of ids can be.
WIDEST_BYTES = 1024 * 1024
CUT = b"+"
NUMBER = re.compile(rb" *[0-9]+")


class Column(NamedTuple):
    """``name`` is sacctmgr's (``format=``), ``width`` in bytes; a ``free`` one holds what somebody wrote, and may begin
    or end in spaces. One of width 0 is a number, as wide as it is: sreport's Used takes no width.
    """

    name: str
    width: int = 24
    free: bool = False


def read_rows(ask: Ask, entity: str, conditions: Iterable[str], columns: tuple[Column, ...]) -> list[Row]:
    """The rows of ``sacctmgr show ENTITY CONDITIONS``, as read_columns has them."""
    return read_columns(ask, ("sacctmgr", "--noheader", "show", entity, *conditions), "format=", columns)


def read_columns(ask: Ask, argv: tuple[str, ...], option: str, columns: tuple[Column, ...]) -> list[Row]:
    """The rows that ``argv`` prints, whose ``option`` names columns: text by column name, without the spaces that fill
    it up.

    Raises what the command failed of; NotImplementedHere where a value is longer than can be asked for.
    """
    while True:
        words = ",".join(format_column(column) for column in columns)
        printed = ask.run(*argv, f"{option}{words}")
        rows = list(split_rows(printed, columns))
        cut = {name for row in rows for name in list_cut(row, columns)}
        if not cut:
            return [join_cells(row, columns) for row in rows]
        columns = tuple(widen(column) if column.name in cut else column for column in columns)


def format_column(column: Column) -> str:
    """``Name%-40``; a free text also ``Name%40``; a number without a width ``Name``."""
    if not column.width:
        return column.name
    left = f"{column.name}%-{column.width}"
    return f"{left},{column.name}%{column.width}" if column.free else left


def widen(column: Column) -> Column:
    """The column with room for more. Raises NotImplementedHere at the widest."""
    if column.width >= WIDEST_BYTES:
        raise NotImplementedHere(f"{column.name} is longer than this release of Slurm can print it", source="sacctmgr")
    return column._replace(width=min(column.width * GROWTH, WIDEST_BYTES))


def list_cells(columns: tuple[Column, ...]) -> list[tuple[Column, bool]]:
    """The cells of a line, in order; and whether it is the column's second one."""
    return [(column, second) for column in columns for second in ((False, True) if column.free else (False,))]


def split_rows(printed: bytes, columns: tuple[Column, ...]) -> Iterator[list[bytes]]:
    """The cells of each row, as wide as they were asked for. Raises InternalFault where the lines are not as long."""
    cells = list_cells(columns)
    at = 0
    while at < len(printed):
        row = []
        for column, _ in cells:
            end = at + column.width if column.width else find_number_end(printed, at)
            row.append(printed[at:end])
            at = end + 1
        if printed[at : at + 1] != b"\n":
            raise InternalFault("Slurm printed other columns than it was asked for", source="format")
        at += 1
        yield row


def find_number_end(printed: bytes, at: int) -> int:
    """Where the number ends that is printed at ``at``; past the end of all where there is none."""
    found = NUMBER.match(printed, at)
    return found.end() if found else len(printed)


def list_cut(row: list[bytes], columns: tuple[Column, ...]) -> Iterator[str]:
    """The columns whose value may have been cut."""
    for cell, (column, second) in zip(row, list_cells(columns), strict=True):
        if not second and cell.endswith(CUT):
            yield column.name


def join_cells(row: list[bytes], columns: tuple[Column, ...]) -> Row:
    """The values of a row, by column name."""
    values: dict[str, bytes] = {}
    for cell, (column, second) in zip(row, list_cells(columns), strict=True):
        if not second:
            values[column.name] = cell.rstrip(b" ")
        elif values[column.name]:
            values[column.name] += cell[len(cell.rstrip(b" ")) :]
    return {name: value.decode("utf-8", "replace") for name, value in values.items()}
